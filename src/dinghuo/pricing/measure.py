"""What a promotion's steps are measured by, and the step that is reached. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Literal

import msgspec

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit.money import ZERO
from dinghuo.pricing.promotion_facts import PromotionFacts

_MICRO = 1_000_000


class BasketLine(msgspec.Struct, frozen=True, gc=False):
    """A line at its list price. `final` says why no promotion may touch it."""

    line_no: int
    sku: SkuFacts
    unit: str
    quantity: Decimal
    base_quantity: Decimal
    gross: Decimal
    final: Literal["contract", "manual"] | None = None


class Reached(msgspec.Struct, frozen=True):
    """What the reached step grants, None when none is reached; and how much more is needed for what comes next."""

    value: Decimal | None
    missing: Decimal | None = None
    next_value: Decimal | None = None


def measured(promotion: PromotionFacts, lines: Sequence[BasketLine], left: Sequence[Decimal]) -> Decimal:
    """The amount or the quantity of these lines. Without a measure a promotion holds from the first piece on."""
    if promotion.measure != "quantity":
        return sum(left, ZERO)
    return sales_quantity(lines)


def sales_quantity(lines: Sequence[BasketLine]) -> Decimal:
    """How many sales units these lines are together; what six places cannot hold is cut off."""
    whole, parts = ZERO, Fraction(0)
    for line in lines:
        numerator, denominator = line.sku.units[line.sku.sales_unit]
        if line.unit == line.sku.sales_unit:
            whole += line.quantity
        else:
            parts += Fraction(line.base_quantity) * denominator / numerator
    if not parts:
        return whole
    return whole + Decimal(floor(parts * _MICRO)) / _MICRO


def reached(promotion: PromotionFacts, total: Decimal) -> Reached:
    """The highest step that the total reaches; a repeated one as often as it does."""
    steps = promotion.steps
    if promotion.repeats and steps and steps[0].start:
        start, value = steps[0].start, steps[0].value
        times = total // start
        return Reached(value * times if times else None, start * (times + 1) - total, value * (times + 1))
    found: Decimal | None = None
    for step in steps:
        if step.start > total:
            return Reached(found, step.start - total, step.value)
        found = step.value
    return Reached(found)


def in_base(sku: SkuFacts, unit: str | None, quantity: Decimal | None) -> Decimal | None:
    """A quantity by a unit (the sales unit when none is named) in base units; None when the SKU has no such unit."""
    ratio = sku.units.get(unit or sku.sales_unit)
    if ratio is None or quantity is None:
        return None
    return quantity * ratio[0] / ratio[1]
