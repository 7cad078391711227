"""The dealer's portal over HTTP, and how the seller wants it."""

from litestar import Router, get, put

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs
from dinghuo.portal import http_add, http_cart, http_goods, http_orders
from dinghuo.portal.settings import PortalSettings, load_settings
from dinghuo.portal.settings import save_settings as save


@get("/settings/portal", opt=needs("catalogue.read"))
async def read_settings(database: Database, staff: StaffPrincipal) -> PortalSettings:
    """What dealers are told of stock, and for how long products are new."""
    async with database.transaction(staff.tenant_id) as tx:
        return await load_settings(tx)


@put("/settings/portal", opt=needs("settings.write"))
async def save_settings(database: Database, staff: StaffPrincipal, data: PortalSettings) -> PortalSettings:
    """Say what dealers are told of stock, and for how long products are new."""
    return await database.run(staff.tenant_id, lambda tx: save(tx, settings=data, by=staff.actor()))


API = [Router("/", route_handlers=[read_settings, save_settings], tags=["portal"])]
PORTAL = [
    Router("/", route_handlers=http_goods.HANDLERS, tags=["catalogue"]),
    Router("/", route_handlers=[*http_cart.HANDLERS, *http_add.HANDLERS], tags=["cart"]),
    Router("/", route_handlers=http_orders.HANDLERS, tags=["orders"]),
]
