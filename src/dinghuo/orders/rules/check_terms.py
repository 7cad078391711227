"""What is wrong with the terms of a rule. Pure."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from dinghuo.kit.errors import MALFORMED, Message
from dinghuo.kit.money import MAX_MONEY, MAX_QUANTITY, fits
from dinghuo.orders.rules.terms import DeliveryTerms, Freight, Minimum, Terms

Found = Iterator[tuple[str, Message, dict[str, Any]]]

BAD_AMOUNT = Message(
    "rule-amount",
    "金额应在 0 到 {most} 之间，小数不超过 2 位",
    "An amount is between 0 and {most}, with at most 2 decimals",
    MALFORMED,
)
BAD_QUANTITY = Message(
    "rule-quantity",
    "数量应在 0 到 {most} 之间，小数不超过 6 位",
    "A quantity is between 0 and {most}, with at most 6 decimals",
    MALFORMED,
)
BAD_RATE = Message("rule-tax-rate", "税率应在 0 到 1 之间", "A tax rate is at least 0 and below 1", MALFORMED)
NOTHING_ASKED = Message(
    "rule-minimum-empty",
    "起订金额和起订数量至少填一项",
    "A minimum names an amount, a quantity, or both",
    MALFORMED,
)
NEEDED_FOR_BASIS = Message(
    "rule-freight-needs",
    "计费方式“{basis}”需要填写此项",
    "Freight by '{basis}' needs this",
    MALFORMED,
)
UNWANTED_FOR_BASIS = Message(
    "rule-freight-unwanted", "计费方式“{basis}”不填此项", "Freight by '{basis}' does not take this", MALFORMED
)
STEP_TWICE = Message("rule-step-twice", "阶梯起点重复", "Two steps begin at the same", MALFORMED)
BAD_TIME = Message("rule-time", "时间应写成 16:00", "A time is written 16:00", MALFORMED)
BAD_DAYS = Message("rule-lead-days", "备货天数应在 0 到 90 之间", "Lead days are between 0 and 90", MALFORMED)
MOST_LEAD_DAYS = 90

_TIME = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")
_TAKES = {
    "flat": ("charge",),
    "amount": ("steps",),
    "quantity": ("steps",),
    "weight": ("charge", "first_kg", "each_kg", "each_charge"),
}


def is_time(value: str) -> bool:
    return _TIME.fullmatch(value) is not None


def term_faults(terms: Terms) -> Found:
    """Everything wrong: the field, the message, its parameters."""
    match terms:
        case Minimum():
            yield from _minimum(terms)
        case Freight():
            yield from _freight(terms)
        case DeliveryTerms():
            if terms.cut_off is not None and not is_time(terms.cut_off):
                yield "delivery.cut_off", BAD_TIME, {}
            if not 0 <= terms.lead_days <= MOST_LEAD_DAYS:
                yield "delivery.lead_days", BAD_DAYS, {}


def _minimum(terms: Minimum) -> Found:
    if not terms.amount and not terms.quantity:
        yield "minimum", NOTHING_ASKED, {}
    yield from _amount("minimum.amount", terms.amount)
    yield from _quantity("minimum.quantity", terms.quantity)


def _freight(terms: Freight) -> Found:
    taken = _TAKES[terms.basis]
    for name in ("charge", "steps", "first_kg", "each_kg", "each_charge"):
        value = getattr(terms, name)
        is_given = value not in (None, ())
        if name in taken and not is_given:
            yield f"freight.{name}", NEEDED_FOR_BASIS, {"basis": terms.basis}
        elif name not in taken and is_given:
            yield f"freight.{name}", UNWANTED_FOR_BASIS, {"basis": terms.basis}
    yield from _amount("freight.charge", terms.charge)
    yield from _amount("freight.each_charge", terms.each_charge)
    yield from _amount("freight.free_from", terms.free_from)
    yield from _quantity("freight.first_kg", terms.first_kg)
    yield from _quantity("freight.each_kg", terms.each_kg, above_zero=True)
    starts = set()
    for number, step in enumerate(terms.steps):
        yield from _quantity(f"freight.steps[{number}].from", step.start)
        yield from _amount(f"freight.steps[{number}].charge", step.charge)
        if step.start in starts:
            yield f"freight.steps[{number}].from", STEP_TWICE, {}
        starts.add(step.start)
    if terms.tax_rate is not None and not (fits(terms.tax_rate) and 0 <= terms.tax_rate < 1):
        yield "freight.tax_rate", BAD_RATE, {}


def _amount(field: str, value: Decimal | None) -> Found:
    if value is not None and not (fits(value, most=MAX_MONEY, places=2) and value >= 0):
        yield field, BAD_AMOUNT, {"most": str(MAX_MONEY)}


def _quantity(field: str, value: Decimal | None, *, above_zero: bool = False) -> Found:
    if value is not None and not (fits(value) and (value > 0 if above_zero else value >= 0)):
        yield field, BAD_QUANTITY, {"most": str(MAX_QUANTITY)}
