"""The worker's side: takes imports up when they are due, a few at a time, each carried out beside the outbox."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import partial

import structlog

from dinghuo.integrations.imports.claim import Claim, claim
from dinghuo.integrations.imports.events import Due
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery
from dinghuo.kit.outbox_run import Reactions, by_kind

MOST = 2

log = structlog.get_logger()


class Runner:
    """`carry_out` does the work of one claim, wherever that is; cancelled, it ends soon and leaves the rest."""

    def __init__(self, carry_out: Callable[[Claim], Awaitable[None]], *, most: int = MOST) -> None:
        self._carry_out = carry_out
        self._most = most
        self._tasks: set[asyncio.Task[None]] = set()

    @property
    def reactions(self) -> Reactions:
        return by_kind({Due: [self.take_up]})

    async def take_up(self, tx: Tx, _deliveries: Sequence[Delivery]) -> None:
        """The reaction to `Due`: claim what this worker has hands for, and begin once that is committed."""
        claims = await claim(tx, free=self._most - len(self._tasks))
        if claims:
            tx.after_commit(partial(self._begin, claims))

    def _begin(self, claims: Sequence[Claim]) -> None:
        for each in claims:
            task = asyncio.create_task(self._guarded(each))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _guarded(self, claimed: Claim) -> None:
        try:
            await self._carry_out(claimed)
        except Exception as error:  # its lease runs out, and it is taken up again
            log.error("an import was not carried out", import_id=str(claimed.import_id), exc_info=error)

    async def finished(self) -> None:
        """Wait until nothing is in work."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)

    async def close(self) -> None:
        """End what is in work, between two slices; it goes on elsewhere or later."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
