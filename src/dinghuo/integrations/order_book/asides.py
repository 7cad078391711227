"""The lines that are not taken over: found, marked at their cells, counted by reason."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import lru_cache

from dinghuo.integrations.order_book import reasons as why
from dinghuo.integrations.order_book.lines import Lines
from dinghuo.integrations.sheets import CellFault, Mapping
from dinghuo.kit.errors import Fault
from dinghuo.kit.money import MAX_MONEY, MINOR_UNITS, round_money
from dinghuo.kit.texts import is_code

_PREFIX = "order-book-"


@dataclass(slots=True)
class Asides:
    """The lines set aside. A line may have several faults; the first is the reason it is counted by."""

    lines: Lines
    reason_of: dict[int, str] = field(default_factory=dict)
    example_of: dict[str, Fault] = field(default_factory=dict)
    _found: list[tuple[int, str | None, Fault]] = field(default_factory=list)
    _read: list[CellFault] = field(default_factory=list)

    def __contains__(self, line: int) -> bool:
        return line in self.reason_of

    @property
    def marks(self) -> list[CellFault]:
        """Every cell at fault, for the errors workbook."""
        return [*self._read, *(self.lines.mark(*found) for found in self._found)]

    def add(self, line: int, place: str | None, fault: Fault, reason: str | None = None) -> None:
        """Set a line aside for a fault at the cell of a field (`place`); the reason is the fault's own by default."""
        self._found.append((line, place, fault))
        self._count(line, fault, reason or fault.message.code.removeprefix(_PREFIX))

    def add_read(self, line: int, found: CellFault) -> None:
        """Set a line aside for a cell that could not be read."""
        self._read.append(found)
        self._count(line, found.fault, found.fault.message.code)

    def _count(self, line: int, fault: Fault, reason: str) -> None:
        if self.reason_of.setdefault(line, reason) == reason:
            self.example_of.setdefault(reason, fault)


def set_aside(lines: Lines, mapping: Mapping, *, today: date) -> Asides:
    """Judge every line by itself: what cannot be read, is no goods, has no customer, or is no sale."""
    asides = Asides(lines)
    place_of = {row: line for line, row in enumerate(lines.table.rows)} if lines.table.faults else {}
    for found in lines.table.faults:
        asides.add_read(place_of[found.row], found)
    unreadable = set(asides.reason_of)
    _set_aside_codes(asides, mapping)
    _set_aside_currencies(asides)
    cancelling = {number for number in set(lines.numbers) if number and mapping.is_cancellation(number)}
    zero = Decimal(0)
    for line, (number, quantity, price, customer) in enumerate(
        zip(lines.numbers, lines.quantities, lines.prices, lines.customers, strict=True)
    ):
        if line in unreadable:
            continue
        if customer is None:
            asides.add(line, "customer_code", _no_customer())
        if number in cancelling:
            if quantity >= zero:
                asides.add(line, "quantity", _about_quantity(quantity, True))
        elif quantity <= zero:
            asides.add(line, "quantity", _about_quantity(quantity, False))
        elif price == zero:
            asides.add(line, "unit_price", _no_price())
        if price < zero:
            asides.add(line, "unit_price", why.NEGATIVE_PRICE("unit_price", price=f"{price:f}"))
    _set_aside_amounts(asides, unreadable)
    _set_aside_future(asides, unreadable, today)
    return asides


def _set_aside_codes(asides: Asides, mapping: Mapping) -> None:
    """Codes that are no goods, and codes that are none."""
    lines = asides.lines
    verdicts: dict[str | None, tuple[Fault, str | None]] = {}
    for code in set(filter(None, lines.skus)):
        if found := mapping.not_goods_reason(code):
            verdicts[code] = why.NOT_GOODS("sku_code", code=code, zh=found.zh, en=found.en), found.reason
        elif not is_code(code):
            verdicts[code] = why.BAD_CODE("sku_code", code=code), None
    for line in _where(lines.skus, verdicts):
        asides.add(line, "sku_code", *verdicts[lines.skus[line]])
    for place, values in (("customer_code", lines.customers), ("order_number", lines.numbers)):
        bad = {value for value in set(values) if value is not None and not is_code(value)}
        for line in _where(values, bad):
            asides.add(line, place, why.BAD_CODE(place, code=values[line]))


def _set_aside_currencies(asides: Asides) -> None:
    values = asides.lines.column("currency") or []
    bad = {value for value in set(values) if value is not None and value not in MINOR_UNITS}
    known = "、".join(MINOR_UNITS)
    for line in _where(values, bad):
        asides.add(line, "currency", why.UNKNOWN_CURRENCY("currency", currency=values[line], known=known))


def _where(values: Sequence[str | None], wanted: Collection[str | None] | Collection[str]) -> Iterator[int]:
    return (line for line, value in enumerate(values) if value in wanted) if wanted else iter(())


def _set_aside_amounts(asides: Asides, unreadable: set[int]) -> None:
    """Amounts that no price makes, or no column holds."""
    lines = asides.lines
    stated = lines.column("amount")
    # Most files hold nothing near the limit; one look at all of them is cheaper than one at each.
    if stated is None and max(map(abs, lines.amounts), default=Decimal(0)) <= MAX_MONEY:
        return
    for line, amount in enumerate(lines.amounts):
        if line in unreadable:
            continue
        if abs(amount) > MAX_MONEY:
            asides.add(line, "amount", why.TOO_LARGE("amount", amount=f"{amount:f}"))
        elif round_money(lines.quantities[line] * lines.prices[line]) != round_money(amount):
            quantity = f"{lines.quantities[line]:f}"
            asides.add(line, "amount", why.INEXACT_PRICE("amount", amount=f"{amount:f}", quantity=quantity))


def _set_aside_future(asides: Asides, unreadable: set[int], today: date) -> None:
    moments = asides.lines.moments
    late = {moment for moment in filter(None, set(moments)) if moment.date() > today}
    if late:
        for line, moment in enumerate(moments):
            if moment in late and line not in unreadable:
                asides.add(line, "placed_at", why.IN_THE_FUTURE("placed_at", day=moment.date()))


# Thousands of lines share these faults.
@lru_cache(maxsize=1)
def _no_customer() -> Fault:
    return why.NO_CUSTOMER("customer_code")


@lru_cache(maxsize=1)
def _no_price() -> Fault:
    return why.NO_PRICE("unit_price")


@lru_cache(maxsize=4096)
def _about_quantity(quantity: Decimal, cancelling: bool) -> Fault:
    if cancelling:
        return why.POSITIVE_CANCELLATION("quantity", quantity=f"{quantity:f}")
    return why.NEGATIVE_QUANTITY("quantity", quantity=f"{quantity:f}") if quantity else why.NO_QUANTITY("quantity")
