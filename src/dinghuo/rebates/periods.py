"""The periods over which rebates are reckoned. Pure."""

from datetime import date, timedelta
from typing import Literal

PeriodKind = Literal["month", "quarter", "year", "term"]

# The first day of the period of a day, in SQL: `{period}`, `{day}`, `{valid_from}`.
STARTS = """
case {period} when 'month' then date_trunc('month', {day}::timestamp)::date
  when 'quarter' then date_trunc('quarter', {day}::timestamp)::date
  when 'year' then date_trunc('year', {day}::timestamp)::date else {valid_from} end
"""
_MONTHS = {"month": 1, "quarter": 3, "year": 12}


def end_of(period: PeriodKind, start: date, valid_until: date | None) -> date:
    """The last day of the period that begins on `start`: never after the agreement has ended."""
    if period == "term":
        if valid_until is None:
            raise AssertionError("an agreement over its whole term has an end")
        return valid_until
    month = start.month - 1 + _MONTHS[period]
    last = date(start.year + month // 12, month % 12 + 1, 1) - timedelta(days=1)
    return last if valid_until is None else min(last, valid_until)
