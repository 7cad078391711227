"""What one customer pays for a SKU by one unit: the engine that prices orders, asked at every break. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import ROUND_CEILING, Decimal
from typing import Any

import msgspec

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit.money import ZERO, round_money, round_price
from dinghuo.pricing.engine import Price, find_price
from dinghuo.pricing.facts import ListFacts

_STEP = Decimal("0.000001")


class PriceBreak(msgspec.Struct, frozen=True):
    """The price from a quantity on, both in the unit they stand at."""

    from_quantity: Decimal = msgspec.field(name="from")
    price: Decimal


class UnitPrice(msgspec.Struct, frozen=True, kw_only=True):
    """The dealer's price by a unit, at the smallest quantity; `breaks` begin with it. `kind` is its list's."""

    price: Decimal
    currency: str
    tax_inclusive: bool
    base_price: Decimal
    kind: str
    breaks: list[PriceBreak]


class NextBreak(msgspec.Struct, frozen=True, kw_only=True):
    """The next better price: `missing` more are needed for it, and it then `saves` so much."""

    from_quantity: Decimal = msgspec.field(name="from")
    price: Decimal
    missing: Decimal
    saves: Decimal


class Pricer(msgspec.Struct, frozen=True):
    """Prices of one customer on one day."""

    lists: Sequence[ListFacts]
    day: date
    currency: str

    def of(self, sku: SkuFacts, unit: str, least: Decimal) -> UnitPrice | None:
        """The price by a unit from `least` on; None when there is none."""
        steps = list(self._steps(sku, unit, least))
        if not steps:
            return None
        _, first = steps[0]
        numerator, denominator = sku.units[unit]
        return UnitPrice(
            price=first.price,
            currency=self.currency,
            tax_inclusive=first.tax_inclusive,
            base_price=round_price(first.price * denominator / numerator),
            kind=kind_of(first.reason),
            breaks=[PriceBreak(quantity, found.price) for quantity, found in steps],
        )

    def next_break(self, sku: SkuFacts, unit: str, quantity: Decimal, price: Decimal) -> NextBreak | None:
        """The next quantity from which the unit is cheaper."""
        for start, found in self._steps(sku, unit, quantity):
            if start > quantity and found.price < price:
                saves = round_money((price - found.price) * start, self.currency)
                return NextBreak(from_quantity=start, price=found.price, missing=start - quantity, saves=saves)
        return None

    def _steps(self, sku: SkuFacts, unit: str, least: Decimal) -> Iterator[tuple[Decimal, Price]]:
        """Each quantity, from `least` on, at which the price changes."""
        last: Decimal | None = None
        for quantity in _thresholds(self.lists, sku, unit, least):
            found = find_price(
                self.lists,
                sku_id=sku.id,
                unit=unit,
                base_unit=sku.base_unit,
                ratio=sku.units[unit],
                quantity=quantity,
                day=self.day,
                currency=self.currency,
            )
            if found is not None and found.price != last:
                last = found.price
                yield quantity, found


def _thresholds(lists: Sequence[ListFacts], sku: SkuFacts, unit: str, least: Decimal) -> list[Decimal]:
    """`least`, and every quantity above it from which some list may say another price."""
    numerator, denominator = sku.units[unit]
    found = {least}
    for price_list in lists:
        by_unit = price_list.entries.get(sku.id)
        if not by_unit:
            continue
        found.update(minimum for minimum, _ in by_unit.get(unit, ()) if minimum > least)
        if unit != sku.base_unit:
            in_unit = (
                (minimum * denominator / numerator).quantize(_STEP, ROUND_CEILING)
                for minimum, _ in by_unit.get(sku.base_unit, ())
                if minimum > ZERO
            )
            found.update(minimum for minimum in in_unit if minimum > least)
    return sorted(found)


def kind_of(reason: Any) -> str:
    """Whence a price comes: the kind of its list, or `manual` and the like."""
    told = msgspec.json.decode(reason) if isinstance(reason, (str, bytes, msgspec.Raw)) else reason or {}
    return str(told.get("kind", told.get("source", "manual")))
