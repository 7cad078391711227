"""Orders in bulk must be orders like others: what a list shows of them is measured."""

from datetime import UTC, datetime

import pytest
from tests.support import make_tenant

from dinghuo.entry.bench.fill_orders import BIG_CUSTOMER, SMALL_CUSTOMER, SPAN, fill_orders
from dinghuo.entry.bench.seed import seed
from dinghuo.entry.invariants import broken_invariants
from dinghuo.kit.database import Database
from dinghuo.kit.ids import new_id

UNTIL = datetime(2026, 6, 30, 12, tzinfo=UTC)


@pytest.mark.slow
async def test_orders_rise_in_time_and_break_no_invariant(database: Database) -> None:
    tenant_id = await seed(database, f"fill-{new_id().hex}")
    await fill_orders(database, tenant_id, orders=2_000, until=UNTIL)
    async with database.transaction(tenant_id) as tx:
        rows = await tx.fetch(
            "select o.id, o.state, o.placed_at, c.code from sales_order o "
            "join customer c on c.tenant_id = $1 and c.id = o.customer_id where o.tenant_id = $1 order by o.id"
        )
        lines = await tx.fetch("select order_id from order_line where tenant_id = $1")
        assert await broken_invariants(tx, tenant_id) == []
    assert [row["placed_at"] for row in rows] == [UNTIL - SPAN + SPAN * n / 2_000 for n in range(1, 2_001)]
    assert {row["id"].version for row in rows} == {7}
    assert all(row["id"].int >> 80 == int(row["placed_at"].timestamp() * 1000) for row in rows)
    assert {row["order_id"] for row in lines} == {row["id"] for row in rows}
    codes, states = [row["code"] for row in rows], [row["state"] for row in rows]
    assert (codes.count(BIG_CUSTOMER), codes.count(SMALL_CUSTOMER)) == (200, 4)
    assert (states.count("cancelled"), states.count("closed")) == (87, 1_913)


async def test_a_tenant_without_customers_cannot_be_filled(database: Database) -> None:
    tenant = await make_tenant(database)
    with pytest.raises(ExceptionGroup):
        await fill_orders(database, tenant.id, orders=10, until=UNTIL)
