"""What promotions may do for an order, found before anything is locked."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from uuid import UUID

import msgspec

from dinghuo.accounts.budgets import Bound
from dinghuo.catalogue.facts import SkuFacts
from dinghuo.pricing.coupon_facts import Coupon
from dinghuo.pricing.facts import ListFacts
from dinghuo.pricing.promotion_facts import PromotionFacts


class UsedCoupon(msgspec.Struct, frozen=True):
    """A coupon on an order, at its place, with the promotion that it lets speak."""

    number: int
    coupon: Coupon
    promotion: PromotionFacts


class Offers(msgspec.Struct):
    """What may speak for one order: each promotion with the places of its lines, the budgets it draws on, the coupon
    that was given for it. `lists` and `gift_skus` are there when something may be given."""

    found: dict[UUID, tuple[PromotionFacts, list[int]]]
    bounds: dict[UUID, list[Bound]]
    coupons: dict[UUID, UsedCoupon]
    lists: Sequence[ListFacts] = ()
    gift_skus: Mapping[str, SkuFacts] = {}

    def possible_gifts(self) -> Iterator[SkuFacts]:
        """The SKUs that may be given: their stock is looked at with that of what was ordered."""
        for promotion, _ in self.found.values():
            sku = self.gift_skus.get(promotion.gift_sku or "")
            if sku is not None:
                yield sku


def bounds_of(promotion: PromotionFacts, customer_id: UUID) -> Iterator[Bound]:
    """The budgets that a promotion draws on when it is granted to a customer."""
    if promotion.budget is not None or promotion.uses is not None:
        yield Bound("promotion", promotion.id, None, promotion.budget, promotion.uses)
    # Two first orders at once are two uses of a budget of one.
    uses = 1 if promotion.first_order_only else promotion.customer_uses
    if promotion.customer_budget is not None or uses is not None:
        yield Bound("promotion", promotion.id, customer_id, promotion.customer_budget, uses)


def bounds_wanted(several: Iterable[Offers | None]) -> list[Bound]:
    """All budgets that these may draw on."""
    return [
        bound for offers in several if offers is not None for bounds in offers.bounds.values() for bound in bounds
    ]
