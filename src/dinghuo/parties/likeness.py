"""By what one customer is like another: pure, so that what counts as alike is said, and tested, in one place."""

import re
from collections.abc import Iterable, Iterator

from dinghuo.kit.search import normalise

# How much each says by itself; together they add up.
WEIGHTS = {"tax_number": 100, "name": 80, "mobile": 50, "pinyin": 30}

# What a company is called by law, not by its people.
_LEGAL_FORM = re.compile(
    "(股份有限公司|有限责任公司|有限公司|分公司|总公司|公司|商行|经营部|门市部|批发部|个体工商户)$"
    "|(coltd|companylimited|limited|ltd|inc|llc|gmbh|corp|corporation)$"
)
_NO_LETTER = re.compile(r"[\W_]+")
_LONGEST = 100
_LEAST_LETTERS = 2
_PHONE = re.compile(r"\d{7,15}")


def core_name(name: str) -> str:
    """The name without punctuation and legal form; the whole of it when nothing else would be left."""
    whole = _NO_LETTER.sub("", normalise(name))
    core = whole
    while (shorter := _LEGAL_FORM.sub("", core)) != core:
        core = shorter
    return (core if len(core) >= _LEAST_LETTERS else whole)[:_LONGEST]


def phone(number: str) -> str | None:
    """The digits of a telephone number, without the country of mainland numbers; None when it is none."""
    digits = re.sub(r"\D", "", normalise(number))
    if len(digits) > 11 and digits.startswith("86"):
        digits = digits.removeprefix("86")
    return digits if _PHONE.fullmatch(digits) else None


def likenesses(name: str, tax_number: str | None, mobiles: Iterable[str | None]) -> Iterator[tuple[str, str]]:
    """(kind, value) of everything by which this customer could be another one."""
    from pypinyin import lazy_pinyin  # its dictionary takes half a second: only for those who need it

    if tax_number:
        yield "tax_number", tax_number
    core = core_name(name)
    if core:
        yield "name", core
        sound = "".join(lazy_pinyin(core))[: 2 * _LONGEST]
        if sound != core:
            yield "pinyin", sound
    yield from {("mobile", number) for given in mobiles if given and (number := phone(given))}
