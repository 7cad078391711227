"""What a process remembers of master data is never older than committed, and never of a change that was undone."""

import pytest
from sqlalchemy import text
from tests.support import Tenant

from dinghuo.kit.cache import TenantCaches, touch
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.outages import is_away


class Undone(Exception):
    pass


async def remembered(database: Database, tenant: Tenant) -> dict[object, object]:
    async with database.transaction(tenant.id) as tx:
        return dict(await tx.cached("parties"))


async def remember(database: Database, tenant: Tenant, what: str) -> None:
    async with database.transaction(tenant.id) as tx:
        (await tx.cached("parties"))["fact"] = what


async def test_a_committed_change_is_forgotten_by_every_reader(database: Database, tenant: Tenant) -> None:
    await remember(database, tenant, "old")
    assert await remembered(database, tenant) == {"fact": "old"}
    await database.run(tenant.id, lambda tx: touch(tx, "parties"))
    assert await remembered(database, tenant) == {}


async def test_a_transaction_that_wrote_and_was_undone_leaves_no_memory(database: Database, tenant: Tenant) -> None:
    async def undone(tx: Tx) -> None:
        await touch(tx, "parties")
        (await tx.cached("parties"))["fact"] = "never so"
        raise Undone

    with pytest.raises(Undone):
        await database.run(tenant.id, undone)
    await database.run(tenant.id, lambda tx: touch(tx, "parties"))
    assert await remembered(database, tenant) == {}


async def test_a_commit_that_failed_leaves_no_memory(database: Database, tenant: Tenant) -> None:
    with pytest.raises(Exception) as lost:
        async with database.transaction(tenant.id) as tx:
            await touch(tx, "parties")
            (await tx.cached("parties"))["fact"] = "never so"
            pid = (await tx.fetch("select pg_backend_pid() as pid where $1::bigint > 0"))[0]["pid"]
            async with database.untenanted() as other:
                await other.execute(text("select pg_terminate_backend(:pid, 1000)"), {"pid": pid})
    assert is_away(lost.value)
    await database.run(tenant.id, lambda tx: touch(tx, "parties"))
    assert await remembered(database, tenant) == {}


async def test_a_refusal_that_wrote_nothing_costs_no_memory(database: Database, tenant: Tenant) -> None:
    await remember(database, tenant, "kept")
    with pytest.raises(Undone):
        async with database.transaction(tenant.id) as tx:
            await tx.versions()
            raise Undone
    assert await remembered(database, tenant) == {"fact": "kept"}


def test_an_older_transaction_gets_a_memory_of_its_own() -> None:
    caches = TenantCaches()
    caches.get(1, "parties", 2)["fact"] = "new"
    older = caches.get(1, "parties", 1)
    assert older == {}
    older["fact"] = "old"
    assert caches.get(1, "parties", 2) == {"fact": "new"}
