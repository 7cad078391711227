"""The lines that were sold to the customers a price list is for, those alike put together."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from dinghuo.analytics.days import NET, QUANTITY, SOLD, Range
from dinghuo.kit.database import Tx


class Sold(msgspec.Struct, frozen=True, gc=False):
    """Lines of one customer, SKU, unit, quantity and month. `quantity` was ordered of each, `left` of it was not
    cancelled, both in `unit`; `net` and `cost` are what all of them came to.

    `is_kept` when no list has a say: a price set by hand, agreed in a blanket order, or a gift. `costless` counts
    the lines whose cost is not known.
    """

    customer_id: UUID
    sku_id: UUID
    unit: str
    quantity: Decimal
    left: Decimal
    tax_rate: Decimal | None
    month: date
    is_kept: bool
    lines: int
    net: Decimal
    cost: Decimal
    costless: int


_SOLD = f"""
select o.customer_id, l.sku_id, l.unit, l.quantity, l.quantity * {QUANTITY} / l.base_quantity as left, l.tax_rate,
  date_trunc('month', o.placed_at at time zone $6)::date as month,
  coalesce(l.price_reason->>'source' in ('manual', 'blanket', 'gift'), false) as is_kept,
  count(*) as lines, sum({NET}) as net, coalesce(sum(l.unit_cost * {QUANTITY}), 0) as cost,
  count(*) filter (where l.unit_cost is null) as costless
from sales_order o
join order_line l on l.tenant_id = $1 and l.order_id = o.id and l.cancelled < l.base_quantity
where o.tenant_id = $1 and o.id between $2 and $3 and {SOLD} and o.currency = $4
  and o.customer_id = any($5::uuid[])
group by 1, 2, 3, 4, 5, 6, 7, 8
"""  # noqa: S608 - constants of ours

_ORDERS = f"""
select count(*) as orders from sales_order o
where o.tenant_id = $1 and o.id between $2 and $3 and {SOLD} and o.currency = $4 and o.customer_id = any($5::uuid[])
"""  # noqa: S608 - constants of ours


async def sold_lines(
    tx: Tx, *, span: Range, currency: str, customers: Sequence[UUID], zone: ZoneInfo
) -> tuple[int, list[Sold]]:
    """How many orders, and their lines."""
    first, last = span
    (counted,) = await tx.fetch(_ORDERS, first, last, currency, list(customers))
    rows = await tx.fetch(_SOLD, first, last, currency, list(customers), zone.key)
    return counted["orders"], [Sold(*row.values()) for row in rows]
