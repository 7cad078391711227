"""Reading sums: the sums by day joined by what is still read from the orders themselves, within a scope."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select

from dinghuo.analytics.days import GROSS, QUANTITY, SOLD, Range
from dinghuo.analytics.span import Parts
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.database import Tx
from dinghuo.parties.tables import customer

_NOTHING = Decimal("0.00")


class Looking(msgspec.Struct, frozen=True):
    """Who looks at what: `customers` None means all; days from `live_from` on are read from the orders."""

    zone: ZoneInfo
    currency: str
    customers: list[UUID] | None
    today: date
    live_from: date
    is_behind: bool


async def looking(tx: Tx, *, staff: StaffPrincipal, currency: str | None, own: bool = False) -> Looking:
    """How this reader's figures are found; `own`: only of customers they answer for themselves."""
    tenant = await load_tenant(tx)
    today = tx.now.astimezone(tenant.zone).date()
    yesterday = today - timedelta(days=1)
    rows = await tx.fetch(_STATE, yesterday, today)
    (state,) = rows
    money = currency or (await tx.fetch("select currency from tenant where id = $1"))[0]["currency"]
    return Looking(
        zone=tenant.zone,
        currency=money,
        customers=await _customers(tx, staff, own=own),
        today=today,
        live_from=today if state["yesterday_is_counted"] else yesterday,
        is_behind=state["earlier_is_marked"],
    )


_STATE = """
select exists(select from counted_day c where c.tenant_id = $1 and c.day = $2 and not c.dirty)
    as yesterday_is_counted,
  exists(select from counted_day d where d.tenant_id = $1 and d.dirty and d.day < $2 and d.day < $3)
    as earlier_is_marked
"""


async def _customers(tx: Tx, staff: StaffPrincipal, *, own: bool) -> list[UUID] | None:
    if not own and staff.scope.kind == "all":
        return None
    mine = customer.c.owner_id == staff.user_id if own else visible_customers(staff, customer)
    rows = await tx.rows(select(customer.c.id).where(customer.c.tenant_id == tx.tenant_id, mine))
    return [row.id for row in rows]


class Sum(msgspec.Struct, frozen=True):
    """What was sold of one key: a span, a day, a channel, a customer."""

    orders: int = 0
    gross: Decimal = _NOTHING
    customers: int = 0


# `$2`–`$4` whole days by name, `$5`–`$7` ranges of ids by name, `$8` the currency, `$9` the customers or null.
_FACTS = f"""
with facts as (
  select w.name, d.day, d.customer_id, d.channel, d.orders::bigint as orders, d.gross
  from unnest($2::text[], $3::date[], $4::date[]) as w(name, first, last)
  join sales_day d on d.tenant_id = $1 and d.day between w.first and w.last and d.currency = $8
    and ($9::uuid[] is null or d.customer_id = any($9))
  union all
  select v.name, (v.start at time zone $10)::date, o.customer_id, o.channel, 1, n.gross
  from unnest($5::text[], $6::uuid[], $7::uuid[], $11::timestamptz[]) as v(name, first_id, last_id, start)
  join sales_order o on o.tenant_id = $1 and o.id between v.first_id and v.last_id and {SOLD} and o.currency = $8
    and ($9::uuid[] is null or o.customer_id = any($9))
  join lateral (
    select sum({GROSS}) as gross from order_line l
    where l.tenant_id = $1 and l.order_id = o.id and l.cancelled < l.base_quantity
  ) n on n.gross is not null
)
"""  # noqa: S608 - constants of this module

_BY_NAME = f"""{_FACTS}
select f.name as key, sum(f.orders)::bigint as orders, sum(f.gross) as gross,
  count(distinct f.customer_id) as customers
from facts f group by f.name
"""  # noqa: S608 - constants of this module
_BY_DAY = f"""{_FACTS}
select f.day as key, sum(f.orders)::bigint as orders, sum(f.gross) as gross,
  count(distinct f.customer_id) as customers
from facts f group by f.day
"""  # noqa: S608 - constants of this module
_BY_CHANNEL = f"""{_FACTS}
select f.channel as key, sum(f.orders)::bigint as orders, sum(f.gross) as gross,
  count(distinct f.customer_id) as customers
from facts f group by f.channel order by 3 desc, 1
"""  # noqa: S608 - constants of this module
_BY_CUSTOMER = f"""{_FACTS}, best as (
  select f.customer_id, sum(f.orders)::bigint as orders, sum(f.gross) as gross
  from facts f group by f.customer_id order by 3 desc, 1 limit $12
)
select c.id, c.code, c.name, c.name_en, b.orders, b.gross
from best b join customer c on c.tenant_id = $1 and c.id = b.customer_id
order by b.gross desc, c.id
"""  # noqa: S608 - constants of this module


def arguments(look: Looking, parts: Parts) -> list[Any]:
    """The arguments of a statement over `_FACTS`."""
    starts = [_moment_of(first) for _, (first, _) in parts.live]
    return [
        [name for name, _, _ in parts.whole],
        [first for _, first, _ in parts.whole],
        [last for _, _, last in parts.whole],
        [name for name, _ in parts.live],
        [first for _, (first, _) in parts.live],
        [last for _, (_, last) in parts.live],
        look.currency,
        look.customers,
        look.zone.key,
        starts,
    ]


def _moment_of(order_id: UUID) -> datetime:
    return datetime.fromtimestamp((order_id.int >> 80) / 1000, UTC)


async def by_name(tx: Tx, look: Looking, parts: Parts) -> dict[str, Sum]:
    return _sums(await tx.fetch(_BY_NAME, *arguments(look, parts)))


async def by_day(tx: Tx, look: Looking, parts: Parts) -> dict[date, Sum]:
    return _sums(await tx.fetch(_BY_DAY, *arguments(look, parts)))


async def by_channel(tx: Tx, look: Looking, parts: Parts) -> dict[str, Sum]:
    return _sums(await tx.fetch(_BY_CHANNEL, *arguments(look, parts)))


async def by_customer(tx: Tx, look: Looking, parts: Parts, *, most: int) -> list[Any]:
    return await tx.fetch(_BY_CUSTOMER, *arguments(look, parts), most)


def _sums(rows: Sequence[Any]) -> dict[Any, Sum]:
    return {row["key"]: Sum(row["orders"], row["gross"], row["customers"]) for row in rows}


_BY_HOUR = f"""
select extract(hour from o.placed_at at time zone $6)::int as hour, count(*) as orders, sum(n.gross) as gross
from sales_order o
join lateral (
  select sum({GROSS}) as gross from order_line l
  where l.tenant_id = $1 and l.order_id = o.id and l.cancelled < l.base_quantity
) n on n.gross is not null
where o.tenant_id = $1 and o.id between $2 and $3 and {SOLD} and o.currency = $4
  and ($5::uuid[] is null or o.customer_id = any($5))
group by 1
"""  # noqa: S608 - constants of this module


async def by_hour(tx: Tx, look: Looking, today: Range) -> dict[int, Sum]:
    rows = await tx.fetch(_BY_HOUR, *today, look.currency, look.customers, look.zone.key)
    return {row["hour"]: Sum(row["orders"], row["gross"]) for row in rows}


_LINES_OF = f"""
  select l.sku_id, {QUANTITY} as quantity, {GROSS} as gross
  from sales_order o
  join order_line l on l.tenant_id = $1 and l.order_id = o.id and l.cancelled < l.base_quantity
  where o.tenant_id = $1 and o.id between $4 and $5 and {SOLD} and o.currency = $6
"""  # noqa: S608 - constants of this module
_NAMED = """
select s.code, s.name, s.name_en, s.base_unit, sum(f.quantity) as quantity, sum(f.gross) as gross
from facts f join sku s on s.tenant_id = $1 and s.id = f.sku_id
group by s.code, s.name, s.name_en, s.base_unit order by gross desc, 1 limit $7
"""
# Of everybody: whole days in the sums, the rest in the orders. Of some customers: in their own orders alone.
_SKUS_OF_ALL = f"""
with facts as (
  select d.sku_id, d.quantity, d.gross from sku_day d
  where d.tenant_id = $1 and d.day between $2 and $3 and d.currency = $6
  union all {_LINES_OF}
) {_NAMED}
"""  # noqa: S608 - constants of this module
_SKUS_OF_SOME = f"""
with facts as ({_LINES_OF} and o.customer_id = any($2::uuid[]) and $3::date is not null) {_NAMED}
"""


async def top_skus(
    tx: Tx, look: Looking, *, whole: tuple[date, date], live: Range, all_of_it: Range, most: int
) -> list[Any]:
    """The SKUs that brought most. `live` is what `whole` does not cover, `all_of_it` both."""
    if look.customers is None:
        return await tx.fetch(_SKUS_OF_ALL, *whole, *live, look.currency, most)
    return await tx.fetch(_SKUS_OF_SOME, look.customers, look.today, *all_of_it, look.currency, most)
