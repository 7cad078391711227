"""Credit: what each account still allows, and the entries that take it up."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.ids import new_id, new_id_text
from dinghuo.kit.money import MAX_MONEY, ZERO

Holder = tuple[UUID, UUID, str]
"""Whose account: (customer_id, organisation_id, currency)."""


class Credit(msgspec.Struct):
    """One account while a batch is decided. `limit` None is unlimited; so is an account not opened yet.

    `is_bound` once something was taken that the limit had to allow; `is_exact` once something was decided by what
    the account was, and not only by whether there is room.
    """

    holder: Holder
    account_id: UUID | None
    limit: Decimal | None
    exposure: Decimal
    taken: Decimal = ZERO
    is_bound: bool = False
    is_exact: bool = False

    def room(self) -> Decimal | None:
        return None if self.limit is None else self.limit - self.exposure - self.taken

    def fits(self, now: "Credit") -> bool:
        """Whether what was taken here is allowed `now`, too."""
        if (now.account_id, now.exposure, now.limit) == (self.account_id, self.exposure, self.limit):
            return True
        if self.is_exact:
            return False
        room = now.room()
        if self.is_bound and room is not None and self.taken > max(room, ZERO):
            return False
        return now.account_id == self.account_id and max(now.exposure, ZERO) + self.taken <= MAX_MONEY


class Entry(msgspec.Struct, frozen=True):
    """One change of one bucket."""

    account_id: UUID
    bucket: str
    amount: Decimal
    verb: str
    document_kind: str
    document_id: UUID


_FIND = """
select a.id, a.customer_id, a.organisation_id, a.currency, a.credit_limit,
       a.open + a.shipped + a.billed + a.unapplied as exposure
from account a
join unnest($2::uuid[], $3::uuid[], $4::text[]) as w(customer_id, organisation_id, currency)
  on a.customer_id = w.customer_id and a.organisation_id = w.organisation_id and a.currency = w.currency
where a.tenant_id = $1 and a.kind = 'credit'
order by a.id"""
_FIND_AND_LOCK = f"{_FIND} for no key update of a"

# A customer without an account has no limit set: the account that keeps its exposure is opened on first use.
_OPEN = """
insert into account (tenant_id, id, customer_id, organisation_id, kind, currency, updated_at)
select $1, id, customer_id, organisation_id, 'credit', currency, $6
from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[]) as w(id, customer_id, organisation_id, currency)
order by customer_id, organisation_id, currency
on conflict (tenant_id, customer_id, organisation_id, kind, currency) do nothing
"""


class _Moved(msgspec.Struct, gc=False):
    id: UUID
    open: Decimal = ZERO
    shipped: Decimal = ZERO
    billed: Decimal = ZERO
    unapplied: Decimal = ZERO


class _Row(msgspec.Struct, frozen=True, gc=False):
    id: str
    account_id: UUID
    bucket: str
    amount: Decimal
    verb: str
    document_kind: str
    document_id: UUID


_APPLY = """
update account a set open = a.open + d.open, shipped = a.shipped + d.shipped, billed = a.billed + d.billed,
  unapplied = a.unapplied + d.unapplied, updated_at = $3
from json_to_recordset($2::json) as d(id uuid, open numeric, shipped numeric, billed numeric, unapplied numeric)
where a.tenant_id = $1 and a.id = d.id
"""

# What is locked in key order here and moved at once.
_TAKE_UP = """
with wanted as (
  select d.id, d.open from json_to_recordset($2::json) as d(id uuid, open numeric)
), locked as materialized (
  select a.id, a.customer_id, a.organisation_id, a.currency, a.credit_limit, w.open,
         a.open + a.shipped + a.billed + a.unapplied as exposure
  from wanted w join account a on a.tenant_id = $1 and a.id = w.id
  order by a.id for no key update of a
)
update account a set open = a.open + l.open, updated_at = $3
from locked l where a.tenant_id = $1 and a.id = l.id
returning l.id, l.customer_id, l.organisation_id, l.currency, l.credit_limit, l.exposure
"""

_WRITE = """
insert into account_entry (tenant_id, id, account_id, at, bucket, amount, verb, document_kind, document_id)
select $1, id, account_id, $3, bucket, amount, verb, document_kind, document_id
from json_to_recordset($2::json) as e(id uuid, account_id uuid, bucket text, amount numeric, verb text,
  document_kind text, document_id uuid)
"""


async def lock_credit(tx: Tx, holders: Sequence[Holder]) -> dict[Holder, Credit]:
    """Lock the credit accounts of these holders, in key order; for those without one, an unlimited one unopened."""
    wanted = list(dict.fromkeys(holders))
    found = await _read(tx, _FIND_AND_LOCK, wanted)
    return {holder: found.get(holder) or Credit(holder, None, None, ZERO) for holder in wanted}


async def find_credit(tx: Tx, holders: Sequence[Holder]) -> dict[Holder, Credit]:
    """Like `lock_credit` without a lock: for entries that leave the balances as they are."""
    wanted = list(dict.fromkeys(holders))
    found = await _read(tx, _FIND, wanted)
    return {holder: found.get(holder) or Credit(holder, None, None, ZERO) for holder in wanted}


async def ensure_accounts(tx: Tx, credits: Sequence[Credit]) -> dict[Holder, UUID]:
    """The account of each holder; those not opened yet are, now that something will be written to them.

    One that another transaction opened meanwhile was not locked in its turn: the whole is started over.
    """
    known = {credit.holder: credit.account_id for credit in credits}
    missing = [holder for holder, account_id in known.items() if account_id is None]
    if missing:
        opened = await tx.write(
            _OPEN,
            [new_id() for _ in missing],
            [holder[0] for holder in missing],
            [holder[1] for holder in missing],
            [holder[2] for holder in missing],
            tx.now,
        )
        if opened != len(missing):
            raise RetryTransaction("another transaction has just opened one of these accounts")
        known |= {holder: credit.account_id for holder, credit in (await _read(tx, _FIND_AND_LOCK, missing)).items()}
    return {holder: account_id for holder, account_id in known.items() if account_id is not None}


async def _read(tx: Tx, sql: str, holders: Sequence[Holder]) -> dict[Holder, Credit]:
    return _credits(await tx.fetch(sql, [h[0] for h in holders], [h[1] for h in holders], [h[2] for h in holders]))


def _credits(rows: Sequence[Any]) -> dict[Holder, Credit]:
    found = [
        Credit(
            (row["customer_id"], row["organisation_id"], row["currency"]),
            row["id"],
            row["credit_limit"],
            row["exposure"],
        )
        for row in rows
    ]
    return {credit.holder: credit for credit in found}


async def write_entries(tx: Tx, entries: Sequence[Entry]) -> None:
    """Append the entries and move the balances they belong to, which must be locked by this transaction."""
    await append_entries(tx, entries)
    moved: dict[UUID, _Moved] = {}
    for entry in entries:
        sums = moved.setdefault(entry.account_id, _Moved(entry.account_id))
        setattr(sums, entry.bucket, getattr(sums, entry.bucket) + entry.amount)
    await _apply(tx, list(moved.values()))


async def append_entries(tx: Tx, entries: Sequence[Entry]) -> None:
    """Append the entries; their balances are moved by `move_accounts`, in the same transaction."""
    rows = [
        _Row(new_id_text(), e.account_id, e.bucket, e.amount, e.verb, e.document_kind, e.document_id)
        for e in entries
        if e.amount
    ]
    if rows:
        await tx.write_rows(_WRITE, rows, tx.now)


async def move_accounts(tx: Tx, amounts: Mapping[UUID, Decimal]) -> None:
    """Add to what is open on each account, which this transaction has locked."""
    await _apply(tx, [_Moved(account_id, open=amount) for account_id, amount in amounts.items()])


async def set_off(tx: Tx, amounts: Mapping[UUID, Decimal]) -> None:
    """Add to what is unapplied on each account, which this transaction has locked."""
    await _apply(tx, [_Moved(account_id, unapplied=amount) for account_id, amount in amounts.items()])


async def take_up(tx: Tx, amounts: Mapping[UUID, Decimal]) -> dict[Holder, Credit]:
    """Lock these accounts in key order and add to what is open on each; how they were before.

    One statement. The caller makes sure that what they were allows it, or rolls back.
    """
    if not amounts:
        return {}
    rows = [_Moved(account_id, open=amount) for account_id, amount in amounts.items()]
    found = _credits(await tx.fetch_rows(_TAKE_UP, rows, tx.now))
    if len(found) != len(rows):
        raise AssertionError(f"{len(found)} of {len(rows)} accounts were there to be moved")
    return found


async def _apply(tx: Tx, moved: Sequence[_Moved]) -> None:
    changed = [m for m in moved if m.open or m.shipped or m.billed or m.unapplied]
    if not changed:
        return
    written = await tx.write_rows(_APPLY, changed, tx.now)
    if written != len(changed):
        raise AssertionError(f"{written} of {len(changed)} accounts were there to be moved")
