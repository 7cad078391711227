"""The intake groups what queued up while the last batch ran: many callers, one transaction. It never waits idle."""

import asyncio
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import structlog

from dinghuo.kit.database import Database, RetryTransaction, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.outages import is_away, is_contended
from dinghuo.orders import faults as say
from dinghuo.orders.place import place
from dinghuo.orders.requests import Outcome, Placement

log = structlog.get_logger()

_RECONNECTS = 4
_FIRST_PAUSE = 0.1


@dataclass(slots=True)
class _Waiting:
    placement: Placement
    lines: int
    size: int
    until: float
    answer: "asyncio.Future[Outcome]"


@dataclass(slots=True)
class _Queue:
    waiting: deque[_Waiting] = field(default_factory=deque)
    in_flight: bool = False


class Intake:
    """Takes orders of all tenants of this process, round robin, one batch in flight a tenant.

    A batch has at most `batch_lines` lines; a larger order runs alone. Beyond `most_lines` or `most_bytes`
    waiting, callers are told to come back (503). What waits longer than `patience` seconds is dropped before it
    is begun, never after.
    """

    def __init__(
        self,
        database: Database,
        *,
        connections: int = 2,
        batch_lines: int = 512,
        most_lines: int = 50_000,
        most_bytes: int = 64 * 1024 * 1024,
        patience: float = 10.0,
    ) -> None:
        self._database = database
        self._batch_lines = batch_lines
        self._most_lines = most_lines
        self._most_bytes = most_bytes
        self._patience = patience
        self._free = connections
        self._queues: dict[int, _Queue] = {}
        self._ready: deque[int] = deque()
        self._lines = 0
        self._bytes = 0
        self._tasks: set[asyncio.Task[None]] = set()

    async def submit(self, tenant_id: int, placement: Placement, *, size: int) -> Outcome:
        """The outcome of one placement; `size` is the length of its body in bytes."""
        return await self.enqueue(tenant_id, placement, size=size)

    def enqueue(self, tenant_id: int, placement: Placement, *, size: int) -> "asyncio.Future[Outcome]":
        lines = max(1, len(placement.request.lines))
        if self._lines and (self._lines + lines > self._most_lines or self._bytes + size > self._most_bytes):
            raise Refused(say.BUSY(), retry_after=1)
        loop = asyncio.get_running_loop()
        item = _Waiting(placement, lines, size, loop.time() + self._patience, loop.create_future())
        self._lines += lines
        self._bytes += size
        queue = self._queues.get(tenant_id)
        if queue is None:
            queue = self._queues[tenant_id] = _Queue()
        queue.waiting.append(item)
        if not queue.in_flight and len(queue.waiting) == 1:
            self._ready.append(tenant_id)
            self._pump()
        return item.answer

    async def drain(self) -> None:
        """Wait until everything taken so far has been answered."""
        while self._tasks or self._ready:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    def _pump(self) -> None:
        while self._free and self._ready:
            tenant_id = self._ready.popleft()
            self._queues[tenant_id].in_flight = True
            self._free -= 1
            task = asyncio.create_task(self._serve(tenant_id))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _serve(self, tenant_id: int) -> None:
        # One turn of the loop first: requests that arrived in the same instant share the batch.
        await asyncio.sleep(0)
        queue = self._queues[tenant_id]
        try:
            batch = self._next_batch(queue)
            if batch:
                await self._carry_out(tenant_id, batch)
        finally:
            self._free += 1
            queue.in_flight = False
            if queue.waiting:
                self._ready.append(tenant_id)
            else:
                del self._queues[tenant_id]
            self._pump()

    def _next_batch(self, queue: _Queue) -> list[_Waiting]:
        batch: list[_Waiting] = []
        lines = 0
        now = asyncio.get_running_loop().time()
        while queue.waiting:
            item = queue.waiting[0]
            if batch and lines + item.lines > self._batch_lines:
                break
            queue.waiting.popleft()
            self._lines -= item.lines
            self._bytes -= item.size
            if item.until < now:
                _answer(item, Outcome(refused=Refused(say.BUSY(), retry_after=1)))
            elif not item.answer.cancelled():
                batch.append(item)
                lines += item.lines
        return batch

    async def _carry_out(self, tenant_id: int, batch: Sequence[_Waiting]) -> None:
        """Place a batch. A fault of the data is hunted down by halving, so that only the culprit fails."""
        try:
            outcomes = await self._place(tenant_id, [item.placement for item in batch])
        except Exception as error:
            if len(batch) > 1 and not is_away(error) and not is_contended(error):
                middle = len(batch) // 2
                await self._carry_out(tenant_id, batch[:middle])
                await self._carry_out(tenant_id, batch[middle:])
                return
            for item in batch:
                if not item.answer.done():
                    item.answer.set_exception(error)
            return
        for item, outcome in zip(batch, outcomes, strict=True):
            _answer(item, outcome)

    async def _place(self, tenant_id: int, placements: Sequence[Placement]) -> list[Outcome]:
        """Place in one transaction; after a lost connection once more: known keys tell what had been committed.

        When a commit was lost and none of the attempts after it got as far, whatever stopped them, nobody knows.
        """
        committing = in_doubt = False

        async def command(tx: Tx) -> list[Outcome]:
            nonlocal committing
            committing = False
            outcomes = await place(tx, placements)
            committing = True
            return outcomes

        for attempt in range(_RECONNECTS + 1):
            try:
                return await self._database.run(tenant_id, command)
            except Exception as error:
                away = is_away(error)
                in_doubt = in_doubt or (away and committing)
                if attempt == _RECONNECTS or not (away or isinstance(error, RetryTransaction)):
                    if in_doubt:
                        log.warning("outcome unknown", orders=len(placements), exc_info=error)
                        return [_uncertain(placement) for placement in placements]
                    raise
                if away:
                    log.warning("connection lost during intake", attempt=attempt, orders=len(placements))
                    await asyncio.sleep(_FIRST_PAUSE * 2**attempt)
        raise AssertionError("unreachable")


def _uncertain(placement: Placement) -> Outcome:
    key = placement.key.key if placement.key else ""
    return Outcome(refused=Refused(say.UNCERTAIN("Idempotency-Key", key=key), retry_after=5))


def _answer(item: _Waiting, outcome: Outcome) -> None:
    if not item.answer.done():
        item.answer.set_result(outcome)
