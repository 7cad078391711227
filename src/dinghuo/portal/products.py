"""The catalogue as one dealer sees it: pages of products, one product, the tree of categories, brands, pictures."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, and_, exists, func, literal, or_, select, tuple_

from dinghuo.catalogue.assortments import sellable_condition
from dinghuo.catalogue.attachments import attachments_of
from dinghuo.catalogue.facts import load_skus
from dinghuo.catalogue.queries import MediaView, ProductFilter, in_groups
from dinghuo.catalogue.save_skus import SEARCH_KIND
from dinghuo.catalogue.tables import product, sku
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.inventory.tables import stock, warehouse
from dinghuo.kit import search
from dinghuo.kit.bulk import within
from dinghuo.kit.database import Tx
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.portal.bought import bought_skus, purchases
from dinghuo.portal.cards import Card, ProductPage, SkuCard
from dinghuo.portal.shelf import ProductFacts, Shelf, load_products, open_shelf, sku_cards, sold_skus

Sort = Literal["code", "newest"]
_FREE = ("untracked", "backorder")


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What the shelf is narrowed to; codes. A category means all below it."""

    search: str | None = None
    category: str | None = None
    brand: str | None = None
    in_stock: bool = False
    bought: bool = False
    sort: Sort = "code"


async def list_products(
    tx: Tx, *, dealer: DealerPrincipal, wanted: Wanted, cursor: str | None = None, limit: int = 24
) -> Page[Card]:
    """A page of products this dealer may buy; of a search, those whose code fits first."""
    shelf = await open_shelf(tx, dealer)
    rows = await tx.rows(_page(tx.tenant_id, shelf, wanted, cursor).limit(limit + 1))
    shown = await cards(tx, shelf, [row.id for row in rows[:limit]])
    by_id = {card.id: card for card in shown}
    if wanted.search:
        return page(rows, limit, lambda row: (row.rank, row.code), lambda row: by_id[row.id])
    if wanted.sort == "newest":
        return page(rows, limit, lambda row: (row.id,), lambda row: by_id[row.id])
    return page(rows, limit, lambda row: (row.code,), lambda row: by_id[row.id])


def _page(tenant_id: int, shelf: Shelf, wanted: Wanted, cursor: str | None) -> Select[Any]:
    p = product.c
    conditions = [p.tenant_id == tenant_id, p.state == "active"]
    conditions += in_groups(tenant_id, ProductFilter(category=wanted.category, brand=wanted.brand))
    sold = _sold(tenant_id, shelf) + _narrowed(tenant_id, shelf, wanted)
    if wanted.search:
        return _found(tenant_id, wanted.search, sold, conditions, cursor)
    conditions.append(exists().where(sku.c.product_id == p.id, *sold).correlate(product))
    order = p.id.desc() if wanted.sort == "newest" else p.code
    if cursor is not None and wanted.sort == "newest":
        conditions.append(p.id < decode_cursor(cursor, (UUID,))[0])
    elif cursor is not None:
        conditions.append(p.code > decode_cursor(cursor, (str,))[0])
    return select(p.id, p.code).where(*conditions).order_by(order)


def _found(
    tenant_id: int,
    query: str,
    sold: Iterable[ColumnElement[bool]],
    conditions: Iterable[ColumnElement[bool]],
    cursor: str | None,
) -> Select[Any]:
    """The products of the SKUs that a query finds, ranked by the best of them."""
    p = product.c
    hits = (
        select(sku.c.product_id, func.min(search.rank(sku.c.code, query)).label("rank"))
        .where(*sold, *search.matches(tenant_id, SEARCH_KIND, sku.c.id, query))
        .group_by(sku.c.product_id)
        .subquery("hits")
    )
    found = select(p.id, p.code, hits.c.rank).join(hits, hits.c.product_id == p.id).where(*conditions)
    if cursor is not None:
        found = found.where(tuple_(hits.c.rank, p.code) > tuple_(*decode_cursor(cursor, (int, str))))
    return found.order_by(hits.c.rank, p.code)


def _sold(tenant_id: int, shelf: Shelf) -> list[ColumnElement[bool]]:
    """The conditions on `sku` that leave what this dealer may buy."""
    conditions: list[ColumnElement[bool]] = [sku.c.tenant_id == tenant_id, sku.c.state == "active"]
    if not shelf.sellable.is_everything:
        conditions.append(sellable_condition(tenant_id, shelf.customer.id, sku=sku))
    return conditions


def _narrowed(tenant_id: int, shelf: Shelf, wanted: Wanted) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.in_stock:
        s, w = stock.c, warehouse.c
        there = (
            exists()
            .where(
                s.tenant_id == tenant_id,
                s.sku_id == sku.c.id,
                s.on_hand + s.allowance - s.safety - s.barred > s.reserved,
                w.tenant_id == tenant_id,
                w.id == s.warehouse_id,
                w.state == "active",
            )
            .correlate(sku)
        )
        conditions.append(or_(sku.c.supply_policy.in_(_FREE), there))
    if wanted.bought:
        conditions.append(within(sku.c.id, bought_skus(tenant_id, shelf.customer.id)))
    return conditions


async def cards(tx: Tx, shelf: Shelf, product_ids: Sequence[UUID]) -> list[Card]:
    """The cards of these products, in their order; without those of which nothing is sold to the dealer."""
    products = await load_products(tx, product_ids)
    found = [products[product_id] for product_id in product_ids if product_id in products]
    skus = await sold_skus(tx, shelf, [code for each in found for code in each.skus])
    shown = await sku_cards(tx, shelf, skus)
    of_product: dict[UUID, list[SkuCard]] = {}
    for facts in skus:
        of_product.setdefault(facts.product_id, []).append(shown[facts.id])
    new_since = tx.now - timedelta(days=shelf.settings.new_days)
    return [_card(each, of_product[each.id], new_since) for each in found if each.id in of_product]


def _card(facts: ProductFacts, skus: list[SkuCard], new_since: datetime) -> Card:
    return Card(
        id=facts.id,
        code=facts.code,
        name=facts.name,
        name_en=facts.name_en,
        image=next((each.image for each in skus if each.image), None),
        is_new=facts.created_at > new_since,
        category=facts.category,
        brand=facts.brand,
        skus=skus,
    )


async def get_product(tx: Tx, product_id: UUID, *, dealer: DealerPrincipal) -> ProductPage | None:
    """One product with everything about it; None when there is none, or nothing of it is sold to this dealer."""
    shelf = await open_shelf(tx, dealer)
    found = await cards(tx, shelf, [product_id])
    if not found:
        return None
    (card,) = found
    p = product.c
    row = await tx.one(select(p.description, p.attributes).where(p.tenant_id == tx.tenant_id, p.id == product_id))
    facts = (await load_products(tx, [product_id]))[product_id]
    codes = {each.id: each.code for each in card.skus}
    return ProductPage(
        **{name: getattr(card, name) for name in Card.__struct_fields__},
        description=row.description if row else None,
        attributes=row.attributes if row else {},
        # A picture of a SKU that is not sold to this dealer is not shown.
        images=[
            MediaView(sha256, codes.get(of) if of else None)
            for sha256, of in facts.pictures
            if of is None or of in codes
        ],
        attachments=(await attachments_of(tx, [product_id])).get(product_id, []),
        purchases=await purchases(tx, dealer.customer_id, list(codes), sees_price=dealer.sees_price),
    )


async def new_products(tx: Tx, shelf: Shelf, *, most: int) -> list[Card]:
    """The newest products."""
    rows = await tx.rows(_page(tx.tenant_id, shelf, Wanted(sort="newest"), None).limit(most))
    return await cards(tx, shelf, [row.id for row in rows])


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """A category; `products` counts what is sold to the dealer in it and below."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    products: int
    children: list["Branch"]


class BrandView(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    code: str
    name: str
    name_en: str | None
    products: int


_TREE = "select id, code, name, name_en, parent_id from category where tenant_id = $1 order by position, code"
_BRANDS = "select id, code, name, name_en from brand where tenant_id = $1 order by code"


async def categories(tx: Tx, *, dealer: DealerPrincipal) -> list[Branch]:
    """The tree of categories in which something is sold to the dealer."""
    counts = await _counts(tx, await open_shelf(tx, dealer), "category_id")
    below: dict[UUID | None, list[Any]] = {}
    for row in await tx.fetch(_TREE):
        below.setdefault(row["parent_id"], []).append(row)

    def grow(parent: UUID | None) -> list[Branch]:
        grown = []
        for row in below.get(parent, ()):
            children = grow(row["id"])
            products = counts.get(row["id"], 0) + sum(child.products for child in children)
            if products:
                named = {name: row[name] for name in ("id", "code", "name", "name_en")}
                grown.append(Branch(**named, products=products, children=children))
        return grown

    return grow(None)


async def brands(tx: Tx, *, dealer: DealerPrincipal) -> list[BrandView]:
    """The brands of which something is sold to the dealer."""
    counts = await _counts(tx, await open_shelf(tx, dealer), "brand_id")
    return [
        BrandView(**dict(row), products=counts[row["id"]]) for row in await tx.fetch(_BRANDS) if row["id"] in counts
    ]


async def _counts(tx: Tx, shelf: Shelf, group: str) -> dict[UUID, int]:
    """How many products are sold to the dealer, by category or brand."""
    p = product.c
    sold = exists().where(sku.c.product_id == p.id, *_sold(tx.tenant_id, shelf)).correlate(product)
    rows = await tx.rows(
        select(p[group].label("id"), func.count(literal(1)).label("products"))
        .where(p.tenant_id == tx.tenant_id, p.state == "active", p[group].is_not(None), sold)
        .group_by(p[group])
    )
    return {row.id: row.products for row in rows}


_SHOWN = """
select m.product_id, m.sku_id from product_media m where m.tenant_id = $1 and m.sha256 = $2
union all
select a.product_id, null from product_attachment a where a.tenant_id = $1 and a.sha256 = $2
"""


async def may_see_file(tx: Tx, sha256: str, *, dealer: DealerPrincipal) -> bool:
    """Whether a file belongs to a product of which something is sold to this dealer, or that they bought before."""
    shown = await tx.fetch(_SHOWN, sha256)
    if not shown:
        return False
    shelf = await open_shelf(tx, dealer)
    products = await load_products(tx, {row["product_id"] for row in shown})
    skus = await load_skus(tx, [code for row in shown for code in products[row["product_id"]].skus])
    for row in shown:
        mine = [skus[code] for code in products[row["product_id"]].skus]
        if any(shelf.sells(each) for each in mine if row["sku_id"] in (None, each.id)):
            return True
    return await _was_bought(tx, dealer.customer_id, {row["product_id"] for row in shown})


async def _was_bought(tx: Tx, customer_id: UUID, product_ids: Iterable[UUID]) -> bool:
    bought = bought_skus(tx.tenant_id, customer_id)
    row = await tx.one(
        select(sku.c.id)
        .where(and_(sku.c.tenant_id == tx.tenant_id, sku.c.product_id.in_(product_ids)), within(sku.c.id, bought))
        .limit(1)
    )
    return row is not None
