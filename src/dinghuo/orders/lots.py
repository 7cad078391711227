"""Lots and orders: which lots an order would get, and to whom a lot went (recall)."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import and_, select

from dinghuo.catalogue.quantities import plain
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.scopes import visible_customers
from dinghuo.inventory.lots.book import NOT_FRESH, lots_there
from dinghuo.inventory.lots.pick import NEVER, LotThere, Terms, pick
from dinghuo.inventory.lots.queries import LotDetail, LotPlace, get_lot, moves_of
from dinghuo.inventory.lots.tracked import load_lives, load_tracked
from dinghuo.inventory.supply import today_of
from dinghuo.inventory.tables import lot_move, reservation, stock, stock_move, warehouse
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import FaultView, Language, Refused, fault_view
from dinghuo.kit.money import ZERO
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.orders import faults as say
from dinghuo.orders.tables import order_line, sales_order
from dinghuo.parties.tables import customer

_MOST_MOVES = 1000


class LotOfLine(msgspec.Struct, frozen=True):
    """So much of a lot; `expires_on` null: never."""

    number: str
    quantity: Decimal
    expires_on: date | None
    days_left: int | None


class LineLots(msgspec.Struct, frozen=True, kw_only=True):
    """The lots that what a line holds in one warehouse would be taken from now."""

    line_no: int
    sku: str
    warehouse: str
    held: Decimal
    loose: Decimal
    missing: Decimal
    lots: list[LotOfLine]
    reasons: list[FaultView]


class OrderLots(msgspec.Struct, frozen=True):
    """`days` is for how long the customer wants goods to be good."""

    id: UUID
    days: int
    lines: list[LineLots]


async def days_of_orders(tx: Tx, order_ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """For how many days more the goods of these orders must be good: what `consume` is told."""
    lives = await load_lives(tx)
    o, c = sales_order.c, customer.c
    rows = await tx.rows(
        select(o.id, o.customer_id, c.tier_id)
        .join(customer, and_(c.tenant_id == o.tenant_id, c.id == o.customer_id))
        .where(o.tenant_id == tx.tenant_id, c.tenant_id == tx.tenant_id, among(o.id, list(order_ids)))
    )
    return {row.id: lives.of(row.customer_id, row.tier_id) for row in rows}


async def lots_of_order(tx: Tx, order_id: UUID, *, staff: StaffPrincipal, language: Language) -> OrderLots:
    """Which lots an order would get: the first to expire first, of those that are good for long enough."""
    o, c, r = sales_order.c, customer.c, reservation.c
    seen = await tx.one(
        select(o.id)
        .join(customer, and_(c.tenant_id == o.tenant_id, c.id == o.customer_id))
        .where(o.tenant_id == tx.tenant_id, c.tenant_id == tx.tenant_id, o.id == order_id)
        .where(visible_customers(staff, customer))
    )
    if seen is None:
        raise Refused(say.UNKNOWN_ORDER("id"))
    days = (await days_of_orders(tx, [order_id]))[order_id]
    tracked = await load_tracked(tx)
    rows = await tx.rows(
        select(r.line_no, r.sku_id, r.warehouse_id, r.held, order_line.c.sku_code, warehouse.c.code, stock.c.on_hand)
        .select_from(reservation)
        .join(
            order_line,
            and_(
                order_line.c.tenant_id == tx.tenant_id,
                order_line.c.order_id == r.document_id,
                order_line.c.line_no == r.line_no,
            ),
        )
        .join(warehouse, and_(warehouse.c.tenant_id == tx.tenant_id, warehouse.c.id == r.warehouse_id))
        .join(
            stock,
            and_(
                stock.c.tenant_id == tx.tenant_id,
                stock.c.sku_id == r.sku_id,
                stock.c.warehouse_id == r.warehouse_id,
            ),
        )
        .where(r.tenant_id == tx.tenant_id, r.document_id == order_id, r.held > 0)
        .order_by(r.line_no, warehouse.c.code)
    )
    rows = [row for row in rows if row.sku_id in tracked]
    there = await lots_there(tx, sorted({(row.sku_id, row.warehouse_id) for row in rows}))
    terms = Terms(await today_of(tx), days)
    loose = {
        (row.sku_id, row.warehouse_id): row.on_hand
        - sum((lot.on_hand for lot in there.get((row.sku_id, row.warehouse_id), ())), ZERO)
        for row in rows
    }
    lines = []
    for row in rows:
        place = (row.sku_id, row.warehouse_id)
        picked = pick(there[place], loose[place], row.held, terms)
        loose[place] -= picked.loose
        taken = {lot.lot_id: quantity for lot, quantity in picked.lots}
        there[place] = [_less(lot, taken.get(lot.lot_id, ZERO)) for lot in there[place]]
        faults = [NOT_FRESH("lines", line=row.line_no, days=days, missing=plain(picked.missing))]
        lines.append(
            LineLots(
                line_no=row.line_no,
                sku=row.sku_code,
                warehouse=row.code,
                held=row.held,
                loose=picked.loose,
                missing=picked.missing,
                lots=[_told(lot, quantity, terms.today) for lot, quantity in picked.lots],
                reasons=[fault_view(fault, language) for fault in faults if picked.missing],
            )
        )
    return OrderLots(order_id, days, lines)


def _less(lot: LotThere, quantity: Decimal) -> LotThere:
    return msgspec.structs.replace(lot, on_hand=lot.on_hand - quantity)


def _told(lot: LotThere, quantity: Decimal, today: date) -> LotOfLine:
    never = lot.expires_on == NEVER
    return LotOfLine(
        lot.number, quantity, None if never else lot.expires_on, None if never else (lot.expires_on - today).days
    )


class LotIssue(msgspec.Struct, frozen=True, kw_only=True):
    """What of a lot left for one line of an order, or came back (below zero)."""

    id: UUID
    at: datetime
    customer: str
    customer_name: str
    number: str
    customer_reference: str | None
    line_no: int | None
    warehouse: str
    quantity: Decimal


async def list_issues(
    tx: Tx, lot_id: UUID, *, staff: StaffPrincipal, cursor: str | None = None, limit: int = 50
) -> Page[LotIssue]:
    """A page of what customers in the reader's scope got of a lot, the first to get any first."""
    await get_lot(tx, lot_id, staff=staff, language="zh")
    m, s, o, c, w = lot_move.c, stock_move.c, sales_order.c, customer.c, warehouse.c
    statement = (
        select(
            m.id,
            s.at,
            c.code.label("customer"),
            c.name.label("customer_name"),
            o.number,
            o.customer_reference,
            s.line_no,
            w.code.label("warehouse"),
            (-m.quantity).label("quantity"),
        )
        .select_from(lot_move)
        .join(stock_move, and_(s.tenant_id == tx.tenant_id, s.id == m.move_id, s.document_kind == "order"))
        .join(sales_order, and_(o.tenant_id == tx.tenant_id, o.id == s.document_id))
        .join(customer, and_(c.tenant_id == tx.tenant_id, c.id == o.customer_id))
        .join(warehouse, and_(w.tenant_id == tx.tenant_id, w.id == s.warehouse_id))
        .where(m.tenant_id == tx.tenant_id, m.lot_id == lot_id, visible_customers(staff, customer))
        .order_by(m.id)
        .limit(limit + 1)
    )
    if cursor is not None:
        statement = statement.where(m.id > decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement)
    return page(rows, limit, lambda row: (row.id,), lambda row: LotIssue(**row._mapping))


class TracedMove(msgspec.Struct, frozen=True, kw_only=True):
    """What happened to a lot; the order's number and customer where it went to one."""

    at: datetime
    kind: str
    warehouse: str
    quantity: Decimal
    document_kind: str | None
    document_id: UUID | None
    number: str | None
    customer: str | None
    customer_name: str | None


class TracedCustomer(msgspec.Struct, frozen=True):
    """What a customer got of a lot, less what came back."""

    code: str
    name: str
    quantity: Decimal
    orders: int


class Trace(msgspec.Struct, frozen=True, kw_only=True):
    """Where a lot came from and went. `customers` are those in the reader's scope; `others` went to others.

    `more`: it moved more often than is told here.
    """

    lot: LotDetail
    received: Decimal
    on_hand: Decimal
    issued: Decimal
    others: Decimal
    customers: list[TracedCustomer]
    warehouses: list[LotPlace]
    moves: list[TracedMove]
    more: bool


async def trace_lot(tx: Tx, lot_id: UUID, *, staff: StaffPrincipal, language: Language) -> Trace:
    """Where a lot went: to which customers, by which orders, and what of it is still in which warehouse."""
    lot = await get_lot(tx, lot_id, staff=staff, language=language)
    found = await moves_of(tx, lot_id, most=_MOST_MOVES + 1)
    moves = found[:_MOST_MOVES]
    o, c = sales_order.c, customer.c
    ids = {move.document_id for move in moves if move.document_kind == "order" and move.document_id}
    rows = await tx.rows(
        select(o.id, o.number, c.code, c.name)
        .join(customer, and_(c.tenant_id == o.tenant_id, c.id == o.customer_id))
        .where(o.tenant_id == tx.tenant_id, c.tenant_id == tx.tenant_id, among(o.id, sorted(ids)))
        .where(visible_customers(staff, customer))
    )
    orders = {row.id: row for row in rows}
    got: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    by: dict[tuple[str, str], set[UUID]] = defaultdict(set)
    others = ZERO
    for move in moves:
        if move.document_id in ids and move.document_id is not None:
            order = orders.get(move.document_id)
            if order is None:
                others -= move.quantity
                continue
            got[order.code, order.name] -= move.quantity
            by[order.code, order.name].add(order.id)
    traced = []
    for move in moves:
        order = orders.get(move.document_id) if move.document_id else None
        hidden = move.document_id in ids and order is None
        traced.append(
            TracedMove(
                at=move.at,
                kind=move.kind,
                warehouse=move.warehouse,
                quantity=move.quantity,
                document_kind=move.document_kind,
                document_id=None if hidden else move.document_id,
                number=order.number if order else None,
                customer=order.code if order else None,
                customer_name=order.name if order else None,
            )
        )
    return Trace(
        lot=lot,
        received=sum((move.quantity for move in moves if move.kind == "receipt"), ZERO),
        on_hand=lot.on_hand,
        issued=-sum((move.quantity for move in moves if move.kind in ("issue", "return")), ZERO),
        others=others,
        customers=[TracedCustomer(*who, quantity, len(by[who])) for who, quantity in sorted(got.items())],
        warehouses=lot.stock,
        moves=traced,
        more=len(found) > _MOST_MOVES,
    )
