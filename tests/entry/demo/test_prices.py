"""Price lists: which hold when, what they cover, and that prices fall with tier and quantity but not below cost."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from dinghuo.entry.demo.dealers import DEALER_BY_CODE
from dinghuo.entry.demo.prices import BREAKS, PriceList, price_lists
from dinghuo.entry.demo.products import SKU_BY_CODE, SKUS
from dinghuo.pricing.rules import TARGETS

TODAY = date(2026, 11, 23)
LISTS = {price_list.code: price_list for price_list in price_lists(TODAY)}


def _by_key(price_list: PriceList) -> dict[tuple[str, int], Decimal]:
    return {(entry.sku, entry.minimum_quantity): entry.price for entry in price_list.entries}


def test_the_lists() -> None:
    assert Counter(price_list.kind for price_list in LISTS.values()) == {
        "base": 3, "tier": 4, "tier_region": 2, "contract": 2,
    }  # fmt: skip
    for price_list in LISTS.values():
        named = [word for word in ("customer", "tier", "region") if getattr(price_list, word)]
        assert named == list(TARGETS[price_list.kind])
        assert price_list.customer is None or price_list.customer in DEALER_BY_CODE


@pytest.mark.parametrize("today", [date(2026, 1, 1), date(2028, 2, 29), TODAY, date(2027, 12, 31)])
def test_one_base_list_holds_each_day_and_the_others_are_past_and_future(today: date) -> None:
    previous, current, coming = (price_list for price_list in price_lists(today) if price_list.kind == "base")
    assert previous.valid_until is not None
    assert current.valid_until is not None
    assert previous.valid_until + timedelta(days=1) == current.valid_from
    assert current.valid_until + timedelta(days=1) == coming.valid_from
    assert current.valid_from <= today - timedelta(days=56)
    assert today < coming.valid_from
    assert coming.valid_until is None


def test_all_but_the_previous_and_the_coming_list_hold_through_the_weeks_of_orders() -> None:
    for code, price_list in LISTS.items():
        if code not in {"BASE-PREVIOUS", "BASE-NEXT"}:
            assert price_list.valid_from <= TODAY - timedelta(days=56)
            assert price_list.valid_until is None or price_list.valid_until > TODAY


def test_entries_are_unique_and_in_units_of_their_sku() -> None:
    for price_list in LISTS.values():
        keys = [(entry.sku, entry.unit, entry.minimum_quantity) for entry in price_list.entries]
        assert len(set(keys)) == len(keys)
        for entry in price_list.entries:
            assert entry.unit in {unit.code for unit in SKU_BY_CODE[entry.sku].units}


def test_base_lists_price_everything_by_the_base_unit() -> None:
    assert {entry.sku: entry.price for entry in LISTS["BASE"].entries} == {sku.code: sku.list_price for sku in SKUS}
    for code in ("BASE-PREVIOUS", "BASE-NEXT"):
        assert {entry.sku for entry in LISTS[code].entries} == set(SKU_BY_CODE)


def test_exact_prices_of_one_can() -> None:
    """A can lists at 1.98, a case of 24 at 47.52; diamond dealers pay 9 % less, 12 % less from 50 cases on."""
    prices = {
        code: [_by_key(LISTS[code])["LP-CO-0330-24", cases] for cases, _ in BREAKS]
        for code in ("TIER-STANDARD", "TIER-DIAMOND", "TIER-DIAMOND-SOUTHWEST")
    }
    assert prices == {
        "TIER-STANDARD": [Decimal("47.50"), Decimal("46.80"), Decimal("46.10")],
        "TIER-DIAMOND": [Decimal("43.20"), Decimal("42.50"), Decimal("41.80")],
        "TIER-DIAMOND-SOUTHWEST": [Decimal("43.90"), Decimal("43.20"), Decimal("42.40")],
    }
    assert _by_key(LISTS["CONTRACT-D001"])["LP-CO-0330-24", 1] == Decimal("41.30")


def test_prices_fall_with_quantity_and_with_tier() -> None:
    by_tier = [_by_key(LISTS[f"TIER-{tier}"]) for tier in ("STANDARD", "SILVER", "GOLD", "DIAMOND")]
    skus = {sku for sku, _ in by_tier[0]}
    assert len(skus) == 196
    for sku in skus:
        grid = [[prices[sku, cases] for cases, _ in BREAKS] for prices in by_tier]
        assert all(row == sorted(row, reverse=True) and len(set(row)) == 3 for row in grid), sku
        assert all(
            column == tuple(sorted(column, reverse=True)) and len(set(column)) == 4
            for column in zip(*grid, strict=True)
        ), sku


def test_contracts_are_better_than_any_tier() -> None:
    best = _by_key(LISTS["TIER-DIAMOND"])
    for code in ("CONTRACT-D001", "CONTRACT-D003"):
        assert len(LISTS[code].entries) == 24
        for entry in LISTS[code].entries:
            assert entry.price < best[entry.sku, 50]


def test_nothing_is_sold_below_cost() -> None:
    for price_list in LISTS.values():
        for entry in price_list.entries:
            sku = SKU_BY_CODE[entry.sku]
            (unit,) = (unit for unit in sku.units if unit.code == entry.unit)
            net = entry.price / (1 + sku.tax_rate) * unit.denominator / unit.numerator
            assert Decimal("1.1") < net / sku.cost < Decimal("1.65"), (price_list.code, entry)
