"""Reservation rows under the lock of the command that changes them."""

from collections.abc import Collection, Iterable, Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.inventory.levels import Place
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO


class Promise(msgspec.Struct, frozen=True, gc=False):
    """What one document's line holds, or waits for, in one warehouse."""

    document_id: UUID
    line_no: int
    sku_id: UUID
    warehouse_id: UUID
    held: Decimal
    backordered: Decimal
    priority: int = 100

    @property
    def place(self) -> Place:
        return (self.sku_id, self.warehouse_id)

    def change(self, **quantities: Decimal) -> "Change":
        return Change(self.document_id, self.line_no, self.sku_id, self.warehouse_id, **quantities)


class Change(msgspec.Struct, frozen=True, gc=False):
    """How a promise changes: what is added to each of its quantities. Together they come to nothing."""

    document_id: UUID
    line_no: int
    sku_id: UUID
    warehouse_id: UUID
    held: Decimal = ZERO
    backordered: Decimal = ZERO
    consumed: Decimal = ZERO
    released: Decimal = ZERO

    @property
    def place(self) -> Place:
        return (self.sku_id, self.warehouse_id)


_LOCK = """
select r.document_id, r.line_no, r.sku_id, r.warehouse_id, r.held, r.backordered
from reservation r
where r.tenant_id = $1 and r.document_id = any($2::uuid[])
order by r.document_id, r.line_no, r.warehouse_id for no key update
"""
_CHANGE = """
update reservation r set held = r.held + c.held, backordered = r.backordered + c.backordered,
  consumed = r.consumed + c.consumed, released = r.released + c.released
from json_to_recordset($2::json) as c(document_id uuid, line_no int, warehouse_id uuid, held numeric,
  backordered numeric, consumed numeric, released numeric)
where r.tenant_id = $1 and r.document_id = c.document_id and r.line_no = c.line_no
  and r.warehouse_id = c.warehouse_id
"""


async def lock_promises(tx: Tx, document_ids: Collection[UUID]) -> list[Promise]:
    """All that these documents hold and wait for, locked in key order.

    A command that locks accounts before it consumes or releases calls this first, with the documents' lines: so
    asks the one order of locks.
    """
    return [Promise(**dict(row)) for row in await tx.fetch(_LOCK, list(document_ids))]


def waiting_at(promises: Iterable[Promise]) -> set[Place]:
    """Where these wait for goods. Whoever frees some there passes over promises that are locked: whoever has them
    locked looks there again, lest they wait beside free goods."""
    return {promise.place for promise in promises if promise.backordered}


async def change_promises(tx: Tx, changes: Sequence[Change]) -> None:
    """Write the changes of locked promises."""
    if changes:
        await tx.write_rows(_CHANGE, changes)
