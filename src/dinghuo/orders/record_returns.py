"""Record what came back long ago, taken over from another system with the orders it belongs to."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.inventory.book import book
from dinghuo.inventory.moves import Move, write_moves
from dinghuo.inventory.rebalance import Booking
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id
from dinghuo.kit.money import ZERO
from dinghuo.orders.events import Returned


class HistoricalReturn(msgspec.Struct, frozen=True, gc=False):
    """A quantity that a line of a cancellation or return took back; `price` is per `unit`.

    With an order's line it was cancelled before it left, and the line counts it (`History.cancelled`); without one
    goods came back.
    """

    id: UUID
    number: str
    line_no: int
    customer_id: UUID
    sku_id: UUID
    unit: str
    quantity: Decimal
    base_quantity: Decimal
    currency: str
    price: Decimal
    amount: Decimal
    at: datetime
    order_id: UUID | None = None
    order_line_no: int | None = None


_WRITE = """
insert into historical_return (tenant_id, id, number, line_no, customer_id, sku_id, unit, quantity, base_quantity,
  currency, price, amount, at, order_id, order_line_no)
select $1, r.* from json_to_recordset($2::json) as r(id uuid, number text, line_no int, customer_id uuid, sku_id uuid,
  unit text, quantity numeric, base_quantity numeric, currency text, price numeric, amount numeric, at timestamptz,
  order_id uuid, order_line_no int)
"""


async def record_returns(
    tx: Tx, *, returns: Sequence[HistoricalReturn], warehouse_id: UUID, untracked: frozenset[UUID], by: Actor
) -> None:
    """Write these returns; the goods that came back are booked into a warehouse, but for `untracked` SKUs."""
    if not returns:
        return
    back = [each for each in returns if each.order_id is None]
    stocked = [each for each in back if each.sku_id not in untracked]
    sums: dict[UUID, Decimal] = {}
    for each in stocked:
        sums[each.sku_id] = sums.get(each.sku_id, ZERO) + each.base_quantity
    if sums:
        await book(tx, [Booking(sku_id, warehouse_id, by=quantity) for sku_id, quantity in sums.items()])
    await tx.write_rows(_WRITE, returns)
    await write_moves(tx, [_move(each, warehouse_id, by) for each in stocked])
    await outbox.emit(tx, [Returned(subject_id=each.id) for each in back])
    await audit.record(
        tx,
        [
            audit.Change("historical_return", each.id, "imported", by, {"number": [None, each.number]})
            for each in back
        ],
    )


def _move(each: HistoricalReturn, warehouse_id: UUID, by: Actor) -> Move:
    return Move(
        new_id(),
        each.at,
        "return",
        each.sku_id,
        warehouse_id,
        each.base_quantity,
        document_kind="historical_return",
        document_id=each.id,
        line_no=each.line_no,
        actor_id=by.id,
    )
