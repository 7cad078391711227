"""What part of a line's amount belongs to part of its quantity. Pure.

The parts of a line add up to its amount to the cent, in whatever steps it is shipped or closed: each step is worth
the difference between what is left before and after it.
"""

from decimal import Decimal

from dinghuo.kit.money import ZERO, round_money


def worth(amount: Decimal, quantity: Decimal, left: Decimal, currency: str) -> Decimal:
    """What `left` of a line's `quantity` is worth, all of it being `amount`."""
    if left <= ZERO:
        return ZERO
    return amount if left >= quantity else round_money(amount * left / quantity, currency)
