"""How many statements a command sends: the number must depend on neither orders nor lines."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg
from asyncpg.connection import LoggedQuery
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

_TRANSACTION_WORDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


class Statements:
    """What was sent, in order. BEGIN, COMMIT, savepoints and empty pings are left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __len__(self) -> int:
        return len(self.texts)

    def prepared(self, *sent: Any) -> None:
        """What SQLAlchemy reports: connection, cursor, statement, parameters, context, executemany."""
        _, _, text, _, _, many = sent
        if not many:
            self._add(text, 1)

    def direct(self, record: LoggedQuery) -> None:
        """What asyncpg reports. Its executemany, SQLAlchemy's too, has a list: one execution for each entry."""
        self._add(record.query, len(record.args) if isinstance(record.args, list) else 1)

    def _add(self, text: str, times: int) -> None:
        text = text.strip(" ;\n")
        if text and not text.upper().startswith(_TRANSACTION_WORDS):
            self.texts += [text] * times


@asynccontextmanager
async def counted(engine: AsyncEngine) -> AsyncIterator[Statements]:
    """Count what is sent in the block through SQLAlchemy, and directly on its asyncpg connections.

    Direct statements are seen on connections that the pool hands out inside the block.
    """
    statements = Statements()
    drivers: set[asyncpg.Connection] = set()

    def handed_out(adapted: Any, *_: Any) -> None:
        adapted.driver_connection.add_query_logger(statements.direct)
        drivers.add(adapted.driver_connection)

    hooks = [
        (engine.sync_engine, "before_cursor_execute", statements.prepared),
        (engine.sync_engine.pool, "checkout", handed_out),
    ]
    for hook in hooks:
        event.listen(*hook)
    try:
        yield statements
        # asyncpg hands its records to the loop: they arrive one turn later.
        await asyncio.sleep(0)
    finally:
        for hook in hooks:
            event.remove(*hook)
        for driver in drivers:
            driver.remove_query_logger(statements.direct)
