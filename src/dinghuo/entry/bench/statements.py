"""How many statements a command sends: the number must depend on neither orders nor lines."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import asyncpg
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

_TRANSACTION_WORDS = ("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


class Statements:
    """What was sent, in order. BEGIN, COMMIT and savepoints are left out."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def __len__(self) -> int:
        return len(self.texts)

    def add(self, text: str, times: int = 1) -> None:
        """Note a text; one executed for many parameter sets counts once for each."""
        if not text.lstrip().upper().startswith(_TRANSACTION_WORDS):
            self.texts += [text] * times

    def before_cursor_execute(self, *sent: Any) -> None:
        """What SQLAlchemy calls: connection, cursor, statement, parameters, context, executemany."""
        _, _, text, parameters, _, many = sent
        self.add(text, len(parameters) if many else 1)

    def logged(self, record: asyncpg.connection.LoggedQuery) -> None:
        """What asyncpg calls. Its executemany passes the list it was given, all else a tuple."""
        self.add(record.query, len(record.args) if isinstance(record.args, list) else 1)


@asynccontextmanager
async def counted(*watched: AsyncEngine | asyncpg.Connection) -> AsyncIterator[Statements]:
    """Count what is sent in the block through SQLAlchemy engines and by asyncpg connections used directly.

    Watch an engine or the asyncpg connections below it, not both: its executemany would be seen twice.
    asyncpg reports nothing that goes through `Connection.prepare`.
    """
    statements = Statements()
    async with AsyncExitStack() as stack:
        for each in watched:
            if isinstance(each, AsyncEngine):
                hook = (each.sync_engine, "before_cursor_execute", statements.before_cursor_execute)
                event.listen(*hook)
                stack.callback(event.remove, *hook)
            else:
                each.add_query_logger(statements.logged)
                stack.callback(each.remove_query_logger, statements.logged)
        yield statements
        # asyncpg hands its records to the loop: they arrive one turn later.
        await asyncio.sleep(0)
