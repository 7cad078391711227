"""Reading promotions: the terms, the coupons, and what was taken of the budgets."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Row, and_, func, or_, select, tuple_

from dinghuo.accounts.budgets import budget_id
from dinghuo.accounts.tables import budget, budget_entry
from dinghuo.catalogue.facts import load_skus
from dinghuo.catalogue.tables import brand, category, product, sku
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit import search
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.refs import Ref, ref, ref_columns
from dinghuo.kit.texts import storable
from dinghuo.parties.queries import named_customer
from dinghuo.parties.tables import channel, customer, region, tier
from dinghuo.pricing.locked import check_sees_price
from dinghuo.pricing.promotion_facts import Step, goods_keys
from dinghuo.pricing.save_promotions import SEARCH_KIND
from dinghuo.pricing.tables import coupon, promotion, promotion_audience, promotion_item


class MemberView(msgspec.Struct, frozen=True):
    """Whom it is for."""

    kind: str
    code: str
    name: str


class ItemView(msgspec.Struct, frozen=True):
    """Goods that it holds for; of a SKU its price per unit, or how much of it belongs to a bundle."""

    kind: str
    code: str
    name: str
    unit: str | None
    quantity: Decimal | None
    price: Decimal | None


class GiftView(msgspec.Struct, frozen=True):
    sku: str
    name: str
    unit: str


class PromotionView(msgspec.Struct, frozen=True, kw_only=True):
    """A promotion (docs/promotions.md). Customers that may not be seen are not told among its audience."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    kind: str
    state: str
    currency: str
    valid_from: datetime
    valid_until: datetime | None
    audience: list[MemberView]
    items: list[ItemView]
    measure: str | None
    steps: list[Step]
    repeats: bool
    bundle_price: Decimal | None
    gift: GiftView | None
    priority: int
    exclusion_group: str | None
    stackable: bool
    first_order_only: bool
    coupon_required: bool
    budget: Decimal | None
    customer_budget: Decimal | None
    uses: int | None
    customer_uses: int | None
    created_at: datetime
    updated_at: datetime
    revision: int


class PromotionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """`on`: those that hold at that moment. `sku`: those that hold for it; `customer`: those that name it."""

    search: str | None = None
    kind: str | None = None
    state: str | None = None
    on: datetime | None = None
    sku: str | None = None
    customer: str | None = None


_AUDIENCE = {"customer": customer, "tier": tier, "region": region, "channel": channel}
_ITEMS = {"sku": sku, "product": product, "category": category, "brand": brand}


async def list_promotions(
    tx: Tx, *, seen_by: Principal | None, wanted: PromotionFilter, cursor: str | None = None, limit: int = 50
) -> Page[PromotionView]:
    """A page of promotions by code."""
    check_sees_price(seen_by)
    p = promotion.c
    statement = select(promotion).where(p.tenant_id == tx.tenant_id)
    for column, value in ((p.kind, wanted.kind), (p.state, wanted.state)):
        if value is not None:
            statement = statement.where(among(column, storable([value])))
    if wanted.on is not None:
        until = or_(p.valid_until.is_(None), p.valid_until > wanted.on)
        statement = statement.where(p.valid_from <= wanted.on, until)
    if wanted.search:
        statement = statement.where(*search.matches(tx.tenant_id, SEARCH_KIND, p.id, wanted.search))
    if wanted.sku is not None:
        statement = statement.where(await _holds_for(tx, wanted.sku))
    if wanted.customer is not None:
        a = promotion_audience.c
        named = select(a.promotion_id).where(
            a.tenant_id == tx.tenant_id, a.target_id == named_customer(tx.tenant_id, wanted.customer)
        )
        statement = statement.where(p.id.in_(named))
    if cursor is not None:
        statement = statement.where(p.code > decode_cursor(cursor, (str,))[0])
    rows = await tx.rows(statement.order_by(p.code).limit(limit + 1))
    views = await _views(tx, rows[:limit], seen_by)
    return page(rows, limit, lambda row: (row.code,), lambda row: views[row.id])


async def _holds_for(tx: Tx, code: str) -> Any:
    i = promotion_item.c
    facts = (await load_skus(tx, [code])).get(code)
    keys = [id for _, id in goods_keys(facts)] if facts else []
    named = select(i.promotion_id).where(i.tenant_id == tx.tenant_id, among(i.target_id, keys))
    own = select(i.promotion_id).where(i.tenant_id == tx.tenant_id, i.promotion_id == promotion.c.id)
    return or_(promotion.c.id.in_(named), ~own.exists())


async def get_promotion(tx: Tx, code: str, *, seen_by: Principal | None) -> PromotionView:
    """One promotion; refused as missing when it is not there."""
    check_sees_price(seen_by)
    row = await _row(tx, code)
    return (await _views(tx, [row], seen_by))[row.id]


async def _row(tx: Tx, code: str) -> Row[Any]:
    p = promotion.c
    row = await tx.one(select(promotion).where(p.tenant_id == tx.tenant_id, among(p.code, storable([code]))))
    if row is None:
        raise missing("promotion", code)
    return row


async def _views(tx: Tx, rows: Sequence[Row[Any]], seen_by: Principal | None) -> dict[UUID, PromotionView]:
    ids = [row.id for row in rows]
    audience = await _members(tx, promotion_audience, _AUDIENCE, ids, seen_by)
    items = await _members(tx, promotion_item, _ITEMS, ids, None)
    gifts = await _gifts(tx, rows)
    plain = set(PromotionView.__struct_fields__) - {"audience", "items", "gift", "steps"}
    return {
        row.id: PromotionView(
            **{name: value for name, value in row._mapping.items() if name in plain},
            steps=msgspec.convert(row.steps, list[Step], strict=False),
            audience=[MemberView(kind, code, name) for kind, code, name, _ in audience[row.id]],
            items=[
                ItemView(kind, code, name, each.unit, each.quantity, each.price)
                for kind, code, name, each in items[row.id]
            ],
            gift=gifts.get(row.id),
        )
        for row in rows
    }


async def _members(
    tx: Tx, table: Any, targets: dict[str, Any], ids: Sequence[UUID], seen_by: Principal | None
) -> dict[UUID, list[tuple[str, str, str, Any]]]:
    """Audience or items with what people call them, by promotion: a statement for each, and one for each kind."""
    found: dict[UUID, list[tuple[str, str, str, Any]]] = defaultdict(list)
    members = await tx.rows(select(table).where(table.c.tenant_id == tx.tenant_id, among(table.c.promotion_id, ids)))
    names: dict[tuple[str, UUID], tuple[str, str]] = {}
    for kind in sorted({member.kind for member in members}):
        c = targets[kind].c
        wanted = [member.target_id for member in members if member.kind == kind]
        statement = select(c.id, c.code, c.name).where(c.tenant_id == tx.tenant_id, among(c.id, wanted))
        if kind == "customer" and seen_by is not None:
            statement = statement.where(visible_customers(seen_by, customer))
        names |= {(kind, row.id): (row.code, row.name) for row in await tx.rows(statement)}
    for member in members:
        named = names.get((member.kind, member.target_id))
        if named is not None:
            found[member.promotion_id].append((member.kind, *named, member))
    for several in found.values():
        several.sort(key=lambda each: each[:2])
    return found


async def _gifts(tx: Tx, rows: Sequence[Row[Any]]) -> dict[UUID, GiftView]:
    wanted = [row.gift_sku_id for row in rows if row.gift_sku_id is not None]
    statement = select(sku.c.id, sku.c.code, sku.c.name).where(
        sku.c.tenant_id == tx.tenant_id, among(sku.c.id, wanted)
    )
    known = {row.id: row for row in await tx.rows(statement)} if wanted else {}
    return {
        row.id: GiftView(known[row.gift_sku_id].code, known[row.gift_sku_id].name, row.gift_unit)
        for row in rows
        if row.gift_sku_id in known
    }


class CouponView(msgspec.Struct, frozen=True):
    """A coupon, whose it is, and how many orders have used it."""

    code: str
    customer: Ref | None
    uses: int | None
    taken: int
    active: bool


async def list_coupons(
    tx: Tx, code: str, *, seen_by: Principal | None, cursor: str | None = None, limit: int = 50
) -> Page[CouponView]:
    """A page of a promotion's coupons by code; those of customers that may not be seen are not there."""
    check_sees_price(seen_by)
    row = await _row(tx, code)
    c = coupon.c
    statement = (
        select(c.id, c.code, c.uses, c.active, *ref_columns(customer, "customer"))
        .outerjoin(customer, and_(customer.c.tenant_id == c.tenant_id, customer.c.id == c.customer_id))
        .where(c.tenant_id == tx.tenant_id, c.promotion_id == row.id)
    )
    if seen_by is not None:
        statement = statement.where(or_(c.customer_id.is_(None), visible_customers(seen_by, customer)))
    if cursor is not None:
        statement = statement.where(c.code > decode_cursor(cursor, (str,))[0])
    rows = await tx.rows(statement.order_by(c.code).limit(limit + 1))
    b = budget.c
    ids = {each.id: budget_id(each.id, None) for each in rows}
    used = await tx.rows(select(b.id, b.uses).where(b.tenant_id == tx.tenant_id, among(b.id, list(ids.values()))))
    taken = {each.id: each.uses for each in used}
    return page(
        rows,
        limit,
        lambda each: (each.code,),
        lambda each: CouponView(
            each.code, ref(each._mapping, "customer"), each.uses, taken.get(ids[each.id], 0), each.active
        ),
    )


class Amount(msgspec.Struct, frozen=True):
    """A bound, what is taken of it and what is left; without a limit nothing is bounded."""

    limit: Decimal | None
    taken: Decimal
    left: Decimal | None


class Count(msgspec.Struct, frozen=True):
    limit: int | None
    taken: int
    left: int | None


class BudgetView(msgspec.Struct, frozen=True):
    """What was taken of a promotion's budget in all, if it has one, and how many customers have one of their own."""

    amount: Amount
    uses: Count
    customers: int


class CustomerBudget(msgspec.Struct, frozen=True):
    customer: Ref
    amount: Amount
    uses: Count


class BudgetEntryView(msgspec.Struct, frozen=True):
    """One change of a budget in all, or of a customer's, and the document that caused it."""

    id: UUID
    at: datetime
    customer: Ref | None
    amount: Decimal
    uses: int
    verb: str
    document_kind: str
    document_id: UUID


def _amount(limit: Decimal | None, taken: Decimal) -> Amount:
    return Amount(limit, taken, None if limit is None else limit - taken)


def _count(limit: int | None, taken: int) -> Count:
    return Count(limit, taken, None if limit is None else limit - taken)


async def budget_of(tx: Tx, code: str, *, seen_by: Principal | None) -> BudgetView:
    """What was taken of a promotion's budget."""
    check_sees_price(seen_by)
    row = await _row(tx, code)
    b = budget.c
    own = await tx.one(select(b.amount, b.uses).where(b.tenant_id == tx.tenant_id, b.id == budget_id(row.id, None)))
    customers = await tx.one(
        select(func.count()).where(b.tenant_id == tx.tenant_id, b.subject_id == row.id, b.customer_id.is_not(None))
    )
    amount, uses = (own.amount, own.uses) if own else (Decimal("0.00"), 0)
    return BudgetView(_amount(row.budget, amount), _count(row.uses, uses), customers[0] if customers else 0)


async def list_customer_budgets(
    tx: Tx, code: str, *, seen_by: Principal | None, cursor: str | None = None, limit: int = 50
) -> Page[CustomerBudget]:
    """A page of what customers have taken of their budgets, by customer code."""
    check_sees_price(seen_by)
    row = await _row(tx, code)
    b, c = budget.c, customer.c
    statement = (
        select(b.id, b.amount, b.uses, *ref_columns(customer, "customer"))
        .join(customer, and_(c.tenant_id == b.tenant_id, c.id == b.customer_id))
        .where(b.tenant_id == tx.tenant_id, c.tenant_id == tx.tenant_id, b.subject_id == row.id)
    )
    if seen_by is not None:
        statement = statement.where(visible_customers(seen_by, customer))
    if cursor is not None:
        statement = statement.where(tuple_(c.code, b.id) > tuple_(*decode_cursor(cursor, (str, UUID))))
    rows = await tx.rows(statement.order_by(c.code, b.id).limit(limit + 1))
    uses = 1 if row.first_order_only else row.customer_uses
    return page(
        rows,
        limit,
        lambda each: (each.customer_code, each.id),
        lambda each: CustomerBudget(
            Ref(each.customer_id, each.customer_code, each.customer_name),
            _amount(row.customer_budget, each.amount),
            _count(uses, each.uses),
        ),
    )


async def list_budget_entries(
    tx: Tx, code: str, *, seen_by: Principal | None, cursor: str | None = None, limit: int = 50
) -> Page[BudgetEntryView]:
    """A page of the entries of a promotion's budgets, the newest first; of customers only those that may be seen."""
    check_sees_price(seen_by)
    row = await _row(tx, code)
    e, b, c = budget_entry.c, budget.c, customer.c
    statement = (
        select(budget_entry, *ref_columns(customer, "customer"))
        .join(budget, and_(b.tenant_id == e.tenant_id, b.id == e.budget_id))
        .outerjoin(customer, and_(c.tenant_id == b.tenant_id, c.id == b.customer_id))
        .where(e.tenant_id == tx.tenant_id, b.tenant_id == tx.tenant_id, b.subject_id == row.id)
    )
    if seen_by is not None:
        statement = statement.where(or_(b.customer_id.is_(None), visible_customers(seen_by, customer)))
    if cursor is not None:
        statement = statement.where(e.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement.order_by(e.id.desc()).limit(limit + 1))
    plain = set(BudgetEntryView.__struct_fields__) - {"customer"}
    return page(
        rows,
        limit,
        lambda each: (each.id,),
        lambda each: BudgetEntryView(
            **{name: value for name, value in each._mapping.items() if name in plain},
            customer=ref(each._mapping, "customer"),
        ),
    )
