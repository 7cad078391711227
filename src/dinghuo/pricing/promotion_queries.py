"""Reading promotions: the terms, the coupons, and what was taken of the budgets."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Row, and_, or_, select

from dinghuo.accounts.budgets import budget_id
from dinghuo.accounts.tables import budget
from dinghuo.catalogue.facts import load_skus
from dinghuo.catalogue.tables import brand, category, product, sku
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit import search
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import storable
from dinghuo.parties.queries import named_customer
from dinghuo.parties.tables import channel, customer, region, tier
from dinghuo.pricing.locked import check_sees_price
from dinghuo.pricing.promotion_facts import Step, goods_keys
from dinghuo.pricing.save_promotions import SEARCH_KIND
from dinghuo.pricing.tables import promotion, promotion_audience, promotion_item


class MemberView(msgspec.Struct, frozen=True):
    """Whom it is for."""

    kind: str
    code: str
    name: str
    name_en: str | None


class ItemView(msgspec.Struct, frozen=True):
    """Goods that it holds for; of a SKU its price per unit, or how much of it belongs to a bundle."""

    kind: str
    code: str
    name: str
    name_en: str | None
    unit: str | None
    quantity: Decimal | None
    price: Decimal | None


class GiftView(msgspec.Struct, frozen=True):
    sku: str
    name: str
    name_en: str | None
    unit: str


Phase = Literal["draft", "scheduled", "running", "ended", "withdrawn"]


class PromotionView(msgspec.Struct, frozen=True, kw_only=True):
    """A promotion (docs/promotions.md). Customers that may not be seen are not told among its audience.

    `taken` and `taken_uses` are what was taken of the budgets in all, while it has any.
    """

    id: UUID
    code: str
    name: str
    name_en: str | None
    kind: str
    state: str
    phase: Phase
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
    taken: Decimal
    taken_uses: int
    created_at: datetime
    updated_at: datetime
    revision: int


class PromotionFilter(msgspec.Struct, frozen=True, kw_only=True):
    """`on`: those that hold at that moment. `sku`: those that hold for it; `customer`: those that name it."""

    search: str | None = None
    kind: str | None = None
    state: str | None = None
    phase: Phase | None = None
    on: datetime | None = None
    sku: str | None = None
    customer: str | None = None


_NOTHING = (Decimal("0.00"), 0)
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
    if wanted.phase is not None:
        statement = statement.where(_in_phase(wanted.phase, tx.now))
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


def _in_phase(phase: Phase, now: datetime) -> Any:
    p = promotion.c
    if phase in ("draft", "withdrawn"):
        return p.state == phase
    begun, over = p.valid_from <= now, and_(p.valid_until.is_not(None), p.valid_until <= now)
    when = {"scheduled": ~begun, "ended": over, "running": and_(begun, ~over)}
    return and_(p.state == "published", when[phase])


def _phase_of(row: Row[Any], now: datetime) -> Phase:
    if row.state != "published":
        phase: Phase = row.state
        return phase
    if row.valid_from > now:
        return "scheduled"
    return "ended" if row.valid_until is not None and row.valid_until <= now else "running"


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
    row = await promotion_row(tx, code)
    return (await _views(tx, [row], seen_by))[row.id]


async def promotion_row(tx: Tx, code: str) -> Row[Any]:
    """The promotion with this code; refused as missing when it is not there."""
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
    taken = await _taken(tx, ids)
    plain = set(PromotionView.__struct_fields__) - {"audience", "items", "gift", "steps"}
    return {
        row.id: PromotionView(
            **{name: value for name, value in row._mapping.items() if name in plain},
            phase=_phase_of(row, tx.now),
            taken=taken.get(row.id, _NOTHING)[0],
            taken_uses=taken.get(row.id, _NOTHING)[1],
            steps=msgspec.convert(row.steps, list[Step], strict=False),
            audience=[MemberView(kind, code, name, en) for kind, code, name, en, _ in audience[row.id]],
            items=[
                ItemView(kind, code, name, en, each.unit, each.quantity, each.price)
                for kind, code, name, en, each in items[row.id]
            ],
            gift=gifts.get(row.id),
        )
        for row in rows
    }


async def _members(
    tx: Tx, table: Any, targets: dict[str, Any], ids: Sequence[UUID], seen_by: Principal | None
) -> dict[UUID, list[tuple[str, str, str, str | None, Any]]]:
    """Audience or items with what people call them, by promotion: a statement for each, and one for each kind."""
    found: dict[UUID, list[tuple[str, str, str, str | None, Any]]] = defaultdict(list)
    members = await tx.rows(select(table).where(table.c.tenant_id == tx.tenant_id, among(table.c.promotion_id, ids)))
    names: dict[tuple[str, UUID], tuple[str, str, str | None]] = {}
    for kind in sorted({member.kind for member in members}):
        c = targets[kind].c
        wanted = [member.target_id for member in members if member.kind == kind]
        statement = select(c.id, c.code, c.name, c.name_en).where(c.tenant_id == tx.tenant_id, among(c.id, wanted))
        if kind == "customer" and seen_by is not None:
            statement = statement.where(visible_customers(seen_by, customer))
        names |= {(kind, row.id): (row.code, row.name, row.name_en) for row in await tx.rows(statement)}
    for member in members:
        named = names.get((member.kind, member.target_id))
        if named is not None:
            found[member.promotion_id].append((member.kind, *named, member))
    for several in found.values():
        several.sort(key=lambda each: each[:2])
    return found


async def _taken(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, tuple[Decimal, int]]:
    """What was taken of the budgets in all."""
    b, of = budget.c, {budget_id(id, None): id for id in ids}
    statement = select(b.id, b.amount, b.uses).where(b.tenant_id == tx.tenant_id, among(b.id, list(of)))
    return {of[row.id]: (row.amount, row.uses) for row in await tx.rows(statement)} if of else {}


async def _gifts(tx: Tx, rows: Sequence[Row[Any]]) -> dict[UUID, GiftView]:
    wanted = [row.gift_sku_id for row in rows if row.gift_sku_id is not None]
    statement = select(sku.c.id, sku.c.code, sku.c.name, sku.c.name_en).where(
        sku.c.tenant_id == tx.tenant_id, among(sku.c.id, wanted)
    )
    known = {row.id: row for row in await tx.rows(statement)} if wanted else {}
    return {
        row.id: GiftView(gift.code, gift.name, gift.name_en, row.gift_unit)
        for row in rows
        if (gift := known.get(row.gift_sku_id)) is not None
    }
