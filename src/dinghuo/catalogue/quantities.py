"""Which quantities of a unit may be ordered: minimum order and multiple, told in the unit that is ordered. Pure.

Both are kept in base units. In another unit only whole numbers are proposed; what is typed may be a fraction, as long
as it comes to an exact quantity of base units.
"""

from collections.abc import Mapping
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction
from math import ceil, floor, gcd, lcm
from typing import Protocol

import msgspec

from dinghuo.kit.money import ZERO

_MICRO = 1_000_000
_SMALLEST = Decimal("0.000001")
_EXACT = Context(prec=40)
_ONE = Fraction(1)


class HasRules(Protocol):
    """A SKU, as far as quantities go."""

    @property
    def base_unit(self) -> str: ...
    @property
    def units(self) -> Mapping[str, tuple[int, int]]: ...
    @property
    def minimum_quantity(self) -> Decimal | None: ...
    @property
    def multiple(self) -> Decimal | None: ...


class Quantities(msgspec.Struct, frozen=True):
    """What may be ordered in one unit: `minimum`, and from there on by `step`."""

    minimum: Decimal
    step: Decimal


def quantities(sku: HasRules, unit: str) -> Quantities:
    """The rules of a SKU in one of its units."""
    step = _step(sku, unit)
    return Quantities(_decimal(_least(sku, unit, step)), _decimal(step))


def at_least(sku: HasRules, unit: str, wanted: Decimal) -> Decimal:
    """The smallest orderable quantity of a unit that is not below what is wanted, which is no larger than columns."""
    step = _step(sku, unit)
    # What is typed may have a million places.
    sought = Fraction(max(wanted, ZERO).quantize(_SMALLEST, ROUND_CEILING, _EXACT))
    return _decimal(max(_least(sku, unit, step), ceil(sought / step) * step))


def at_most(sku: HasRules, unit: str, in_base: Decimal) -> Decimal:
    """The largest orderable quantity of a unit within so many base units; zero when there is none."""
    step = _step(sku, unit)
    largest = floor(Fraction(in_base) / Fraction(*sku.units[unit]) / step) * step
    return _decimal(largest if largest >= _least(sku, unit, step) else Fraction(0))


def _step(sku: HasRules, unit: str) -> Fraction:
    if sku.multiple is None:
        return _ONE
    multiple, ratio = Fraction(sku.multiple), Fraction(*sku.units[unit])
    return multiple if unit == sku.base_unit else _lcm(ratio, multiple) / ratio


def _least(sku: HasRules, unit: str, step: Fraction) -> Fraction:
    if sku.minimum_quantity is None:
        return step
    wanted = Fraction(sku.minimum_quantity) / Fraction(*sku.units[unit])
    if unit == sku.base_unit and sku.multiple is None:
        return wanted
    return max(step, ceil(wanted / step) * step)


def _lcm(one: Fraction, other: Fraction) -> Fraction:
    return Fraction(lcm(one.numerator, other.numerator), gcd(one.denominator, other.denominator))


def _decimal(value: Fraction) -> Decimal:
    return Decimal(round(value * _MICRO)) / _MICRO


def plain(value: Decimal) -> str:
    """As people write it: without an exponent or trailing zeros."""
    return f"{value.normalize():f}"
