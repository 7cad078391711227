"""Spans of time and what they are measured against: the same span before, as far as it has gone. Pure."""

import calendar
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import msgspec

from dinghuo.analytics.days import Range, range_of, range_until


class Span(msgspec.Struct, frozen=True):
    """Days from `first` through `last`; of the last one only what is before `until`, when that is given."""

    name: str
    first: date
    last: date
    until: datetime | None = None


def spans_at(now: datetime, zone: ZoneInfo) -> list[Span]:
    """Today, this week and this month, each followed by the same span before."""
    here = now.astimezone(zone)
    today = here.date()
    monday, first = today - timedelta(days=today.weekday()), today.replace(day=1)
    month_before = (first - timedelta(days=1)).replace(day=1)
    last_there = calendar.monthrange(month_before.year, month_before.month)[1]
    same_day = month_before.replace(day=min(today.day, last_there))
    return [
        Span("today", today, today),
        Span("today before", today - timedelta(days=1), today - timedelta(days=1), _same_time(here, -1)),
        Span("week", monday, today),
        Span("week before", monday - timedelta(days=7), today - timedelta(days=7), _same_time(here, -7)),
        Span("month", first, today),
        # A shorter month is over by then: measured whole.
        Span(
            "month before",
            month_before,
            same_day,
            None if today.day > last_there else datetime.combine(same_day, here.timetz()),
        ),
    ]


def _same_time(here: datetime, days: int) -> datetime:
    return datetime.combine(here.date() + timedelta(days=days), here.timetz())


class Parts(msgspec.Struct, frozen=True):
    """Where the sums of some spans are found: whole days in the sums by day, the rest in the orders themselves."""

    whole: list[tuple[str, date, date]]
    live: list[tuple[str, Range]]


def parts_of(spans: list[Span], live_from: date, zone: ZoneInfo) -> Parts:
    """Split the spans. From `live_from` on no day's sums are to be trusted yet."""
    whole: list[tuple[str, date, date]] = []
    live: list[tuple[str, Range]] = []
    for span in spans:
        end = span.last if span.until is None else span.last - timedelta(days=1)
        summed = min(end, live_from - timedelta(days=1))
        if span.first <= summed:
            whole.append((span.name, span.first, summed))
        day = max(span.first, live_from)
        while day <= end:
            live.append((span.name, range_of(day, zone)))
            day += timedelta(days=1)
        if span.until is not None:
            live.append((span.name, range_until(span.last, span.until)))
    return Parts(whole, live)
