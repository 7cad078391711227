"""Gifts follow what is still to come of the goods: what is closed of these is closed of what was given for them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO, base_quantity
from dinghuo.orders.worth import worth
from dinghuo.pricing.measure import BasketLine, measured, reached
from dinghuo.pricing.promotion_facts import PromotionFacts, promotions_by_id

_LINES = """
select l.order_id, l.line_no, l.kind, l.sku_id, s.code, l.unit, l.quantity, l.base_quantity, l.cancelled, l.released,
  l.shipped, l.gross, l.promotion_id, l.given_by, o.currency
from order_line l
join sku s on s.tenant_id = $1 and s.id = l.sku_id
join sales_order o on o.tenant_id = $1 and o.id = l.order_id
where l.tenant_id = $1 and l.order_id = any($2::uuid[]) and l.order_id in (
  select g.order_id from order_line g where g.tenant_id = $1 and g.order_id = any($2::uuid[]) and g.kind = 'gift')
order by l.order_id, l.line_no
"""


async def too_many_gifts(tx: Tx, order_ids: Collection[UUID]) -> dict[UUID, dict[int, Decimal]]:
    """Of each order's gift lines, by number, what the goods that are left would not bring, in base units."""
    orders: dict[UUID, list[Any]] = defaultdict(list)
    for row in await tx.fetch(_LINES, list(order_ids)):
        orders[row["order_id"]].append(row)
    rows = [row for several in orders.values() for row in several]
    gifts = {row["promotion_id"] for row in rows if row["promotion_id"] is not None}
    if not gifts:
        return {}
    promotions = await promotions_by_id(tx, gifts)
    known = await load_skus(tx, {row["code"] for row in rows})
    skus = {row["sku_id"]: known[row["code"]] for row in rows if row["code"] in known}
    return {order_id: _surplus(several, promotions, skus) for order_id, several in orders.items()}


def _surplus(
    rows: Sequence[Any], promotions: Mapping[UUID, PromotionFacts], skus: Mapping[UUID, SkuFacts]
) -> dict[int, Decimal]:
    goods = {row["line_no"]: row for row in rows if row["kind"] == "goods"}
    found = {}
    for row in rows:
        if row["promotion_id"] not in promotions or row["sku_id"] not in skus:
            continue
        bought = [goods[number] for number in row["given_by"] or () if number in goods]
        earned = _earned(promotions[row["promotion_id"]], bought, skus, row)
        left = row["base_quantity"] - row["cancelled"]
        surplus = min(left - earned, left - max(row["released"], row["shipped"]))
        if surplus > ZERO:
            found[row["line_no"]] = surplus
    return found


def _earned(promotion: PromotionFacts, bought: Sequence[Any], skus: Mapping[UUID, SkuFacts], gift: Any) -> Decimal:
    """What the goods that are left bring, in the gift's base unit."""
    left = [line for line in (_left(row, skus) for row in bought) if line is not None]
    step = reached(promotion, measured(promotion, left, [line.gross for line in left]))
    if step.value is None or not left:
        return ZERO
    ratio = skus[gift["sku_id"]].units.get(gift["unit"])
    earned = base_quantity(step.value, *ratio) if ratio else None
    return gift["base_quantity"] if earned is None else earned


def _left(row: Any, skus: Mapping[UUID, SkuFacts]) -> BasketLine | None:
    """A line as if only what is left of it had been bought."""
    quantity, left = row["base_quantity"], row["base_quantity"] - row["cancelled"]
    sku = skus.get(row["sku_id"])
    if sku is None or left <= ZERO:
        return None
    part = row["quantity"] if left == quantity else row["quantity"] * left / quantity
    amount = worth(row["gross"], quantity, left, row["currency"])
    return BasketLine(row["line_no"], sku, row["unit"], part, left, amount)
