"""Read one order. What a principal may not see is never fetched: customers by scope, prices and costs by right."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, select

from dinghuo.approvals.queries import progress
from dinghuo.catalogue.tables import sku
from dinghuo.identity.principals import Principal, StaffPrincipal
from dinghuo.identity.scopes import visible_customers
from dinghuo.identity.tables import organisation
from dinghuo.inventory.tables import reservation, warehouse
from dinghuo.kit.audit import audit_entry
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.money import round_money
from dinghuo.orders import faults as say
from dinghuo.orders import views
from dinghuo.orders.charges import charges_of, told_of
from dinghuo.orders.fit_rebates import rebates_of
from dinghuo.orders.requests import ShipTo
from dinghuo.orders.summaries import beside, summary_fields
from dinghuo.orders.tables import order_line, sales_order
from dinghuo.parties.tables import customer

_NOTHING = Decimal("0.00")


async def get_order(tx: Tx, *, principal: Principal, order_id: UUID) -> views.OrderDetail:
    """One order with lines, stock and history; refused (404) when it is not there or not this principal's to see."""
    o = sales_order.c
    row = await tx.one(
        select(
            sales_order,
            customer.c.code.label("customer_code"),
            customer.c.name_en.label("customer_name_en"),
            customer.c.owner_id,
            organisation.c.code.label("organisation_code"),
        )
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
    charges = (await charges_of(tx, [order_id])).get(order_id, [])
    goods = told_of(row, charges, sees_price=principal.sees_price)
    return views.OrderDetail(
        **summary_fields(row, principal, await beside(tx, [row])),
        goods=goods.amounts,
        charges=goods.charges,
        origin=await _origin(tx, row),
        earliest_date=row.earliest_date,
        organisation=row.organisation_code,
        ship_to=row.ship_to,
        note=row.note,
        partial_delivery=row.partial_delivery or "allowed",
        substitution=row.substitution or "ask",
        lines=await _lines(tx, principal, order_id),
        rebate=(await rebates_of(tx, [order_id])).get(order_id, _NOTHING) if principal.sees_price else None,
        history=await _history(tx, order_id),
        approval=(await progress(tx, "order", [order_id])).get(order_id),
    )


_ORIGIN = """
select coalesce(
  (select b.number from blanket_order b where b.tenant_id = $1 and b.id = $2),
  (select d.name from draft d where d.tenant_id = $1 and d.id = $2)) as name
"""


async def _origin(tx: Tx, row: Any) -> views.Origin | None:
    if row.origin_kind is None:
        return None
    (named,) = await tx.fetch(_ORIGIN, row.origin_id)
    return views.Origin(row.origin_kind, row.origin_id, named["name"])


async def _lines(tx: Tx, principal: Principal, order_id: UUID) -> list[views.OrderLine]:
    held = await _held(tx, order_id)
    rows = await tx.rows(
        select(order_line, sku.c.name_en.label("sku_name_en"))
        .join(sku, and_(sku.c.tenant_id == tx.tenant_id, sku.c.id == order_line.c.sku_id))
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
        part = views.Held(row.code, row.held, row.backordered, row.consumed, row.released, row.source)
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


def _line(row: Any, principal: Principal, held: Sequence[views.Held]) -> views.OrderLine:
    staff = isinstance(principal, StaffPrincipal)
    sees_cost = staff and principal.sees_cost  # type: ignore[union-attr]
    sees_margin = staff and principal.sees_margin  # type: ignore[union-attr]
    return views.OrderLine(
        line_no=row.line_no,
        sku_id=row.sku_id,
        sku=row.sku_code,
        name=row.sku_name,
        name_en=row.sku_name_en,
        unit=row.unit,
        quantity=row.quantity,
        deal=_deal(row) if principal.sees_price else None,
        unit_cost=row.unit_cost if sees_cost else None,
        margin=margin_of(row) if sees_margin else None,
        requested_date=row.requested_date,
        promised_date=row.promised_date,
        note=row.note,
        ship_to=msgspec.convert(row.ship_to, ShipTo | None),
        progress=views.Progress(row.base_quantity, row.released, row.shipped, row.returned, row.cancelled),
        stock=list(held),
        kind=row.kind,
        promotion=row.price_reason["promotion"] if row.kind == "gift" else None,
        given_by=row.given_by,
    )


def _deal(row: Any) -> views.Deal:
    return views.Deal(
        list_price=row.list_price,
        deal_price=row.deal_price,
        tax_inclusive=row.tax_inclusive,
        tax_rate=row.tax_rate,
        amounts=views.Amounts(row.net, row.tax, row.gross),
        reason=row.price_reason,
        discount=row.discount,
    )


def margin_of(row: Any) -> Decimal | None:
    """Net minus cost of a line; None where its cost is not known."""
    if row.unit_cost is None:
        return None
    margin: Decimal = row.net - round_money(row.unit_cost * row.base_quantity)
    return margin
