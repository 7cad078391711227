"""What is wrong with a line, and what one tap would do about it."""

from decimal import Decimal
from typing import Any

import msgspec

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.catalogue.quantities import plain
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
    fault: Fault, language: Language, line: LineRequest | None = None, sku: SkuFacts | None = None
) -> LineProblem:
    """A fault of an order, told of one of its lines or of all of it."""
    return LineProblem(
        code=fault.message.code,
        message=fault.sentence(language),
        field=fault.field.rpartition(".")[2],
        fix=None if line is None else fix_of(fault.message.code, fault.params, language, line, sku),
    )


def fix_of(
    code: str, params: dict[str, Any], language: Language, line: LineRequest, sku: SkuFacts | None
) -> Fix | None:
    """The nearest line that would not have this fault."""
    if code in _HOPELESS:
        return _fix(Decimal(0), line.unit, language)
    if code == "unknown-unit" and sku is not None:
        return _fix(line.quantity, sku.sales_unit, language)
    if "suggested" in params:
        return _fix(Decimal(params["suggested"]), line.unit, language)
    return None


def _fix(quantity: Decimal, unit: str | None, language: Language) -> Fix | None:
    if not quantity.is_finite():
        return None
    if not quantity:
        label = "移除" if language == "zh" else "Remove"
    else:
        told = f"{plain(quantity)} {unit or ''}".rstrip()
        label = f"改为 {told}" if language == "zh" else f"Change to {told}"
    return Fix(label=label, quantity=quantity, unit=unit)
