"""Which goods an item means, best first, and how sure that is. Pure: what is known is passed in."""

import re
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from math import exp
from typing import Literal
from uuid import UUID

import msgspec

from dinghuo.orders.paste.goods import Goods, code_key, sounds_of
from dinghuo.orders.paste.items import Item, Said, is_countable
from dinghuo.orders.paste.likeness import Weights, likeness, usual_words, within_edits
from dinghuo.orders.paste.tokens import Token
from dinghuo.orders.paste.units import MEASURES, kinds_of

Reason = Literal["learned", "code", "barcode", "similar_code", "usual", "name", "similar_name", "none"]
_LEAST = 0.3
_NONE: frozenset[UUID] = frozenset()
# What is meant when no kind is said.
_PLAIN = re.compile("经典|原味|classic|original", re.IGNORECASE)


class Habit(msgspec.Struct, frozen=True):
    """How a customer usually orders a SKU."""

    unit: str
    quantity: Decimal
    times: int


class Learned(msgspec.Struct, frozen=True):
    """What a customer means by a phrase; no unit is whatever is said or usual."""

    sku_id: UUID
    unit: str | None


class Known(msgspec.Struct, frozen=True):
    """What is known of the customer."""

    habits: Mapping[UUID, Habit] = {}
    learned: Mapping[str, Learned] = {}
    barcodes: Mapping[str, tuple[tuple[UUID, str], ...]] = {}
    # Codes of goods as they were written, in small letters.
    codes: Mapping[str, UUID] = {}


class Fit(msgspec.Struct, frozen=True):
    """Goods an item may mean. `score` ranks them, `cover` is how much of what was said they account for."""

    goods: Goods
    score: float
    cover: float
    reason: Reason
    said: Said | None
    unit: str | None
    sized: float


class Ranker:
    """Ranks the goods that a customer may buy."""

    def __init__(self, goods: Iterable[Goods], known: Known) -> None:
        self.goods = {one.id: one for one in goods}
        self.known = known
        self.weights = Weights(self.goods.values())
        self._most = max((habit.times for habit in known.habits.values()), default=1)
        self._sisters: dict[tuple[UUID, str], list[Goods]] = {}
        for one in self.goods.values():
            self._sisters.setdefault((one.product_id, one.sister), []).append(one)
        self._index: dict[object, set[UUID]] = {}
        for one in self.goods.values():
            for key in (*one.pairs, *one.kind_pairs, *one.sound_pairs):
                self._index.setdefault(key, set()).add(one.id)

    def rank(self, item: Item, among: Iterable[Goods] | None = None, near: Goods | None = None) -> list[Fit]:
        """The goods an item may mean, best first. `near`: the goods that were spoken of before."""
        found = [
            fit
            for one in (self._likely(item) if among is None else among)
            if (fit := self._fit(item, one, near)) is not None
        ]
        return sorted(found, key=lambda fit: (-fit.score, fit.goods.code))

    def _likely(self, item: Item) -> Iterable[Goods]:
        """The goods that share two characters, or how two sound, with what was said; all where none do."""
        words = usual_words(item.words)
        if (
            item.codes
            or item.barcodes
            or any(word.isascii() or len(word) < 2 or word[0] in "大小中" for word in words)
        ):
            return self.goods.values()
        learned = (self.known.learned.get(key) for key in (item.phrase, item.key))
        found = {meant.sku_id for meant in learned if meant is not None}
        for word in words:
            sounds = sounds_of(word)
            for place in range(len(word) - 1):
                found |= self._index.get(word[place : place + 2], _NONE)
                found |= self._index.get(sounds[place : place + 2], _NONE)
        return [self.goods[id] for id in found if id in self.goods] if found else self.goods.values()

    def _fit(self, item: Item, goods: Goods, near: Goods | None) -> Fit | None:
        certain = self._certain(item, goods)
        words = usual_words(item.words)
        skip, bigness = self._bigness(item, words)
        cover = likeness(words, goods, self.weights, skip) if words else 0.0
        if certain is None and (item.codes or item.barcodes) and not cover:
            return None
        if certain is None and cover < _LEAST:
            return None
        reason, score, unit = certain or ("name", 0.0, None)
        habit = self.known.habits.get(goods.id)
        said, sized = sizes_of(item, goods)
        if reason == "learned" and sized <= -0.2:
            score = 0.3
        if certain is None:
            reason = "usual" if habit else "name" if cover > 0.85 else "similar_name"
        score += cover + sized + _by_unit(said, goods) + self._by_size_word(bigness, goods)
        score += 0.12 + 0.1 * habit.times / self._most if habit else 0.0
        score += _by_head(words, goods)
        score += 0.15 * likeness(item.context, goods, self.weights) if item.context else 0.0
        if near is not None and near.product_id == goods.product_id and not _names_kind(words, goods):
            score += 0.06 + (0.03 if near.sizes == goods.sizes and near.multi == goods.multi else 0.0)
        score += 0.02 if _PLAIN.search(goods.name) else 0.0
        return Fit(goods, score, max(cover, 1.0 if certain else 0.0), reason, said, unit, sized)

    def _certain(self, item: Item, goods: Goods) -> tuple[Reason, float, str | None] | None:
        """What needs no likeness: learned, a barcode, a code or nearly one."""
        for key in (item.phrase, item.key):
            learned = self.known.learned.get(key)
            if learned is not None and learned.sku_id == goods.id:
                return "learned", 1.5, learned.unit
        for barcode in (*item.barcodes, *item.codes):
            for sku_id, unit in self.known.barcodes.get(barcode, ()):
                if sku_id == goods.id:
                    return "barcode", 3.0, unit
        if any(self.known.codes.get(each) == goods.id for each in item.spellings):
            return "code", 3.0, None
        best: tuple[Reason, float, str | None] | None = None
        for code in item.codes:
            key = code_key(code)
            score = 3.0 if key == goods.code_key else _alike(key, goods.code_key)
            if score and (best is None or score > best[1]):
                best = ("code" if score >= 2.0 else "similar_code", score, None)
        return best

    def _bigness(self, item: Item, words: Sequence[str]) -> tuple[dict[str, int], str]:
        """大水: 大 is no part of a name that does not begin so."""
        skip, bigness = {}, item.bigness
        for word in words:
            if len(word) > 1 and word[0] in "大小中" and word[:2] not in self.weights.pairs:
                skip[word], bigness = 1, word[0]
        return skip, bigness

    def _by_size_word(self, bigness: str, goods: Goods) -> float:
        if not bigness:
            return 0.0
        sisters = self._sisters[goods.product_id, goods.sister]
        usual = [one for one in sisters if one.id in self.known.habits]
        if len(usual) > 1:
            if goods not in usual:
                return -0.05
            sisters = usual
        ranks = sorted({one.measure() for one in sisters})
        if len(ranks) < 2:
            return 0.0
        place = 2 * ranks.index(goods.measure()) / (len(ranks) - 1) - 1
        return 0.2 * (place if bigness == "大" else -place if bigness == "小" else 0.5 - abs(place))


def _alike(key: str, code: str) -> float:
    """How near a written code comes to a SKU's: its beginning, or a letter or two away."""
    if len(key) >= 4 and code.startswith(key):
        return 2.0
    if len(key) >= 6 and within_edits(key, code, 1):
        return 1.6
    if len(key) >= 9 and within_edits(key, code, 2):
        return 1.3
    if len(key) >= 6 and within_edits(key, code[: len(key)], 1):
        return 1.2
    return 0.0


def _by_head(words: Sequence[str], goods: Goods) -> float:
    """Chinese names goods by their last word: 牛奶巧克力 is chocolate."""
    runs = [word for word in words if not word.isascii()]
    if not runs:
        return 0.0
    score = 0.08 if any(run in goods.segments for run in runs) else 0.0
    product, category = goods.heads
    for run in runs:
        if len(run) > 1 and product.endswith(run[-2:]):
            return score + 0.12
        if len(run) > 1 and category.endswith(run[-2:]):
            return score + 0.04
        if product.endswith(run[-1]):
            score += 0.05 + (0.03 if len(run) == 1 else 0.0)
        if category.endswith(run[-1]):
            score += 0.04 + (0.03 if len(run) == 1 else 0.0)
    return score


def _names_kind(words: Sequence[str], goods: Goods) -> bool:
    """Whether the kind of goods is said, so that nothing is left to what was spoken of before."""
    return any(not word.isascii() and goods.heads[0].endswith(word[-1]) for word in words)


def _by_unit(said: Said | None, goods: Goods) -> float:
    if said is None or said.unit is None:
        return 0.0
    unit = goods.packing.find(said.unit)
    if unit is None:
        return -0.3
    return 0.06 if unit.surety > 0.9 else 0.0 if unit.surety > 0.7 else -0.12


def sizes_of(item: Item, goods: Goods) -> tuple[Said | None, float]:
    """The quantity of these goods that an item says, and how well its sizes fit them."""
    said, score = item.said(), 0.0
    for token in item.measures:
        if said is None and token.loose and _weighs(token, goods):
            said, score = Said(token.value or Decimal(0), token.unit), score + 0.15
        else:
            score += _by_measure(token, goods)
    numbers = list(item.numbers)
    if said is None and numbers:
        last = numbers[-1]
        if last.value is not None and (is_countable(last.value) or last.value not in goods.magnitudes):
            said = Said(last.value, None, last.rough)
            numbers.pop()
    for token in numbers:
        score += _by_number(token.value or Decimal(0), goods)
    return said, score + _by_packing(item, goods)


def _weighs(token: Token, goods: Goods) -> bool:
    """Whether goods are sold by this measure itself."""
    found = goods.packing.find(token.unit or "")
    return found is not None and MEASURES[token.unit or "g"][0] == "g" and found.surety > 0.9


def _by_measure(token: Token, goods: Goods) -> float:
    kind, times = MEASURES[token.unit or "ml"]
    wanted = (token.value or Decimal(0)) * times
    own = {size for each, size in goods.sizes if each == kind}
    if not own and token.unit == "斤":
        own = {size for each, size in goods.sizes if each == "ml"}
    if not own:
        return -0.15
    return 0.35 if wanted in own else -0.45


def _by_number(value: Decimal, goods: Goods) -> float:
    if value in goods.magnitudes:
        return 0.3
    if not goods.magnitudes:
        return 0.0
    return -0.25 if value >= 100 or value != value.to_integral_value() else -0.02


def _by_packing(item: Item, goods: Goods) -> float:
    score = 0.0
    largest = max(goods.packing.ratios.values())
    for pack in item.packs:
        score += 0.3 if goods.multi == pack and pack > 1 else 0.12 if largest == pack else -0.1
    if goods.multi > 1 and not item.packs:
        score -= 0.05
    base = goods.packing.kinds[goods.packing.base]
    for container in item.containers:
        fits = bool(base & kinds_of(container)) or f"{container}装" in goods.name
        if container == "散":
            fits = "散" in goods.chars
        weak = 0.5 if item.bigness else 1.0
        score += weak * (0.15 if fits else -0.18)
    return score


def confidence(fit: Fit, margin: float, *, counted: bool, rough: bool, unit_surety: float) -> float:
    """How probable it is that goods, unit and quantity are those that were meant."""
    if fit.reason in ("code", "barcode"):
        sure = 0.99 if fit.score >= 3.0 or margin > 0.3 else 0.75
    elif fit.reason == "learned":
        sure = 0.97
    else:
        sure = 1 / (1 + exp(-(-3.6 + 4.6 * fit.cover + 12 * min(margin, 0.25) + 3 * min(fit.sized, 0.0))))
    return sure * (1.0 if counted else 0.7) * (0.8 if rough else 1.0) * (0.85 + 0.15 * unit_surety)
