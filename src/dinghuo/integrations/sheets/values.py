"""What a cell says: texts, codes and exact numbers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from dinghuo.integrations.sheets.sheet import Cell

NumberForm = Literal["point", "comma"]

# Full-width forms as Chinese input methods type them, and the minus signs that word processors put in.
_ORDINARY = {0xFF01 + offset: 0x21 + offset for offset in range(94)} | str.maketrans(
    "\u3000\xa0\u202f\u2009−’￥￡", "    -'¥£"
)
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200e\u200f\ufeff"))
_CURRENCY = r"(?:RMB|CNY|USD|EUR|GBP|HKD|JPY|HK\$|US\$|[¥$€£]|人民币|[元圆])"
_MONEY = re.compile(rf"\s*{_CURRENCY}?\s*(.*?)\s*{_CURRENCY}?\s*", re.IGNORECASE)
_EXPONENT = r"(?:[eE][+-]?\d{1,3})?"
_NUMBERS = {
    "point": re.compile(rf"(?:\d+|[1-9]\d{{0,2}}(?:([,' ])\d{{3}})(?:\1\d{{3}})*)?(?:\.\d*)?{_EXPONENT}"),
    "comma": re.compile(rf"(?:\d+|[1-9]\d{{0,2}}(?:([.' ])\d{{3}})(?:\1\d{{3}})*)?(?:,\d*)?{_EXPONENT}"),
}
_DIGIT = re.compile(r"\d")
_SCIENTIFIC = re.compile(r"\d(?:[.,]\d+)?[eE]\+\d{2,3}")
_FLOAT_CODE = re.compile(r"\d+\.0")
_QUOTED_FORMULA = re.compile(r'="(.*)"', re.DOTALL)
CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")

# No number or date is longer; a hostile cell of 32,767 blanks would keep a pattern busy for minutes.
LONGEST = 64

# Excel keeps fifteen digits; a float has a few more, which are noise.
EXACT_DIGITS = 15

EXCEL_ERRORS = frozenset(
    ["#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NAME?", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA"]
)


@dataclass(frozen=True, slots=True)
class NumberGuess:
    """How a column writes numbers, how sure that is (0…1), and values that mean another number the other way."""

    form: NumberForm
    sure: float
    evidence: int
    ambiguous: tuple[str, ...]


def is_blank(cell: Cell | None) -> bool:
    return cell is None or (isinstance(cell, str) and not cell.strip())


def text_of(cell: Cell) -> str:
    """The cell as a text: trimmed, without the `="…"` that keeps a program from reading a number."""
    if isinstance(cell, str):
        text = cell.strip() if cell.isascii() else cell.translate(_INVISIBLE).strip()
        wrapped = _QUOTED_FORMULA.fullmatch(text) if text.startswith("=") else None
        return wrapped[1].strip() if wrapped else text
    if isinstance(cell, (int, float)):
        exact = exact_number(cell)
        return str(cell) if exact is None else format(exact, "f")
    return str(cell)


def code_of(cell: Cell) -> str:
    """The cell as a code: 85123.0 is "85123", full-width letters are ordinary ones, a leading apostrophe goes."""
    text = text_of(cell)
    if not text.isascii():
        text = text.translate(_ORDINARY).strip()
    return text[1:] if text.startswith("'") and len(text) > 1 else text


def are_float_codes(values: Iterable[Cell]) -> bool:
    """Whether a program has made floats of a whole column of codes: 17850.0, 13047.0."""
    texts = [value for value in values if not is_blank(value)]
    return bool(texts) and all(isinstance(text, str) and _FLOAT_CODE.fullmatch(text.strip()) for text in texts)


def has_lost_digits(cell: Cell) -> bool:
    """Whether a number is too long for Excel, which has put zeros in place of its last digits."""
    return isinstance(cell, (int, float)) and not isinstance(cell, bool) and abs(cell) >= 10**EXACT_DIGITS


def is_scientific(text: str) -> bool:
    """Whether a code was saved as Excel shows long numbers: 6.90123E+12."""
    return _SCIENTIFIC.fullmatch(text) is not None


def exact_number(number: float) -> Decimal | None:
    """The decimal a person typed: 2.55 is 2.55, not 2.54999999999999982; None for what is no number."""
    if isinstance(number, int):
        return Decimal(number)
    if number != number or number in (float("inf"), float("-inf")):
        return None
    return _plain(Decimal(format(number, f".{EXACT_DIGITS}g")))


def number_of(cell: Cell, form: NumberForm = "point", *, percent: bool = False) -> Decimal | None:
    """The cell as an exact number; None if it is not one. A percentage is a hundredth where one is expected."""
    if isinstance(cell, bool):
        return None
    if isinstance(cell, (int, float)):
        return exact_number(cell)
    return _number_of_text(text_of(cell), form, percent=percent) if isinstance(cell, str) else None


def _number_of_text(text: str, form: NumberForm, *, percent: bool) -> Decimal | None:
    if len(text) > LONGEST:
        return None
    text, negative = _unsigned(text if text.isascii() else text.translate(_ORDINARY))
    money = _MONEY.fullmatch(text)
    text = money[1] if money else text
    if not negative:
        text, negative = _unsigned(text)
    hundredth = percent and text.endswith("%")
    text = text[:-1].rstrip() if hundredth else text
    if not _DIGIT.search(text) or not _NUMBERS[form].fullmatch(text):
        return None
    point, groups = (".", ",") if form == "point" else (",", ".")
    plain = text.replace(groups, "").replace("'", "").replace(" ", "").replace(point, ".")
    if not plain.isascii():
        return None
    number = _plain(Decimal(plain))
    number = number.scaleb(-2) if hundredth else number
    return -number if negative and number else number


def _unsigned(text: str) -> tuple[str, bool]:
    """Without its sign: -12, 12- as ERPs write it, (12) as accountants do."""
    text = text.strip()
    if text.startswith("(") and text.endswith(")"):
        return text[1:-1].strip(), True
    if text[:1] in ("-", "+"):
        return text[1:].strip(), text[0] == "-"
    if text.endswith("-") and text[-2].isdigit():
        return text[:-1], True
    return text, False


def _plain(number: Decimal) -> Decimal:
    """Without an exponent above zero, so that it prints as people write it."""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, int) and exponent > 0 and number.adjusted() < 40:
        return Decimal(format(number, "f"))
    return number


def looks_like_number(cell: Cell) -> bool:
    return number_of(cell, "point", percent=True) is not None or number_of(cell, "comma") is not None


def guess_number_form(values: Iterable[Cell]) -> NumberGuess:
    """Whether a column's texts are 1,234.50 or 1.234,50, from all the different values it holds.

    Values that only one way of reading allows decide; 1.234 and 1,234 alone do not.
    """
    proofs = {"point": 0, "comma": 0}
    ambiguous: list[str] = []
    for value in values:
        if not isinstance(value, str):
            continue
        point, comma = number_of(value, "point", percent=True), number_of(value, "comma", percent=True)
        if point is not None and comma is not None and point != comma:
            ambiguous.append(value)
        elif (point is None) != (comma is None):
            proofs["comma" if point is None else "point"] += 1
    form: NumberForm = "comma" if proofs["comma"] > proofs["point"] else "point"
    evidence = proofs["point"] + proofs["comma"]
    sure = proofs[form] / evidence if evidence else 0.5 if ambiguous else 1.0
    return NumberGuess(form, sure, evidence, tuple(ambiguous[:5]))
