"""Reading order rules, routes, calendars and quotas. What is for customers one may not see is not there."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, Table, and_, func, or_, select

from dinghuo.accounts.allotments import levels
from dinghuo.catalogue.tables import sku
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.identity.tables import organisation
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.refs import Ref, ref, ref_columns
from dinghuo.kit.texts import storable
from dinghuo.orders.rules.facts import allotment_of, period_start, read_terms
from dinghuo.orders.rules.tables import calendar_day, delivery_route, order_rule, quota, route_stop, work_calendar
from dinghuo.orders.rules.targets import TABLES
from dinghuo.orders.rules.terms import DeliveryTerms, Freight, Minimum
from dinghuo.parties.queries import named_customer
from dinghuo.parties.tables import customer, region

_MOST_STOPS_SHOWN = 200


class OrderRuleView(msgspec.Struct, frozen=True, kw_only=True):
    """A rule. The terms of its kind are there, the others null; amounts only for those who see prices."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    kind: str
    organisation: Ref | None
    target: str
    customer: Ref | None
    tier: Ref | None
    region: Ref | None
    channel: Ref | None
    currency: str
    valid_from: date
    valid_until: date | None
    active: bool
    minimum: Minimum | None
    freight: Freight | None
    delivery: DeliveryTerms | None
    updated_at: datetime
    revision: int


class QuotaView(msgspec.Struct, frozen=True, kw_only=True):
    """A quota and how far its present period is taken up, in base units."""

    id: UUID
    code: str
    name: str | None
    sku: Ref
    base_unit: str
    target: str
    customer: Ref | None
    tier: Ref | None
    region: Ref | None
    channel: Ref | None
    period: str
    quantity: Decimal
    valid_from: date
    valid_until: date | None
    active: bool
    counts_gifts: bool
    period_from: date | None
    taken: Decimal
    left: Decimal
    revision: int


class RouteView(msgspec.Struct, frozen=True, kw_only=True):
    """A route with what is on it; of customers the first ones that one may see."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    weekdays: list[int]
    cut_off: str | None
    lead_days: int | None
    calendar: str | None
    active: bool
    regions: list[Ref]
    customers: list[Ref]
    customer_count: int
    revision: int


class OwnDayView(msgspec.Struct, frozen=True):
    day: date
    kind: str
    name: str


class CalendarView(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    code: str
    name: str
    name_en: str | None
    base: str
    days: list[OwnDayView]
    revision: int


class RuleFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is narrowed to; `search` looks at codes and names."""

    kind: str | None = None
    active: bool | None = None
    customer: str | None = None
    sku: str | None = None
    search: str | None = None


async def list_rules(
    tx: Tx, *, seen_by: Principal, wanted: RuleFilter, cursor: str | None = None, limit: int = 50
) -> Page[OrderRuleView]:
    """Rules by code."""
    o = organisation
    statement = (
        _targeted(tx, order_rule, seen_by)
        .add_columns(*ref_columns(o, "organisation"))
        .outerjoin(o, and_(o.c.tenant_id == tx.tenant_id, o.c.id == order_rule.c.organisation_id))
    )
    if wanted.kind is not None:
        statement = statement.where(among(order_rule.c.kind, storable([wanted.kind])))
    rows = await _page(tx, order_rule, statement, wanted, cursor, limit)
    return page(rows, limit, lambda row: (row.code,), lambda row: _rule_view(row, sees_price=seen_by.sees_price))


def _rule_view(row: Any, *, sees_price: bool) -> OrderRuleView:
    values = row._mapping
    plain = {name: values[name] for name in OrderRuleView.__struct_fields__ if name in values}
    terms = read_terms(row.kind, row.terms)
    own: dict[str, Any] = dict.fromkeys(("minimum", "freight", "delivery"))
    if sees_price or isinstance(terms, DeliveryTerms):
        own[row.kind] = terms
    elif isinstance(terms, Minimum):
        own["minimum"] = Minimum(None, terms.quantity)
    return OrderRuleView(**plain, **own, organisation=ref(values, "organisation"), **_targets(values))


async def list_quotas(
    tx: Tx, *, seen_by: Principal, wanted: RuleFilter, cursor: str | None = None, limit: int = 50
) -> Page[QuotaView]:
    """Quotas by code, with what is taken of the period that runs."""
    statement = _quotas(tx, seen_by)
    if wanted.sku is not None:
        statement = statement.where(among(sku.c.code, storable([wanted.sku])))
    rows = await _page(tx, quota, statement, wanted, cursor, limit)
    views = await _quota_views(tx, rows)
    return page(rows, limit, lambda row: (row.code,), lambda row: views[row.id])


async def quotas_by_id(tx: Tx, ids: Sequence[UUID], *, seen_by: Principal) -> list[QuotaView]:
    rows = await tx.rows(_quotas(tx, seen_by).where(among(quota.c.id, ids)).order_by(quota.c.code))
    return list((await _quota_views(tx, rows)).values())


def _quotas(tx: Tx, seen_by: Principal) -> Select[Any]:
    return (
        _targeted(tx, quota, seen_by)
        .add_columns(*ref_columns(sku, "sku"), sku.c.base_unit)
        .join(sku, and_(sku.c.tenant_id == tx.tenant_id, sku.c.id == quota.c.sku_id))
    )


async def _quota_views(tx: Tx, rows: Sequence[Any]) -> dict[UUID, QuotaView]:
    today = tx.now.astimezone((await load_tenant(tx)).zone).date()
    periods = {row.id: period_start(row.period, today) for row in rows}
    found = await levels(tx, [allotment_of(id, start) for id, start in periods.items()])
    views = {}
    for row in rows:
        values, level = row._mapping, found.get(allotment_of(row.id, periods[row.id]))
        plain = {name: values[name] for name in QuotaView.__struct_fields__ if name in values}
        views[row.id] = QuotaView(
            **plain,
            **_targets(values),
            sku=Ref(row.sku_id, row.sku_code, row.sku_name, row.sku_name_en),
            period_from=periods[row.id],
            taken=level.taken if level else ZERO,
            left=level.left if level else row.quantity,
        )
    return views


def _targeted(tx: Tx, table: Table, seen_by: Principal) -> Select[Any]:
    """The rows of a table with whom they are for."""
    joined: Any = table
    for name, target in TABLES.items():
        same = and_(target.c.tenant_id == tx.tenant_id, target.c.id == table.c[f"{name}_id"])
        joined = joined.outerjoin(target, same)
    names = {f"{name}_id" for name in (*TABLES, "sku", "organisation")}
    columns = [column for name, column in table.c.items() if name not in names and name != "scope"]
    references = [column for name, target in TABLES.items() for column in ref_columns(target, name)]
    seen = or_(table.c.customer_id.is_(None), visible_customers(seen_by, customer))
    return select(*columns, *references).select_from(joined).where(table.c.tenant_id == tx.tenant_id, seen)


def _targets(values: Mapping[Any, Any]) -> dict[str, Any]:
    return {name: ref(values, name) for name in TABLES}


async def _page(
    tx: Tx, table: Table, statement: Select[Any], wanted: RuleFilter, cursor: str | None, limit: int
) -> Sequence[Any]:
    if wanted.active is not None:
        statement = statement.where(table.c.active == wanted.active)
    if wanted.customer is not None:
        statement = statement.where(table.c.customer_id == named_customer(tx.tenant_id, wanted.customer))
    return await tx.rows(_searched(table, statement, wanted.search, cursor).limit(limit + 1))


def _searched(table: Table, statement: Select[Any], search: str | None, cursor: str | None) -> Select[Any]:
    """By code from a cursor on; there are few of these, and what holds the words is looked for as it is."""
    for text in storable([search] if search else []):
        like = f"%{text.lower().replace('%', '').replace('_', '')}%"
        words = [table.c.code, table.c.name, *([table.c.name_en] if "name_en" in table.c else [])]
        statement = statement.where(or_(*(func.lower(word).like(like) for word in words)))
    if cursor is not None:
        statement = statement.where(table.c.code > decode_cursor(cursor, (str,))[0])
    return statement.order_by(table.c.code)


async def list_routes(
    tx: Tx,
    *,
    seen_by: Principal,
    search: str | None = None,
    active: bool | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[RouteView]:
    """Routes by code."""
    r, c = delivery_route.c, work_calendar.c
    statement = (
        select(delivery_route, c.code.label("calendar"))
        .outerjoin(work_calendar, and_(c.tenant_id == tx.tenant_id, c.id == r.calendar_id))
        .where(r.tenant_id == tx.tenant_id)
    )
    if active is not None:
        statement = statement.where(r.active == active)
    rows = await tx.rows(_searched(delivery_route, statement, search, cursor).limit(limit + 1))
    ids = [row.id for row in rows]
    regions = await _regions_on(tx, ids)
    customers = await _customers_on(tx, ids, seen_by)
    counts = await _customer_counts(tx, ids, seen_by)

    def view(row: Any) -> RouteView:
        plain = {name: row._mapping[name] for name in RouteView.__struct_fields__ if name in row._mapping}
        return RouteView(
            **plain,
            regions=regions.get(row.id, []),
            customers=customers.get(row.id, []),
            customer_count=counts.get(row.id, 0),
        )

    return page(rows, limit, lambda row: (row.code,), view)


async def _regions_on(tx: Tx, route_ids: Sequence[UUID]) -> dict[UUID, list[Ref]]:
    s = route_stop.c
    rows = await tx.rows(
        select(s.route_id, *ref_columns(region, "region"))
        .join(region, and_(region.c.tenant_id == s.tenant_id, region.c.id == s.target_id))
        .where(
            s.tenant_id == tx.tenant_id,
            region.c.tenant_id == tx.tenant_id,
            s.kind == "region",
            among(s.route_id, route_ids),
        )
        .order_by(region.c.code)
    )
    return _grouped(rows, "region")


async def _customers_on(tx: Tx, route_ids: Sequence[UUID], seen_by: Principal) -> dict[UUID, list[Ref]]:
    s = route_stop.c
    place = func.row_number().over(partition_by=s.route_id, order_by=customer.c.code).label("place")
    found = (
        select(s.route_id, *ref_columns(customer, "customer"), place)
        .join(customer, and_(customer.c.tenant_id == s.tenant_id, customer.c.id == s.target_id))
        .where(
            s.tenant_id == tx.tenant_id,
            customer.c.tenant_id == tx.tenant_id,
            s.kind == "customer",
            among(s.route_id, route_ids),
            visible_customers(seen_by, customer),
        )
        .subquery("found")
    )
    rows = await tx.rows(select(found).where(found.c.place <= _MOST_STOPS_SHOWN).order_by(found.c.customer_code))
    return _grouped(rows, "customer")


async def _customer_counts(tx: Tx, route_ids: Sequence[UUID], seen_by: Principal) -> dict[UUID, int]:
    s = route_stop.c
    rows = await tx.rows(
        select(s.route_id, func.count().label("count"))
        .join(customer, and_(customer.c.tenant_id == s.tenant_id, customer.c.id == s.target_id))
        .where(
            s.tenant_id == tx.tenant_id,
            customer.c.tenant_id == tx.tenant_id,
            s.kind == "customer",
            among(s.route_id, route_ids),
            visible_customers(seen_by, customer),
        )
        .group_by(s.route_id)
    )
    return {row.route_id: row._mapping["count"] for row in rows}


def _grouped(rows: Sequence[Any], name: str) -> dict[UUID, list[Ref]]:
    found: dict[UUID, list[Ref]] = {}
    for row in rows:
        if (one := ref(row._mapping, name)) is not None:
            found.setdefault(row.route_id, []).append(one)
    return found


async def list_calendars(tx: Tx, *, cursor: str | None = None, limit: int = 50) -> Page[CalendarView]:
    """Calendars by code, with the company's own days."""
    statement = select(work_calendar).where(work_calendar.c.tenant_id == tx.tenant_id)
    rows = await tx.rows(_searched(work_calendar, statement, None, cursor).limit(limit + 1))
    d = calendar_day.c
    days: dict[UUID, list[OwnDayView]] = {}
    for own in await tx.rows(
        select(calendar_day)
        .where(d.tenant_id == tx.tenant_id, among(d.calendar_id, [row.id for row in rows]))
        .order_by(d.day)
    ):
        days.setdefault(own.calendar_id, []).append(OwnDayView(own.day, own.kind, own.name))

    def view(row: Any) -> CalendarView:
        plain = {name: row._mapping[name] for name in CalendarView.__struct_fields__ if name in row._mapping}
        return CalendarView(**plain, days=days.get(row.id, []))

    return page(rows, limit, lambda row: (row.code,), view)
