"""What people call the things goods are packed in, and sizes. Pure.

A word means whatever unit of the SKU goes by it; only where there is none does it mean what is nearest to it.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from fractions import Fraction

import msgspec

# What is packed how: each line words for the same thing.
_ALIKE: dict[str, tuple[str, ...]] = {
    "case": ("箱", "件", "筐", "case", "cases", "ctn", "ctns", "cs", "box", "boxes"),
    "bottle": ("瓶", "支", "樽", "bottle", "bottles", "btl", "btls"),
    "can": ("罐", "听", "can", "cans", "tin", "tins"),
    "carton": ("盒", "carton", "cartons"),
    "bag": ("袋", "包", "bag", "bags", "pouch", "sack", "sacks"),
    "pack": ("包", "袋", "pack", "packs", "packet", "packets", "pkt"),
    "tub": ("桶", "碗", "杯", "tub", "tubs", "jug", "jugs", "bowl", "bowls", "cup", "cups"),
    "bundle": ("提", "串", "bundle", "bundles"),
    "tray": ("板", "排", "tray", "trays"),
    "roll": ("筒", "条", "卷", "roll", "rolls", "tube", "tubes"),
    "stick": ("把", "扎", "捆", "stick", "sticks"),
    "pallet": ("托", "托盘", "卡板", "pallet", "pallets"),
    "piece": ("件", "个", "只", "台", "块", "根", "piece", "pieces", "pcs", "pc", "ea", "each"),
    "trip": ("次", "趟", "车", "trip", "trips"),
    "kg": ("公斤", "千克", "kg", "kgs", "kilo", "kilos"),
    "jin": ("斤",),
}
_CASES = frozenset(_ALIKE["case"])
_DOZENS = frozenset(("打", "dozen", "dozens", "dz"))
PACKS = tuple(
    sorted({word for key, words in _ALIKE.items() if key not in ("kg", "jin") for word in words} | _DOZENS, key=len)
)[::-1]
# What measures goods: how much of what one of it is.
MEASURES: dict[str, tuple[str, int]] = {
    "ml": ("ml", 1), "毫升": ("ml", 1), "cc": ("ml", 1), "l": ("ml", 1000), "升": ("ml", 1000), "公升": ("ml", 1000),
    "ltr": ("ml", 1000), "litre": ("ml", 1000), "liter": ("ml", 1000), "litres": ("ml", 1000),
    "g": ("g", 1), "克": ("g", 1), "kg": ("g", 1000), "公斤": ("g", 1000), "千克": ("g", 1000), "kgs": ("g", 1000),
    "斤": ("g", 500), "吨": ("g", 1_000_000), "度": ("vol", 1), "%": ("vol", 1), "抽": ("sheets", 1),
}  # fmt: skip
MEASURE_WORDS = tuple(sorted(MEASURES, key=len))[::-1]
# What voice input makes of units after a number, by sound.
SOUNDS = {"xiang": "箱", "ping": "瓶", "guan": "罐", "he": "盒", "dai": "袋", "bao": "包", "tong": "桶", "ti": "提",
          "jian": "件"}  # fmt: skip
_LATIN = re.compile(r"[a-z]+")


class UnitName(msgspec.Struct, frozen=True):
    name: str
    name_en: str | None


class Unit(msgspec.Struct, frozen=True):
    """A unit found for a word: so many of it make one of what was said; `surety` from 0 to 1."""

    unit: str
    times: Decimal
    surety: float


def kinds_of(word: str) -> frozenset[str]:
    """What a unit's name may stand for."""
    return frozenset(key for key, words in _ALIKE.items() if word in words)


class Packing(msgspec.Struct, frozen=True):
    """A SKU's units: what each holds in base units, what it is called, what it is."""

    base: str
    sales: str
    ratios: Mapping[str, Fraction]
    names: Mapping[str, frozenset[str]]
    kinds: Mapping[str, frozenset[str]]

    def find(self, word: str) -> Unit | None:
        """The unit that a word means; None when it can be none of this SKU's."""
        if word in _DOZENS:
            return Unit(self.base, Decimal(12), 0.9)
        kilos = [unit for unit, kinds in self.kinds.items() if "kg" in kinds]
        if word == "吨" and kilos:
            return Unit(kilos[0], Decimal(1000), 0.95)
        exact = [unit for unit, names in self.names.items() if word in names]
        if exact:
            return Unit(exact[0], Decimal(1), 1.0)
        wanted = kinds_of(word)
        alike = [unit for unit, kinds in self.kinds.items() if kinds & wanted]
        if alike:
            return Unit(
                max(alike, key=lambda unit: self.ratios[unit]) if word in _CASES else alike[0], Decimal(1), 0.93
            )
        if word in MEASURES:
            return None
        return Unit(self.sales, Decimal(1), 0.8) if word in _CASES else Unit(self.base, Decimal(1), 0.55)

    def has(self, word: str) -> bool:
        """Whether one of the units goes by this word, or by one for the same thing."""
        found = self.find(word)
        return found is not None and found.surety > 0.9


def packing(base: str, sales: str, ratios: Mapping[str, tuple[int, int]], names: Mapping[str, UnitName]) -> Packing:
    """What a SKU is packed in."""
    called = {unit: _words(unit, names.get(unit)) for unit in ratios}
    return Packing(
        base=base,
        sales=sales,
        ratios={unit: Fraction(*ratio) for unit, ratio in ratios.items()},
        names=called,
        kinds={
            unit: frozenset(kind for word in words for kind in (*kinds_of(word), *_first_word(word)))
            for unit, words in called.items()
        },
    )


def _words(unit: str, named: UnitName | None) -> frozenset[str]:
    words = (unit, named.name, named.name_en or "") if named else (unit,)
    return frozenset(word.lower() for word in words if word)


def _first_word(word: str) -> frozenset[str]:
    found = _LATIN.match(word)
    return kinds_of(found[0]) if found else frozenset()
