"""Read orders. What a principal may not see is never fetched: customers by scope, prices and costs by right."""

from collections.abc import Sequence
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import ColumnElement, Select, and_, select, true

from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import Principal, StaffPrincipal
from dinghuo.identity.scopes import visible_customers
from dinghuo.identity.tables import organisation
from dinghuo.inventory.tables import reservation, warehouse
from dinghuo.kit.audit import audit_entry
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.money import round_money
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.search import matches
from dinghuo.orders import faults as say
from dinghuo.orders import views
from dinghuo.orders.file_for_search import SEARCH_KIND
from dinghuo.orders.tables import order_line, sales_order
from dinghuo.parties.tables import customer


class OrderFilter(msgspec.Struct, frozen=True, kw_only=True):
    """What a list of orders is narrowed to; days are in the tenant's zone, both included."""

    state: str | None = None
    customer: str | None = None
    number: str | None = None
    channel: str | None = None
    placed_from: date | None = None
    placed_until: date | None = None
    search: str | None = None


async def list_orders(
    tx: Tx, *, principal: Principal, wanted: OrderFilter, cursor: str | None = None, limit: int = 50
) -> Page[views.OrderSummary]:
    """Orders, the newest first. Ids are UUIDv7 of the moment of placing, so the primary key is the order."""
    conditions = _narrow(tx.tenant_id, wanted, (await load_tenant(tx)).zone)
    if cursor is not None:
        (last,) = decode_cursor(cursor, (UUID,))
        conditions.append(sales_order.c.id < last)
    everyone = isinstance(principal, StaffPrincipal) and principal.scope.kind == "all"
    statement = _of_everyone if everyone else _of_visible
    rows = await tx.rows(statement(tx.tenant_id, principal, wanted, conditions, limit + 1))
    return page(rows, limit, lambda row: (row.id,), lambda row: _summary(row, principal))


def _of_everyone(
    tenant_id: int, principal: Principal, wanted: OrderFilter, conditions: list[ColumnElement[bool]], most: int
) -> Select[Any]:
    """The primary key walked backwards, or one customer's index."""
    o = sales_order.c
    if wanted.customer is not None:
        # By id: through the join the planner would read and sort all that a big customer ever ordered.
        buyer = customer.alias("buyer").c
        named = select(buyer.id).where(buyer.tenant_id == tenant_id, buyer.code == wanted.customer)
        conditions = [*conditions, o.customer_id == named.scalar_subquery()]
    return (
        select(sales_order, customer.c.code.label("customer_code"))
        .join(customer, and_(customer.c.tenant_id == o.tenant_id, customer.c.id == o.customer_id))
        .where(
            o.tenant_id == tenant_id,
            customer.c.tenant_id == tenant_id,
            visible_customers(principal, customer),
            *conditions,
        )
        .order_by(o.id.desc())
        .limit(most)
    )


def _of_visible(
    tenant_id: int, principal: Principal, wanted: OrderFilter, conditions: list[ColumnElement[bool]], most: int
) -> Select[Any]:
    """The newest of each visible customer, merged: other customers' orders, however many, are never walked over."""
    o = sales_order.c
    newest = (
        select(sales_order)
        .where(o.tenant_id == tenant_id, o.customer_id == customer.c.id, *conditions)
        .order_by(o.id.desc())
        .limit(most)
        .lateral("newest")
    )
    visible = [customer.c.tenant_id == tenant_id, visible_customers(principal, customer)]
    if wanted.customer is not None:
        visible.append(customer.c.code == wanted.customer)
    return (
        select(newest, customer.c.code.label("customer_code"))
        .select_from(customer.join(newest, true()))
        .where(*visible)
        .order_by(newest.c.id.desc())
        .limit(most)
    )


def _narrow(tenant_id: int, wanted: OrderFilter, zone: ZoneInfo) -> list[ColumnElement[bool]]:
    o = sales_order.c
    found: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        found.append(o.state == wanted.state)
    if wanted.number is not None:
        found.append(o.number == wanted.number)
    if wanted.channel is not None:
        found.append(o.channel == wanted.channel)
    if wanted.search is not None:
        found += matches(tenant_id, SEARCH_KIND, o.id, wanted.search)
    if wanted.placed_from is not None:
        found.append(o.id >= first_id_at(datetime.combine(wanted.placed_from, time.min, zone)))
    if wanted.placed_until is not None:
        found.append(o.id <= last_id_at(datetime.combine(wanted.placed_until, time.max, zone)))
    return found


def first_id_at(moment: datetime) -> UUID:
    """The smallest UUIDv7 of a moment: a range of days becomes a range of the primary key."""
    return UUID(int=_milliseconds(moment) << 80)


def last_id_at(moment: datetime) -> UUID:
    return UUID(int=(_milliseconds(moment) << 80) | ((1 << 80) - 1))


def _milliseconds(moment: datetime) -> int:
    """Since 1970; no id is older."""
    return max(int(moment.timestamp() * 1000), 0)


async def get_order(tx: Tx, *, principal: Principal, order_id: UUID) -> views.OrderDetail:
    """One order with lines, stock and history; refused (404) when it is not there or not this principal's to see."""
    o = sales_order.c
    row = await tx.one(
        select(sales_order, customer.c.code.label("customer_code"), organisation.c.code.label("organisation_code"))
        .join(customer, and_(customer.c.tenant_id == o.tenant_id, customer.c.id == o.customer_id))
        .join(organisation, and_(organisation.c.tenant_id == o.tenant_id, organisation.c.id == o.organisation_id))
        .where(
            o.tenant_id == tx.tenant_id,
            customer.c.tenant_id == tx.tenant_id,
            organisation.c.tenant_id == tx.tenant_id,
            o.id == order_id,
            visible_customers(principal, customer),
        )
    )
    if row is None:
        raise Refused(say.UNKNOWN_ORDER("id"))
    return views.OrderDetail(
        **_summary_fields(row, principal),
        organisation=row.organisation_code,
        ship_to=row.ship_to,
        note=row.note,
        lines=await _lines(tx, principal, order_id),
        history=await _history(tx, order_id),
    )


async def _lines(tx: Tx, principal: Principal, order_id: UUID) -> list[views.OrderLine]:
    held = await _held(tx, order_id)
    rows = await tx.rows(
        select(order_line)
        .where(order_line.c.tenant_id == tx.tenant_id, order_line.c.order_id == order_id)
        .order_by(order_line.c.line_no)
    )
    return [_line(row, principal, held.get(row.line_no, [])) for row in rows]


async def _held(tx: Tx, order_id: UUID) -> dict[int, list[views.Held]]:
    r = reservation.c
    rows = await tx.rows(
        select(reservation, warehouse.c.code)
        .join(warehouse, and_(warehouse.c.tenant_id == r.tenant_id, warehouse.c.id == r.warehouse_id))
        .where(r.tenant_id == tx.tenant_id, warehouse.c.tenant_id == tx.tenant_id, r.document_id == order_id)
        .order_by(warehouse.c.priority, warehouse.c.code)
    )
    held: dict[int, list[views.Held]] = {}
    for row in rows:
        part = views.Held(row.code, row.held, row.backordered, row.consumed, row.released)
        held.setdefault(row.line_no, []).append(part)
    return held


async def _history(tx: Tx, order_id: UUID) -> list[views.Happening]:
    a = audit_entry.c
    rows = await tx.rows(
        select(audit_entry).where(a.tenant_id == tx.tenant_id, a.subject_id == order_id).order_by(a.id)
    )
    return [
        views.Happening(
            at=row.at,
            action=row.action,
            by=row.actor_name,
            by_kind=row.actor_kind,
            channel=row.channel,
            changes=row.changes,
        )
        for row in rows
    ]


def _summary(row: Any, principal: Principal) -> views.OrderSummary:
    return views.OrderSummary(**_summary_fields(row, principal))


def _summary_fields(row: Any, principal: Principal) -> dict[str, Any]:
    return {
        "id": row.id,
        "number": row.number,
        "state": row.state,
        "customer": views.CustomerName(row.customer_id, row.customer_code, row.customer_name),
        "currency": row.currency,
        "amounts": views.Amounts(row.net, row.tax, row.gross) if principal.sees_price else None,
        "line_count": row.line_count,
        "channel": row.channel,
        "customer_reference": row.customer_reference,
        "requested_date": row.requested_date,
        "holds": row.holds,
        "is_history": row.is_history,
        "placed_at": row.placed_at,
        "revision": row.revision,
    }


def _line(row: Any, principal: Principal, held: Sequence[views.Held]) -> views.OrderLine:
    staff = isinstance(principal, StaffPrincipal)
    sees_cost = staff and principal.sees_cost  # type: ignore[union-attr]
    sees_margin = staff and principal.sees_margin  # type: ignore[union-attr]
    return views.OrderLine(
        line_no=row.line_no,
        sku=row.sku_code,
        name=row.sku_name,
        unit=row.unit,
        quantity=row.quantity,
        deal=_deal(row) if principal.sees_price else None,
        unit_cost=row.unit_cost if sees_cost else None,
        margin=_margin(row) if sees_margin else None,
        requested_date=row.requested_date,
        note=row.note,
        progress=views.Progress(row.base_quantity, row.released, row.shipped, row.returned, row.cancelled),
        stock=list(held),
    )


def _deal(row: Any) -> views.Deal:
    return views.Deal(
        list_price=row.list_price,
        deal_price=row.deal_price,
        tax_inclusive=row.tax_inclusive,
        tax_rate=row.tax_rate,
        amounts=views.Amounts(row.net, row.tax, row.gross),
        reason=row.price_reason,
    )


def _margin(row: Any) -> Decimal | None:
    if row.unit_cost is None:
        return None
    margin: Decimal = row.net - round_money(row.unit_cost * row.base_quantity)
    return margin
