"""Bring a database's schema to the newest version, as the owner role; two processes at once take turns."""

from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import create_async_engine

# Any number: it only has to be the same in every Dinghuo process that migrates.
_MIGRATING = 7_201_404


def alembic_config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    return config


async def migrate(owner_url: str, *, revision: str = "head") -> None:
    """Upgrade to `revision`. Does nothing when it is there already."""
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(owner_url))
    try:
        async with engine.connect() as connection:
            await connection.execute(text("set local lock_timeout = 0"))  # the other's migrations may take long
            await connection.execute(text("select pg_advisory_lock(:key)"), {"key": _MIGRATING})
            await connection.commit()
            try:
                await connection.run_sync(_upgrade, revision)
                await connection.commit()
            finally:
                await connection.execute(text("select pg_advisory_unlock(:key)"), {"key": _MIGRATING})
    finally:
        await engine.dispose()


async def revisions(owner_url: str) -> tuple[str | None, str]:
    """The revision the schema is at, None for an empty database, and the newest there is."""
    newest = ScriptDirectory.from_config(alembic_config()).get_current_head()
    if newest is None:
        raise AssertionError("there are no migrations")
    connection = await asyncpg.connect(owner_url)
    try:
        there = await connection.fetchval("select to_regclass('alembic_version') is not null")
        return (await connection.fetchval("select version_num from alembic_version") if there else None), newest
    finally:
        await connection.close()


def _upgrade(connection: Connection, revision: str) -> None:
    config = alembic_config()
    config.attributes["connection"] = connection
    command.upgrade(config, revision)
