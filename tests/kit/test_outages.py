"""What is the database's fault, not the caller's."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from tests.support import Tenant

from dinghuo.kit.database import Database, RetryTransaction
from dinghuo.kit.outages import is_away, is_contended

AWAY = [
    ConnectionResetError(),
    TimeoutError(),
    asyncpg.InterfaceError("connection is closed"),
    asyncpg.InterfaceError("cannot perform operation: connection is closed"),
    asyncpg.InternalClientError("cannot switch to state 12"),
    asyncpg.ConnectionDoesNotExistError(),
    asyncpg.CannotConnectNowError(),
    asyncpg.TooManyConnectionsError(),
    asyncpg.DiskFullError(),
    asyncpg.ReadOnlySQLTransactionError(),
]
CONTENDED = [
    RetryTransaction(),
    PoolTimeout(),
    asyncpg.DeadlockDetectedError(),
    asyncpg.LockNotAvailableError(),
    asyncpg.QueryCanceledError(),
]
OURS = [
    ValueError(),
    asyncpg.DataError("argument $1"),
    asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
    asyncpg.UniqueViolationError(),
    asyncpg.CheckViolationError(),
]


@pytest.mark.parametrize("error", AWAY)
def test_away(error: Exception) -> None:
    assert (is_away(error), is_contended(error)) == (True, False)
    assert is_away(DBAPIError("", None, error))


@pytest.mark.parametrize("error", CONTENDED)
def test_contended(error: Exception) -> None:
    assert (is_away(error), is_contended(error)) == (False, True)


@pytest.mark.parametrize("error", OURS)
def test_ours(error: Exception) -> None:
    assert (is_away(error), is_contended(error)) == (False, False)
    assert not is_away(DBAPIError("", None, error))


async def test_a_wrong_number_of_arguments_is_ours(database: Database, tenant: Tenant) -> None:
    with pytest.raises(asyncpg.InterfaceError) as wrong:
        async with database.transaction(tenant.id) as tx:
            await tx.fetch("select $1::bigint, $2::int", 1, 2)
    assert (is_away(wrong.value), is_contended(wrong.value)) == (False, False)


async def test_a_connection_that_was_closed_is_away(database: Database, tenant: Tenant) -> None:
    with pytest.raises(DBAPIError) as lost:  # of the roll-back
        async with database.transaction(tenant.id) as tx:
            await (await tx.connection.get_raw_connection()).driver_connection.close()  # type: ignore[union-attr]
            await tx.fetch("select $1::bigint")
    assert is_away(lost.value)
