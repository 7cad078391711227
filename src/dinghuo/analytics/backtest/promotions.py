"""Try a promotion on the orders of the last months: what it would have given, to whom, and what was left."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.analytics.backtest.baskets import Bought, bought_lines, first_orders, granted_then, order_by_order
from dinghuo.analytics.backtest.lists import fill, present_lists
from dinghuo.analytics.backtest.period import Period, period_of
from dinghuo.analytics.backtest.regrant import Known, Regranted, regrant
from dinghuo.analytics.backtest.sums import (
    TrialAmounts,
    TrialEffect,
    TrialMonth,
    amounts_of,
    effects_of,
    months_of,
    sums_by,
    total_of,
)
from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.database import Tx
from dinghuo.kit.money import CENT
from dinghuo.parties.facts import CustomerFacts, load_customers_by_id
from dinghuo.parties.tables import customer
from dinghuo.pricing.facts import ListFacts
from dinghuo.pricing.locked import check_sees_price
from dinghuo.pricing.promotion_facts import PromotionFacts, promotions_by_id
from dinghuo.pricing.promotion_goods import goods_named, skus_by_id
from dinghuo.pricing.promotion_queries import get_promotion


class TrialReason(msgspec.Struct, frozen=True):
    """Why so many orders would have been granted nothing."""

    why: str
    orders: int


class PromotionBacktest(msgspec.Struct, frozen=True, kw_only=True):
    """A promotion tried on the orders with goods that it is for, placed from a day through another by the customers
    that it is for. At present they are granted what they were granted then, but not this promotion.

    `saved` is what budgets count: tax-inclusive, gifts at their list value. `short_since` is the day of the first
    order for which a budget was too small. `with_coupon`: it is tried as if every order named a coupon of it.
    """

    promotion: str
    currency: str
    first: date = msgspec.field(name="from")
    until: date
    customers: int
    orders: int
    granted: int
    saved: Decimal
    short_since: date | None
    with_coupon: bool
    not_granted: Sequence[TrialReason]
    total: TrialAmounts
    by_month: Sequence[TrialMonth]
    by_customer: Sequence[TrialEffect]
    by_sku: Sequence[TrialEffect]


async def promotion_facts_of(tx: Tx, code: str, *, seen_by: StaffPrincipal) -> PromotionFacts:
    """A promotion in whatever state."""
    view = await get_promotion(tx, code, seen_by=seen_by)
    return (await promotions_by_id(tx, [view.id]))[view.id]


async def customers_for(tx: Tx, promotion: PromotionFacts, *, seen_by: StaffPrincipal) -> dict[UUID, CustomerFacts]:
    """The customers in the caller's scope whom the promotion is for."""
    c = customer.c
    rows = await tx.rows(select(c.id).where(c.tenant_id == tx.tenant_id, visible_customers(seen_by, customer)))
    found = await load_customers_by_id(tx, [row.id for row in rows])
    return {id: each for id, each in found.items() if promotion.is_for(each)}


async def prepare_promotion_backtest(
    tx: Tx, *, code: str, months: int, until: date | None = None, seen_by: StaffPrincipal
) -> Callable[[], PromotionBacktest]:
    """Read what trying the promotion with this code needs: on the orders of so many months up to a day, today when
    none is named. What comes back reckons, for seconds: to be called when the transaction is over, beside other work.
    """
    check_sees_price(seen_by)
    draft = await promotion_facts_of(tx, code, seen_by=seen_by)
    period = await period_of(tx, months, until)
    customers = await customers_for(tx, draft, seen_by=seen_by)
    bought, known = await _known(tx, draft, customers, period)

    def reckon() -> PromotionBacktest:
        tried = regrant(order_by_order(bought), known, currency=draft.currency)
        return _told(draft, period, tried, customers, known, told=seen_by.sees_margin)

    return reckon


def _told(
    draft: PromotionFacts,
    period: Period,
    tried: Regranted,
    customers: Mapping[UUID, CustomerFacts],
    known: Known,
    *,
    told: bool,
) -> PromotionBacktest:
    lines = tried.lines
    skus = {**known.skus, **{each.id: each for each in known.gifts.values()}}
    by_customer = sums_by(lines, lambda line: line.customer_id)
    by_sku = sums_by(lines, lambda line: line.sku_id)
    return PromotionBacktest(
        promotion=draft.code,
        currency=draft.currency,
        first=period.first,
        until=period.until,
        customers=len(by_customer),
        orders=tried.orders,
        granted=tried.granted,
        saved=tried.saved.quantize(CENT),
        short_since=tried.short_since,
        with_coupon=draft.coupon_required,
        not_granted=[TrialReason(why, orders) for why, orders in sorted(tried.why.items())],
        total=amounts_of(total_of(lines), told=told),
        by_month=months_of(lines, told=told),
        by_customer=effects_of(by_customer, {id: (c.code, c.name) for id, c in customers.items()}, told=told),
        by_sku=effects_of(by_sku, {id: (s.code, s.name) for id, s in skus.items()}, told=told),
    )


async def _known(
    tx: Tx, draft: PromotionFacts, customers: dict[UUID, CustomerFacts], period: Period
) -> tuple[list[Bought], Known]:
    named = await goods_named(tx, draft)
    then = await _then(tx, draft, period)
    bought = await bought_lines(
        tx,
        span=period.ids,
        currency=draft.currency,
        customers=list(customers),
        zone=period.zone,
        goods=named,
        whole=list(then),
    )
    ids = {line.sku_id for line in bought}
    skus = dict(await skus_by_id(tx, list(ids)))
    promotions = [draft, *{each.id: each for several in then.values() for each in several}.values()]
    gifts, lists = await _gift_prices(tx, promotions, customers, bought, skus)
    goods = ids if named is None else named.keys()
    first = await first_orders(tx, list(customers)) if draft.first_order_only else set()
    return bought, Known(draft, skus, goods, then, first, lists, gifts, period.today)


async def _then(tx: Tx, draft: PromotionFacts, period: Period) -> dict[UUID, Sequence[PromotionFacts]]:
    """What the orders were granted then, the draft itself left out."""
    by_order = await granted_then(tx, period.ids)
    ids = {id for several in by_order.values() for id in several} - {draft.id}
    facts = await promotions_by_id(tx, ids) if ids else {}
    return {order_id: [facts[id] for id in sorted(several) if id in facts] for order_id, several in by_order.items()}


async def _gift_prices(
    tx: Tx,
    promotions: Sequence[PromotionFacts],
    customers: dict[UUID, CustomerFacts],
    bought: Iterable[Bought],
    skus: dict[UUID, SkuFacts],
) -> tuple[dict[str, SkuFacts], dict[UUID, Sequence[ListFacts]]]:
    """The gifts, and the lists of today that say what they would have cost."""
    giving = [each for each in promotions if each.kind == "buy_get"]
    if not giving:
        return {}, {}
    codes = {each.gift_sku for each in giving if each.gift_sku is not None}
    known = await load_skus(tx, codes)
    gifts = {code: known[code] for code in codes if code in known}
    buying = {line.customer_id for line in bought}
    lists = await present_lists(tx, [customers[id] for id in buying])
    wanted = {each.id for each in gifts.values()}
    if any(each.gift_sku is None for each in giving):
        wanted |= skus.keys()
    await fill(tx, list({each.id: each for several in lists.values() for each in several}.values()), list(wanted))
    return gifts, dict(lists)
