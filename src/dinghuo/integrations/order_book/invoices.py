"""Lines grouped to invoices: orders, and what cancels or returns goods of earlier ones."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from itertools import groupby
from typing import Any

import msgspec

from dinghuo.integrations.order_book import reasons as why
from dinghuo.integrations.order_book.asides import Asides
from dinghuo.integrations.order_book.lines import Lines
from dinghuo.integrations.sheets import Mapping
from dinghuo.orders.decide import MOST_LINES

# Fields that say what was ordered: when one of them differs, it is another invoice under an old number.
_TOLD = ("unit", "note", "tax_rate")


class Invoice(msgspec.Struct):
    """The lines of one number that are taken over, in the file's order; `digest` tells whether they are the same.

    `cancelled` is what later lines took off some of its lines, by their place, in the line's unit. `order` sorts
    those of one moment. `is_known` says that it was imported before and is left as it is.
    """

    number: str
    customer: str
    currency: str
    at: datetime
    lines: list[int]
    digest: str
    order: int = 0
    is_known: bool = False
    is_live: bool = False
    cancelled: dict[int, Decimal] = {}


@dataclass(frozen=True, slots=True)
class Invoices:
    """Orders and returns, each by time."""

    orders: list[Invoice]
    returns: list[Invoice]


_encode = msgspec.json.Encoder().encode


def group(lines: Lines, asides: Asides, mapping: Mapping, *, zone: tzinfo, currency: str) -> Invoices:
    """Bring the lines of one number together; those that do not fit its first line are set aside.

    `zone` is where the file's clocks stood; `currency` holds where the file names none.
    """
    lines_of: dict[str, list[int]] = {}
    aside = asides.reason_of
    for line, number in enumerate(lines.numbers):
        if line not in aside:
            lines_of.setdefault(number, []).append(line)
    currencies = lines.column("currency")
    found = Invoices([], [])
    for number, several in lines_of.items():
        kept = _of_one_customer(lines, asides, number, several)
        named = (currencies[kept[0]] if currencies else None) or currency
        if currencies:
            kept = _of_one_currency(asides, number, kept, currencies, named, currency)
        returned = mapping.is_cancellation(number)
        if len(kept) > MOST_LINES and not returned:
            for line in kept:
                asides.add(line, None, why.TOO_MANY_LINES(number=number, count=len(kept), most=MOST_LINES))
            continue
        at = min(map(lines.moments.__getitem__, kept)).replace(tzinfo=zone).astimezone(UTC)
        customer = lines.customers[kept[0]] or ""
        invoice = Invoice(number, customer, named, at, kept, _digest(lines, kept, named, customer))
        (found.returns if returned else found.orders).append(invoice)
    for invoices in (found.orders, found.returns):
        _sort(invoices)
    return found


def _of_one_customer(lines: Lines, asides: Asides, number: str, several: list[int]) -> list[int]:
    customers = lines.customers
    first = customers[several[0]]
    strangers = [line for line in several if customers[line] != first]
    if not strangers:
        return several
    for line in strangers:
        asides.add(line, "customer_code", why.OTHER_CUSTOMER("customer_code", number=number, customer=first))
    return [line for line in several if customers[line] == first]


def _of_one_currency(
    asides: Asides, number: str, several: list[int], currencies: list[str | None], named: str, usual: str
) -> list[int]:
    strangers = [line for line in several if (currencies[line] or usual) != named]
    for line in strangers:
        asides.add(line, "currency", why.OTHER_CURRENCY("currency", number=number, currency=named))
    return [line for line in several if (currencies[line] or usual) == named] if strangers else several


def _digest(lines: Lines, kept: Iterable[int], currency: str, customer: str) -> str:
    told = [column for name in _TOLD if (column := lines.column(name))]
    columns: list[Sequence[Any]] = [lines.skus, lines.quantities, lines.prices, *told]
    said = [[column[line] for column in columns] for line in kept]
    moments = [lines.moments[line] for line in kept][:1]
    return hashlib.sha256(_encode([customer, currency, moments, said])).hexdigest()


def _sort(invoices: list[Invoice]) -> None:
    """By time; those of one moment keep the file's order."""
    invoices.sort(key=lambda invoice: invoice.at)
    for _, several in groupby(invoices, key=lambda invoice: invoice.at):
        for order, invoice in enumerate(several):
            invoice.order = order
