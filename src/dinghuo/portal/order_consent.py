"""What a colleague said to an order before it was placed."""

from uuid import UUID

from dinghuo.kit.database import Tx
from dinghuo.portal.order_views import OrderConsent

_CONSENT = """
select c.state, c.message, c.asked_at, c.asked_by_name as asked_by, c.decided_at, c.decided_by_name as decided_by,
  c.answer
from sales_order o
join draft_consent c on c.tenant_id = $1 and c.draft_id = o.origin_id and c.state = 'given'
where o.tenant_id = $1 and o.id = $2 and o.origin_kind in ('draft', 'proposal')
"""


async def consent_of(tx: Tx, order_id: UUID) -> OrderConsent | None:
    """None when nobody had to be asked."""
    row = next(iter(await tx.fetch(_CONSENT, order_id)), None)
    return None if row is None else OrderConsent(**dict(row))
