"""What to know before a price list is published: what it clashes with, what it sells below cost, whom it touches."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from dinghuo.analytics.backtest.lists import customers_of, day_of_trial, draft_facts
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Tx
from dinghuo.pricing.locked import check_sees_price
from dinghuo.pricing.overlap import Period, overlaps
from dinghuo.pricing.queries import get_price_list

MOST_SHOWN = 100


class Clash(msgspec.Struct, frozen=True):
    """A published list for the same customers and currency on the same days: this one cannot be published."""

    list: str
    dates: str


class BelowCost(msgspec.Struct, frozen=True, kw_only=True):
    """A price that leaves nothing: it and the cost are per `unit`, without tax."""

    sku: str
    name: str
    unit: str
    from_quantity: Decimal
    net_price: Decimal
    cost: Decimal


class PublishingCheck(msgspec.Struct, frozen=True, kw_only=True):
    """`below_cost` has the worst hundred of `below_cost_count`; both are null for those who see no cost.

    `costless` counts prices of SKUs whose cost is not known.
    `open_carts` are carts and drafts of these customers with goods that the list prices, not yet ordered.
    """

    list: str
    tried_on: date
    entries: int
    clashes: Sequence[Clash]
    below_cost_count: int | None
    below_cost: Sequence[BelowCost] | None
    costless: int | None
    customers: int
    open_carts: int


_PRICES = """
with priced as (
  select s.code, s.name, e.unit, e.minimum_quantity,
    e.price / case when $3 then 1 + coalesce(s.tax_rate, 0) else 1 end as net_price,
    c.cost * u.numerator / u.denominator as cost
  from price_entry e
  join sku s on s.tenant_id = $1 and s.id = e.sku_id
  join sku_unit u on u.tenant_id = $1 and u.sku_id = e.sku_id and u.unit = e.unit
  left join lateral (
    select k.cost from sku_cost k
    where k.tenant_id = $1 and k.sku_id = e.sku_id and k.valid_from <= $4 order by k.valid_from desc limit 1
  ) c on true
  where e.tenant_id = $1 and e.list_id = $2
), counted as (
  select count(*) as entries, count(*) filter (where cost is null) as costless,
    count(*) filter (where net_price < cost) as below
  from priced
)
select n.entries, n.costless, n.below, b.*
from counted n
left join lateral (
  select p.code, p.name, p.unit, p.minimum_quantity, round(p.net_price, 6) as net_price, round(p.cost, 6) as cost
  from priced p where p.net_price < p.cost
  order by p.net_price / nullif(p.cost, 0), p.code, p.unit, p.minimum_quantity limit $5
) b on true
"""

_CARTS = """
select count(*) as carts from draft d
where d.tenant_id = $1 and d.order_id is null and d.customer_id = any($2::uuid[]) and exists (
  select from jsonb_array_elements(d.lines) l
  join sku s on s.tenant_id = $1 and s.code = l->>'sku'
  join price_entry e on e.tenant_id = $1 and e.list_id = $3 and e.sku_id = s.id
)
"""


async def check_publishing(tx: Tx, *, code: str, seen_by: StaffPrincipal) -> PublishingCheck:
    """Look at the list with this code, in whatever state it is."""
    check_sees_price(seen_by)
    view = await get_price_list(tx, code, seen_by=seen_by)
    draft = await draft_facts(tx, view.id)
    today = tx.now.astimezone((await load_tenant(tx)).zone).date()
    on = day_of_trial(draft, today)
    period = Period(draft.id, draft.code, draft.scope, draft.currency, draft.valid_from, draft.valid_until)
    clashes = await overlaps(tx, [period])
    rows = await tx.fetch(_PRICES, draft.id, draft.tax_inclusive, on, MOST_SHOWN)
    customers = list(await customers_of(tx, draft, seen_by=seen_by))
    (carts,) = await tx.fetch(_CARTS, customers, draft.id)
    told = seen_by.sees_cost
    return PublishingCheck(
        list=draft.code,
        tried_on=on,
        entries=rows[0]["entries"],
        clashes=[Clash(each["other"], each["other_dates"]) for each in clashes.values()],
        below_cost_count=rows[0]["below"] if told else None,
        below_cost=[_below(row) for row in rows if row["code"] is not None] if told else None,
        costless=rows[0]["costless"] if told else None,
        customers=len(customers),
        open_carts=carts["carts"],
    )


def _below(row: dict[str, object]) -> BelowCost:
    return msgspec.convert(
        {
            "sku": row["code"],
            "name": row["name"],
            "unit": row["unit"],
            "from_quantity": row["minimum_quantity"],
            "net_price": row["net_price"],
            "cost": row["cost"],
        },
        BelowCost,
    )
