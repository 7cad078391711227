"""What most commands need: the settings, the database ready to use, and the tenant that was named."""

import asyncio
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import asyncpg
from rich.console import Console
from sqlalchemy import select

from dinghuo.entry.cli.failures import NO_TENANT, SCHEMA_OLD, Misconfigured, Unreachable
from dinghuo.entry.logs import configure_logging
from dinghuo.entry.migrate import migrate, revisions
from dinghuo.identity.tables import tenant
from dinghuo.kit.config import Settings
from dinghuo.kit.config import settings as from_environment
from dinghuo.kit.connect import database as prepared
from dinghuo.kit.database import Database
from dinghuo.kit.embedded import EmbeddedError
from dinghuo.kit.errors import Refused
from dinghuo.kit.roles import Urls
from dinghuo.kit.vault import Vault

T = TypeVar("T")

_UNREACHABLE = (
    OSError,
    TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    EmbeddedError,
)

# People wait for it on standard error; what is asked for goes to standard output.
progress = Console(stderr=True)


@dataclass(frozen=True, slots=True)
class Installation:
    settings: Settings
    urls: Urls
    database: Database


def settings(**given: Any) -> Settings:
    """The environment's settings; what was given on the command line (not None) goes before."""
    try:
        read = from_environment()
    except Refused as refused:
        raise Misconfigured(refused.faults) from None
    return replace(read, **{name: value for name, value in given.items() if value is not None})


@asynccontextmanager
async def reachable(chosen: Settings) -> AsyncIterator[Urls]:
    """The database of these settings, an embedded one started. Raises `Unreachable`."""
    async with AsyncExitStack() as stack:
        try:
            with progress.status("Starting the database …" if chosen.database_url is None else "Connecting …"):
                urls = await stack.enter_async_context(prepared(chosen))
        except _UNREACHABLE as error:
            raise Unreachable(str(error) or type(error).__name__) from error
        yield urls


@asynccontextmanager
async def installation(chosen: Settings | None = None) -> AsyncIterator[Installation]:
    """The database with its newest schema. One of our own is brought there; another's administrator decides when."""
    chosen = chosen or settings()
    configure_logging(chosen.log_level)
    async with reachable(chosen) as urls:
        if chosen.database_url is None:
            await migrate(urls.owner)
        else:
            found, wanted = await revisions(urls.owner)
            if found != wanted:
                raise Refused(SCHEMA_OLD("", found=found or "-", wanted=wanted))
        database = Database(urls.app, pool_size=4, name="dinghuo-cli", vault=Vault(urls.keys))
        try:
            yield Installation(chosen, urls, database)
        finally:
            await database.close()


def carry_out(command: Callable[[Installation], Awaitable[T]], chosen: Settings | None = None) -> T:
    """Run a command on the installation."""

    async def within() -> T:
        async with installation(chosen) as there:
            return await command(there)

    return asyncio.run(within())


async def tenant_id(database: Database, code: str) -> int:
    """The id of the tenant with this code; refused when there is none."""
    async with database.untenanted() as connection:
        found = await connection.scalar(select(tenant.c.id).where(tenant.c.code == code))
    if found is None:
        raise Refused(NO_TENANT("tenant", code=code))
    return int(found)


def is_terminal() -> bool:
    return sys.stdin.isatty()
