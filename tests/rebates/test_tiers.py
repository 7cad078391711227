"""Tiers: what they grant never falls as more is bought, and slices add up."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.kit.money import CENT, ZERO, round_money
from dinghuo.rebates.tiers import Measure, Method, Tier, earned, next_of, reached_of

D = Decimal
TIERS = [Tier(D(1000), D(2)), Tier(D(3000), D("3.5")), Tier(D(10000), D(5))]

amounts = st.decimals(0, 10_000_000, places=2)
rates = st.decimals(0, 100, places=4)


@st.composite
def rising(draw: st.DrawFn) -> list[Tier]:
    """Tiers whose thresholds rise, and what they grant with them."""
    starts = sorted(draw(st.lists(amounts, min_size=1, max_size=6, unique=True)))
    values = sorted(draw(st.lists(rates, min_size=len(starts), max_size=len(starts))))
    return [Tier(start, value) for start, value in zip(starts, values, strict=True)]


@pytest.mark.parametrize(
    ("method", "measured", "expected"),
    [
        ("whole", "999.99", "0"),
        ("whole", "1000", "20.00"),
        ("whole", "2999.99", "60.00"),
        ("whole", "3000", "105.00"),
        ("whole", "10000", "500.00"),
        ("slice", "1000", "0"),
        ("slice", "2000", "20.00"),
        ("slice", "3000", "40.00"),
        ("slice", "10000", "285.00"),
        ("slice", "12000", "385.00"),
        ("whole", "-5000", "0"),
    ],
)
def test_what_is_granted(method: Method, measured: str, expected: str) -> None:
    assert earned(TIERS, method, "net", D(measured), "CNY") == D(expected)


def test_an_amount_for_each_unit() -> None:
    tiers = [Tier(D(100), D("0.5")), Tier(D(500), D("0.8"))]
    assert earned(tiers, "whole", "quantity", D(500), "CNY") == D(400)
    assert earned(tiers, "slice", "quantity", D(600), "CNY") == D("280.00")


def test_yen_have_no_cents() -> None:
    assert earned([Tier(D(0), D("1.5"))], "whole", "gross", D(333), "JPY") == D(5)


def test_what_is_missing_to_the_next_tier() -> None:
    found = next_of(TIERS, "whole", "net", D("2500.50"), "CNY")
    assert found is not None
    assert (found.start, found.missing, found.value, found.earns) == (D(3000), D("499.50"), D("3.5"), D("105.00"))
    assert next_of(TIERS, "whole", "net", D(10000), "CNY") is None
    assert reached_of(TIERS, D(999)) is None
    below = next_of(TIERS, "whole", "net", D(-50), "CNY")
    assert below is not None and below.missing == D(1000)


@given(rising(), amounts, amounts, st.sampled_from(["whole", "slice"]))
def test_more_bought_never_earns_less(tiers: list[Tier], one: Decimal, other: Decimal, method: Method) -> None:
    less, more = sorted((one, other))
    assert ZERO <= earned(tiers, method, "net", less, "CNY") <= earned(tiers, method, "net", more, "CNY")


@given(rising(), amounts)
def test_slices_never_grant_more_than_the_whole(tiers: list[Tier], measured: Decimal) -> None:
    assert earned(tiers, "slice", "net", measured, "CNY") <= earned(tiers, "whole", "net", measured, "CNY")


@given(rising(), amounts)
def test_slices_are_the_sum_of_single_thresholds(tiers: list[Tier], measured: Decimal) -> None:
    """Each threshold grants, for what lies above it, what it grants more than the one before."""
    total = before = ZERO
    for tier in tiers:
        total += max(measured - tier.start, ZERO) * (tier.value - before)
        before = tier.value
    assert earned(tiers, "slice", "net", measured, "CNY") == round_money(total / 100, "CNY")


@given(rising(), amounts, st.sampled_from(["net", "gross"]))
def test_it_is_rounded_once(tiers: list[Tier], measured: Decimal, measure: Measure) -> None:
    reached = reached_of(tiers, measured)
    granted = earned(tiers, "whole", measure, measured, "CNY")
    assert granted == granted.quantize(CENT)
    exact = ZERO if reached is None else measured * reached.value / 100
    assert abs(granted - exact) <= D("0.005")
