"""Promotions in orders: find those that may speak for them before anything is locked, then grant what they give.

A company without promotions pays a look into a dictionary for a batch.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec

from dinghuo.accounts.allotments import Allotments
from dinghuo.accounts.budgets import Bound, Budget, BudgetEntry
from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.inventory.reserve import Stock
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO, round_price, split_tax
from dinghuo.orders.coupons import check_coupons, find_coupons, without_effect
from dinghuo.orders.decide import LineRow, Priced
from dinghuo.orders.offers import Offers, UsedCoupon, bounds_of
from dinghuo.orders.places import place_of_gift
from dinghuo.orders.quota_takes import first_beyond_quota, gift_takes
from dinghuo.orders.requests import ShipTo
from dinghuo.pricing.coupon_facts import Coupon
from dinghuo.pricing.engine import BY_CONTRACT, LISTED
from dinghuo.pricing.facts import ListFacts, load_entries, load_lists
from dinghuo.pricing.gift_offer import gift_offer
from dinghuo.pricing.grant import GiftOffer, Given, Granted, Offer, Room, Verdict, grant, room_of
from dinghuo.pricing.measure import BasketLine
from dinghuo.pricing.promotion_facts import PromotionFacts, PromotionIndex, load_promotions

_BEGAN = """
select distinct o.customer_id from unnest($2::uuid[]) as w(customer_id)
join lateral (
  select customer_id from sales_order
  where tenant_id = $1 and customer_id = w.customer_id and state not in ('cancelled', 'rejected') limit 1
) o on true
"""


async def find_promotions(tx: Tx, orders: Sequence[Priced]) -> None:
    """Find the promotions that may speak for each order; what they grant is decided with the balances at hand."""
    index = await load_promotions(tx)
    asking = [order for order in orders if order.placement.request.coupons]
    coupons = await find_coupons(tx, asking) if asking else {}
    if not index and not asking:
        return
    for order in orders:
        if order.placement.history is None:
            _offer(tx, index, order, coupons)
    offered = [(order, order.offers) for order in orders if order.offers is not None]
    await drop_seconds(tx, offered)
    await load_gifts(tx, offered)


def _offer(tx: Tx, index: PromotionIndex, order: Priced, coupons: Mapping[str, Coupon]) -> None:
    found = index.offers(order.customer, order.skus, now=tx.now, currency=order.currency)
    used: dict[UUID, UsedCoupon] = {}
    for each in check_coupons(order, coupons, index.with_coupon, tx.now):
        used[each.promotion.id] = each
        places = [place for place, sku in enumerate(order.skus) if each.promotion.covers(sku)]
        if places:
            found[each.promotion.id] = (each.promotion, places)
    if found or used:
        bounds = {id: list(bounds_of(promotion, order.customer.id)) for id, (promotion, _) in found.items()}
        for id, each in used.items():
            if id in bounds and each.coupon.uses is not None:
                bounds[id].append(Bound("coupon", each.coupon.id, None, None, each.coupon.uses))
        order.offers = Offers(found, bounds, used)


async def drop_seconds(tx: Tx, offered: Sequence[tuple[Priced, Offers]]) -> None:
    """Leave out what is for first orders only where there has been one."""
    asked = {
        order.customer.id
        for order, offers in offered
        if any(promotion.first_order_only for promotion, _ in offers.found.values())
    }
    if not asked:
        return
    began = {row["customer_id"] for row in await tx.fetch(_BEGAN, list(asked))}
    for order, offers in offered:
        if order.customer.id in began:
            offers.found = {id: each for id, each in offers.found.items() if not each[0].first_order_only}


async def load_gifts(tx: Tx, offered: Sequence[tuple[Priced, Offers]]) -> None:
    """What may be given, and what the lists would ask for it."""
    giving = [
        (order, offers, [each for each in offers.found.values() if each[0].kind == "buy_get"])
        for order, offers in offered
    ]
    giving = [each for each in giving if each[2]]
    if not giving:
        return
    skus = await load_skus(tx, {p.gift_sku for _, _, several in giving for p, _ in several if p.gift_sku})
    lists = await load_lists(tx, [order.customer for order, _, _ in giving])
    wanted: list[tuple[ListFacts, UUID]] = []
    for order, offers, several in giving:
        offers.lists, offers.gift_skus = lists[order.customer.id], skus
        for sku in {sku.id: sku for sku in _gifts(order, several, skus)}.values():
            wanted += [(price_list, sku.id) for price_list in offers.lists]
    await load_entries(tx, wanted)


def _gifts(
    order: Priced, several: Iterable[tuple[PromotionFacts, list[int]]], skus: Mapping[str, SkuFacts]
) -> Iterator[SkuFacts]:
    for promotion, places in several:
        if promotion.gift_sku is None:
            yield from (order.skus[place] for place in places)
        elif promotion.gift_sku in skus:
            yield skus[promotion.gift_sku]


class _Source(msgspec.Struct, frozen=True):
    """Whence a line's price comes, as its reason says."""

    source: str
    kind: str = ""


_source = msgspec.json.Decoder(_Source)
_encode = msgspec.json.Encoder().encode


def promote(
    order: Priced, budgets: Mapping[UUID, Budget], stock: Stock, allotments: Allotments | None = None
) -> None:
    """Grant an order what its promotions give: discounts on its lines, gift lines after them, budgets drawn on.

    No gift is given of which there is too little, or of which a quota that counts gifts has too little left.
    """
    offers = order.offers
    if offers is None:
        return
    basket = [
        BasketLine(row.line_no, sku, row.unit, row.quantity, row.base_quantity, row.gross, final_of(row))
        for row, sku in zip(order.lines, order.skus, strict=True)
    ]
    rooms = {
        id: [Room(*budgets[bound.id].room) for bound in several] for id, several in offers.bounds.items() if several
    }
    asked = [Offer(promotion, places, room_of(promotion, rooms)) for promotion, places in offers.found.values()]
    order.granted = granted = _grant(order, offers, basket, asked, stock, allotments)
    order.faults += without_effect(offers, granted)
    _rewrite(order, granted)
    order.takes += gift_takes(order)
    for each in granted.grants:
        for bound in offers.bounds.get(each.promotion.id, ()):
            budgets[bound.id].take(each.saved, 1)


def give_back_budgets(order: Priced, budgets: Mapping[UUID, Budget]) -> None:
    """The order is refused after all: what it took of budgets is there for others."""
    if order.offers is None or order.granted is None:
        return
    for each in order.granted.grants:
        for bound in order.offers.bounds.get(each.promotion.id, ()):
            budgets[bound.id].take(-each.saved, -1)


def budget_entries(orders: Iterable[Priced]) -> list[BudgetEntry]:
    """What these orders take of budgets."""
    return [
        BudgetEntry(bound.id, each.saved, 1, "reserve", "order", order.id)
        for order in orders
        if order.granted is not None and order.offers is not None
        for each in order.granted.grants
        for bound in order.offers.bounds.get(each.promotion.id, ())
    ]


class GrantedBy(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """What one promotion granted an order, as the order keeps it."""

    promotion_id: UUID
    saved: Decimal
    coupon: str | None = None


def granted_by(order: Priced) -> list[GrantedBy] | None:
    """What an order was granted, to be kept with it; None when that is nothing."""
    granted, offers = order.granted, order.offers
    if granted is None or offers is None or not granted.grants:
        return None
    if not offers.coupons:
        return [GrantedBy(each.promotion.id, each.saved) for each in granted.grants]
    coupons = {id: used.coupon.code for id, used in offers.coupons.items()}
    return [GrantedBy(each.promotion.id, each.saved, coupons.get(each.promotion.id)) for each in granted.grants]


def _grant(
    order: Priced,
    offers: Offers,
    basket: Sequence[BasketLine],
    asked: Sequence[Offer],
    stock: Stock,
    allotments: Allotments | None,
) -> Granted:
    """Grant, and once more without the gifts that together are more than there is."""
    short: set[UUID] = set()

    def gift_of(promotion: PromotionFacts, bought: SkuFacts | None, quantity: Decimal) -> GiftOffer | None:
        if promotion.id in short:
            return None
        sku = bought or offers.gift_skus.get(promotion.gift_sku or "")
        if sku is None:
            return None
        return gift_offer(offers.lists, sku, promotion.gift_unit, quantity, day=order.day, currency=order.currency)

    while True:
        granted = grant(basket, asked, currency=order.currency, gift_of=gift_of)
        missing = _beyond_stock(order, granted.gifts, stock)
        missing = missing or first_beyond_quota(order, granted.gifts, allotments)
        if missing is None:
            return granted
        short.add(missing)


def _beyond_stock(order: Priced, gifts: Sequence[Given], stock: Stock) -> UUID | None:
    """The first promotion whose gift is not there beside what was ordered."""
    if not gifts:
        return None
    wanted: dict[UUID, Decimal] = {}
    for row in order.lines:
        wanted[row.sku_id] = wanted.get(row.sku_id, ZERO) + row.base_quantity
    for given in gifts:
        sku = given.gift.sku
        wanted[sku.id] = wanted.get(sku.id, ZERO) + given.gift.base_quantity
        free = sku.supply_policy == "untracked" or order.may_wait(sku)
        if not free and stock.available(sku.id) < wanted[sku.id]:
            return given.promotion.id
    return None


def final_of(row: LineRow) -> Literal["contract", "manual"] | None:
    reason = bytes(row.price_reason)
    if reason.startswith(LISTED):
        return "contract" if BY_CONTRACT in reason else None
    # Read back from the database it is written differently.
    said = _source.decode(reason)
    if said.source != "price_list":
        return "manual"
    return "contract" if said.kind == "contract" else None


def _rewrite(order: Priced, granted: Granted) -> None:
    for place, (discount, verdicts) in enumerate(zip(granted.discounts, granted.verdicts, strict=True)):
        if verdicts:
            order.lines[place] = discounted(order, order.lines[place], discount, verdicts)
    number = max((row.line_no for row in order.lines), default=0)
    number = max(number, len(order.placement.request.lines))
    goods = {row.line_no: row for row in order.lines}
    for each, given in enumerate(granted.gifts, start=number + 1):
        order.lines.append(gift_line(order, each, given, place_of_gift(given.given_by, goods)))
        order.skus.append(given.gift.sku)
    order.sum_up()


def discounted(order: Priced, row: LineRow, discount: Decimal, verdicts: Sequence[Verdict]) -> LineRow:
    waterfall = b',"amount":"%s","promotions":%s}' % (str(row.gross).encode(), _encode(verdicts))
    reason = msgspec.Raw(bytes(row.price_reason).rstrip()[:-1] + waterfall)
    if not discount:
        return msgspec.structs.replace(row, price_reason=reason)
    split = split_tax(row.gross - discount, row.tax_rate, tax_inclusive=True, currency=order.currency)
    paid = split.gross if row.tax_inclusive else split.net
    return msgspec.structs.replace(
        row,
        price_reason=reason,
        discount=discount,
        deal_price=round_price(paid / row.quantity),
        net=split.net,
        tax=split.tax,
        gross=split.gross,
    )


def gift_line(order: Priced, number: int, given: Given, ship_to: ShipTo | None) -> LineRow:
    gift, promotion = given.gift, given.promotion
    said: dict[str, Any] = {
        "source": "gift",
        "promotion": promotion.code,
        "name": promotion.name,
        "given_by": given.given_by,
        "value": gift.value,
    }
    return LineRow(
        order.id,
        number,
        gift.sku.id,
        gift.sku.code,
        gift.sku.name,
        gift.unit,
        gift.quantity,
        gift.base_quantity,
        ZERO,
        gift.tax_inclusive,
        msgspec.Raw(_encode(said)),
        ZERO,
        ZERO,
        ZERO,
        gift.sku.tax_rate,
        gift.list_price,
        gift.sku.cost_on(order.day),
        kind="gift",
        discount=gift.value or ZERO,
        promotion_id=promotion.id,
        given_by=given.given_by,
        ship_to=ship_to,
    )
