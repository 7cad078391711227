"""A sales person's month: orders and sales of the customers they answer for, and where they were."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec

from dinghuo.analytics import sums
from dinghuo.analytics.days import starts
from dinghuo.analytics.span import Span, parts_of
from dinghuo.analytics.sums import Sum, looking
from dinghuo.identity.principals import StaffPrincipal, person_of
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import first_id_at


class OwnDay(msgspec.Struct, frozen=True):
    day: date
    orders: int
    gross: Decimal | None
    visits: int


class OwnFigures(msgspec.Struct, frozen=True, kw_only=True):
    """This month so far. `customers` counts those one answers for; visits are one's own, wherever."""

    month: str
    currency: str
    orders: int
    gross: Decimal | None
    customers: int
    customers_ordering: int
    visits: int
    customers_visited: int
    by_day: list[OwnDay]


_VISITS = """
select (v.at at time zone $3)::date as day, count(*) as visits from visit v
where v.tenant_id = $1 and v.visitor_id = $2 and v.id >= $4 group by 1
"""
_VISITED = """
select count(distinct v.customer_id) as n from visit v
where v.tenant_id = $1 and v.visitor_id = $2 and v.id >= $3
"""


async def own_figures(tx: Tx, *, staff: StaffPrincipal) -> OwnFigures:
    """The figures of whoever asks."""
    look = await looking(tx, staff=staff, currency=None, own=True)
    first = look.today.replace(day=1)
    parts = parts_of([Span("month", first, look.today)], look.live_from, look.zone)
    month = (await sums.by_name(tx, look, parts)).get("month", Sum())
    days = await sums.by_day(tx, look, parts)
    since, me = first_id_at(starts(first, look.zone)), person_of(staff)
    rows: list[Any] = await tx.fetch(_VISITS, me, look.zone.key, since)
    visits: dict[date, int] = {row["day"]: row["visits"] for row in rows}
    told = staff.sees_price
    return OwnFigures(
        month=first.isoformat()[:7],
        currency=look.currency,
        orders=month.orders,
        gross=month.gross if told else None,
        customers=len(look.customers or ()),
        customers_ordering=month.customers,
        visits=sum(visits.values()),
        customers_visited=(await tx.fetch(_VISITED, me, since))[0]["n"],
        by_day=[
            OwnDay(day, one.orders, one.gross if told else None, visits.get(day, 0))
            for day in (first + timedelta(days=n) for n in range(look.today.day))
            for one in [days.get(day, Sum())]
        ],
    )
