"""Reading stock: what is where, what may still be promised, and move by move how it came about."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import ColumnElement, Row, Select, Subquery, and_, func, select, true, tuple_

from dinghuo.catalogue.save_skus import SEARCH_KIND
from dinghuo.catalogue.tables import sku
from dinghuo.identity.principals import Principal, StaffPrincipal
from dinghuo.inventory.tables import lot_move, reservation, stock, stock_move, warehouse
from dinghuo.kit import search
from dinghuo.kit.bulk import among, equals, within
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message, Refused
from dinghuo.kit.few import narrowed
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.refs import Ref, ref, ref_columns
from dinghuo.kit.texts import storable
from dinghuo.kit.walk import end_of_walk, walked
from dinghuo.parties.tables import region

MOVES_OF_WHAT = Message(
    "moves-of-what",
    "按类型或仓库查看出入库时，须同时指定商品或单据",
    "Moves of a kind or in a warehouse are listed for an SKU or a document: name one of them too",
    MALFORMED,
)


class WarehouseView(msgspec.Struct, frozen=True):
    """The lowest `priority` is promised from first."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    region: Ref | None
    priority: int
    latitude: Decimal | None
    longitude: Decimal | None
    state: str
    revision: int


class StockView(msgspec.Struct, frozen=True):
    """One SKU in one warehouse, in base units. `waiting` is promised to documents and not there yet;
    `barred` is of lots that are blocked or expired."""

    sku: str
    sku_name: str
    sku_name_en: str | None
    base_unit: str
    warehouse: str
    on_hand: Decimal
    allowance: Decimal
    reserved: Decimal
    safety: Decimal
    barred: Decimal
    available: Decimal
    waiting: Decimal


class MoveView(msgspec.Struct, frozen=True):
    """What was added to what is on hand, in base units. `unit_cost` only for those who may see costs."""

    id: UUID
    at: datetime
    kind: str
    sku: str
    sku_name: str
    sku_name_en: str | None
    warehouse: str
    quantity: Decimal
    document_kind: str | None
    document_id: UUID | None
    line_no: int | None
    reason: str | None
    note: str | None
    unit_cost: Decimal | UnsetType | None = UNSET


def sees_cost(seen_by: Principal | None) -> bool:
    """Whether costs may be told; None is the system itself."""
    return seen_by is None or (isinstance(seen_by, StaffPrincipal) and seen_by.sees_cost)


async def list_warehouses(tx: Tx, *, cursor: str | None = None, limit: int = 50) -> Page[WarehouseView]:
    """A page of warehouses by code."""
    same = and_(region.c.tenant_id == tx.tenant_id, region.c.id == warehouse.c.region_id)
    plain = [name for name in WarehouseView.__struct_fields__ if name != "region"]
    statement = (
        select(*(warehouse.c[name] for name in plain), *ref_columns(region, "region"))
        .outerjoin_from(warehouse, region, same)
        .where(warehouse.c.tenant_id == tx.tenant_id)
    )
    if cursor is not None:
        statement = statement.where(warehouse.c.code > decode_cursor(cursor, (str,))[0])
    rows = await tx.rows(statement.order_by(warehouse.c.code).limit(limit + 1))

    def view(row: Row[Any]) -> WarehouseView:
        values = row._mapping
        return WarehouseView(**{name: values[name] for name in plain}, region=ref(values, "region"))

    return page(rows, limit, lambda row: (row.code,), view)


def _warehouse_id(tx: Tx, code: str) -> ColumnElement[UUID]:
    w = warehouse.alias("named").c
    return select(w.id).where(w.tenant_id == tx.tenant_id, equals(w.code, code)).scalar_subquery()


def open_to_promise(s: Any) -> ColumnElement[Decimal]:
    """What can still be promised at a place: what is kept back is not, but nothing goes below zero for it."""
    uncommitted = s.on_hand + s.allowance - s.reserved
    return func.least(uncommitted, func.greatest(uncommitted - s.safety - s.barred, 0))


async def list_stock(
    tx: Tx,
    *,
    wanted: str | None = None,
    sku_code: str | None = None,
    warehouse_code: str | None = None,
    short: bool = False,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[StockView]:
    """A page of balances by SKU and warehouse code. `wanted` searches SKUs; `short`: where nothing is available, of
    so many SKUs a page (kit.walk)."""
    promised = (
        select(func.coalesce(func.sum(reservation.c.backordered), 0))
        .where(
            reservation.c.tenant_id == tx.tenant_id,
            reservation.c.sku_id == stock.c.sku_id,
            reservation.c.warehouse_id == stock.c.warehouse_id,
            reservation.c.backordered > 0,
        )
        .scalar_subquery()
    )
    s = stock.c
    key = tuple_(sku.c.code, warehouse.c.code)
    statement = (
        select(
            sku.c.code.label("sku"),
            sku.c.name.label("sku_name"),
            sku.c.name_en.label("sku_name_en"),
            sku.c.base_unit,
            warehouse.c.code.label("warehouse"),
            s.on_hand,
            s.allowance,
            s.reserved,
            s.safety,
            s.barred,
            open_to_promise(s).label("available"),
            promised.label("waiting"),
        )
        .select_from(stock)
        .join(sku, and_(sku.c.tenant_id == tx.tenant_id, sku.c.id == s.sku_id))
        .join(warehouse, and_(warehouse.c.tenant_id == tx.tenant_id, warehouse.c.id == s.warehouse_id))
        .where(s.tenant_id == tx.tenant_id)
        .order_by(sku.c.code, warehouse.c.code)
        .limit(limit + 1)
    )
    if wanted:
        statement = statement.where(*search.matches(tx.tenant_id, SEARCH_KIND, s.sku_id, wanted))
    if sku_code is not None:
        statement = statement.where(among(sku.c.code, storable([sku_code])))
    if warehouse_code is not None:
        here = s.warehouse_id == _warehouse_id(tx, warehouse_code)
        skus = select(s.sku_id).where(s.tenant_id == tx.tenant_id, here).order_by(s.sku_id)
        statement = statement.where(here, await narrowed(tx, s.sku_id, skus, otherwise=here))
    codes = select(sku.c.code).where(sku.c.tenant_id == tx.tenant_id).order_by(sku.c.code)
    if cursor is not None:
        last = decode_cursor(cursor, (str, str))
        # Of two tables no index knows the pair: the first of it is where the walk begins.
        statement = statement.where(sku.c.code >= last[0], key > tuple_(*last))
        codes = codes.where(sku.c.code >= last[0])
    end = None
    if short:
        statement = statement.where(s.on_hand + s.allowance - s.safety - s.barred <= s.reserved)
        end = await end_of_walk(tx, codes)
        if end is not None:
            statement = statement.where(sku.c.code < end)
    rows = await tx.rows(statement)
    beyond = None if end is None else (end, "")
    return walked(rows, limit, lambda row: (row.sku, row.warehouse), lambda row: StockView(**row._mapping), beyond)


async def list_moves(
    tx: Tx,
    *,
    seen_by: Principal | None,
    wanted: str | None = None,
    sku_code: str | None = None,
    warehouse_code: str | None = None,
    kind: str | None = None,
    document_id: UUID | None = None,
    lot_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[MoveView]:
    """A page of moves, the newest first. A kind or a warehouse is sought among those of an SKU or a document."""
    narrowed = wanted or lot_id is not None or sku_code is not None or document_id is not None
    if (kind is not None or warehouse_code is not None) and not narrowed:
        raise Refused(MOVES_OF_WHAT("sku"))
    m = stock_move.c
    statement = select(stock_move).where(m.tenant_id == tx.tenant_id)
    if warehouse_code is not None:
        statement = statement.where(m.warehouse_id == _warehouse_id(tx, warehouse_code))
    if lot_id is not None:
        lm = lot_move.c
        statement = statement.where(
            within(m.id, select(lm.move_id).where(lm.tenant_id == tx.tenant_id, lm.lot_id == lot_id))
        )
    if kind is not None:
        statement = statement.where(m.kind == kind)
    if document_id is not None:
        statement = statement.where(m.document_id == document_id)
    if cursor is not None:
        statement = statement.where(m.id < decode_cursor(cursor, (UUID,))[0])
    newest = statement.order_by(m.id.desc()).limit(limit + 1)
    goods = _sought(tx, sku_code, wanted)
    found = _of_goods(tx, newest, goods) if goods else newest.subquery("stock_move")
    rows = await tx.rows(_named(tx, found, sees_cost=sees_cost(seen_by)).limit(limit + 1))
    return page(rows, limit, lambda row: (row.id,), lambda row: MoveView(**row._mapping))


def _sought(tx: Tx, sku_code: str | None, wanted: str | None) -> list[ColumnElement[bool]]:
    """The conditions on `sku` that a code and a search make."""
    conditions = [] if sku_code is None else [among(sku.c.code, storable([sku_code]))]
    return conditions + (search.matches(tx.tenant_id, SEARCH_KIND, sku.c.id, wanted) if wanted else [])


def _of_goods(tx: Tx, newest: Select[Any], goods: Sequence[ColumnElement[bool]]) -> Subquery:
    """The newest of each SKU in each warehouse, merged: whatever else was moved is never walked over."""
    m, kind, place = stock_move.c, sku.c, warehouse.c
    of_one = newest.where(m.sku_id == kind.id, m.warehouse_id == place.id).correlate(sku, warehouse).lateral("of_one")
    merged = (
        select(of_one)
        .select_from(sku.join(warehouse, place.tenant_id == tx.tenant_id).join(of_one, true()))
        .where(kind.tenant_id == tx.tenant_id, *goods)
    )
    return merged.subquery("stock_move")


def _named(tx: Tx, found: Subquery, *, sees_cost: bool) -> Select[Any]:
    """Moves with what people call their SKU and warehouse."""
    m = found.c
    names = [name for name in MoveView.__struct_fields__ if name in m and (name != "unit_cost" or sees_cost)]
    return (
        select(
            *(m[name] for name in names),
            sku.c.code.label("sku"),
            sku.c.name.label("sku_name"),
            sku.c.name_en.label("sku_name_en"),
            warehouse.c.code.label("warehouse"),
        )
        .select_from(found)
        .join(sku, and_(sku.c.tenant_id == tx.tenant_id, sku.c.id == m.sku_id))
        .join(warehouse, and_(warehouse.c.tenant_id == tx.tenant_id, warehouse.c.id == m.warehouse_id))
        .order_by(m.id.desc())
    )


_AVAILABLE = """
select s.sku_id, sum(greatest(s.on_hand + s.allowance - s.reserved - s.safety - s.barred, 0)) as available
from stock s
join warehouse w on w.tenant_id = $1 and w.id = s.warehouse_id and w.state = 'active'
where s.tenant_id = $1 and s.sku_id = any($2::uuid[])
group by s.sku_id
"""


async def availability(tx: Tx, sku_ids: Collection[UUID]) -> dict[UUID, Decimal]:
    """What may still be promised of each SKU in all open warehouses together, in base units; never below zero."""
    rows = await tx.fetch(_AVAILABLE, list(sku_ids))
    found = {row["sku_id"]: row["available"] for row in rows}
    return {sku_id: found.get(sku_id, Decimal(0)) for sku_id in sku_ids}
