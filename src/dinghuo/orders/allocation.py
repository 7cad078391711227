"""Who would get what at one place if it were dealt out anew, and doing it: with orders and customers named."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, select

from dinghuo.catalogue.facts import load_skus
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.scopes import visible_customers
from dinghuo.inventory.levels import Place
from dinghuo.inventory.reallocate import Dealt, look_at_allocation, reallocate
from dinghuo.inventory.tables import warehouse
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import UNKNOWN_CODE, among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault, Refused
from dinghuo.kit.money import ZERO
from dinghuo.kit.texts import storable
from dinghuo.orders.tables import sales_order
from dinghuo.parties.tables import customer


class AllocationLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line at the place, in the order in which they are served. Without number and customer where the reader may
    not see whose it is. `change` is what would be added to what it holds."""

    order_id: UUID | None
    number: str | None
    customer: str | None
    customer_name: str | None
    line_no: int
    priority: int
    held: Decimal
    waiting: Decimal
    change: Decimal


class Allocation(msgspec.Struct, frozen=True, kw_only=True):
    """Who holds and waits at one place. `seen` is what to send to run exactly this."""

    sku: str
    sku_name: str
    base_unit: str
    warehouse: str
    warehouse_name: str
    on_hand: Decimal
    free: Decimal
    waiting: Decimal
    moved: Decimal
    lines: list[AllocationLine]
    seen: str


async def preview_allocation(tx: Tx, *, sku: str, warehouse_code: str, staff: StaffPrincipal) -> Allocation:
    """Who would get what, and who would lose it. Nothing is written."""
    place, told = await _place(tx, sku, warehouse_code)
    return await _told(tx, await look_at_allocation(tx, place), told, staff)


async def run_allocation(
    tx: Tx, *, sku: str, warehouse_code: str, seen: str | None, by: Actor, staff: StaffPrincipal
) -> Allocation:
    """Deal out anew what was seen in a preview: who had what before, and what changed."""
    place, told = await _place(tx, sku, warehouse_code)
    return await _told(tx, await reallocate(tx, place, seen=seen, by=by), told, staff)


async def _place(tx: Tx, sku: str, warehouse_code: str) -> tuple[Place, dict[str, str]]:
    known = (await load_skus(tx, storable([sku]))).get(sku)
    w = warehouse.c
    site = await tx.one(
        select(w.id, w.name).where(w.tenant_id == tx.tenant_id, among(w.code, storable([warehouse_code])))
    )
    faults: list[Fault] = []
    if known is None:
        faults.append(UNKNOWN_CODE("sku", code=sku))
    if site is None:
        faults.append(UNKNOWN_CODE("warehouse", code=warehouse_code))
    if known is None or site is None:
        raise Refused(faults)
    told = {"sku": known.code, "sku_name": known.name, "base_unit": known.base_unit, "warehouse": warehouse_code}
    return (known.id, site.id), told | {"warehouse_name": site.name}


async def _told(tx: Tx, dealt: Dealt, told: Mapping[str, str], staff: StaffPrincipal) -> Allocation:
    o, c = sales_order.c, customer.c
    ids = sorted({promise.document_id for promise in dealt.promises})
    rows = await tx.rows(
        select(o.id, o.number, c.code, c.name)
        .join(customer, and_(c.tenant_id == o.tenant_id, c.id == o.customer_id))
        .where(o.tenant_id == tx.tenant_id, c.tenant_id == tx.tenant_id, among(o.id, ids))
        .where(visible_customers(staff, customer))
    )
    orders: dict[UUID, Any] = {row.id: row for row in rows}
    changes = {(change.document_id, change.line_no): change.held for change in dealt.changes}
    lines = []
    for promise in dealt.promises:
        order = orders.get(promise.document_id)
        lines.append(
            AllocationLine(
                order_id=order.id if order else None,
                number=order.number if order else None,
                customer=order.code if order else None,
                customer_name=order.name if order else None,
                line_no=promise.line_no,
                priority=promise.priority,
                held=promise.held,
                waiting=promise.backordered,
                change=changes.get((promise.document_id, promise.line_no), ZERO),
            )
        )
    return Allocation(
        **told,
        on_hand=dealt.level.on_hand,
        free=max(dealt.level.free, ZERO),
        waiting=sum((promise.backordered for promise in dealt.promises), ZERO),
        moved=sum((change for change in changes.values() if change > 0), ZERO),
        lines=lines,
        seen=dealt.seen,
    )
