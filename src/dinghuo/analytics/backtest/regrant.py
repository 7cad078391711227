"""Grant the orders of the last months once more, without a draft of a promotion and with it. Pure; the engine of
promotions decides.

Orders are taken in the order they were placed and draw on the draft's budgets one after the other.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.analytics.backtest.baskets import Bought
from dinghuo.analytics.backtest.sums import Tried
from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit.money import ZERO, split_tax
from dinghuo.pricing.facts import ListFacts
from dinghuo.pricing.gift_offer import gift_offer
from dinghuo.pricing.grant import GiftOffer, Granted, Offer, Room, grant
from dinghuo.pricing.measure import BasketLine
from dinghuo.pricing.promotion_facts import PromotionFacts


class Known(msgspec.Struct, frozen=True):
    """What granting needs beside the orders. `goods` are those that the draft is for, `then` what orders had,
    `first` the first orders of customers where the draft asks for them; `lists`, by customer, price gifts."""

    draft: PromotionFacts
    skus: Mapping[UUID, SkuFacts]
    goods: Collection[UUID]
    then: Mapping[UUID, Sequence[PromotionFacts]]
    first: Collection[UUID]
    lists: Mapping[UUID, Sequence[ListFacts]]
    gifts: Mapping[str, SkuFacts]
    today: date


class Regranted(msgspec.Struct):
    """What became of the orders: `why` counts those that were granted nothing. `saved` is what budgets would count;
    `short_since` the day of the first order for which they were too small."""

    lines: list[Tried]
    orders: int = 0
    granted: int = 0
    saved: Decimal = ZERO
    short_since: date | None = None
    why: Counter[str] = msgspec.field(default_factory=Counter)


class _Budgets:
    """What is left of the draft's budgets, in all and for each customer."""

    def __init__(self, draft: PromotionFacts) -> None:
        self._draft = draft
        self._saved: dict[UUID | None, Decimal] = defaultdict(lambda: ZERO)
        self._uses: Counter[UUID | None] = Counter()

    def room(self, customer_id: UUID) -> Room:
        draft = self._draft
        uses = 1 if draft.first_order_only else draft.customer_uses
        bounds = ((None, draft.budget, draft.uses), (customer_id, draft.customer_budget, uses))
        amounts = [most - self._saved[whose] for whose, most, _ in bounds if most is not None]
        counts = [most - self._uses[whose] for whose, _, most in bounds if most is not None]
        return Room(min(amounts, default=None), min(counts, default=None))

    def take(self, customer_id: UUID, saved: Decimal) -> None:
        for whose in (None, customer_id):
            self._saved[whose] += saved
            self._uses[whose] += 1


def regrant(orders: Iterable[tuple[UUID, Sequence[Bought]]], known: Known, *, currency: str) -> Regranted:
    """Each of these orders twice; those without goods that the draft is for are passed over."""
    result, budgets = Regranted([]), _Budgets(known.draft)
    for order_id, lines in orders:
        places = [place for place, line in enumerate(lines) if line.sku_id in known.goods]
        if not places:
            continue
        result.orders += 1
        if known.draft.first_order_only and order_id not in known.first:
            result.why["not_first"] += 1
            _count(result, lines, set(places), None, None)
            continue
        _regrant_one(_Order(order_id, lines, places, currency), known, budgets, result)
    return result


class _Order(msgspec.Struct, frozen=True):
    id: UUID
    lines: Sequence[Bought]
    places: Sequence[int]
    currency: str

    @property
    def customer_id(self) -> UUID:
        return self.lines[0].customer_id


def _regrant_one(order: _Order, known: Known, budgets: _Budgets, result: Regranted) -> None:
    draft = known.draft
    basket = [_basket_line(line, known.skus[line.sku_id]) for line in order.lines]
    before = _offers(basket, known.then.get(order.id, ()))

    def gift_of(promotion: PromotionFacts, bought: SkuFacts | None, quantity: Decimal) -> GiftOffer | None:
        sku = bought or known.gifts.get(promotion.gift_sku or "")
        lists = known.lists.get(order.customer_id, ())
        if sku is None:
            return None
        return gift_offer(lists, sku, promotion.gift_unit, quantity, day=known.today, currency=order.currency)

    present = grant(basket, before, currency=order.currency, gift_of=gift_of) if before else None
    offers = [*before, Offer(draft, order.places, budgets.room(order.customer_id))]
    drafted = grant(basket, offers, currency=order.currency, gift_of=gift_of)
    own = next((each for each in drafted.grants if each.promotion is draft), None)
    if own is not None:
        result.granted += 1
        result.saved += own.saved
        budgets.take(order.customer_id, own.saved)
    else:
        why = _why(drafted, draft.code)
        result.why[why] += 1
        if why == "budget" and result.short_since is None:
            result.short_since = order.lines[0].day
    _count(result, order.lines, set(order.places), present, drafted)
    _count_gifts(result, order, present, drafted)


def _basket_line(line: Bought, sku: SkuFacts) -> BasketLine:
    return BasketLine(line.line_no, sku, line.unit, line.quantity, line.base_quantity, line.gross, line.final)


def _offers(basket: Sequence[BasketLine], promotions: Sequence[PromotionFacts]) -> list[Offer]:
    offers = []
    for promotion in promotions:
        places = [place for place, line in enumerate(basket) if promotion.covers(line.sku)]
        if places:
            offers.append(Offer(promotion, places))
    return offers


def _why(granted: Granted, code: str) -> str:
    """Why the draft was not granted: what the first line says that it might have touched."""
    said = [verdict.why for verdicts in granted.verdicts for verdict in verdicts if verdict.code == code]
    return next((why for why in said if why not in ("contract", "manual")), said[0] if said else "no_saving")


def _count(
    result: Regranted,
    lines: Sequence[Bought],
    places: Collection[int],
    present: Granted | None,
    drafted: Granted | None,
) -> None:
    """What each line comes to; of goods that the draft is not for only what it changes all the same."""
    for place, line in enumerate(lines):
        if drafted is None:
            before = after = line.net
        else:
            taken, held = drafted.discounts[place], present.discounts[place] if present is not None else ZERO
            before = _net(line, held)
            after = before if taken == held else _net(line, taken)
        if place in places or before != after:
            costless = 1 if line.cost is None else 0
            month = line.day.replace(day=1)
            result.lines.append(
                Tried(
                    line.customer_id, line.sku_id, month, 1, line.net, before, after, line.cost or ZERO, costless,
                    1 if line.final is not None else 0,
                )
            )  # fmt: skip


def _net(line: Bought, discount: Decimal) -> Decimal:
    """What a line comes to without tax when so much is taken off; as it was when nothing ever was."""
    if not discount and not line.is_reduced:
        return line.net
    return split_tax(line.gross - discount, line.tax_rate, tax_inclusive=True).net


def _count_gifts(result: Regranted, order: _Order, present: Granted | None, drafted: Granted) -> None:
    """What the goods cost that are given, as lines of their own."""
    first = order.lines[0]
    costs: dict[UUID, list[Decimal]] = defaultdict(lambda: [ZERO, ZERO])
    unknown: Counter[UUID] = Counter()
    for number, granted in enumerate((present, drafted)):
        for given in granted.gifts if granted is not None else ():
            cost = given.gift.sku.cost_on(first.day)
            costs[given.gift.sku.id][number] += (cost or ZERO) * given.gift.base_quantity
            unknown[given.gift.sku.id] += number if cost is None else 0
    for sku_id, (before, after) in costs.items():
        result.lines.append(
            Tried(
                first.customer_id, sku_id, first.day.replace(day=1), 0, ZERO, ZERO, ZERO, ZERO, unknown[sku_id],
                present_gifts=before, drafted_gifts=after,
            )
        )  # fmt: skip
