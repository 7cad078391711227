"""Lines below the least that their goods are to be sold for. Nothing is refused for it: policies ask. Pure."""

from datetime import date
from decimal import ROUND_UP, Decimal

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit.money import ZERO, round_money
from dinghuo.orders.decide import LineRow

_FOUR = Decimal("0.0001")


def shortfall(row: LineRow, sku: SkuFacts, day: date) -> Decimal:
    """What part of its floor price a line is below it, both without tax; nothing where none is said, or for gifts."""
    floor = sku.floor_on(day) if row.kind != "gift" else None
    if floor is None:
        return ZERO
    least = round_money(floor * row.base_quantity)
    return (1 - row.net / least).quantize(_FOUR, ROUND_UP) if row.net < least else ZERO
