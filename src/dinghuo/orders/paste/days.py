"""When goods are wanted: 明天, 周五, 下周一, 25号, 11月28日, by Friday. Pure: `today` is passed in."""

import calendar
import re
from collections.abc import Callable
from datetime import date, timedelta

import msgspec

_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6, "末": 5,
             "1": 0, "2": 1, "3": 2, "4": 3, "5": 4, "6": 5, "7": 6}  # fmt: skip
_ENGLISH_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_FAR = timedelta(days=31)


class Day(msgspec.Struct, frozen=True):
    """A day said in a text, and where. A span without a day only tells a time, which is left to people."""

    date: date | None
    start: int
    end: int


def find_days(text: str, today: date) -> list[Day]:
    """All days and times of day, as they stand in the text; they never overlap."""
    found: list[Day] = []
    for pattern, read in _PATTERNS:
        for match in pattern.finditer(text):
            if not any(match.start() < day.end and day.start < match.end() for day in found):
                said = read(match, today)
                if said is not _NOT_A_DAY:
                    found.append(Day(said, match.start(), match.end()))  # type: ignore[arg-type]
    return sorted(found, key=lambda day: day.start)


_NOT_A_DAY = object()
_Reader = Callable[[re.Match[str], date], object]


def _after(days: int) -> _Reader:
    return lambda _, today: today + timedelta(days=days)


def _no_day(_match: re.Match[str], _today: date) -> object:
    return None


def _weekday(match: re.Match[str], today: date) -> object:
    which, wanted = match["which"] or "", _WEEKDAYS[match["day"]]
    monday = today - timedelta(days=today.weekday())
    weeks = which.count("下")
    if weeks or which:
        return monday + timedelta(days=7 * weeks + wanted)
    return today + timedelta(days=(wanted - today.weekday()) % 7 or 7)


def _english_weekday(match: re.Match[str], today: date) -> object:
    wanted = next(n for n, name in enumerate(_ENGLISH_DAYS) if name.startswith(match["day"][:3]))
    ahead = (wanted - today.weekday()) % 7 or 7
    monday = today - timedelta(days=today.weekday())
    return monday + timedelta(days=7 + wanted) if match["next"] else today + timedelta(days=ahead)


def _day_of_month(match: re.Match[str], today: date) -> object:
    day, month, year = int(match["day"]), today.month, today.year
    if day < today.day:
        month, year = (1, year + 1) if month == 12 else (month + 1, year)
    return _date(year, month, day)


def _month_and_day(match: re.Match[str], today: date) -> object:
    found = _date(today.year, int(match["month"]), int(match["day"]))
    return _next_year(found, today)


def _english_date(match: re.Match[str], today: date) -> object:
    month = _MONTHS.index((match["m1"] or match["m2"])[:3]) + 1
    return _next_year(_date(today.year, month, int(match["d1"] or match["d2"])), today)


def _whole(match: re.Match[str], _today: date) -> object:
    return _date(int(match["year"]), int(match["month"]), int(match["day"]))


def _end_of_month(_match: re.Match[str], today: date) -> object:
    return date(today.year, today.month, calendar.monthrange(today.year, today.month)[1])


def _next_year(found: object, today: date) -> object:
    if isinstance(found, date) and found < today - _FAR:
        return _date(found.year + 1, found.month, found.day)
    return found


def _date(year: int, month: int, day: int) -> object:
    try:
        return date(year, month, day)
    except ValueError:
        return _NOT_A_DAY


_DAY = r"(?P<day>3[01]|[12]\d|0?[1-9])"
_MONTH = r"(?P<month>1[0-2]|0?[1-9])"
_TIME = r"(?:[ ]*(?:上午|中午|下午|晚上|早上|之前|以前|前|左右|一早))*"
_EN_DAY = "mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun"
_EN_MONTH = "(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*"
# The longest and surest first: what is found is not looked at again.
_PATTERNS: tuple[tuple[re.Pattern[str], _Reader], ...] = (
    (re.compile(r"(?<!\d)(?P<year>20\d\d)[-/.年] ?" + _MONTH + "[-/.月] ?" + _DAY + r"[日号]?(?![\d])" + _TIME),
     _whole),
    (re.compile(r"(?<!\d)" + _MONTH + r"月" + _DAY + "[日号]?" + _TIME), _month_and_day),
    (re.compile(r"(?<![\d./*x-])" + _MONTH + r"[/-]" + _DAY + r"[日号]?(?![\d./*a-z-])(?! ?[箱件瓶罐])" + _TIME),
     _month_and_day),
    (re.compile(r"(?<![\da-z路街道巷弄村月])" + _DAY + "[号日](?![楼院店仓门库线房馆铺])" + _TIME), _day_of_month),
    (re.compile("明后天|这两天|这几天|过两天"), _no_day),
    (re.compile("大后天" + _TIME), _after(3)),
    (re.compile("后[天日]" + _TIME), _after(2)),
    (re.compile("明[天日儿早晚](?:一早|早)?" + _TIME), _after(1)),
    (re.compile("今[天日儿早晚]" + _TIME), _after(0)),
    (re.compile("(?P<which>下下|下|这|本)?个?(?:周|星期|礼拜)(?P<day>[一二三四五六日天末1-7])" + _TIME), _weekday),
    (re.compile("月底" + _TIME), _end_of_month),
    (re.compile(r"\b(?:day after tomorrow)\b"), _after(2)),
    (re.compile(r"\b(?:by |before |on )?tomorrow\b"), _after(1)),
    (re.compile(r"\b(?:by |before )?today\b"), _after(0)),
    (re.compile(r"\b(?:by |before |on )?(?P<next>next )?(?P<day>" + _EN_DAY + r")(?:day)?\b"), _english_weekday),
    (re.compile(r"\b(?:by |before |on )?(?:(?P<d1>\d{1,2})(?:st|nd|rd|th)? (?P<m1>" + _EN_MONTH + r")|(?P<m2>"
                + _EN_MONTH + r") (?P<d2>\d{1,2})(?:st|nd|rd|th)?)\b"), _english_date),
    (re.compile(r"(?:上午|下午|早上|晚上|中午|凌晨)?(?<!\d)(?:[01]?\d|2[0-3])(?:点半?|:[0-5]\d)(?!\d)" + _TIME),
     _no_day),
)  # fmt: skip
