"""Who waits for goods: the lines of all orders that wait, by SKU and warehouse, in turn."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, and_, case, literal, select, tuple_

from dinghuo.catalogue.save_skus import SEARCH_KIND
from dinghuo.catalogue.tables import sku
from dinghuo.catalogue.unit_names import unit_names, with_unit_names
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.scopes import visible_customers
from dinghuo.inventory.settings import load_rule
from dinghuo.inventory.supply import today_of
from dinghuo.inventory.tables import reservation, warehouse
from dinghuo.inventory.waiting import WaitingKey, WaitingPart, parts_of
from dinghuo.kit import search
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import FaultView, Language, fault_view
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import storable
from dinghuo.orders.tables import order_line, sales_order
from dinghuo.orders.waiting import SupplyOf, reasons_of, supplies_of
from dinghuo.parties.queries import named_customer
from dinghuo.parties.tables import customer

_FIRST = -1


class WaitingFilter(msgspec.Struct, frozen=True, kw_only=True):
    """`wanted` searches SKUs; `overdue`: what was promised for a day that is over."""

    sku: str | None = None
    warehouse: str | None = None
    customer: str | None = None
    wanted: str | None = None
    overdue: bool = False


class WaitingRow(msgspec.Struct, frozen=True, kw_only=True):
    """What one line waits for in one warehouse, in base units. `place` counts the documents that are served before
    it there, and itself; `expected_on` null: nobody knows."""

    order_id: UUID
    number: str
    placed_at: datetime
    order_state: str
    customer: str
    customer_name: str
    customer_name_en: str | None
    line_no: int
    sku: str
    sku_name: str
    sku_name_en: str | None
    base_unit: str
    warehouse: str
    warehouse_name: str
    held: Decimal
    waiting: Decimal
    priority: int
    waited_too_long: bool
    place: int
    ahead: Decimal
    promised_date: date | None
    expected_on: date | None
    late: bool
    supplies: list[SupplyOf]
    reasons: list[FaultView]


async def list_waiting(
    tx: Tx,
    *,
    staff: StaffPrincipal,
    wanted: WaitingFilter,
    language: Language,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[WaitingRow]:
    """A page of lines that wait, those of one SKU in one warehouse in turn; of customers whom the reader may see."""
    patience = (await load_rule(tx)).patience
    r = reservation.c
    turn = case((r.document_id < patience, literal(_FIRST)), else_=r.priority).label("turn")
    key = (r.sku_id, r.warehouse_id, turn, r.document_id, r.line_no)
    today = await today_of(tx)
    statement = _filtered(tx, _rows(tx, turn, staff), wanted, today).order_by(*key).limit(limit + 1)
    if cursor is not None:
        after = decode_cursor(cursor, (UUID, UUID, int, UUID, int))
        statement = statement.where(tuple_(*key) > tuple_(*after))
    rows = await tx.rows(statement)
    parts = await parts_of(tx, [_key(row) for row in rows])
    # What was called off between the two statements waits no longer.
    rows = [row for row in rows if _key(row) in parts]
    units = await unit_names(tx)

    def view(row: Any) -> WaitingRow:
        part = parts[_key(row)]
        reasons = reasons_of("waiting", [part], row.base_unit, today)
        told = [fault_view(with_unit_names(fault, units), language) for fault in reasons]
        return _view(row, part, told, today)

    return page(rows, limit, lambda row: (row.sku_id, row.warehouse_id, row.turn, row.document_id, row.line_no), view)


def _key(row: Any) -> WaitingKey:
    return (row.document_id, row.line_no, row.warehouse_id)


def _rows(tx: Tx, turn: Any, staff: StaffPrincipal) -> Select[Any]:
    r, o, c, line, k, w = reservation.c, sales_order.c, customer.c, order_line.c, sku.c, warehouse.c
    same_line = and_(line.tenant_id == tx.tenant_id, line.order_id == r.document_id, line.line_no == r.line_no)
    return (
        select(
            *(r[name] for name in ("sku_id", "warehouse_id", "document_id", "line_no")),
            turn,
            o.number,
            o.placed_at,
            o.state.label("order_state"),
            c.code.label("customer"),
            c.name.label("customer_name"),
            c.name_en.label("customer_name_en"),
            k.code.label("sku"),
            k.name.label("sku_name"),
            k.name_en.label("sku_name_en"),
            k.base_unit,
            w.code.label("warehouse"),
            w.name.label("warehouse_name"),
            line.promised_date,
        )
        .select_from(reservation)
        .join(sales_order, and_(o.tenant_id == tx.tenant_id, o.id == r.document_id))
        .join(customer, and_(c.tenant_id == tx.tenant_id, c.id == o.customer_id))
        .join(order_line, same_line)
        .join(sku, and_(k.tenant_id == tx.tenant_id, k.id == r.sku_id))
        .join(warehouse, and_(w.tenant_id == tx.tenant_id, w.id == r.warehouse_id))
        .where(r.tenant_id == tx.tenant_id, r.backordered > 0, visible_customers(staff, customer))
    )


def _filtered(tx: Tx, statement: Select[Any], wanted: WaitingFilter, today: date) -> Select[Any]:
    r = reservation.c
    if wanted.sku is not None:
        statement = statement.where(among(sku.c.code, storable([wanted.sku])))
    if wanted.warehouse is not None:
        statement = statement.where(among(warehouse.c.code, storable([wanted.warehouse])))
    if wanted.customer is not None:
        statement = statement.where(sales_order.c.customer_id == named_customer(tx.tenant_id, wanted.customer))
    if wanted.wanted:
        statement = statement.where(*search.matches(tx.tenant_id, SEARCH_KIND, r.sku_id, wanted.wanted))
    if wanted.overdue:
        statement = statement.where(order_line.c.promised_date < today)
    return statement


def _view(row: Any, part: WaitingPart, reasons: list[FaultView], today: date) -> WaitingRow:
    promised, expected = row.promised_date, part.expected_on
    named = [name for name in WaitingRow.__struct_fields__ if name in row._mapping]
    return WaitingRow(
        **{name: row._mapping[name] for name in named},
        order_id=row.document_id,
        held=part.held,
        waiting=part.backordered,
        priority=part.priority,
        waited_too_long=row.turn == _FIRST,
        place=part.documents_ahead + 1,
        ahead=part.ahead,
        expected_on=expected,
        late=promised is not None and (expected is None or expected > promised),
        supplies=supplies_of(part, today),
        reasons=reasons,
    )
