"""What must be true of goods, whichever way they come in. No I/O."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from math import gcd
from typing import Any

import msgspec

from dinghuo.kit.errors import CONFLICT, MALFORMED, Fault, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.money import MAX_QUANTITY
from dinghuo.kit.texts import CODE_FORM, check_texts, is_code

MOST_UNITS = 20
MOST_MEDIA = 20
# Products of two ratios stay far inside what a quantity can hold.
_LARGEST_RATIO = 1_000_000
_LARGEST_WEIGHT = 1_000_000_000

NOT_A_NUMBER = Message(
    "number-out-of-range",
    "应为 {low} 到 {high} 之间的数，最多 {places} 位小数",
    "This must be a number from {low} to {high} with at most {places} decimal places",
    MALFORMED,
)
RATIO = Message(
    "unit-ratio",
    "换算率的分子和分母应为 1 到 {most} 的整数",
    "Numerator and denominator of a unit are whole numbers from 1 to {most}",
    MALFORMED,
)
BASE_RATIO = Message(
    "base-unit-ratio",
    "“{unit}”是基本单位，换算率只能是 1",
    "'{unit}' is the base unit: its ratio is 1",
    CONFLICT,
)
UNIT_TWICE = Message("unit-twice", "单位“{unit}”重复", "The unit '{unit}' is given twice", MALFORMED)
SALES_UNIT = Message(
    "sales-unit-not-among-units",
    "销售单位“{unit}”不在该单品的单位中",
    "The sales unit '{unit}' is not one of the SKU's units",
    CONFLICT,
)
UNITS_WITH_BASE = Message(
    "units-with-base-unit",
    "更改基本单位时须同时给出全部单位及其换算率",
    "When the base unit changes, all units must be given again with their ratios to it",
    CONFLICT,
)
TOO_MANY = Message("too-many-details", "最多 {most} 条", "At most {most} of them", MALFORMED)
BARCODE_FORM = Message(
    "barcode-form", "条码最长 48 个字符，不能有空格", "A barcode has at most 48 characters without spaces", MALFORMED
)
BARCODE_DOUBTFUL = Message(
    "barcode-doubtful",
    "条码“{barcode}”的校验位不正确，请核对",
    "The check digit of the barcode '{barcode}' is wrong: please check it",
)

_SKU_TEXTS = {"name": 200, "name_en": 200, "specification": 200, "product_name": 200}
_PRODUCT_TEXTS = {"name": 200, "name_en": 200, "description": 20_000}
_EAN_LENGTHS = frozenset({8, 12, 13, 14})


class UnitInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """1 of this unit is numerator / denominator base units. The base unit may be left out."""

    unit: str
    numerator: int = 1
    denominator: int = 1
    barcode: str | None = None


Units = dict[str, UnitInput]


def check_product(faults: Faults, line: int, item: Any) -> None:
    """Fault what is malformed in a ProductInput by itself."""
    check_texts(faults, line, item, _PRODUCT_TEXTS)
    if item.media is not msgspec.UNSET and len(item.media) > MOST_MEDIA:
        faults.add(line, "media", TOO_MANY, most=MOST_MEDIA)


def check_sku(faults: Faults, line: int, item: Any) -> None:
    """Fault what is malformed in a SkuInput by itself."""
    check_texts(faults, line, item, _SKU_TEXTS)
    if isinstance(item.product, str) and not is_code(item.product):
        faults.add(line, "product", CODE_FORM)
    smallest = Decimal("0.000001")
    check_decimal(faults, line, "minimum_quantity", item.minimum_quantity, smallest, MAX_QUANTITY)
    check_decimal(faults, line, "multiple", item.multiple, smallest, MAX_QUANTITY)
    check_decimal(faults, line, "tax_rate", item.tax_rate, Decimal(0), Decimal("0.999999"))
    if isinstance(item.weight_grams, int) and not 0 <= item.weight_grams <= _LARGEST_WEIGHT:
        faults.add(line, "weight_grams", NOT_A_NUMBER, low=0, high=_LARGEST_WEIGHT, places=0)
    if item.units is not msgspec.UNSET:
        _check_units(faults, line, item.units)


def check_decimal(
    faults: Faults, line: int, field: str, value: Any, low: Decimal, high: Decimal, places: int = 6
) -> None:
    """Fault a given number that its column cannot hold exactly or that is out of range."""
    if not isinstance(value, Decimal):
        return
    if not (value.is_finite() and low <= value <= high and value == round(value, places)):
        faults.add(line, field, NOT_A_NUMBER, low=str(low), high=str(high), places=places)


def _check_units(faults: Faults, line: int, units: Sequence[UnitInput]) -> None:
    if len(units) > MOST_UNITS:
        faults.add(line, "units", TOO_MANY, most=MOST_UNITS)
    seen: set[str] = set()
    for number, unit in enumerate(units):
        place = f"units[{number}]"
        if unit.unit in seen:
            faults.add(line, f"{place}.unit", UNIT_TWICE, unit=unit.unit)
        seen.add(unit.unit)
        if not (0 < unit.numerator <= _LARGEST_RATIO and 0 < unit.denominator <= _LARGEST_RATIO):
            faults.add(line, f"{place}.numerator", RATIO, most=_LARGEST_RATIO)
        barcode = unit.barcode
        if barcode and (len(barcode) > 48 or not barcode.isprintable() or " " in barcode):
            faults.add(line, f"{place}.barcode", BARCODE_FORM)


def units_of(base_unit: str, given: Sequence[UnitInput] | None, old: Mapping[str, UnitInput]) -> Units:
    """All units a SKU shall have: those given, else the old ones; the base unit always among them."""
    units = dict(old) if given is None else {unit.unit: _reduced(unit) for unit in given}
    if base_unit not in units:
        barcode = old[base_unit].barcode if base_unit in old else None
        units[base_unit] = UnitInput(unit=base_unit, barcode=barcode)
    return units


def _reduced(unit: UnitInput) -> UnitInput:
    common = gcd(unit.numerator, unit.denominator) or 1
    return UnitInput(
        unit=unit.unit,
        numerator=unit.numerator // common,
        denominator=unit.denominator // common,
        barcode=unit.barcode or None,
    )


def check_units(
    faults: Faults, line: int, *, base_unit: str, old_base: str | None, sales_unit: str, units: Units, given: bool
) -> None:
    """Fault units that do not fit together."""
    base = units[base_unit]
    moved = old_base is not None and old_base != base_unit
    if moved and not given and len(units) > 1:
        faults.add(line, "units", UNITS_WITH_BASE)
    elif (base.numerator, base.denominator) != (1, 1):
        faults.add(line, "units", BASE_RATIO, unit=base_unit)
    if sales_unit not in units:
        faults.add(line, "sales_unit", SALES_UNIT, unit=sales_unit)


def doubtful_barcodes(faults: Faults, line: int, units: Sequence[UnitInput]) -> list[Fault]:
    """Warnings about barcodes that look like EAN or UPC and have a wrong check digit."""
    return [
        faults.fault(line, f"units[{number}].barcode", BARCODE_DOUBTFUL, barcode=unit.barcode)
        for number, unit in enumerate(units)
        if unit.barcode and not is_plausible_barcode(unit.barcode)
    ]


def is_plausible_barcode(barcode: str) -> bool:
    """False for digits of an EAN's or UPC's length with a wrong check digit; other codes are one's own."""
    if len(barcode) not in _EAN_LENGTHS or not (barcode.isascii() and barcode.isdigit()):
        return True
    digits = [int(digit) for digit in reversed(barcode)]
    return (sum(digits[0::2]) + 3 * sum(digits[1::2])) % 10 == 0
