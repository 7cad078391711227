"""Whatever is done to sealed entries behind the application's back shows, with its place."""

import asyncio
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import quote, urlsplit

import asyncpg
import pytest
from tests.support import Tenant, make_tenant

from dinghuo.kit import audit
from dinghuo.kit.actor import SYSTEM, Actor
from dinghuo.kit.audit_seal import Broken, Seal, head, seal, seal_when_due, verify
from dinghuo.kit.database import Database, RetryTransaction, Tx
from dinghuo.kit.ids import new_id
from dinghuo.kit.ledger import LEDGERS
from dinghuo.kit.roles import Urls, database_of

BY = Actor("staff", "王芳", "console", new_id())


async def recorded(database: Database, tenant_id: int, count: int) -> None:
    changes = [audit.Change("sku", new_id(), "updated", BY, {"name": ["旧", f"新 {i}"]}) for i in range(count)]
    changes.append(audit.Change("sku", new_id(), "created", SYSTEM))
    await database.run(tenant_id, partial(audit.record, changes=changes))


async def entry_ids(database: Database, tenant_id: int, number: int) -> list[Any]:
    async with database.transaction(tenant_id) as tx:
        rows = await tx.fetch("select id from audit_entry where tenant_id = $1 and seal = $2 order by id", number)
    return [row["id"] for row in rows]


async def as_superuser(urls: Urls, sql: str, *arguments: Any) -> None:
    """Somebody with all powers over the database, and none over what was sealed."""
    url = urlsplit(urls.admin)._replace(path=f"/{quote(database_of(urls.app))}").geturl()
    connection: Any = await asyncpg.connect(url)
    await connection.execute(sql, *arguments)
    await connection.close()


@pytest.fixture
async def sealed(database: Database, tenant: Tenant) -> list[Any]:
    """Three seals; the ids under the second."""
    await database.run(tenant.id, _seal_all)
    first = await database.run(tenant.id, head)
    start = first.number if first else 0
    for _ in range(3 - start):
        await recorded(database, tenant.id, 4)
        await database.run(tenant.id, seal)
    assert await database.run(tenant.id, verify) == []
    return await entry_ids(database, tenant.id, 2)


async def _seal_all(tx: Tx) -> None:
    while await seal(tx):
        pass


async def test_seals_continue_each_other(database: Database, tenant: Tenant) -> None:
    await database.run(tenant.id, _seal_all)
    before = await database.run(tenant.id, head)
    assert before is not None  # making a tenant is audited too
    await recorded(database, tenant.id, 9)
    seals = [await database.run(tenant.id, partial(seal, most=4)) for _ in range(4)]
    assert [(made.number, made.entries) for made in seals[:3] if made] == [
        (before.number + 1, 4),
        (before.number + 2, 4),
        (before.number + 3, 2),
    ]
    assert seals[3] is None
    assert await database.run(tenant.id, head) == seals[2]
    assert await database.run(tenant.id, verify) == []


async def test_a_tenant_without_entries_has_no_seal(database: Database) -> None:
    nobody = 2**40
    assert await database.run(nobody, seal) is None
    assert await database.run(nobody, head) is None
    assert await database.run(nobody, verify) == []


async def test_two_sealers_make_one_chain(database: Database, tenant: Tenant) -> None:
    await recorded(database, tenant.id, 99)

    async def seal_one() -> Seal | None:
        # Rivals that lose three times in a row give up and leave the rest to the next turn.
        with suppress(RetryTransaction):
            return await database.run(tenant.id, partial(seal, most=10))
        return None

    async def seal_some() -> list[Seal | None]:
        return [await seal_one() for _ in range(8)]

    results = await asyncio.gather(seal_some(), seal_some())
    numbers = sorted(made.number for part in results for made in part if made)
    assert numbers == list(range(1, len(numbers) + 1))
    await database.run(tenant.id, _seal_all)
    assert await database.run(tenant.id, verify) == []
    async with database.transaction(tenant.id) as tx:
        rows = await tx.fetch("select sum(entries)::int as sealed from audit_seal where tenant_id = $1")
        all_entries = await tx.fetch("select count(*)::int as n from audit_entry where tenant_id = $1")
    assert rows[0]["sealed"] == all_entries[0]["n"]


@pytest.mark.parametrize(
    "column, value",
    [
        ("changes", '\'{"name":["旧","新 x"]}\''),
        ("changes", "null"),
        ("actor_name", "'李雷'"),
        ("actor_id", "null"),
        ("at", "at - interval '1 microsecond'"),
        ("action", "'created'"),
        ("channel", "'api'"),
        ("subject_id", "gen_random_uuid()"),
    ],
)
async def test_a_changed_entry_is_named(
    database: Database, database_urls: Urls, tenant: Tenant, sealed: list[Any], column: str, value: str
) -> None:
    for entry_id in (sealed[3], sealed[1]):
        await as_superuser(database_urls, f"update audit_entry set {column} = {value} where id = $1", entry_id)
    assert await database.run(tenant.id, verify) == [Broken(2, "an entry was changed", sealed[1])]


async def test_a_missing_entry_is_named(
    database: Database, database_urls: Urls, tenant: Tenant, sealed: list[Any]
) -> None:
    await as_superuser(database_urls, "delete from audit_entry where id = $1", sealed[2])
    assert await database.run(tenant.id, verify) == [Broken(2, "an entry is missing", sealed[2])]


async def test_an_entry_slipped_in_is_named(
    database: Database, database_urls: Urls, tenant: Tenant, sealed: list[Any]
) -> None:
    slipped = new_id()
    await as_superuser(
        database_urls,
        "insert into audit_entry select tenant_id, $2, at, subject_kind, subject_id, action, actor_kind, actor_id, "
        "actor_name, channel, changes, seal from audit_entry where id = $1",
        sealed[0],
        slipped,
    )
    assert await database.run(tenant.id, verify) == [Broken(2, "an entry was slipped in", slipped)]


async def test_a_changed_seal_is_named(
    database: Database, database_urls: Urls, tenant: Tenant, sealed: list[Any]
) -> None:
    await as_superuser(
        database_urls, "update audit_seal set sealed_at = now() where tenant_id = $1 and number = 2", tenant.id
    )
    assert await database.run(tenant.id, verify) == [Broken(2, "the seal itself was changed")]


async def test_a_seal_made_again_after_a_change_breaks_the_next(
    database: Database, database_urls: Urls, tenant: Tenant, sealed: list[Any]
) -> None:
    """Somebody who knows how seals are made: the seal fits its entries again, the chain does not."""
    await as_superuser(database_urls, "update audit_entry set action = 'nothing' where id = $1", sealed[0])
    await as_superuser(database_urls, "delete from audit_seal where tenant_id = $1 and number >= 2", tenant.id)
    await as_superuser(
        database_urls, "update audit_entry set seal = null where tenant_id = $1 and seal = 2", tenant.id
    )
    made = await database.run(tenant.id, seal)
    assert made is not None and made.number == 2
    third = await entry_ids(database, tenant.id, 3)
    assert await database.run(tenant.id, verify) == [Broken(3, "the seal is missing", third[0])]


async def test_a_missing_seal_is_named(
    database: Database, database_urls: Urls, tenant: Tenant, sealed: list[Any]
) -> None:
    await as_superuser(database_urls, "delete from audit_seal where tenant_id = $1 and number = 2", tenant.id)
    broken = await database.run(tenant.id, verify)
    assert broken == [Broken(2, "the seal is missing")]
    assert str(broken[0]) == "audit seal 2: the seal is missing"


async def test_a_missing_last_seal_is_named(
    database: Database, database_urls: Urls, tenant: Tenant, sealed: list[Any]
) -> None:
    third = await entry_ids(database, tenant.id, 3)
    await as_superuser(database_urls, "delete from audit_seal where tenant_id = $1 and number = 3", tenant.id)
    assert await database.run(tenant.id, verify) == [Broken(3, "the seal is missing", third[0])]


async def test_tenants_chains_are_their_own(database: Database, database_urls: Urls, tenant: Tenant) -> None:
    other = await make_tenant(database)
    for each in (tenant, other):
        await recorded(database, each.id, 2)
        await database.run(each.id, _seal_all)
    await as_superuser(database_urls, "update audit_entry set action = 'x' where tenant_id = $1", other.id)
    assert await database.run(tenant.id, verify) == []
    [broken] = await database.run(other.id, verify)
    assert (broken.seal, broken.what) == (1, "an entry was changed")


async def test_the_worker_seals_in_bounded_runs_and_comes_back(database: Database, tenant: Tenant) -> None:
    await recorded(database, tenant.id, 50)
    for _ in range(2):  # the same delivery twice
        await database.run(tenant.id, partial(seal_when_due, _deliveries=[]))
    async with database.transaction(tenant.id) as tx:
        left = await tx.fetch("select id from audit_entry where tenant_id = $1 and seal is null")
        due = await tx.fetch("select due_at from outbox_event where tenant_id = $1 and kind = 'audit.seal_due'")
    assert left == []
    assert len(due) in (1, 2)  # a minute may have begun between the two


@pytest.mark.parametrize("table", sorted(LEDGERS))
async def test_the_application_cannot_change_a_ledger(database_urls: Urls, tenant: Tenant, table: str) -> None:
    connection: Any = await asyncpg.connect(database_urls.app)
    await connection.execute("select set_config('oms.tenant', $1, false)", str(tenant.id))
    columns = await connection.fetch(
        "select attname from pg_attribute where attrelid = $1::regclass and attnum > 0 and not attisdropped", table
    )
    for (column,) in columns:
        if column not in LEDGERS[table]:
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await connection.execute(f"update {table} set {column} = {column}")
    for column in LEDGERS[table]:
        await connection.execute(f"update {table} set {column} = {column} where false")
    for forbidden in (f"delete from {table}", f"truncate {table}"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(forbidden)
    await connection.close()


async def test_the_application_cannot_delete_what_lines_name(database_urls: Urls, tenant: Tenant) -> None:
    connection: Any = await asyncpg.connect(database_urls.app)
    await connection.execute("select set_config('oms.tenant', $1, false)", str(tenant.id))
    for forbidden in ("delete from sku", "truncate sku"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.execute(forbidden)
    await connection.close()
