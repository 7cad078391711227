"""Find the price of a line and say why. Pure: everything it needs is passed in. Rules: docs/pricing.md."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.kit.money import round_price
from dinghuo.pricing.facts import Breaks, ListFacts


class EntriesMissing(Exception):
    """The list's entries for a SKU are not in memory: load them (`facts.load_entries`) and ask again."""

    def __init__(self, price_list: ListFacts, sku_id: UUID) -> None:
        self.price_list = price_list
        self.sku_id = sku_id


class Price(msgspec.Struct, frozen=True, gc=False):
    """A price per ordered unit; `reason` is the JSON kept on the line (who won, who was passed over and why)."""

    price: Decimal
    tax_inclusive: bool
    reason: str


def find_price(
    lists: Sequence[ListFacts],
    *,
    sku_id: UUID,
    unit: str,
    base_unit: str,
    ratio: tuple[int, int],
    quantity: Decimal,
    day: date,
    currency: str,
) -> Price | None:
    """The price of the first list, the most specific first, that has one for this quantity on this day.

    A list that prices the SKU in the ordered unit speaks in that unit; otherwise its price for the base unit is
    converted by the exact ratio, with the break that the quantity in base units reaches.
    """
    passed: list[str] = []
    for price_list in lists:
        if price_list.currency != currency:
            continue
        if not price_list.holds_on(day):
            passed.append(_passed(price_list, "not_valid"))
            continue
        by_unit = price_list.entries.get(sku_id)
        if by_unit is None:
            raise EntriesMissing(price_list, sku_id)
        if not by_unit:
            passed.append(_passed(price_list, "no_entry"))
            continue
        own = by_unit.get(unit)
        found = reached(own, quantity) if own else None
        if found:
            return _won(price_list, unit, found[0], found[1], found[1], passed)
        in_base = by_unit.get(base_unit) if unit != base_unit else None
        if in_base:
            numerator, denominator = ratio
            found = reached(in_base, quantity * numerator / denominator)
            if found:
                converted = round_price(found[1] * numerator / denominator)
                return _won(price_list, base_unit, found[0], found[1], converted, passed)
        passed.append(_passed(price_list, "below_minimum"))
    return None


def reached(breaks: Breaks, quantity: Decimal) -> tuple[Decimal, Decimal] | None:
    """The highest break that the quantity reaches; breaks fall from the highest."""
    for entry in breaks:
        if entry[0] <= quantity:
            return entry
    return None


def _passed(price_list: ListFacts, why: str) -> str:
    return f'{{"list":{_quote(price_list.code)},"kind":"{price_list.kind}","why":"{why}"}}'


# How a reason begins when a list's price won, and what it has only then if that list is a contract: quotation marks
# within a code are escaped, and lists that were passed over say why and have no version.
LISTED, BY_CONTRACT = b'{"source":"price_list",', b',"kind":"contract","version":'


def _won(
    price_list: ListFacts, unit: str, minimum: Decimal, entry_price: Decimal, price: Decimal, passed: list[str]
) -> Price:
    reason = (
        f'{{"source":"price_list","list":{_quote(price_list.code)},"kind":"{price_list.kind}",'
        f'"version":{price_list.version},"unit":{_quote(unit)},"from_quantity":"{minimum:f}",'
        f'"price":"{entry_price:f}","passed":[{",".join(passed)}]}}'
    )
    return Price(price, price_list.tax_inclusive, reason)


def _quote(word: str) -> str:
    return msgspec.json.encode(word).decode()
