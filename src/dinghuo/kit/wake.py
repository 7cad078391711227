"""Tell the worker that there is news: NOTIFY on a connection of its own, after commit, a few times a second at most.

Inside the transactions that make the news it would serialise their commits. A lost ring costs nothing but the
time to the worker's next look.
"""

import asyncio
from contextlib import suppress
from typing import Any

import asyncpg
import structlog

CHANNEL = "dinghuo_outbox"
_PAUSE = 0.05
_RECONNECT_SECONDS = 5

# What a connection raises when the server is gone, in its many forms; when it goes at the wrong moment the driver
# mistakes its own state.
CONNECTION_ERRORS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

log = structlog.get_logger()


class Waker:
    """Rings for the worker. `ring` may be called as often as one likes; `run` belongs in a task."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._rung = asyncio.Event()

    def ring(self) -> None:
        self._rung.set()

    async def run(self) -> None:
        """Pass rings on until cancelled, which closes the connection."""
        while True:
            try:
                connection: Any = await asyncpg.connect(
                    self._url, timeout=10, server_settings={"application_name": "dinghuo-wake"}
                )
                try:
                    await self._pass_on(connection)
                finally:
                    with suppress(*CONNECTION_ERRORS):
                        await connection.close(timeout=1)
            except CONNECTION_ERRORS as error:
                log.warning("cannot wake the worker", reason=str(error))
                await asyncio.sleep(_RECONNECT_SECONDS)

    async def _pass_on(self, connection: Any) -> None:
        while True:
            await self._rung.wait()
            self._rung.clear()
            await connection.execute(f"notify {CHANNEL}")
            await asyncio.sleep(_PAUSE)
