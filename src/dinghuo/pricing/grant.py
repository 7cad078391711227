"""Grant a basket what promotions give. Pure: everything it needs is passed in. Rules: docs/promotions.md.

Amounts are tax-inclusive and rounded. The result depends on the promotions, not on the order they come in. Nothing is
remembered: an order that was changed is granted anew, with what it holds of the budgets added to their room.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit.money import ZERO
from dinghuo.pricing.effects import Effect, effect_of, saved_of_sum
from dinghuo.pricing.measure import BasketLine
from dinghuo.pricing.promotion_facts import PromotionFacts

Why = Literal[
    "applied",
    "gives",
    "excluded",
    "below_threshold",
    "no_saving",
    "budget",
    "gift_unavailable",
    "contract",
    "manual",
]
# What comes first at the same priority: prices, then what is taken off their sum, then what is given on top.
_STAGES = {"percent": 0, "amount_off": 0, "fixed_price": 0, "bundle": 0, "spend_save": 1, "buy_get": 2}


class Room(msgspec.Struct, frozen=True):
    """What is left of a promotion's budgets for this customer; None is unlimited."""

    amount: Decimal | None = None
    uses: int | None = None

    def allows(self, amount: Decimal) -> bool:
        return (self.uses is None or self.uses > 0) and (self.amount is None or amount <= self.amount)


_BOUNDLESS = Room()


class Offer(msgspec.Struct, frozen=True):
    """A promotion that speaks for the basket, and the places of the lines whose goods it is for."""

    promotion: PromotionFacts
    places: Sequence[int]
    room: Room = _BOUNDLESS


class GiftOffer(msgspec.Struct, frozen=True):
    """What would be given: `value` is what it would have cost, if anything says so."""

    sku: SkuFacts
    unit: str
    quantity: Decimal
    base_quantity: Decimal
    value: Decimal | None
    list_price: Decimal | None = None
    tax_inclusive: bool = True


# Of a promotion so many of a SKU (None: the promotion's own gift); None when it cannot be given now.
GiftOf = Callable[[PromotionFacts, SkuFacts | None, Decimal], GiftOffer | None]


class Verdict(msgspec.Struct, frozen=True, omit_defaults=True, gc=False):
    """What became of a promotion on one line: the steps of the line's waterfall, and why others are none."""

    code: str
    name: str
    kind: str
    why: Why
    saved: Decimal | None = None
    left: Decimal | None = None
    by: str | None = None
    missing: Decimal | None = None


class Given(msgspec.Struct, frozen=True):
    """A gift line to be: what is given, by which promotion, for which lines."""

    promotion: PromotionFacts
    gift: GiftOffer
    given_by: list[int]


class Grant(msgspec.Struct, frozen=True):
    """A promotion that was granted: what it saves in all, its gifts' value included, and on which lines."""

    promotion: PromotionFacts
    saved: Decimal
    lines: list[int]


class Next(msgspec.Struct, frozen=True):
    """How much is missing until a promotion grants (more)."""

    promotion: PromotionFacts
    missing: Decimal
    value: Decimal
    lines: list[int]


class Granted(msgspec.Struct, frozen=True):
    """What a basket was granted; `discounts` and `verdicts` by the place of the line."""

    discounts: list[Decimal]
    verdicts: list[list[Verdict]]
    gifts: list[Given]
    grants: list[Grant]
    next: list[Next]


class _Basket(msgspec.Struct):
    """The basket while promotions are granted one after the other."""

    lines: Sequence[BasketLine]
    left: list[Decimal]
    taken: list[list[PromotionFacts]]
    verdicts: list[list[Verdict]]
    currency: str


class _Priced(msgspec.Struct, frozen=True):
    """An effect with its gifts and everything it is worth."""

    effect: Effect
    gifts: list[Given]
    total: Decimal
    is_short: bool = False


def grant(lines: Sequence[BasketLine], offers: Sequence[Offer], *, currency: str, gift_of: GiftOf) -> Granted:
    """Grant each promotion in its turn: by priority, stage, what it would save alone, and code."""
    basket = _Basket(lines, [line.gross for line in lines], [[] for _ in lines], [[] for _ in lines], currency)
    result = Granted([], basket.verdicts, [], [], [])
    for offer in _in_turn(basket, offers, gift_of):
        _grant_one(basket, offer, gift_of, result)
    result.discounts.extend(line.gross - left for line, left in zip(lines, basket.left, strict=True))
    return result


def turn_of(promotion: PromotionFacts) -> tuple[int, int]:
    """What is less is granted first; of equal ones the one that saves more alone."""
    return (-promotion.priority, _STAGES[promotion.kind])


def _in_turn(basket: _Basket, offers: Sequence[Offer], gift_of: GiftOf) -> Sequence[Offer]:
    if len(offers) == 1:
        return offers
    turns: dict[tuple[int, int], list[Offer]] = {}
    for offer in offers:
        turns.setdefault(turn_of(offer.promotion), []).append(offer)
    found: list[Offer] = []
    for turn in sorted(turns):
        several = turns[turn]
        found += several if len(several) == 1 else _of_one_turn(basket, several, gift_of)
    return found


def _of_one_turn(basket: _Basket, offers: list[Offer], gift_of: GiftOf) -> list[Offer]:
    """Who saves more comes first. That is only asked of those that want the same lines."""
    wanted = Counter([place for offer in offers for place in offer.places])

    def rank(offer: Offer) -> tuple[Decimal, str]:
        is_rival = max(map(wanted.__getitem__, offer.places), default=0) > 1
        return (-_alone(basket, offer, gift_of) if is_rival else ZERO, offer.promotion.code)

    return sorted(offers, key=rank)


def _alone(basket: _Basket, offer: Offer, gift_of: GiftOf) -> Decimal:
    places = [place for place in offer.places if basket.lines[place].final is None]
    if offer.promotion.kind == "spend_save":
        return saved_of_sum(offer.promotion, [basket.lines[p] for p in places], [basket.left[p] for p in places])
    return _effect(basket, offer, places, gift_of).total


def _effect(basket: _Basket, offer: Offer, places: Sequence[int], gift_of: GiftOf) -> _Priced:
    effect = effect_of(
        offer.promotion,
        [basket.lines[place] for place in places],
        [basket.left[place] for place in places],
        currency=basket.currency,
    )
    gifts: list[Given] = []
    for bought, quantity in effect.gifts:
        gift = gift_of(offer.promotion, bought, quantity)
        if gift is None:
            return _Priced(effect, [], effect.saved, is_short=True)
        numbers = [basket.lines[p].line_no for p in places if bought is None or basket.lines[p].sku.id == bought.id]
        gifts.append(Given(offer.promotion, gift, numbers))
    return _Priced(effect, gifts, effect.saved + sum((given.gift.value or ZERO for given in gifts), ZERO))


def _grant_one(basket: _Basket, offer: Offer, gift_of: GiftOf, result: Granted) -> None:
    promotion = offer.promotion
    places = _open_places(basket, offer)
    if not places:
        return
    priced = _effect(basket, offer, places, gift_of)
    effect = priced.effect
    why = _refusal(offer, priced)
    if why is not None:
        for place in places:
            _say(basket, place, promotion, why, missing=effect.missing if why == "below_threshold" else None)
    else:
        _take(basket, promotion, places, priced, result)
    if effect.missing is not None and effect.next_value is not None and why in (None, "below_threshold"):
        numbers = [basket.lines[place].line_no for place in places]
        result.next.append(Next(promotion, effect.missing, effect.next_value, numbers))


def _open_places(basket: _Basket, offer: Offer) -> list[int]:
    """The lines on which the promotion may still give something; on the others it is said why not."""
    places: list[int] = []
    for place in offer.places:
        final, taken = basket.lines[place].final, basket.taken[place]
        if final is not None:
            _say(basket, place, offer.promotion, final)
        elif taken and (rival := _rival(offer.promotion, taken)) is not None:
            _say(basket, place, offer.promotion, "excluded", by=rival.code)
        else:
            places.append(place)
    return places


def _refusal(offer: Offer, priced: _Priced) -> Why | None:
    if not priced.effect.is_reached:
        return "below_threshold"
    if priced.is_short:
        return "gift_unavailable"
    if not priced.total and not priced.gifts:
        return "no_saving"
    return None if offer.room.allows(priced.total) else "budget"


def _take(
    basket: _Basket, promotion: PromotionFacts, places: Sequence[int], priced: _Priced, result: Granted
) -> None:
    touched = []
    for place, saved, is_part in zip(places, priced.effect.savings, priced.effect.parts, strict=True):
        if not is_part:
            _say(basket, place, promotion, "below_threshold" if priced.gifts else "no_saving")
            continue
        basket.left[place] -= saved
        basket.taken[place].append(promotion)
        touched.append(basket.lines[place].line_no)
        if saved:
            _say(basket, place, promotion, "applied", saved=saved, left=basket.left[place])
        else:
            _say(basket, place, promotion, "gives" if priced.gifts else "applied")
    result.gifts.extend(priced.gifts)
    result.grants.append(Grant(promotion, priced.total, touched))


def _rival(promotion: PromotionFacts, taken: Sequence[PromotionFacts]) -> PromotionFacts | None:
    """What was granted on a line before and leaves no room for this."""
    for other in taken:
        same = promotion.exclusion_group is not None and promotion.exclusion_group == other.exclusion_group
        if same or not (promotion.stackable and other.stackable):
            return other
    return None


def _say(
    basket: _Basket,
    place: int,
    promotion: PromotionFacts,
    why: Why,
    *,
    saved: Decimal | None = None,
    left: Decimal | None = None,
    by: str | None = None,
    missing: Decimal | None = None,
) -> None:
    told = Verdict(promotion.code, promotion.name, promotion.kind, why, saved, left, by, missing)
    basket.verdicts[place].append(told)


def room_of(promotion: PromotionFacts, rooms: Mapping[UUID, Sequence[Room]]) -> Room:
    """The narrowest of several rooms of a promotion."""
    found = rooms.get(promotion.id)
    if not found:
        return _BOUNDLESS
    amounts = [room.amount for room in found if room.amount is not None]
    uses = [room.uses for room in found if room.uses is not None]
    return Room(min(amounts, default=None), min(uses, default=None))
