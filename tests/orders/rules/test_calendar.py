"""Worked days: statutory holidays with make-up days, the company's own, routes."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from dinghuo.orders.rules.calendar import Calendar, after_open_days, is_driven, next_open

CHINA = Calendar("CN", "china", {})
WEEKDAYS = Calendar("W", "weekdays", {})
_MONDAY_TO_FRIDAY = frozenset({1, 2, 3, 4, 5})


def test_national_day_of_2025_with_its_make_up_days() -> None:
    found = {day: CHINA.look(day) for day in (date(2025, 9, 28), date(2025, 10, 1), date(2025, 10, 9))}
    assert [(day.is_open, day.why) for day in found.values()] == [
        (True, "make_up_day"),
        (False, "public_holiday"),
        (True, "working_day"),
    ]
    assert date(2025, 9, 28).isoweekday() == 7
    assert found[date(2025, 10, 1)].name == "国庆节"
    assert next_open(CHINA, date(2025, 10, 1)) == date(2025, 10, 9)


def test_a_year_not_announced_is_worked_from_monday_to_friday() -> None:
    assert CHINA.known_until is not None
    day = CHINA.known_until + timedelta(days=1)
    week = [CHINA.look(day + timedelta(days=n)) for n in range(7)]
    assert [each.is_open for each in week] == [each.day.isoweekday() <= 5 for each in week]


def test_own_days_count_before_all() -> None:
    own = Calendar("CN", "china", {date(2025, 10, 1): (True, "加班"), date(2025, 10, 9): (False, "盘点")})
    assert (own.look(date(2025, 10, 1)).why, own.look(date(2025, 10, 9)).why) == ("own_working_day", "own_holiday")
    assert next_open(own, date(2025, 10, 2)) == date(2025, 10, 10)


def test_which_routes_are_driven_on_make_up_days() -> None:
    sunday = date(2025, 9, 28)
    assert is_driven(_MONDAY_TO_FRIDAY, CHINA, sunday)
    assert is_driven(frozenset({7}), CHINA, sunday)
    assert not is_driven(frozenset({2, 5}), CHINA, sunday)
    assert not is_driven(frozenset(range(1, 8)), CHINA, date(2025, 10, 1))


def test_a_calendar_that_is_always_closed_promises_nothing() -> None:
    first = date(2026, 1, 1)
    closed = Calendar("X", "weekdays", {first + timedelta(days=n): (False, "歇业") for n in range(500)})
    assert next_open(closed, first) is None
    assert after_open_days(closed, first, 1) is None


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)), st.integers(0, 30))
def test_so_many_worked_days_lie_between(day: date, count: int) -> None:
    found = after_open_days(CHINA, day, count)
    assert found is not None
    between = [day + timedelta(days=n) for n in range(1, (found - day).days + 1)]
    assert sum(CHINA.is_open(each) for each in between) == count
    assert count == 0 or CHINA.is_open(found)


@given(st.dates(date(2024, 1, 1), date(2027, 12, 31)))
def test_the_next_worked_day_is_the_first(day: date) -> None:
    found = next_open(WEEKDAYS, day)
    assert found is not None and day <= found < day + timedelta(days=3)
    assert WEEKDAYS.is_open(found)
