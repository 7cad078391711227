"""Budgets: how much may be granted of something, in all and to one customer, and the entries that take it up.

They are seen without a lock and locked at the very end, like credit; what is taken is never more than the limit that
held when it was decided, which a CHECK says again.
"""

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import Any
from uuid import UUID, uuid5

import msgspec

from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.ids import new_id_text
from dinghuo.kit.money import ZERO

_NOBODY = UUID(int=0)


@lru_cache(maxsize=65_536)
def budget_id(subject_id: UUID, customer_id: UUID | None) -> UUID:
    """The id of the one budget of a subject in all, or for one customer."""
    return uuid5(subject_id, str(customer_id or _NOBODY))


class Bound(msgspec.Struct, frozen=True):
    """What limits a subject, in all or for one customer; None is unlimited."""

    subject_kind: str
    subject_id: UUID
    customer_id: UUID | None
    amount: Decimal | None
    uses: int | None

    @property
    def id(self) -> UUID:
        return budget_id(self.subject_id, self.customer_id)


class Budget(msgspec.Struct):
    """One budget while a batch is decided: what was taken of it before, and what is taken now."""

    bound: Bound
    is_open: bool
    amount: Decimal
    uses: int
    taken_amount: Decimal = ZERO
    taken_uses: int = 0

    @property
    def room(self) -> tuple[Decimal | None, int | None]:
        """What is left, by amount and by uses; None is unlimited."""
        amount, uses = self.bound.amount, self.bound.uses
        return (
            None if amount is None else amount - self.amount - self.taken_amount,
            None if uses is None else uses - self.uses - self.taken_uses,
        )

    def take(self, amount: Decimal, uses: int) -> None:
        self.taken_amount += amount
        self.taken_uses += uses

    def fits(self, now: "Budget") -> bool:
        """Whether what was taken here is there `now`, too."""
        amount, uses = now.room
        return (amount is None or self.taken_amount <= amount) and (uses is None or self.taken_uses <= uses)


class BudgetEntry(msgspec.Struct, frozen=True):
    """One change of one budget."""

    budget_id: UUID
    amount: Decimal
    uses: int
    verb: str
    document_kind: str
    document_id: UUID


class _Opened(msgspec.Struct, frozen=True, gc=False):
    id: UUID
    subject_kind: str
    subject_id: UUID
    customer_id: UUID | None


class _Moved(msgspec.Struct, frozen=True, gc=False):
    id: UUID
    amount: Decimal
    uses: int
    amount_limit: Decimal | None
    uses_limit: int | None


class _Row(msgspec.Struct, frozen=True, gc=False):
    id: str
    budget_id: UUID
    amount: Decimal
    uses: int
    verb: str
    document_kind: str
    document_id: UUID


_FIND = "select id, amount, uses from budget where tenant_id = $1 and id = any($2::uuid[]) order by id"
_FIND_AND_LOCK = f"{_FIND} for no key update"
_OPEN = """
insert into budget (tenant_id, id, subject_kind, subject_id, customer_id, updated_at)
select $1, id, subject_kind, subject_id, customer_id, $3
from json_to_recordset($2::json) as b(id uuid, subject_kind text, subject_id uuid, customer_id uuid) order by id
on conflict (tenant_id, id) do nothing
"""
_MOVE = """
update budget b set amount = b.amount + d.amount, uses = b.uses + d.uses,
  amount_limit = case when d.amount > 0 or d.uses > 0 then d.amount_limit else b.amount_limit end,
  uses_limit = case when d.amount > 0 or d.uses > 0 then d.uses_limit else b.uses_limit end, updated_at = $3
from json_to_recordset($2::json) as d(id uuid, amount numeric, uses int, amount_limit numeric, uses_limit int)
where b.tenant_id = $1 and b.id = d.id
"""
_GIVE_BACK = """
update budget b set amount = b.amount - d.amount, uses = b.uses - d.uses, updated_at = $3
from json_to_recordset($2::json) as d(id uuid, amount numeric, uses int)
where b.tenant_id = $1 and b.id = d.id
"""
_WRITE = """
insert into budget_entry (tenant_id, id, budget_id, at, amount, uses, verb, document_kind, document_id)
select $1, id, budget_id, $3, amount, uses, verb, document_kind, document_id
from json_to_recordset($2::json) as e(id uuid, budget_id uuid, amount numeric, uses int, verb text,
  document_kind text, document_id uuid)
"""
_HELD = """
select e.budget_id, e.document_kind, e.document_id, sum(e.amount) as amount, sum(e.uses)::int as uses
from budget_entry e where e.tenant_id = $1 and e.document_id = any($2::uuid[])
group by e.budget_id, e.document_kind, e.document_id
having sum(e.amount) <> 0 or sum(e.uses) <> 0
order by e.document_id, e.budget_id
"""


async def find_budgets(tx: Tx, bounds: Iterable[Bound]) -> dict[UUID, Budget]:
    """These budgets as they are now, by id; one not opened yet has nothing taken."""
    return await _read(tx, _FIND, {bound.id: bound for bound in bounds})


async def lock_budgets(tx: Tx, bounds: Iterable[Bound]) -> dict[UUID, Budget]:
    """Like `find_budgets`, those that are open locked in key order."""
    return await _read(tx, _FIND_AND_LOCK, {bound.id: bound for bound in bounds})


async def open_budgets(tx: Tx, budgets: Iterable[Budget]) -> None:
    """Open those of these budgets that are not, now that something is taken of them.

    One that another transaction opened meanwhile was not seen in its turn: the whole is started over.
    """
    rows = [
        _Opened(budget.bound.id, budget.bound.subject_kind, budget.bound.subject_id, budget.bound.customer_id)
        for budget in budgets
        if not budget.is_open
    ]
    if rows and await tx.write_rows(_OPEN, rows, tx.now) != len(rows):
        raise RetryTransaction("another transaction has just opened one of these budgets")


async def _read(tx: Tx, sql: str, wanted: Mapping[UUID, Bound]) -> dict[UUID, Budget]:
    rows: dict[UUID, Any] = {row["id"]: row for row in await tx.fetch(sql, sorted(wanted))} if wanted else {}
    return {
        id: Budget(bound, True, rows[id]["amount"], rows[id]["uses"]) if id in rows else Budget(bound, False, ZERO, 0)
        for id, bound in wanted.items()
    }


async def append_budget_entries(tx: Tx, entries: Sequence[BudgetEntry]) -> None:
    """Append the entries; their budgets are moved by `move_budgets`, in the same transaction."""
    rows = [
        _Row(new_id_text(), e.budget_id, e.amount, e.uses, e.verb, e.document_kind, e.document_id)
        for e in entries
        if e.amount or e.uses
    ]
    if rows:
        await tx.write_rows(_WRITE, rows, tx.now)


async def move_budgets(tx: Tx, budgets: Iterable[Budget]) -> None:
    """Take from the budgets, which this transaction has locked, what was decided; their limits are those of today."""
    rows = [
        _Moved(budget.bound.id, budget.taken_amount, budget.taken_uses, budget.bound.amount, budget.bound.uses)
        for budget in budgets
        if budget.taken_amount or budget.taken_uses
    ]
    if rows and await tx.write_rows(_MOVE, rows, tx.now) != len(rows):
        raise AssertionError("a budget that was locked is there to be moved")


async def held_of_budgets(tx: Tx, document_ids: Sequence[UUID]) -> list[BudgetEntry]:
    """What these documents hold of budgets, an entry for each."""
    return [
        BudgetEntry(row["budget_id"], row["amount"], row["uses"], "reserve", row["document_kind"], row["document_id"])
        for row in await tx.fetch(_HELD, list(document_ids))
    ]


async def release_budgets(tx: Tx, document_ids: Sequence[UUID]) -> None:
    """Give back all that these documents hold of budgets. Accounts are locked before, stock after."""
    held = await held_of_budgets(tx, document_ids)
    if held:
        await give_back(tx, held)


async def give_back(tx: Tx, held: Sequence[BudgetEntry]) -> None:
    """Release these amounts and uses; locks the budgets, in key order."""
    sums: dict[UUID, tuple[Decimal, int]] = {}
    for entry in held:
        amount, uses = sums.get(entry.budget_id, (ZERO, 0))
        sums[entry.budget_id] = (amount + entry.amount, uses + entry.uses)
    await tx.fetch(_FIND_AND_LOCK, sorted(sums))
    await append_budget_entries(
        tx,
        [BudgetEntry(e.budget_id, -e.amount, -e.uses, "release", e.document_kind, e.document_id) for e in held],
    )
    rows = [_Moved(id, amount, uses, None, None) for id, (amount, uses) in sums.items()]
    if await tx.write_rows(_GIVE_BACK, rows, tx.now) != len(rows):
        raise AssertionError("a budget that was locked is there to be moved")
