"""Look after promises that wait beside free goods.

Whoever frees goods passes over promises that another transaction has locked, and that one looks there again
(`promises.waiting_at`). When it is rolled back instead, nobody would look until something is next booked there.
"""

from collections.abc import Sequence
from datetime import timedelta

from dinghuo.inventory.book import book
from dinghuo.inventory.lots.bar import bar_expired
from dinghuo.inventory.rebalance import Booking
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery, Event
from dinghuo.kit.periodic import TENANT, schedule

EVERY = timedelta(minutes=1)
_MOST = 500


class FillDue(Event, frozen=True, kw_only=True, tag="inventory.fill_due"):
    """It is time to see whether promises wait beside free goods."""


async def fill_waiting_when_due(tx: Tx, _deliveries: Sequence[Delivery]) -> None:
    await bar_expired(tx)
    await fill_waiting(tx)
    await schedule(tx, FillDue(subject_id=TENANT), EVERY)


async def fill_waiting(tx: Tx) -> int:
    """Give what is free to those that wait for it, by the rule (`allocate`); at how many places there was some."""
    rows = await tx.fetch(_FREE, _MOST)
    if rows:
        await book(tx, [Booking(row["sku_id"], row["warehouse_id"]) for row in rows])
    return len(rows)


# From place to place through the small index of what waits, one look each, however many wait at one.
_FREE = """
with recursive place as (
  (select r.sku_id, r.warehouse_id from reservation r
   where r.tenant_id = $1 and r.backordered > 0 order by r.sku_id, r.warehouse_id limit 1)
  union all
  select n.sku_id, n.warehouse_id from place p cross join lateral (
    select r.sku_id, r.warehouse_id from reservation r
    where r.tenant_id = $1 and r.backordered > 0 and (r.sku_id, r.warehouse_id) > (p.sku_id, p.warehouse_id)
    order by r.sku_id, r.warehouse_id limit 1
  ) n
)
select s.sku_id, s.warehouse_id from place p
join stock s on s.tenant_id = $1 and s.sku_id = p.sku_id and s.warehouse_id = p.warehouse_id
where s.on_hand + s.allowance - s.safety - s.barred > s.reserved
limit $2
"""
