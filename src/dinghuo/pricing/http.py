"""Price lists over HTTP, for staff and systems: `/api/v1/price-lists` and `/api/v1/prices`."""

from datetime import date
from decimal import Decimal
from functools import partial
from typing import Annotated, Any, Literal

import msgspec
from litestar import Request, Response, Router, get, patch, post, put
from litestar.params import HeaderParameter, Parameter, QueryParameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.bodies import Items, SavedView, saved_view
from dinghuo.kit.database import Database
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.money import ZERO
from dinghuo.kit.paging import MOST, Page
from dinghuo.kit.revisions import etag, expected_revision
from dinghuo.pricing import customer_prices, queries
from dinghuo.pricing.ask_publishing import ask_to_publish
from dinghuo.pricing.customer_prices import CustomerPrice
from dinghuo.pricing.delete_entries import delete_entries
from dinghuo.pricing.edit_list import edit_list
from dinghuo.pricing.queries import ListFilter, PriceEntryView, PriceListView
from dinghuo.pricing.rules import Kind
from dinghuo.pricing.save_entries import EntriesSaved, EntryInput, EntryKey, save_entries
from dinghuo.pricing.save_lists import PriceListFields, PriceListInput, save_lists
from dinghuo.pricing.withdraw import withdraw

Limit = Annotated[int, Parameter(ge=1, le=MOST)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_READ, _WRITE = needs("pricing.read"), needs("pricing.write")


class PriceKey(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which price of a list: by the SKU's sales unit when none is named."""

    sku: str
    unit: str | None = None
    minimum_quantity: Decimal = ZERO


class PriceInput(PriceKey, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A price per unit, from a quantity in that unit on."""

    price: Decimal


class Deleted(msgspec.Struct, frozen=True):
    deleted: int


@get("/price-lists", opt=_READ)
async def list_price_lists(
    database: Database,
    staff: StaffPrincipal,
    search: str | None = None,
    kind: Kind | None = None,
    in_state: Annotated[Literal["draft", "published", "withdrawn"] | None, QueryParameter(name="state")] = None,
    currency: str | None = None,
    customer: str | None = None,
    on: date | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[PriceListView]:
    """Price lists by code; `on` leaves those that hold on a day, `customer` the contracts of one customer."""
    wanted = ListFilter(search=search, kind=kind, state=in_state, currency=currency, customer=customer, on=on)
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_price_lists(tx, seen_by=staff, wanted=wanted, cursor=cursor, limit=limit)


@put("/price-lists", opt=_WRITE)
async def save_price_lists(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[PriceListInput]
) -> SavedView:
    """Create or update price lists by code, all or nothing. New ones are drafts; fields left out stay as they are."""
    saved = await database.run(
        staff.tenant_id, lambda tx: save_lists(tx, lists=data.items, by=staff.actor(), seen_by=staff)
    )
    return saved_view(saved, language_of(request))


@get("/price-lists/{code:str}", opt=_READ)
async def get_price_list(database: Database, staff: StaffPrincipal, code: str) -> Response[PriceListView]:
    """One price list; the ETag is its revision."""
    async with database.transaction(staff.tenant_id) as tx:
        view = await queries.get_price_list(tx, code, seen_by=staff)
    return Response(view, headers={"etag": etag(view.revision)})


@patch("/price-lists/{code:str}", opt=_WRITE)
async def patch_price_list(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    code: str,
    data: PriceListFields,
    if_match: IfMatch = None,
) -> SavedView:
    """Change what is given of one price list, provided that nobody else changed it meanwhile."""
    revision = expected_revision(if_match)
    saved = await database.run(
        staff.tenant_id,
        lambda tx: edit_list(tx, code=code, fields=data, revision=revision, by=staff.actor(), seen_by=staff),
    )
    return saved_view(saved, language_of(request))


@post("/price-lists/{code:str}/publish", opt=_WRITE, status_code=200)
async def publish_price_list(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, code: str, if_match: IfMatch = None
) -> PriceListView:
    """Publish a list as it was read: from now on it is asked for prices. Refused when another one overlaps it.

    Where a policy wants it approved it waits (`approval`), and nothing of it can change meanwhile.
    """
    revision = expected_revision(if_match)
    command = partial(ask_to_publish, code=code, by=staff.actor(), seen_by=staff, revision=revision)
    await once(request, database, staff, command, bool)
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.get_price_list(tx, code, seen_by=staff)


@post("/price-lists/{code:str}/withdraw", opt=_WRITE, status_code=200)
async def withdraw_price_list(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, code: str, if_match: IfMatch = None
) -> PriceListView:
    """Withdraw a list: it is no longer asked for prices. Orders keep what they were placed at."""
    revision = expected_revision(if_match)
    command = partial(withdraw, codes=[code], by=staff.actor(), seen_by=staff, revision=revision)
    await once(request, database, staff, command, int)
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.get_price_list(tx, code, seen_by=staff)


@get("/price-lists/{code:str}/entries", opt=_READ)
async def list_prices(
    database: Database,
    staff: StaffPrincipal,
    code: str,
    search: str | None = None,
    sku: str | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[PriceEntryView]:
    """The prices of a list by SKU code, unit and quantity; `search` finds SKUs."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_entries(
            tx, code, seen_by=staff, wanted=search, sku_code=sku, cursor=cursor, limit=limit
        )


@put("/price-lists/{code:str}/entries", opt=_WRITE)
async def save_prices(database: Database, staff: StaffPrincipal, code: str, data: Items[PriceInput]) -> EntriesSaved:
    """Set up to 10,000 prices of a list, all or nothing. In a published list they count at once."""
    entries = [EntryInput(list=code, **msgspec.structs.asdict(item)) for item in data.items]
    return await database.run(
        staff.tenant_id, lambda tx: save_entries(tx, entries=entries, by=staff.actor(), seen_by=staff)
    )


@post("/price-lists/{code:str}/entries/delete", opt=_WRITE, status_code=200)
async def delete_prices(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, code: str, data: Items[PriceKey]
) -> Deleted:
    """Take prices out of a list, all or none."""
    keys = [EntryKey(list=code, **msgspec.structs.asdict(item)) for item in data.items]
    command = partial(delete_entries, keys=keys, by=staff.actor(), seen_by=staff)
    return Deleted(await once(request, database, staff, command, int))


@get("/prices", opt=_READ)
async def list_customer_prices(
    database: Database,
    staff: StaffPrincipal,
    customer: str,
    on: date | None = None,
    currency: str | None = None,
    search: str | None = None,
    sku: Annotated[list[str] | None, Parameter(max_items=MOST)] = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[CustomerPrice]:
    """What one customer pays, step by step of quantity, and which list says so: today, or `on` a day."""
    async with database.transaction(staff.tenant_id) as tx:
        return await customer_prices.customer_prices(
            tx,
            customer=customer,
            seen_by=staff,
            day=on,
            currency=currency,
            wanted=search,
            sku_codes=sku or (),
            cursor=cursor,
            limit=limit,
        )


router = Router(
    "/",
    route_handlers=[
        list_price_lists,
        save_price_lists,
        get_price_list,
        patch_price_list,
        publish_price_list,
        withdraw_price_list,
        list_prices,
        save_prices,
        delete_prices,
        list_customer_prices,
    ],
    tags=["pricing"],
)
