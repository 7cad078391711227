"""A price list looked through before it is published: for whom it would speak, and how low its prices are."""

from datetime import date
from uuid import UUID

from sqlalchemy import select, true

from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.database import Tx
from dinghuo.parties.facts import CustomerFacts, load_customers_by_id
from dinghuo.parties.tables import customer
from dinghuo.pricing.facts import ListFacts, scopes_of
from dinghuo.pricing.too_low import Lowest, worst_of

_DRAFT = """
select p.id, p.code, p.kind, p.scope, p.currency, p.tax_inclusive, p.valid_from, p.valid_until, p.version
from price_list p where p.tenant_id = $1 and p.id = $2
"""
_PRICES = worst_of("""
  select null::text as list, s.code as sku, s.name, e.unit, e.minimum_quantity as from_quantity,
    null::numeric as list_price, e.price / case when $3 then 1 + coalesce(s.tax_rate, 0) else 1 end as net_price,
    c.cost * u.numerator / u.denominator as cost, f.floor * u.numerator / u.denominator as floor
  from price_entry e
  join sku s on s.tenant_id = $1 and s.id = e.sku_id
  join sku_unit u on u.tenant_id = $1 and u.sku_id = e.sku_id and u.unit = e.unit
  {bounds}
  where e.tenant_id = $1 and e.list_id = $2
""")


async def draft_facts(tx: Tx, list_id: UUID) -> ListFacts:
    """A list in whatever state, without entries."""
    (row,) = await tx.fetch(_DRAFT, list_id)
    return ListFacts(**dict(row), entries={})


async def customers_of(tx: Tx, draft: ListFacts, *, seen_by: Principal | None) -> dict[UUID, CustomerFacts]:
    """The customers for whom the list would speak, of those that `seen_by` may see; None sees all."""
    c = customer.c
    seen = true() if seen_by is None else visible_customers(seen_by, customer)
    rows = await tx.rows(select(c.id).where(c.tenant_id == tx.tenant_id, seen))
    found = await load_customers_by_id(tx, [row.id for row in rows])
    return {id: each for id, each in found.items() if draft.scope in scopes_of(each)}


def day_of_trial(draft: ListFacts, today: date) -> date:
    """The day on which the draft is asked: today if it holds, else its first day, or its last when that is over."""
    if draft.valid_until is not None and draft.valid_until < today:
        return draft.valid_until
    return max(draft.valid_from, today)


async def lowest_of(tx: Tx, draft: ListFacts, on: date) -> Lowest:
    """Its prices below cost, and below the floor price, as they are on a day."""
    return Lowest.of(await tx.fetch(_PRICES, draft.id, draft.tax_inclusive, on))
