"""The goods that a promotion is for, found without looking at all there are."""

from collections.abc import Mapping
from uuid import UUID

from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.kit.database import Tx
from dinghuo.pricing.promotion_facts import PromotionFacts

_NAMED = """
with recursive below as (
  select id from category where tenant_id = $1 and id = any($2::uuid[])
  union
  select c.id from category c join below b on c.parent_id = b.id where c.tenant_id = $1
)
select s.id, s.code
from sku s join product p on p.tenant_id = $1 and p.id = s.product_id
where s.tenant_id = $1 and (s.id = any($2::uuid[]) or s.product_id = any($2::uuid[])
  or p.brand_id = any($2::uuid[]) or p.category_id in (select id from below))
"""
_THESE = "select id, code from sku where tenant_id = $1 and id = any($2::uuid[])"


async def goods_named(tx: Tx, promotion: PromotionFacts) -> dict[UUID, str] | None:
    """The codes of the SKUs that a promotion is for by their ids; None when it is for all goods."""
    if not promotion.items:
        return None
    return {row["id"]: row["code"] for row in await tx.fetch(_NAMED, [item.id for item in promotion.items])}


async def skus_by_id(tx: Tx, ids: list[UUID]) -> Mapping[UUID, SkuFacts]:
    """These SKUs, whatever their state. Those unknown are absent."""
    codes = {row["id"]: row["code"] for row in await tx.fetch(_THESE, ids)}
    known = await load_skus(tx, codes.values())
    return {id: known[code] for id, code in codes.items() if code in known}
