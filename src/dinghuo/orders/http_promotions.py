"""Promotions on orders to be, over HTTP, for staff."""

from typing import Any

from litestar import Request, Router, post

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.http import language_of, needs
from dinghuo.orders.http import placement_of
from dinghuo.orders.requests import OrderRequest
from dinghuo.orders.try_promotion import TriedPromotion, try_promotion


@post("/promotions/{code:str}/try", opt=needs("promotions.write"), status_code=200)
async def try_one_promotion(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, code: str, data: OrderRequest
) -> TriedPromotion:
    """An order as it would be without a promotion and with it, published or not. Writes nothing."""
    placement, language = placement_of(staff, data, None), language_of(request)
    async with database.transaction(staff.tenant_id) as tx:
        return await try_promotion(tx, code=code, placement=placement, language=language, seen_by=staff)


router = Router("/", route_handlers=[try_one_promotion], tags=["promotions"])
