"""The dealer's portal over HTTP, and how the seller wants it."""

from typing import Annotated

from litestar import Response, Router, get, put
from litestar.params import HeaderParameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs
from dinghuo.kit.revisions import etag, expected_revision
from dinghuo.portal import (
    http_add,
    http_amendments,
    http_cart,
    http_consents,
    http_goods,
    http_orders,
    http_paste,
    http_payments,
    promises,
)
from dinghuo.portal.http_blankets import HANDLERS as BLANKETS
from dinghuo.portal.http_consent_lines import HANDLERS as CONSENT_LINES
from dinghuo.portal.http_rebates import HANDLERS as REBATES
from dinghuo.portal.http_why import HANDLERS as WHY
from dinghuo.portal.settings import PortalSettings, load_settings, settings_revision
from dinghuo.portal.settings import save_settings as save

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]


@get("/settings/portal", opt=needs("catalogue.read"))
async def read_settings(database: Database, staff: StaffPrincipal) -> Response[PortalSettings]:
    """What dealers are told of stock, and for how long products are new; the ETag is its revision."""
    async with database.transaction(staff.tenant_id) as tx:
        return Response(await load_settings(tx), headers={"etag": etag(await settings_revision(tx))})


@put("/settings/portal", opt=needs("settings.write"))
async def save_settings(
    database: Database, staff: StaffPrincipal, data: PortalSettings, if_match: IfMatch = None
) -> PortalSettings:
    """Say what dealers are told of stock and how long products are new, provided that nobody else did meanwhile."""
    revision = expected_revision(if_match)
    return await database.run(
        staff.tenant_id, lambda tx: save(tx, settings=data, by=staff.actor(), revision=revision)
    )


API = [Router("/", route_handlers=[read_settings, save_settings], tags=["portal"])]
PORTAL = [
    Router("/", route_handlers=http_goods.HANDLERS, tags=["catalogue"]),
    Router("/", route_handlers=[*http_consents.HANDLERS, *CONSENT_LINES], tags=["internal approval"]),
    Router("/", route_handlers=WHY, tags=["prices"]),
    Router("/", route_handlers=BLANKETS, tags=["blanket orders"]),
    Router("/", route_handlers=REBATES, tags=["rebates"]),
    Router("/", route_handlers=[*http_cart.HANDLERS, *http_add.HANDLERS, *http_paste.HANDLERS], tags=["cart"]),
    Router(
        "/",
        route_handlers=[
            *http_orders.HANDLERS,
            *http_amendments.HANDLERS,
            *http_payments.HANDLERS,
            *promises.HANDLERS,
        ],
        tags=["orders"],
    ),
]
