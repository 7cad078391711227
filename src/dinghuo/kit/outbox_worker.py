"""The worker: finds what is due, gives every tenant its turn, and stops when asked, between two turns."""

import asyncio
import time
from collections import deque
from collections.abc import Iterable

import structlog

from dinghuo.kit.database import Database
from dinghuo.kit.outbox_run import BATCH, Reactions, turn
from dinghuo.kit.outbox_watch import Watch
from dinghuo.kit.wake import CONNECTION_ERRORS

_LOOK_AGAIN = 0.05  # seconds: however often it is rung, the worker looks no more than twenty times a second
_LOOKING_SHARE = 10  # and spends no more than a tenth of its time on looking
_AFTER_TROUBLE = 2.0

log = structlog.get_logger()


class Rounds:
    """Tenants in a ring, each with its kinds in a ring: one kind of one tenant is a turn, then the next tenant.

    A tenant has at most one turn running, so that a busy one never takes every hand.
    """

    def __init__(self) -> None:
        self._waiting: deque[int] = deque()
        self._kinds: dict[int, deque[str]] = {}
        self._running: set[int] = set()

    def add(self, pairs: Iterable[tuple[int, str]]) -> None:
        for tenant_id, kind in pairs:
            kinds = self._kinds.setdefault(tenant_id, deque())
            if kind not in kinds:
                kinds.append(kind)
            if tenant_id not in self._running and tenant_id not in self._waiting:
                self._waiting.append(tenant_id)

    def take(self) -> tuple[int, str] | None:
        """The next turn; None when nothing waits that is not running."""
        if not self._waiting:
            return None
        tenant_id = self._waiting.popleft()
        self._running.add(tenant_id)
        return tenant_id, self._kinds[tenant_id].popleft()

    def give_back(self, tenant_id: int, kind: str, *, more: bool) -> None:
        """The turn is over; with `more` to do, the tenant goes to the end of the ring once more."""
        self._running.discard(tenant_id)
        if more:
            self.add([(tenant_id, kind)])
        if self._kinds[tenant_id]:
            self.add([(tenant_id, self._kinds[tenant_id][0])])
        else:
            del self._kinds[tenant_id]


class Worker:
    """`hands` turns at a time, each on one of the database's connections."""

    def __init__(
        self,
        database: Database,
        watch: Watch,
        reactions: Reactions,
        *,
        hands: int = 2,
        batch: int = BATCH,
        poll: float = 1.0,
    ) -> None:
        self._database = database
        self._watch = watch
        self._reactions = reactions
        self._hands = hands
        self._batch = batch
        self._poll = poll
        self._rounds = Rounds()
        self._news = asyncio.Event()  # something may be due
        self._work = asyncio.Event()  # something waits in the rounds

    async def run(self, stop: asyncio.Event) -> None:
        """Work until `stop` is set and the turns then running are over. Cancelling rolls them back."""
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._look(stop))
                for _ in range(self._hands):
                    group.create_task(self._work_off(stop))
                await stop.wait()
                self._news.set()
                self._work.set()
        finally:
            await self._watch.close()

    async def _look(self, stop: asyncio.Event) -> None:
        listening = False
        while not stop.is_set():
            self._news.clear()
            started = time.monotonic()
            try:
                if not listening:
                    await self._watch.listen(self._news.set)
                    listening = True
                due = await self._watch.due(self._database.clock())
            except CONNECTION_ERRORS as error:
                log.warning("cannot look into the outbox", reason=str(error))
                await self._watch.close()
                listening = False
                await _pause(stop, _AFTER_TROUBLE)
                continue
            self._rounds.add(pair for pair in due if pair[1] in self._reactions)
            self._work.set()
            await _pause(stop, max(_LOOK_AGAIN, _LOOKING_SHARE * (time.monotonic() - started)))
            await _pause(self._news, self._poll)

    async def _work_off(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            self._work.clear()
            taken = self._rounds.take()
            if taken is None:
                await self._work.wait()
                continue
            more = False
            try:
                more = await turn(self._database, *taken, self._reactions, batch=self._batch)
            except Exception as error:  # the database is away: nothing was done, nobody is to blame
                log.warning("turn failed", tenant=taken[0], kind=taken[1], exc_info=error)
                await _pause(stop, _AFTER_TROUBLE)
                self._news.set()  # it is still due: look again without waiting for the next poll
            finally:
                self._rounds.give_back(*taken, more=more)
            self._work.set()


async def _pause(event: asyncio.Event, seconds: float) -> None:
    """Wait for the event, but not longer."""
    try:
        async with asyncio.timeout(seconds):
            await event.wait()
    except TimeoutError:
        pass
