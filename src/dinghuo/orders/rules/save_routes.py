"""Create and change delivery routes by their codes, with the regions and customers that are on them."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import and_, or_, select

from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import (
    MISSING,
    UNKNOWN_CODE,
    Planned,
    Saved,
    among,
    check_codes,
    drop,
    given,
    plan,
    put,
    resolve,
    saved,
    store,
)
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, TOO_LARGE, Message, Refused
from dinghuo.kit.faults import Faults
from dinghuo.kit.texts import check_texts
from dinghuo.orders.rules.check_terms import BAD_DAYS, BAD_TIME, MOST_LEAD_DAYS, is_time
from dinghuo.orders.rules.facts import TOUCHED
from dinghuo.orders.rules.tables import delivery_route, route_stop, work_calendar
from dinghuo.parties.tables import customer, region

BAD_WEEKDAYS = Message(
    "route-weekdays",
    "请选择送货日：1（周一）到 7（周日），不能重复",
    "Weekdays are 1 (Monday) to 7, each once",
    MALFORMED,
)
ON_ANOTHER = Message(
    "route-stop-taken", "“{code}”已在线路 {other} 上", "'{code}' is on route {other} already", CONFLICT
)
TOO_MANY_STOPS = Message(
    "route-stops", "一次最多 {most} 个区域和客户", "At most {most} regions and customers at once", TOO_LARGE
)

_MOST_STOPS = 50_000
_PLAIN = ("name", "name_en", "weekdays", "cut_off", "lead_days", "active")
_DEFAULTS: Mapping[str, Any] = {
    **dict.fromkeys(("name", "name_en", "weekdays", "cut_off", "lead_days", "calendar_id")),
    "active": True,
}
_STOPS = {"regions": "region", "customers": "customer"}
Stop = tuple[str, UUID]


class RouteInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A route by its code; what is left out stays. A new one needs `name` and `weekdays` (1 is Monday). `regions` and
    `customers`, when given, are all there are on it (of customers: all that one may see)."""

    code: str
    name: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    weekdays: list[int] | UnsetType = UNSET
    cut_off: str | UnsetType | None = UNSET
    lead_days: int | UnsetType | None = UNSET
    calendar: str | UnsetType | None = UNSET
    active: bool | UnsetType = UNSET
    regions: list[str] | UnsetType = UNSET
    customers: list[str] | UnsetType = UNSET


async def save_routes(tx: Tx, *, routes: Sequence[RouteInput], by: Actor, seen_by: Principal | None = None) -> Saved:
    faults = Faults()
    check_codes(faults, [item.code for item in routes])
    if sum(len(named) for item in routes for name in _STOPS if (named := getattr(item, name))) > _MOST_STOPS:
        raise Refused(TOO_MANY_STOPS("items", most=_MOST_STOPS))
    for line, item in enumerate(routes):
        check_texts(faults, line, item, {"name": 200, "name_en": 200})
        _check_plain(faults, line, item)
    faults.check()
    ids = await _find(tx, routes, seen_by)
    planned = await plan(
        tx, delivery_route, [(i, item.code, _columns(item, ids)) for i, item in enumerate(routes)], _DEFAULTS
    )
    for row in planned:
        for name in ("name", "weekdays"):
            if row.new[name] is None:
                faults.add(row.line, name, MISSING)
        calendar = routes[row.line].calendar
        if calendar and calendar not in ids["calendar"]:
            faults.add(row.line, "calendar", UNKNOWN_CODE, code=calendar)
    gone, fresh = await _plan_stops(tx, planned, routes, ids, faults, seen_by)
    faults.check()
    written = await store(tx, delivery_route, planned, by=by)
    await drop(tx, route_stop, gone)
    await put(
        tx, route_stop, [{"kind": kind, "target_id": id, "route_id": route} for (kind, id), route in fresh.items()]
    )
    if written:
        await touch(tx, TOUCHED)
    return saved(planned)


def _check_plain(faults: Faults, line: int, item: RouteInput) -> None:
    days = item.weekdays
    if days is not UNSET and (not days or len(set(days)) != len(days) or not set(days) <= set(range(1, 8))):
        faults.add(line, "weekdays", BAD_WEEKDAYS)
    if item.cut_off and not is_time(item.cut_off):
        faults.add(line, "cut_off", BAD_TIME)
    if isinstance(item.lead_days, int) and not 0 <= item.lead_days <= MOST_LEAD_DAYS:
        faults.add(line, "lead_days", BAD_DAYS)


async def _find(tx: Tx, routes: Sequence[RouteInput], seen_by: Principal | None) -> dict[str, dict[str, UUID]]:
    named = {name: [code for item in routes for code in (getattr(item, name) or ())] for name in _STOPS}
    calendars = [item.calendar for item in routes if item.calendar]
    found = await resolve(
        tx,
        {
            "region": (region, "code", named["regions"]),
            "customer": (customer, "code", named["customers"]),
            "calendar": (work_calendar, "code", calendars),
        },
    )
    if seen_by is not None and found["customer"]:
        c = customer.c
        seen = {
            row.id
            for row in await tx.rows(
                select(c.id).where(
                    c.tenant_id == tx.tenant_id,
                    among(c.id, set(found["customer"].values())),
                    visible_customers(seen_by, customer),
                )
            )
        }
        found["customer"] = {code: id for code, id in found["customer"].items() if id in seen}
    return found


def _columns(item: RouteInput, ids: Mapping[str, Mapping[str, UUID]]) -> dict[str, Any]:
    columns = given(item, _PLAIN)
    if "weekdays" in columns:
        columns["weekdays"] = sorted(columns["weekdays"])
    if item.calendar is not UNSET:
        columns["calendar_id"] = ids["calendar"].get(item.calendar or "")
    return columns


async def _plan_stops(
    tx: Tx,
    planned: Sequence[Planned],
    routes: Sequence[RouteInput],
    ids: Mapping[str, Mapping[str, UUID]],
    faults: Faults,
    seen_by: Principal | None,
) -> tuple[list[Stop], dict[Stop, UUID]]:
    """Which stops go and which come. One that stays on another route is told, not taken."""
    wanted: dict[UUID, dict[Stop, str]] = {row.id: {} for row in planned}
    fields = {
        row.id: {_STOPS[name] for name in _STOPS if getattr(routes[row.line], name) is not UNSET} for row in planned
    }
    for row in planned:
        for name, kind in _STOPS.items():
            for number, code in enumerate(getattr(routes[row.line], name) or ()):
                if code not in ids[kind]:
                    faults.add(row.line, f"{name}[{number}]", UNKNOWN_CODE, code=code)
                else:
                    wanted[row.id][kind, ids[kind][code]] = f"{name}[{number}]"
    there = await _there(tx, planned, wanted, seen_by)
    leaving = {
        stop: route
        for stop, (route, _, is_seen) in there.items()
        if is_seen and stop[0] in fields.get(route, ()) and stop not in wanted[route]
    }
    fresh: dict[Stop, UUID] = {}
    for row in planned:
        for stop, place in wanted[row.id].items():
            route, code, _ = there.get(stop, (row.id, "", True))
            if stop in fresh or (route != row.id and stop not in leaving):
                other = code if route != row.id else next(o.code for o in planned if o.id == fresh[stop])
                named = (getattr(routes[row.line], place.split("[")[0]))[int(place.split("[")[1][:-1])]
                faults.add(row.line, place, ON_ANOTHER, code=named, other=other)
            elif stop not in there or stop in leaving:
                fresh[stop] = row.id
    for row in planned:
        less = sorted(f"{kind} {id}" for (kind, id), route in leaving.items() if route == row.id)
        more = sorted(f"{kind} {id}" for (kind, id), route in fresh.items() if route == row.id)
        if less or more:
            row.details["stops"] = [less, more]
    return [stop for stop in leaving if stop not in fresh], fresh


async def _there(
    tx: Tx, planned: Sequence[Planned], wanted: Mapping[UUID, Mapping[Stop, str]], seen_by: Principal | None
) -> dict[Stop, tuple[UUID, str, bool]]:
    """The stops of these routes and those wanted on them: the route, its code, whether the customer may be seen."""
    s, r = route_stop.c, delivery_route.c
    targets = {id for stops in wanted.values() for _, id in stops}
    seen = or_(s.kind == "region", visible_customers(seen_by, customer)) if seen_by else None
    statement = (
        select(s.kind, s.target_id, s.route_id, r.code, *([seen.label("is_seen")] if seen is not None else []))
        .join(delivery_route, and_(r.tenant_id == s.tenant_id, r.id == s.route_id))
        .outerjoin(customer, and_(customer.c.tenant_id == s.tenant_id, customer.c.id == s.target_id))
        .where(
            s.tenant_id == tx.tenant_id,
            r.tenant_id == tx.tenant_id,
            or_(among(s.route_id, [row.id for row in planned]), among(s.target_id, targets)),
        )
    )
    return {
        (row.kind, row.target_id): (row.route_id, row.code, seen is None or bool(row.is_seen))
        for row in await tx.rows(statement)
    }
