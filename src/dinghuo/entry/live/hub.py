"""One for a process: hears what is rung, reads it once for everybody of a tenant who looks, and tells them.

What is rung names the events, after their commit: whatever order transactions commit in, nothing is missed. A ring
can be lost (its process died, the database was restarted): so every few seconds, and after every gap of the
connection, the hub looks for itself what the outbox holds that it has not seen.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import timedelta
from uuid import UUID

import structlog

from dinghuo.entry.live.messages import Message, Viewer, viewer_of
from dinghuo.entry.live.place import Place, read_place
from dinghuo.entry.live.reading import Followed, follow, here, ids_since, items_of_these, items_since
from dinghuo.entry.live.room import STOCK_EVERY, Room, Stream
from dinghuo.identity.authenticate import authenticate, forget_principals
from dinghuo.identity.principals import Credential, Principal
from dinghuo.identity.tokens import Token
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import BUSY, TOO_MANY, Refused
from dinghuo.kit.errors import Message as Said
from dinghuo.kit.listening import Listener
from dinghuo.kit.outages import is_away, is_contended
from dinghuo.kit.wake import Ring

MOST_STREAMS = 5_000
MOST_OF_ONE = 20
_LOOK_EVERY = 5.0
_PAUSE = 0.05
_AFTER_TROUBLE = 1.0
_HEARTBEAT_EVERY = 15.0
_CHECK_EVERY = 60.0
# A tenant that nobody has looked at for so long is forgotten.
_FORGOTTEN_AFTER = 120.0
# More events than these at once are not told one by one.
_MOST_AT_ONCE = 2_000
_LOOK_EVERY_SO_OFTEN = timedelta(seconds=_LOOK_EVERY)
_STALE = timedelta(seconds=15)

TOO_MANY_STREAMS = Said(
    "too-many-streams",
    "此登录打开的实时连接过多，请关闭其他页面",
    "Too many live connections of this session: close other pages",
    TOO_MANY,
)
FULL = Said(
    "streams-full",
    "实时连接已满，请稍后重试；期间可按时查询",
    "No live connection is free: try again later, or ask now and then",
    BUSY,
)

log = structlog.get_logger()


class Hub:
    """`run` belongs in a task; without it `changes` reads the outbox and streams only beat."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._rooms: dict[int, Room] = {}
        self._news = asyncio.Event()
        self._checks: set[int] = set()
        self._to_check = asyncio.Event()
        self._listener = Listener(database.url, ring=self._rung, again=self._look_again)
        self._closed = False
        self.streams = 0

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            for work in (self._listener.run, self._keep_telling, self._keep_beating, self._keep_checking):
                group.create_task(_forever(work))

    def close(self) -> None:
        """End every stream, and take no more: the process is about to go."""
        self._closed = True
        for room in self._rooms.values():
            for stream in list(room.streams):
                stream.end()

    async def open(self, principal: Principal, token: Token, credential: Credential, since: str | None) -> Stream:
        """A stream for this client, from `since` on where it says so. `leave` it at the end."""
        room = self._room(principal.tenant_id)
        self._check_room(room, token)
        async with self._database.transaction(principal.tenant_id) as tx:
            stream = Stream(await viewer_of(tx, principal), token, credential)
            # Entered first: what comes while the past is read is told after it.
            room.enter(stream)
            self.streams += 1
            try:
                place, missed = await self._catch_up(tx, room, stream.viewer, read_place(since or ""), bool(since))
            except BaseException:
                self.leave(stream)
                raise
        stream.greet(place, missed)
        self._news.set()
        return stream

    def leave(self, stream: Stream) -> None:
        room = self._rooms.get(stream.token.tenant_id)
        if room is not None and stream in room.streams:
            room.leave(stream)
            self.streams -= 1

    async def changes(self, principal: Principal, since: str | None) -> Followed:
        """What somebody has missed who asks now and then; who asks for the first time, nothing."""
        room = self._room(principal.tenant_id)
        async with self._database.transaction(principal.tenant_id) as tx:
            viewer = await viewer_of(tx, principal)
            place, missed = await self._catch_up(tx, room, viewer, read_place(since or ""), bool(since))
        return Followed(missed, place)

    async def _catch_up(
        self, tx: Tx, room: Room, viewer: Viewer, place: Place | None, resumes: bool
    ) -> tuple[Place, list[Message]]:
        """Where a viewer is once they know what is returned. A place that cannot be read is too long ago."""
        versions = await tx.versions()
        if place is None:
            followed = follow(
                None if resumes else [], viewer, here(tx.now, versions, viewer.mark), versions=versions, now=tx.now
            )
            return followed.place, followed.messages
        known = room.since(viewer, place, versions, tx.now) if self._is_fresh(room, tx) else None
        if known is None:
            items = await items_since(tx, place.looks_from)
            known = follow(items, viewer, place, versions=versions, now=tx.now)
        return known.place, known.messages

    def _is_fresh(self, room: Room, tx: Tx) -> bool:
        looked = room.looked_at
        return self._listener.listens and looked is not None and tx.now - looked < _STALE and not room.rung

    def _room(self, tenant_id: int) -> Room:
        room = self._rooms.get(tenant_id)
        if room is None:
            room = self._rooms[tenant_id] = Room(tenant_id, self._database.clock())
            self._news.set()
        room.wanted_at = time.monotonic()
        return room

    def _check_room(self, room: Room, token: Token) -> None:
        if self._closed or self.streams >= MOST_STREAMS:
            raise Refused(FULL(), retry_after=5)
        if sum(stream.token.id == token.id for stream in room.streams) >= MOST_OF_ONE:
            raise Refused(TOO_MANY_STREAMS(), retry_after=60)

    # What is heard.
    def _rung(self, ring: Ring) -> None:
        if "identity" in ring.kinds:
            forget_principals(self._database, ring.tenant_id)
        room = self._rooms.get(ring.tenant_id)
        if room is None:
            return
        if ring.events is None:
            room.must_look = True
        else:
            room.rung.update(map(UUID, ring.events))
        if ring.kinds:
            room.must_read_versions = True
            if not {"identity", "parties"}.isdisjoint(ring.kinds):
                self._check_soon(room)
        self._news.set()

    def _look_again(self) -> None:
        for room in self._rooms.values():
            room.must_look = True
            self._check_soon(room)
        self._news.set()

    def _check_soon(self, room: Room) -> None:
        self._checks.add(room.tenant_id)
        self._to_check.set()

    # What is told.
    async def _keep_telling(self) -> None:
        while True:
            waits_for_stock = any(room.has_stock_waiting for room in self._rooms.values())
            await _wait(self._news, STOCK_EVERY if waits_for_stock else _LOOK_EVERY)
            self._news.clear()
            for room in list(self._rooms.values()):
                if not room.streams and time.monotonic() - room.wanted_at > _FORGOTTEN_AFTER:
                    del self._rooms[room.tenant_id]
                    continue
                try:
                    await self._tell(room)
                except Exception as error:
                    log.warning("cannot read the news", tenant=room.tenant_id, exc_info=error)
                    room.must_look = True
                    self._news.set()
                    await asyncio.sleep(_AFTER_TROUBLE)
            await asyncio.sleep(_PAUSE)

    async def _tell(self, room: Room) -> None:
        now = self._database.clock()
        looks = room.must_look or room.looked_at is None or now - room.looked_at >= _LOOK_EVERY_SO_OFTEN
        if looks or room.rung or room.must_read_versions:
            rung, room.rung = room.rung, set()
            try:
                await self._read(room, rung, looks)
            except Exception as error:
                if is_away(error) or is_contended(error):
                    room.rung |= rung
                raise
        room.tell_stock(now)

    async def _read(self, room: Room, rung: set[UUID], looks: bool) -> None:
        versions = None
        async with self._database.transaction(room.tenant_id) as tx:
            now, since = tx.now, room.looks_from(tx.now)
            ids = {*rung, *(await ids_since(tx, since) if looks else ())} - room.seen
            is_flood = len(ids) > _MOST_AT_ONCE
            items = [] if is_flood else await items_of_these(tx, ids)
            if looks or room.must_read_versions:
                versions = await tx.versions()
        if versions is not None:
            room.take_versions(versions, now)
        room.seen |= ids
        if is_flood:
            room.forget(now)
        else:
            room.take_in(items, rung, now)
        if looks:
            room.looked(since, now)

    async def _keep_beating(self) -> None:
        while True:
            await asyncio.sleep(_HEARTBEAT_EVERY)
            for room in list(self._rooms.values()):
                for stream in list(room.streams):
                    if stream.is_lost:
                        self.leave(stream)
                    else:
                        stream.push(b":\n\n")

    # Who may still be told.
    async def _keep_checking(self) -> None:
        checked = time.monotonic()
        while True:
            await _wait(self._to_check, _CHECK_EVERY)
            self._to_check.clear()
            if time.monotonic() - checked >= _CHECK_EVERY:
                checked = time.monotonic()
                self._checks.update(self._rooms)
            while self._checks:
                room = self._rooms.get(self._checks.pop())
                for stream in list(room.streams) if room is not None else ():
                    await self._check(stream)

    async def _check(self, stream: Stream) -> None:
        """End the stream of whoever may no longer look; who may see something else is told so."""
        try:
            principal = await authenticate(self._database, stream.token, stream.credential, is_use=False)
            if principal.must is not None:
                stream.end()
                return
            async with self._database.transaction(principal.tenant_id) as tx:
                viewer = await viewer_of(tx, principal)
        except Refused:
            stream.end()
            return
        except Exception as error:  # the database is away: the next check is soon
            log.warning("cannot check a stream", reason=str(error))
            return
        room = self._rooms.get(stream.token.tenant_id)
        if room is None or stream not in room.streams or viewer == stream.viewer:
            return
        changed = viewer.mark != stream.viewer.mark
        room.renew(stream, viewer)
        if changed:
            place = here(self._database.clock(), room.versions, viewer.mark, room.newest)
            stream.say(place.text(), [Message(kind="me.changed", id=None)])


async def _forever(work: Callable[[], Awaitable[None]]) -> None:
    """No fault of one task may silence the others."""
    while True:
        try:
            await work()
        except Exception as error:
            log.error("keeping screens broke", work=getattr(work, "__name__", ""), exc_info=error)
        await asyncio.sleep(_AFTER_TROUBLE)


async def _wait(event: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            await event.wait()
