"""Document numbers: drawn once, whoever shares a prefix, now or later."""

import asyncio

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


async def test_what_was_left_may_be_taken_while_a_block_is_on_its_way(database: Database, tenant: Tenant) -> None:
    take = database.numbers.take
    first = await take(tenant.id, "SO", "", 2026, 100)
    many, few = await asyncio.gather(take(tenant.id, "SO", "", 2026, 600), take(tenant.id, "SO", "", 2026, 100))
    assert few == [f"SO-2026-{n:06d}" for n in range(101, 201)]
    assert many == [f"SO-2026-{n:06d}" for n in range(201, 801)]
    assert len({*first, *few, *many}) == 800


async def test_numbers_that_documents_came_with_are_passed_over(database: Database, tenant: Tenant) -> None:
    numbers = database.numbers
    assert await numbers.take(tenant.id, "SO", "", 2026, 1) == ["SO-2026-000001"]
    taken = ["536365", "SO-2026-000070", "SO-2026-000005", "SO-SH2026-001000", "GR-2026-000300", "SO-2026-70"]
    await numbers.pass_over(tenant.id, "SO", [*taken, "SO-2026-0000900", "SO-2026-99999999"])
    await numbers.pass_over(tenant.id, "SO", ["SO-2026-000050"])
    assert await numbers.take(tenant.id, "SO", "", 2026, 1) == ["SO-2026-000071"]
    assert await numbers.take(tenant.id, "SO", "SH", 2026, 1) == ["SO-SH2026-001001"]
    assert await numbers.take(tenant.id, "GR", "", 2026, 1) == ["GR-2026-000001"]
    await numbers.pass_over(tenant.id, "SO", ["SO-2026-000900"])
    assert await numbers.take(tenant.id, "SO", "", 2026, 1) == ["SO-2026-000901"]
