"""Prices as a grid: SKUs down, lists (or the breaks of one list) across. Paged by SKU."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import exists, select

from dinghuo.catalogue import save_skus
from dinghuo.catalogue.queries import in_category
from dinghuo.catalogue.tables import sku, sku_unit
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit import search
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message, Refused
from dinghuo.kit.few import narrowed
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import decode_cursor, encode_cursor
from dinghuo.kit.texts import storable
from dinghuo.pricing.locked import check_sees_price
from dinghuo.pricing.queries import PriceListView, price_lists_by_code
from dinghuo.pricing.tables import price_entry

MOST_LISTS = 20

TOO_MANY_LISTS = Message(
    "grid-too-many-lists",
    "一次最多并排 {most} 份价目表",
    "At most {most} price lists stand side by side",
    MALFORMED,
)


class GridList(msgspec.Struct, frozen=True, kw_only=True):
    """A column: whom the list is for, and whether the reader may change it."""

    code: str
    name: str
    name_en: str | None
    kind: str
    target: str | None
    target_en: str | None
    currency: str
    tax_inclusive: bool
    state: str
    version: int
    may_edit: bool


class Cell(msgspec.Struct, frozen=True):
    """A price that is there."""

    list: str
    unit: str
    minimum_quantity: Decimal
    price: Decimal


class GridRow(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU with its prices in the lists asked for; the smallest unit first."""

    sku: str
    name: str
    name_en: str | None
    base_unit: str
    sales_unit: str
    units: list[str]
    cells: list[Cell]


class Grid(msgspec.Struct, frozen=True):
    """A page of rows below the columns."""

    lists: list[GridList]
    items: list[GridRow]
    cursor: str | None = None


class GridFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which SKUs: found by `search`, of a category with all below it, by codes, or only those with a price."""

    search: str | None = None
    category: str | None = None
    skus: Sequence[str] = ()
    filled: bool = False


async def price_grid(
    tx: Tx,
    *,
    lists: Sequence[str],
    wanted: GridFilter,
    staff: StaffPrincipal,
    cursor: str | None = None,
    limit: int = 50,
) -> Grid:
    """A page of SKUs by code with their prices in these lists, in the order the lists are named."""
    check_sees_price(staff)
    codes = list(dict.fromkeys(lists))
    if len(codes) > MOST_LISTS:
        raise Refused(TOO_MANY_LISTS("list", most=MOST_LISTS))
    found = await price_lists_by_code(tx, codes, seen_by=staff)
    for code in codes:
        if code not in found:
            raise missing("price list", code)
    ids = {found[code].id: code for code in codes}
    rows = await tx.rows((await _skus(tx, wanted, list(ids), cursor)).limit(limit + 1))
    shown = rows[:limit]
    sku_ids = [row.id for row in shown]
    cells, units = await _cells(tx, ids, sku_ids), await _units(tx, sku_ids)
    return Grid(
        [_column(found[code], staff) for code in codes],
        [
            GridRow(
                sku=row.code,
                name=row.name,
                name_en=row.name_en,
                base_unit=row.base_unit,
                sales_unit=row.sales_unit,
                units=units.get(row.id, [row.base_unit]),
                cells=cells.get(row.id, []),
            )
            for row in shown
        ],
        encode_cursor((shown[-1].code,)) if len(rows) > limit else None,
    )


async def _skus(tx: Tx, wanted: GridFilter, list_ids: Sequence[UUID], cursor: str | None) -> Any:
    statement = (
        select(sku.c.id, sku.c.code, sku.c.name, sku.c.name_en, sku.c.base_unit, sku.c.sales_unit)
        .where(sku.c.tenant_id == tx.tenant_id)
        .order_by(sku.c.code)
    )
    e = price_entry.c
    if wanted.search:
        statement = statement.where(*search.matches(tx.tenant_id, save_skus.SEARCH_KIND, sku.c.id, wanted.search))
    if wanted.category is not None:
        statement = statement.where(await in_category(tx, sku.c.product_id, wanted.category))
    if wanted.skus:
        statement = statement.where(among(sku.c.code, storable(wanted.skus)))
    if wanted.filled:
        entries = select(e.sku_id).where(e.tenant_id == tx.tenant_id, among(e.list_id, list_ids))
        priced = exists(entries.where(e.sku_id == sku.c.id)).correlate(sku)
        statement = statement.where(await narrowed(tx, sku.c.id, entries, otherwise=priced))
    if cursor is not None:
        statement = statement.where(sku.c.code > decode_cursor(cursor, (str,))[0])
    return statement


async def _cells(tx: Tx, lists: dict[UUID, str], sku_ids: Sequence[UUID]) -> dict[UUID, list[Cell]]:
    e = price_entry.c
    found: dict[UUID, list[Cell]] = {}
    for row in await tx.rows(
        select(e.list_id, e.sku_id, e.unit, e.minimum_quantity, e.price)
        .where(e.tenant_id == tx.tenant_id, among(e.sku_id, sku_ids), among(e.list_id, list(lists)))
        .order_by(e.list_id, e.unit, e.minimum_quantity)
    ):
        cell = Cell(lists[row.list_id], row.unit, row.minimum_quantity, row.price)
        found.setdefault(row.sku_id, []).append(cell)
    return found


async def _units(tx: Tx, sku_ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    u = sku_unit.c
    found: dict[UUID, list[str]] = {}
    for row in await tx.rows(
        select(u.sku_id, u.unit)
        .where(u.tenant_id == tx.tenant_id, among(u.sku_id, sku_ids))
        .order_by(u.numerator / u.denominator, u.unit)
    ):
        found.setdefault(row.sku_id, []).append(row.unit)
    return found


def _column(view: PriceListView, staff: StaffPrincipal) -> GridList:
    targets = [ref for ref in (view.customer, view.tier, view.region, view.channel) if ref is not None]
    return GridList(
        code=view.code,
        name=view.name,
        name_en=view.name_en,
        kind=view.kind,
        target=" · ".join(ref.name for ref in targets) or None,
        target_en=" · ".join(ref.name_en or ref.name for ref in targets) or None,
        currency=view.currency,
        tax_inclusive=view.tax_inclusive,
        state=view.state,
        version=view.version,
        may_edit=staff.may("pricing.write") and view.approval is None,
    )
