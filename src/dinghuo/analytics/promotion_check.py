"""What to know before a promotion is published: what it meets, prices that are too low, whom it touches."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID

import msgspec

from dinghuo.analytics.backtest.promotions import customers_for, promotion_facts_of
from dinghuo.analytics.promotion_prices import lowest_prices
from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Tx
from dinghuo.parties.facts import CustomerFacts
from dinghuo.pricing.grant import turn_of
from dinghuo.pricing.locked import check_sees_price
from dinghuo.pricing.promotion_facts import PromotionFacts, goods_keys, promotions_by_id
from dinghuo.pricing.promotion_goods import goods_named
from dinghuo.pricing.too_low import TooLow

MOST_SHOWN = 100
Meeting = Literal["group", "alone", "adds_up"]


class Rival(msgspec.Struct, frozen=True, kw_only=True):
    """A published promotion for some of the same customers and goods while this one holds.

    `meeting`: `group`, both are of one exclusive group; `alone`, one of both lets no other beside it; `adds_up`, a
    line takes both. `first` is which of both is granted first: where they do not add up it is the one a line takes.
    """

    code: str
    name: str
    name_en: str | None
    kind: str
    meeting: Meeting
    first: Literal["this", "other", "by_saving"]
    exclusion_group: str | None
    valid_from: datetime
    valid_until: datetime | None


class PromotionCheck(msgspec.Struct, frozen=True, kw_only=True):
    """`rivals` are the first hundred of `rival_count`, those that do not add up first. `below_cost` has the worst
    hundred of `below_cost_count` prices of the lists that hold, at the promotion's deepest step and granted alone,
    `below_floor` those below the floor price; null for those who see no cost, and for goods given beside others,
    which the trial on past orders tells.

    `goods` counts the SKUs it is for, null when that is all. `open_carts` are carts and drafts of these customers
    with these goods, not yet ordered.
    """

    promotion: str
    tried_on: date
    rival_count: int
    rivals: Sequence[Rival]
    below_cost_count: int | None
    below_cost: Sequence[TooLow] | None
    below_floor_count: int | None
    below_floor: Sequence[TooLow] | None
    costless: int | None
    goods: int | None
    customers: int
    open_carts: int


_BESIDE = """
select p.id from promotion p
where p.tenant_id = $1 and p.state = 'published' and p.id <> $2 and p.currency = $3
  and ($5::timestamptz is null or p.valid_from < $5) and (p.valid_until is null or p.valid_until > $4)
  and ($6::uuid[] is null
    or not exists (select from promotion_item i where i.tenant_id = $1 and i.promotion_id = p.id)
    or exists (select from promotion_item i
      where i.tenant_id = $1 and i.promotion_id = p.id and i.target_id = any($6)))
"""
_CARTS = """
select count(*) as carts from draft d
where d.tenant_id = $1 and d.order_id is null and d.customer_id = any($2::uuid[]) and exists (
  select from jsonb_array_elements(d.lines) l where $3::text[] is null or l->>'sku' = any($3))
"""


async def check_promotion(tx: Tx, *, code: str, seen_by: StaffPrincipal) -> PromotionCheck:
    """Look at the promotion with this code, in whatever state it is."""
    check_sees_price(seen_by)
    draft = await promotion_facts_of(tx, code, seen_by=seen_by)
    zone = (await load_tenant(tx)).zone
    moment = max(draft.valid_from, tx.now)
    on = (moment if draft.valid_until is None else min(moment, draft.valid_until)).astimezone(zone).date()
    customers = await customers_for(tx, draft, seen_by=seen_by)
    named = await goods_named(tx, draft)
    codes = None if named is None else list(named.values())
    skus = await load_skus(tx, codes or ())
    rivals = await _rivals(tx, draft, None if codes is None else [skus[code] for code in codes], customers)
    worst = await lowest_prices(tx, draft, named, customers.values(), on=on)
    (carts,) = await tx.fetch(_CARTS, list(customers), codes)
    told = worst if seen_by.sees_cost else None
    return PromotionCheck(
        promotion=draft.code,
        tried_on=on,
        rival_count=len(rivals),
        rivals=rivals[:MOST_SHOWN],
        below_cost_count=told.below_cost_count if told else None,
        below_cost=told.below_cost if told else None,
        below_floor_count=told.below_floor_count if told else None,
        below_floor=told.below_floor if told else None,
        costless=told.costless if told else None,
        goods=None if named is None else len(named),
        customers=len(customers),
        open_carts=carts["carts"],
    )


async def _rivals(
    tx: Tx, draft: PromotionFacts, goods: Sequence[SkuFacts] | None, customers: Mapping[UUID, CustomerFacts]
) -> list[Rival]:
    keys = None if goods is None else list({id for sku in goods for _, id in goods_keys(sku)})
    rows = await tx.fetch(_BESIDE, draft.id, draft.currency, draft.valid_from, draft.valid_until, keys)
    found = await promotions_by_id(tx, [row["id"] for row in rows]) if rows else {}
    meeting = [_rival(draft, other) for other in found.values() if _is_for_some(other, customers.values())]
    return sorted(meeting, key=lambda rival: (rival.meeting == "adds_up", rival.code))


def _is_for_some(promotion: PromotionFacts, customers: Collection[CustomerFacts]) -> bool:
    return any(promotion.is_for(customer) for customer in customers)


def _rival(draft: PromotionFacts, other: PromotionFacts) -> Rival:
    mine, theirs = turn_of(draft), turn_of(other)
    same = draft.exclusion_group is not None and draft.exclusion_group == other.exclusion_group
    adds_up = draft.stackable and other.stackable and not same
    return Rival(
        code=other.code,
        name=other.name,
        name_en=other.name_en,
        kind=other.kind,
        meeting="group" if same else "adds_up" if adds_up else "alone",
        first="by_saving" if mine == theirs else "this" if mine < theirs else "other",
        exclusion_group=other.exclusion_group,
        valid_from=other.valid_from,
        valid_until=other.valid_until,
    )
