"""Importing order books into a tenant of a test."""

from datetime import date
from pathlib import Path
from typing import Any

from tests.integrations.order_book.files import HEADER, MAPPING
from tests.support import Tenant

from dinghuo.entry.invariants import broken_invariants
from dinghuo.integrations.order_book import OrderBook, Report, read_order_book, run_order_book
from dinghuo.integrations.sheets import Mapping
from dinghuo.kit.database import Database


async def read(
    database: Database,
    tenant: Tenant,
    *rows: str,
    header: str = HEADER,
    mapping: Mapping = MAPPING,
    live_from: date | None = None,
) -> OrderBook:
    source = "\n".join([header, *rows, ""]).encode()
    return await read_order_book(database, tenant.id, source, mapping, name="book.csv", live_from=live_from)


async def imported(database: Database, tenant: Tenant, *rows: str, **options: Any) -> Report:
    return await run_order_book(database, tenant.id, await read(database, tenant, *rows, **options))


async def imported_file(database: Database, tenant: Tenant, path: Path, mapping: Mapping) -> Report:
    return await run_order_book(database, tenant.id, await read_order_book(database, tenant.id, path, mapping))


async def rows_of(database: Database, tenant: Tenant, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
    async with database.transaction(tenant.id) as tx:
        return [tuple(row) for row in await tx.fetch(sql, *arguments)]


async def assert_sound(database: Database, tenant: Tenant) -> None:
    """Every ledger is in order."""
    async with database.transaction(tenant.id) as tx:
        assert await broken_invariants(tx, tenant.id) == []


# What a tenant's books hold, without ids and the moments of writing.
_BOOKS = {
    "orders": """
        select o.number, c.code, o.state, o.currency, o.net, o.tax, o.gross, o.placed_at, o.is_history, o.channel,
          l.line_no, l.sku_code, l.sku_name, l.unit, l.quantity, l.base_quantity, l.deal_price, l.shipped, l.cancelled
        from sales_order o
        join customer c on c.tenant_id = $1 and c.id = o.customer_id
        join order_line l on l.tenant_id = $1 and l.order_id = o.id
        where o.tenant_id = $1 order by o.number, l.line_no""",
    "returns": """
        select r.number, r.line_no, r.quantity, r.price, r.amount, r.at, o.number, r.order_line_no
        from historical_return r left join sales_order o on o.tenant_id = $1 and o.id = r.order_id
        where r.tenant_id = $1 order by r.number, r.line_no, o.number, r.order_line_no, r.quantity""",
    "moves": """
        select m.kind, m.at, k.code, w.code, m.quantity, m.document_kind, m.line_no
        from stock_move m
        join sku k on k.tenant_id = $1 and k.id = m.sku_id
        join warehouse w on w.tenant_id = $1 and w.id = m.warehouse_id
        where m.tenant_id = $1 order by m.kind, m.at, k.code, m.quantity, m.document_kind, m.line_no""",
    "stock": """
        select k.code, w.code, s.on_hand, s.reserved
        from stock s
        join sku k on k.tenant_id = $1 and k.id = s.sku_id
        join warehouse w on w.tenant_id = $1 and w.id = s.warehouse_id
        where s.tenant_id = $1 order by k.code, w.code""",
    "accounts": """
        select c.code, a.currency, a.open, e.bucket, e.verb, e.amount
        from account a
        join customer c on c.tenant_id = $1 and c.id = a.customer_id
        join account_entry e on e.tenant_id = $1 and e.account_id = a.id
        where a.tenant_id = $1 order by c.code, e.amount, e.verb""",
    "customers": """
        select c.code, c.name, c.country, r.code, c.currency from customer c
        left join region r on r.tenant_id = $1 and r.id = c.region_id where c.tenant_id = $1 order by c.code""",
    "skus": "select code, name, base_unit, sales_unit, tax_rate from sku where tenant_id = $1 order by code",
    "prices": """
        select l.code, l.currency, l.state, l.tax_inclusive, k.code, e.unit, e.price
        from price_entry e
        join price_list l on l.tenant_id = $1 and l.id = e.list_id
        join sku k on k.tenant_id = $1 and k.id = e.sku_id
        where e.tenant_id = $1 order by l.code, k.code""",
}


async def books(database: Database, tenant: Tenant) -> dict[str, list[tuple[Any, ...]]]:
    """All that an import writes, as people would compare it."""
    return {name: await rows_of(database, tenant, sql) for name, sql in _BOOKS.items()}
