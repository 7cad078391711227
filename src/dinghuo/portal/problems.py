"""What is wrong with a line, and what one tap would do about it."""

from datetime import date
from decimal import Decimal

import msgspec

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.catalogue.quantities import plain
from dinghuo.catalogue.unit_names import Units, unit_told, with_unit_names
from dinghuo.kit.errors import Fault, Language
from dinghuo.orders.requests import LineRequest

_WRONG_DAYS = frozenset({"requested-too-early", "not-delivered-on"})
# What no quantity mends: the line can only go.
_HOPELESS = frozenset({"unknown-sku", "sku-discontinued", "no-price", "amount-too-large"})


class Fix(msgspec.Struct, frozen=True, kw_only=True):
    """The line as it would be right: send it as a change of this line. Quantity zero removes it."""

    label: str
    quantity: Decimal
    unit: str | None


class OrderFix(msgspec.Struct, frozen=True, kw_only=True):
    """What would mend the order as a whole: the day to ask for, or how much is missing."""

    label: str
    requested_date: date | None = None
    missing_amount: Decimal | None = None
    missing_quantity: Decimal | None = None


class LineProblem(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in the way, in the caller's language."""

    code: str
    message: str
    field: str = ""
    fix: Fix | None = None
    order_fix: OrderFix | None = None


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
        order_fix=_order_fix(fault, language),
    )


def _order_fix(fault: Fault, language: Language) -> OrderFix | None:
    code, chinese = fault.message.code, language == "zh"
    if code in _WRONG_DAYS:
        day = date.fromisoformat(fault.params["suggested"])
        return OrderFix(
            label=f"改为 {day.month}月{day.day}日" if chinese else f"Change to {day.isoformat()}", requested_date=day
        )
    if code == "order-below-amount":
        missing = fault.params["missing"]
        label = f"还差 {missing}，继续选购" if chinese else f"{missing} to go: add more"
        return OrderFix(label=label, missing_amount=missing)
    if code == "order-below-quantity":
        missing = fault.params["missing"]
        label = f"还差 {missing} 件，继续选购" if chinese else f"{missing} to go: add more"
        return OrderFix(label=label, missing_quantity=Decimal(missing))
    return None


def fix_of(fault: Fault, language: Language, units: Units, line: LineRequest, sku: SkuFacts | None) -> Fix | None:
    """The nearest line that would not have this fault."""
    code, quantity, unit = fault.message.code, line.quantity, line.unit
    if code in _HOPELESS:
        quantity = Decimal(0)
    elif code == "unknown-unit" and sku is not None:
        unit = sku.sales_unit
    elif "suggested" in fault.params and code not in _WRONG_DAYS:
        quantity = Decimal(fault.params["suggested"])
    else:
        return None
    if not quantity.is_finite():
        return None
    if not quantity:
        label = "移除" if language == "zh" else "Remove"
    else:
        told = f"{plain(quantity)} {unit_told(units, unit, language, quantity)}".rstrip()
        label = f"改为 {told}" if language == "zh" else f"Change to {told}"
    return Fix(label=label, quantity=quantity, unit=unit)
