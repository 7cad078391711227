"""Rebate balances: what customers were granted and may use. Seen without a lock, drawn on under it, never overdrawn.

Like credit and budgets they are locked at the very end; what was seen to be free must still be free then.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec

from dinghuo.kit.cache import touch
from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.ids import new_id, new_id_text
from dinghuo.kit.money import ZERO

RebateKind = Literal["credit", "goods"]
Owner = tuple[UUID, UUID, str, str]
"""Whose balance: (customer_id, organisation_id, currency, kind)."""

# Whether a tenant has any balance at all, remembered in process: `touch`ed when the first is opened.
MEMORY = "rebate_balances"


class Wallet(msgspec.Struct):
    """One balance while a batch is decided: what is free of it, and what is taken now."""

    owner: Owner
    id: UUID | None
    free: Decimal
    taken: Decimal = ZERO

    @property
    def room(self) -> Decimal:
        return self.free - self.taken


class RebateEntry(msgspec.Struct, frozen=True):
    """One change of one bucket of a balance."""

    balance_id: UUID
    bucket: str
    amount: Decimal
    verb: str
    document_kind: str
    document_id: UUID


class _Moved(msgspec.Struct, gc=False):
    id: UUID
    credited: Decimal = ZERO
    reserved: Decimal = ZERO
    used: Decimal = ZERO


class _Row(msgspec.Struct, frozen=True, gc=False):
    id: str
    balance_id: UUID
    bucket: str
    amount: Decimal
    verb: str
    document_kind: str
    document_id: UUID


_FIND = """
select b.id, b.customer_id, b.organisation_id, b.currency, b.kind, b.credited - b.reserved - b.used as free
from rebate_balance b
join unnest($2::uuid[], $3::uuid[], $4::text[], $5::text[]) as w(customer_id, organisation_id, currency, kind)
  on b.customer_id = w.customer_id and b.organisation_id = w.organisation_id and b.currency = w.currency
  and b.kind = w.kind
where b.tenant_id = $1
order by b.id"""
_FIND_AND_LOCK = f"{_FIND} for no key update of b"
_LOCK_IDS = """
select b.id, b.credited - b.reserved - b.used as free from rebate_balance b
where b.tenant_id = $1 and b.id = any($2::uuid[]) order by b.id for no key update
"""
_OPEN = """
insert into rebate_balance (tenant_id, id, customer_id, organisation_id, currency, kind, updated_at)
select $1, w.*, $7::timestamptz
from unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[])
  as w(id, customer_id, organisation_id, currency, kind)
order by w.customer_id, w.organisation_id, w.currency, w.kind
on conflict (tenant_id, customer_id, organisation_id, kind, currency) do nothing
"""
_WRITE = """
insert into rebate_entry (tenant_id, id, balance_id, at, bucket, amount, verb, document_kind, document_id)
select $1, id, balance_id, $3, bucket, amount, verb, document_kind, document_id
from json_to_recordset($2::json) as e(id uuid, balance_id uuid, bucket text, amount numeric, verb text,
  document_kind text, document_id uuid)
"""
_MOVE = """
update rebate_balance b set credited = b.credited + d.credited, reserved = b.reserved + d.reserved,
  used = b.used + d.used, updated_at = $3
from json_to_recordset($2::json) as d(id uuid, credited numeric, reserved numeric, used numeric)
where b.tenant_id = $1 and b.id = d.id
"""
_ANY = "select exists(select from rebate_balance b where b.tenant_id = $1) as some"


async def has_rebates(tx: Tx) -> bool:
    """Whether anybody was ever granted anything; a look into memory."""
    memory = await tx.cached(MEMORY)
    known: bool | None = memory.get("some")
    if known is None:
        known = memory["some"] = bool((await tx.fetch(_ANY))[0]["some"])
    return known


async def find_wallets(tx: Tx, owners: Iterable[Owner]) -> dict[Owner, Wallet]:
    """These balances as they are now; one not opened yet is empty."""
    return await _read(tx, _FIND, owners)


async def lock_wallets(tx: Tx, owners: Iterable[Owner]) -> dict[Owner, Wallet]:
    """Like `find_wallets`, those that are open locked in key order."""
    return await _read(tx, _FIND_AND_LOCK, owners)


async def lock_balances(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Decimal]:
    """Lock these balances in key order; what is free of each."""
    return {row["id"]: row["free"] for row in await tx.fetch(_LOCK_IDS, sorted(ids))} if ids else {}


async def open_wallets(tx: Tx, owners: Iterable[Owner]) -> dict[Owner, Wallet]:
    """Lock these balances, opened where there is none. One that another transaction opened meanwhile was not locked
    in its turn: the whole is started over."""
    found = await lock_wallets(tx, owners)
    fresh = [wallet.owner for wallet in found.values() if wallet.id is None]
    if not fresh:
        return found
    ids = [new_id() for _ in fresh]
    columns = [[owner[i] for owner in fresh] for i in range(4)]
    if await tx.write(_OPEN, ids, *columns, tx.now) != len(fresh):
        raise RetryTransaction("another transaction has just opened one of these balances")
    await touch(tx, MEMORY)
    return found | await lock_wallets(tx, fresh)


async def _read(tx: Tx, sql: str, owners: Iterable[Owner]) -> dict[Owner, Wallet]:
    wanted = list(dict.fromkeys(owners))
    if not wanted:
        return {}
    rows: Sequence[Any] = await tx.fetch(sql, *([owner[i] for owner in wanted] for i in range(4)))
    found = {
        (row["customer_id"], row["organisation_id"], row["currency"], row["kind"]): (row["id"], row["free"])
        for row in rows
    }
    return {owner: Wallet(owner, *found.get(owner, (None, ZERO))) for owner in wanted}


async def write_rebates(tx: Tx, entries: Sequence[RebateEntry]) -> None:
    """Append the entries and move the balances they belong to, which must be locked by this transaction."""
    await append_rebates(tx, entries)
    await move_rebates(tx, entries)


async def append_rebates(tx: Tx, entries: Sequence[RebateEntry]) -> None:
    """Append the entries; their balances are moved by `move_rebates`, in the same transaction."""
    rows = [
        _Row(new_id_text(), e.balance_id, e.bucket, e.amount, e.verb, e.document_kind, e.document_id)
        for e in entries
        if e.amount
    ]
    if rows:
        await tx.write_rows(_WRITE, rows, tx.now)


async def move_rebates(tx: Tx, entries: Iterable[RebateEntry]) -> None:
    """Move the buckets of locked balances by what these entries say."""
    moved: dict[UUID, _Moved] = {}
    for entry in entries:
        sums = moved.setdefault(entry.balance_id, _Moved(entry.balance_id))
        setattr(sums, entry.bucket, getattr(sums, entry.bucket) + entry.amount)
    rows = [each for each in moved.values() if each.credited or each.reserved or each.used]
    if rows and await tx.write_rows(_MOVE, rows, tx.now) != len(rows):
        raise AssertionError("a balance that was locked is there to be moved")


def still_free(taken: Mapping[Owner, Wallet], now: Mapping[Owner, Wallet]) -> bool:
    """Whether what was taken is free `now`, too."""
    return all(wallet.taken <= now[owner].free for owner, wallet in taken.items())
