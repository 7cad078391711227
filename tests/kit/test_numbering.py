"""Document numbers: drawn once, whoever shares a prefix, now or later."""

from tests.support import Tenant

from dinghuo.kit.database import Database


async def test_numbers_rise_and_never_come_twice(database: Database, tenant: Tenant) -> None:
    numbers = database.numbers
    assert await numbers.take(tenant.id, "SO", "", 2026, 2) == ["SO-2026-000001", "SO-2026-000002"]
    assert await numbers.take(tenant.id, "SO", "SH", 2026, 1) == ["SO-SH2026-000001"]
    assert await numbers.take(tenant.id, "GR", "", 2026, 1) == ["GR-2026-000001"]
    assert await numbers.take(tenant.id, "SO", "", 2026, 1) == ["SO-2026-000003"]


async def test_a_block_is_drawn_at_once_and_another_process_draws_the_next(
    database: Database, tenant: Tenant
) -> None:
    assert len(set(await database.numbers.take(tenant.id, "SO", "", 2026, 500))) == 500
    other = Database(database.url, guard=True, pool_size=1)
    assert await other.numbers.take(tenant.id, "SO", "", 2026, 1) == ["SO-2026-000501"]
    await other.close()
