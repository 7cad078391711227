"""The orders of the last months that a promotion would have looked at, as baskets at their list amounts."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from dinghuo.analytics.days import NET, QUANTITY, SOLD, Range
from dinghuo.kit.database import Tx


class Bought(msgspec.Struct, frozen=True, gc=False):
    """A line as it stands: `quantity` in `unit` and `base_quantity` are not cancelled, `gross` is what they came to
    before promotions, tax included, `net` what they came to in the end. `final` says why no promotion may touch it.
    """

    order_id: UUID
    customer_id: UUID
    day: date
    line_no: int
    sku_id: UUID
    unit: str
    quantity: Decimal
    base_quantity: Decimal
    gross: Decimal
    net: Decimal
    tax_rate: Decimal | None
    is_reduced: bool
    cost: Decimal | None
    final: Literal["contract", "manual"] | None


_BOUGHT = f"""
select o.id as order_id, o.customer_id, (o.placed_at at time zone $6)::date as day, l.line_no, l.sku_id, l.unit,
  l.quantity * {QUANTITY} / l.base_quantity as quantity, {QUANTITY} as base_quantity,
  case when l.cancelled = 0 then l.gross + l.discount
    else round((l.gross + l.discount) * {QUANTITY} / l.base_quantity, 2) end as gross,
  {NET} as net, l.tax_rate, l.discount > 0 as is_reduced, l.unit_cost * {QUANTITY} as cost,
  case when l.price_reason->>'source' in ('manual', 'blanket') then 'manual'
    when l.price_reason->>'kind' = 'contract' then 'contract' end as final
from sales_order o
join order_line l on l.tenant_id = $1 and l.order_id = o.id and l.cancelled < l.base_quantity and l.kind = 'goods'
where o.tenant_id = $1 and o.id between $2 and $3 and {SOLD} and o.currency = $4
  and o.customer_id = any($5::uuid[])
  and ($7::uuid[] is null or l.sku_id = any($7) or o.id = any($8::uuid[]))
order by o.id, l.line_no
"""  # noqa: S608 - constants of ours

_GRANTED = """
select o.id as order_id, array_agg(g.promotion_id) as promotions
from sales_order o cross join jsonb_to_recordset(o.promotions) as g(promotion_id uuid)
where o.tenant_id = $1 and o.id between $2 and $3 group by o.id
"""
_FIRST = """
select customer_id, min(id::text)::uuid as id from sales_order
where tenant_id = $1 and customer_id = any($2::uuid[]) and state not in ('cancelled', 'rejected') group by customer_id
"""


async def granted_then(tx: Tx, span: Range) -> dict[UUID, Sequence[UUID]]:
    """The promotions that the orders of these months were granted, by order."""
    return {row["order_id"]: row["promotions"] for row in await tx.fetch(_GRANTED, *span)}


async def first_orders(tx: Tx, customers: Collection[UUID]) -> set[UUID]:
    """The first order of each customer that was not called off."""
    return {row["id"] for row in await tx.fetch(_FIRST, list(customers))}


async def bought_lines(
    tx: Tx,
    *,
    span: Range,
    currency: str,
    customers: Collection[UUID],
    zone: ZoneInfo,
    goods: Collection[UUID] | None,
    whole: Collection[UUID],
) -> list[Bought]:
    """The lines of these goods (None: all) and all of the `whole` orders, order by order as they were placed."""
    wanted = None if goods is None else list(goods)
    rows = await tx.fetch(_BOUGHT, *span, currency, list(customers), zone.key, wanted, list(whole))
    return [Bought(*row.values()) for row in rows]


def order_by_order(lines: Sequence[Bought]) -> Iterator[tuple[UUID, list[Bought]]]:
    return ((order_id, list(several)) for order_id, several in groupby(lines, lambda line: line.order_id))
