"""Every router of the house, in the order of the modules."""

from litestar import Router

from dinghuo.accounts.http import router as accounts
from dinghuo.catalogue.http import router as catalogue
from dinghuo.flow.http import router as operations
from dinghuo.identity import http as identity
from dinghuo.inventory.http import router as inventory
from dinghuo.orders.http import router as orders
from dinghuo.orders.http_drafts import router as drafts
from dinghuo.parties.http import router as parties
from dinghuo.portal import http as portal
from dinghuo.pricing.http import router as pricing

# Under /api/v1, for staff and systems.
API: list[Router] = [
    *identity.API,
    parties,
    catalogue,
    accounts,
    pricing,
    inventory,
    orders,
    drafts,
    *portal.API,
    operations,
]
# Under /portal/v1, for dealers.
PORTAL: list[Router] = [*identity.PORTAL, *portal.PORTAL]
