"""Plan an order book: what becomes of every line of a file. Pure: reads no database and writes nothing."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any

from dinghuo.integrations.order_book import reasons as why
from dinghuo.integrations.order_book.asides import Asides, set_aside
from dinghuo.integrations.order_book.invoices import Invoice, Invoices, group
from dinghuo.integrations.order_book.known import Known
from dinghuo.integrations.order_book.lines import Lines, lines_of
from dinghuo.integrations.order_book.master import Master, find_master, usual_units
from dinghuo.integrations.order_book.match import Part, match
from dinghuo.integrations.order_book.opening import Units, open_orders_stock, opening_stock
from dinghuo.integrations.sheets import LineTable, Mapping, SheetError
from dinghuo.kit.errors import Fault

NOTHING = Known()


@dataclass(frozen=True, slots=True)
class Plan:
    """What becomes of a file. `opening` is the stock that all of its closed orders need; `to_open` what of it is not
    booked yet, and `to_open_live` what its open orders need. `book` is the same for the same orders and returns.
    """

    lines: Lines
    asides: Asides
    invoices: Invoices
    parts: list[Part]
    master: Master
    units: Units
    opening: dict[str, Decimal]
    to_open: dict[str, Decimal]
    to_open_live: dict[str, Decimal]
    book: str
    tax_inclusive: bool
    known: Known
    doubts: list[Fault]

    @property
    def new_orders(self) -> list[Invoice]:
        return [order for order in self.invoices.orders if not order.is_known]


def plan_order_book(
    table: LineTable,
    mapping: Mapping,
    places: dict[str, int],
    *,
    today: date,
    known: Known = NOTHING,
    live_from: date | None = None,
) -> Plan:
    """Say of every line whether it is ordered, cancels, is returned or is set aside, and of what that needs.

    `places` says where the mapped fields stand (`Mapping.bind`). Orders from the day `live_from` on stay open.
    """
    zone = mapping.zone or known.zone
    lines = lines_of(table, places)
    units = usual_units(lines, known)
    asides = set_aside(lines, mapping, today=today)
    _set_aside_units(asides, known, units)
    invoices = group(lines, asides, mapping, zone=zone, currency=known.currency)
    book = _book(invoices)
    invoices = _compare(invoices, asides, known)
    parts = match(lines, invoices.orders, invoices.returns, known.returned)
    if live_from is not None:
        _keep_open(invoices.orders, lines, datetime.combine(live_from, time(), zone))
    counted = Units(lines, known.skus)
    closed = [order for order in invoices.orders if not order.is_live]
    opening = opening_stock(lines, counted, closed, parts)
    is_booked = book in known.books
    fresh = [order for order in invoices.orders if not order.is_known and not is_booked]
    all_new = len(fresh) == len(invoices.orders)
    to_open = opening if all_new else opening_stock(lines, counted, _where(fresh, live=False), _new(parts))
    master = find_master(lines, invoices, mapping, known, units)
    return Plan(
        lines,
        asides,
        invoices,
        parts,
        master,
        counted,
        opening,
        to_open if not is_booked else {},
        open_orders_stock(lines, counted, _where(fresh, live=True), known.available),
        book,
        _is_tax_inclusive(mapping),
        known,
        [*table.doubts, *master.doubts, *_doubts(lines, asides)],
    )


def _is_tax_inclusive(mapping: Mapping) -> bool:
    """Whether the file's prices include tax; when it does not say, they do, as price lists do."""
    mode = mapping.constants.get("tax_mode", "inclusive")
    if mode not in ("inclusive", "exclusive"):
        raise SheetError(why.TAX_MODE("tax_mode", mode=mode))
    return mode == "inclusive"


def _where(orders: Iterable[Invoice], *, live: bool) -> list[Invoice]:
    return [order for order in orders if order.is_live == live]


def _new(parts: Iterable[Part]) -> list[Part]:
    return [part for part in parts if not part.is_known]


def _set_aside_units(asides: Asides, known: Known, usual: dict[str, str]) -> None:
    """Lines by a unit whose ratio to the SKU's own nobody knows."""
    lines = asides.lines
    named = lines.column("unit")
    if named is None:
        return
    for line, (code, unit) in enumerate(zip(lines.skus, named, strict=True)):
        if unit is None or line in asides or unit == usual.get(code):
            continue
        sku = known.skus.get(code)
        if sku is None or unit not in sku.units:
            asides.add(line, "unit", why.UNKNOWN_UNIT("unit", code=code, usual=usual[code], unit=unit))


def _book(invoices: Invoices) -> str:
    digest = hashlib.sha256()
    for invoice in (*invoices.orders, *invoices.returns):
        digest.update(f"{invoice.number}\0{invoice.digest}\0".encode())
    return digest.hexdigest()


def _compare(invoices: Invoices, asides: Asides, known: Known) -> Invoices:
    """Mark what was imported before; set aside what the tenant has under the same number and otherwise."""

    def keep(invoice: Invoice) -> bool:
        digest = known.digests.get(invoice.number)
        invoice.is_known = digest == invoice.digest
        if digest is None:
            message = why.NUMBER_TAKEN if invoice.number in known.numbers else None
        else:
            message = None if invoice.is_known else why.CHANGED
        if message is not None:
            fault = message("order_number", number=invoice.number)
            for line in invoice.lines:
                asides.add(line, "order_number", fault)
        return message is None

    return Invoices(
        [each for each in invoices.orders if keep(each)], [each for each in invoices.returns if keep(each)]
    )


def _keep_open(orders: Iterable[Invoice], lines: Lines, since: datetime) -> None:
    """Orders from this moment on stay open, unless all of them was cancelled."""
    for order in orders:
        if order.at >= since:
            order.is_live = any(
                lines.quantities[line] > order.cancelled.get(place, 0) for place, line in enumerate(order.lines)
            )


def _doubts(lines: Lines, asides: Asides) -> list[Fault]:
    # Cells at fault are None.
    columns: list[list[Any]] = [lines.quantities, lines.prices]
    unreadable = sum(any(column[line] is None for column in columns) for line in asides.reason_of)
    return [why.NO_AMOUNT(count=unreadable)] if unreadable else []
