"""Try a promotion, published or not, on an order as it would be placed now: nothing is locked, nothing written."""

import msgspec

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Language
from dinghuo.orders.decide import Priced
from dinghuo.orders.offers import Offers, bounds_of
from dinghuo.orders.preview import Preview, look, preview_of
from dinghuo.orders.promote import drop_seconds, load_gifts
from dinghuo.orders.requests import Placement
from dinghuo.pricing.locked import check_sees_price
from dinghuo.pricing.promotion_facts import PromotionFacts, promotions_by_id
from dinghuo.pricing.promotion_queries import get_promotion


class TriedPromotion(msgspec.Struct, frozen=True, kw_only=True):
    """The order without the promotion and with it, as if it held now and a coupon of it were named.

    `granted` says whether it would be; `why_not` the reason, of the first line that it might have touched: what
    waterfalls say, or `audience`, `goods`, `currency`, `not_first`.
    """

    granted: bool
    why_not: str | None
    without: Preview
    with_it: Preview


async def try_promotion(
    tx: Tx, *, code: str, placement: Placement, language: Language, seen_by: StaffPrincipal
) -> TriedPromotion:
    """Look at one order twice; refused only when it is not known whose it is."""
    check_sees_price(seen_by)
    view = await get_promotion(tx, code, seen_by=seen_by)
    promotion = (await promotions_by_id(tx, [view.id]))[view.id]
    sees_margin = seen_by.sees_margin

    async def out(order: Priced) -> None:
        if order.offers is not None:
            order.offers.found.pop(promotion.id, None)

    async def into(order: Priced) -> None:
        await _include(tx, order, promotion)

    before = await look(tx, placement, also=out)
    after = await look(tx, placement, also=into)
    granted = after.priced.granted
    is_granted = granted is not None and any(each.promotion is promotion for each in granted.grants)
    return TriedPromotion(
        granted=is_granted,
        why_not=None if is_granted else _why_not(after.priced, promotion),
        without=await preview_of(tx, before, language=language, told=placement.sees_price, sees_margin=sees_margin),
        with_it=await preview_of(tx, after, language=language, told=placement.sees_price, sees_margin=sees_margin),
    )


async def _include(tx: Tx, order: Priced, promotion: PromotionFacts) -> None:
    """Let the promotion speak for the order, whatever its state and dates."""
    places = [place for place, sku in enumerate(order.skus) if promotion.covers(sku)]
    if not places or promotion.currency != order.currency or not promotion.is_for(order.customer):
        return
    if order.offers is None:
        order.offers = Offers({}, {}, {})
    order.offers.found[promotion.id] = (promotion, places)
    order.offers.bounds[promotion.id] = list(bounds_of(promotion, order.customer.id))
    await drop_seconds(tx, [(order, order.offers)])
    await load_gifts(tx, [(order, order.offers)])


def _why_not(order: Priced, promotion: PromotionFacts) -> str:
    if promotion.currency != order.currency:
        return "currency"
    if not promotion.is_for(order.customer):
        return "audience"
    if not any(promotion.covers(sku) for sku in order.skus):
        return "goods"
    if order.offers is None or promotion.id not in order.offers.found:
        return "not_first"
    verdicts = order.granted.verdicts if order.granted is not None else []
    said = [verdict.why for each in verdicts for verdict in each if verdict.code == promotion.code]
    found = next((why for why in said if why not in ("contract", "manual")), said[0] if said else "no_saving")
    return "no_saving" if found in ("applied", "gives") else found
