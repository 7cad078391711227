"""How much of what was said a SKU's names account for. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache
from math import log

from dinghuo.orders.paste.goods import Goods, sounds_of, stem

# How sure a character is of a SKU that has it beside its neighbour, alone, or by its sound only.
_PAIR, _CHAR, _HEARD_PAIR, _HEARD, _KIND = 1.0, 0.62, 0.82, 0.25, 0.5
# What people say for what catalogues write.
_OTHERWISE = {
    "泡面": "方便面",
    "豆油": "大豆油",
    "黑椒": "黑胡椒",
    "纯奶": "纯牛奶",
    "饺子": "水饺",
    "面巾纸": "抽纸",
    "纸巾": "抽纸",
}


class Weights:
    """How much a word says: what few goods have says more."""

    def __init__(self, goods: Iterable[Goods]) -> None:
        counts: Counter[str] = Counter()
        # What any goods are called: 大豆油 is no large 豆油.
        self.pairs: set[str] = set()
        total = 0
        for one in goods:
            counts.update(one.chars)
            self.pairs |= one.pairs
            counts.update(one.latin)
            total += 1
        self._counts, self._total = counts, total

    def of(self, word: str) -> float:
        return 0.3 + log((self._total + 2) / (self._counts[word] + 1))


def usual_words(words: Iterable[str]) -> list[str]:
    return [_OTHERWISE.get(word, word) for word in words]


def covered(word: str, goods: Goods) -> list[float]:
    """For each character of a word how sure it is meant for these goods."""
    sounds = sounds_of(word) if len(word) > 1 else ()
    alike = len(sounds) == len(word)
    found = []
    for place, char in enumerate(word):
        sure = 0.0
        around = [word[start : start + 2] for start in (place - 1, place) if 0 <= start < len(word) - 1]
        if any(pair in goods.pairs for pair in around):
            sure = _PAIR
        elif char in goods.chars:
            sure = _PAIR if len(word) == 1 or _ends(goods, char, place == len(word) - 1) else _CHAR
        if sure < _KIND and any(pair in goods.kind_pairs for pair in around):
            sure = _KIND
        if sure < _HEARD_PAIR and alike:
            pairs = ((sounds[start], sounds[start + 1]) for start in (place - 1, place) if 0 <= start < len(word) - 1)
            if any(pair in goods.sound_pairs for pair in pairs):
                sure = _HEARD_PAIR
            elif sure == 0.0 and sounds[place] in goods.sounds:
                sure = _HEARD
        found.append(sure)
    return found


def _ends(goods: Goods, char: str, is_last: bool) -> bool:
    return is_last and any(head.endswith(char) for head in goods.heads)


def spelt(word: str, goods: Goods) -> float:
    """How sure a word of Latin letters is one of theirs: English, pinyin, initials, or nearly one of these."""
    wanted = stem(word)
    if wanted in goods.latin:
        return 1.0
    if len(word) >= 3 and any(_begins(word, run) for run in goods.spelled):
        return 0.9 if len(word) >= 4 else 0.6
    if len(word) >= 2 and any(
        word in "".join(each[0] for each in run) for run in goods.spelled if len(run) >= len(word)
    ):
        return 0.55
    if len(wanted) >= 4 and any(each.startswith(wanted) for each in goods.latin):
        return 0.85
    if len(wanted) >= 4 and any(within_edits(wanted, each, 1 if len(wanted) < 7 else 2) for each in goods.latin):
        return 0.75
    return 0.0


def _begins(word: str, run: tuple[str, ...]) -> bool:
    return any("".join(run[place:]).startswith(word) for place in range(len(run)))


@lru_cache(maxsize=50_000)
def within_edits(one: str, other: str, most: int) -> bool:
    """Whether so many letters put in, left out, exchanged or swapped make one of the other."""
    if abs(len(one) - len(other)) > most:
        return False
    before, last = list(range(len(other) + 1)), list[int]()
    for row, left in enumerate(one, start=1):
        line = [row]
        for column, right in enumerate(other, start=1):
            cost = min(before[column] + 1, line[-1] + 1, before[column - 1] + (left != right))
            if last and row > 1 and column > 1 and left == other[column - 2] and one[row - 2] == right:
                cost = min(cost, last[column - 2] + 1)
            line.append(cost)
        if min(line) > most:
            return False
        last, before = before, line
    return before[-1] <= most


def likeness(words: Iterable[str], goods: Goods, weights: Weights, skip: Mapping[str, int] | None = None) -> float:
    """How much of these words the goods account for, from 0 to 1."""
    sure = total = 0.0
    for word in words:
        if word.isascii():
            weight = weights.of(stem(word)) * min(len(word), 6) / 3
            sure, total = sure + weight * spelt(word, goods), total + weight
            continue
        start = (skip or {}).get(word, 0)
        for char, degree in zip(word[start:], covered(word[start:], goods), strict=True):
            weight = weights.of(char)
            sure, total = sure + weight * degree, total + weight
    return sure / total if total else 0.0
