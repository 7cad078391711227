"""Opening balances: what was there when the books were taken over."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.inventory.book import book
from dinghuo.inventory.goods import Known, know
from dinghuo.inventory.levels import Place
from dinghuo.inventory.moves import Move, write_moves
from dinghuo.inventory.rebalance import Booking
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id


class Opening(msgspec.Struct, frozen=True):
    """How much of a SKU was in a warehouse; quantity and cost by `unit`, or by the SKU's base unit."""

    warehouse: str
    sku: str
    quantity: Decimal
    unit: str | None = None
    unit_cost: Decimal | None = None


class Opened(msgspec.Struct, frozen=True):
    """`id` is what the moves name as their document."""

    id: UUID
    moves: int


async def open_stock(tx: Tx, *, openings: Sequence[Opening], by: Actor, at: datetime | None = None) -> Opened:
    """Add these opening balances, all or none, as of the moment `at` (now when none is named)."""
    known = await know(
        tx,
        skus=(item.sku for item in openings),
        warehouses=(item.warehouse for item in openings),
        count=len(openings),
    )
    id = new_id()
    moves = [move for i, item in enumerate(openings) if (move := _move(known, id, i, item, by, at or tx.now))]
    known.faults.check()
    if not moves:
        return Opened(id, 0)
    totals: dict[Place, Decimal] = defaultdict(Decimal)
    for move in moves:
        totals[move.sku_id, move.warehouse_id] += move.quantity
    await book(tx, [Booking(*place, by=quantity) for place, quantity in totals.items()])
    await write_moves(tx, moves)
    await audit.record(tx, [audit.Change("stock_opening", id, "booked", by, {"moves": [None, len(moves)]})])
    return Opened(id, len(moves))


def _move(known: Known, id: UUID, line: int, item: Opening, by: Actor, at: datetime) -> Move | None:
    sku, warehouse_id = known.sku(line, item.sku), known.warehouse(line, item.warehouse)
    known.check_cost(line, sku, item.unit, item.unit_cost)
    quantity = known.in_base(line, sku, item.quantity, item.unit) if sku else None
    if sku is None or warehouse_id is None or quantity is None:
        return None
    return Move(
        new_id(),
        at,
        "opening",
        sku.id,
        warehouse_id,
        quantity,
        document_kind="stock_opening",
        document_id=id,
        line_no=line + 1,
        unit_cost=known.base_cost(sku, item.unit, item.unit_cost),
        actor_id=by.id,
    )
