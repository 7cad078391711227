"""Call off orders that were not paid for in time. One of which a transfer slip waits for finance is left alone."""

from collections.abc import Sequence
from datetime import timedelta

from dinghuo.kit import outbox
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery, Event
from dinghuo.kit.periodic import TENANT, schedule
from dinghuo.orders.cancel import call_off
from dinghuo.orders.lock_orders import lock_orders
from dinghuo.orders.states import ORDER

EVERY = timedelta(minutes=5)
_MOST = 100
REASON = "逾期未付款"


class UnpaidDue(Event, frozen=True, kw_only=True, tag="orders.unpaid_due"):
    """It is time to see which orders were not paid for in time."""


_OVERDUE = """
select p.order_id from order_payment p
join sales_order o on o.tenant_id = $1 and o.id = p.order_id and o.state = any($3::text[])
where p.tenant_id = $1 and p.settled_at is null and p.expires_at <= $2
  and not exists (
    select from transfer_slip s where s.tenant_id = $1 and s.order_id = p.order_id and s.state = 'submitted')
  and not exists (
    select from order_line l where l.tenant_id = $1 and l.order_id = p.order_id and (l.released > 0 or l.shipped > 0))
order by p.expires_at, p.order_id limit $4
"""


async def expire_when_due(tx: Tx, _deliveries: Sequence[Delivery]) -> None:
    """The reaction to UnpaidDue."""
    if await expire(tx) == _MOST:
        await outbox.emit(tx, [UnpaidDue(subject_id=TENANT)])
    await schedule(tx, UnpaidDue(subject_id=TENANT), EVERY)


async def expire(tx: Tx) -> int:
    """Call off what is overdue, the longest overdue first; how many there were."""
    open_states = ORDER.sources("cancelled")
    rows = await tx.fetch(_OVERDUE, tx.now, open_states, _MOST)
    if not rows:
        return 0
    orders = await lock_orders(tx, [row["order_id"] for row in rows], None)
    # Once more under their locks: one may just have been paid, shipped or called off.
    still = {row["order_id"] for row in await tx.fetch(_OVERDUE, tx.now, open_states, _MOST)}
    overdue = [order for order in orders if order.id in still]
    if overdue:
        await call_off(tx, overdue, to="cancelled", by=SYSTEM, reason=REASON)
    return len(rows)
