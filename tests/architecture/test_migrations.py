"""What the migrations build is what the tables say: column by column, constraint by constraint, index by index."""

from typing import Any

import asyncpg
import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from dinghuo.entry.tables import metadata
from dinghuo.kit.embedded import EmbeddedServer
from dinghuo.kit.roles import Urls, prepare
from dinghuo.kit.tables import tenant_tables

_COLUMNS = """
select c.relname || '.' || a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity::text,
  a.attcollation::regcollation::text, pg_get_expr(d.adbin, d.adrelid)
from pg_attribute a join pg_class c on c.oid = a.attrelid and c.relkind = 'r'
left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
where c.relnamespace = 'public'::regnamespace and a.attnum > 0 and not a.attisdropped
  and c.relname <> 'alembic_version'
"""
_CONSTRAINTS = """
select conrelid::regclass::text || ' ' || conname, pg_get_constraintdef(oid) from pg_constraint
where connamespace = 'public'::regnamespace and conrelid <> 0 and conrelid::regclass::text <> 'alembic_version'
"""
_INDEXES = """
select indexname, indexdef from pg_indexes where schemaname = 'public' and tablename <> 'alembic_version'
"""
_OPTIONS = """
select relname, reloptions::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'
  and relname <> 'alembic_version'
"""
_WALLS = """
select c.relname, c.relrowsecurity and c.relforcerowsecurity,
  array(select polname::text from pg_policy where polrelid = c.oid and polname = 'tenant_rows')
from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
"""


async def described(url: str) -> dict[str, set[tuple[Any, ...]]]:
    connection = await asyncpg.connect(url)
    try:
        return {
            name: {tuple(row) for row in await connection.fetch(sql)}
            for name, sql in (
                ("columns", _COLUMNS),
                ("constraints", _CONSTRAINTS),
                ("indexes", _INDEXES),
                ("options", _OPTIONS),
            )
        }
    finally:
        await connection.close()


@pytest.mark.slow
async def test_migrations_build_what_the_tables_say(postgres: EmbeddedServer, database_urls: Urls) -> None:
    urls = await prepare(postgres.admin_url(), database="dinghuo_metadata", secret="test")
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(urls.owner))
    try:
        async with engine.begin() as connection:
            await connection.exec_driver_sql("create extension if not exists btree_gist")
            await connection.run_sync(metadata.create_all)
    finally:
        await engine.dispose()
    migrated, declared = await described(database_urls.owner), await described(urls.owner)
    for kind in declared:
        assert migrated[kind] - declared[kind] == set(), kind
        assert declared[kind] - migrated[kind] == set(), kind


async def test_every_tenant_table_is_walled_in(database_urls: Urls) -> None:
    connection = await asyncpg.connect(database_urls.owner)
    try:
        walls = {row[0]: (row[1], row[2]) for row in await connection.fetch(_WALLS)}
    finally:
        await connection.close()
    assert {name: walls[name] for name in tenant_tables()} == dict.fromkeys(tenant_tables(), (True, ["tenant_rows"]))
    assert set(walls) - set(tenant_tables()) == {"tenant", "host", "alembic_version"}
