"""Inserts written together: one statement, all of them or none."""

import asyncio

import pytest
from tests.statements import statements
from tests.support import Tenant

from dinghuo.kit import audit, idempotency, outbox
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database, RetryTransaction, Tx
from dinghuo.kit.idempotency import Key
from dinghuo.kit.ids import new_id
from dinghuo.kit.joined import joined
from dinghuo.kit.outbox import Event


class Happened(Event, frozen=True, tag="tests.happened"):
    """Something."""


def test_each_insert_keeps_its_own_parameters() -> None:
    first = "insert into a select $1, x, $3 from f($2) on conflict do nothing"
    second = "insert into b select $1, $2, $3, $4"
    both = joined((first, second))
    assert both.sql == (
        "with part_0 as (insert into a select $1, x, $3 from f($2) on conflict do nothing returning 1), "
        "part_1 as (insert into b select $1, $4, $5, $6) select (select count(*) from part_0) as rows_0"
    )
    assert both.counted == ((0, "rows_0"),)


def _key(word: str) -> Key:
    return Key(new_id(), "POST /here", word, "hash")


async def _write(tx: Tx, key: Key, times: int = 1) -> None:
    """An event, an entry of the audit and a key, so many times."""
    for _ in range(times):
        await outbox.emit(tx, [Happened(subject_id=key.principal_id)])
        await audit.record(tx, [audit.Change("thing", key.principal_id, "made", SYSTEM, {"name": [None, "甲"]})])
    await idempotency.remember(tx, [(key, '{"made":"甲"}')])


async def _together(tx: Tx, key: Key, times: int = 1) -> None:
    async with tx.together():
        await _write(tx, key, times)


async def _there(tx: Tx, key: Key) -> tuple[int, int, bool]:
    """How many events and entries there are of it, and whether its key is known."""
    (row,) = await tx.fetch(
        "select (select count(*) from outbox_event e where e.tenant_id = $1 and e.subject_id = $2) as events,"
        " (select count(*) from audit_entry a where a.tenant_id = $1 and a.subject_id = $2) as entries",
        key.principal_id,
    )
    return row["events"], row["entries"], key.identity in await idempotency.look_up(tx, [key])


async def test_all_is_written_by_one_statement(database: Database, tenant: Tenant) -> None:
    key = _key("one")
    assert await statements(database, tenant, lambda tx: _write(tx, _key("apart"), 2)) == 5
    assert await statements(database, tenant, lambda tx: _together(tx, key, 2)) == 1
    async with database.transaction(tenant.id) as tx:
        assert await _there(tx, key) == (2, 2, True)


async def test_nothing_is_sent_when_there_is_nothing_to_write(database: Database, tenant: Tenant) -> None:
    async def nothing(tx: Tx) -> None:
        async with tx.together():
            await outbox.emit(tx, [])

    assert await statements(database, tenant, nothing) == 0


async def test_what_fails_on_the_way_leaves_nothing(database: Database, tenant: Tenant) -> None:
    key = _key("broken")
    async with database.transaction(tenant.id) as tx:
        with pytest.raises(LookupError):
            async with tx.together():
                await _write(tx, key)
                raise LookupError
        assert await _there(tx, key) == (0, 0, False)
        await _write(tx, key)
        assert await _there(tx, key) == (1, 1, True)


async def test_who_finds_the_key_taken_starts_over_and_leaves_nothing(database: Database, tenant: Tenant) -> None:
    key = _key("taken")
    async with database.transaction(tenant.id) as first:
        await _together(first, key)

        async def rival() -> None:
            async with database.transaction(tenant.id) as tx:
                await _together(tx, key)

        waiting = asyncio.create_task(rival())
        await asyncio.sleep(0.05)
    with pytest.raises(RetryTransaction):
        await waiting
    async with database.transaction(tenant.id) as tx:
        assert await _there(tx, key) == (1, 1, True)
