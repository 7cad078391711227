"""For when the goods are promised that an order must wait for, written on its lines.

At placing it goes behind all who wait already; whoever says nothing of what is expected pays nothing for it.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.identity.principals import Principal
from dinghuo.inventory.levels import Place
from dinghuo.inventory.outlook import covered_on
from dinghuo.inventory.promise import Goods, look_at
from dinghuo.inventory.reserve import Held, Stock
from dinghuo.inventory.supply import is_supply_known
from dinghuo.inventory.waiting import WaitingPart, waiting_parts
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO
from dinghuo.orders.decide import Priced
from dinghuo.orders.events import MovedPromise, Repromised
from dinghuo.orders.lock_orders import lock_orders
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


class PromisedLine(msgspec.Struct, frozen=True, gc=False):
    """A line that waits, and when its goods come; null when nobody knows."""

    line_no: int
    promised_date: date | None


class Promised(msgspec.Struct, frozen=True):
    """What an order's waiting lines are promised for from now on."""

    id: UUID
    lines: list[PromisedLine]


_LINES = """
select l.line_no, l.promised_date from order_line l
where l.tenant_id = $1 and l.order_id = $2 order by l.line_no for no key update
"""
_PROMISE = """
update order_line l set promised_date = p.promised_date
from json_to_recordset($2::json) as p(line_no int, promised_date date)
where l.tenant_id = $1 and l.order_id = $3 and l.line_no = p.line_no
"""


async def promise_again(tx: Tx, *, order_id: UUID, by: Actor, principal: Principal) -> Promised:
    """Promise the waiting lines of an order anew, by what is expected today."""
    await lock_orders(tx, [order_id], principal)
    before = {row["line_no"]: row["promised_date"] for row in await tx.fetch(_LINES, order_id)}
    parts = await waiting_parts(tx, order_id)
    lines = [
        PromisedLine(line_no, last([part.expected_on for part in several if part.held or part.backordered]))
        for line_no, several in sorted(parts.items())
        if any(_is_to_come(part) for part in several)
    ]
    changed = [line for line in lines if before.get(line.line_no) != line.promised_date]
    if changed:
        await tx.write_rows(_PROMISE, changed, order_id)
        changes = {
            f"promised_date {line.line_no}": [before.get(line.line_no), line.promised_date] for line in changed
        }
        await audit.record(tx, [audit.Change("order", order_id, "promised", by, changes)])
        moved = [MovedPromise(line.line_no, before.get(line.line_no), line.promised_date) for line in changed]
        await outbox.emit(tx, [Repromised(subject_id=order_id, lines=moved)])
    return Promised(order_id, lines)


def _is_to_come(part: WaitingPart) -> bool:
    return bool(part.backordered or part.presold)
