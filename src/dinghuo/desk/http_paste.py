"""An order from a sheet, for staff: under /api/v1."""

from typing import Any

from litestar import Request, Router, post

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.http import language_of, needs
from dinghuo.orders.paste.http import PastedForStaff, propose_to_staff
from dinghuo.orders.paste.propose import MOST_ROWS
from dinghuo.portal.paste_sheet import text_of_sheet
from dinghuo.portal.sheet import MOST_BYTES


@post("/orders/paste/sheet", opt=needs("orders.place"), status_code=200, request_max_body_size=MOST_BYTES)
async def paste_order_sheet(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, customer: str, name: str = ""
) -> PastedForStaff:
    """Read an order from a sheet (xlsx, csv), whatever its columns are called: the body is the file."""
    text = await text_of_sheet(await request.body(), name=name[:200])
    language = language_of(request)
    async with database.transaction(staff.tenant_id) as tx:
        return await propose_to_staff(
            tx, text=text, customer=customer, staff=staff, language=language, most=MOST_ROWS
        )


router = Router("/", route_handlers=[paste_order_sheet], tags=["orders"])
