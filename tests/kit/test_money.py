"""The rounding policy (docs/rounding.md), its examples and its laws."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.kit.money import MAX_MONEY, base_quantity, fits, round_money, round_price, split_tax

D = Decimal
AMOUNTS = st.decimals(D(-10_000_000), D(10_000_000), places=2)
RATES = st.sampled_from([None, D(0), D("0.01"), D("0.03"), D("0.06"), D("0.09"), D("0.13")])


@pytest.mark.parametrize(
    ("amount", "currency", "rounded"),
    [("2.345", "CNY", "2.35"), ("-2.345", "CNY", "-2.35"), ("2.3449999", "USD", "2.34"), ("0.5", "JPY", "1")],
)
def test_amounts_are_rounded_half_up_away_from_zero(amount: str, currency: str, rounded: str) -> None:
    assert str(round_money(D(amount), currency)) == rounded


def test_a_line_is_rounded_once() -> None:
    assert round_money(3 * D("0.333333")) == D("1.00")
    assert round_price(D(10) / 12) == D("0.833333")


@pytest.mark.parametrize(
    ("amount", "inclusive", "net", "tax", "gross"),
    [
        ("113.00", True, "100.00", "13.00", "113.00"),
        ("100.00", True, "88.50", "11.50", "100.00"),
        ("0.01", True, "0.01", "0.00", "0.01"),
        ("100.00", False, "100.00", "13.00", "113.00"),
        ("0.04", False, "0.04", "0.01", "0.05"),
    ],
)
def test_tax_is_split_off_or_added(amount: str, inclusive: bool, net: str, tax: str, gross: str) -> None:
    split = split_tax(D(amount), D("0.13"), tax_inclusive=inclusive)
    assert [str(part) for part in (split.net, split.tax, split.gross)] == [net, tax, gross]


@given(AMOUNTS, RATES, st.booleans())
def test_nothing_is_lost_between_net_tax_and_gross(amount: Decimal, rate: Decimal | None, inclusive: bool) -> None:
    split = split_tax(amount, rate, tax_inclusive=inclusive)
    assert split.net + split.tax == split.gross
    assert amount == (split.gross if inclusive else split.net)
    # The tax is at most half a cent, on either side, from the exact one.
    exact = D(0) if not rate else amount - amount / (1 + rate) if inclusive else amount * rate
    assert abs(split.tax - exact) <= D("0.005")


@given(AMOUNTS, RATES, st.booleans())
def test_what_is_taken_back_mirrors_what_was_given(amount: Decimal, rate: Decimal | None, inclusive: bool) -> None:
    one, other = (split_tax(sign * amount, rate, tax_inclusive=inclusive) for sign in (1, -1))
    assert (one.net, one.tax, one.gross) == (-other.net, -other.tax, -other.gross)


@given(st.decimals(D(0), D(10_000), places=3), st.integers(1, 500), st.integers(1, 500))
def test_a_quantity_is_converted_exactly_or_not_at_all(quantity: Decimal, numerator: int, denominator: int) -> None:
    base = base_quantity(quantity, numerator, denominator)
    if base is None:
        assert not fits(quantity * numerator / denominator)
    else:
        assert base * denominator == quantity * numerator


@pytest.mark.parametrize(
    ("number", "does"),
    [
        ("1.0000000", True),
        ("0.000001", True),
        ("0.0000001", False),
        ("-999999999999", True),
        ("1000000000000", False),
        ("NaN", False),
        ("-Infinity", False),
        ("1e400", False),
        ("1." + "0" * 60 + "1", False),
    ],
)
def test_only_what_a_column_holds_exactly_fits(number: str, does: bool) -> None:
    assert fits(D(number)) is does


def test_money_fits_two_places() -> None:
    assert fits(MAX_MONEY, most=MAX_MONEY, places=2)
    assert not fits(D("0.001"), most=MAX_MONEY, places=2)
