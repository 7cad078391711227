"""Bounded quantities: seen without a lock, drawn by documents' lines, given back. Never overdrawn, whoever races."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.ids import new_id_text
from dinghuo.kit.money import ZERO


class Opening(msgspec.Struct, frozen=True):
    """An allotment as it is opened by the first that takes of it."""

    kind: str
    subject_id: UUID
    quantity: Decimal
    period_from: date | None = None


class Take(msgspec.Struct, frozen=True):
    """What a line takes of an allotment; `opening` when it may not be there yet."""

    allotment_id: UUID
    line_no: int
    quantity: Decimal
    opening: Opening | None = None


class Level(msgspec.Struct, frozen=True):
    """How far an allotment is taken up."""

    quantity: Decimal
    taken: Decimal

    @property
    def left(self) -> Decimal:
        return max(self.quantity - self.taken, ZERO)


class Allotments:
    """What a batch may take: `left` falls while it is decided."""

    def __init__(self, levels: Mapping[UUID, Level]) -> None:
        self.known = frozenset(levels)
        self._left = {id: level.left for id, level in levels.items()}

    def left(self, take: Take) -> Decimal:
        found = self._left.get(take.allotment_id)
        if found is None:
            return take.opening.quantity if take.opening else ZERO
        return found

    def take(self, take: Take) -> bool:
        """Take it, if there is as much left."""
        left = self.left(take)
        if take.quantity > left:
            return False
        self._left[take.allotment_id] = left - take.quantity
        return True

    def put_back(self, take: Take) -> None:
        self._left[take.allotment_id] = self.left(take) + take.quantity


class Drawn(msgspec.Struct, frozen=True, gc=False):
    """What a document's line takes of an allotment; what it gives back is negative."""

    allotment_id: UUID
    document_id: UUID
    line_no: int
    quantity: Decimal
    kind: str = ""


class _Opened(msgspec.Struct, frozen=True, gc=False):
    id: UUID
    kind: str
    subject_id: UUID
    quantity: Decimal
    period_from: date | None


class _Moved(msgspec.Struct, frozen=True, gc=False):
    id: UUID
    quantity: Decimal


class _Entry(msgspec.Struct, frozen=True, gc=False):
    id: str
    allotment_id: UUID
    quantity: Decimal
    verb: str
    document_id: UUID
    line_no: int


_SEE = """
select a.id, a.quantity, a.taken from allotment a where a.tenant_id = $1 and a.id = any($2::uuid[]) order by a.id
"""
_LOCK = f"{_SEE} for no key update"
_OPEN = """
insert into allotment (tenant_id, id, kind, subject_id, period_from, quantity, updated_at)
select $1, id, kind, subject_id, period_from, quantity, $3
from json_to_recordset($2::json) as o(id uuid, kind text, subject_id uuid, period_from date, quantity numeric)
order by id
on conflict (tenant_id, id) do nothing
"""
_MOVE = """
update allotment a set taken = a.taken + m.quantity, updated_at = $3
from json_to_recordset($2::json) as m(id uuid, quantity numeric)
where a.tenant_id = $1 and a.id = m.id and a.taken + m.quantity between 0 and a.quantity
"""
_WRITE = """
insert into allotment_entry (tenant_id, id, allotment_id, at, quantity, verb, document_id, line_no)
select $1, id, allotment_id, $3, quantity, verb, document_id, line_no
from json_to_recordset($2::json) as e(id uuid, allotment_id uuid, quantity numeric, verb text, document_id uuid,
  line_no int)
"""
_HELD = """
select e.document_id, e.line_no, e.allotment_id, sum(e.quantity) as quantity, min(a.kind) as kind
from allotment_entry e join allotment a on a.tenant_id = $1 and a.id = e.allotment_id
where e.tenant_id = $1 and e.document_id = any($2::uuid[])
group by e.document_id, e.line_no, e.allotment_id having sum(e.quantity) > 0
order by e.document_id, e.line_no, e.allotment_id
"""


async def see_allotments(tx: Tx, ids: Collection[UUID]) -> Allotments:
    """These allotments as they are now; those not opened yet are unknown."""
    return Allotments(await levels(tx, ids))


async def lock_allotments(tx: Tx, ids: Collection[UUID]) -> Allotments:
    """Like `see_allotments`, locked in key order."""
    return Allotments(_levels(await tx.fetch(_LOCK, list(ids))))


async def levels(tx: Tx, ids: Collection[UUID]) -> dict[UUID, Level]:
    return _levels(await tx.fetch(_SEE, list(ids)))


def _levels(rows: Iterable[Any]) -> dict[UUID, Level]:
    return {row["id"]: Level(row["quantity"], row["taken"]) for row in rows}


async def open_allotments(tx: Tx, openings: Mapping[UUID, Opening]) -> None:
    """Open those that are not there yet."""
    rows = [
        _Opened(id, opening.kind, opening.subject_id, opening.quantity, opening.period_from)
        for id, opening in openings.items()
    ]
    if rows:
        await tx.write_rows(_OPEN, rows, tx.now)


async def draw_allotments(tx: Tx, drawn: Sequence[Drawn]) -> None:
    """Move the balances and write their entries. Raises `RetryTransaction` when one no longer allows it.

    The rows are locked here, in key order, unless this transaction has locked them already.
    """
    sums: dict[UUID, Decimal] = {}
    for one in drawn:
        sums[one.allotment_id] = sums.get(one.allotment_id, ZERO) + one.quantity
    if not sums:
        return
    await tx.fetch(_LOCK, list(sums))
    moved = await tx.write_rows(_MOVE, [_Moved(id, quantity) for id, quantity in sums.items()], tx.now)
    if moved != len(sums):
        raise RetryTransaction("others have taken of the same quota or blanket order meanwhile")
    await tx.write_rows(
        _WRITE,
        [
            _Entry(
                new_id_text(),
                one.allotment_id,
                one.quantity,
                "reserve" if one.quantity > 0 else "release",
                one.document_id,
                one.line_no,
            )
            for one in drawn
            if one.quantity
        ],
        tx.now,
    )


async def held_by(tx: Tx, document_ids: Collection[UUID]) -> list[Drawn]:
    """What the lines of these documents have taken and not given back."""
    rows = await tx.fetch(_HELD, list(document_ids))
    return [
        Drawn(row["allotment_id"], row["document_id"], row["line_no"], row["quantity"], row["kind"]) for row in rows
    ]
