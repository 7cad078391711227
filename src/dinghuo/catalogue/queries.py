"""Reading SKUs and products. A dealer's way in names the dealer: what is not sold to them is not fetched."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import ColumnElement, Row, Select, and_, exists, select, tuple_

from dinghuo.catalogue.assortments import sellable_condition
from dinghuo.catalogue.attachments import AttachmentView, attachments_of
from dinghuo.catalogue.costs import check_sees_cost, costs_on
from dinghuo.catalogue.save_skus import SEARCH_KIND
from dinghuo.catalogue.tables import brand, category, product, product_media, sku, sku_unit
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import Principal
from dinghuo.kit import search
from dinghuo.kit.bulk import among, equals, within
from dinghuo.kit.database import Tx
from dinghuo.kit.few import narrowed, of_groups
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.refs import Ref, ref, ref_columns
from dinghuo.kit.texts import storable
from dinghuo.kit.trees import below

SkuInclude = Literal["units", "media", "cost"]
ProductInclude = Literal["media", "skus", "attachments"]


class UnitView(msgspec.Struct, frozen=True):
    """1 of this unit is numerator / denominator base units."""

    unit: str
    numerator: int
    denominator: int
    barcode: str | None


class MediaView(msgspec.Struct, frozen=True):
    """A picture, to be had at /files/{sha256}; `sku` is a code where it shows one SKU."""

    sha256: str
    sku: str | None


class SkuView(msgspec.Struct, frozen=True, kw_only=True):
    """`tax_rate` null is exempt, which is not 0. `cost` is today's, per base unit without tax."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    specification: str | None
    product: Ref | None
    category: Ref | None
    brand: Ref | None
    base_unit: str
    sales_unit: str
    minimum_quantity: Decimal | None
    multiple: Decimal | None
    tax_rate: Decimal | None
    supply_policy: str
    weight_grams: int | None
    state: str
    attributes: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    revision: int
    units: list[UnitView] | UnsetType = UNSET
    media: list[MediaView] | UnsetType = UNSET
    cost: Decimal | UnsetType | None = UNSET


class ProductView(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    code: str
    name: str
    name_en: str | None
    category: Ref | None
    brand: Ref | None
    description: str | None
    state: str
    attributes: dict[str, Any]
    created_at: datetime
    updated_at: datetime
    revision: int
    media: list[MediaView] | UnsetType = UNSET
    attachments: list[AttachmentView] | UnsetType = UNSET
    skus: list[Ref] | UnsetType = UNSET


class SkuFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Codes. A category means all below it too; a barcode is exact."""

    codes: Sequence[str] = ()
    search: str | None = None
    product: str | None = None
    category: str | None = None
    brand: str | None = None
    barcode: str | None = None
    state: str | None = None
    supply_policy: str | None = None


class ProductFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Codes. A category means all below it too; a search finds products by their SKUs."""

    code: str | None = None
    search: str | None = None
    category: str | None = None
    brand: str | None = None
    state: str | None = None


_GROUPS = (*ref_columns(category, "category"), *ref_columns(brand, "brand"))


async def list_skus(
    tx: Tx,
    *,
    seen_by: Principal | None,
    sellable_to: UUID | None,
    wanted: SkuFilter,
    cursor: str | None = None,
    limit: int = 50,
    include: Collection[SkuInclude] = (),
) -> Page[SkuView]:
    """A page of SKUs by code; of a search, those whose code fits first. Only what is sold to a customer, if named."""
    if "cost" in include:
        check_sees_cost(seen_by)
    found = _skus(tx.tenant_id, sellable_to).where(*await _sku_conditions(tx, wanted)).limit(limit + 1)
    order: list[ColumnElement[Any]] = [sku.c.code]
    if wanted.search:
        order.insert(0, search.rank(sku.c.code, wanted.search))
        found = found.add_columns(order[0].label("rank"))
    if cursor is not None:
        found = found.where(tuple_(*order) > tuple_(*decode_cursor(cursor, (int, str)[-len(order) :])))
    rows = await tx.rows(_with_refs(found.order_by(*order)))
    view = await _sku_views(tx, rows[:limit], include, seen_by)
    return page(rows, limit, lambda row: (row.rank, row.code) if wanted.search else (row.code,), view)


async def get_sku(
    tx: Tx,
    sku_id: UUID,
    *,
    seen_by: Principal | None,
    sellable_to: UUID | None,
    include: Collection[SkuInclude] = (),
) -> SkuView | None:
    """One SKU; None when there is none, or none that is sold to the customer named."""
    if "cost" in include:
        check_sees_cost(seen_by)
    rows = await tx.rows(_with_refs(_skus(tx.tenant_id, sellable_to).where(sku.c.id == sku_id)))
    view = await _sku_views(tx, rows, include, seen_by)
    return view(rows[0]) if rows else None


async def list_products(
    tx: Tx,
    *,
    wanted: ProductFilter,
    cursor: str | None = None,
    limit: int = 50,
    include: Collection[ProductInclude] = (),
) -> Page[ProductView]:
    """A page of products by code."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.category is not None:
        conditions.append(await in_category(tx, product.c.id, wanted.category))
    if wanted.brand is not None:
        conditions.append(_of_brand(tx.tenant_id, wanted.brand))
    for column, value in ((product.c.code, wanted.code), (product.c.state, wanted.state)):
        if value is not None:
            conditions.append(equals(column, value))
    if wanted.search:
        fitting = search.matches(tx.tenant_id, SEARCH_KIND, sku.c.id, wanted.search)
        products = select(sku.c.product_id).where(sku.c.tenant_id == tx.tenant_id, *fitting)
        conditions.append(within(product.c.id, products))
    if cursor is not None:
        conditions.append(product.c.code > decode_cursor(cursor, (str,))[0])
    rows = await tx.rows(_products(tx.tenant_id).where(*conditions).order_by(product.c.code).limit(limit + 1))
    return page(rows, limit, lambda row: (row.code,), await _product_views(tx, rows[:limit], include))


async def get_product(tx: Tx, product_id: UUID, *, include: Collection[ProductInclude] = ()) -> ProductView | None:
    rows = await tx.rows(_products(tx.tenant_id).where(product.c.id == product_id))
    view = await _product_views(tx, rows, include)
    return view(rows[0]) if rows else None


def _with_groups(joined: Any) -> Any:
    for group in (category, brand):
        same = and_(group.c.tenant_id == product.c.tenant_id, group.c.id == product.c[f"{group.name}_id"])
        joined = joined.outerjoin(group, same)
    return joined


def _skus(tenant_id: int, sellable_to: UUID | None) -> Select[Any]:
    statement = select(sku).where(sku.c.tenant_id == tenant_id)
    if sellable_to is not None:
        statement = statement.where(sellable_condition(tenant_id, sellable_to, sku=sku))
    return statement


def _with_refs(found: Select[Any]) -> Select[Any]:
    """The SKUs found with what they refer to: joined once the page is cut, to its rows only."""
    one = found.subquery("sku")
    columns = (column for column in one.c if column.name != "product_id")
    same = and_(product.c.tenant_id == one.c.tenant_id, product.c.id == one.c.product_id)
    order = [one.c.rank, one.c.code] if "rank" in one.c else [one.c.code]
    return (
        select(*columns, *ref_columns(product, "product"), *_GROUPS)
        .select_from(_with_groups(one.join(product, same)))
        .order_by(*order)
    )


def _products(tenant_id: int) -> Select[Any]:
    columns = (column for column in product.c if column.name not in ("category_id", "brand_id"))
    return select(*columns, *_GROUPS).select_from(_with_groups(product)).where(product.c.tenant_id == tenant_id)


def in_groups(tenant_id: int, wanted: SkuFilter | ProductFilter) -> list[ColumnElement[bool]]:
    """The conditions on `product` that a filter's category and brand make."""
    conditions: list[ColumnElement[bool]] = []
    if wanted.category is not None:
        conditions.append(within(product.c.category_id, _branch(tenant_id, wanted.category)))
    if wanted.brand is not None:
        conditions.append(_of_brand(tenant_id, wanted.brand))
    return conditions


def _branch(tenant_id: int, code: str) -> Select[tuple[UUID]]:
    return below(category, tenant_id, among(category.c.code, storable([code])))


def _of_brand(tenant_id: int, code: str) -> ColumnElement[bool]:
    named = among(brand.c.code, storable([code]))
    return product.c.brand_id == select(brand.c.id).where(brand.c.tenant_id == tenant_id, named).scalar_subquery()


async def in_category(tx: Tx, product_id: ColumnElement[UUID], code: str) -> ColumnElement[bool]:
    """That a product (its key, or a reference to it) is in a category or below it."""
    branch, of = _branch(tx.tenant_id, code), product.alias("categorised")
    there = exists().where(of.c.tenant_id == tx.tenant_id, of.c.id == product_id, within(of.c.category_id, branch))
    ids = of_groups(tx.tenant_id, product, "category_id", branch)
    return await narrowed(tx, product_id, ids, otherwise=there.correlate(product_id.table))


async def _sku_conditions(tx: Tx, wanted: SkuFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    tenant_id, p = tx.tenant_id, product.c
    if wanted.category is not None:
        conditions.append(await in_category(tx, sku.c.product_id, wanted.category))
    if wanted.brand is not None:
        branded = select(p.id).where(p.tenant_id == tenant_id, _of_brand(tenant_id, wanted.brand))
        there = exists(branded.where(p.id == sku.c.product_id)).correlate(sku)
        conditions.append(await narrowed(tx, sku.c.product_id, branded.order_by(p.code), otherwise=there))
    if wanted.product is not None:
        one = select(p.id).where(p.tenant_id == tenant_id, equals(p.code, wanted.product))
        conditions.append(sku.c.product_id == one.scalar_subquery())
    if wanted.codes:
        conditions.append(among(sku.c.code, storable(wanted.codes)))
    for column, value in ((sku.c.state, wanted.state), (sku.c.supply_policy, wanted.supply_policy)):
        if value is not None:
            conditions.append(equals(column, value))
    if wanted.barcode is not None:
        unit = sku_unit.c
        coded = among(unit.barcode, storable([wanted.barcode]))
        conditions.append(within(sku.c.id, select(unit.sku_id).where(unit.tenant_id == tenant_id, coded)))
    if wanted.search:
        conditions += search.matches(tenant_id, SEARCH_KIND, sku.c.id, wanted.search)
    return conditions


async def _sku_views(
    tx: Tx, rows: Sequence[Row[Any]], include: Collection[SkuInclude], seen_by: Principal | None
) -> Callable[[Row[Any]], SkuView]:
    ids = [row.id for row in rows]
    units = await _units(tx, ids) if "units" in include else None
    media = await _media(tx, {row.product_id for row in rows}) if "media" in include else None
    today = tx.now.astimezone((await load_tenant(tx)).zone).date()
    costs = await costs_on(tx, ids, today, seen_by=seen_by) if "cost" in include else None

    def view(row: Row[Any]) -> SkuView:
        values = row._mapping
        fields: dict[str, Any] = {name: values[name] for name in SkuView.__struct_fields__ if name in values}
        pictures = (media or {}).get(row.product_id, [])
        return SkuView(
            **fields | {name: ref(values, name) for name in ("product", "category", "brand")},
            units=UNSET if units is None else units.get(row.id, []),
            media=UNSET if media is None else [picture for picture in pictures if picture.sku in (None, row.code)],
            cost=UNSET if costs is None else costs.get(row.id),
        )

    return view


async def _product_views(
    tx: Tx, rows: Sequence[Row[Any]], include: Collection[ProductInclude]
) -> Callable[[Row[Any]], ProductView]:
    ids = [row.id for row in rows]
    media = await _media(tx, ids) if "media" in include else None
    attachments = await attachments_of(tx, ids) if "attachments" in include else None
    skus = await _skus_of(tx, ids) if "skus" in include else None

    def view(row: Row[Any]) -> ProductView:
        values = row._mapping
        fields: dict[str, Any] = {name: values[name] for name in ProductView.__struct_fields__ if name in values}
        return ProductView(
            **fields | {name: ref(values, name) for name in ("category", "brand")},
            media=UNSET if media is None else media.get(row.id, []),
            attachments=UNSET if attachments is None else attachments.get(row.id, []),
            skus=UNSET if skus is None else skus.get(row.id, []),
        )

    return view


async def _units(tx: Tx, sku_ids: Sequence[UUID]) -> dict[UUID, list[UnitView]]:
    """The units of each SKU, the smallest first."""
    found: dict[UUID, list[UnitView]] = {}
    for row in await tx.rows(
        select(sku_unit)
        .where(sku_unit.c.tenant_id == tx.tenant_id, among(sku_unit.c.sku_id, sku_ids))
        .order_by(sku_unit.c.numerator / sku_unit.c.denominator, sku_unit.c.unit)
    ):
        view = UnitView(row.unit, row.numerator, row.denominator, row.barcode)
        found.setdefault(row.sku_id, []).append(view)
    return found


async def _media(tx: Tx, product_ids: Collection[UUID]) -> dict[UUID, list[MediaView]]:
    same = and_(sku.c.tenant_id == product_media.c.tenant_id, sku.c.id == product_media.c.sku_id)
    found: dict[UUID, list[MediaView]] = {}
    for row in await tx.rows(
        select(product_media.c.product_id, product_media.c.sha256, sku.c.code)
        .select_from(product_media.outerjoin(sku, same))
        .where(product_media.c.tenant_id == tx.tenant_id, among(product_media.c.product_id, product_ids))
        .order_by(product_media.c.product_id, product_media.c.position)
    ):
        found.setdefault(row.product_id, []).append(MediaView(row.sha256, row.code))
    return found


async def _skus_of(tx: Tx, product_ids: Collection[UUID]) -> dict[UUID, list[Ref]]:
    found: dict[UUID, list[Ref]] = {}
    for row in await tx.rows(
        select(sku.c.product_id, sku.c.id, sku.c.code, sku.c.name, sku.c.name_en)
        .where(sku.c.tenant_id == tx.tenant_id, among(sku.c.product_id, product_ids))
        .order_by(sku.c.code)
    ):
        found.setdefault(row.product_id, []).append(Ref(row.id, row.code, row.name, row.name_en))
    return found
