"""Keep the sums by day: news of orders marks their days, and marked days are worked out again, whole.

Level-triggered: a day's sums come from its orders as they are, so any news may be delivered again, in any order.
Today stays marked and is read from the orders themselves; it is worked out once it is over.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from dinghuo.analytics.days import GROSS, NET, QUANTITY, SOLD, day_of, range_of
from dinghuo.identity.facts import load_tenant
from dinghuo.kit import outbox
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery, Event
from dinghuo.kit.periodic import TENANT, schedule

EVERY = timedelta(minutes=1)
_MOST_DAYS = 60
# What one transaction works out: a day, or as many as together have no more lines.
_MOST_LINES = 100_000


class RecountDue(Event, frozen=True, kw_only=True, tag="analytics.recount_due"):
    """It is time to work out the days whose orders have changed."""


async def note_sales(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to orders placed, taken over and called off: their days are to be worked out again."""
    zone = (await load_tenant(tx)).zone
    await mark(tx, {day_of(delivery.subject_id, zone) for delivery in deliveries})


async def recount_when_due(tx: Tx, deliveries: Sequence[Delivery]) -> None:  # noqa: ARG001 - a reaction
    """The reaction to RecountDue."""
    if await recount(tx):
        await outbox.emit(tx, [RecountDue(subject_id=TENANT)])
    await schedule(tx, RecountDue(subject_id=TENANT), EVERY)


async def mark(tx: Tx, days: set[date]) -> None:
    await tx.write(_MARK, sorted(days))


async def recount(tx: Tx) -> bool:
    """Work out marked days before today, the latest first; true when there are more."""
    zone = (await load_tenant(tx)).zone
    await tx.write(_FIRST_TIME, zone.key)
    today = tx.now.astimezone(zone).date()
    rows = await tx.fetch(_MARKED, today, _MOST_DAYS + 1)
    days = [row["day"] for row in rows]
    wanted = await _as_many_as_fit(tx, days[:_MOST_DAYS], zone)
    if wanted:
        await work_out(tx, wanted, zone)
    return len(wanted) < len(days)


async def work_out(tx: Tx, days: Sequence[date], zone: ZoneInfo) -> None:
    """Put the sums of these days in the place of what there was."""
    ranges = [range_of(day, zone) for day in days]
    await tx.write(_NO_SALES, list(days))
    await tx.write(_NO_SKUS, list(days))
    await tx.write(_SUMS, list(days), [first for first, _ in ranges], [last for _, last in ranges])
    await tx.write(_DONE, list(days), tx.now)


async def _as_many_as_fit(tx: Tx, days: Sequence[date], zone: ZoneInfo) -> list[date]:
    ranges = [range_of(day, zone) for day in days]
    rows = await tx.fetch(_LINES, list(days), [first for first, _ in ranges], [last for _, last in ranges])
    lines = {row["day"]: row["lines"] for row in rows}
    taken: list[date] = []
    total = 0
    for day in days:
        total += lines[day]
        if taken and total > _MOST_LINES:
            break
        taken.append(day)
    return taken


# Whoever works the day out holds its row: this waits, and marks what was worked out meanwhile anew.
_MARK = """
insert into counted_day (tenant_id, day, dirty)
select $1, d.day, true from unnest($2::date[]) as d(day) order by d.day
on conflict (tenant_id, day) do update set dirty = true
where counted_day.tenant_id = $1 and not counted_day.dirty
"""

# Orders older than these sums: all of their days, once.
_FIRST_TIME = """
insert into counted_day (tenant_id, day, dirty)
select distinct $1::bigint, (o.placed_at at time zone $2)::date, true
from sales_order o
where o.tenant_id = $1 and not exists (select from counted_day c where c.tenant_id = $1)
on conflict do nothing
"""

_MARKED = """
select c.day from counted_day c
where c.tenant_id = $1 and c.dirty and c.day < $2
order by c.day desc limit $3
for no key update skip locked
"""

_LINES = """
select d.day, coalesce(n.lines, 0)::bigint as lines
from unnest($2::date[], $3::uuid[], $4::uuid[]) as d(day, first_id, last_id)
left join lateral (
  select sum(o.line_count) as lines from sales_order o
  where o.tenant_id = $1 and o.id between d.first_id and d.last_id
) n on true
"""

_NO_SALES = "delete from sales_day s where s.tenant_id = $1 and s.day = any($2::date[])"
_NO_SKUS = "delete from sku_day s where s.tenant_id = $1 and s.day = any($2::date[])"

_SUMS = f"""
with sold as materialized (
  select d.day, o.id, o.customer_id, o.channel, o.currency, l.sku_id, {QUANTITY} as quantity, {NET} as net,
    {GROSS} as gross
  from unnest($2::date[], $3::uuid[], $4::uuid[]) as d(day, first_id, last_id)
  join sales_order o on o.tenant_id = $1 and o.id between d.first_id and d.last_id and {SOLD}
  join order_line l on l.tenant_id = $1 and l.order_id = o.id and l.cancelled < l.base_quantity
), by_sku as (
  insert into sku_day (tenant_id, day, sku_id, currency, lines, quantity, net, gross)
  select $1, s.day, s.sku_id, s.currency, count(*), sum(s.quantity), sum(s.net), sum(s.gross)
  from sold s group by s.day, s.sku_id, s.currency order by s.day, s.sku_id, s.currency
)
insert into sales_day (tenant_id, day, customer_id, channel, currency, orders, lines, net, gross)
select $1, s.day, s.customer_id, s.channel, s.currency, count(distinct s.id), count(*), sum(s.net), sum(s.gross)
from sold s group by s.day, s.customer_id, s.channel, s.currency
order by s.day, s.customer_id, s.channel, s.currency
"""  # noqa: S608 - constants of this module

_DONE = "update counted_day c set dirty = false, counted_at = $3 where c.tenant_id = $1 and c.day = any($2::date[])"
