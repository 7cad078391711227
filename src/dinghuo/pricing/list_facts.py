"""What policies may ask of a price list that is to be published: the figures of the check before publishing."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from dinghuo.approvals.kinds import Fact, Kind
from dinghuo.identity.facts import load_tenant
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO
from dinghuo.parties.words import load_words
from dinghuo.pricing.look_through import customers_of, day_of_trial, draft_facts, lowest_of

SUBJECT = "price_list"
_COST: Final = "cost"
_PRICE: Final = "price"
PRICE_LIST = Kind(
    SUBJECT,
    "价目表发布",
    "Price list",
    facts=(
        Fact("prices", "integer", "价格条数", "Prices in the list"),
        Fact("below_cost", "integer", "低于成本的价格条数", "Prices below cost", _COST),
        Fact("below_floor", "integer", "低于最低限价的价格条数", "Prices below the floor price", _COST),
        Fact("costless", "integer", "成本未知的价格条数", "Prices of goods whose cost is not known", _COST),
        Fact("customers", "integer", "涉及客户数", "Customers it is for"),
        Fact("compared", "integer", "与原价可比的价格条数", "Prices that take the place of another"),
        Fact(
            "reduction_rate",
            "number",
            "最大降幅（0.2 即低于原价 20%）",
            "Largest reduction against the price it takes the place of",
            _PRICE,
        ),
        Fact("raise_rate", "number", "最大涨幅", "Largest raise against the price it takes the place of", _PRICE),
        Fact("starts_in_days", "integer", "几天后生效（已生效为 0）", "Days until it begins to hold"),
        Fact("open_ended", "flag", "长期有效", "Holds until further notice"),
        Fact("published_before", "flag", "曾经发布过", "Was published before"),
        Fact(
            "kind",
            "text",
            "类型（base、tier、region、tier_region、channel、contract）",
            "Kind (base, tier, region, tier_region, channel, contract)",
        ),
        Fact("list", "text", "价目表编码", "The list's code"),
        Fact("currency", "text", "币种", "Currency"),
        Fact("customer", "text", "客户编码（客户协议）", "Customer's code, of a contract"),
        Fact("tier", "text", "客户等级编码", "Tier"),
        Fact("channel", "text", "渠道编码", "Sales channel"),
        Fact("region", "text", "区域编码", "Region"),
        Fact(
            "origin",
            "text",
            "来源（person 员工、system_key 系统自己的密钥）",
            "Where it comes from (person, system_key)",
        ),
    ),
)

# Against the list that held before it for the same customers, else against the base list; both without tax.
_MOVES = """
with rival as (
  select p.id, p.tax_inclusive, p.kind = 'base' and p.scope <> $3 as is_base
  from price_list p
  where p.tenant_id = $1 and p.state = 'published' and p.id <> $2 and p.currency = $4 and p.valid_from <= $5
    and (p.scope = $3 or (p.kind = 'base' and (p.valid_until is null or p.valid_until >= $5)))
), own as (
  select r.* from rival r join price_list p on p.tenant_id = $1 and p.id = r.id
  order by r.is_base, p.valid_from desc
), first as (
  (select * from own where not is_base limit 1) union all (select * from own where is_base limit 1)
), moved as (
  select e.price / case when $6 then 1 + coalesce(s.tax_rate, 0) else 1 end as price, (
    select b.price / case when f.tax_inclusive then 1 + coalesce(s.tax_rate, 0) else 1 end
    from first f join price_entry b on b.tenant_id = $1 and b.list_id = f.id and b.sku_id = e.sku_id
      and b.unit = e.unit and b.minimum_quantity = e.minimum_quantity
    order by f.is_base limit 1
  ) as before
  from price_entry e join sku s on s.tenant_id = $1 and s.id = e.sku_id
  where e.tenant_id = $1 and e.list_id = $2
)
select count(before) as compared, coalesce(round(max(1 - price / nullif(before, 0)), 4), 0) as reduction,
  coalesce(round(max(price / nullif(before, 0) - 1), 4), 0) as raise
from moved
"""
_HEAD = """
select p.customer_id, p.tier_id, p.channel_id, p.region_id, p.state, c.code as customer
from price_list p left join customer c on c.tenant_id = $1 and c.id = p.customer_id
where p.tenant_id = $1 and p.id = $2
"""


async def facts_of(tx: Tx, list_id: UUID, *, origin: str) -> tuple[dict[str, Any], UUID | None]:
    """All facts of a list as it is now, and the customer it is a contract of."""
    draft = await draft_facts(tx, list_id)
    (head,) = await tx.fetch(_HEAD, list_id)
    words = await load_words(tx)
    today = tx.now.astimezone((await load_tenant(tx)).zone).date()
    lowest = await lowest_of(tx, draft, day_of_trial(draft, today))
    arguments = (draft.scope, draft.currency, draft.valid_from, draft.tax_inclusive)
    (moved,) = await tx.fetch(_MOVES, draft.id, *arguments)
    facts = {
        "prices": lowest.entries,
        "below_cost": lowest.below_cost_count,
        "below_floor": lowest.below_floor_count,
        "costless": lowest.costless,
        "customers": len(await customers_of(tx, draft, seen_by=None)),
        "compared": moved["compared"],
        "reduction_rate": max(moved["reduction"], ZERO),
        "raise_rate": max(moved["raise"], ZERO),
        "starts_in_days": max((draft.valid_from - today).days, 0),
        "open_ended": draft.valid_until is None,
        "published_before": head["state"] != "draft",
        "kind": draft.kind,
        "list": draft.code,
        "currency": draft.currency,
        "customer": head["customer"] or "",
        **{word: words.get(head[f"{word}_id"], "") for word in ("tier", "channel", "region")},
        "origin": origin,
    }
    return facts, head["customer_id"]


_TO_HEED = ("below_cost", "below_floor", "reduction_rate")


def is_worse(now: Mapping[str, Any], agreed: Mapping[str, Any]) -> bool:
    """Whether a list is lower now than what somebody agreed to: costs, floors and other lists move meanwhile."""
    return any(Decimal(str(now[name] or 0)) > Decimal(str(agreed.get(name) or 0)) for name in _TO_HEED)
