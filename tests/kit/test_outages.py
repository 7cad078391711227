"""What is the database's fault, not the caller's."""

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from dinghuo.kit.database import RetryTransaction
from dinghuo.kit.outages import is_away, is_contended

AWAY = [
    ConnectionResetError(),
    TimeoutError(),
    asyncpg.InterfaceError("connection is closed"),
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
OURS = [ValueError(), asyncpg.DataError("argument $1"), asyncpg.UniqueViolationError(), asyncpg.CheckViolationError()]


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
