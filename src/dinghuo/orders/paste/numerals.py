"""Numbers as people write and say them: 3, ３, 1.5, 三, 两, 十二, 一百二, 半, three. Pure."""

import re
from decimal import Decimal

DIGITS = "零〇一二两俩三仨四五六七八九"
_VALUES = {"零": 0, "〇": 0, "一": 1, "二": 2, "两": 2, "俩": 2, "三": 3, "仨": 3, "四": 4, "五": 5, "六": 6, "七": 7,
           "八": 8, "九": 9}  # fmt: skip
_SCALES = {"十": 10, "百": 100, "千": 1000, "万": 10_000}
_TENS = {"廿": 20, "卅": 30}
_KNOWN = {*_VALUES, *_SCALES, *_TENS}
CHINESE = f"[{DIGITS}十百千万廿卅半]+"
ARABIC = r"\d{1,9}(?:\.\d{1,6})?"
_WORDS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen", "twenty",
)  # fmt: skip
ENGLISH = {word: Decimal(value) for value, word in enumerate(_WORDS)} | {"half": Decimal("0.5")}
_ARABIC = re.compile(ARABIC)


def parse(written: str) -> tuple[Decimal, bool] | None:
    """The number, and whether it was only said roughly (三四: three or so); None when it is none."""
    if _ARABIC.fullmatch(written):
        return Decimal(written), False
    if written in ENGLISH:
        return ENGLISH[written], False
    return _chinese(written)


def _chinese(written: str) -> tuple[Decimal, bool] | None:
    if written == "半":
        return Decimal("0.5"), False
    if not written or any(char not in _KNOWN for char in written):
        return None
    if all(char in _VALUES for char in written):
        return _digits(written)
    return _scaled(written)


def _digits(written: str) -> tuple[Decimal, bool] | None:
    """One digit; two that follow each other say a range, of which the lower is taken; others are spelt out."""
    values = [_VALUES[char] for char in written]
    if len(values) == 2 and values[1] == values[0] + 1 and values[0] > 0:
        return Decimal(values[0]), True
    return Decimal("".join(map(str, values))), False


def _scaled(written: str) -> tuple[Decimal, bool] | None:
    """With tens, hundreds and so on. A digit after a scale is of the next lower one: 一百二 is 120."""
    total, section, digit, last, after_zero = 0, 0, None, 1, False
    for char in written:
        if char in _TENS:
            section, last = section + _TENS[char], 10
        elif char in _SCALES:
            scale = _SCALES[char]
            if scale == 10_000:
                total, section = (total + section + (digit or 0)) * scale, 0
            else:
                section += (1 if digit is None else digit) * scale
            digit, last, after_zero = None, scale, False
        elif _VALUES[char] == 0:
            after_zero = True
        elif digit is not None:
            return None
        else:
            digit = _VALUES[char]
    if digit is not None:
        section += digit * (last // 10 if last > 10 and not after_zero else 1)
    return (Decimal(total + section), False) if total + section else None
