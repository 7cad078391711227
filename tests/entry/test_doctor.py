"""The doctor finds what is wrong, and only that."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

import asyncpg
import pytest
from tests.support import VAULT, Tenant

from dinghuo.entry.doctor import examine
from dinghuo.entry.findings import Finding, report
from dinghuo.entry.migrate import revisions
from dinghuo.kit import audit, audit_seal
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.config import Settings
from dinghuo.kit.database import Database
from dinghuo.kit.ids import new_id
from dinghuo.kit.ledger import LEDGERS
from dinghuo.kit.rls import protect
from dinghuo.kit.roles import Urls, database_of, user_of

pytestmark = pytest.mark.slow

SETTINGS = Settings(data=Path("/nowhere"))


@pytest.fixture(scope="module")
def database_urls(urls_apart: Urls) -> Urls:
    """Rules are broken here, and everybody's books are read."""
    return urls_apart


@pytest.fixture(scope="module")
async def database(database_urls: Urls) -> AsyncIterator[Database]:
    database = Database(database_urls.app, guard=True, vault=VAULT)
    yield database
    await database.close()


async def examined(urls: Urls, database: Database) -> dict[str, Finding]:
    return {finding.check: finding async for finding in examine(SETTINGS, urls, database)}


async def as_superuser(urls: Urls, *statements: str) -> None:
    url = urlsplit(urls.admin)._replace(path=f"/{quote(database_of(urls.app))}").geturl()
    connection: Any = await asyncpg.connect(url)
    for statement in statements:
        await connection.execute(statement)
    await connection.close()


async def test_what_is_well(database: Database, database_urls: Urls, tenant: Tenant) -> None:
    found = await examined(database_urls, database)
    # Books and chains of other tests' tenants may be broken on purpose; these are everybody's.
    for check in ("configuration", "schema", "roles", "row-level-security", "cross-tenant-access", "ledgers"):
        assert found[check].state == "ok", found[check].sentence("en")
    assert found["database"].state == "warning"
    assert found["database"].params["settings"] == "fsync = off, full_page_writes = off"
    assert found["roles"].params == {"app": user_of(database_urls.app)}
    assert found["ledgers"].params == {"tables": len(LEDGERS)}


@pytest.mark.parametrize(
    "harm, mend, check, tables",
    [
        (
            "alter table customer no force row level security",
            "alter table customer force row level security",
            "row-level-security", "customer",
        ),
        (
            "alter table sku disable row level security",
            "alter table sku enable row level security",
            "row-level-security", "sku",
        ),
        ("create policy hole on sku for select using (true)", "drop policy hole on sku", "row-level-security", "sku"),
        ("drop policy tenant_rows on brand", protect("brand")[2], "row-level-security", "brand"),
        (
            "create table forgotten (tenant_id bigint not null)",
            "drop table forgotten",
            "row-level-security", "forgotten",
        ),
        (
            "create policy hole on organisation for select using (true)",
            "drop policy hole on organisation",
            "cross-tenant-access", "organisation",
        ),
        (
            "create policy hole on data_version for insert with check (true)",
            "drop policy hole on data_version",
            "cross-tenant-access", "data_version",
        ),
        ("grant update on stock_move to {app}", "revoke update on stock_move from {app}", "ledgers", "stock_move"),
        ("grant delete on audit_seal to {app}", "revoke delete on audit_seal from {app}", "ledgers", "audit_seal"),
        (
            "grant update (at) on audit_entry to {app}",
            "revoke update (at) on audit_entry from {app}",
            "ledgers", "audit_entry",
        ),
    ],
)  # fmt: skip
async def test_what_is_wrong(
    database: Database, database_urls: Urls, tenant: Tenant, harm: str, mend: str, check: str, tables: str
) -> None:
    app = user_of(database_urls.app)
    await as_superuser(database_urls, harm.format(app=app))
    try:
        found = await examined(database_urls, database)
    finally:
        await as_superuser(database_urls, mend.format(app=app))
    assert (found[check].state, found[check].params) == ("failed", {"tables": tables})
    assert not report(list(found.values()), "zh").ok
    assert tables in found[check].sentence("zh")


async def test_an_old_schema_ends_the_examination(database: Database, database_urls: Urls) -> None:
    _, newest = await revisions(database_urls.owner)
    await as_superuser(database_urls, "update alembic_version set version_num = 'older'")
    try:
        found = await examined(database_urls, database)
    finally:
        await as_superuser(database_urls, f"update alembic_version set version_num = '{newest}'")
    assert list(found) == ["configuration", "database", "schema"]
    assert found["schema"].state == "failed"
    assert "dinghuo migrate" in found["schema"].sentence("en")


async def test_a_tampered_audit(database: Database, database_urls: Urls, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as tx:
        await audit.record(tx, [audit.Change("sku", new_id(), "updated", SYSTEM)])
        sealed = await audit_seal.seal(tx)
    assert sealed is not None
    await as_superuser(database_urls, f"update audit_entry set action = 'none' where tenant_id = {tenant.id}")
    found = await examined(database_urls, database)
    assert found["audit"].state == "failed"
    broken = found["audit"].params["count"]
    await as_superuser(database_urls, f"delete from audit_entry where tenant_id = {tenant.id}")
    await as_superuser(database_urls, f"delete from audit_seal where tenant_id = {tenant.id}")
    mended = await examined(database_urls, database)
    assert mended["audit"].params.get("count", 0) == broken - 1


async def test_the_newest_seals_are_told(database: Database, database_urls: Urls, tenant: Tenant) -> None:
    async with database.transaction(tenant.id) as tx:
        sealed = await audit_seal.seal(tx)
    assert sealed is not None
    found = await examined(database_urls, database)
    assert found["audit"].params["heads"][str(tenant.id)] == f"1:{sealed.hash.hex()}"


def test_no_password_is_told() -> None:
    from dinghuo.entry.doctor import _configuration

    settings = Settings(data=Path("/nowhere"), database_url="postgresql://me:secret@db.example:5432/dinghuo")
    finding = _configuration(settings)
    assert finding.params["address"] == "db.example:5432/dinghuo"
    assert "secret" not in repr(finding)
