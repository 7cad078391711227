"""The database of one installation and the tenant transaction, the only way to reach a tenant's rows."""

import asyncio
import random
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any, TypeVar

import asyncpg
import msgspec
import structlog
from sqlalchemy import CursorResult, Executable, Row, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from dinghuo.kit.cache import TenantCaches
from dinghuo.kit.guard import LockOrder, check_tenant
from dinghuo.kit.joined import Part, joined
from dinghuo.kit.numbering import Numbers
from dinghuo.kit.vault import Vault
from dinghuo.kit.wake import Wake, silent

T = TypeVar("T")
Clock = Callable[[], datetime]
log = structlog.get_logger()

# Bound and sent first in every transaction; row-level security reads it. On Citus it must be a literal
# `SET LOCAL` message of its own: that is why it stands behind one name.
_BIND_TENANT = text("select set_config('oms.tenant', :tenant, true)")

_DEADLOCK, _SERIALIZATION, _LOCK_TIMEOUT = "40P01", "40001", "55P03"
_RETRIED = frozenset({_DEADLOCK, _SERIALIZATION})
_ATTEMPTS = 3
_encode_rows = msgspec.json.Encoder().encode


class RetryTransaction(Exception):
    """Raised by a command that lost a race it can win by starting over (a key another transaction took)."""


def utc_now() -> datetime:
    return datetime.now(UTC)


class Tx:
    """One transaction of one tenant. `now` is its moment; every row it writes bears the same one."""

    def __init__(
        self, connection: AsyncConnection, driver: Any, tenant_id: int, now: datetime, database: "Database"
    ) -> None:
        self.connection = connection
        self.tenant_id = tenant_id
        self.now = now
        self.database = database
        self._driver = driver
        self.wrote = False
        # Whether the command was begun before and lost a race: it should now take no chances.
        self.is_second_try = False
        self._locks = LockOrder() if database.guard else None
        self._versions: dict[str, int] | None = None
        self._after_commit: list[Callable[[], None]] = []
        self._together: list[Part] | None = None

    async def execute(
        self, statement: Executable, parameters: Sequence[dict[str, Any]] | dict[str, Any] | None = None
    ) -> CursorResult[Any]:
        """Run a SQLAlchemy statement. It must name the tenant of every tenant table it touches."""
        self.wrote = self.wrote or not getattr(statement, "is_select", False)
        return await self.connection.execute(statement, parameters)

    async def rows(self, statement: Executable) -> Sequence[Row[Any]]:
        return (await self.execute(statement)).all()

    async def one(self, statement: Executable) -> Row[Any] | None:
        return (await self.execute(statement)).first()

    async def fetch(self, sql: str, *arguments: Any) -> list[Any]:
        """Run SQL text with positional arguments on the driver itself: for set-based statements over arrays.

        `$1` is the tenant by convention and is passed by this method. Rows come back as driver records, json
        columns decoded (`::text` gives them as they are stored).
        """
        self.check(sql)
        try:
            rows: list[Any] = await self._driver.fetch(sql, self.tenant_id, *arguments)
        except asyncpg.PostgresError as error:
            raise DBAPIError(sql, None, error) from error
        return rows

    async def write(self, sql: str, *arguments: Any) -> int:
        """Like `fetch` for statements that return no rows: the number of rows they touched."""
        self.check(sql)
        self.wrote = True
        try:
            status: str = await self._driver.execute(sql, self.tenant_id, *arguments)
        except asyncpg.PostgresError as error:
            raise DBAPIError(sql, None, error) from error
        return int(status.rpartition(" ")[2] or 0)

    async def write_rows(self, sql: str, rows: Sequence[Any], *arguments: Any) -> int:
        """Like `write` for many rows of one shape (structs): `$2` is their JSON, for `json_to_recordset`.

        One parameter whatever the number of columns: it costs this process an eighth of what arrays do, and the
        server no more (docs/performance.md).
        """
        encoded = _encode_rows(rows).decode()
        if self._together is None:
            return await self.write(sql, encoded, *arguments)
        self._together.append(Part(sql, len(rows), (encoded, *arguments)))
        return len(rows)

    async def fetch_rows(self, sql: str, rows: Sequence[Any], *arguments: Any) -> list[Any]:
        """Like `write_rows` for statements that return rows."""
        self.wrote = True
        return await self.fetch(sql, _encode_rows(rows).decode(), *arguments)

    @asynccontextmanager
    async def together(self) -> AsyncIterator[None]:
        """Send what is written by `write_rows` in this block as one statement, when the block ends.

        For plain inserts that do not read each other's rows; each round to the server costs as much as an order
        does (docs/performance.md). Raises `RetryTransaction` when `on conflict do nothing` let one pass a row.
        """
        if self._together is not None:
            raise AssertionError("written together already")
        parts: list[Part] = []
        self._together = parts
        try:
            yield
        finally:
            self._together = None
        if parts:
            statement = joined(tuple(part.sql for part in parts))
            arguments = [argument for part in parts for argument in part.arguments]
            (counts,) = await self.fetch(statement.sql, *arguments)
            self.wrote = True
            if any(counts[name] != parts[number].rows for number, name in statement.counted):
                raise RetryTransaction("another transaction has just written some of these rows")

    def check(self, sql: str) -> None:
        """Hold a statement to the rules of `guard`, when they are watched."""
        if self._locks is not None:
            check_tenant(sql)
            self._locks.check(sql)

    async def versions(self) -> dict[str, int]:
        """The version of each kind of master data, read once: what caches of this transaction must match."""
        if self._versions is None:
            rows = await self.fetch("select kind, version from data_version where tenant_id = $1")
            self._versions = {row["kind"]: row["version"] for row in rows}
        return self._versions

    async def cached(self, kind: str) -> dict[Any, Any]:
        """This process's memory of a kind of master data, empty again after any change to it was committed."""
        version = (await self.versions()).get(kind, 0)
        return self.database.caches.get(self.tenant_id, kind, version)

    def after_commit(self, action: Callable[[], None]) -> None:
        """Call `action` once the transaction is committed; not at all when it is rolled back."""
        self._after_commit.append(action)

    def committed(self) -> None:
        for action in self._after_commit:
            action()


class Database:
    """A pool of connections as the application role, and the clock."""

    def __init__(
        self,
        url: str,
        *,
        pool_size: int = 10,
        guard: bool = False,
        clock: Clock = utc_now,
        name: str = "dinghuo",
        vault: Vault | None = None,
    ) -> None:
        self.url = url
        self.guard = guard
        self.clock = clock
        self.vault = vault or Vault(())
        self.caches = TenantCaches()
        # Called after every commit with events or changes of master data: the app puts `kit.wake.Waker.ring` here.
        self.wake: Wake = silent
        self._name = name
        self._numbers: Numbers | None = None

        async def connect() -> Any:
            return await asyncpg.connect(url, server_settings={"application_name": name}, timeout=10)

        self.engine: AsyncEngine = create_async_engine(
            "postgresql+asyncpg://",
            async_creator=connect,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=30,
            json_serializer=lambda value: msgspec.json.encode(value).decode(),
            json_deserializer=msgspec.json.decode,
        )
        if guard:
            event.listen(self.engine.sync_engine, "before_cursor_execute", self._guard_statement)

    @asynccontextmanager
    async def transaction(self, tenant_id: int) -> AsyncIterator[Tx]:
        """A READ COMMITTED transaction as this tenant; committed on leaving, rolled back on any exception."""
        tx: Tx | None = None
        try:
            async with self.engine.begin() as connection:
                await connection.execute(_BIND_TENANT, {"tenant": str(tenant_id)})
                raw = await connection.get_raw_connection()
                tx = Tx(connection, raw.driver_connection, tenant_id, self.clock(), self)
                connection.sync_connection.info["tx"] = tx  # type: ignore[union-attr]
                yield tx
        except BaseException:
            # Also when it is the commit that failed.
            if tx is not None and tx.wrote:
                self.caches.forget(tenant_id)
            raise
        tx.committed()

    async def run(self, tenant_id: int, command: Callable[[Tx], Awaitable[T]]) -> T:
        """Carry out a command in a transaction of its own; a deadlock or lost race starts it over, thrice."""
        for attempt in range(1, _ATTEMPTS + 1):
            try:
                async with self.transaction(tenant_id) as tx:
                    tx.is_second_try = attempt > 1
                    return await command(tx)
            except RetryTransaction:
                if attempt == _ATTEMPTS:
                    raise
            except DBAPIError as error:
                if sqlstate(error) not in _RETRIED or attempt == _ATTEMPTS:
                    raise
                log.warning("transaction retried", tenant=tenant_id, reason=sqlstate(error), attempt=attempt)
            await asyncio.sleep(random.uniform(0, 0.01 * attempt))  # noqa: S311 - spreads rivals, hides nothing
        raise AssertionError("unreachable")

    @asynccontextmanager
    async def untenanted(self) -> AsyncIterator[AsyncConnection]:
        """A transaction that belongs to no tenant: it sees the global tables and, by RLS, nothing else."""
        async with self.engine.begin() as connection:
            yield connection

    @property
    def numbers(self) -> Numbers:
        """The document numbers this process has drawn."""
        if self._numbers is None:
            aside = Database(self.url, pool_size=1, guard=self.guard, clock=self.clock, name=f"{self._name}-numbers")
            self._numbers = Numbers(aside)
        return self._numbers

    async def close(self) -> None:
        if self._numbers is not None:
            await self._numbers.close()
        await self.engine.dispose()

    @staticmethod
    def _guard_statement(
        connection: Any, _cursor: Any, sql: str, _parameters: Any, _context: Any, _many: bool
    ) -> None:
        tx = connection.info.get("tx")
        if isinstance(tx, Tx):
            tx.check(sql)


def sqlstate(error: BaseException) -> str | None:
    """The SQLSTATE behind a database error, however deeply it is wrapped."""
    seen: BaseException | None = error
    while seen is not None:
        state = getattr(seen, "sqlstate", None)
        if state:
            return str(state)
        seen = getattr(seen, "orig", None) or seen.__cause__
    return None


def constraint_name(error: BaseException) -> str | None:
    """The constraint that refused a row, when that is what happened."""
    seen: BaseException | None = error
    while seen is not None:
        name = getattr(seen, "constraint_name", None)
        if name:
            return str(name)
        seen = getattr(seen, "orig", None) or seen.__cause__
    return None
