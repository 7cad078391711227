"""Which days are worked on: China's statutory holidays with their make-up days 调休, and the company's own. Pure."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Literal

import chinese_calendar
import msgspec

Base = Literal["china", "weekdays", "every_day"]
Why = Literal["working_day", "weekend", "public_holiday", "make_up_day", "own_holiday", "own_working_day"]

_ONE_DAY = timedelta(days=1)
_WEEK = frozenset({1, 2, 3, 4, 5})
# Beyond it nothing is promised: a calendar whose every day is closed must not be searched for ever.
MOST_DAYS = 400


class DayFacts(msgspec.Struct, frozen=True):
    """One day of a calendar. `name` is the holiday's."""

    day: date
    is_open: bool
    why: Why
    name: str | None = None


class Calendar(msgspec.Struct, frozen=True):
    """A calendar as it is asked; `own` are the company's own days: whether each is open, and its name."""

    code: str
    base: Base
    own: Mapping[date, tuple[bool, str]]

    def look(self, day: date) -> DayFacts:
        own = self.own.get(day)
        if own is not None:
            return DayFacts(day, own[0], "own_working_day" if own[0] else "own_holiday", own[1])
        if self.base == "every_day":
            return DayFacts(day, True, "working_day")
        is_weekday = day.isoweekday() in _WEEK
        if self.base == "china" and (known := _statutory(day)) is not None:
            is_open, name = known
            if is_open:
                return DayFacts(day, True, "working_day" if is_weekday else "make_up_day", name)
            return DayFacts(day, False, "public_holiday" if name else "weekend", name)
        return DayFacts(day, is_weekday, "working_day" if is_weekday else "weekend")

    def is_open(self, day: date) -> bool:
        return self.look(day).is_open

    @property
    def known_until(self) -> date | None:
        """The last day whose statutory holidays are known; from then on weekdays are worked. Null: all are known."""
        return known_until() if self.base == "china" else None


EVERY_DAY = Calendar("", "every_day", {})


def _statutory(day: date) -> tuple[bool, str | None] | None:
    """Whether it is worked on, and the holiday that it is of; None when the year is not announced yet."""
    try:
        is_holiday, name = chinese_calendar.get_holiday_detail(day)
    except NotImplementedError:
        return None
    return not is_holiday, _NAMES.get(name, name) if name else None


_NAMES = {holiday.value: holiday.chinese for holiday in chinese_calendar.Holiday}


def known_until() -> date:
    return date(max(day.year for day in chinese_calendar.holidays), 12, 31)


def days_from(day: date) -> Iterator[date]:
    """The day and those after it, as far as is ever looked."""
    for number in range(MOST_DAYS):
        yield day + number * _ONE_DAY


def next_open(calendar: Calendar, day: date) -> date | None:
    """The day itself when it is worked on, else the next that is."""
    return next((each for each in days_from(day) if calendar.is_open(each)), None)


def after_open_days(calendar: Calendar, day: date, count: int) -> date | None:
    """The `count`-th worked day after `day`; with none to wait, `day` itself."""
    if count == 0:
        return day
    left = count
    for each in days_from(day + _ONE_DAY):
        left -= calendar.is_open(each)
        if left == 0:
            return each
    return None


def is_driven(weekdays: frozenset[int], calendar: Calendar, day: date) -> bool:
    """Whether a route is driven: on its weekdays, if they are worked; one that is driven on all of Monday to Friday
    also on a make-up day."""
    found = calendar.look(day)
    if not found.is_open:
        return False
    return day.isoweekday() in weekdays or (weekdays >= _WEEK and found.why in ("make_up_day", "own_working_day"))
