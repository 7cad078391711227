"""A database in which nothing lasts: real transactions of the application, all within one that is undone."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import cast

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from tests.support import VAULT

from dinghuo.kit.cache import TenantCaches
from dinghuo.kit.database import Database


class _Within:
    """Begins savepoints of one connection, one after another, where an engine begins transactions."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._turn = asyncio.Lock()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[AsyncConnection]:
        async with self._turn, self._connection.begin_nested():
            yield self._connection


class Sandbox:
    """`database` works within `undone` only; what was done there is checked as at a commit, then taken back."""

    def __init__(self, url: str) -> None:
        self.database = Database(url, guard=True, pool_size=1, vault=VAULT)
        self._engine = self.database.engine

    @asynccontextmanager
    async def undone(self) -> AsyncIterator[None]:
        async with self._engine.connect() as connection, connection.begin() as outer:
            self.database.engine = cast(AsyncEngine, _Within(connection))
            try:
                yield
                await connection.execute(text("set constraints all immediate"))
            finally:
                self.database.engine = self._engine
                # What a process remembers of versions that never came to be.
                self.database.caches = TenantCaches()
                await outer.rollback()

    async def close(self) -> None:
        await self.database.close()
