"""A reaction that needs somebody outside: a mail server, a chat, another company's system.

No network call is made inside a transaction. So an errand has three parts: one transaction reads what is to be
carried and marks the events as under way for a while; then it is carried, with no transaction open; another
transaction marks what arrived as done and the rest to be tried again. A process that dies between the last two
carries it once more when the while is over: whoever receives it may get it twice, never not at all.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Generic, TypeVar
from uuid import UUID

import msgspec
import structlog

from dinghuo.kit.database import Database, Tx
from dinghuo.kit.outbox import Delivery
from dinghuo.kit.outbox_run import ATTEMPTS, Hands, Task, claim, deliveries_of, error_text, pause, settle

P = TypeVar("P")

UNDER_WAY = timedelta(minutes=5)
"""No call outside may take longer."""
_MOST = 50

log = structlog.get_logger()


class _Mark(msgspec.Struct, frozen=True):
    id: UUID
    state: str
    attempts: int
    error: str | None = None
    due_at: datetime | None = None


_MARK = """
insert into outbox_mark (tenant_id, event_id, reaction, state, attempts, error, at, due_at)
select $1, m.id, $3, m.state, m.attempts, m.error, $4, m.due_at
from json_to_recordset($2::json) as m(id uuid, state text, attempts int, error text, due_at timestamptz)
on conflict (tenant_id, event_id, reaction) do update
set state = excluded.state, attempts = excluded.attempts, error = excluded.error, at = excluded.at,
    due_at = excluded.due_at
where outbox_mark.tenant_id = $1
"""
_LOCK = "select id from outbox_event where tenant_id = $1 and id = any($2::uuid[]) order by id for no key update"
_ATTEMPTS_OF = """
select event_id, attempts from outbox_mark
where tenant_id = $1 and event_id = any($2::uuid[]) and reaction = $3 and state = 'failed'
"""


@dataclass(frozen=True, slots=True)
class Errand(Hands, Generic[P]):
    """`pack` reads what each event has to be carried, if anything; `carry` carries it and says what failed."""

    pack: Callable[[Tx, Sequence[Delivery]], Awaitable[Mapping[UUID, P]]]
    carry: Callable[[int, Mapping[UUID, P]], Awaitable[Mapping[UUID, Exception]]]

    async def work_off(self, database: Database, task: Task, *, batch: int) -> int:
        claimed: list[UUID] = []
        attempts: dict[UUID, int] = {}
        limit = min(batch, _MOST)
        parcels = await database.run(
            task.tenant_id,
            partial(self._take, task=task, batch=limit, claimed=claimed, attempts=attempts),
        )
        if parcels:
            failed = await self.carry(task.tenant_id, parcels)
            await database.run(
                task.tenant_id,
                partial(self._mark, task=task, attempts={id: attempts[id] for id in parcels}, failed=failed),
            )
        # A full claim is told as a full batch: there may be more at once.
        return batch if len(claimed) == limit else len(claimed)

    async def _take(
        self, tx: Tx, *, task: Task, batch: int, claimed: list[UUID], attempts: dict[UUID, int]
    ) -> Mapping[UUID, P]:
        claimed[:] = await claim(tx, task, None, batch)
        if not claimed:
            return {}
        deliveries = await deliveries_of(tx, task, claimed)
        parcels = await self.pack(tx, deliveries)
        until = tx.now + UNDER_WAY
        attempts.update({delivery.event_id: delivery.attempts + 1 for delivery in deliveries})
        marks = [
            _Mark(id, "failed", tried, "under way", until) if id in parcels else _Mark(id, "done", tried)
            for id, tried in attempts.items()
        ]
        await tx.write_rows(_MARK, marks, task.name, tx.now)
        await settle(tx, claimed, task.names)
        return parcels

    async def _mark(
        self, tx: Tx, *, task: Task, attempts: Mapping[UUID, int], failed: Mapping[UUID, Exception]
    ) -> None:
        ids = sorted(attempts)
        await tx.fetch(_LOCK, ids)
        # Who took too long finds that somebody else has tried again meanwhile, and leaves it to them.
        known = {row["event_id"]: row["attempts"] for row in await tx.fetch(_ATTEMPTS_OF, ids, task.name)}
        mine = [id for id in ids if known.get(id) == attempts[id]]
        marks = [self._outcome(id, attempts[id], failed.get(id), tx.now) for id in mine]
        if marks:
            await tx.write_rows(_MARK, marks, task.name, tx.now)
            await settle(tx, mine, task.names)
        for id, error in failed.items():
            log.warning(
                "errand failed", reaction=task.name, tenant=tx.tenant_id, event_id=str(id), reason=error_text(error)
            )

    def _outcome(self, id: UUID, attempts: int, error: Exception | None, now: datetime) -> _Mark:
        if error is None:
            return _Mark(id, "done", attempts)
        if attempts >= ATTEMPTS:
            return _Mark(id, "parked", attempts, error_text(error))
        return _Mark(id, "failed", attempts, error_text(error), now + pause(attempts))
