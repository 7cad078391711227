"""Hear what other processes ring (kit.wake): one connection a process, opened again whenever it is lost."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import asyncpg
import structlog

from dinghuo.kit.wake import CHANNEL, CONNECTION_ERRORS, Ring, heard

_RECONNECT_SECONDS = 1.0
# A connection that says nothing is asked now and then whether it is still one.
_PROBE_SECONDS = 10.0

log = structlog.get_logger()


class Listener:
    """`ring` is called with what is rung; `again` once it listens, and then after every gap: look for yourself."""

    def __init__(self, url: str, *, ring: Callable[[Ring], None], again: Callable[[], None]) -> None:
        self._url = url
        self._ring = ring
        self._again = again
        self.listens = False

    async def run(self) -> None:
        """Listen until cancelled, which closes the connection."""
        while True:
            try:
                settings = {"application_name": "dinghuo-listen"}
                connection: Any = await asyncpg.connect(self._url, timeout=10, server_settings=settings)
                try:
                    await self._listen(connection)
                finally:
                    self.listens = False
                    with suppress(*CONNECTION_ERRORS):
                        await connection.close(timeout=1)
            except CONNECTION_ERRORS as error:
                log.warning("cannot listen for news", reason=str(error))
            await asyncio.sleep(_RECONNECT_SECONDS)

    async def _listen(self, connection: Any) -> None:
        lost = asyncio.Event()
        connection.add_termination_listener(lambda _: lost.set())
        await connection.add_listener(CHANNEL, self._heard)
        self.listens = True
        self._again()
        while not lost.is_set():
            with suppress(TimeoutError):
                async with asyncio.timeout(_PROBE_SECONDS):
                    await lost.wait()
            if not lost.is_set():
                await connection.execute("select 1", timeout=_PROBE_SECONDS)

    def _heard(self, _connection: Any, _pid: int, _channel: str, payload: str) -> None:
        ring = heard(payload)
        if ring is not None:
            self._ring(ring)
        else:
            self._again()
