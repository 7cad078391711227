"""What a date cell says. Dates come out as wall-clock times without a zone: whose zone it is, the caller knows."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from typing import Literal

from dinghuo.integrations.sheets.sheet import Cell
from dinghuo.integrations.sheets.values import LONGEST, code_of

DateOrder = Literal["ymd", "dmy", "mdy"]
ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy", "ymd")

_TRIPLE = re.compile(r"(\d{1,4})([-/.])(\d{1,2})\2(\d{1,4})(?:[ T,]+(.+))?")
_CHINESE = re.compile(r"(\d{2}|\d{4})\s*年\s*(\d{1,2})\s*月\s*(\d{1,2})\s*[日号]?\s*(.*)")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[ T]?(\d{2})(\d{2})(\d{2})?)?(?:\.0)?")
_NAMED = re.compile(
    r"(?:[A-Za-z]{3,9},?\s+)?(?:(\d{1,2})[-\s.]+([A-Za-z]{3,9})|([A-Za-z]{3,9})\.?\s+(\d{1,2})(?:st|nd|rd|th)?)"
    r"\.?[-\s,]+(\d{4}|\d{2})(?:[\s,]+(.+))?"
)
_TIME = re.compile(
    r"(上午|下午|晚上|[AaPp]\.?[Mm]\.?)?\s*(\d{1,2})\s*[:时点]\s*(?:(\d{1,2})\s*分?)?"
    r"(?:[:\s]?\s*(\d{1,2})(?:[.,](\d{1,9}))?\s*秒?)?"
    r"\s*([AaPp]\.?[Mm]\.?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?"
)
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")

FIRST_YEAR, LAST_YEAR = 1900, 2199
# Serial numbers of 1954 to 2119: a text of five digits outside is more likely something else.
_LIKELY_SERIALS = range(20_000, 80_000)
_LAST_SERIAL = 110_000


@dataclass(frozen=True, slots=True)
class DateGuess:
    """In which order a column writes day, month and year, how sure that is (0…1), and why not surer.

    `ambiguous` are texts that are another date the other way. `half_converted` is a text beside real dates whose
    day and month a spreadsheet program has probably swapped.
    """

    order: DateOrder
    other: DateOrder | None
    sure: float
    ambiguous: tuple[str, ...]
    half_converted: str | None = None


def date_of(cell: Cell, order: DateOrder = "dmy", *, epoch_1904: bool = False, zone: tzinfo = UTC) -> datetime | None:
    """The cell as a wall-clock time; None if it is no date.

    `order` is asked only where the year does not stand first in four digits. A text with an offset of its own
    is turned into the wall clock of `zone`.
    """
    if isinstance(cell, datetime):
        return cell
    if isinstance(cell, date):
        return datetime(cell.year, cell.month, cell.day)  # noqa: DTZ001
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return _of_number(cell, epoch_1904)
    if not isinstance(cell, str):
        return None
    text = code_of(cell)
    moment = _iso(text) or _of_text(text, order)
    if moment is None and _SERIAL.fullmatch(text) and int(float(text)) in _LIKELY_SERIALS:
        return _of_number(float(text), epoch_1904)
    try:
        return moment.astimezone(zone).replace(tzinfo=None) if moment and moment.tzinfo else moment
    except OverflowError:
        return None


def _iso(text: str) -> datetime | None:
    if text[4:5] != "-" or text[7:8] != "-" or len(text) < 10:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _of_number(number: float, epoch_1904: bool) -> datetime | None:
    if 1 <= number < _LAST_SERIAL:
        start = datetime(1904, 1, 1) if epoch_1904 else datetime(1899, 12, 30)  # noqa: DTZ001
        return start + timedelta(milliseconds=round(number * 86_400_000))
    if 19_000_101 <= number <= 21_991_231 and number == int(number):
        return _of_text(str(int(number)), "ymd")
    return None


def _of_text(text: str, order: DateOrder) -> datetime | None:
    if len(text) > LONGEST:
        return None
    if found := _TRIPLE.fullmatch(text):
        first, separator, second, third, clock = found.groups()
        year, month, day = _ordered(first, second, third, separator, order) or (0, 0, 0)
    elif found := _CHINESE.fullmatch(text):
        year, month, day, clock = _year(found[1]), int(found[2]), int(found[3]), found[4]
    elif found := _COMPACT.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
        clock = f"{found[4]}:{found[5]}:{found[6] or '00'}" if found[4] else None
    elif found := _NAMED.fullmatch(text):
        word = (found[2] or found[3])[:3].lower()
        month = _MONTHS.index(word) + 1 if word in _MONTHS else 0
        year, day, clock = _year(found[5]), int(found[1] or found[4]), found[6]
    else:
        return None
    return _moment(year, month, day, clock)


def _ordered(first: str, second: str, third: str, separator: str, order: DateOrder) -> tuple[int, int, int] | None:
    """Year, month, day of a numeric date. With points and the year last it is always day first."""
    if len(first) == 4 and len(third) <= 2:
        return int(first), int(second), int(third)
    if len(first) > 2 or len(third) == 3 or (len(third) == 1 and order != "ymd"):
        return None
    if order == "ymd":
        return (_year(first), int(second), int(third)) if len(third) <= 2 and len(first) == 2 else None
    if order == "dmy" or separator == ".":
        return _year(third), int(second), int(first)
    return _year(third), int(first), int(second)


def _year(text: str) -> int:
    year = int(text)
    if len(text) != 2:
        return year
    return year + (2000 if year < 69 else 1900)


def _moment(year: int, month: int, day: int, clock: str | None) -> datetime | None:
    hour, minute, second, micro, offset = 0, 0, 0, 0, ""
    if clock:
        found = _TIME.fullmatch(clock.strip())
        if found is None:
            return None
        half = (found[1] or found[6] or "").lower()
        hour, minute, second = int(found[2]), int(found[3] or 0), int(found[4] or 0)
        micro = int((found[5] or "0").ljust(6, "0")[:6])
        if half and not 0 <= hour <= 12:
            half = ""
        if half:
            hour = hour % 12 + (12 if half[0] in "p下晚" else 0)
        offset = found[7] or ""
    try:
        return datetime(year, month, day, hour, minute, second, micro, tzinfo=_offset(offset))
    except ValueError:
        return None


def _offset(text: str) -> tzinfo | None:
    """The offset of a time; ValueError when it is a day or more."""
    if not text:
        return None
    if text in ("Z", "UTC"):
        return UTC
    digits = text[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(size if text[0] == "+" else -size)


def guess_date_order(values: Iterable[Cell]) -> DateGuess:
    """In which order a column writes its dates, from all the different values it holds.

    The order that most of the texts allow wins. Where several do, orders of one wholesaler lie within months, so
    the order that brings them clearly closer together is likelier, and it is said that this was a guess.
    """
    values = list(values)
    unsettled = [text for value in values if isinstance(value, str) and _depends(text := code_of(value))]
    read = {order: [_of_text(text, order) for text in unsettled] for order in ORDERS}
    counts = {order: sum(moment is not None for moment in read[order]) for order in ORDERS}
    dates = sum(any(moments) for moments in zip(*read.values(), strict=True))
    most = max(counts.values())
    if not most:
        return DateGuess("dmy", None, 1.0, ())
    able = sorted((order for order in ORDERS if counts[order] == most), key=lambda order: _span(read[order]))
    order = able[0]
    for other in able[1:]:
        examples = [text for text, one, two in zip(unsettled, read[order], read[other], strict=True) if one != two]
        if examples:
            clearly = _span(read[other]) > 4 * max(_span(read[order]), timedelta(days=1))
            return DateGuess(order, other, 0.75 if clearly else 0.5, tuple(examples[:5]))
    return DateGuess(order, None, most / dates, (), _swapped(values, unsettled))


def _depends(text: str) -> bool:
    """Whether the order matters to this text."""
    found = _TRIPLE.fullmatch(text)
    return found is not None and len(found[1]) <= 2 and not (found[2] == "." and len(found[4]) == 4)


def _span(moments: list[datetime | None]) -> timedelta:
    known = [moment.replace(tzinfo=None) for moment in moments if moment]
    return max(known) - min(known)


def _swapped(values: list[Cell], texts: list[str]) -> str | None:
    """A program with another country's habits turns what it can into dates, day and month swapped, and leaves the
    rest (days after the 12th) as texts. So: texts only after the 12th, real dates only up to it."""
    real = [value for value in values if isinstance(value, (date, datetime))]
    if not real or any(value.day > 12 for value in real):
        return None
    starts = [_TRIPLE.fullmatch(text) for text in texts]
    return texts[0] if all(found and (int(found[1]) > 12 or int(found[3]) > 12) for found in starts) else None
