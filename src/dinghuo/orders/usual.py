"""What a customer usually buys: beside the order entry, so that nobody has to ask what it was last time."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import first_id_at
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page
from dinghuo.parties.tables import customer

_MOST_ORDERS = 200
_SINCE = timedelta(days=365)


class LastOrder(msgspec.Struct, frozen=True):
    """Where it was bought last."""

    id: UUID
    number: str


class Usual(msgspec.Struct, frozen=True, kw_only=True):
    """One SKU in the unit it was last ordered by. `usual_quantity` is the middle one of those in that unit.

    `last_price` is null for those who see no prices; `active` whether it is still sold at all.
    """

    sku: str
    name: str
    name_en: str | None
    unit: str
    times: int
    last_quantity: Decimal
    usual_quantity: Decimal
    last_price: Decimal | None
    last_at: datetime
    last_order: LastOrder
    active: bool


# The newest orders first: the first of each array is the last purchase.
_USUAL = """
with recent as (
  select o.id, o.number, o.placed_at from sales_order o
  where o.tenant_id = $1 and o.customer_id = $2 and o.id >= $3 and o.state not in ('cancelled', 'rejected')
  order by o.id desc limit $4
), bought as (
  select l.sku_id, count(distinct r.id) as times, max(r.placed_at) as last_at,
    array_agg(l.unit order by r.id desc, l.line_no) as units,
    array_agg(l.quantity order by r.id desc, l.line_no) as quantities,
    array_agg(l.deal_price order by r.id desc, l.line_no) as prices,
    array_agg(r.id order by r.id desc, l.line_no) as ids,
    array_agg(r.number order by r.id desc, l.line_no) as numbers
  from recent r
  join order_line l on l.tenant_id = $1 and l.order_id = r.id
  where l.cancelled < l.base_quantity and l.kind = 'goods'
  group by l.sku_id
)
select s.code, s.name, s.name_en, s.state = 'active' as active, b.*
from bought b
join sku s on s.tenant_id = $1 and s.id = b.sku_id
order by b.times desc, b.last_at desc, s.code
limit $5
"""


async def usual_of_customer(tx: Tx, *, seen_by: Principal, customer_id: UUID, limit: int) -> Page[Usual]:
    """What the customer bought in its last orders of a year, the most often bought first; refused when unseen."""
    known = await tx.one(
        select(customer.c.id).where(
            customer.c.tenant_id == tx.tenant_id, customer.c.id == customer_id, visible_customers(seen_by, customer)
        )
    )
    if known is None:
        raise missing("customer", customer_id)
    rows = await tx.fetch(_USUAL, customer_id, first_id_at(tx.now - _SINCE), _MOST_ORDERS, limit)
    return Page([_usual(row, told=seen_by.sees_price) for row in rows])


def _usual(row: Any, *, told: bool) -> Usual:
    unit = row["units"][0]
    alike = sorted(q for q, u in zip(row["quantities"], row["units"], strict=True) if u == unit)
    return Usual(
        sku=row["code"],
        name=row["name"],
        name_en=row["name_en"],
        unit=unit,
        times=row["times"],
        last_quantity=row["quantities"][0],
        usual_quantity=alike[len(alike) // 2],
        last_price=row["prices"][0] if told else None,
        last_at=row["last_at"],
        last_order=LastOrder(row["ids"][0], row["numbers"][0]),
        active=row["active"],
    )
