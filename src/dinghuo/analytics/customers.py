"""Customers who have just begun to order, and those who no longer do."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.analytics.days import SOLD, day_of, starts
from dinghuo.analytics.sums import Looking
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import first_id_at

_MOST = 10
_SILENT_DAYS, _LOOKED_BACK_DAYS = 60, 365


class NewCustomer(msgspec.Struct, frozen=True):
    id: UUID
    code: str
    name: str
    name_en: str | None
    first_order_on: date


class NewCustomers(msgspec.Struct, frozen=True):
    """Those whose first order was this month, the latest first."""

    count: int
    items: list[NewCustomer]


class SilentCustomer(msgspec.Struct, frozen=True):
    id: UUID
    code: str
    name: str
    name_en: str | None
    last_order_on: date
    gross_before: Decimal | None


class SilentCustomers(msgspec.Struct, frozen=True):
    """Those who ordered within a year, but not in the last 60 days; who bought most before comes first."""

    count: int
    items: list[SilentCustomer]


# The first and the last order of each customer, by the index of customers.
_NEW = f"""
with begun as (
  select c.id, c.code, c.name, c.name_en, (
    select o.id from sales_order o where o.tenant_id = $1 and o.customer_id = c.id and {SOLD} order by o.id limit 1
  ) as first_id
  from customer c
  where c.tenant_id = $1 and c.merged_into_id is null and ($3::uuid[] is null or c.id = any($3))
)
select b.*, count(*) over () as count from begun b where b.first_id >= $2 order by b.first_id desc limit $4
"""  # noqa: S608 - constants of this module

_SILENT = f"""
with last as (
  select c.id, c.code, c.name, c.name_en, (
    select o.id from sales_order o where o.tenant_id = $1 and o.customer_id = c.id and {SOLD}
    order by o.id desc limit 1
  ) as last_id
  from customer c
  where c.tenant_id = $1 and c.state = 'active' and ($4::uuid[] is null or c.id = any($4))
)
select l.*, count(*) over () as count, coalesce((
    select sum(d.gross) from sales_day d
    where d.tenant_id = $1 and d.customer_id = l.id and d.currency = $5 and d.day >= $6
  ), 0) as gross_before
from last l where l.last_id >= $2 and l.last_id < $3
order by gross_before desc, l.last_id desc limit $7
"""  # noqa: S608 - constants of this module


async def new_customers(tx: Tx, look: Looking) -> NewCustomers:
    month = first_id_at(starts(look.today.replace(day=1), look.zone))
    rows = await tx.fetch(_NEW, month, look.customers, _MOST)
    items = [
        NewCustomer(row["id"], row["code"], row["name"], row["name_en"], day_of(row["first_id"], look.zone))
        for row in rows
    ]
    return NewCustomers(rows[0]["count"] if rows else 0, items)


async def silent_customers(tx: Tx, look: Looking, *, told: bool) -> SilentCustomers:
    since, until = (look.today - timedelta(days=days) for days in (_LOOKED_BACK_DAYS, _SILENT_DAYS))
    bounds = [first_id_at(starts(day, look.zone)) for day in (since, until)]
    rows = await tx.fetch(_SILENT, *bounds, look.customers, look.currency, since, _MOST)
    items = [
        SilentCustomer(
            row["id"],
            row["code"],
            row["name"],
            row["name_en"],
            day_of(row["last_id"], look.zone),
            row["gross_before"] if told else None,
        )
        for row in rows
    ]
    return SilentCustomers(rows[0]["count"] if rows else 0, items)
