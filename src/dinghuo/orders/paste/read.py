"""A text becomes proposed lines: items are matched with goods, and what was taken back or changed is. Pure."""

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Literal

import msgspec

from dinghuo.orders.paste import words as say
from dinghuo.orders.paste.goods import Goods
from dinghuo.orders.paste.items import Item, Said
from dinghuo.orders.paste.rank import Fit, Ranker, confidence
from dinghuo.orders.paste.share import shares
from dinghuo.orders.paste.source import Source
from dinghuo.orders.paste.split import Split

Doubt = Literal["no-quantity", "several-alike", "unit-guessed", "size-differs", "about", "not-found"]
# Below this what was said is not of the goods; without a quantity more is wanted, as people chat.
_FOUND, _FOUND_UNCOUNTED = 0.45, 0.72
_ALIKE = 0.06
# So much of two pieces together must be of the goods for the second to describe them.
_TOGETHER = 0.85
SURE = 0.8
_ALTERNATIVES = 5


class Alternative(msgspec.Struct, frozen=True):
    """Other goods that may have been meant."""

    goods: Goods
    unit: str
    quantity: Decimal
    confidence: float


class Line(msgspec.Struct, frozen=True):
    """A proposed line; without a fit its goods were not found."""

    item: Item
    fit: Fit | None
    unit: str | None
    quantity: Decimal | None
    confidence: float
    doubts: tuple[Doubt, ...]
    alternatives: tuple[Alternative, ...]

    @property
    def doubtful(self) -> bool:
        return self.fit is None or self.confidence < SURE or "no-quantity" in self.doubts


class Reading(msgspec.Struct, frozen=True):
    """What was read. Spans are of the source's clean text."""

    lines: list[Line]
    withdrawn: list[tuple[int, int, str]]
    unmatched: list[tuple[int, int]]
    note: str | None


def read(source: Source, said: Split, ranker: Ranker) -> Reading:
    """Match what was said with the goods."""
    reader = _Reader(ranker)
    for item in said.items:
        reader.take(item)
    pieces = sorted({*said.rest, *reader.rest})
    notes, unmatched = [], []
    for start, end in pieces:
        text = source.clean[start:end]
        if text.isdigit() or say.is_note(text):
            notes.append(source.piece(start, end).strip())
        elif not say.is_greeting(text):
            unmatched.append((start, end))
    return Reading(reader.lines, reader.withdrawn, unmatched, "；".join(dict.fromkeys(notes)) or None)


class _Reader:
    def __init__(self, ranker: Ranker) -> None:
        self.ranker = ranker
        self.lines: list[Line] = []
        self.withdrawn: list[tuple[int, int, str]] = []
        self.rest: list[tuple[int, int]] = []

    def take(self, item: Item) -> None:
        if item.deed == "drop":
            self._drop(item)
            return
        if self._describes(item):
            return
        for part in self._parts(item):
            fits = self.ranker.rank(part, near=self._near())
            line = self._line(part, fits)
            if line is None:
                self.rest.append((part.start, part.end))
            elif not self._amends(part, line, fits):
                self.lines.append(line)

    def _near(self) -> Goods | None:
        last = self.lines[-1] if self.lines else None
        return last.fit.goods if last is not None and last.fit is not None else None

    def _describes(self, item: Item) -> bool:
        """洗手液一箱 清新海风: what follows without a quantity may say more of the goods before it."""
        last = self.lines[-1] if self.lines else None
        if last is None or last.fit is None or item.deed != "new" or item.is_counted or item.is_sized or item.codes:
            return False
        together = msgspec.structs.replace(last.item, words=[*last.item.words, *item.words], end=item.end)
        fits = self.ranker.rank(together)
        if not fits or fits[0].cover < _TOGETHER or fits[0].goods.product_id != last.fit.goods.product_id:
            return False
        line = self._line(together, fits)
        if line is None or line.fit is None:
            return False
        self.lines[-1] = line
        return True

    def _parts(self, item: Item) -> list[Item]:
        """酸奶原味草莓黄桃各一箱 are three goods: each explains what the others leave."""
        if not item.each:
            return [item]
        return shares(item, self.ranker)

    def _drop(self, item: Item) -> None:
        own = [line for line in self.lines if line.fit is not None]
        fits = self.ranker.rank(item, among=[line.fit.goods for line in own if line.fit is not None])
        if not fits or fits[0].cover < _FOUND:
            self.rest.append((item.start, item.end))
            return
        gone = next(line for line in reversed(own) if line.fit is not None and line.fit.goods is fits[0].goods)
        self.lines.remove(gone)
        self.withdrawn.append((item.start, item.end, item.phrase))

    def _amends(self, item: Item, line: Line, fits: Sequence[Fit]) -> bool:
        """Whether a line that stands already was changed by this one."""
        if item.deed not in ("set", "add") or line.fit is None:
            return False
        best = {
            fit.goods.id for fit in fits if fit.score > fits[0].score - _ALIKE or fit.cover >= fits[0].cover - 0.01
        }
        places = [n for n, old in enumerate(self.lines) if old.fit is not None and old.fit.goods.id in best]
        if not places:
            return False
        old = self.lines[places[-1]]
        unit = line.unit if item.quantities and item.quantities[0].unit else old.unit
        quantity = line.quantity
        if item.deed == "add" and old.quantity is not None and quantity is not None:
            if unit != old.unit:
                return False
            quantity += old.quantity
        wider = msgspec.structs.replace(old.item, end=max(old.item.end, item.end))
        self.lines[places[-1]] = msgspec.structs.replace(old, item=wider, unit=unit, quantity=quantity)
        return True

    def _line(self, item: Item, fits: Sequence[Fit]) -> Line | None:
        """The line of an item; None when it is no order at all."""
        best = fits[0] if fits else None
        found = best is not None and best.cover >= (_FOUND if (best.said is not None) else _FOUND_UNCOUNTED)
        if best is None or not found or (not (best.said is not None) and say.is_note(item.key)):
            if not (item.is_counted or item.numbers) or say.is_note(item.key):
                return None
            said = item.said()
            others = self._alternatives(item, fits[:_ALTERNATIVES])
            return Line(item, None, None, said.value if said else None, 0.0, ("not-found",), others)
        unit, quantity, surety = self.amount(item, best)
        counted = best.said is not None
        margin = best.score - fits[1].score if len(fits) > 1 else 0.5
        rough = best.said is not None and best.said.rough
        sure = confidence(best, margin, counted=counted, rough=rough, unit_surety=surety)
        doubts: list[Doubt] = []
        if not counted:
            doubts.append("no-quantity")
        if rough:
            doubts.append("about")
        if surety < 0.7:
            doubts.append("unit-guessed")
        if best.sized <= -0.2:
            doubts.append("size-differs")
        if margin < _ALIKE and best.reason not in ("learned", "code", "barcode"):
            doubts.append("several-alike")
        others = self._alternatives(item, [fit for fit in fits[1:] if fit.score > best.score - 0.6][:_ALTERNATIVES])
        return Line(item, best, unit, quantity, sure, tuple(doubts), others)

    def _alternatives(self, item: Item, fits: Sequence[Fit]) -> tuple[Alternative, ...]:
        found = []
        for place, fit in enumerate(fits):
            unit, quantity, _ = self.amount(item, fit)
            found.append(Alternative(fit.goods, unit, quantity, max(0.02, min(fit.cover, 1.0) * 0.4 / (place + 1))))
        return tuple(found)

    def amount(self, item: Item, fit: Fit) -> tuple[str, Decimal, float]:
        """Unit and quantity of the goods, and how sure the unit is."""
        packing, habit = fit.goods.packing, self.ranker.known.habits.get(fit.goods.id)
        usual = fit.unit or (habit.unit if habit and habit.unit in packing.ratios else packing.sales)
        if usual not in packing.ratios:
            usual = packing.sales
        if fit.said is None:
            quantity = habit.quantity if habit and habit.unit == usual else Decimal(1)
            return usual, quantity, 1.0
        if len(item.quantities) > 1:
            together = _together(item.quantities, fit.goods)
            if together is not None:
                return packing.base, together, 0.95
        said = fit.said
        found = packing.find(said.unit) if said.unit else None
        if found is None:
            return (usual, said.value, 0.95 if said.unit is None else 0.5)
        return *_whole(said.value * found.times, found.unit, fit.goods), found.surety


def _whole(value: Decimal, unit: str, goods: Goods) -> tuple[str, Decimal]:
    """Half a case is ordered by what is in it."""
    if value == value.to_integral_value():
        return unit, Decimal(int(value))
    if unit == goods.packing.base:
        return unit, value
    in_base = Fraction(value) * goods.packing.ratios[unit]
    return (goods.packing.base, Decimal(int(in_base))) if in_base.denominator == 1 else (unit, value)


def _together(said: Sequence[Said], goods: Goods) -> Decimal | None:
    """2箱6瓶 in base units."""
    total = Fraction(0)
    for each in said:
        found = goods.packing.find(each.unit) if each.unit else None
        if found is None:
            return None
        total += Fraction(each.value * found.times) * goods.packing.ratios[found.unit]
    return Decimal(int(total)) if total.denominator == 1 else None
