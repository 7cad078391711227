"""Products, SKUs, their costs and pictures, for staff and systems."""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response, Router, get, patch, post, put
from litestar.params import HeaderParameter, Parameter, QueryParameter

from dinghuo.catalogue import queries
from dinghuo.catalogue.costs import CostInput, CostView, read_costs
from dinghuo.catalogue.costs import save_costs as save_dated_costs
from dinghuo.catalogue.edit import edit_product, edit_sku
from dinghuo.catalogue.floors import FloorInput, FloorView, read_floors
from dinghuo.catalogue.floors import save_floors as save_dated_floors
from dinghuo.catalogue.http_groups import HANDLERS as GROUPS
from dinghuo.catalogue.queries import ProductFilter, ProductInclude, ProductView, SkuFilter, SkuInclude, SkuView
from dinghuo.catalogue.save_products import ProductFields, ProductInput
from dinghuo.catalogue.save_products import save_products as save_all_products
from dinghuo.catalogue.save_skus import SkuFields, SkuInput
from dinghuo.catalogue.save_skus import save_skus as save_all_skus
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.bodies import Items, SavedView, saved_view
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.files import MOST_BYTES, StoredFile, store_files
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import MOST, Page
from dinghuo.kit.pictures import Width, in_size, read_sized
from dinghuo.kit.revisions import etag, expected_revision
from dinghuo.parties.queries import find_customer_id

Limit = Annotated[int, Parameter(ge=1, le=200)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
Active = Annotated[Literal["active", "discontinued"] | None, QueryParameter(name="state")]
_READ, _WRITE = needs("catalogue.read"), needs("catalogue.write")

# A picture is shown, never run: not even what an SVG might hold that its check has overlooked.
_FILE_HEADERS = {
    "cache-control": "private, max-age=31536000, immutable",
    "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox",
    "content-disposition": "inline",
}


@get("/skus", opt=_READ)
async def list_skus(
    database: Database,
    staff: StaffPrincipal,
    code: Annotated[list[str] | None, Parameter(max_items=MOST)] = None,
    search: str | None = None,
    product: str | None = None,
    category: str | None = None,
    brand: str | None = None,
    barcode: str | None = None,
    in_state: Active = None,
    supply_policy: Literal["refuse", "backorder", "presell", "untracked"] | None = None,
    customer: str | None = None,
    include: list[SkuInclude] | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[SkuView]:
    """SKUs by code; of a search (code, barcode, name, pinyin, initials) the best first.

    With `customer`, only what is sold to that customer. A category means all below it.
    """
    wanted = SkuFilter(
        codes=code or (),
        search=search,
        product=product,
        category=category,
        brand=brand,
        barcode=barcode,
        state=in_state,
        supply_policy=supply_policy,
    )
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_skus(
            tx,
            seen_by=staff,
            sellable_to=await _customer(tx, staff, customer),
            wanted=wanted,
            cursor=cursor,
            limit=limit,
            include=include or (),
        )


@put("/skus", opt=_WRITE)
async def save_skus(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[SkuInput]
) -> SavedView:
    """Create or update up to 10,000 SKUs by code, all or nothing, with units, barcodes and, if need be, products."""
    saved = await database.run(staff.tenant_id, lambda tx: save_all_skus(tx, skus=data.items, by=staff.actor()))
    return saved_view(saved, language_of(request))


@get("/skus/{sku_id:uuid}", opt=_READ)
async def get_sku(
    database: Database,
    staff: StaffPrincipal,
    sku_id: UUID,
    customer: str | None = None,
    include: list[SkuInclude] | None = None,
) -> Response[SkuView]:
    """One SKU; with `customer`, only if it is sold to that customer. The ETag is its revision."""
    async with database.transaction(staff.tenant_id) as tx:
        view = await queries.get_sku(
            tx,
            sku_id,
            seen_by=staff,
            sellable_to=await _customer(tx, staff, customer),
            include=include or (),
        )
    if view is None:
        raise missing("SKU", sku_id)
    return Response(view, headers={"etag": etag(view.revision)})


@patch("/skus/{sku_id:uuid}", opt=_WRITE)
async def patch_sku(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    sku_id: UUID,
    data: SkuFields,
    if_match: IfMatch = None,
) -> SavedView:
    """Change what is given of one SKU, provided that nobody else changed it meanwhile."""
    revision = expected_revision(if_match)
    saved = await database.run(
        staff.tenant_id,
        lambda tx: edit_sku(tx, sku_id=sku_id, fields=data, revision=revision, by=staff.actor()),
    )
    return saved_view(saved, language_of(request))


@put("/skus/costs", opt=_WRITE)
async def save_costs(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[CostInput]
) -> SavedView:
    """Write dated costs by the SKUs' codes, all or nothing; null takes one away. For those who may see costs."""
    saved = await database.run(
        staff.tenant_id, lambda tx: save_dated_costs(tx, costs=data.items, by=staff.actor(), seen_by=staff)
    )
    return saved_view(saved, language_of(request))


@get("/skus/{sku_id:uuid}/costs", opt=_READ)
async def get_costs(database: Database, staff: StaffPrincipal, sku_id: UUID) -> list[CostView]:
    """What a SKU costs from which day on, the newest first. For those who may see costs."""
    async with database.transaction(staff.tenant_id) as tx:
        costs = await read_costs(tx, sku_id, seen_by=staff)
        known = costs or await queries.get_sku(tx, sku_id, seen_by=staff, sellable_to=None)
    if not known:
        raise missing("SKU", sku_id)
    return costs


@put("/skus/floors", opt=_WRITE)
async def save_floors(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[FloorInput]
) -> SavedView:
    """Write dated floor prices by the SKUs' codes, all or nothing; null takes one away. For who may see costs."""
    saved = await database.run(
        staff.tenant_id, lambda tx: save_dated_floors(tx, floors=data.items, by=staff.actor(), seen_by=staff)
    )
    return saved_view(saved, language_of(request))


@get("/skus/{sku_id:uuid}/floors", opt=_READ)
async def get_floors(database: Database, staff: StaffPrincipal, sku_id: UUID) -> list[FloorView]:
    """The least that a SKU is to be sold for from which day on, the newest first. For those who may see costs."""
    async with database.transaction(staff.tenant_id) as tx:
        floors = await read_floors(tx, sku_id, seen_by=staff)
        known = floors or await queries.get_sku(tx, sku_id, seen_by=staff, sellable_to=None)
    if not known:
        raise missing("SKU", sku_id)
    return floors


@get("/products", opt=_READ)
async def list_products(
    database: Database,
    staff: StaffPrincipal,
    code: str | None = None,
    search: str | None = None,
    category: str | None = None,
    brand: str | None = None,
    in_state: Active = None,
    include: list[ProductInclude] | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[ProductView]:
    """Products by code; a search finds them by their SKUs. A category means all below it."""
    wanted = ProductFilter(code=code, search=search, category=category, brand=brand, state=in_state)
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_products(tx, wanted=wanted, cursor=cursor, limit=limit, include=include or ())


@put("/products", opt=_WRITE)
async def save_products(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[ProductInput]
) -> SavedView:
    """Create or update up to 10,000 products by code, all or nothing. Fields left out stay as they are."""
    saved = await database.run(
        staff.tenant_id, lambda tx: save_all_products(tx, products=data.items, by=staff.actor())
    )
    return saved_view(saved, language_of(request))


@get("/products/{product_id:uuid}", opt=_READ)
async def get_product(
    database: Database, staff: StaffPrincipal, product_id: UUID, include: list[ProductInclude] | None = None
) -> Response[ProductView]:
    """One product; the ETag is its revision."""
    async with database.transaction(staff.tenant_id) as tx:
        view = await queries.get_product(tx, product_id, include=include or ())
    if view is None:
        raise missing("product", product_id)
    return Response(view, headers={"etag": etag(view.revision)})


@patch("/products/{product_id:uuid}", opt=_WRITE)
async def patch_product(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    product_id: UUID,
    data: ProductFields,
    if_match: IfMatch = None,
) -> SavedView:
    """Change what is given of one product, provided that nobody else changed it meanwhile."""
    revision = expected_revision(if_match)
    saved = await database.run(
        staff.tenant_id,
        lambda tx: edit_product(tx, product_id=product_id, fields=data, revision=revision, by=staff.actor()),
    )
    return saved_view(saved, language_of(request))


@post("/files", opt=_WRITE, status_code=201, request_max_body_size=MOST_BYTES)
async def upload_file(request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal) -> StoredFile:
    """Keep a picture (PNG, JPEG, WebP, SVG) or a PDF: the body is its bytes, the answer the hash to name it by."""
    content = await request.body()

    async def store(tx: Tx) -> StoredFile:
        return (await store_files(tx, [content]))[0]

    return await once(request, database, staff, store, StoredFile)


@get("/files/{sha256:str}", opt=_READ)
async def get_file(
    database: Database,
    staff: StaffPrincipal,
    sha256: str,
    width: Width | None = None,
    if_none_match: Annotated[str | None, HeaderParameter(name="If-None-Match")] = None,
) -> Response[bytes]:
    """A picture by the hash of its content, which therefore never changes; no wider than asked for."""
    async with database.transaction(staff.tenant_id) as tx:
        found = await read_sized(tx, sha256, width)
    if found is None:
        raise missing("file", sha256)
    file = await in_size(database, staff.tenant_id, sha256, found)
    headers = {**_FILE_HEADERS, "etag": f'"{sha256}"'}
    if if_none_match is not None and sha256 in if_none_match:
        return Response(b"", status_code=304, headers=headers)
    return Response(file.content, media_type=file.content_type, headers=headers)


async def _customer(tx: Tx, staff: StaffPrincipal, code: str | None) -> UUID | None:
    """The customer named by a filter; refused when there is none this principal may see."""
    if code is None:
        return None
    id = await find_customer_id(tx, code, seen_by=staff)
    if id is None:
        raise missing("customer", code)
    return id


router = Router(
    "/",
    route_handlers=[
        list_skus,
        save_skus,
        get_sku,
        patch_sku,
        save_costs,
        get_costs,
        save_floors,
        get_floors,
        list_products,
        save_products,
        get_product,
        patch_product,
        upload_file,
        get_file,
        *GROUPS,
    ],
    tags=["catalogue"],
)
