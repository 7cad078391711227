"""The prices of the lists that hold, after a promotion took off the most it ever does, that are too low."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.kit.database import Tx
from dinghuo.parties.facts import CustomerFacts
from dinghuo.pricing.facts import scopes_of
from dinghuo.pricing.promotion_facts import PromotionFacts
from dinghuo.pricing.too_low import Lowest, worst_of


class Depth(msgspec.Struct, frozen=True):
    """The most that is taken off: the part of an amount that stays, and so much off each sales unit, with tax."""

    stays: Decimal
    off: Decimal


_ONE, _NONE = Decimal(1), Decimal(0)

# What is left of each price of the lists.
_OF_LISTS = """
  select p.code as list, s.code as sku, s.name, e.unit, e.minimum_quantity as from_quantity,
    e.price / case when p.tax_inclusive then t.rate else 1 end as list_price,
    (e.price * case when p.tax_inclusive then 1 else t.rate end * $6::numeric
      - $7::numeric * u.numerator * v.denominator / u.denominator / v.numerator) / t.rate as net_price,
    c.cost * u.numerator / u.denominator as cost, f.floor * u.numerator / u.denominator as floor
  from price_list p
  join price_entry e on e.tenant_id = $1 and e.list_id = p.id and ($3::uuid[] is null or e.sku_id = any($3))
  join sku s on s.tenant_id = $1 and s.id = e.sku_id
  join sku_unit u on u.tenant_id = $1 and u.sku_id = e.sku_id and u.unit = e.unit
  join sku_unit v on v.tenant_id = $1 and v.sku_id = e.sku_id and v.unit = s.sales_unit
  cross join lateral (select 1 + coalesce(s.tax_rate, 0) as rate) t
  {bounds}
  where p.tenant_id = $1 and p.state = 'published' and p.kind <> 'contract' and p.currency = $5
    and p.valid_from <= $4 and (p.valid_until is null or p.valid_until >= $4) and p.scope = any($2::text[])
"""
# What the promotion itself asks: special prices, and the parts of a set by what they cost of it.
_OF_ITEMS = """
  select null::text as list, s.code as sku, s.name, u.unit, coalesce(i.quantity, 0) as from_quantity,
    null::numeric as list_price,
    case when $3::numeric is null then i.price / t.rate
      else $3 / nullif(sum(c.cost * u.numerator / u.denominator * i.quantity * t.rate) over (), 0)
        * c.cost * u.numerator / u.denominator end as net_price,
    c.cost * u.numerator / u.denominator as cost, f.floor * u.numerator / u.denominator as floor
  from promotion_item i
  join sku s on s.tenant_id = $1 and s.id = i.target_id
  join sku_unit u on u.tenant_id = $1 and u.sku_id = s.id and u.unit = coalesce(i.unit, s.sales_unit)
  cross join lateral (select 1 + coalesce(s.tax_rate, 0) as rate) t
  {bounds}
  where i.tenant_id = $1 and i.promotion_id = $2
"""
_BY_LISTS = worst_of(_OF_LISTS, costless="distinct sku")
_BY_ITEMS = worst_of(_OF_ITEMS, costless="distinct sku")


def depth_of(promotion: PromotionFacts) -> Depth | None:
    """The most that a promotion takes off by its steps; None when it gives something else, or sets prices itself."""
    steps = promotion.steps
    if promotion.kind == "percent":
        return Depth(1 - max((step.value for step in steps), default=_NONE) / 100, _NONE)
    if promotion.kind == "amount_off":
        return Depth(_ONE, max((step.value for step in steps), default=_NONE))
    if promotion.kind == "spend_save":
        part = max((step.value / step.start for step in steps if step.start), default=_NONE)
        return Depth(max(1 - part, _NONE), _NONE)
    if promotion.kind == "buy_get" and promotion.gift_sku is None:
        shares = (step.start / (step.start + step.value) for step in steps if step.start)
        return Depth(min(shares, default=_ONE), _NONE)
    return None


async def lowest_prices(
    tx: Tx,
    promotion: PromotionFacts,
    goods: Mapping[UUID, str] | None,
    customers: Iterable[CustomerFacts],
    *,
    on: date,
) -> Lowest | None:
    """The prices that would be too low on a day; None when no price tells, as with a gift of something else."""
    if promotion.kind in ("fixed_price", "bundle"):
        rows = await tx.fetch(_BY_ITEMS, promotion.id, promotion.bundle_price, on)
    else:
        depth = depth_of(promotion)
        if depth is None:
            return None
        scopes: Collection[str] = {scope for each in customers for scope in scopes_of(each)}
        wanted = None if goods is None else list(goods)
        rows = await tx.fetch(_BY_LISTS, list(scopes), wanted, on, promotion.currency, depth.stays, depth.off)
    return Lowest.of(rows)
