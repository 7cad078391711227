"""Money that customers paid before there is anything to match it with: what is received is theirs, in `unapplied`.

Bills will take it up. Until then part of it may be set aside for orders; what is not is free.
"""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.accounts.reserve import Entry, Holder, ensure_accounts, lock_credit, write_entries
from dinghuo.kit.database import Tx


class Advance(msgspec.Struct, frozen=True):
    """An amount above zero that came in, and the document that says so."""

    holder: Holder
    amount: Decimal
    document_kind: str
    document_id: UUID


_UNAPPLIED = """
select a.unapplied from account a where a.tenant_id = $1 and a.customer_id = $2 and a.organisation_id = $3
  and a.currency = $4 and a.kind = 'credit'
"""


async def receive(tx: Tx, advances: Sequence[Advance]) -> None:
    """Put the money on its customers' accounts, opened where there is none; it lowers what they owe."""
    accounts = await lock_advances(tx, [advance.holder for advance in advances])
    await write_entries(
        tx,
        [
            Entry(accounts[each.holder], "unapplied", -each.amount, "reserve", each.document_kind, each.document_id)
            for each in advances
        ],
    )


async def lock_advances(tx: Tx, holders: Sequence[Holder]) -> dict[Holder, UUID]:
    """Lock the accounts that hold these customers' money, opened where there is none."""
    return await ensure_accounts(tx, list((await lock_credit(tx, holders)).values()))


async def at_hand(tx: Tx, holder: Holder) -> Decimal:
    """What a customer has paid and no bill has taken up yet."""
    rows = await tx.fetch(_UNAPPLIED, *holder)
    return -rows[0]["unapplied"] if rows else Decimal("0.00")
