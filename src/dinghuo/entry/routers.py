"""Every router of the house, in the order of the modules."""

from litestar import Router

from dinghuo.accounts.http import router as accounts
from dinghuo.analytics.http import router as analytics
from dinghuo.catalogue.http import router as catalogue
from dinghuo.desk.http import router as desk
from dinghuo.desk.http_audit import router as audit
from dinghuo.entry.live import http as live
from dinghuo.flow.http import router as operations
from dinghuo.identity import http as identity
from dinghuo.integrations.exports.http import router as exports
from dinghuo.integrations.imports.http import router as imports
from dinghuo.inventory.http import router as inventory
from dinghuo.notices.http import router as notices
from dinghuo.orders.http import router as orders
from dinghuo.orders.http_comments import router as comments
from dinghuo.orders.http_drafts import router as drafts
from dinghuo.orders.http_reading import router as orders_read
from dinghuo.parties.http import router as parties
from dinghuo.parties.http_comments import router as customer_comments
from dinghuo.parties.http_visits import router as visits
from dinghuo.portal import http as portal
from dinghuo.portal.notices import router as dealers_notices
from dinghuo.pricing.http import router as pricing
from dinghuo.pricing.http_grid import router as price_grid

# Under /api/v1, for staff and systems.
API: list[Router] = [
    *identity.API,
    notices,
    parties,
    visits,
    customer_comments,
    catalogue,
    accounts,
    pricing,
    price_grid,
    inventory,
    orders,
    orders_read,
    comments,
    drafts,
    exports,
    imports,
    analytics,
    *portal.API,
    desk,
    audit,
    operations,
    live.router,
]
# Under /portal/v1, for dealers.
PORTAL: list[Router] = [*identity.PORTAL, *portal.PORTAL, dealers_notices, live.portal]
