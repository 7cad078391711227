"""Orders wait at their customer's present priority: ranked anew when priorities, or customers, change."""

from collections.abc import Sequence

from dinghuo.inventory.events import PrioritiesChanged
from dinghuo.inventory.priorities import USUAL, Ranked, load_ranks, rank_documents
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery
from dinghuo.parties.facts import load_customers_by_id

# What waits, and at which priority: the places that others could have instead.
_WAITING = """
select r.document_id, r.priority, o.customer_id
from (
  select w.document_id, w.priority from reservation w where w.tenant_id = $1 and w.backordered > 0
  union
  select h.document_id, h.priority from reservation h where h.tenant_id = $1 and h.held > 0
) r
join sales_order o on o.tenant_id = $1 and o.id = r.document_id
where o.state in ('confirmed', 'pending_approval')
order by r.document_id
"""
_LOCK = """
select r.document_id from reservation r where r.tenant_id = $1 and r.document_id = any($2::uuid[])
order by r.document_id, r.line_no, r.warehouse_id for no key update
"""


async def rank_waiting(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """Give what open orders hold and wait for the priority that their customers have now."""
    ranks = await load_ranks(tx)
    if ranks is None and all(delivery.kind != PrioritiesChanged.kind() for delivery in deliveries):
        return
    rows = await tx.fetch(_WAITING)
    customers = await load_customers_by_id(tx, {row["customer_id"] for row in rows})
    changed = {}
    for row in rows:
        own = ranks.of(customers[row["customer_id"]]) if ranks else None
        wanted = USUAL if own is None else own
        if wanted != row["priority"]:
            changed[row["document_id"]] = wanted
    if changed:
        await tx.fetch(_LOCK, list(changed))
        await rank_documents(tx, [Ranked(id, priority) for id, priority in changed.items()])
