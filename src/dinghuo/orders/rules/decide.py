"""What rules come to. Pure: every fact is passed in. In words: docs/order-rules.md."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import ROUND_CEILING, Context, Decimal
from fractions import Fraction

import msgspec

from dinghuo.kit.money import ZERO, round_money
from dinghuo.orders.rules.calendar import Calendar, after_open_days, next_open
from dinghuo.orders.rules.facts import RouteFacts
from dinghuo.orders.rules.outcome import Delivery
from dinghuo.orders.rules.terms import DeliveryTerms, Freight, Minimum, Step

_MICRO = Decimal("0.000001")
_EXACT = Context(prec=40)
_GRAMS = 1000


class Goods(msgspec.Struct, frozen=True):
    """What an order's lines come to: with tax, in sales units, in grams."""

    amount: Decimal
    units: Fraction = Fraction(0)
    grams: Fraction = Fraction(0)


class Missing(msgspec.Struct, frozen=True):
    """What is missing to a minimum; zero when it is reached."""

    amount: Decimal = ZERO
    quantity: Decimal = ZERO


def missing_of(minimum: Minimum, goods: Goods) -> Missing:
    amount = max((minimum.amount or ZERO) - goods.amount, ZERO)
    if not minimum.quantity:
        return Missing(amount)
    return Missing(amount, _up(max(Fraction(minimum.quantity) - goods.units, Fraction(0))))


def freight_of(terms: Freight, goods: Goods, currency: str) -> Decimal:
    """What delivery of these goods costs, in the terms' tax mode."""
    if is_free(terms, goods):
        return round_money(ZERO, currency)
    match terms.basis:
        case "flat":
            charge = terms.charge or ZERO
        case "amount":
            charge = _step(terms.steps, Fraction(goods.amount))
        case "quantity":
            charge = _step(terms.steps, goods.units)
        case "weight":
            charge = _by_weight(terms, goods.grams / _GRAMS)
    return round_money(charge, currency)


def is_free(terms: Freight, goods: Goods) -> bool:
    return terms.free_from is not None and goods.amount >= terms.free_from


def _step(steps: Sequence[Step], reached: Fraction) -> Decimal:
    """The charge of the highest step that is reached; below the first one nothing is asked."""
    found = [step for step in steps if Fraction(step.start) <= reached]
    return max(found, key=lambda step: step.start).charge if found else ZERO


def _by_weight(terms: Freight, kilograms: Fraction) -> Decimal:
    charge, beyond = terms.charge or ZERO, kilograms - Fraction(terms.first_kg or ZERO)
    if beyond <= 0 or not terms.each_kg or terms.each_charge is None:
        return charge
    parts = -(-beyond // Fraction(terms.each_kg))
    return charge + parts * terms.each_charge


def delivery_of(
    terms: DeliveryTerms | None, route: RouteFacts | None, calendar: Calendar, placed_at: datetime
) -> Delivery | None:
    """When an order placed at this local moment can come; None when no rule and no route has a say."""
    if terms is None and route is None:
        return None
    cut_off = (route.cut_off if route else None) or (terms.cut_off if terms else None)
    lead_days = route.lead_days if route and route.lead_days is not None else terms.lead_days if terms else 0
    day = placed_at.date()
    is_late = cut_off is not None and placed_at.strftime("%H:%M") >= cut_off
    counts_for = next_open(calendar, day + timedelta(days=1) if is_late else day)
    ready = None if counts_for is None else after_open_days(calendar, counts_for, lead_days)
    plan = Delivery(counts_for or day, is_late, cut_off, None, calendar)
    if route is not None:
        plan = msgspec.structs.replace(plan, weekdays=route.weekdays, route=route.name, route_en=route.name_en)
    return plan if ready is None else msgspec.structs.replace(plan, earliest=plan.next_from(ready))


def _up(quantity: Fraction) -> Decimal:
    """To the smallest quantity that columns hold, up."""
    exact = _EXACT.divide(Decimal(quantity.numerator), Decimal(quantity.denominator))
    return exact.quantize(_MICRO, ROUND_CEILING, _EXACT).normalize()
