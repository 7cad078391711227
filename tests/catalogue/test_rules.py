"""Units, barcodes and numbers, without a database."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.catalogue.rules import UnitInput, check_decimal, check_units, is_plausible_barcode, units_of
from dinghuo.kit.faults import Faults


def unit(name: str, numerator: int = 1, denominator: int = 1, barcode: str | None = None) -> UnitInput:
    return UnitInput(unit=name, numerator=numerator, denominator=denominator, barcode=barcode)


def test_the_base_unit_is_always_there() -> None:
    assert units_of("瓶", [], {}) == {"瓶": unit("瓶")}
    assert units_of("瓶", [unit("箱", 24)], {}) == {"箱": unit("箱", 24), "瓶": unit("瓶")}
    old = {"瓶": unit("瓶", barcode="1"), "箱": unit("箱", 12)}
    assert units_of("瓶", None, old) == old
    assert units_of("瓶", [unit("箱", 24)], old) == {"箱": unit("箱", 24), "瓶": unit("瓶", barcode="1")}


def test_ratios_are_reduced() -> None:
    assert units_of("kg", [unit("g", 10, 10_000)], {})["g"] == unit("g", 1, 1000)


@pytest.mark.parametrize(
    ("base", "old_base", "sales", "units", "given", "faults"),
    [
        ("瓶", None, "箱", [unit("箱", 12)], True, []),
        ("瓶", None, "箱", [unit("瓶", 2), unit("箱", 12)], True, ["base-unit-ratio"]),
        ("瓶", None, "盒", [unit("箱", 12)], True, ["sales-unit-not-among-units"]),
        ("箱", "瓶", "箱", [unit("瓶", 1), unit("箱", 12)], False, ["units-with-base-unit"]),
        ("箱", "瓶", "箱", [unit("箱"), unit("瓶", 1, 12)], True, []),
        ("箱", "瓶", "箱", [unit("箱", 12), unit("瓶")], True, ["base-unit-ratio"]),
    ],
)
def test_units_fit_together(
    base: str, old_base: str | None, sales: str, units: list[UnitInput], given: bool, faults: list[str]
) -> None:
    found = Faults()
    check_units(
        found, 0, base_unit=base, old_base=old_base, sales_unit=sales, units=units_of(base, units, {}), given=given
    )
    assert [fault.message.code for fault in found] == faults


@pytest.mark.parametrize("barcode", ["6921168509256", "96385074", "036000291452", "10012345678902", "MY-CODE", "123"])
def test_barcodes_that_may_be_right(barcode: str) -> None:
    assert is_plausible_barcode(barcode)


@given(st.text("0123456789", min_size=12, max_size=12), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_noticed(body: str, place: int, by: int) -> None:
    code = next(f"{body}{digit}" for digit in range(10) if is_plausible_barcode(f"{body}{digit}"))
    wrong = code[:place] + str((int(code[place]) + by) % 10) + code[place + 1 :]
    assert not is_plausible_barcode(wrong)


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("0", True),
        ("0.13", True),
        ("0.1300000000", True),
        ("0.999999", True),
        ("1", False),
        ("-0.01", False),
        ("0.1234567", False),
        ("NaN", False),
        ("sNaN", False),
        ("Infinity", False),
        ("1E+999999", False),
        ("1E-999999", False),
        ("123456789012345678901234567890.1234567", False),
    ],
)
def test_numbers_that_a_column_holds(text: str, fits: bool) -> None:
    faults = Faults()
    check_decimal(faults, 0, "tax_rate", Decimal(text), Decimal(0), Decimal("0.999999"))
    assert bool(faults) is not fits
