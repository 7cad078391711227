"""For when the goods are promised that an order must wait for, written on its lines.

At placing it goes behind all who wait already; whoever says nothing of what is expected pays nothing for it.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.inventory.levels import Place
from dinghuo.inventory.outlook import covered_on
from dinghuo.inventory.promise import Goods, look_at
from dinghuo.inventory.reserve import Held, Stock
from dinghuo.inventory.supply import is_supply_known
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO
from dinghuo.orders.decide import Priced
from dinghuo.orders.waiting import last


async def promise_dates(tx: Tx, orders: Sequence[Priced], stock: Stock) -> None:
    """Say on the lines that must wait when their goods come."""
    if not stock.has_waiting or not await is_supply_known(tx):
        return
    waiting = [(order, row, parts) for order in orders for row, parts in order.held if _waits(parts)]
    if not waiting:
        return
    goods = await look_at(tx, {row.sku_id for _, row, _ in waiting}, customer=None)
    ahead: dict[Place, Decimal] = defaultdict(Decimal)
    dates: dict[tuple[UUID, int], date] = {}
    for order, row, parts in waiting:
        promised = last([_comes_on(goods, ahead, row.sku_id, part) for part in parts])
        if promised is not None:
            dates[order.id, row.line_no] = promised
    for order in {order.id: order for order, _, _ in waiting}.values():
        order.lines = [
            msgspec.structs.replace(row, promised_date=dates[order.id, row.line_no])
            if (order.id, row.line_no) in dates
            else row
            for row in order.lines
        ]


def _waits(parts: Sequence[Held]) -> bool:
    return any(part.backordered for part in parts)


def _comes_on(goods: Goods, ahead: dict[Place, Decimal], sku_id: UUID, part: Held) -> date | None:
    """When a part has come, behind all who wait there and those of this batch before it."""
    if not part.backordered:
        return goods.today
    place = (sku_id, part.warehouse_id)
    waiting = sum((s.waiting for s in goods.standings.get(sku_id, ()) if s.warehouse_id == part.warehouse_id), ZERO)
    supplies = [supply for supply in goods.supplies.get(sku_id, ()) if supply.warehouse_id == part.warehouse_id]
    on = covered_on(waiting + ahead[place], part.backordered, ZERO, supplies, today=goods.today)
    ahead[place] += part.backordered
    return on
