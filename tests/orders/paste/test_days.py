from datetime import date

import pytest

from dinghuo.orders.paste.days import find_days

MONDAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ("明天送", "2026-11-24"), ("明早要", "2026-11-24"), ("后天", "2026-11-25"), ("大后天", "2026-11-26"),
        ("今天", "2026-11-23"), ("周五送", "2026-11-27"), ("周一", "2026-11-30"), ("下周一", "2026-11-30"),
        ("下周三", "2026-12-02"), ("这周六", "2026-11-28"), ("星期日", "2026-11-29"), ("25号之前", "2026-11-25"),
        ("3号", "2026-12-03"), ("11月28日", "2026-11-28"), ("1月5号", "2027-01-05"), ("11/28", "2026-11-28"),
        ("2026-12-01", "2026-12-01"), ("月底", "2026-11-30"), ("tomorrow", "2026-11-24"),
        ("by friday", "2026-11-27"), ("next monday", "2026-11-30"), ("28 nov", "2026-11-28"),
        ("dec 3rd", "2026-12-03"),
    ],
)  # fmt: skip
def test_the_day_that_is_meant(said: str, wanted: str) -> None:
    (day,) = find_days(said, MONDAY)
    assert day.date == date.fromisoformat(wanted)


@pytest.mark.parametrize("said", ["可乐 330*24 5箱", "长河路88号", "长河路8号", "2月30日", "可乐 1.5l 2箱", "5-10箱"])
def test_what_is_no_day_is_none(said: str) -> None:
    assert [day.date for day in find_days(said, MONDAY) if day.date] == []


def test_a_time_of_day_is_no_day() -> None:
    assert [day.date for day in find_days("下午3点送", MONDAY)] == [None]
