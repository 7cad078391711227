"""Exports over HTTP: a workbook for each list, with the list's own filters and permission."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Annotated, Any, BinaryIO, Literal, TypeVar
from urllib.parse import quote
from uuid import UUID

from litestar import Request, Router, get
from litestar.params import QueryParameter
from litestar.response import Stream

from dinghuo.catalogue.queries import SkuFilter
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.integrations.exports import master, orders
from dinghuo.integrations.exports.export import Export, write_export
from dinghuo.kit.database import Database
from dinghuo.kit.errors import BUSY, Message, Refused
from dinghuo.kit.http import language_of, needs
from dinghuo.orders.filters import OrderFilter
from dinghuo.orders.http_reading import FILTER as ORDER_FILTER
from dinghuo.parties.http import FILTER as CUSTOMER_FILTER
from dinghuo.parties.queries import CustomerFilter
from dinghuo.pricing.locked import check_sees_price

R = TypeVar("R")
Sort = Literal["-placed_at", "placed_at"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_CHUNK = 64 * 1024
# Each keeps a processor busy: more at once would only make everybody else wait.
_AT_ONCE = 2
_RETRY_SECONDS = 10
_in_hand = 0

EXPORTS_BUSY = Message(
    "exports-busy",
    "正在生成其他导出文件，请稍后重试",
    "Other exports are being written: try again in a moment",
    BUSY,
)


@get("/exports/orders", opt=needs("orders.read"), dependencies=ORDER_FILTER)
async def export_orders(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    wanted: OrderFilter,
    sort: Sort = "-placed_at",
) -> Stream:
    """The list of orders as a workbook."""
    made = orders.orders_export(
        staff=staff, wanted=wanted, newest_first=sort == "-placed_at", language=language_of(request)
    )
    return await _answer(request, database, staff, made)


@get("/exports/order-lines", opt=needs("orders.read"), dependencies=ORDER_FILTER)
async def export_order_lines(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    wanted: OrderFilter,
    sort: Sort = "-placed_at",
) -> Stream:
    """The lines of the orders of a list as a workbook."""
    made = orders.order_lines_export(
        staff=staff, wanted=wanted, newest_first=sort == "-placed_at", language=language_of(request)
    )
    return await _answer(request, database, staff, made)


@get("/exports/customers", opt=needs("parties.read"), dependencies=CUSTOMER_FILTER)
async def export_customers(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, wanted: CustomerFilter
) -> Stream:
    """The list of customers as a workbook."""
    made = master.customers_export(staff=staff, wanted=wanted, language=language_of(request))
    return await _answer(request, database, staff, made)


@get("/exports/skus", opt=needs("catalogue.read"))
async def export_skus(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    search: str | None = None,
    product: str | None = None,
    category: str | None = None,
    brand: str | None = None,
    barcode: str | None = None,
    in_state: Annotated[Literal["active", "discontinued"] | None, QueryParameter(name="state")] = None,
) -> Stream:
    """The list of SKUs as a workbook; their costs for those who may see them."""
    wanted = SkuFilter(
        search=search, product=product, category=category, brand=brand, barcode=barcode, state=in_state
    )
    made = master.skus_export(staff=staff, wanted=wanted, language=language_of(request))
    return await _answer(request, database, staff, made)


@get("/exports/stock", opt=needs("inventory.read"))
async def export_stock(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    search: str | None = None,
    sku: str | None = None,
    warehouse: str | None = None,
    short: bool = False,
) -> Stream:
    """The balances of stock as a workbook."""
    made = master.stock_export(wanted=search, sku=sku, warehouse=warehouse, short=short)
    return await _answer(request, database, staff, made)


@get("/exports/lots/{lot_id:uuid}", opt=needs("inventory.read"))
async def export_lot(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, lot_id: UUID
) -> Stream:
    """Where a lot went, order by order, as a workbook: for a recall. Customers within the reader's scope only."""
    made = master.lot_export(staff=staff, lot_id=lot_id)
    return await _answer(request, database, staff, made)


@get("/exports/price-lists/{code:str}", opt=needs("pricing.read"))
async def export_prices(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    code: str,
    search: str | None = None,
    sku: str | None = None,
) -> Stream:
    """The prices of a list as a workbook."""
    check_sees_price(staff)
    made = master.prices_export(staff=staff, code=code, wanted=search, sku=sku)
    return await _answer(request, database, staff, made)


async def _answer(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, export: Export[R]
) -> Stream:
    """The workbook written whole (what is wrong is told as a problem, not in the middle of a file), then sent."""
    global _in_hand
    if _in_hand >= _AT_ONCE:
        raise Refused(EXPORTS_BUSY(), retry_after=_RETRY_SECONDS)
    language = language_of(request)
    async with database.transaction(staff.tenant_id) as tx:
        zone, today = (await load_tenant(tx)).zone, tx.now
    folder = Path(tempfile.mkdtemp(prefix="dinghuo-export-"))
    target = folder / "export.xlsx"
    _in_hand += 1
    try:
        written = await write_export(database, export, staff=staff, language=language, zone=zone, target=target)
        # Open, it stays to be read although nobody else finds it any more, whatever becomes of the answer.
        file = target.open("rb")
    finally:
        _in_hand -= 1
        shutil.rmtree(folder, ignore_errors=True)
    name = quote(f"{export.title(language)}-{today.astimezone(zone).date()}.xlsx")
    headers = {
        "content-disposition": f"attachment; filename*=UTF-8''{name}",
        "content-length": str(os.fstat(file.fileno()).st_size),
        "x-rows": str(written.rows),
        "x-truncated": "true" if written.is_cut_off else "false",
    }
    return Stream(_chunks(file), media_type=_XLSX, headers=headers)


async def _chunks(file: BinaryIO) -> AsyncIterator[bytes]:
    with file:
        while chunk := await asyncio.to_thread(file.read, _CHUNK):
            yield chunk


router = Router(
    "/",
    route_handlers=[
        export_orders,
        export_order_lines,
        export_customers,
        export_skus,
        export_stock,
        export_lot,
        export_prices,
    ],
    tags=["exports"],
)
