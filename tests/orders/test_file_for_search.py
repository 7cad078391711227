"""Orders are found by what people remember of them, once the background work is done."""

import asyncio

from sqlalchemy import select
from tests.orders.asking import ask, line, placed, wanted
from tests.world import World

from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.database import Database
from dinghuo.kit.outbox_run import drain
from dinghuo.kit.search import matches
from dinghuo.orders.file_for_search import SEARCH_KIND
from dinghuo.orders.tables import sales_order


async def found(database: Database, tenant_id: int, query: str) -> set[str]:
    async with database.transaction(tenant_id) as tx:
        rows = await tx.rows(
            select(sales_order.c.number).where(
                sales_order.c.tenant_id == tenant_id, *matches(tenant_id, SEARCH_KIND, sales_order.c.id, query)
            )
        )
    return {row.number for row in rows}


async def test_orders_are_found_by_number_and_customer(database: Database, world: World) -> None:
    tenant_id = world.tenant.id
    outcomes = await ask(database, tenant_id, wanted("K1", line("COLA", 1)), wanted("K2", line("COLA", 1)))
    first, second = (placed(outcome).number for outcome in outcomes)
    assert await found(database, tenant_id, first) == set()
    await asyncio.gather(drain(database, tenant_id, BY_KIND), drain(database, tenant_id, BY_KIND))
    assert await found(database, tenant_id, first) == {first}
    assert await found(database, tenant_id, second.lower()) == {second}
    async with database.transaction(tenant_id) as tx:
        [customer] = await tx.rows(
            select(sales_order.c.customer_name).where(
                sales_order.c.tenant_id == tenant_id, sales_order.c.number == first
            )
        )
    assert first in await found(database, tenant_id, customer.customer_name)
