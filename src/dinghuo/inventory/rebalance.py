"""Keep promises true to what is there (docs/inventory.md).

When more is held at a place than it can give, those who are served last wait for the rest (backorder). When something
is free there, those who wait get it by the seller's rule (`allocate`). It happens in the transaction that changed the
stock: nothing is oversold for a moment, and nothing waits beside free goods.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.inventory.allocate import shift
from dinghuo.inventory.events import Backordered, Filled, ShiftedLine
from dinghuo.inventory.levels import Level, Place
from dinghuo.inventory.promises import Change, Promise, change_promises
from dinghuo.inventory.settings import load_rule
from dinghuo.kit import outbox
from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.money import ZERO

# Those promises at the places in `level` that the shift may need, locked: enough of the last that hold where `free`
# is below zero, enough of the first that wait where it is above, or all of these for shares. Lateral, because
# the planner cannot know how few they are: each place is one look into a small index, each promise one into the key.
_CANDIDATES = """
with level as ({level}), chosen as (
  select c.document_id, c.line_no, c.warehouse_id from level l
  cross join lateral (
    select r.document_id, r.line_no, r.warehouse_id,
      sum(r.held) over (order by {rank} desc, r.document_id desc, r.line_no desc) - r.held as before
    from reservation r
    where r.tenant_id = $1 and r.sku_id = l.sku_id and r.warehouse_id = l.warehouse_id and r.held > 0 and l.free < 0
  ) c where c.before < -l.free
  union all
  select c.document_id, c.line_no, c.warehouse_id from level l
  cross join lateral (
    select r.document_id, r.line_no, r.warehouse_id,
      sum(r.backordered) over (order by {rank}, r.document_id, r.line_no) - r.backordered as before
    from reservation r
    where r.tenant_id = $1 and r.sku_id = l.sku_id and r.warehouse_id = l.warehouse_id and r.backordered > 0
      and l.free > 0
  ) c where c.before < l.free or {fair}
)
select p.* from (select * from chosen order by document_id, line_no, warehouse_id) c
cross join lateral (
  select r.document_id, r.line_no, r.sku_id, r.warehouse_id, r.held, r.backordered, r.priority from reservation r
  where r.tenant_id = $1 and r.document_id = c.document_id and r.line_no = c.line_no
    and r.warehouse_id = c.warehouse_id
  for no key update {others}
) p
"""

_RANK = "case when r.document_id < ${patience}::uuid then -1 else r.priority end"
# Before the stock is locked: what the levels will be, going by what they are now.
_EXPECTED = _CANDIDATES.format(
    level="""
  select s.sku_id, s.warehouse_id,
         least(u.free, greatest(u.free - coalesce(b.safety, s.safety) - s.barred - b.barred, 0)) as free
  from json_to_recordset($2::json)
    as b(sku_id uuid, warehouse_id uuid, "by" numeric, "to" numeric, allowance numeric, safety numeric,
      barred numeric)
  join stock s on s.tenant_id = $1 and s.sku_id = b.sku_id and s.warehouse_id = b.warehouse_id
  cross join lateral (
    select coalesce(b."to", s.on_hand + b."by") + coalesce(b.allowance, s.allowance) - s.reserved as free
  ) u""",
    others="",
    rank=_RANK.format(patience=3),
    fair="$4::bool",
)
# Under the stock's lock nobody is waited for: whoever has a promise locked may be waiting for that very stock.
_ACTUAL = _CANDIDATES.format(
    level="select * from unnest($2::uuid[], $3::uuid[], $4::numeric[]) as l(sku_id, warehouse_id, free)",
    others="skip locked",
    rank=_RANK.format(patience=5),
    fair="$6::bool",
)
# When some of those are being shipped or called off just now, the next ones make way.
_ANYONE = """
select p.* from unnest($2::uuid[], $3::uuid[]) as l(sku_id, warehouse_id)
cross join lateral (
  select r.document_id, r.line_no, r.sku_id, r.warehouse_id, r.held, r.backordered, r.priority from reservation r
  where r.tenant_id = $1 and r.sku_id = l.sku_id and r.warehouse_id = l.warehouse_id and r.held > 0
  for no key update skip locked
) p
"""
_GATE = """
select w.id from warehouse w where w.tenant_id = $1 and w.id = any($2::uuid[]) order by w.code for no key update
"""


class Booking(msgspec.Struct, frozen=True, gc=False):
    """What shall happen at a place: `by` is added to what is on hand, or `to` is what is there now. `barred` of it is
    of lots that nobody is promised."""

    sku_id: UUID
    warehouse_id: UUID
    by: Decimal = ZERO
    to: Decimal | None = None
    allowance: Decimal | None = None
    safety: Decimal | None = None
    barred: Decimal = ZERO

    @property
    def place(self) -> Place:
        return (self.sku_id, self.warehouse_id)

    def applied(self, level: Level) -> Level:
        on_hand = level.on_hand + self.by if self.to is None else self.to
        return Level(
            on_hand,
            level.allowance if self.allowance is None else self.allowance,
            level.reserved,
            level.safety if self.safety is None else self.safety,
            level.barred + self.barred,
        )


async def lock_candidates(tx: Tx, bookings: Sequence[Booking]) -> None:
    """Lock, before the stock, the promises that these bookings will probably change.

    Bookings in one warehouse take turns: two that lowered the same stock would lock each other's promises.
    """
    await take_turns(tx, (booking.warehouse_id for booking in bookings))
    rule = await load_rule(tx)
    await tx.write_rows(_EXPECTED, bookings, rule.patience, rule.fair_share)


async def take_turns(tx: Tx, warehouse_ids: Iterable[UUID]) -> None:
    """Wait for whoever else books in these warehouses."""
    await tx.fetch(_GATE, list(set(warehouse_ids)))


async def rebalance(tx: Tx, levels: Mapping[Place, Level]) -> dict[Place, Level]:
    """Bring the promises at these locked places in line with their levels; the levels as they are then."""
    uneven = {place: level.free for place, level in levels.items() if level.free}
    if not uneven:
        return dict(levels)
    rule = await load_rule(tx)
    found = await _fetch(tx, _ACTUAL, uneven, list(uneven.values()), rule.patience, rule.fair_share)
    changes = shift(levels, found, rule)
    after = after_changes(levels, changes)
    short = [place for place, level in after.items() if level.free < 0]
    if short:
        others = {place: levels[place] for place in short}
        instead = shift(others, await _fetch(tx, _ANYONE, short), rule)
        changes = [change for change in changes if change.place not in others] + instead
        after = after_changes(levels, changes)
    if any(level.free < 0 for level in after.values()):
        raise RetryTransaction("every promise that could wait is being changed by another transaction")
    await change_promises(tx, changes)
    await announce(tx, changes)
    return after


async def _fetch(tx: Tx, sql: str, places: Iterable[Place], *arguments: Any) -> list[Promise]:
    skus, warehouses = zip(*places, strict=True)
    return [Promise(**dict(row)) for row in await tx.fetch(sql, list(skus), list(warehouses), *arguments)]


def after_changes(levels: Mapping[Place, Level], changes: Iterable[Change]) -> dict[Place, Level]:
    """The levels once promises have changed."""
    after = dict(levels)
    for change in changes:
        level = after[change.place]
        after[change.place] = msgspec.structs.replace(level, reserved=level.reserved + change.held)
    return after


async def announce(tx: Tx, changes: Sequence[Change]) -> None:
    """Tell of those who got what they waited for, and of those who lost it."""
    lost: dict[UUID, list[ShiftedLine]] = defaultdict(list)
    got: dict[UUID, list[ShiftedLine]] = defaultdict(list)
    for change in changes:
        line = ShiftedLine(change.line_no, change.sku_id, change.warehouse_id, abs(change.held))
        (lost if change.held < 0 else got)[change.document_id].append(line)
    events: list[outbox.Event] = [Backordered(subject_id=id, lines=lines) for id, lines in lost.items()]
    await outbox.emit(tx, [*events, *(Filled(subject_id=id, lines=lines) for id, lines in got.items())])
