"""Many lines into the cart at once, over HTTP: quick grid, sheet, order again. Under /portal/v1."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, post
from msgspec import Meta

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.texts import text_faults
from dinghuo.portal import orders, shopping_lists
from dinghuo.portal.sheet import MOST_BYTES, Columns, read_sheet
from dinghuo.portal.take import MOST_ENTRIES, Added, Entry, take

AnyRequest = Request[Any, Any, Any]
_PLACE = needs("portal.orders.place")


class GoodsLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A SKU by its code; `unit` null is its own."""

    sku: str
    quantity: Decimal
    unit: str | None = None


class GoodsLines(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    lines: Annotated[list[GoodsLine], Meta(max_length=MOST_ENTRIES)]


class QuickEntry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whatever the goods are known by: code or barcode."""

    code: str
    quantity: Decimal
    unit: str | None = None


class QuickEntries(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """With `add`, what is right goes into the cart; otherwise it is only looked for."""

    entries: Annotated[list[QuickEntry], Meta(max_length=MOST_ENTRIES)]
    add: bool = False


@post("/cart/add", opt=_PLACE, status_code=200)
async def add_goods(request: AnyRequest, database: Database, dealer: DealerPrincipal, data: GoodsLines) -> Added:
    """Add to what is in the cart."""
    entries = [
        Entry(code=line.sku, quantity=line.quantity, unit=line.unit, line=number, sku_code=line.sku)
        for number, line in enumerate(data.lines, start=1)
    ]
    return await _take(request, database, dealer, entries, add=True, place="lines")


@post("/cart/quick", opt=_PLACE, status_code=200)
async def quick(request: AnyRequest, database: Database, dealer: DealerPrincipal, data: QuickEntries) -> Added:
    """Goods by code or barcode; what is not found comes with what may have been meant."""
    entries = [
        Entry(code=each.code, quantity=each.quantity, unit=each.unit, line=number)
        for number, each in enumerate(data.entries, start=1)
    ]
    return await _take(request, database, dealer, entries, add=data.add, place="entries")


async def _take(
    request: AnyRequest,
    database: Database,
    dealer: DealerPrincipal,
    entries: list[Entry],
    *,
    add: bool,
    place: str,
) -> Added:
    wrong = [
        fault
        for number, entry in enumerate(entries)
        for field, text in (("code", entry.code), ("unit", entry.unit))
        for fault in text_faults(f"{place}[{number}].{field}", text, 200, line=number + 1)
    ]
    if wrong:
        raise Refused(wrong)
    language = language_of(request)
    return await once(
        request,
        database,
        dealer,
        lambda tx: take(tx, entries=entries, dealer=dealer, language=language, add=add),
        Added,
    )


@post("/cart/sheet", opt=_PLACE, status_code=200, request_max_body_size=MOST_BYTES)
async def upload_sheet(
    request: AnyRequest,
    database: Database,
    dealer: DealerPrincipal,
    name: str = "",
    add: bool = False,
    code: str | None = None,
    quantity: str | None = None,
    unit: str | None = None,
) -> Added:
    """Goods from a sheet (xlsx, csv): the body is the file. `code`, `quantity` and `unit` name its columns."""
    given = Columns(code or None, quantity or None, unit or None)
    entries, columns = await read_sheet(await request.body(), name=name[:200], given=given)
    found = await _take(request, database, dealer, entries, add=add, place="rows")
    return msgspec.structs.replace(found, columns=columns)


@post("/orders/{order_id:uuid}/reorder", opt=_PLACE, status_code=200)
async def reorder(request: AnyRequest, database: Database, dealer: DealerPrincipal, order_id: UUID) -> Added:
    """Put the lines of an earlier order into the cart, as far as they are still sold."""
    language = language_of(request)

    async def again(tx: Tx) -> Added:
        entries = await orders.entries_of(tx, order_id, dealer=dealer)
        return await take(tx, entries=entries, dealer=dealer, language=language, add=True)

    return await once(request, database, dealer, again, Added)


@post("/shopping-lists/{list_id:uuid}/add", opt=_PLACE, status_code=200)
async def add_list(request: AnyRequest, database: Database, dealer: DealerPrincipal, list_id: UUID) -> Added:
    """Put a shopping list into the cart, as far as its goods are still sold."""
    language = language_of(request)

    async def all_of_it(tx: Tx) -> Added:
        entries = await shopping_lists.entries_of(tx, list_id, dealer=dealer)
        return await take(tx, entries=entries, dealer=dealer, language=language, add=True)

    return await once(request, database, dealer, all_of_it, Added)


HANDLERS = [add_goods, quick, upload_sheet, reorder, add_list]
