"""Short ways to say what promotions there are and what is in a basket, without a database."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID, uuid5

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.pricing.grant import GiftOffer, Granted, Offer, Room, grant
from dinghuo.pricing.measure import BasketLine
from dinghuo.pricing.promotion_facts import ItemFacts, PromotionFacts, Step

_NAMES = UUID(int=7)


def id_of(name: str) -> UUID:
    return uuid5(_NAMES, name)


def sku(code: str, **facts: Any) -> SkuFacts:
    """A SKU sold by the case of 12 bottles, unless said otherwise."""
    values: dict[str, Any] = {
        "id": id_of(code),
        "code": code,
        "name": code,
        "product_id": id_of(f"product {code}"),
        "brand_id": None,
        "category_ids": frozenset(),
        "base_unit": "瓶",
        "sales_unit": "箱",
        "units": {"瓶": (1, 1), "箱": (12, 1)},
        "minimum_quantity": None,
        "multiple": None,
        "tax_rate": Decimal("0.13"),
        "supply_policy": "refuse",
        "active": True,
        "costs": (),
    }
    return SkuFacts(**values | facts)


def line(number: int, code: str, quantity: str, gross: str, *, unit: str = "箱", final: Any = None) -> BasketLine:
    facts = sku(code)
    amount = Decimal(quantity)
    return BasketLine(number, facts, unit, amount, amount * facts.units[unit][0], Decimal(gross), final)


def promotion(code: str, kind: str, *steps: tuple[str, str], **facts: Any) -> PromotionFacts:
    values: dict[str, Any] = {
        "id": id_of(code),
        "code": code,
        "name": f"促销 {code}",
        "name_en": None,
        "kind": kind,
        "currency": "CNY",
        "valid_from": datetime(2026, 1, 1, tzinfo=UTC),
        "valid_until": None,
        "measure": "quantity" if kind == "buy_get" else "amount",
        "steps": tuple(Step(Decimal(start), Decimal(value)) for start, value in steps),
        "repeats": False,
        "bundle_price": None,
        "gift_sku": None,
        "gift_unit": None,
        "priority": 0,
        "exclusion_group": None,
        "stackable": False,
        "first_order_only": False,
        "coupon_required": False,
        "budget": None,
        "customer_budget": None,
        "uses": None,
        "customer_uses": None,
        "revision": 1,
        "audience": {},
        "items": (),
    }
    return PromotionFacts(**values | facts)


def item(code: str, *, unit: str | None = "箱", quantity: str | None = None, price: str | None = None) -> ItemFacts:
    return ItemFacts(
        "sku", id_of(code), unit, Decimal(quantity) if quantity else None, Decimal(price) if price else None
    )


def gift_of(promotion: PromotionFacts, bought: SkuFacts | None, quantity: Decimal) -> GiftOffer:
    """Every gift is there and worth 5.00 a sales unit."""
    facts = bought or sku(promotion.gift_sku or "")
    return GiftOffer(facts, "箱", quantity, quantity * 12, quantity * 5)


def granted(lines: list[BasketLine], *promotions: PromotionFacts, rooms: dict[str, Room] | None = None) -> Granted:
    """What a basket is granted by promotions for all goods, or for the SKUs they name."""
    offers = []
    for each in promotions:
        places = [place for place, basket_line in enumerate(lines) if each.covers(basket_line.sku)]
        if places:
            offers.append(Offer(each, places, (rooms or {}).get(each.code, Room())))
    return grant(lines, offers, currency="CNY", gift_of=gift_of)


def discounts(result: Granted) -> list[str]:
    return [str(each) for each in result.discounts]


def verdicts(result: Granted, place: int) -> list[tuple[str, str]]:
    return [(each.code, each.why) for each in result.verdicts[place]]
