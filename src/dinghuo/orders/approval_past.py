"""The facts of past orders, to try a policy on: a fixed number of statements for any number of orders."""

from collections.abc import Collection
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from dinghuo.approvals.kinds import Kind, Past, PastLook
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO
from dinghuo.orders.approval_facts import FACTS, WAIVERS
from dinghuo.orders.ask_approval import SUBJECT
from dinghuo.orders.tables import sales_order
from dinghuo.parties.facts import CustomerFacts, load_customers_by_id
from dinghuo.parties.tables import customer
from dinghuo.parties.words import load_words

# What only the moment itself knew: it is told as of today.
UNSURE = ("credit_limit", "exposure", "credit_overrun", "overdue_days")

_LINES = """
select l.order_id,
  coalesce(max(greatest(round(1 - l.deal_price / nullif(l.list_price, 0), 4), 0)), 0) as discount,
  coalesce(greatest(round(1 - sum(l.deal_price * l.quantity) filter (where l.list_price > 0)
    / nullif(sum(l.list_price * l.quantity) filter (where l.list_price > 0), 0), 4), 0), 0) as order_discount,
  bool_or(l.price_reason ->> 'source' = 'manual') as manual_price,
  coalesce(max(greatest(round(1 - l.deal_price / nullif(l.list_price, 0), 4), 0))
    filter (where l.price_reason ->> 'source' = 'manual'), 0) as manual_discount,
  coalesce(sum(l.net - round(l.unit_cost * l.base_quantity, 2)), 0) as margin,
  sum(l.net) filter (where l.unit_cost is not null) as costed,
  coalesce(min(round((l.net - round(l.unit_cost * l.base_quantity, 2)) / nullif(l.net, 0), 4)), 0)
    as lowest_margin_rate,
  coalesce(bool_or(l.net < round(l.unit_cost * l.base_quantity, 2)), false) as below_cost,
  bool_or(l.unit_cost is null) as cost_unknown,
  count(*) filter (where l.net < f.least) as below_floor,
  coalesce(round(max(ceil((1 - l.net / f.least) * 10000) / 10000) filter (where l.net < f.least), 4), 0)
    as floor_shortfall
from order_line l
join sales_order o on o.tenant_id = $1 and o.id = l.order_id
left join lateral (
  select round(k.floor * l.base_quantity, 2) as least from sku_floor k
  where k.tenant_id = $1 and k.sku_id = l.sku_id and k.valid_from <= (o.placed_at at time zone $3)::date
  order by k.valid_from desc limit 1
) f on true
where l.tenant_id = $1 and l.order_id = any($2::uuid[]) and l.kind = 'goods'
group by l.order_id
"""
_BESIDE = """
select o.id, a.credit_limit, coalesce(a.open + a.shipped + a.billed + a.unapplied, 0) as exposure, a.oldest_due,
  not exists (
    select from sales_order p
    where p.tenant_id = $1 and p.customer_id = o.customer_id and p.id < o.id
      and p.state in ('confirmed', 'closed')
  ) as is_new
from sales_order o
left join account a on a.tenant_id = $1 and a.customer_id = o.customer_id
  and a.organisation_id = o.organisation_id and a.currency = o.currency and a.kind = 'credit'
where o.tenant_id = $1 and o.id = any($2::uuid[])
"""


async def look_back(tx: Tx, staff: StaffPrincipal, last: int, names: Collection[str]) -> PastLook:
    """The last so many orders that the reader may see, those taken over from elsewhere aside."""
    o = sales_order.c
    rows = await tx.rows(
        select(sales_order)
        .join(customer, and_(customer.c.tenant_id == o.tenant_id, customer.c.id == o.customer_id))
        .where(
            o.tenant_id == tx.tenant_id,
            customer.c.tenant_id == tx.tenant_id,
            o.is_history.is_(False),
            visible_customers(staff, customer),
        )
        .order_by(o.id.desc())
        .limit(last)
    )
    ids = [row.id for row in rows]
    zone = (await load_tenant(tx)).zone
    lines = {row["order_id"]: row for row in await tx.fetch(_LINES, ids, zone.key)} if ids else {}
    beside = {row["id"]: row for row in await tx.fetch(_BESIDE, ids)} if ids else {}
    customers = await load_customers_by_id(tx, {row.customer_id for row in rows})
    words = await load_words(tx)
    past = []
    for row in rows:
        buyer = customers[row.customer_id]
        facts = _of_head(row, buyer, words) | _of_lines(lines.get(row.id)) | _of_account(buyer, beside[row.id], tx)
        told = {name: facts[name] for name in names if name in facts}
        past.append(Past(row.id, row.number, row.customer_name, row.placed_at, told))
    return PastLook(past, UNSURE)


def _of_head(row: Any, buyer: CustomerFacts, words: Any) -> dict[str, Any]:
    def word(id: UUID | None) -> str:
        return words.get(id, "") if id is not None else ""

    return {
        "gross": row.gross,
        "net": row.net,
        "currency": row.currency,
        "lines": row.line_count,
        "prepaid": buyer.payment_terms == "prepaid",
        "payment_terms": buyer.payment_terms,
        "customer": buyer.code,
        "tier": word(buyer.tier_id),
        "channel": word(buyer.channel_id),
        "regions": [word(id) for id in buyer.regions],
        "came_by": row.channel,
    }


def _of_lines(row: Any) -> dict[str, Any]:
    if row is None:
        return {}
    costed: Decimal | None = row["costed"]
    rate = (row["margin"] / costed).quantize(Decimal("0.0001")) if costed else ZERO
    plain = {name: row[name] for name in row.keys() if name not in ("order_id", "costed")}  # noqa: SIM118 - a record
    return plain | {"margin_rate": rate}


def _of_account(buyer: CustomerFacts, beside: Any, tx: Tx) -> dict[str, Any]:
    limit, exposure, due = beside["credit_limit"], beside["exposure"], beside["oldest_due"]
    over = ZERO if limit is None or buyer.payment_terms == "prepaid" else max(exposure - limit, ZERO)
    return {
        "credit_limit": limit,
        "exposure": exposure,
        "credit_overrun": over,
        "overdue_days": max((tx.now.date() - due).days, 0) if due is not None else 0,
        "new_customer": beside["is_new"],
    }


ORDER = Kind(SUBJECT, "订单", "Order", facts=FACTS, waives=WAIVERS, look_back=look_back)
