"""The first page of figures: today, this week and this month against what was before, and what stands out."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.analytics import sums
from dinghuo.analytics.customers import NewCustomers, SilentCustomers, new_customers, silent_customers
from dinghuo.analytics.days import range_of, starts
from dinghuo.analytics.span import Span, parts_of, spans_at
from dinghuo.analytics.stock_short import StockShort, stock_short
from dinghuo.analytics.sums import Looking, Sum, looking
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import first_id_at

_MOST = 10


class Figure(msgspec.Struct, frozen=True, kw_only=True):
    """A span of days and what was ordered on them; `gross` for those who see prices."""

    first: date = msgspec.field(name="from")
    until: date
    orders: int
    gross: Decimal | None
    customers: int


class Compared(Figure, frozen=True, kw_only=True):
    """With the same span before, as far as this one has gone."""

    before: Figure


class OfDay(msgspec.Struct, frozen=True):
    day: date
    orders: int
    gross: Decimal | None


class OfHour(msgspec.Struct, frozen=True):
    hour: int
    orders: int
    gross: Decimal | None


class TopSku(msgspec.Struct, frozen=True, kw_only=True):
    sku: str
    name: str
    name_en: str | None
    quantity: Decimal
    base_unit: str
    gross: Decimal | None


class TopCustomer(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    code: str
    name: str
    name_en: str | None
    orders: int
    gross: Decimal | None


class OfState(msgspec.Struct, frozen=True):
    state: str
    orders: int


class OfChannel(msgspec.Struct, frozen=True):
    channel: str
    orders: int
    gross: Decimal | None


class Today(msgspec.Struct, frozen=True, kw_only=True):
    """Figures in one currency, of the customers the reader may see. `catching_up`: older days are still being
    worked out."""

    as_of: datetime
    zone: str
    currency: str
    other_currencies: list[str]
    catching_up: bool
    spans: dict[str, Compared]
    by_day: list[OfDay]
    by_hour: list[OfHour]
    top_skus: list[TopSku]
    top_customers: list[TopCustomer]
    new_customers: NewCustomers
    silent_customers: SilentCustomers
    stock_short: StockShort | None
    by_state: list[OfState]
    by_channel: list[OfChannel]


async def figures(tx: Tx, *, staff: StaffPrincipal, days: int, currency: str | None) -> Today:
    """All figures of the page, in a fixed number of statements."""
    look = await looking(tx, staff=staff, currency=currency)
    told = staff.sees_price
    first = look.today - timedelta(days=days - 1)
    window = parts_of([Span("window", first, look.today)], look.live_from, look.zone)
    spans = spans_at(tx.now, look.zone)
    by_span = await sums.by_name(tx, look, parts_of(spans, look.live_from, look.zone))
    by_day = await sums.by_day(tx, look, window)
    by_hour = await sums.by_hour(tx, look, range_of(look.today, look.zone))
    channels = await sums.by_channel(tx, look, window)
    return Today(
        as_of=tx.now,
        zone=look.zone.key,
        currency=look.currency,
        other_currencies=await _other_currencies(tx, look, first),
        catching_up=look.is_behind,
        spans=_compared(spans, by_span, told=told),
        by_day=[
            OfDay(day, one.orders, one.gross if told else None)
            for day in (first + timedelta(days=n) for n in range(days))
            for one in [by_day.get(day, Sum())]
        ],
        by_hour=[
            OfHour(hour, one.orders, one.gross if told else None)
            for hour in range(24)
            for one in [by_hour.get(hour, Sum())]
        ],
        top_skus=await _top_skus(tx, look, first, told=told),
        top_customers=[
            TopCustomer(
                id=row["id"],
                code=row["code"],
                name=row["name"],
                name_en=row["name_en"],
                orders=row["orders"],
                gross=row["gross"] if told else None,
            )
            for row in await sums.by_customer(tx, look, window, most=_MOST)
        ],
        new_customers=await new_customers(tx, look),
        silent_customers=await silent_customers(tx, look, told=told),
        stock_short=await stock_short(tx) if staff.may("inventory.read") else None,
        by_state=await _by_state(tx, look, first),
        by_channel=[OfChannel(name, one.orders, one.gross if told else None) for name, one in channels.items()],
    )


def _compared(spans: list[Span], found: Mapping[str, Sum], *, told: bool) -> dict[str, Compared]:
    by_name = {span.name: span for span in spans}

    def fields(span: Span) -> dict[str, Any]:
        one = found.get(span.name, Sum())
        gross = one.gross if told else None
        shared = {"orders": one.orders, "gross": gross, "customers": one.customers}
        return {"first": span.first, "until": span.last, **shared}

    return {
        name: Compared(**fields(by_name[name]), before=Figure(**fields(by_name[f"{name} before"])))
        for name in ("today", "week", "month")
    }


async def _top_skus(tx: Tx, look: Looking, first: date, *, told: bool) -> list[TopSku]:
    end = range_of(look.today, look.zone)[1]
    rows = await sums.top_skus(
        tx,
        look,
        whole=(first, look.live_from - timedelta(days=1)),
        live=(first_id_at(starts(max(first, look.live_from), look.zone)), end),
        all_of_it=(first_id_at(starts(first, look.zone)), end),
        most=_MOST,
    )
    return [
        TopSku(
            sku=row["code"],
            name=row["name"],
            name_en=row["name_en"],
            quantity=row["quantity"],
            base_unit=row["base_unit"],
            gross=row["gross"] if told else None,
        )
        for row in rows
    ]


_STATES = """
select o.state, count(*) as orders from sales_order o
where o.tenant_id = $1 and o.id >= $2 and ($3::uuid[] is null or o.customer_id = any($3))
group by o.state order by o.state
"""
_CURRENCIES = """
select distinct d.currency from sales_day d
where d.tenant_id = $1 and d.day >= $2 and d.currency <> $3 and ($4::uuid[] is null or d.customer_id = any($4))
order by d.currency
"""


async def _by_state(tx: Tx, look: Looking, first: date) -> list[OfState]:
    rows = await tx.fetch(_STATES, first_id_at(starts(first, look.zone)), look.customers)
    return [OfState(row["state"], row["orders"]) for row in rows]


async def _other_currencies(tx: Tx, look: Looking, first: date) -> list[str]:
    return [row["currency"] for row in await tx.fetch(_CURRENCIES, first, look.currency, look.customers)]
