"""A text as items: what belongs to which goods, what is a day, what is neither. Pure, and without a catalogue."""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from dinghuo.orders.paste import words as say
from dinghuo.orders.paste.days import Day, find_days
from dinghuo.orders.paste.items import Item, Said, is_countable
from dinghuo.orders.paste.source import Source
from dinghuo.orders.paste.tokens import Token, clauses, tokenise

_NAMES = frozenset(("word", "latin", "code", "barcode"))
_SIZES = frozenset(("measure", "number", "form"))


class Split(msgspec.Struct, frozen=True):
    """The items in their order; `day` is the first that was said; `rest` what is no order, in pieces."""

    items: list[Item]
    day: Day | None
    rest: list[tuple[int, int]]


def split(source: Source, today: date) -> Split:
    """Take a text apart."""
    days = find_days(source.clean, today)
    text = list(source.clean)
    for day in days:
        text[day.start : day.end] = " " * (day.end - day.start)
    reader = _Reader()
    for clause, end in clauses(tokenise("".join(text))):
        reader.read(clause, ends_line=end == "\n")
    named = [item for item in reader.items if item.is_named]
    items = [item for item in named if not _is_empty(item)]
    reader.rest += [(item.start, item.end) for item in named if _is_empty(item)]
    for item in items:
        item.settle()
    _apply_to_all(items, reader.for_all)
    told = [day for day in days if day.date is None]
    rest = [*reader.rest, *((day.start, day.end) for day in told)]
    return Split(items, next((day for day in days if day.date is not None), None), sorted(rest))


def _is_empty(item: Item) -> bool:
    """Without a number nothing is ordered by a piece of text that speaks of something else."""
    return not item.is_counted and not item.is_sized and say.is_note(item.key)


def _apply_to_all(items: Sequence[Item], sizes: Sequence[Token]) -> None:
    """What was said of all goods (都要桶装) is said of each that does not say otherwise."""
    for token in sizes:
        for item in items:
            same = item.measures if token.kind == "measure" else item.containers if token.unit else item.packs
            if token.kind == "number":
                same = [
                    each for each in (*item.measures, *item.numbers) if each.value and not is_countable(each.value)
                ]
                if not same:
                    item.numbers = [token, *item.numbers]
            elif not same:
                start, end = item.start, item.end
                item.take(token)
                item.start, item.end = start, end


class _Reader:
    """Goes through the clauses of a text, with what was said before in mind."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.rest: list[tuple[int, int]] = []
        self.for_all: list[Token] = []
        self.header: list[str] = []
        self.sorry = False
        self.adding = False

    def read(self, clause: list[Token], *, ends_line: bool) -> None:
        tokens = [token for token in clause if token.kind not in ("price", "phone", "place")]
        self.rest += [(token.start, token.end) for token in clause if token.kind in ("phone", "place")]
        asides, tokens = _asides(tokens)
        before = len(self.items)
        if _starts_with_count(tokens, self._open()):
            self._counted_first(tokens)
        else:
            self._named_first(tokens)
        for aside in asides:
            self._aside(aside, before)
        self._finish(tokens)
        if ends_line and self.items[before:]:
            self.header = []

    def _open(self) -> bool:
        """Whether the last goods still want a quantity."""
        last = self.items[-1] if self.items else None
        return last is not None and not last.is_counted and last.deed == "new" and not last.numbers

    # 3箱可乐 5箱雪碧
    def _counted_first(self, tokens: Sequence[Token]) -> None:
        current: Item | None = None
        for place, token in enumerate(tokens):
            counts = token.kind == "quantity" or (token.kind == "number" and (current is None or current.is_named)
                                                  and _names_follow(tokens, place))  # fmt: skip
            if counts and (current is None or current.is_named):
                current = self._begin(token)
            if current is None:
                self._word(token, Item(token.start, token.end))
            elif counts:
                self._count(current, token)
            elif token.kind in _NAMES:
                self._name(current, token)
            elif token.kind in _SIZES:
                current.take(token)

    # 可乐3箱 雪碧5箱
    def _named_first(self, tokens: Sequence[Token]) -> None:
        current: Item | None = None
        counted = any(token.kind == "quantity" for token in tokens)
        for place, token in enumerate(tokens):
            if token.kind in _NAMES:
                if current is None or self._is_over(current, token, tokens[place - 1], counted=counted):
                    current = self._begin(token)
                self._name(current, token)
            elif token.kind == "colon":
                current = self._colon(current, tokens[place + 1 :])
            elif token.kind in _SIZES:
                if current is None or (current.is_counted and _counts_follow(tokens, place)):
                    current = self._begin(token)
                self._size(current, token, tokens, place)
            elif token.kind == "quantity":
                if current is None or (current.is_counted and not _beside(tokens, place)):
                    current = self._begin(token)
                self._count(current, token)

    def _is_over(self, current: Item, token: Token, before: Token, *, counted: bool) -> bool:
        """Whether a name begins other goods than the ones before it."""
        if token.kind == "word" and not say.strip(token.text) and not current.is_counted:
            return False
        if current.is_counted:
            return bool(say.strip(token.text)) or token.kind != "word" or say.drops(token.text)
        if not (current.is_named and current.numbers) or before.kind != "number":
            return False
        return not counted or (before.value is not None and is_countable(before.value))

    def _begin(self, token: Token) -> Item:
        item = Item(token.start, token.end, context=list(self.header))
        self.items.append(item)
        return item

    def _word(self, token: Token, item: Item) -> str:
        """What a run of words says beside names; the name that is left of it."""
        if token.kind != "word":
            return "" if token.kind == "latin" and token.text in say.ENGLISH_AROUND else token.text
        if say.drops(token.text):
            item.deed = "drop"
        elif say.changes(token.text):
            item.deed = "set"
        name = say.strip(token.text)
        if say.is_sorry(token.text):
            self._be_sorry(item, named=bool(name))
        elif say.adds(token.text):
            self.adding = True
        if say.is_each(token.text):
            item.each = True
        return name

    def _be_sorry(self, item: Item, *, named: bool) -> None:
        """What was said just before is not so."""
        self.sorry = True
        if item.is_counted and not item.is_named:
            item.quantities, item.marked = [], []
        elif not named and item.is_named and not item.is_counted:
            item.deed = "drop"
            item.words, item.codes, item.barcodes = [], [], []
        elif self._before(item) and not named and not item.is_counted:
            last = self._before(item)
            if last is not None and not last.is_counted and last.deed == "new":
                last.words = []

    def _before(self, item: Item) -> Item | None:
        others = [each for each in self.items if each is not item]
        return others[-1] if others else None

    def _name(self, item: Item, token: Token) -> None:
        was_counted = item.is_counted
        name = self._word(token, item)
        item.stretch(token)
        if was_counted and item.deed == "set" and not name:
            item.quantities, item.marked = [], []
        if token.kind == "code":
            item.codes = [*item.codes, token.text]
        elif token.kind == "barcode":
            item.barcodes = [*item.barcodes, token.text]
        elif name:
            item.words = [*item.words, *name.split()]
            if self.sorry and item.deed == "new":
                item.deed, self.sorry = "set", False

    def _size(self, item: Item, token: Token, tokens: Sequence[Token], place: int) -> None:
        before = tokens[place - 1].kind if place else ""
        after = tokens[place + 1].kind if place + 1 < len(tokens) else ""
        if token.kind == "number" and token.value == 0:
            # None of it.
            item.deed = "drop"
        elif token.kind == "number" and token.value is not None and "mark" in (before, after):
            item.marked = [*item.marked, token.value] if before == "mark" or not item.is_named else item.marked
            if after == "mark" and before != "mark":
                item.numbers = [*item.numbers, token] if item.is_named else item.numbers
            item.stretch(token)
        else:
            item.take(token)

    def _count(self, item: Item, token: Token) -> None:
        if token.value == 0:
            item.deed = "drop"
        elif token.value is not None:
            item.quantities = [*item.quantities, Said(token.value, token.unit, token.rough, token.loose)]
        item.stretch(token)

    def _colon(self, current: Item | None, after: Sequence[Token]) -> Item | None:
        """可乐: 5箱 is one thing; what stands before other names is a heading."""
        following = next((token for token in after if token.kind not in ("mark", "colon")), None)
        if current is None or current.is_counted or (following is not None and following.kind not in _NAMES):
            return current
        if following is None and not after:
            self.header = current.words
            self.items.remove(current)
            return None
        self.header = current.words
        self.items.remove(current)
        return None

    def _finish(self, tokens: Sequence[Token]) -> None:
        """Give a home to what has a quantity or a size, but no name."""
        for item in [each for each in self.items if not each.is_named]:
            place = self.items.index(item)
            self.items.remove(item)
            last = self.items[place - 1] if place else None
            if last is None or (item.deed == "drop" and not item.is_counted):
                continue
            if not item.is_counted and item.is_sized:
                self._describe(last, item, tokens)
            elif item.is_counted:
                self._count_again(last, item, place)
        self._share_each()

    def _describe(self, last: Item, item: Item, tokens: Sequence[Token]) -> None:
        """Sizes alone are of the goods before them, or of all; in a clause that speaks of other things, of none."""
        runs = [token.text for token in tokens if token.kind == "word"]
        sizes = [token for token in tokens if token.kind in _SIZES]
        if any(say.strip(run).strip("的") for run in runs):
            self.rest.append((tokens[0].start, tokens[-1].end))
        elif any("都" in run or "全" in run for run in runs):
            self.for_all += sizes
        elif not last.is_counted and item.numbers and is_countable(item.numbers[-1].value or Decimal(0)):
            last.numbers = [*last.numbers, *item.numbers]
            last.end = item.end
        else:
            for token in sizes:
                last.take(token)

    def _count_again(self, last: Item, item: Item, place: int) -> None:
        """A quantity alone: of goods that wait for one, more of the last ones, or instead of what was said."""
        if not last.is_counted and not last.numbers and not self.adding:
            last.quantities, last.marked, last.end = item.quantities, item.marked, item.end
            for token in (*item.measures, *item.numbers):
                last.take(token)
            last.packs, last.containers = [*last.packs, *item.packs], [*last.containers, *item.containers]
            last.each = last.each or item.each
        elif self.sorry or self.adding or item.deed == "set" or item.is_sized:
            replaces = self.sorry or item.deed == "set"
            item.deed = "set" if replaces else "add" if self.adding and not item.is_sized else "new"
            item.words, item.codes, item.context = list(last.words), list(last.codes), list(last.context)
            if not item.is_sized and item.deed != "new":
                item.measures, item.numbers = list(last.measures), list(last.size_numbers)
                item.packs, item.containers = list(last.packs), list(last.containers)
            self.items.insert(place, item)
            self.sorry = False
        else:
            self.rest.append((item.start, item.end))
        self.adding = False

    def _share_each(self) -> None:
        """可乐、雪碧各3箱: the quantity is each one's."""
        last = self.items[-1] if self.items else None
        if last is None or not last.each or not last.is_counted:
            return
        for item in reversed(self.items[:-1]):
            if item.is_counted or item.deed != "new" or item.numbers:
                break
            item.quantities, item.marked = list(last.quantities), list(last.marked)

    def _aside(self, aside: list[Token], before: int) -> None:
        """What stands in brackets describes the goods beside it, unless it counts something."""
        inner = [token for token in aside if token.kind in _NAMES | _SIZES]
        if any(token.kind == "quantity" for token in aside) or not inner:
            return
        place = inner[0].start
        beside = [item for item in self.items if item.start <= place] or self.items[before:]
        if not beside or any(say.is_note(token.text) for token in inner):
            return
        item = beside[-1]
        for token in inner:
            if token.kind == "word":
                item.words = [*item.words, *say.strip(token.text).split()]
            elif token.kind in _SIZES:
                start, end = item.start, item.end
                item.take(token)
                item.start, item.end = start, max(end, token.end)


def _asides(tokens: Sequence[Token]) -> tuple[list[list[Token]], list[Token]]:
    """What stands in brackets, and the rest. A bracket that is never closed is none."""
    asides: list[list[Token]] = []
    rest: list[Token] = []
    inside: list[Token] | None = None
    for token in tokens:
        if token.kind == "open":
            inside = []
        elif token.kind == "close" and inside is not None:
            asides.append(inside)
            inside = None
        elif token.kind != "close":
            (rest if inside is None else inside).append(token)
    return asides, [*rest, *(inside or [])]


def _significant(tokens: Sequence[Token]) -> Iterator[Token]:
    for token in tokens:
        if token.kind == "word" and not say.strip(token.text):
            continue
        if token.kind == "latin" and token.text in say.ENGLISH_AROUND:
            continue
        if token.kind not in ("mark", "colon"):
            yield token


def _starts_with_count(tokens: Sequence[Token], is_open: bool) -> bool:
    """Whether quantities stand before their names in this clause."""
    found = list(_significant(tokens))
    kinds = ["N" if token.kind in _NAMES else "Q" if token.kind == "quantity" else "S" for token in found]
    if not found or "N" not in kinds:
        return False
    counts = kinds.count("Q")
    if kinds[0] == "Q":
        return kinds[-1] != "Q" or not is_open
    if found[0].kind != "number" or counts:
        return False
    marked = any(token.kind == "mark" for token in tokens[:3])
    return marked or (kinds.count("S") == 1 and found[0].value is not None and is_countable(found[0].value))


def _names_follow(tokens: Sequence[Token], place: int) -> bool:
    following = next((token for token in tokens[place + 1 :] if token.kind != "mark"), None)
    return following is not None and following.kind in _NAMES and not any(
        token.kind == "quantity" for token in tokens[:place]
    )  # fmt: skip


def _counts_follow(tokens: Sequence[Token], place: int) -> bool:
    return any(token.kind == "quantity" for token in tokens[place + 1 :])


def _beside(tokens: Sequence[Token], place: int) -> bool:
    """Whether a quantity goes on with the one before it: 2箱6瓶, 2箱零6瓶."""
    before = tokens[place - 1] if place else None
    if before is not None and before.kind == "word" and before.text in ("零", "加", "又", "和", "带", "另"):
        before = tokens[place - 2] if place > 1 else None
    return before is not None and before.kind == "quantity"
