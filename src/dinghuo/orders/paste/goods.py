"""What a SKU may be called, made ready for comparison once. Pure."""

import re
from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from uuid import UUID

import msgspec

from dinghuo.orders.paste.source import plain
from dinghuo.orders.paste.units import MEASURE_WORDS, MEASURES, Packing

_CJK_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff々〇]+")
_LATIN = re.compile("[a-z]{2,}")
_UNITS = "|".join(word + ("(?![a-z])" if word.isascii() and word.isalpha() else "") for word in MEASURE_WORDS)
_SIZE = re.compile(rf"(\d+(?:\.\d+)?)\s*({_UNITS})")
_MULTI = re.compile(r"[*x](\d{1,3})(?![\d.层])")
_NOT_ALNUM = re.compile("[^a-z0-9]")


class Goods(msgspec.Struct, frozen=True):
    """One SKU as people may name it. `heads` end as its kind of goods is called (水, 酱油), `kind_pairs` are of its
    category."""

    id: UUID
    code: str
    name: str
    product_id: UUID
    packing: Packing
    chars: frozenset[str]
    pairs: frozenset[str]
    kind_pairs: frozenset[str]
    segments: frozenset[str]
    heads: tuple[str, ...]
    sounds: frozenset[str]
    sound_pairs: frozenset[tuple[str, str]]
    spelled: tuple[tuple[str, ...], ...]
    latin: frozenset[str]
    sizes: frozenset[tuple[str, Decimal]]
    magnitudes: frozenset[Decimal]
    multi: int
    code_key: str
    sister: str

    def measure(self) -> Decimal:
        """By which sisters are told apart as larger and smaller."""
        return max((size for kind, size in self.sizes if kind in ("ml", "g")), default=Decimal(0)) * self.multi


def goods_of(
    *,
    id: UUID,
    code: str,
    name: str,
    name_en: str | None,
    specification: str | None,
    product_id: UUID,
    product_name: str | None,
    category_name: str | None,
    packing: Packing,
) -> Goods:
    """Make a SKU ready for comparison."""
    shown, product, category = plain(name), plain(product_name or ""), plain(category_name or "")
    runs = _CJK_RUN.findall(f"{shown} {product}")
    kind = _CJK_RUN.findall(category)
    sounds = [sounds_of(run) for run in runs]
    # Of a specification (330ml×24罐/箱) only the size of one counts: the rest says how it is packed.
    sizes = [(Decimal(value), unit) for value, unit in _SIZE.findall(shown)] or [
        (Decimal(value), unit) for value, unit in _SIZE.findall(plain(specification or ""))[:1]
    ]
    multi = _MULTI.findall(shown)
    return Goods(
        id=id,
        code=code,
        name=name,
        product_id=product_id,
        packing=packing,
        chars=frozenset("".join(runs)),
        pairs=frozenset(run[place : place + 2] for run in runs for place in range(len(run) - 1)),
        kind_pairs=frozenset(run[place : place + 2] for run in kind for place in range(len(run) - 1)),
        segments=frozenset(_CJK_RUN.findall(shown)),
        heads=(product, category),
        sounds=frozenset(sound for run in sounds for sound in run),
        sound_pairs=frozenset((run[place], run[place + 1]) for run in sounds for place in range(len(run) - 1)),
        spelled=tuple(syllables_of(run) for run in dict.fromkeys(_CJK_RUN.findall(f"{shown} {product}"))),
        latin=frozenset(stem(word) for word in _LATIN.findall(f"{plain(name_en or '')} {shown}")),
        sizes=frozenset((MEASURES[unit][0], value * MEASURES[unit][1]) for value, unit in sizes),
        magnitudes=_magnitudes(sizes),
        multi=int(multi[0]) if multi else 1,
        code_key=_NOT_ALNUM.sub("", plain(code)),
        sister=_SIZE.sub("", _MULTI.sub("", shown)).strip(),
    )


def _magnitudes(sizes: Iterable[tuple[Decimal, str]]) -> frozenset[Decimal]:
    """How people say a size without its unit: 330, 1.25, 1250."""
    found = set()
    for value, unit in sizes:
        found |= {value, value * MEASURES[unit][1]}
        if MEASURES[unit][1] == 1 and value >= 1000:
            found.add(value / 1000)
    return frozenset(found)


@lru_cache(maxsize=20_000)
def syllables_of(run: str) -> tuple[str, ...]:
    """How Chinese is spelt."""
    from pypinyin import lazy_pinyin  # its dictionary takes half a second: only for those who need it

    return tuple(lazy_pinyin(run))


@lru_cache(maxsize=20_000)
def sounds_of(run: str) -> tuple[str, ...]:
    """How Chinese sounds to people who do not tell zh from z, ng from n, or l from n."""
    return tuple(_sound(syllable) for syllable in syllables_of(run))


def _sound(syllable: str) -> str:
    for careful, easy in (("zh", "z"), ("ch", "c"), ("sh", "s"), ("l", "n")):
        if syllable.startswith(careful):
            syllable = easy + syllable[len(careful) :]
    return syllable[:-1] if syllable.endswith("ng") else syllable


def stem(word: str) -> str:
    """English nouns without their plural."""
    return word[:-1] if len(word) > 3 and word.endswith("s") and not word.endswith("ss") else word


def code_key(code: str) -> str:
    """A code without what people leave out of it."""
    return _NOT_ALNUM.sub("", plain(code))
