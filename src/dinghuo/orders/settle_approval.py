"""What becomes of an order once its approval has an outcome: it binds, or it is off and all it held is free."""

from collections.abc import Sequence
from uuid import UUID

from dinghuo.approvals.events import Decided
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery
from dinghuo.kit.transitions import transition
from dinghuo.orders.ask_approval import SUBJECT
from dinghuo.orders.cancel import call_off
from dinghuo.orders.events import Confirmed
from dinghuo.orders.lock_orders import lock_orders
from dinghuo.orders.states import ORDER
from dinghuo.orders.tables import sales_order

# What the newest request about each order that still waits has come to.
_OUTCOMES = """
select o.id, r.state from sales_order o
join lateral (
  select r.state from approval_request r
  where r.tenant_id = $1 and r.subject_id = o.id and r.subject_kind = 'order' order by r.id desc limit 1
) r on true
where o.tenant_id = $1 and o.id = any($2::uuid[]) and o.state = 'pending_approval' and r.state <> 'open'
order by o.id
"""
_ENDS = {"rejected": "rejected", "withdrawn": "cancelled"}


async def settle_approvals(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to Decided: orders that still wait become what was decided, however often it is told."""
    ids = {d.subject_id for d in deliveries if d.read(Decided).subject_kind == SUBJECT}
    rows = await tx.fetch(_OUTCOMES, sorted(ids)) if ids else []
    if not rows:
        return
    outcomes: dict[UUID, str] = {row["id"]: row["state"] for row in rows}
    orders = [order for order in await lock_orders(tx, list(outcomes), None) if order.state == "pending_approval"]
    approved = [order.id for order in orders if outcomes[order.id] == "approved"]
    if approved:
        await transition(tx, sales_order, ORDER, approved, "confirmed", revision=sales_order.c.revision + 1)
        await outbox.emit(tx, [Confirmed(subject_id=id) for id in approved])
        change = {"state": ["pending_approval", "confirmed"]}
        await audit.record(tx, [audit.Change("order", id, "approved", SYSTEM, change) for id in approved])
    # Both ends in one batch are rare: should it meet another's locks, the batch is started over.
    for outcome, state in _ENDS.items():
        ended = [order for order in orders if outcomes[order.id] == outcome]
        if ended:
            await call_off(tx, ended, to=state, by=SYSTEM)
