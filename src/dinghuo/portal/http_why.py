"""Why things cost what they cost, and one's own coupons, over HTTP: under /portal/v1."""

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from litestar import get
from litestar.params import Parameter

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs
from dinghuo.portal.coupons import MyCoupon, my_coupons
from dinghuo.portal.why import PriceWhy, why_in_cart, why_of, why_of_order

_READ, _PLACE, _BROWSE = needs("portal.orders.read"), needs("portal.orders.place"), needs("portal.catalogue")


@get("/coupons", opt=_PLACE)
async def read_coupons(database: Database, dealer: DealerPrincipal) -> list[MyCoupon]:
    """The coupons that are the company's own and hold now; what fits the cart first."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await my_coupons(tx, dealer=dealer)


@get("/cart/why", opt=_PLACE)
async def read_why_in_cart(
    database: Database, dealer: DealerPrincipal, sku: str, unit: str | None = None, part: str | None = None
) -> PriceWhy:
    """Why a line of the cart costs what it does. For those who see prices."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await why_in_cart(tx, sku=sku, unit=unit, part=part, dealer=dealer)


@get("/price", opt=_BROWSE)
async def read_why(
    database: Database,
    dealer: DealerPrincipal,
    sku: str,
    unit: str | None = None,
    quantity: Decimal = Decimal(1),
) -> PriceWhy:
    """Why so much of a SKU, ordered alone, costs what it does. For those who see prices."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await why_of(tx, sku=sku, unit=unit, quantity=quantity, dealer=dealer)


@get("/orders/{order_id:uuid}/lines/{line_no:int}/price", opt=_READ)
async def read_why_of_order(
    database: Database,
    dealer: DealerPrincipal,
    order_id: UUID,
    line_no: Annotated[int, Parameter(ge=1, le=1_000_000)],
) -> PriceWhy:
    """Why a line of an order costs what it does. For those who see prices."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await why_of_order(tx, order_id=order_id, line_no=line_no, dealer=dealer)


HANDLERS = [read_coupons, read_why_in_cart, read_why, read_why_of_order]
