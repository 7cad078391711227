"""Why is this line waiting, until when: told of every line of an order."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import and_, select

from dinghuo.catalogue.quantities import plain
from dinghuo.catalogue.tables import sku
from dinghuo.catalogue.unit_names import Units, unit_names, with_unit_names
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.inventory.supply import today_of
from dinghuo.inventory.waiting import WaitingPart, waiting_parts
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault, FaultView, Language, Message, Refused, fault_view
from dinghuo.kit.money import ZERO
from dinghuo.orders import faults as say
from dinghuo.orders.tables import order_line, sales_order
from dinghuo.parties.tables import customer

READY = Message("waiting-ready", "{held} {unit} 已预占，随时可发", "{held} {unit} are held and there")
NO_STOCK_KEPT = Message("waiting-untracked", "不管库存，随时可发", "No stock is kept of it: it can go at any time")
SENT = Message("waiting-shipped", "已全部发出", "All of it has gone")
OFF = Message("waiting-cancelled", "已取消", "It is called off")
COMES = Message(
    "waiting-supply",
    "{warehouse}缺 {waiting} {unit}，前面还有 {documents} 单共 {ahead} {unit}；{code} 预计 {on} 到货",
    "{warehouse} lacks {waiting} {unit}, and serves {documents} documents with {ahead} {unit} first; {code} is"
    " expected on {on}",
)
NOT_EXPECTED = Message(
    "waiting-unknown",
    "{warehouse}缺 {waiting} {unit}，前面还有 {documents} 单共 {ahead} {unit}；预计到货不足以供应",
    "{warehouse} lacks {waiting} {unit}, and serves {documents} documents with {ahead} {unit} first; not enough is"
    " expected",
)
LATE_DELIVERY = Message(
    "waiting-late", "{code} 应于 {on} 到货，已逾期", "{code} should have come on {on}: it is late"
)
SOLD_AHEAD = Message(
    "waiting-presold",
    "其中 {presold} {unit} 为预售，到货后可发",
    "{presold} {unit} of it were sold before they came, and go when they have come",
)


class SupplyOf(msgspec.Struct, frozen=True):
    code: str
    date: date
    quantity: Decimal
    late: bool


class WaitingPlace(msgspec.Struct, frozen=True, kw_only=True):
    """What a line holds and waits for in one warehouse. `ahead` is waited for by those who are served before it."""

    warehouse: str
    held: Decimal
    waiting: Decimal
    presold: Decimal
    why: str | None
    priority: int
    ahead: Decimal
    documents_ahead: int
    expected_on: date | None
    supplies: list[SupplyOf]


class WaitingLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line. `state`: ready, waiting, shipped, cancelled, untracked. `expected_on` null: nobody knows."""

    line_no: int
    sku: str
    name: str
    base_unit: str
    ordered: Decimal
    held: Decimal
    waiting: Decimal
    shipped: Decimal
    state: str
    promised_date: date | None
    expected_on: date | None
    late: bool
    places: list[WaitingPlace]
    reasons: list[FaultView]


class WaitingOrder(msgspec.Struct, frozen=True, kw_only=True):
    """Every line of an order; `ready_on` when the last of its goods will be there."""

    id: UUID
    number: str
    state: str
    ready_on: date | None
    lines: list[WaitingLine]


async def why_waiting(tx: Tx, *, principal: Principal, order_id: UUID, language: Language) -> WaitingOrder:
    """Why each line waits, and until when; refused (404) when the order is not there or not theirs to see."""
    o, line = sales_order.c, order_line.c
    order = await tx.one(
        select(o.id, o.number, o.state)
        .join(customer, and_(customer.c.tenant_id == o.tenant_id, customer.c.id == o.customer_id))
        .where(
            o.tenant_id == tx.tenant_id,
            customer.c.tenant_id == tx.tenant_id,
            o.id == order_id,
            visible_customers(principal, customer),
        )
    )
    if order is None:
        raise Refused(say.UNKNOWN_ORDER("id"))
    rows = await tx.rows(
        select(order_line, sku.c.base_unit)
        .join(sku, and_(sku.c.tenant_id == line.tenant_id, sku.c.id == line.sku_id))
        .where(line.tenant_id == tx.tenant_id, sku.c.tenant_id == tx.tenant_id, line.order_id == order_id)
        .order_by(line.line_no)
    )
    parts = await waiting_parts(tx, order_id)
    today = await today_of(tx)
    units = await unit_names(tx)
    lines = [_line(row, parts.get(row.line_no, ()), today, units, language) for row in rows]
    open_lines = [found.expected_on for found in lines if found.state in ("ready", "waiting", "untracked")]
    return WaitingOrder(id=order.id, number=order.number, state=order.state, ready_on=last(open_lines), lines=lines)


def last(days: Sequence[date | None]) -> date | None:
    """The last of some days; None when one of them is not known, or there are none."""
    return None if not days or None in days else max(day for day in days if day is not None)


def state_of(row: Any, parts: Sequence[WaitingPart]) -> str:
    """How a line stands, in one word."""
    left = row.base_quantity - row.cancelled
    if left <= 0:
        return "cancelled"
    if row.shipped >= left:
        return "shipped"
    if not parts:
        return "untracked"
    return "waiting" if any(part.backordered or part.presold for part in parts) else "ready"


def _line(row: Any, parts: Sequence[WaitingPart], today: date, units: Units, language: Language) -> WaitingLine:
    state = state_of(row, parts)
    is_open = state not in ("cancelled", "shipped")
    expected = last([part.expected_on for part in parts if part.held or part.backordered]) if parts else today
    promised = row.promised_date
    return WaitingLine(
        line_no=row.line_no,
        sku=row.sku_code,
        name=row.sku_name,
        base_unit=row.base_unit,
        ordered=row.base_quantity,
        held=sum((part.held for part in parts), ZERO),
        waiting=sum((part.backordered for part in parts), ZERO),
        shipped=row.shipped,
        state=state,
        promised_date=promised,
        expected_on=expected if is_open else None,
        late=is_open and promised is not None and (expected is None or expected > promised),
        places=[_place(part, today) for part in parts],
        reasons=[
            fault_view(with_unit_names(fault, units), language)
            for fault in reasons_of(state, parts, row.base_unit, today)
        ],
    )


def _place(part: WaitingPart, today: date) -> WaitingPlace:
    return WaitingPlace(
        warehouse=part.warehouse,
        held=part.held,
        waiting=part.backordered,
        presold=part.presold,
        why=part.why,
        priority=part.priority,
        ahead=part.ahead,
        documents_ahead=part.documents_ahead,
        expected_on=part.expected_on,
        supplies=supplies_of(part, today),
    )


def supplies_of(part: WaitingPart, today: date) -> list[SupplyOf]:
    """By which deliveries its goods come."""
    return [
        SupplyOf(supply.code, supply.expected_on, supply.quantity, supply.expected_on < today)
        for supply in part.deliveries
    ]


_SAID: Mapping[str, Message] = {"cancelled": OFF, "shipped": SENT, "untracked": NO_STOCK_KEPT}


def reasons_of(state: str, parts: Sequence[WaitingPart], unit: str, today: date) -> list[Fault]:
    """Why a line stands as it does."""
    if state in _SAID:
        return [_SAID[state]()]
    found: list[Fault] = []
    there = sum((part.held - part.presold for part in parts), ZERO)
    if there:
        found.append(READY(held=plain(there), unit=unit))
    for part in parts:
        if part.presold:
            found.append(SOLD_AHEAD(presold=plain(part.presold), unit=unit))
        if part.backordered:
            found.append(_why(part, unit, today))
        found += [
            LATE_DELIVERY(code=supply.code, on=supply.expected_on)
            for supply in part.deliveries
            if supply.expected_on < today
        ]
    return found


def _why(part: WaitingPart, unit: str, today: date) -> Fault:
    of: dict[str, Any] = {
        "warehouse": part.warehouse_name,
        "waiting": plain(part.backordered),
        "unit": unit,
        "documents": part.documents_ahead,
        "ahead": plain(part.ahead),
    }
    coming = [supply for supply in part.deliveries if supply.expected_on >= today]
    if part.expected_on is None or not coming:
        return NOT_EXPECTED(**of)
    return COMES(**of, code=coming[-1].code, on=part.expected_on)
