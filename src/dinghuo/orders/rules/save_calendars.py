"""Create and change calendars by their codes, many at once, all or nothing."""

from collections.abc import Sequence
from datetime import date
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import select

from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import MISSING, Planned, Saved, among, check_codes, drop, given, plan, put, saved, store
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.texts import check_texts
from dinghuo.orders.rules.calendar import Base
from dinghuo.orders.rules.facts import TOUCHED
from dinghuo.orders.rules.tables import calendar_day, work_calendar

DAY_TWICE = Message("calendar-day-twice", "日期 {day} 重复", "{day} is named twice", MALFORMED)
TOO_MANY_DAYS = Message(
    "calendar-days", "一个日历最多 {most} 个自定义日期", "At most {most} days of its own", MALFORMED
)
_MOST_DAYS = 2000
_DEFAULTS: dict[str, Any] = {"name": None, "name_en": None, "base": None}


class OwnDay(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A day of the company's own: not worked, or worked, whatever the base says."""

    day: date
    kind: Literal["holiday", "working"]
    name: str


class CalendarInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A calendar by its code; what is left out stays. A new one needs `name` and `base`. `days`, when given, are all
    of its own days there are."""

    code: str
    name: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    base: Base | UnsetType = UNSET
    days: list[OwnDay] | UnsetType = UNSET


async def save_calendars(tx: Tx, *, calendars: Sequence[CalendarInput], by: Actor) -> Saved:
    faults = Faults()
    check_codes(faults, [item.code for item in calendars])
    for line, item in enumerate(calendars):
        check_texts(faults, line, item, {"name": 200, "name_en": 200})
        _check_days(faults, line, item)
    planned = await plan(
        tx, work_calendar, [(i, item.code, given(item, _DEFAULTS)) for i, item in enumerate(calendars)], _DEFAULTS
    )
    for row in planned:
        for name in ("name", "base"):
            if row.new[name] is None:
                faults.add(row.line, name, MISSING)
    faults.check()
    gone, fresh = await _plan_days(tx, planned, calendars)
    written = await store(tx, work_calendar, planned, by=by)
    await drop(tx, calendar_day, gone)
    await put(tx, calendar_day, fresh)
    if written:
        await touch(tx, TOUCHED)
    return saved(planned)


def _check_days(faults: Faults, line: int, item: CalendarInput) -> None:
    days = [] if item.days is UNSET else item.days
    if len(days) > _MOST_DAYS:
        faults.add(line, "days", TOO_MANY_DAYS, most=_MOST_DAYS)
    met: set[date] = set()
    for number, own in enumerate(days):
        check_texts(faults, line, own, {"name": 100}, f"days[{number}].")
        if own.day in met:
            faults.add(line, f"days[{number}].day", DAY_TWICE, day=own.day.isoformat())
        met.add(own.day)


async def _plan_days(
    tx: Tx, planned: Sequence[Planned], calendars: Sequence[CalendarInput]
) -> tuple[list[tuple[UUID, date]], list[dict[str, Any]]]:
    """Which days go and which come; noted on the calendars too."""
    rows = {row.id: row for row in planned if calendars[row.line].days is not UNSET}
    d = calendar_day.c
    there: dict[UUID, dict[date, tuple[str, str]]] = {id: {} for id in rows}
    for row in await tx.rows(select(calendar_day).where(d.tenant_id == tx.tenant_id, among(d.calendar_id, rows))):
        there[row.calendar_id][row.day] = (row.kind, row.name)
    gone: list[tuple[UUID, date]] = []
    fresh: list[dict[str, Any]] = []
    for id, planned_row in rows.items():
        days = calendars[planned_row.line].days
        wanted = {own.day: (own.kind, own.name) for own in (days or ())}
        old = there[id]
        if wanted != old:
            planned_row.details["days"] = [_told(old), _told(wanted)]
        gone += [(id, day) for day in old.keys() - wanted.keys()]
        fresh += [
            {"calendar_id": id, "day": day, "kind": kind, "name": name}
            for day, (kind, name) in wanted.items()
            if old.get(day) != (kind, name)
        ]
    return gone, fresh


def _told(days: dict[date, tuple[Any, str]]) -> list[str]:
    return [f"{day.isoformat()} {kind} {name}" for day, (kind, name) in sorted(days.items())]
