"""The lists that a backtest asks, with all their entries for what was sold: its own copies, no cache is filled."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.analytics.backtest.reprice import Goods
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.database import Tx
from dinghuo.parties.facts import CustomerFacts, load_customers_by_id
from dinghuo.parties.tables import customer
from dinghuo.pricing.facts import Breaks, ListFacts, load_lists, scopes_of

_DRAFT = """
select p.id, p.code, p.kind, p.scope, p.currency, p.tax_inclusive, p.valid_from, p.valid_until, p.version
from price_list p where p.tenant_id = $1 and p.id = $2
"""
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


async def draft_facts(tx: Tx, list_id: UUID) -> ListFacts:
    """A list in whatever state, without entries."""
    (row,) = await tx.fetch(_DRAFT, list_id)
    return ListFacts(**dict(row), entries={})


async def customers_of(tx: Tx, draft: ListFacts, *, seen_by: StaffPrincipal) -> dict[UUID, CustomerFacts]:
    """The customers in the caller's scope for whom the list would speak."""
    c = customer.c
    rows = await tx.rows(select(c.id).where(c.tenant_id == tx.tenant_id, visible_customers(seen_by, customer)))
    found = await load_customers_by_id(tx, [row.id for row in rows])
    return {id: each for id, each in found.items() if draft.scope in scopes_of(each)}


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


def day_of_trial(draft: ListFacts, today: date) -> date:
    """The day on which the draft is asked: today if it holds, else its first day, or its last when that is over."""
    if draft.valid_until is not None and draft.valid_until < today:
        return draft.valid_until
    return max(draft.valid_from, today)
