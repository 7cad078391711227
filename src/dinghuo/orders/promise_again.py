"""For when lines that wait are promised, said anew: of one order when somebody asks, of all when supply changes."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.identity.principals import Principal
from dinghuo.inventory.events import Changed, Filled, SupplyChanged
from dinghuo.inventory.settings import load_rule
from dinghuo.inventory.supply import today_of
from dinghuo.inventory.waiting import WaitingPart, waiting_parts
from dinghuo.inventory.waiting_days import WAITING_DAYS
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import SYSTEM, Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery
from dinghuo.kit.periodic import TENANT, schedule
from dinghuo.orders.events import MovedPromise, PromisesDue, Repromised
from dinghuo.orders.lock_orders import lock_orders
from dinghuo.orders.waiting import last

EVERY = timedelta(hours=1)
MOST_LINES, _MOST_SKUS = 1000, 200


class PromisedLine(msgspec.Struct, frozen=True, gc=False):
    """A line that waits, and when its goods come; null when nobody knows."""

    line_no: int
    promised_date: date | None


class Promised(msgspec.Struct, frozen=True):
    """What an order's waiting lines are promised for from now on."""

    id: UUID
    lines: list[PromisedLine]


class _Move(msgspec.Struct, frozen=True, gc=False):
    """A line is promised for another day. `has_come`: its goods are there and held for it."""

    order_id: UUID
    line_no: int
    old: date | None
    promised_date: date | None
    has_come: bool = False


_LINES = """
select l.line_no, l.promised_date from order_line l
where l.tenant_id = $1 and l.order_id = $2 order by l.line_no for no key update
"""
_PROMISE = """
update order_line l set promised_date = p.promised_date
from json_to_recordset($2::json) as p(order_id uuid, line_no int, promised_date date)
where l.tenant_id = $1 and l.order_id = p.order_id and l.line_no = p.line_no
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
    moves = [_Move(order_id, line.line_no, before.get(line.line_no), line.promised_date) for line in lines]
    changed = [move for move in moves if move.old != move.promised_date]
    await _write(tx, changed, by, user_id=principal.user_id)
    return Promised(order_id, lines)


def _is_to_come(part: WaitingPart) -> bool:
    return bool(part.backordered or part.presold)


async def _write(tx: Tx, moves: Sequence[_Move], by: Actor, user_id: UUID | None = None) -> None:
    """Write on locked lines for when they are promised, keep it with their orders, and tell of those that wait."""
    if not moves:
        return
    await tx.write_rows(_PROMISE, moves)
    by_order: dict[UUID, list[_Move]] = defaultdict(list)
    for move in moves:
        by_order[move.order_id].append(move)
    changes = {
        id: {f"promised_date {move.line_no}": [move.old, move.promised_date] for move in several}
        for id, several in by_order.items()
    }
    await audit.record(tx, [audit.Change("order", id, "promised", by, changed) for id, changed in changes.items()])
    told = {
        id: [MovedPromise(move.line_no, move.old, move.promised_date) for move in several if not move.has_come]
        for id, several in by_order.items()
    }
    await outbox.emit(
        tx, [Repromised(subject_id=id, lines=lines, moved_by=user_id) for id, lines in told.items() if lines]
    )


# Lines that are promised for another day than their goods come. What is there before its day is promised for today.
# A day that is over stays until there is a new one: the line is overdue.
_MOVED = f"""
with {WAITING_DAYS}, come as (
  select distinct r.document_id, r.line_no from reservation r
  where r.tenant_id = $1 and r.document_id = any($6::uuid[]) and r.held > 0
    and not exists (select from due where due.document_id = r.document_id and due.line_no = r.line_no)
)
select l.order_id, l.line_no, l.promised_date as old, w.day as promised_date, w.has_come
from (
  select document_id, line_no, day, false as has_come from due
  union all
  select document_id, line_no, $3::date, true from come
) w
join order_line l on l.tenant_id = $1 and l.order_id = w.document_id and l.line_no = w.line_no
where l.promised_date is distinct from w.day
  and case when w.has_come then l.promised_date > $3::date else w.day is not null or l.promised_date >= $3::date end
  and ($7::uuid[] is null or l.order_id = any($7::uuid[]))
order by l.order_id, l.line_no limit $8
"""  # noqa: S608 - made of constants
_LOCK_ORDERS = """
select o.id from sales_order o where o.tenant_id = $1 and o.id = any($2::uuid[]) order by o.id for no key update
"""
_LOCK_LINES = """
select l.line_no from order_line l where l.tenant_id = $1 and l.order_id = any($2::uuid[])
order by l.order_id, l.line_no for no key update
"""


async def move_promises(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to Changed, SupplyChanged and Filled: promise the lines that wait for these SKUs anew."""
    skus: set[UUID] = set()
    filled: set[UUID] = set()
    everything = False
    for delivery in deliveries:
        if delivery.kind == Filled.kind():
            filled.add(delivery.subject_id)
            skus |= {line.sku_id for line in delivery.read(Filled).lines}
        elif delivery.kind == SupplyChanged.kind():
            skus |= set(delivery.read(SupplyChanged).skus)
        elif (named := delivery.read(Changed).skus) is not None:
            skus |= set(named)
        else:
            everything = True
    if everything:
        await outbox.emit(tx, [PromisesDue(subject_id=TENANT)])
    if await _move(tx, skus, filled):
        await outbox.emit(tx, [SupplyChanged(subject_id=TENANT, skus=sorted(skus))])


# From SKU to SKU through the small indexes of what waits, one look each, however many wait for one.
_SKUS = """
with recursive waited as (
  (select r.sku_id from reservation r where r.tenant_id = $1 and r.backordered > 0 and r.sku_id > $2::uuid
   order by r.sku_id limit 1)
  union all
  select n.sku_id from waited w cross join lateral (
    select r.sku_id from reservation r
    where r.tenant_id = $1 and r.backordered > 0 and r.sku_id > w.sku_id order by r.sku_id limit 1
  ) n
)
select found.sku_id from (
  select w.sku_id from waited w
  union
  select s.sku_id from stock s where s.tenant_id = $1 and s.reserved > s.on_hand and s.sku_id > $2::uuid
) found order by found.sku_id limit $3
"""


async def move_promises_when_due(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to PromisesDue: a day is over, somebody is served sooner, an order ahead is called off …"""
    starts = [delivery.read(PromisesDue).after for delivery in deliveries]
    # Who begins first comes past where the others begin.
    after = UUID(int=0) if None in starts else min(start for start in starts if start is not None)
    skus = [row["sku_id"] for row in await tx.fetch(_SKUS, after, _MOST_SKUS)]
    if await _move(tx, skus, ()):
        await outbox.emit(tx, [PromisesDue(subject_id=TENANT, after=after)])
    elif len(skus) == _MOST_SKUS:
        await outbox.emit(tx, [PromisesDue(subject_id=TENANT, after=skus[-1])])
    if None in starts:
        await schedule(tx, PromisesDue(subject_id=TENANT), EVERY)


async def _move(tx: Tx, skus: Collection[UUID], filled: Collection[UUID]) -> bool:
    """Promise anew the lines that wait for these SKUs, and of these orders those that do so no longer: the first so
    many; true when there may be more."""
    if not skus:
        return False
    rule = await load_rule(tx)
    asked = (sorted(skus), await today_of(tx), rule.patience, rule.fair_share, sorted(filled))
    found: Sequence[Any] = await tx.fetch(_MOVED, *asked, None, MOST_LINES)
    if not found:
        return False
    orders = sorted({row["order_id"] for row in found})
    await tx.fetch(_LOCK_ORDERS, orders)
    await tx.fetch(_LOCK_LINES, orders)
    # Once more under their locks: one may just have been called off, or have got its goods.
    await _write(tx, [_Move(**dict(row)) for row in await tx.fetch(_MOVED, *asked, orders, None)], SYSTEM)
    return len(found) == MOST_LINES
