"""Reading goods receipts."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import Select, and_, select

from dinghuo.catalogue.tables import sku
from dinghuo.identity.principals import Principal
from dinghuo.inventory.queries import sees_cost
from dinghuo.inventory.receive import SEARCH_KIND
from dinghuo.inventory.tables import goods_receipt, goods_receipt_line, warehouse
from dinghuo.kit import search
from dinghuo.kit.bulk import equals
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page


class ReceiptSummary(msgspec.Struct, frozen=True):
    id: UUID
    number: str
    warehouse: str
    supplier: str | None
    reference: str | None
    note: str | None
    received_at: datetime
    created_at: datetime


class ReceiptLineView(msgspec.Struct, frozen=True):
    """`unit_cost`, per unit and without tax, only for those who may see costs."""

    line_no: int
    sku: str
    sku_name: str
    sku_name_en: str | None
    unit: str
    quantity: Decimal
    base_quantity: Decimal
    unit_cost: Decimal | UnsetType | None = UNSET


class ReceiptDetail(ReceiptSummary, frozen=True):
    lines: list[ReceiptLineView]


def _receipts(tx: Tx) -> Select[Any]:
    columns = [column for name, column in goods_receipt.c.items() if name in ReceiptSummary.__struct_fields__]
    return (
        select(*columns, warehouse.c.code.label("warehouse"))
        .select_from(goods_receipt)
        .join(warehouse, and_(warehouse.c.tenant_id == tx.tenant_id, warehouse.c.id == goods_receipt.c.warehouse_id))
        .where(goods_receipt.c.tenant_id == tx.tenant_id)
    )


async def list_receipts(
    tx: Tx,
    *,
    warehouse_code: str | None = None,
    wanted: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ReceiptSummary]:
    """A page of receipts, the last booked first. `wanted` searches numbers, suppliers, references."""
    statement = _receipts(tx)
    if warehouse_code is not None:
        w = warehouse.alias("named").c
        named = select(w.id).where(w.tenant_id == tx.tenant_id, equals(w.code, warehouse_code))
        statement = statement.where(goods_receipt.c.warehouse_id == named.scalar_subquery())
    if wanted:
        statement = statement.where(*search.matches(tx.tenant_id, SEARCH_KIND, goods_receipt.c.id, wanted))
    if cursor is not None:
        statement = statement.where(goods_receipt.c.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement.order_by(goods_receipt.c.id.desc()).limit(limit + 1))
    return page(rows, limit, lambda row: (row.id,), lambda row: ReceiptSummary(**row._mapping))


async def get_receipt(tx: Tx, receipt_id: UUID, *, seen_by: Principal | None) -> ReceiptDetail:
    """One receipt with its lines; refused as missing when it is not there."""
    head = await tx.one(_receipts(tx).where(goods_receipt.c.id == receipt_id))
    if head is None:
        raise missing("goods receipt", receipt_id)
    c = goods_receipt_line.c
    names = [
        name
        for name in ReceiptLineView.__struct_fields__
        if name in c and (name != "unit_cost" or sees_cost(seen_by))
    ]
    rows = await tx.rows(
        select(
            *(c[name] for name in names),
            sku.c.code.label("sku"),
            sku.c.name.label("sku_name"),
            sku.c.name_en.label("sku_name_en"),
        )
        .select_from(goods_receipt_line)
        .join(sku, and_(sku.c.tenant_id == tx.tenant_id, sku.c.id == c.sku_id))
        .where(c.tenant_id == tx.tenant_id, c.receipt_id == receipt_id)
        .order_by(c.line_no)
    )
    return ReceiptDetail(**head._mapping, lines=[ReceiptLineView(**row._mapping) for row in rows])
