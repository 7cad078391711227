"""Which promotions speak for whom and for what."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.pricing.promoting import id_of, promotion, sku

from dinghuo.parties.facts import CustomerFacts
from dinghuo.pricing.promotion_facts import ItemFacts, PromotionFacts, PromotionIndex

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def customer(code: str = "K1", **facts: Any) -> CustomerFacts:
    values: dict[str, Any] = {
        "id": id_of(code),
        "code": code,
        "name": code,
        "tier_id": None,
        "regions": (),
        "channel_id": None,
        "parents": (id_of(code),),
        "owner_id": None,
        "department_id": None,
        "currency": "CNY",
        "payment_terms": "monthly",
        "active": True,
    }
    return CustomerFacts(**values | facts)


def found(
    who: CustomerFacts, *promotions: PromotionFacts, goods: tuple[str, ...] = ("COLA",)
) -> dict[str, list[int]]:
    """The codes of those that speak, each with the places of its lines."""
    index = PromotionIndex(promotions, NOW, NOW + timedelta(hours=1))
    skus = [sku(code, category_ids=frozenset({id_of("DRINKS")}), brand_id=id_of("BRAND")) for code in goods]
    offers = index.offers(who, skus, now=NOW, currency="CNY")
    return {each.code: places for each, places in offers.values()}


def aimed(code: str, **audience: tuple[str, ...]) -> PromotionFacts:
    ids = {kind: frozenset(map(id_of, names)) for kind, names in audience.items()}
    return promotion(code, "percent", ("0", "1"), audience=ids)


def on(code: str, *items: tuple[str, str]) -> PromotionFacts:
    return promotion(code, "percent", ("0", "1"), items=tuple(ItemFacts(kind, id_of(name)) for kind, name in items))


def test_every_kind_of_audience_that_is_named_must_hold() -> None:
    gold_north = aimed("GN", tier=("GOLD",), region=("NORTH", "EAST"))
    assert found(customer(tier_id=id_of("GOLD"), regions=(id_of("BEIJING"), id_of("NORTH"))), gold_north) == {
        "GN": [0]
    }
    assert found(customer(tier_id=id_of("GOLD")), gold_north) == {}
    assert found(customer(regions=(id_of("NORTH"),)), gold_north) == {}
    online = aimed("ON", channel=("ONLINE",))
    assert found(customer(channel_id=id_of("ONLINE")), online) == {"ON": [0]}
    assert found(customer(), online) == {}


def test_a_branch_has_what_its_parent_has() -> None:
    group = aimed("GROUP", customer=("HEAD",))
    assert found(customer("K1", parents=(id_of("K1"), id_of("HEAD"))), group) == {"GROUP": [0]}
    assert found(customer("K2"), group) == {}


def test_goods_are_named_by_sku_product_category_and_brand_or_not_at_all() -> None:
    several = [
        on("SKU", ("sku", "COLA")),
        on("PRODUCT", ("product", "product BEER")),
        on("CATEGORY", ("category", "DRINKS"), ("sku", "COLA")),
        on("BRAND", ("brand", "BRAND")),
        on("OTHER", ("sku", "TEA")),
        on("ALL"),
    ]
    assert found(customer(), *several, goods=("COLA", "BEER")) == {
        "SKU": [0],
        "PRODUCT": [1],
        "CATEGORY": [0, 1],
        "BRAND": [0, 1],
        "ALL": [0, 1],
    }


def test_time_currency_and_coupons() -> None:
    index_only = [
        promotion("FUTURE", "percent", ("0", "1"), valid_from=NOW + timedelta(seconds=1)),
        promotion("OVER", "percent", ("0", "1"), valid_until=NOW),
        promotion("NOW", "percent", ("0", "1"), valid_from=NOW, valid_until=NOW + timedelta(seconds=1)),
        promotion("USD", "percent", ("0", "1"), currency="USD"),
        promotion("COUPON", "percent", ("0", "1"), coupon_required=True),
    ]
    assert found(customer(), *index_only) == {"NOW": [0]}


def test_what_is_looked_at_grows_with_what_applies_not_with_what_is_stored() -> None:
    """The lists that a line's words lead to hold the promotions of these goods and customers alone."""
    stored = [
        *(on(f"G{number}", ("sku", f"SKU{number}")) for number in range(500)),
        *(aimed(f"A{number}", customer=(f"OTHER{number}",)) for number in range(500)),
        *(promotion(f"C{number}", "percent", ("0", "1"), coupon_required=True) for number in range(500)),
    ]
    index = PromotionIndex([*stored, on("MINE", ("sku", "COLA"))], NOW, NOW + timedelta(hours=1))
    cola = sku("COLA")
    looked_at = [
        each for shelf in index.shelves(customer()) for key in index.keys(cola) for each in shelf.get(key, ())
    ]
    assert [each.code for each in looked_at] == ["MINE"]


def test_a_sku_that_changes_is_looked_at_anew() -> None:
    index = PromotionIndex([on("D", ("category", "DRINKS"))], NOW, NOW + timedelta(hours=1))
    plain = sku("COLA")
    assert index.offers(customer(), [plain], now=NOW, currency="CNY") == {}
    filed = sku("COLA", category_ids=frozenset({id_of("DRINKS")}))
    assert len(index.offers(customer(), [filed], now=NOW, currency="CNY")) == 1
