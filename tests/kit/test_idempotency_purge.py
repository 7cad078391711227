"""Which idempotency keys are forgotten, and when."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from tests.kit.outbox_world import Clock
from tests.support import Tenant, make_tenant

from dinghuo.integrations.order_book.known import OPENING_ROUTE, ROUTE
from dinghuo.kit.database import Database
from dinghuo.kit.idempotency import Key, remember
from dinghuo.kit.idempotency_purge import KEPT, purge_keys
from dinghuo.kit.ids import new_id
from dinghuo.kit.roles import Urls
from dinghuo.orders.submit_drafts import SUBMIT

PASSING = ("POST /api/v1/orders", "PUT /api/v1/skus")
FOREVER = (ROUTE, OPENING_ROUTE, SUBMIT)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def timed(database_urls: Urls, clock: Clock) -> AsyncIterator[Database]:
    database = Database(database_urls.app, guard=True, clock=clock, pool_size=4)
    yield database
    await database.close()


async def use(database: Database, tenant: Tenant, name: str) -> None:
    keys = [(Key(new_id(), route, name, "hash"), "{}") for route in (*PASSING, *FOREVER)]
    await database.run(tenant.id, lambda tx: remember(tx, keys))


async def known(database: Database, tenant: Tenant) -> list[tuple[str, str]]:
    async with database.transaction(tenant.id) as tx:
        return [tuple(row) for row in await tx.fetch("select key, route from idempotency_key where tenant_id = $1")]


async def test_keys_go_after_a_month_but_not_of_imports_and_carts(
    timed: Database, tenant: Tenant, clock: Clock
) -> None:
    other = await make_tenant(timed)
    await use(timed, tenant, "old")
    await use(timed, other, "old")
    clock.forward(days=KEPT.days - 1)
    await use(timed, tenant, "new")
    clock.now += timedelta(days=1)
    assert await timed.run(tenant.id, purge_keys) == 0
    clock.now += timedelta(seconds=1)
    assert await timed.run(tenant.id, lambda tx: purge_keys(tx, most=1)) == 1
    assert await timed.run(tenant.id, purge_keys) == 1
    assert await timed.run(tenant.id, purge_keys) == 0
    assert sorted(await known(timed, tenant)) == sorted(
        [("new", route) for route in (*PASSING, *FOREVER)] + [("old", route) for route in FOREVER]
    )
    assert len(await known(timed, other)) == 5
