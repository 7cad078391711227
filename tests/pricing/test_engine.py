"""The price engine: the first list that has a price for the quantity wins, whatever the lists are."""

from datetime import date, timedelta
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.kit.ids import new_id
from dinghuo.kit.money import round_price
from dinghuo.pricing.engine import EntriesMissing, Price, find_price
from dinghuo.pricing.facts import ListFacts

SKU, DAY = new_id(), date(2026, 3, 15)
RATIO = (12, 1)
MINIMA = st.lists(st.integers(0, 40).map(Decimal), max_size=3, unique=True)


@st.composite
def lists(draw: st.DrawFn) -> list[ListFacts]:
    """Up to four lists, some of them not valid, in another currency or without the SKU."""
    return [draw(price_list(code=f"L{number}")) for number in range(draw(st.integers(0, 4)))]


@st.composite
def price_list(draw: st.DrawFn, code: str) -> ListFacts:
    since = DAY + timedelta(days=draw(st.integers(-2, 1)))
    lasts = draw(st.none() | st.integers(0, 2))
    entries = {
        unit: tuple(
            (minimum, draw(st.integers(1, 999).map(Decimal))) for minimum in sorted(draw(MINIMA), reverse=True)
        )
        for unit in draw(st.sets(st.sampled_from(["箱", "瓶"])))
    }
    return ListFacts(
        id=new_id(),
        code=code,
        kind="base",
        scope="base",
        currency=draw(st.sampled_from(["CNY", "USD"])),
        tax_inclusive=draw(st.booleans()),
        valid_from=since,
        valid_until=None if lasts is None else since + timedelta(days=lasts),
        version=1,
        entries={SKU: entries},
    )


def asked(several: list[ListFacts], quantity: Decimal) -> Price | None:
    return find_price(
        several,
        sku_id=SKU,
        unit="箱",
        base_unit="瓶",
        ratio=RATIO,
        quantity=quantity,
        day=DAY,
        currency="CNY",
    )


def says(item: ListFacts, quantity: Decimal) -> Decimal | None:
    """What one list says, worked out the long way."""
    if item.currency != "CNY" or item.valid_from > DAY or (item.valid_until is not None and item.valid_until < DAY):
        return None
    for unit, amount, factor in (("箱", quantity, 1), ("瓶", quantity * 12, 12)):
        prices = {minimum: price for minimum, price in item.entries[SKU].get(unit, ()) if minimum <= amount}
        if prices:
            return round_price(prices[max(prices)] * factor)
    return None


@pytest.mark.slow
@given(lists(), st.integers(1, 45).map(Decimal))
def test_the_first_list_that_has_a_price_wins(several: list[ListFacts], quantity: Decimal) -> None:
    found = asked(several, quantity)
    words = [(item, said) for item in several if (said := says(item, quantity)) is not None]
    if not words:
        assert found is None
        return
    winner, price = words[0]
    assert found is not None
    assert (found.price, found.tax_inclusive) == (price, winner.tax_inclusive)
    reason = msgspec.json.decode(found.reason)
    assert reason["list"] == winner.code
    before = several[: several.index(winner)]
    assert [item["list"] for item in reason["passed"]] == [item.code for item in before if item.currency == "CNY"]
    assert {item["why"] for item in reason["passed"]} <= {"not_valid", "no_entry", "below_minimum"}


def test_a_list_whose_entries_are_not_in_memory_is_asked_for_not_passed_over() -> None:
    item = ListFacts(new_id(), "L", "base", "base", "CNY", True, DAY, None, 1, {})
    with pytest.raises(EntriesMissing) as missing:
        asked([item], Decimal(1))
    assert (missing.value.price_list.code, missing.value.sku_id) == ("L", SKU)
