"""What is wrong with a line, and what one tap would do about it."""

from decimal import Decimal

import msgspec

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.catalogue.quantities import plain
from dinghuo.catalogue.unit_names import Units, unit_told, with_unit_names
from dinghuo.kit.errors import Fault, Language
from dinghuo.orders.requests import LineRequest

# What no quantity mends: the line can only go.
_HOPELESS = frozenset({"unknown-sku", "sku-discontinued", "no-price", "amount-too-large"})


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """The line as it would be right: send it as a change of this line. Quantity zero removes it."""

    label: str
    quantity: Decimal
    unit: str | None


class LineProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the way, in the caller's language."""

    code: str
    message: str
    field: str = ""
    fix: Fix | None = None


def problem_of(
    fault: Fault,
    language: Language,
    units: Units,
    line: LineRequest | None = None,
    sku: SkuFacts | None = None,
) -> LineProblem:
    """A fault of an order, told of one of its lines or of all of it."""
    return LineProblem(
        code=fault.message.code,
        message=with_unit_names(fault, units).sentence(language),
        field=fault.field.rpartition(".")[2],
        fix=None if line is None else fix_of(fault, language, units, line, sku),
    )


def fix_of(fault: Fault, language: Language, units: Units, line: LineRequest, sku: SkuFacts | None) -> Fix | None:
    """The nearest line that would not have this fault."""
    code, quantity, unit = fault.message.code, line.quantity, line.unit
    if code in _HOPELESS:
        quantity = Decimal(0)
    elif code == "unknown-unit" and sku is not None:
        unit = sku.sales_unit
    elif "suggested" in fault.params:
        quantity = Decimal(fault.params["suggested"])
    else:
        return None
    if not quantity.is_finite():
        return None
    if not quantity:
        label = "移除" if language == "zh" else "Remove"
    else:
        told = f"{plain(quantity)} {unit_told(units, unit, language)}".rstrip()
        label = f"改为 {told}" if language == "zh" else f"Change to {told}"
    return Fix(label=label, quantity=quantity, unit=unit)
