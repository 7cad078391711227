"""可乐雪碧各三箱: names that stand together without a sign between them, told apart by the goods. Pure."""

import msgspec

from dinghuo.orders.paste.items import Item
from dinghuo.orders.paste.likeness import covered, usual_words
from dinghuo.orders.paste.rank import Fit, Ranker

# So many characters must be left for other goods, and so sure they must be of them.
_LEFT, _SURE, _MOST = 2, 0.75, 8


def shares(item: Item, ranker: Ranker) -> list[Item]:
    """The item for each of the goods it names."""
    words = usual_words([word for word in item.words if not word.isascii()])
    left = {(word, place) for word in words for place in range(len(word))}
    fits = [fit for fit in ranker.rank(item) if fit.cover >= 0.3]
    named: list[Fit] = []
    explained: list[set[tuple[str, int]]] = []
    while len(left) >= _LEFT and len(named) < _MOST:
        best = _next(fits, words, left, named)
        if best is None:
            break
        named.append(best)
        own = _explains(best, words)
        explained.append(own)
        left -= own
    if len(named) < 2:
        return [item]
    common = set.intersection(*explained)
    order = sorted(zip(named, explained, strict=True), key=lambda each: _first(each[1] - common, words))
    return [msgspec.structs.replace(item, words=_words(own, words), each=False) for _, own in order]


def _next(fits: list[Fit], words: list[str], left: set[tuple[str, int]], named: list[Fit]) -> Fit | None:
    """The goods that explain most of what is left; of the same kind as those before, if any are."""

    def gain(fit: Fit) -> tuple[float, float]:
        near = 0.5 if named and fit.goods.product_id == named[0].goods.product_id else 0.0
        return len(_explains(fit, words) & left) + near, fit.score

    rest = [
        fit for fit in fits if all(fit is not each for each in named) and len(_explains(fit, words) & left) >= _LEFT
    ]
    return max(rest, key=gain) if rest else None


def _explains(fit: Fit, words: list[str]) -> set[tuple[str, int]]:
    return {(word, place) for word in words for place, sure in enumerate(covered(word, fit.goods)) if sure >= _SURE}


def _first(places: set[tuple[str, int]], words: list[str]) -> tuple[int, int]:
    return min(((words.index(word), place) for word, place in places), default=(0, 0))


def _words(places: set[tuple[str, int]], words: list[str]) -> list[str]:
    """What is left of each word when only these characters are read."""
    kept = ("".join(char for place, char in enumerate(word) if (word, place) in places) for word in words)
    return [word for word in kept if word]
