"""Order rules, routes, calendars and quotas over HTTP, for staff and systems."""

from datetime import date
from functools import partial
from typing import Annotated, Any

import msgspec
from litestar import Request, Router, get, post, put
from litestar.params import Parameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.bodies import Items, SavedView, saved_view
from dinghuo.kit.database import Database
from dinghuo.kit.errors import MALFORMED, Message, Refused
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import MOST, Page
from dinghuo.orders.rules import queries
from dinghuo.orders.rules.calendar import MOST_DAYS, DayFacts, days_from
from dinghuo.orders.rules.check_terms import BAD_TIME, is_time
from dinghuo.orders.rules.explain import RulesOfCustomer, rules_of_customer
from dinghuo.orders.rules.facts import load_calendar
from dinghuo.orders.rules.queries import CalendarView, OrderRuleView, QuotaView, RouteView, RuleFilter
from dinghuo.orders.rules.remove import remove_calendars, remove_quotas, remove_routes, remove_rules
from dinghuo.orders.rules.save_calendars import CalendarInput, save_calendars
from dinghuo.orders.rules.save_quotas import QuotaInput, save_quotas
from dinghuo.orders.rules.save_routes import RouteInput, save_routes
from dinghuo.orders.rules.save_rules import OrderRuleInput, save_rules
from dinghuo.orders.rules.terms import Kind
from dinghuo.pricing.locked import check_sees_price

AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=MOST)]
_READ, _WRITE = needs("order_rules.read"), needs("order_rules.write")

TimeOfDay = Annotated[str | None, Parameter(description="A time of day, as 16:00")]
BAD_SPAN = Message("calendar-span", "请选择最多 {most} 天的期间", "Ask for a span of at most {most} days", MALFORMED)


class Codes(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to take away."""

    codes: list[str]


class Removed(msgspec.Struct, frozen=True):
    deleted: int


class CalendarDays(msgspec.Struct, frozen=True):
    """The days of a span. `known_until`: later statutory holidays are not announced yet, weekdays are worked."""

    known_until: date | None
    days: list[DayFacts]


@get("/order-rules", opt=_READ)
async def list_order_rules(
    database: Database,
    staff: StaffPrincipal,
    kind: Kind | None = None,
    active: bool | None = None,
    customer: str | None = None,
    search: str | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[OrderRuleView]:
    """Order rules by code; `customer` leaves those of one customer alone."""
    wanted = RuleFilter(kind=kind, active=active, customer=customer, search=search)
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_rules(tx, seen_by=staff, wanted=wanted, cursor=cursor, limit=limit)


@put("/order-rules", opt=_WRITE)
async def save_order_rules(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: Items[OrderRuleInput]
) -> SavedView:
    """Create or update order rules by code, all or nothing; they count from the next order on."""
    check_sees_price(staff)
    saved = await database.run(
        staff.tenant_id, lambda tx: save_rules(tx, rules=data.items, by=staff.actor(), seen_by=staff)
    )
    return saved_view(saved, language_of(request))


@post("/order-rules/delete", opt=_WRITE, status_code=200)
async def delete_order_rules(request: AnyRequest, database: Database, staff: StaffPrincipal, data: Codes) -> Removed:
    """Take rules away, all or none."""
    command = partial(remove_rules, codes=data.codes, by=staff.actor(), seen_by=staff)
    return Removed(await once(request, database, staff, command, int))


@get("/order-rules/for-customer", opt=_READ)
async def read_rules_of_customer(
    request: AnyRequest,
    database: Database,
    staff: StaffPrincipal,
    customer: str,
    organisation: str | None = None,
    on: date | None = None,
    at: TimeOfDay = None,
    currency: str | None = None,
) -> RulesOfCustomer:
    """What an order of this customer is held to: which rule counts and why, its route, when it could come, quotas.

    `on` a day, at the beginning of it or `at` a time of it in the company's zone; now, when neither is named.
    """
    if at is not None and not is_time(at):
        raise Refused(BAD_TIME("at"))
    async with database.transaction(staff.tenant_id) as tx:
        return await rules_of_customer(
            tx,
            customer=customer,
            organisation=organisation,
            on=on,
            at=at,
            currency=currency,
            seen_by=staff,
            language=language_of(request),
        )


@get("/routes", opt=_READ)
async def list_routes(
    database: Database,
    staff: StaffPrincipal,
    active: bool | None = None,
    search: str | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[RouteView]:
    """Delivery routes by code."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_routes(tx, seen_by=staff, search=search, active=active, cursor=cursor, limit=limit)


@put("/routes", opt=_WRITE)
async def save_delivery_routes(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: Items[RouteInput]
) -> SavedView:
    """Create or update routes by code, with the regions and customers on them, all or nothing."""
    saved = await database.run(
        staff.tenant_id, lambda tx: save_routes(tx, routes=data.items, by=staff.actor(), seen_by=staff)
    )
    return saved_view(saved, language_of(request))


@post("/routes/delete", opt=_WRITE, status_code=200)
async def delete_routes(request: AnyRequest, database: Database, staff: StaffPrincipal, data: Codes) -> Removed:
    """Take routes away, all or none."""
    command = partial(remove_routes, codes=data.codes, by=staff.actor())
    return Removed(await once(request, database, staff, command, int))


@get("/calendars", opt=_READ)
async def list_calendars(
    database: Database, staff: StaffPrincipal, cursor: str | None = None, limit: Limit = 50
) -> Page[CalendarView]:
    """Calendars by code, with the company's own days."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_calendars(tx, cursor=cursor, limit=limit)


@put("/calendars", opt=_WRITE)
async def save_work_calendars(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: Items[CalendarInput]
) -> SavedView:
    """Create or update calendars by code, all or nothing."""
    saved = await database.run(staff.tenant_id, lambda tx: save_calendars(tx, calendars=data.items, by=staff.actor()))
    return saved_view(saved, language_of(request))


@post("/calendars/delete", opt=_WRITE, status_code=200)
async def delete_calendars(request: AnyRequest, database: Database, staff: StaffPrincipal, data: Codes) -> Removed:
    """Take calendars away that nothing uses, all or none."""
    command = partial(remove_calendars, codes=data.codes, by=staff.actor())
    return Removed(await once(request, database, staff, command, int))


@get("/calendars/{code:str}/days", opt=_READ)
async def read_calendar_days(
    database: Database, staff: StaffPrincipal, code: str, first: date, last: date
) -> CalendarDays:
    """Which days of a span are worked, and why."""
    if not 0 <= (last - first).days < MOST_DAYS:
        raise Refused(BAD_SPAN("last", most=MOST_DAYS))
    async with database.transaction(staff.tenant_id) as tx:
        calendar = await load_calendar(tx, code)
    if calendar is None:
        raise missing("calendar", code)
    return CalendarDays(calendar.known_until, [calendar.look(day) for day in days_from(first) if day <= last])


@get("/quotas", opt=_READ)
async def list_quotas(
    database: Database,
    staff: StaffPrincipal,
    sku: str | None = None,
    active: bool | None = None,
    customer: str | None = None,
    search: str | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[QuotaView]:
    """Quotas by code, with what is taken of the period that runs."""
    wanted = RuleFilter(sku=sku, active=active, customer=customer, search=search)
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_quotas(tx, seen_by=staff, wanted=wanted, cursor=cursor, limit=limit)


@put("/quotas", opt=_WRITE)
async def save_stock_quotas(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: Items[QuotaInput]
) -> SavedView:
    """Create or update quotas by code, all or nothing; what is taken stays taken."""
    saved = await database.run(
        staff.tenant_id, lambda tx: save_quotas(tx, quotas=data.items, by=staff.actor(), seen_by=staff)
    )
    return saved_view(saved, language_of(request))


@post("/quotas/delete", opt=_WRITE, status_code=200)
async def delete_quotas(request: AnyRequest, database: Database, staff: StaffPrincipal, data: Codes) -> Removed:
    """Take quotas away, all or none."""
    command = partial(remove_quotas, codes=data.codes, by=staff.actor(), seen_by=staff)
    return Removed(await once(request, database, staff, command, int))


router = Router(
    "/",
    route_handlers=[
        list_order_rules,
        save_order_rules,
        delete_order_rules,
        read_rules_of_customer,
        list_routes,
        save_delivery_routes,
        delete_routes,
        list_calendars,
        save_work_calendars,
        delete_calendars,
        read_calendar_days,
        list_quotas,
        save_stock_quotas,
        delete_quotas,
    ],
    tags=["order rules"],
)
