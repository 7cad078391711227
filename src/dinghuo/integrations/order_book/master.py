"""The customers, SKUs and prices that an order book shows and the tenant does not have yet."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from dinghuo.integrations.order_book import reasons as why
from dinghuo.integrations.order_book.invoices import Invoice, Invoices
from dinghuo.integrations.order_book.known import Known
from dinghuo.integrations.order_book.lines import Lines
from dinghuo.integrations.sheets import Mapping
from dinghuo.kit.errors import Fault

K = TypeVar("K", bound=Hashable)
V = TypeVar("V", bound=Hashable)

# What is counted by when a file does not say: one piece.
PIECE = "件"
_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """A customer to create. `region` is what the file calls its region or country."""

    code: str
    name: str
    region: str | None
    country: str | None
    currency: str


@dataclass(frozen=True, slots=True)
class NewSku:
    code: str
    name: str
    unit: str
    barcode: str | None
    tax_rate: Decimal | None


@dataclass(frozen=True, slots=True)
class NewPrice:
    """What one of the SKU's sales unit usually costs."""

    currency: str
    sku: str
    price: Decimal


@dataclass(frozen=True, slots=True)
class Master:
    """What is to be created, and what a person should know of how it was found. `since` is the first order's day."""

    customers: list[NewCustomer]
    skus: list[NewSku]
    prices: list[NewPrice]
    since: date | None
    doubts: list[Fault]


def usual_units(lines: Lines, known: Known) -> dict[str, str]:
    """The unit that each SKU is counted by where a line names none: its own, else the file's most frequent."""
    units = lines.column("unit")
    usual = {code: sku.sales_unit for code, sku in known.skus.items()}
    if units is None:
        return usual
    named = ((code, unit) for code, unit in zip(lines.skus, units, strict=True) if unit and code not in usual)
    return {code: unit for code, (unit, *_) in _ranked(named).items()} | usual


def find_master(lines: Lines, invoices: Invoices, mapping: Mapping, known: Known, units: dict[str, str]) -> Master:
    """What the invoices need that is not known; where the file says several things, the most frequent counts."""
    doubts: list[Fault] = []
    every = [*invoices.orders, *invoices.returns]
    since = min((invoice.at.astimezone(known.zone).date() for invoice in invoices.orders), default=None)
    return Master(
        _new_customers(lines, every, mapping, known, doubts),
        _new_skus(lines, every, known, units, doubts),
        _new_prices(lines, invoices.orders, known, units),
        since,
        doubts,
    )


def _new_customers(
    lines: Lines, invoices: Sequence[Invoice], mapping: Mapping, known: Known, doubts: list[Fault]
) -> list[NewCustomer]:
    fresh = [invoice for invoice in invoices if invoice.customer not in known.customers]
    currency = {invoice.customer: invoice.currency for invoice in reversed(fresh)}

    def said(field: str) -> dict[str, list[str]]:
        column = lines.column(field)
        return _ranked((invoice.customer, column[invoice.lines[0]]) for invoice in fresh) if column else {}

    names, regions, countries = said("customer_name"), said("region"), said("country")
    places = {code: regions.get(code) or countries.get(code) or [] for code in currency}
    several = [code for code, found in places.items() if len(found) > 1]
    if several:
        example = f"{several[0]}: {' / '.join(places[several[0]])}"
        doubts.append(why.SEVERAL_REGIONS(count=len(several), example=example))
    if "customer_name" not in mapping.columns:
        # A name for all can only be meant for the one customer of lines that name none.
        names = {code: found for code, found in names.items() if code == mapping.constants.get("customer_code")}
    return [
        NewCustomer(
            code,
            (names.get(code) or [code])[0][:_LONGEST_NAME],
            next(iter(places[code]), None),
            next(iter(countries.get(code, ())), None),
            currency[code],
        )
        for code in sorted(currency)
    ]


def _new_skus(
    lines: Lines, invoices: Sequence[Invoice], known: Known, units: dict[str, str], doubts: list[Fault]
) -> list[NewSku]:
    kept = [line for invoice in invoices for line in invoice.lines]
    codes = list(map(lines.skus.__getitem__, kept))

    def said(field: str) -> dict[str, list[str]]:
        column = lines.column(field)
        return _ranked(zip(codes, map(column.__getitem__, kept), strict=True)) if column else {}

    met = set(codes)
    names, barcodes, rates = said("description"), said("barcode"), said("tax_rate")
    several = [code for code, found in names.items() if len(found) > 1]
    if several:
        example = f"{several[0]}: {' / '.join(names[several[0]][:3])}"
        doubts.append(why.SEVERAL_NAMES(count=len(several), example=example))
    _doubt_capitals(met, doubts)
    return [
        NewSku(
            code,
            (names.get(code) or [code])[0][:_LONGEST_NAME],
            units.get(code, PIECE),
            next(iter(barcodes.get(code, ())), None),
            next(iter(rates.get(code, ())), None),  # type: ignore[arg-type]
        )
        for code in sorted(met - known.skus.keys())
    ]


def _doubt_capitals(codes: Iterable[str], doubts: list[Fault]) -> None:
    spelled: dict[str, list[str]] = {}
    for code in sorted(codes):
        spelled.setdefault(code.casefold(), []).append(code)
    alike = [several for several in spelled.values() if len(several) > 1]
    if alike:
        doubts.append(why.CASE_DIFFERS(count=sum(map(len, alike)), example=" / ".join(alike[0])))


def _new_prices(lines: Lines, orders: Sequence[Invoice], known: Known, units: dict[str, str]) -> list[NewPrice]:
    named = lines.column("unit")
    pairs = (
        ((order.currency, lines.skus[line]), lines.prices[line])
        for order in orders
        for line in order.lines
        if named is None or named[line] is None or named[line] == units.get(lines.skus[line])
    )
    nothing: frozenset[str] = frozenset()
    return [
        NewPrice(currency, sku, prices[0])
        for (currency, sku), prices in sorted(_ranked(pairs).items())
        if sku not in known.priced.get(currency, nothing)
    ]


def _ranked(pairs: Iterable[tuple[K, V | None]]) -> dict[K, list[V]]:
    """For each key the values it comes with, the most frequent first, of equally frequent ones the newest."""
    found: dict[K, list[tuple[int, V]]] = {}
    for (key, value), count in Counter(pairs).items():
        if value is not None:
            found.setdefault(key, []).append((count, value))
    for values in found.values():
        values.reverse()
        values.sort(key=lambda each: -each[0])
    return {key: [value for _, value in values] for key, values in found.items()}
