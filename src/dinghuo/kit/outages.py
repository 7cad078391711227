"""Errors that say nothing about what was asked: the database is away, or too many want the same rows of it."""

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from dinghuo.kit.database import RetryTransaction, sqlstate

# Connection exceptions, a server that shuts down or starts, out of connections, memory or disk, one that became
# a standby, errors of the system below it.
_AWAY = ("08", "57P", "53", "25006", "58")
_LOST = ("connection is closed", "another operation is cancelling")
# Serialization failure, deadlock, a lock or a statement that waited too long.
_CONTENDED = ("40001", "40P01", "55P03", "57014")


def is_away(error: BaseException) -> bool:
    """No connection could be had, or it was lost; what was being committed may or may not have been."""
    state = sqlstate(error)
    if state is not None:
        return state.startswith(_AWAY)
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or (error.orig is not None and is_away(error.orig))
    # The driver's own errors. Most that it calls InterfaceErrors are mistakes of ours, such as a wrong number of
    # arguments, and only the text tells; of a connection that is lost at the wrong moment it mistakes the state.
    if isinstance(error, asyncpg.InterfaceError):
        return any(text in str(error) for text in _LOST)
    return isinstance(error, (OSError, asyncpg.InternalClientError))


def is_contended(error: BaseException) -> bool:
    """Others were in the way, and nothing was saved."""
    return isinstance(error, (RetryTransaction, PoolTimeout)) or sqlstate(error) in _CONTENDED
