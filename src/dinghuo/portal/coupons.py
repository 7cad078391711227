"""The coupons that are this dealer's: what may be named at checkout."""

from datetime import datetime
from uuid import UUID

import msgspec

from dinghuo.accounts.budgets import budget_id
from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Tx
from dinghuo.parties.facts import load_customer
from dinghuo.portal.cart import find_cart
from dinghuo.pricing.promotion_facts import PromotionFacts, Step, applies, load_promotions

_MOST = 100
# Those named for the company or one above it. What anybody may use is not told: such codes are given away elsewhere.
_COUPONS = """
select c.id, c.code, c.promotion_id, c.uses from coupon c
where c.tenant_id = $1 and c.customer_id = any($2::uuid[]) and c.active order by c.code limit $3
"""
_TAKEN = "select b.id, b.uses from budget b where b.tenant_id = $1 and b.id = any($2::uuid[])"


class MyCoupon(msgspec.Struct, frozen=True, kw_only=True):
    """`uses_left` null: as often as one likes. `fits`: it is for something that is in the cart; whether its terms are
    met the cart says once it is named there."""

    code: str
    name: str
    name_en: str | None
    kind: str
    measure: str | None
    steps: list[Step]
    repeats: bool
    valid_until: datetime | None
    uses_left: int | None
    fits: bool


async def my_coupons(tx: Tx, *, dealer: DealerPrincipal) -> list[MyCoupon]:
    """Those that hold now and are not used up; what fits the cart first."""
    customer = await load_customer(tx, dealer.customer_id)
    if customer is None:
        return []
    rows = await tx.fetch(_COUPONS, list(customer.parents), _MOST)
    index = await load_promotions(tx)
    known = {
        row["id"]: (row, promotion)
        for row in rows
        if (promotion := index.with_coupon.get(row["promotion_id"])) is not None
        and applies(promotion, customer, tx.now, customer.currency)
    }
    if not known:
        return []
    taken = await _taken(tx, list(known))
    cart = await find_cart(tx, dealer)
    skus = list((await load_skus(tx, [line.sku for line in cart.content.lines])).values()) if cart else []
    found = [
        _told(row["code"], promotion, skus, None if row["uses"] is None else row["uses"] - taken.get(id, 0))
        for id, (row, promotion) in known.items()
    ]
    left = [each for each in found if each.uses_left is None or each.uses_left > 0]
    return sorted(left, key=lambda each: (not each.fits, each.code))


async def _taken(tx: Tx, ids: list[UUID]) -> dict[UUID, int]:
    of = {budget_id(id, None): id for id in ids}
    return {of[row["id"]]: row["uses"] for row in await tx.fetch(_TAKEN, list(of))}


def _told(code: str, promotion: PromotionFacts, skus: list[SkuFacts], left: int | None) -> MyCoupon:
    return MyCoupon(
        code=code,
        name=promotion.name,
        name_en=promotion.name_en,
        kind=promotion.kind,
        measure=promotion.measure,
        steps=list(promotion.steps),
        repeats=promotion.repeats,
        valid_until=promotion.valid_until,
        uses_left=left,
        fits=any(promotion.covers(sku) for sku in skus),
    )
