"""Coupons on an order: each lets its promotion speak, or the order says why it does not."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from uuid import UUID

from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Fault, Message
from dinghuo.orders.decide import Priced
from dinghuo.orders.offers import Offers, UsedCoupon
from dinghuo.orders.texts import MOST_COUPONS, coupon_faults
from dinghuo.pricing.coupon_facts import Coupon, coupon_code, load_coupons
from dinghuo.pricing.grant import Granted
from dinghuo.pricing.promotion_facts import PromotionFacts, applies

COUPON_TWICE = Message(
    "coupon-twice", "优惠券 {code} 重复填写", "The coupon {code} is there more than once", MALFORMED
)
COUPON_UNKNOWN = Message("coupon-unknown", "没有优惠券 {code}", "There is no coupon {code}", MALFORMED)
COUPON_OVER = Message("coupon-over", "优惠券 {code} 不在有效期内", "The coupon {code} is not valid now", CONFLICT)
COUPON_NOT_YOURS = Message(
    "coupon-not-yours", "优惠券 {code} 不适用于该客户", "The coupon {code} is not for this customer", CONFLICT
)
COUPON_USED_UP = Message("coupon-used-up", "优惠券 {code} 已用完", "The coupon {code} is used up", CONFLICT)
COUPON_WITHOUT_EFFECT = Message(
    "coupon-without-effect",
    "优惠券 {code}（{name}）对该订单不起作用，请去掉它或补足条件",
    "The coupon {code} ({name}) does nothing for this order: take it away, or meet its terms",
    CONFLICT,
)


async def find_coupons(tx: Tx, orders: Sequence[Priced]) -> dict[str, Coupon]:
    """The coupons named by these orders, by code."""
    wanted = {coupon_code(code) for order in orders for code in order.placement.request.coupons[:MOST_COUPONS]}
    return await load_coupons(tx, wanted)


def check_coupons(
    order: Priced, known: Mapping[str, Coupon], promotions: Mapping[UUID, PromotionFacts], now: datetime
) -> Iterator[UsedCoupon]:
    """The coupons that may be used; the others become faults of the order."""
    codes = [coupon_code(code) for code in order.placement.request.coupons]
    found = list(coupon_faults(order.placement.request.coupons))
    order.faults += found
    if found:
        return
    taken: set[UUID] = set()
    for number, code in enumerate(codes):
        coupon = known.get(code)
        promotion = promotions.get(coupon.promotion_id) if coupon else None
        fault = _fault(order, coupon, promotion, now)
        if fault is None and coupon is not None and coupon.promotion_id in taken:
            fault = COUPON_TWICE
        if fault is not None or coupon is None or promotion is None:
            order.faults.append((fault or COUPON_UNKNOWN)(f"coupons[{number}]", code=code))
            continue
        taken.add(promotion.id)
        yield UsedCoupon(number, coupon, promotion)


def _fault(order: Priced, coupon: Coupon | None, promotion: PromotionFacts | None, now: datetime) -> Message | None:
    if coupon is None:
        return COUPON_UNKNOWN
    if promotion is None or not coupon.active or not promotion.holds_at(now):
        return COUPON_OVER
    if coupon.customer_id is not None and coupon.customer_id not in order.customer.parents:
        return COUPON_NOT_YOURS
    return None if applies(promotion, order.customer, now, order.currency) else COUPON_NOT_YOURS


def without_effect(offers: Offers, granted: Granted) -> Iterator[Fault]:
    """Whoever names a coupon counts on it: one that gives nothing stands in the way."""
    effective = {each.promotion.id for each in granted.grants}
    for used in offers.coupons.values():
        promotion = used.promotion
        if promotion.id in effective:
            continue
        refused = any(v.code == promotion.code and v.why == "budget" for several in granted.verdicts for v in several)
        message = COUPON_USED_UP if refused else COUPON_WITHOUT_EFFECT
        yield message(f"coupons[{used.number}]", code=used.coupon.code, name=promotion.name)
