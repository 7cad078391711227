"""Warehouses and stock over HTTP, for staff and systems."""

from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Router, get, post, put
from litestar.params import Parameter

from dinghuo.catalogue.facts import load_skus
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.inventory import http_warehouses, queries, receipts
from dinghuo.inventory.adjust import Adjusted, Adjustment, adjust
from dinghuo.inventory.count import Counted, CountOutcome, count
from dinghuo.inventory.queries import MoveView, StockView, WarehouseView
from dinghuo.inventory.receipts import ReceiptDetail, ReceiptSummary
from dinghuo.inventory.receive import GoodsReceipt, ReceiptOutcome, receive
from dinghuo.inventory.save_warehouses import WarehouseInput
from dinghuo.inventory.save_warehouses import save_warehouses as save
from dinghuo.inventory.set_allowance import Allowance, set_allowances
from dinghuo.kit.bodies import Items, SavedView, saved_view
from dinghuo.kit.database import Database
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.kit.texts import storable

Limit = Annotated[int, Parameter(ge=1, le=MOST)]
MoveKind = Literal["opening", "receipt", "issue", "return", "count", "adjustment", "transfer"]
_READ = needs("inventory.read")
_ADJUST = needs("inventory.adjust")


class Available(msgspec.Struct, frozen=True):
    """What may still be promised of a SKU in all open warehouses together, in base units."""

    sku: str
    available: Decimal


class AllowancesSet(msgspec.Struct, frozen=True):
    """How many allowances were different before."""

    updated: int


@get("/warehouses", opt=_READ)
async def list_warehouses(
    database: Database, staff: StaffPrincipal, cursor: str | None = None, limit: Limit = 50
) -> Page[WarehouseView]:
    """Warehouses by code."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_warehouses(tx, cursor=cursor, limit=limit)


@put("/warehouses", opt=_ADJUST)
async def save_warehouses(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[WarehouseInput]
) -> SavedView:
    """Create or update warehouses by code, all or nothing. Fields left out stay as they are."""
    saved = await database.run(staff.tenant_id, lambda tx: save(tx, warehouses=data.items, by=staff.actor()))
    return saved_view(saved, language_of(request))


@get("/stock", opt=_READ)
async def list_stock(
    database: Database,
    staff: StaffPrincipal,
    search: str | None = None,
    sku: str | None = None,
    warehouse: str | None = None,
    short: bool = False,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[StockView]:
    """Balances by SKU and warehouse code. `search` finds SKUs; `short` leaves those of which nothing is available."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_stock(
            tx, wanted=search, sku_code=sku, warehouse_code=warehouse, short=short, cursor=cursor, limit=limit
        )


@get("/stock/availability", opt=_READ)
async def read_availability(
    database: Database, staff: StaffPrincipal, sku: Annotated[list[str], Parameter(min_items=1, max_items=200)]
) -> list[Available]:
    """What may still be promised of each of these SKUs, in all open warehouses together. Unknown codes are absent."""
    async with database.transaction(staff.tenant_id) as tx:
        known = await load_skus(tx, storable(sku))
        ids = {code: known[code].id for code in sku if code in known}
        found = await queries.availability(tx, ids.values())
    return [Available(code, found[id]) for code, id in ids.items()]


@get("/stock/moves", opt=_READ)
async def list_moves(
    database: Database,
    staff: StaffPrincipal,
    search: str | None = None,
    sku: str | None = None,
    warehouse: str | None = None,
    kind: MoveKind | None = None,
    document: UUID | None = None,
    lot: UUID | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[MoveView]:
    """Every change of what is on hand, the newest first; costs for those who may see them. `search` looks for
    SKUs. A kind or a warehouse is named together with an SKU, a search, a lot or a document."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_moves(
            tx,
            seen_by=staff,
            wanted=search,
            sku_code=sku,
            warehouse_code=warehouse,
            kind=kind,
            document_id=document,
            lot_id=lot,
            cursor=cursor,
            limit=limit,
        )


@put("/stock/allowances", opt=_ADJUST)
async def save_allowances(database: Database, staff: StaffPrincipal, data: Items[Allowance]) -> AllowancesSet:
    """Say how much may be promised beyond what is on hand (pre-sale), all or nothing."""
    return AllowancesSet(
        await database.run(staff.tenant_id, lambda tx: set_allowances(tx, allowances=data.items, by=staff.actor()))
    )


@post("/stock/counts", opt=needs("inventory.count"))
async def book_count(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[Counted]
) -> CountOutcome:
    """Book a count: what was counted is what is there. Promises that are no longer covered wait, the latest first."""
    command = partial(count, counted=data.items, by=staff.actor())
    return await once(request, database, staff, command, CountOutcome)


@post("/stock/adjustments", opt=_ADJUST)
async def book_adjustments(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[Adjustment]
) -> Adjusted:
    """Add to or take from what is on hand, each for a reason, all or nothing."""
    command = partial(adjust, adjustments=data.items, by=staff.actor())
    return await once(request, database, staff, command, Adjusted)


@get("/goods-receipts", opt=_READ)
async def list_receipts(
    database: Database,
    staff: StaffPrincipal,
    warehouse: str | None = None,
    search: str | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[ReceiptSummary]:
    """Goods receipts, the last booked first; `search` looks for numbers, suppliers and references."""
    async with database.transaction(staff.tenant_id) as tx:
        return await receipts.list_receipts(tx, warehouse_code=warehouse, wanted=search, cursor=cursor, limit=limit)


@post("/goods-receipts", opt=needs("inventory.receive"))
async def book_receipts(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[GoodsReceipt]
) -> list[ReceiptOutcome]:
    """Book goods receipts, all or nothing. Documents that waited for the goods get them, the earliest first."""
    command = partial(receive, receipts=data.items, by=staff.actor(), seen_by=staff)
    return await once(request, database, staff, command, list[ReceiptOutcome])


@get("/goods-receipts/{receipt_id:uuid}", opt=_READ)
async def get_receipt(database: Database, staff: StaffPrincipal, receipt_id: UUID) -> ReceiptDetail:
    """One goods receipt with its lines; costs for those who may see them."""
    async with database.transaction(staff.tenant_id) as tx:
        return await receipts.get_receipt(tx, receipt_id, seen_by=staff)


router = Router(
    "/",
    route_handlers=[
        list_warehouses,
        save_warehouses,
        *http_warehouses.HANDLERS,
        list_stock,
        read_availability,
        list_moves,
        save_allowances,
        book_count,
        book_adjustments,
        list_receipts,
        book_receipts,
        get_receipt,
    ],
    tags=["inventory"],
)
