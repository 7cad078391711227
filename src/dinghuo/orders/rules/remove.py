"""Take rules, routes, calendars and quotas away by their codes, all or none. What orders kept of them stays."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table, delete, select

from dinghuo.identity.principals import Principal
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import MOST, TOO_MANY_ITEMS, among
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, NOT_FOUND, Message, Refused
from dinghuo.kit.texts import storable
from dinghuo.orders.rules.facts import TOUCHED
from dinghuo.orders.rules.tables import (
    calendar_day,
    delivery_route,
    order_rule,
    quota,
    route_stop,
    work_calendar,
)
from dinghuo.pricing.locked import hidden_customers

NO_SUCH = Message("rule-unknown", "没有编码为 {code} 的记录", "There is no {code}", NOT_FOUND)
IN_USE = Message(
    "calendar-in-use",
    "日历 {code} 正被“{used_by}”使用",
    "Calendar {code} is used by {used_by}",
    CONFLICT,
)

_TERMS_NAMING = """
select r.code, r.terms ->> 'calendar' as calendar from order_rule r
where r.tenant_id = $1 and r.kind = 'delivery' and r.terms ->> 'calendar' = any($2::text[]) order by r.code
"""


async def remove_rules(tx: Tx, *, codes: Sequence[str], by: Actor, seen_by: Principal | None) -> int:
    return await _remove(tx, order_rule, codes, by, await _hide(tx, order_rule, codes, seen_by))


async def remove_quotas(tx: Tx, *, codes: Sequence[str], by: Actor, seen_by: Principal | None) -> int:
    """What was taken of them stays with the orders, and can be given back."""
    return await _remove(tx, quota, codes, by, await _hide(tx, quota, codes, seen_by))


async def remove_routes(tx: Tx, *, codes: Sequence[str], by: Actor) -> int:
    found = await _lock(tx, delivery_route, codes)
    s = route_stop.c
    await tx.execute(
        delete(route_stop).where(s.tenant_id == tx.tenant_id, among(s.route_id, [row.id for row in found]))
    )
    return await _remove(tx, delivery_route, codes, by, set())


async def remove_calendars(tx: Tx, *, codes: Sequence[str], by: Actor) -> int:
    found = await _lock(tx, work_calendar, codes)
    ids, d = [row.id for row in found], calendar_day.c
    r = delivery_route.c
    used = [
        IN_USE("codes", code=next(row.code for row in found if row.id == route.calendar_id), used_by=route.code)
        for route in await tx.rows(
            select(r.code, r.calendar_id)
            .where(r.tenant_id == tx.tenant_id, among(r.calendar_id, ids))
            .order_by(r.code)
        )
    ]
    used += [
        IN_USE("codes", code=row["calendar"], used_by=row["code"])
        for row in await tx.fetch(_TERMS_NAMING, [row.code for row in found])
    ]
    if used:
        raise Refused(used)
    await tx.execute(delete(calendar_day).where(d.tenant_id == tx.tenant_id, among(d.calendar_id, ids)))
    return await _remove(tx, work_calendar, codes, by, set())


async def _hide(tx: Tx, table: Table, codes: Sequence[str], seen_by: Principal | None) -> set[str]:
    """The codes of what is for customers that `seen_by` may not see."""
    rows = await _lock(tx, table, codes)
    ids = {row.customer_id for row in rows if row.customer_id is not None}
    unseen = await hidden_customers(tx, ids, seen_by=seen_by)
    return {row.code for row in rows if row.customer_id in unseen}


async def _lock(tx: Tx, table: Table, codes: Sequence[str]) -> Sequence[Any]:
    if len(codes) > MOST:
        raise Refused(TOO_MANY_ITEMS("codes", most=MOST, count=len(codes)))
    c = table.c
    return await tx.rows(
        select(table)
        .where(c.tenant_id == tx.tenant_id, among(c.code, storable(codes)))
        .order_by(c.code)
        .with_for_update()
    )


async def _remove(tx: Tx, table: Table, codes: Sequence[str], by: Actor, unseen: set[str]) -> int:
    c = table.c
    found = {row.code: row.id for row in await _lock(tx, table, codes) if row.code not in unseen}
    missing = [code for code in dict.fromkeys(codes) if code not in found]
    if missing:
        raise Refused([NO_SUCH(f"codes[{codes.index(code)}]", code=code) for code in missing])
    if not found:
        return 0
    await tx.execute(delete(table).where(c.tenant_id == tx.tenant_id, among(c.id, list(found.values()))))
    await audit.record(tx, [audit.Change(str(table.name), id, "deleted", by) for id in found.values()])
    await touch(tx, TOUCHED)
    return len(found)
