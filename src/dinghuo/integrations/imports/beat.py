"""How a worker says, a few times a second, that it is still at an import and how far it has come."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog

from dinghuo.integrations.imports.claim import LEASE, Claim
from dinghuo.integrations.imports.events import Progressed
from dinghuo.kit import outbox
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.outages import is_away

_PAUSE = 0.4
# Screens are told through the outbox, which is no place for every step.
_TOLD_EVERY = 1.0
# Stages in which slices are committed: whoever gets this far has not begun in vain.
_WRITES = frozenset({"master", "returns", "orders", "write"})

log = structlog.get_logger()


class Stopped(Exception):
    """The work ends between two slices."""


class Cancelled(Stopped):
    """Somebody wants it no longer."""


class Interrupted(Stopped):
    """The program is being stopped; another one goes on."""


class Lost(Stopped):
    """Another worker has taken the import over."""


_BEAT = """
update import_job set lease_until = $4, phase = $5, done = $6, total = $7, per_second = $8, progress_at = $9,
  attempts = case when $10::boolean then 0 else attempts end
where tenant_id = $1 and id = $2 and worker = $3
returning is_cancelling
"""


class Beat:
    """`progress` may be called from any thread, and raises as soon as the work has to end."""

    def __init__(self, database: Database, claim: Claim, *, rows: int = 0) -> None:
        self._database = database
        self._claim = claim
        self._rows = rows
        self._stage, self._done, self._total = "fetch", 0, 0
        self._since = time.monotonic()
        self._told: tuple[str, int] | None = None
        self._told_at = 0.0
        self._end: Stopped | None = None

    def expect(self, rows: int) -> None:
        """How many rows the file has, now that it is known."""
        self._rows = rows

    def progress(self, stage: str, done: int, total: int) -> None:
        if stage != self._stage:
            self._since = time.monotonic()
        # Reading knows only how far it is; how far it has to go was counted when the file was looked at.
        self._stage, self._done, self._total = stage, done, max(done, self._rows) if stage == "read" else total
        self.check()

    def check(self) -> None:
        """Raise if the work has to end."""
        if self._end is not None:
            raise self._end

    def end(self, why: Stopped) -> None:
        self._end = self._end or why

    @asynccontextmanager
    async def beating(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self._run())
        try:
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _run(self) -> None:
        while self._end is None:
            try:
                await self._database.run(self._claim.tenant_id, self._beat)
            except Exception as error:
                if not is_away(error):
                    log.error("an import's progress was not written", exc_info=error)
            await asyncio.sleep(_PAUSE)

    async def _beat(self, tx: Tx) -> None:
        claim, stage, done, total = self._claim, self._stage, self._done, self._total or None
        seconds = time.monotonic() - self._since
        per_second = round(done / seconds) if done and seconds > 0.2 else None
        rows = await tx.fetch(
            _BEAT, claim.import_id, claim.worker, tx.now + LEASE, stage, done, total,
            min(per_second, 2**31 - 1) if per_second else None, tx.now, stage in _WRITES and done > 0,
        )  # fmt: skip
        if not rows:
            self.end(Lost())
        elif rows[0]["is_cancelling"]:
            self.end(Cancelled())
        if (stage, done) != self._told and time.monotonic() - self._told_at >= _TOLD_EVERY:
            self._told, self._told_at = (stage, done), time.monotonic()
            news = Progressed(subject_id=claim.import_id, state=claim.state, phase=stage, done=done, total=total)
            await outbox.emit(tx, [news])
