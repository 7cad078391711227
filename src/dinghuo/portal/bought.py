"""What a dealer bought before: in the last hundred orders, which is as far back as anybody reorders."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, distinct, select

from dinghuo.identity.facts import load_tenant
from dinghuo.kit.database import Tx
from dinghuo.orders.tables import order_line, sales_order
from dinghuo.portal.cards import LastBought, Purchase

_ORDERS = 100
_NOT_BOUGHT = ("cancelled", "rejected")

_RECENT = f"""
recent as materialized (
  select id, number, placed_at from sales_order
  where tenant_id = $1 and customer_id = $2 and state not in ('cancelled', 'rejected')
  order by id desc limit {_ORDERS}
)"""  # noqa: S608 - a constant of ours
_LAST = f"""
with {_RECENT}
select distinct on (l.sku_id) l.sku_id, o.id, o.placed_at, l.quantity, l.unit
from recent o join order_line l on l.tenant_id = $1 and l.order_id = o.id
where l.sku_id = any($3::uuid[]) and l.cancelled < l.base_quantity and l.kind = 'goods'
order by l.sku_id, o.id desc
"""  # noqa: S608 - constants of ours
_USUAL = f"""
with {_RECENT}, by_unit as (
  select l.sku_id, l.sku_code, l.unit, count(distinct o.id) as times, max(o.placed_at) as last_at,
    percentile_disc(0.5) within group (order by l.quantity) as quantity
  from recent o join order_line l on l.tenant_id = $1 and l.order_id = o.id
  where l.cancelled < l.base_quantity and l.kind = 'goods'
  group by l.sku_id, l.sku_code, l.unit
), best as (
  select distinct on (sku_id) * from by_unit order by sku_id, times desc, last_at desc, unit
), days as (
  select l.sku_id, count(distinct d.day)::int as days, min(d.day) as first_day, max(d.day) as last_day
  from (select id, (placed_at at time zone $4)::date as day from recent) d
  join order_line l on l.tenant_id = $1 and l.order_id = d.id
  where l.cancelled < l.base_quantity and l.kind = 'goods'
  group by l.sku_id
)
select sku_code, unit, times, last_at, quantity, days, first_day, last_day
from best join days using (sku_id) order by times desc, last_at desc, sku_code limit $3
"""  # noqa: S608 - constants of ours
_PURCHASES = f"""
with {_RECENT}
select o.id, o.number, o.placed_at, l.sku_code, l.sku_name, l.quantity, l.unit, l.deal_price
from recent o join order_line l on l.tenant_id = $1 and l.order_id = o.id
where l.sku_id = any($3::uuid[]) and l.cancelled < l.base_quantity and l.kind = 'goods'
order by o.id desc, l.line_no limit $4
"""  # noqa: S608 - constants of ours


class Usual(msgspec.Struct, frozen=True):
    """A SKU ordered often: by which unit, how much at a time; on how many days, from when to when."""

    sku: str
    unit: str
    times: int
    last_at: datetime
    quantity: Decimal
    days: int
    first_day: date
    last_day: date


async def last_bought(tx: Tx, customer_id: UUID, sku_ids: Collection[UUID]) -> dict[UUID, LastBought]:
    """When and how much of each SKU was ordered last."""
    rows = await tx.fetch(_LAST, customer_id, list(sku_ids)) if sku_ids else []
    return {
        row["sku_id"]: LastBought(at=row["placed_at"], quantity=row["quantity"], unit=row["unit"], order_id=row["id"])
        for row in rows
    }


async def usual(tx: Tx, customer_id: UUID, *, most: int) -> list[Usual]:
    """What is ordered most often, first."""
    zone = (await load_tenant(tx)).zone.key
    rows = await tx.fetch(_USUAL, customer_id, most, zone)
    return [
        Usual(
            row["sku_code"],
            row["unit"],
            row["times"],
            row["last_at"],
            row["quantity"],
            row["days"],
            row["first_day"],
            row["last_day"],
        )
        for row in rows
    ]


async def purchases(
    tx: Tx, customer_id: UUID, sku_ids: Sequence[UUID], *, sees_price: bool, most: int = 20
) -> list[Purchase]:
    """The lines with these SKUs, the newest first."""
    return [
        Purchase(
            order_id=row["id"],
            number=row["number"],
            at=row["placed_at"],
            sku=row["sku_code"],
            sku_name=row["sku_name"],
            quantity=row["quantity"],
            unit=row["unit"],
            **({"price": row["deal_price"]} if sees_price else {}),
        )
        for row in await tx.fetch(_PURCHASES, customer_id, list(sku_ids), most)
    ]


def bought_skus(tenant_id: int, customer_id: UUID) -> Select[Any]:
    """The ids of all SKUs in those orders."""
    o, line = sales_order.c, order_line.c
    recent = (
        select(o.id)
        .where(o.tenant_id == tenant_id, o.customer_id == customer_id, o.state.not_in(_NOT_BOUGHT))
        .order_by(o.id.desc())
        .limit(_ORDERS)
        .subquery("recent")
    )
    return (
        select(distinct(line.sku_id))
        .select_from(recent)
        .join(order_line, and_(line.tenant_id == tenant_id, line.order_id == recent.c.id))
        .where(line.cancelled < line.base_quantity, line.kind == "goods")
    )
