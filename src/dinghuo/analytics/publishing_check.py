"""What to know before a price list is published: what it clashes with, prices that are too low, whom it touches."""

from collections.abc import Sequence
from datetime import date

import msgspec

from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Tx
from dinghuo.pricing.locked import check_sees_price
from dinghuo.pricing.look_through import customers_of, day_of_trial, draft_facts, lowest_of
from dinghuo.pricing.overlap import Period, overlaps
from dinghuo.pricing.queries import get_price_list
from dinghuo.pricing.too_low import TooLow


class Clash(msgspec.Struct, frozen=True):
    """A published list for the same customers and currency on the same days: this one cannot be published."""

    list: str
    dates: str


class PublishingCheck(msgspec.Struct, frozen=True, kw_only=True):
    """`below_cost` has the worst hundred of `below_cost_count`, `below_floor` of `below_floor_count`; all are null
    for those who see no cost.

    `costless` counts prices of SKUs whose cost is not known.
    `open_carts` are carts and drafts of these customers with goods that the list prices, not yet ordered.
    """

    list: str
    tried_on: date
    entries: int
    clashes: Sequence[Clash]
    below_cost_count: int | None
    below_cost: Sequence[TooLow] | None
    below_floor_count: int | None
    below_floor: Sequence[TooLow] | None
    costless: int | None
    customers: int
    open_carts: int


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
    lowest = await lowest_of(tx, draft, on)
    customers = list(await customers_of(tx, draft, seen_by=seen_by))
    (carts,) = await tx.fetch(_CARTS, customers, draft.id)
    told = seen_by.sees_cost
    return PublishingCheck(
        list=draft.code,
        tried_on=on,
        entries=lowest.entries,
        clashes=[Clash(each["other"], each["other_dates"]) for each in clashes.values()],
        below_cost_count=lowest.below_cost_count if told else None,
        below_cost=lowest.below_cost if told else None,
        below_floor_count=lowest.below_floor_count if told else None,
        below_floor=lowest.below_floor if told else None,
        costless=lowest.costless if told else None,
        customers=len(customers),
        open_carts=carts["carts"],
    )
