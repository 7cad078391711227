"""Money and quantities: exact decimals, one rounding policy (docs/rounding.md)."""

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Context, Decimal

import msgspec

ZERO = Decimal(0)
CENT = Decimal("0.01")

# Largest values the columns hold: NUMERIC(18,2) money, NUMERIC(18,6) quantities and unit prices.
MAX_MONEY = Decimal("9999999999999999.99")
MAX_QUANTITY = Decimal("999999999999")

MINOR_UNITS = {"CNY": CENT, "USD": CENT, "EUR": CENT, "GBP": CENT, "HKD": CENT, "JPY": Decimal(1)}

_EXACT = Context(prec=40, rounding=ROUND_HALF_UP)


def round_money(amount: Decimal, currency: str = "CNY") -> Decimal:
    """Half up, away from zero, to the currency's minor unit: 2.345 → 2.35, −2.345 → −2.35."""
    return amount.quantize(MINOR_UNITS.get(currency, CENT), ROUND_HALF_UP, _EXACT)


def round_price(price: Decimal) -> Decimal:
    """A unit price as its column keeps it: six places, half up."""
    return price.quantize(_MICRO, ROUND_HALF_UP, _EXACT)


_MICRO = Decimal("0.000001")
_MILLION = 1_000_000


class Split(msgspec.Struct, frozen=True):
    """A line's amount, split so that net + tax = gross to the cent."""

    net: Decimal
    tax: Decimal
    gross: Decimal


def split_tax(amount: Decimal, rate: Decimal | None, *, tax_inclusive: bool, currency: str = "CNY") -> Split:
    """Split a rounded line amount by its tax rate (0.13 = 13 %; None = exempt, which bears no tax).

    Inclusive: net = round(amount / (1 + rate)), tax = amount − net. Exclusive: tax = round(amount × rate).
    The remainder always falls to the tax, so nothing is lost.
    """
    if not rate:
        return Split(amount, ZERO, amount)
    if tax_inclusive:
        net = round_money(amount / (1 + rate), currency)
        return Split(net, amount - net, amount)
    tax = round_money(amount * rate, currency)
    return Split(amount, tax, amount + tax)


def base_quantity(quantity: Decimal, numerator: int, denominator: int) -> Decimal | None:
    """Quantity in base units by an exact ratio; None when six places cannot hold it exactly."""
    scaled = quantity * numerator
    if denominator != 1:
        result = _EXACT.divide(scaled, Decimal(denominator))
        if result * denominator != scaled:
            return None
        scaled = result
    exponent = scaled.as_tuple().exponent
    return scaled if isinstance(exponent, int) and exponent >= -6 else None


def fits(value: Decimal, *, most: Decimal = MAX_QUANTITY, places: int = 6) -> bool:
    """Whether a column of so many places holds this number exactly, and it is no larger than `most` either way."""
    if not value.is_finite() or abs(value) > most:
        return False
    return value == value.quantize(Decimal(1).scaleb(-places), context=_EXACT)


def allocate(amount: Decimal, weights: Sequence[Decimal], currency: str = "CNY") -> list[Decimal]:
    """Split a rounded amount in proportion to the weights, to the minor unit, by largest remainder.

    The parts add up to the amount exactly; of equal remainders the earlier part is favoured. Weights are not
    negative and have at most six places; when all are zero the first part has it all.
    """
    if len(weights) == 1:
        return [amount]
    minor = MINOR_UNITS.get(currency, CENT)
    units, whole = int(amount / minor), [int(weight * _MILLION) for weight in weights]
    total = sum(whole)
    if not total:
        return [amount, *[ZERO] * (len(weights) - 1)]
    shares = [units * weight for weight in whole]
    parts = [share // total for share in shares]
    remainders = [share % total for share in shares]
    # Sorting backwards leaves equal ones in their order.
    by_remainder = sorted(range(len(parts)), key=remainders.__getitem__, reverse=True)
    for i in by_remainder[: units - sum(parts)]:
        parts[i] += 1
    return [part * minor for part in parts]
