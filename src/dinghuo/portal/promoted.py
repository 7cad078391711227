"""Promotions as a dealer sees them: on goods, on the lines of a cart, and the gifts that come with it."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit.database import Tx
from dinghuo.orders.decide import Priced
from dinghuo.parties.facts import CustomerFacts
from dinghuo.pricing.promotion_facts import PromotionFacts, Step, load_promotions


class PromotionTag(msgspec.Struct, frozen=True, kw_only=True):
    """A promotion in a word."""

    code: str
    name: str
    name_en: str | None
    kind: str


class PromotionOffer(PromotionTag, frozen=True, kw_only=True):
    """A promotion that may be granted on goods, with its terms (docs/promotions.md). `gift` null: what is bought."""

    measure: str | None
    steps: Sequence[Step]
    repeats: bool
    bundle_price: Decimal | None
    gift: str | None
    first_order_only: bool
    valid_until: datetime | None


class CartGift(msgspec.Struct, frozen=True, kw_only=True):
    """What comes with the cart for nothing: by which promotion, for which lines."""

    sku: str
    sku_id: UUID
    product_id: UUID
    name: str
    name_en: str | None
    specification: str | None
    image: str | None
    unit: str
    quantity: Decimal
    promotion: str
    promotion_name: str
    given_by: list[int]


async def offers_on(
    tx: Tx, customer: CustomerFacts, skus: Sequence[SkuFacts], currency: str
) -> dict[UUID, list[PromotionOffer]]:
    """The promotions that speak for a customer on these SKUs now, without coupons, by SKU."""
    index = await load_promotions(tx)
    if not index:
        return {}
    found: dict[UUID, list[PromotionOffer]] = {}
    offers = index.offers(customer, skus, now=tx.now, currency=currency)
    for promotion, places in sorted(offers.values(), key=lambda each: (-each[0].priority, each[0].code)):
        offer = _offer(promotion)
        for place in places:
            found.setdefault(skus[place].id, []).append(offer)
    return found


def _offer(promotion: PromotionFacts) -> PromotionOffer:
    return PromotionOffer(
        code=promotion.code,
        name=promotion.name,
        name_en=promotion.name_en,
        kind=promotion.kind,
        measure=promotion.measure,
        steps=promotion.steps,
        repeats=promotion.repeats,
        bundle_price=promotion.bundle_price,
        gift=promotion.gift_sku,
        first_order_only=promotion.first_order_only,
        valid_until=promotion.valid_until,
    )


def tags_of(order: Priced) -> Mapping[int, list[PromotionTag]]:
    """What was granted, by the number of the line."""
    found: dict[int, list[PromotionTag]] = {}
    for each in order.granted.grants if order.granted else ():
        promotion = each.promotion
        tag = PromotionTag(code=promotion.code, name=promotion.name, name_en=promotion.name_en, kind=promotion.kind)
        for number in each.lines:
            found.setdefault(number, []).append(tag)
    return found
