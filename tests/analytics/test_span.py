"""Spans against the same span before, as far as it has gone, and where their sums are found."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from dinghuo.analytics.days import range_of, range_until
from dinghuo.analytics.span import Span, parts_of, spans_at

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_a_day_a_week_and_a_month_are_measured_up_to_the_same_moment() -> None:
    found = {span.name: span for span in spans_at(at("2026-03-05T10:30:00"), SHANGHAI)}
    assert [(name, span.first.isoformat(), span.last.isoformat()) for name, span in found.items()] == [
        ("today", "2026-03-05", "2026-03-05"),
        ("today before", "2026-03-04", "2026-03-04"),
        ("week", "2026-03-02", "2026-03-05"),
        ("week before", "2026-02-23", "2026-02-26"),
        ("month", "2026-03-01", "2026-03-05"),
        ("month before", "2026-02-01", "2026-02-05"),
    ]
    assert found["week before"].until == at("2026-02-26T10:30:00")
    assert found["month before"].until == at("2026-02-05T10:30:00")
    assert found["today"].until is None


def test_a_shorter_month_is_measured_whole() -> None:
    found = {span.name: span for span in spans_at(at("2026-03-31T10:30:00"), SHANGHAI)}
    before = found["month before"]
    assert (before.first, before.last, before.until) == (date(2026, 2, 1), date(2026, 2, 28), None)


def test_the_zone_decides_which_day_it_is() -> None:
    evening = datetime.fromisoformat("2026-03-04T17:00:00+00:00")
    assert spans_at(evening, SHANGHAI)[0].first == date(2026, 3, 5)


def test_whole_days_are_found_in_the_sums_the_rest_in_the_orders() -> None:
    until = at("2026-02-26T10:30:00")
    spans = [
        Span("week", date(2026, 3, 2), date(2026, 3, 5)),
        Span("week before", date(2026, 2, 23), date(2026, 2, 26), until),
        Span("today", date(2026, 3, 5), date(2026, 3, 5)),
    ]
    parts = parts_of(spans, date(2026, 3, 4), SHANGHAI)
    assert parts.whole == [
        ("week", date(2026, 3, 2), date(2026, 3, 3)),
        ("week before", date(2026, 2, 23), date(2026, 2, 25)),
    ]
    assert parts.live == [
        ("week", range_of(date(2026, 3, 4), SHANGHAI)),
        ("week", range_of(date(2026, 3, 5), SHANGHAI)),
        ("week before", range_until(date(2026, 2, 26), until)),
        ("today", range_of(date(2026, 3, 5), SHANGHAI)),
    ]
