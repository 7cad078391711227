"""Which earlier order line each line of a cancellation or return takes its quantity from."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal

import msgspec

from dinghuo.integrations.order_book.invoices import Invoice
from dinghuo.integrations.order_book.lines import Lines
from dinghuo.kit.money import ZERO

Returned = Mapping[tuple[str, int], Decimal]
"""What stands as a return since an earlier import, by number and line number."""


class Part(msgspec.Struct, frozen=True):
    """A quantity (positive) that line `line_no` of an invoice takes back.

    `order` is the one whose line at `place` it cancels; None when there is none, and the goods count as returned.
    `line` is its line of the file. `is_known` when an earlier import has seen to it.
    """

    invoice: Invoice
    line_no: int
    line: int
    quantity: Decimal
    order: Invoice | None = None
    place: int = 0
    is_known: bool = False


class _Open(msgspec.Struct):
    """A line of an order of which something may still be cancelled."""

    order: Invoice
    place: int
    price: Decimal
    left: Decimal


_Key = tuple[str, str, str | None, str]


def match(lines: Lines, orders: Sequence[Invoice], returns: Sequence[Invoice], returned: Returned) -> list[Part]:
    """Match each returned line with earlier order lines of the same customer, SKU, unit and currency.

    Lines of the same price come first, then any; the latest before earlier ones. What finds none is a return. What
    an earlier import has taken as a return stays one, and a return unknown to it never changes an order known to it.
    Fills in what is cancelled of each order.
    """
    units = lines.column("unit")

    def key(invoice: Invoice, line: int) -> _Key:
        return (invoice.customer, lines.skus[line], units[line] if units else None, invoice.currency)

    wanted = {key(invoice, line) for invoice in returns for line in invoice.lines}
    sold = _sold(lines, orders, wanted, key) if wanted else {}
    parts: list[Part] = []
    for invoice in returns:
        for line_no, line in enumerate(invoice.lines, start=1):
            quantity = -lines.quantities[line]
            booked = returned.get((invoice.number, line_no), ZERO) if invoice.is_known else ZERO
            if booked:
                parts.append(Part(invoice, line_no, line, booked, is_known=True))
                quantity -= booked
            for place, taken in _take(sold.get(key(invoice, line), ()), invoice, lines.prices[line], quantity):
                known = invoice.is_known and place.order.is_known
                parts.append(Part(invoice, line_no, line, taken, place.order, place.place, known))
                quantity -= taken
            if quantity > 0:
                parts.append(Part(invoice, line_no, line, quantity, is_known=invoice.is_known))
    _fill_in(parts)
    return parts


def _sold(
    lines: Lines,
    orders: Sequence[Invoice],
    wanted: set[_Key],
    key: Callable[[Invoice, int], _Key],
) -> dict[_Key, list[_Open]]:
    sold: dict[_Key, list[_Open]] = defaultdict(list)
    buyers = {each[0] for each in wanted}
    for order in orders:
        if order.customer not in buyers:
            continue
        for place, line in enumerate(order.lines):
            if (named := key(order, line)) in wanted:
                sold[named].append(_Open(order, place, lines.prices[line], lines.quantities[line]))
    return sold


def _take(
    candidates: Sequence[_Open], invoice: Invoice, price: Decimal, quantity: Decimal
) -> Iterator[tuple[_Open, Decimal]]:
    """Take the quantity from lines that were sold before, as far as they go."""
    earlier = [
        each
        for each in candidates
        if each.order.at <= invoice.at and each.left and (invoice.is_known or not each.order.is_known)
    ]
    same = [each for each in earlier if each.price == price]
    other = [each for each in earlier if each.price != price]
    for each in (*reversed(same), *reversed(other)):
        taken = min(each.left, quantity)
        if not taken:
            return
        each.left -= taken
        quantity -= taken
        yield each, taken


def _fill_in(parts: Iterable[Part]) -> None:
    for part in parts:
        if part.order is not None:
            cancelled = part.order.cancelled
            cancelled[part.place] = cancelled.get(part.place, ZERO) + part.quantity
