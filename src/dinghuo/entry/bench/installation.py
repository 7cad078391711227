"""An installation for one benchmark, made at its beginning and gone at its end, whatever happens."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote, urlsplit
from uuid import uuid4

import asyncpg
import psutil

from dinghuo.entry.migrate import migrate
from dinghuo.kit import connect
from dinghuo.kit.config import Settings
from dinghuo.kit.database import Database
from dinghuo.kit.roles import Urls, database_of, user_of

Reach = Callable[[Settings], AbstractAsyncContextManager[Urls]]

# Where the system keeps temporary files on a disk: what is acknowledged must really reach one.
_ON_DISK = Path("/var/tmp")  # noqa: S108 - a directory of our own is made in it


@dataclass(frozen=True, slots=True)
class Installation:
    """`environment` is what processes started for it get; `folder` is for files that go with it."""

    urls: Urls
    database: Database
    folder: Path
    environment: Mapping[str, str]

    async def as_owner(self, statement: str) -> None:
        """Carry out a statement on tables that only their owner may."""
        owner: asyncpg.Connection = await asyncpg.connect(self.urls.owner)
        try:
            await owner.execute(statement)
        finally:
            await owner.close()


@asynccontextmanager
async def installation(base: Settings, *, reach: Reach = connect.database) -> AsyncIterator[Installation]:
    """A migrated database with nothing in it: on the server of `base`, or embedded when that names none."""
    folder = Path(tempfile.mkdtemp(prefix="dinghuo-bench-", dir=_temporary()))
    try:
        settings, environment = _elsewhere(base, folder)
        async with reach(settings) as urls:
            database = Database(urls.app, pool_size=4, name="dinghuo-bench")
            try:
                await migrate(urls.owner)
                yield Installation(urls, database, folder, environment)
            finally:
                await database.close()
                if base.database_url:
                    await _drop(base.database_url, database_of(urls.owner), user_of(urls.owner))
    finally:
        shutil.rmtree(folder)


def file_system(folder: Path) -> str:
    """The kind of file system a folder is on: a figure measured in memory says nothing about a disk."""
    mounts = {Path(each.mountpoint): each.fstype for each in psutil.disk_partitions(all=True)}
    above = [place for place in (folder.resolve(), *folder.resolve().parents) if place in mounts]
    return mounts[above[0]] if above else "unknown"


def _temporary() -> str:
    chosen = os.environ.get("TMPDIR")
    return chosen or (str(_ON_DISK) if _ON_DISK.is_dir() else tempfile.gettempdir())


def _elsewhere(base: Settings, folder: Path) -> tuple[Settings, dict[str, str]]:
    """The settings, and the environment that says the same to other processes."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DATABASE_APP_URL"}}
    environment = {**kept, "DINGHUO_DATA": str(folder / "data"), "DINGHUO_LOG": "warning"}
    if base.database_url is None:
        return replace(base, data=folder / "data"), environment
    name = f"dinghuo_bench_{uuid4().hex[:8]}"
    url = readdressed(base.database_url, name)
    app = readdressed(base.database_app_url, name) if base.database_app_url else None
    environment |= {"DATABASE_URL": url} | ({"DATABASE_APP_URL": app} if app else {})
    return replace(base, data=folder / "data", database_url=url, database_app_url=app), environment


def readdressed(url: str, database: str) -> str:
    """The same login on the same server, another database."""
    return urlsplit(url)._replace(path=f"/{quote(database, safe='')}").geturl()


async def _drop(url: str, database: str, owner: str) -> None:
    """Sessions of processes that have just ended are waited for by the server itself, some seconds."""
    try:
        connection: asyncpg.Connection = await asyncpg.connect(url)
    except asyncpg.InvalidCatalogNameError:
        connection = await asyncpg.connect(url, database="postgres")
    try:
        await connection.execute(f'set role "{owner}"')
        await connection.execute(f'drop database if exists "{database}"')
    finally:
        await asyncio.shield(connection.close())
