"""What one promotion does to the lines it may touch, as they stand. Pure; a function for each kind."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import msgspec

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit.money import ZERO, allocate, round_money
from dinghuo.pricing.measure import BasketLine, in_base, measured, reached
from dinghuo.pricing.promotion_facts import PromotionFacts


class Effect(msgspec.Struct, frozen=True):
    """What is taken off each line, whether it had a part in it, and what is given: (SKU bought, how many).

    `missing` is how much more is needed for `next_value`.
    """

    is_reached: bool
    savings: Sequence[Decimal]
    parts: Sequence[bool]
    gifts: Sequence[tuple[SkuFacts | None, Decimal]] = ()
    missing: Decimal | None = None
    next_value: Decimal | None = None

    @property
    def saved(self) -> Decimal:
        return sum(self.savings, ZERO)


_Lines = Sequence[BasketLine]
_Amounts = Sequence[Decimal]


def effect_of(promotion: PromotionFacts, lines: _Lines, left: _Amounts, *, currency: str) -> Effect:
    """What a promotion does to these lines, which cost `left` at present."""
    if not lines:
        return Effect(False, [], [])
    return _EFFECTS[promotion.kind](promotion, lines, left, currency)


def _by_step(
    save: Callable[[Decimal, BasketLine, Decimal, str], Decimal],
) -> Callable[[PromotionFacts, _Lines, _Amounts, str], Effect]:
    """Each line for itself, by the step that all together reach."""

    def effect(promotion: PromotionFacts, lines: _Lines, left: _Amounts, currency: str) -> Effect:
        step = reached(promotion, measured(promotion, lines, left))
        if step.value is None:
            return Effect(False, [ZERO] * len(lines), [False] * len(lines), (), step.missing, step.next_value)
        savings = [
            min(amount, save(step.value, line, amount, currency)) for line, amount in zip(lines, left, strict=True)
        ]
        return Effect(True, savings, [bool(saved) for saved in savings], (), step.missing, step.next_value)

    return effect


def _percent(value: Decimal, _line: BasketLine, amount: Decimal, currency: str) -> Decimal:
    return round_money(amount * value / 100, currency)


def _amount_off(value: Decimal, line: BasketLine, _amount: Decimal, currency: str) -> Decimal:
    numerator, denominator = line.sku.units[line.sku.sales_unit]
    return round_money(line.base_quantity * denominator * value / numerator, currency)


def _fixed_price(promotion: PromotionFacts, lines: _Lines, left: _Amounts, currency: str) -> Effect:
    savings = []
    for line, amount in zip(lines, left, strict=True):
        item = promotion.item(line.sku.id)
        ratio = line.sku.units.get(item.unit or line.sku.sales_unit) if item else None
        if item is None or item.price is None or ratio is None:
            savings.append(ZERO)
            continue
        special = round_money(line.base_quantity * ratio[1] * item.price / ratio[0], currency)
        savings.append(max(amount - special, ZERO))
    return Effect(True, savings, [bool(saved) for saved in savings])


def saved_of_sum(promotion: PromotionFacts, lines: _Lines, left: _Amounts) -> Decimal:
    """What is taken off the sum of these lines, before it is split among them."""
    value = reached(promotion, measured(promotion, lines, left)).value if lines else None
    return ZERO if value is None else min(value, sum(left, ZERO))


def _spend_save(promotion: PromotionFacts, lines: _Lines, left: _Amounts, currency: str) -> Effect:
    total = sum(left, ZERO)
    step = reached(promotion, measured(promotion, lines, left))
    if step.value is None:
        return Effect(False, [ZERO] * len(lines), [True] * len(lines), (), step.missing, step.next_value)
    savings = allocate(min(step.value, total), left, currency)
    return Effect(True, savings, [True] * len(lines), (), step.missing, step.next_value)


def _buy_get(promotion: PromotionFacts, lines: _Lines, left: _Amounts, _currency: str) -> Effect:
    gifts: list[tuple[SkuFacts | None, Decimal]] = []
    parts = [False] * len(lines)
    missing: Decimal | None = None
    next_value: Decimal | None = None
    groups: Sequence[tuple[SkuFacts | None, list[int]]] = (
        [(None, list(range(len(lines))))] if promotion.gift_sku else goods_bought(lines)
    )
    for bought, places in groups:
        step = reached(promotion, measured(promotion, [lines[i] for i in places], [left[i] for i in places]))
        if step.value is not None:
            gifts.append((bought, step.value))
            for place in places:
                parts[place] = True
        if step.missing is not None and (missing is None or step.missing < missing):
            missing, next_value = step.missing, step.next_value
    return Effect(bool(gifts), [ZERO] * len(lines), parts, gifts, missing, next_value)


def goods_bought(lines: _Lines) -> list[tuple[SkuFacts | None, list[int]]]:
    """The places of the lines of each SKU."""
    groups: dict[str, tuple[SkuFacts | None, list[int]]] = {}
    for place, line in enumerate(lines):
        groups.setdefault(line.sku.code, (line.sku, []))[1].append(place)
    return list(groups.values())


def _bundle(promotion: PromotionFacts, lines: _Lines, left: _Amounts, currency: str) -> Effect:
    """So many whole sets as the lines make up, each at the bundle's price; of what is over nothing is taken off."""
    nothing = Effect(False, [ZERO] * len(lines), [False] * len(lines))
    by_sku = {bought.id: places for bought, places in goods_bought(lines) if bought is not None}
    wanted: dict[tuple[int, ...], Decimal] = {}
    for item in promotion.items:
        places = by_sku.get(item.id, [])
        needed = in_base(lines[places[0]].sku, item.unit, item.quantity) if places else None
        if not needed:
            return nothing
        wanted[tuple(places)] = needed
    sets = min(sum((lines[i].base_quantity for i in parts), ZERO) // needed for parts, needed in wanted.items())
    if not sets or promotion.bundle_price is None:
        return nothing
    worth = [ZERO] * len(lines)
    for parts, needed in wanted.items():
        rest = needed * sets
        for i in parts:
            used = min(rest, lines[i].base_quantity)
            rest -= used
            worth[i] = round_money(left[i] * used / lines[i].base_quantity, currency)
    saved = max(sum(worth, ZERO) - promotion.bundle_price * sets, ZERO)
    return Effect(True, allocate(saved, worth, currency), [bool(part and saved) for part in worth])


_EFFECTS: Mapping[str, Callable[[PromotionFacts, _Lines, _Amounts, str], Effect]] = {
    "percent": _by_step(_percent),
    "amount_off": _by_step(_amount_off),
    "fixed_price": _fixed_price,
    "bundle": _bundle,
    "spend_save": _spend_save,
    "buy_get": _buy_get,
}
