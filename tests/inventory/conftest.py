from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import pytest
from tests.callers import owner, staff
from tests.master import Goods, make_goods, make_warehouses
from tests.support import Tenant

from dinghuo.inventory.adjust import Adjustment, adjust
from dinghuo.inventory.count import Counted, count
from dinghuo.inventory.receive import GoodsReceipt, ReceiptLine, receive
from dinghuo.inventory.reserve import ReservationRow, lock_stock, move_reserved, write_reservations
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.ids import new_id

__all__ = ["owner", "staff"]

T = TypeVar("T")


@dataclass(frozen=True)
class Depot:
    """A tenant with backordered goods A and B (12 瓶 a 箱) and the warehouses W1, preferred, and W2."""

    database: Database
    tenant: Tenant
    goods: Goods
    warehouses: Mapping[str, UUID]

    @property
    def by(self) -> Actor:
        return self.tenant.owner

    async def run(self, command: Callable[[Tx], Awaitable[T]]) -> T:
        return await self.database.run(self.tenant.id, command)

    async def receive(self, sku: str, quantity: int, warehouse: str = "W1") -> None:
        receipt = GoodsReceipt(warehouse, [ReceiptLine(sku, Decimal(quantity))])
        await self.run(lambda tx: receive(tx, receipts=[receipt], by=self.by))

    async def count(self, sku: str, quantity: int, warehouse: str = "W1") -> None:
        counted = [Counted(warehouse, sku, Decimal(quantity))]
        await self.run(lambda tx: count(tx, counted=counted, by=self.by))

    async def adjust(self, sku: str, quantity: int, warehouse: str = "W1") -> None:
        adjustments = [Adjustment(warehouse, sku, Decimal(quantity), "damaged")]
        await self.run(lambda tx: adjust(tx, adjustments=adjustments, by=self.by))

    async def promise(self, *wanted: tuple[str, int]) -> UUID:
        """A document whose lines want so much each, as placing an order promises it."""
        document_id = new_id()

        async def reserve(tx: Tx) -> None:
            ids = [self.goods.skus[sku] for sku, _ in wanted]
            stock = await lock_stock(tx, ids, open_missing=ids)
            rows = [
                ReservationRow(
                    document_id=document_id,
                    line_no=number,
                    sku_id=self.goods.skus[sku],
                    warehouse_id=part.warehouse_id,
                    held=part.held,
                    backordered=part.backordered,
                )
                for number, (sku, quantity) in enumerate(wanted, start=1)
                for part in stock.take(self.goods.skus[sku], Decimal(quantity), backorder=True) or ()
            ]
            await write_reservations(tx, rows)
            held: dict[tuple[UUID, UUID], Decimal] = {}
            for row in rows:
                held[row.sku_id, row.warehouse_id] = held.get((row.sku_id, row.warehouse_id), Decimal(0)) + row.held
            await move_reserved(tx, held)

        await self.run(reserve)
        return document_id

    async def rows(self, sql: str, *arguments: object) -> Sequence[tuple[Any, ...]]:
        async with self.database.transaction(self.tenant.id) as tx:
            return [tuple(row.values()) for row in await tx.fetch(sql, *arguments)]

    async def levels(self) -> Mapping[tuple[str, str], tuple[int, int, int]]:
        """On hand, allowance and reserved by (SKU, warehouse)."""
        rows = await self.rows(
            """select s.code, w.code, b.on_hand::int, b.allowance::int, b.reserved::int from stock b
            join sku s on s.tenant_id = $1 and s.id = b.sku_id
            join warehouse w on w.tenant_id = $1 and w.id = b.warehouse_id where b.tenant_id = $1"""
        )
        return {(row[0], row[1]): row[2:] for row in rows}

    async def promises(self, document_id: UUID) -> Sequence[tuple[Any, ...]]:
        """Line, held, backordered, consumed, released of a document, line by line."""
        return await self.rows(
            """select line_no, held::int, backordered::int, consumed::int, released::int from reservation
            where tenant_id = $1 and document_id = $2 order by line_no, held""",
            document_id,
        )

    async def moves(self) -> Sequence[tuple[Any, ...]]:
        return await self.rows("select kind, quantity::int from stock_move where tenant_id = $1 order by id")

    async def news(self) -> Sequence[tuple[Any, ...]]:
        """Kind, document and quantities of the events of documents so far."""
        rows = await self.rows(
            """select kind, subject_id, data from outbox_event
            where tenant_id = $1 and kind in ('inventory.backordered', 'inventory.filled') order by id"""
        )
        return [(kind, id, [int(float(line["quantity"])) for line in data["lines"]]) for kind, id, data in rows]

    async def traces(self) -> Mapping[str, Any]:
        tables = (
            "stock",
            "reservation",
            "stock_move",
            "goods_receipt",
            "goods_receipt_line",
            "outbox_event",
            "audit_entry",
        )
        found: dict[str, Any] = {t: await self.rows(f"select count(*) from {t} where tenant_id = $1") for t in tables}
        found["warehouses"] = await self.rows("select * from warehouse where tenant_id = $1 order by code")
        held = await self.rows("select * from reservation where tenant_id = $1 order by 2, 3, 4")
        return found | {"levels": await self.levels(), "held": held}

    async def refused(self, command: Callable[[Tx], Awaitable[object]]) -> list[tuple[str, str, int | None]]:
        """The faults of a command's refusal, which leaves no trace: (code, field, line)."""
        before = await self.traces()
        with pytest.raises(Refused) as refusal:
            await self.run(command)
        assert await self.traces() == before
        return [(fault.message.code, fault.field, fault.line) for fault in refusal.value.faults]


@pytest.fixture
async def depot(database: Database, tenant: Tenant) -> Depot:
    goods = await make_goods(database, tenant, "A", "B", policy="backorder")
    codes = ("W1", "W2")
    warehouses = dict(zip(codes, await make_warehouses(database, tenant, *codes), strict=True))
    return Depot(database, tenant, goods, warehouses)
