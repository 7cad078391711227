"""Every router of the house, in the order of the modules."""

from litestar import Router

from dinghuo.orders.http import router as orders
from dinghuo.orders.http_drafts import router as drafts

# Under /api/v1, for staff and systems.
API: list[Router] = [orders, drafts]
# Under /portal/v1, for dealers.
PORTAL: list[Router] = []
