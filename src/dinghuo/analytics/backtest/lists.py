"""The lists that a backtest asks, with all their entries for what was sold: its own copies, no cache is filled."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

import msgspec

from dinghuo.analytics.backtest.reprice import Goods
from dinghuo.kit.database import Tx
from dinghuo.parties.facts import CustomerFacts
from dinghuo.pricing.facts import Breaks, ListFacts, load_lists

_ENTRIES = """
select e.list_id, e.sku_id, e.unit, array_agg(e.minimum_quantity order by e.minimum_quantity desc) as minima,
  array_agg(e.price order by e.minimum_quantity desc) as prices
from price_entry e where e.tenant_id = $1 and e.list_id = any($2::uuid[]) and e.sku_id = any($3::uuid[])
group by e.list_id, e.sku_id, e.unit
"""
_GOODS = """
select s.id, s.code, s.name, s.base_unit, u.units, u.numerators, u.denominators
from sku s
left join lateral (
  select array_agg(unit) as units, array_agg(numerator) as numerators, array_agg(denominator) as denominators
  from sku_unit where tenant_id = $1 and sku_id = s.id) u on true
where s.tenant_id = $1 and s.id = any($2::uuid[])
"""


async def present_lists(tx: Tx, customers: Iterable[CustomerFacts]) -> dict[UUID, list[ListFacts]]:
    """The published lists of each customer, the most specific first, without entries."""
    copies: dict[UUID, ListFacts] = {}
    found = await load_lists(tx, customers)
    return {
        customer_id: [copies.setdefault(each.id, msgspec.structs.replace(each, entries={})) for each in several]
        for customer_id, several in found.items()
    }


async def fill(tx: Tx, lists: Collection[ListFacts], sku_ids: Collection[UUID]) -> None:
    """Load the lists' entries for these SKUs; one that has none is known to have none."""
    found: dict[tuple[UUID, UUID], dict[str, Breaks]] = defaultdict(dict)
    for row in await tx.fetch(_ENTRIES, [each.id for each in lists], list(sku_ids)):
        found[row["list_id"], row["sku_id"]][row["unit"]] = tuple(zip(row["minima"], row["prices"], strict=True))
    for each in lists:
        each.entries.update({sku_id: found.get((each.id, sku_id), {}) for sku_id in sku_ids})


async def goods_of(tx: Tx, sku_ids: Sequence[UUID]) -> dict[UUID, Goods]:
    return {row["id"]: _goods(row) for row in await tx.fetch(_GOODS, list(sku_ids))}


def _goods(row: dict[str, object]) -> Goods:
    units: dict[str, tuple[int, int]] = {str(row["base_unit"]): (1, 1)}
    names, above, below = (row[name] or () for name in ("units", "numerators", "denominators"))
    for unit, numerator, denominator in zip(names, above, below, strict=True):  # type: ignore[call-overload]
        units[unit] = (int(numerator), int(denominator))
    return Goods(str(row["code"]), str(row["name"]), str(row["base_unit"]), units)
