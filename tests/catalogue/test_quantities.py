"""Minimum order and multiple, told in the unit that is ordered."""

from dataclasses import dataclass, field
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.catalogue.quantities import at_least, at_most, plain, quantities


@dataclass(frozen=True)
class Sku:
    minimum_quantity: Decimal | None = None
    multiple: Decimal | None = None
    base_unit: str = "瓶"
    units: dict[str, tuple[int, int]] = field(default_factory=lambda: {"瓶": (1, 1), "箱": (24, 1), "托": (100, 3)})


def sku(minimum: str | None = None, multiple: str | None = None) -> Sku:
    return Sku(Decimal(minimum) if minimum else None, Decimal(multiple) if multiple else None)


@pytest.mark.parametrize(
    ("minimum", "multiple", "unit", "least", "step"),
    [
        (None, None, "瓶", "1", "1"),
        (None, None, "箱", "1", "1"),
        ("0.5", None, "瓶", "0.5", "1"),
        ("0.5", "0.25", "瓶", "0.5", "0.25"),
        ("24", "12", "瓶", "24", "12"),
        ("24", "12", "箱", "1", "1"),
        ("30", None, "箱", "2", "1"),
        (None, "36", "箱", "3", "3"),
        ("100", "36", "箱", "6", "3"),
        ("100", "36", "瓶", "108", "36"),
        (None, "50", "托", "3", "3"),
    ],
)
def test_the_rules_in_each_unit(minimum: str | None, multiple: str | None, unit: str, least: str, step: str) -> None:
    rules = quantities(sku(minimum, multiple), unit)
    assert (plain(rules.minimum), plain(rules.step)) == (least, step)


def test_the_nearest_quantities() -> None:
    tea = sku("24", "12")
    assert [plain(at_least(tea, "瓶", Decimal(n))) for n in ("-1", "1", "24", "25", "36.5")] == [
        "24", "24", "24", "36", "48",
    ]  # fmt: skip
    assert [plain(at_most(tea, "瓶", Decimal(n))) for n in ("0", "23", "24", "47")] == ["0", "0", "24", "36"]
    assert [plain(at_most(tea, "箱", Decimal(n))) for n in ("23", "24", "49")] == ["0", "1", "2"]


amounts = st.none() | st.decimals("0.25", "200", places=2)


@given(amounts, amounts, st.sampled_from(["瓶", "箱", "托"]), st.decimals("0.01", "500", places=2))
def test_what_is_proposed_may_be_ordered(
    minimum: Decimal | None, multiple: Decimal | None, unit: str, wanted: Decimal
) -> None:
    one = Sku(minimum, multiple)
    numerator, denominator = one.units[unit]
    up = at_least(one, unit, wanted)
    in_base = up * numerator / denominator
    assert up >= wanted
    assert minimum is None or in_base >= minimum
    assert multiple is None or (up * numerator) % (multiple * denominator) == 0
    down = at_most(one, unit, in_base)
    assert down <= up
    assert down == 0 or minimum is None or down * numerator / denominator >= minimum
