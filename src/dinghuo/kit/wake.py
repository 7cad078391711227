"""Tell other processes that there is news: NOTIFY on a connection of its own, after commit, a few times a second.

Inside the transactions that make the news it would serialise their commits. A lost ring costs nothing but the time
to the next look of whoever listens.
"""

import asyncio
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any

import asyncpg
import msgspec
import structlog

CHANNEL = "dinghuo_outbox"
_PAUSE = 0.05
_RECONNECT_SECONDS = 5
# A message of NOTIFY has at most 8,000 bytes; so many ids leave room for the rest.
_IDS_A_RING = 180
# Whoever is told of more looks for themselves.
_MOST_IDS = 2_000

# What a connection raises when the server is gone, in its many forms; when it goes at the wrong moment the driver
# mistakes its own state.
CONNECTION_ERRORS = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

log = structlog.get_logger()


class Ring(msgspec.Struct, frozen=True, array_like=True):
    """What a tenant's commits brought: ids of events in its outbox, and kinds of master data that changed.

    `events` None: too many to name.
    """

    tenant_id: int
    events: list[str] | None = []
    kinds: list[str] = []


Wake = Callable[[int, Sequence[str], Sequence[str]], None]
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(Ring).decode


def silent(_tenant_id: int, _events: Sequence[str] = (), _kinds: Sequence[str] = ()) -> None:
    """Where nobody rings: what listens finds out by looking."""


def heard(payload: str) -> Ring | None:
    """The ring in a message of the channel; None when a newer version of the program sent it."""
    try:
        return _decode(payload)
    except msgspec.MsgspecError:
        return None


class Waker:
    """Rings for whoever listens. `ring` may be called as often as one likes; `run` belongs in a task."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._rung = asyncio.Event()
        self._events: dict[int, list[str]] = {}
        self._kinds: dict[int, set[str]] = {}

    def ring(self, tenant_id: int, events: Sequence[str] = (), kinds: Sequence[str] = ()) -> None:
        self._events.setdefault(tenant_id, []).extend(events)
        if kinds:
            self._kinds.setdefault(tenant_id, set()).update(kinds)
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
            messages = [_encode(ring).decode() for ring in self._take()]
            await connection.execute("select pg_notify($1, m) from unnest($2::text[]) m", CHANNEL, messages)
            await asyncio.sleep(_PAUSE)

    def _take(self) -> Iterator[Ring]:
        events, self._events = self._events, {}
        kinds, self._kinds = self._kinds, {}
        for tenant_id, ids in events.items():
            of_kinds = sorted(kinds.get(tenant_id, ()))
            if len(ids) > _MOST_IDS:
                yield Ring(tenant_id, None, of_kinds)
                continue
            for start in range(0, max(1, len(ids)), _IDS_A_RING):
                yield Ring(tenant_id, ids[start : start + _IDS_A_RING], of_kinds if start == 0 else [])
