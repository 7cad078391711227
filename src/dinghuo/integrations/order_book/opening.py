"""The stock that must have been there at the start, so that what was delivered never goes below zero."""

from collections.abc import Iterable, Mapping
from decimal import Decimal

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.integrations.order_book.invoices import Invoice
from dinghuo.integrations.order_book.lines import Lines
from dinghuo.integrations.order_book.match import Part
from dinghuo.kit.money import ZERO, base_quantity

_ONE = (1, 1)


class Units:
    """Quantities of the file's lines in base units."""

    def __init__(self, lines: Lines, skus: Mapping[str, SkuFacts]) -> None:
        self._skus = lines.skus
        self._units = lines.column("unit")
        self._known = skus
        # Most files count every SKU by its base unit: then nothing converts.
        self.plain = all(
            self._units is None and sku.sales_unit == sku.base_unit and sku.supply_policy != "untracked"
            for sku in skus.values()
        )

    def base(self, line: int, quantity: Decimal) -> Decimal:
        sku = self._known.get(self._skus[line])
        if sku is None:
            return quantity
        unit = (self._units[line] if self._units else None) or sku.sales_unit
        return base_quantity(quantity, *sku.units.get(unit, _ONE)) or quantity

    def is_tracked(self, line: int) -> bool:
        sku = self._known.get(self._skus[line])
        return sku is None or sku.supply_policy != "untracked"


def opening_stock(lines: Lines, units: Units, orders: Iterable[Invoice], parts: Iterable[Part]) -> dict[str, Decimal]:
    """By SKU, in base units: the least that makes every delivery of these orders possible.

    `orders` by time; of `parts`, goods that came back help later deliveries.
    """
    balance: dict[str, Decimal] = {}
    least: dict[str, Decimal] = {}
    back = iter(sorted((part for part in parts if part.order is None), key=lambda part: part.invoice.at))
    waiting = next(back, None)
    skus, quantities = lines.skus, lines.quantities
    for order in orders:
        while waiting is not None and waiting.invoice.at <= order.at:
            if units.is_tracked(waiting.line):
                sku = skus[waiting.line]
                balance[sku] = balance.get(sku, ZERO) + units.base(waiting.line, waiting.quantity)
            waiting = next(back, None)
        for place, line in enumerate(order.lines):
            quantity = quantities[line]
            if order.cancelled:
                quantity -= order.cancelled.get(place, ZERO)
            if not units.plain:
                quantity = units.base(line, quantity) if units.is_tracked(line) else ZERO
            sku = skus[line]
            left = balance.get(sku, ZERO) - quantity
            balance[sku] = left
            if left < least.get(sku, ZERO):
                least[sku] = left
    return {sku: -short for sku, short in sorted(least.items())}


def open_orders_stock(
    lines: Lines, units: Units, orders: Iterable[Invoice], available: Mapping[str, Decimal]
) -> dict[str, Decimal]:
    """By SKU, in base units: what open orders hold beyond what is available."""
    wanted: dict[str, Decimal] = {}
    for order in orders:
        for place, line in enumerate(order.lines):
            quantity = lines.quantities[line] - order.cancelled.get(place, ZERO)
            if quantity and units.is_tracked(line):
                wanted[lines.skus[line]] = wanted.get(lines.skus[line], ZERO) + units.base(line, quantity)
    return {
        sku: quantity - available.get(sku, ZERO)
        for sku, quantity in sorted(wanted.items())
        if quantity > available.get(sku, ZERO)
    }
