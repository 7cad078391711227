"""Who works on which import: claimed for a while, and claimed again when its worker is gone.

Whenever something is due of a tenant its imports are looked at: those that wait are taken up, as far as hands are
free and no other import of the tenant is in their way; those whose worker has not been heard of are taken over. While
any is in work or waits, another look is due soon: so a worker that dies is missed, whichever worker that is.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from dinghuo.integrations.imports import messages as say
from dinghuo.integrations.imports.events import Due
from dinghuo.integrations.imports.jobs import AT_REST, move
from dinghuo.integrations.imports.problems import kept
from dinghuo.integrations.imports.states import WORKING
from dinghuo.integrations.imports.tables import import_job
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import RetryTransaction, Tx, sqlstate
from dinghuo.kit.ids import new_id
from dinghuo.kit.periodic import TENANT, schedule

LEASE = timedelta(seconds=15)
LOOK_EVERY = timedelta(seconds=10)
# A file that ends the program again and again is given up.
MOST_ATTEMPTS = 4

Lane = Literal["read", "write"]


class Claim(msgspec.Struct, frozen=True):
    """One import to be worked on, by the worker with this id as long as its lease lasts."""

    tenant_id: int
    import_id: UUID
    worker: UUID
    state: str


def lane_of(state: str) -> Lane:
    return "write" if state == "running" else "read"


async def claim(tx: Tx, *, free: int) -> list[Claim]:
    """Take up what can be, at most `free` imports."""
    rows = await tx.rows(
        select(import_job)
        .where(import_job.c.tenant_id == tx.tenant_id, import_job.c.state.in_(WORKING))
        .order_by(import_job.c.id)
        .with_for_update(key_share=True)
    )
    rows = await _give_up(tx, rows)
    if rows:
        await schedule(tx, Due(subject_id=TENANT), LOOK_EVERY)
    chosen = _choose(rows, tx.now, free)
    for row in rows:
        if _is_lost(row, tx.now):
            await _write(tx, row.id, worker=None, lane=None, lease_until=None)
    return [await _claim(tx, row) for row in chosen]


def _choose(rows: Sequence[Any], now: datetime, free: int) -> list[Any]:
    """The longest waiting first, one in each lane."""
    busy = {lane_of(row.state) for row in rows if row.worker is not None and not _is_lost(row, now)}
    chosen: list[Any] = []
    for row in sorted(rows, key=lambda row: (row.queued_at or now, row.id)):
        waits = row.worker is None or _is_lost(row, now)
        if waits and lane_of(row.state) not in busy and len(chosen) < free and (row.queued_at or now) <= now:
            busy.add(lane_of(row.state))
            chosen.append(row)
    return chosen


def _is_lost(row: Any, now: datetime) -> bool:
    return bool(row.worker is not None and row.lease_until <= now)


async def _give_up(tx: Tx, rows: Sequence[Any]) -> list[Any]:
    """Fail what was begun too often without getting anywhere; the others are returned."""
    left = []
    for row in rows:
        if row.attempts >= MOST_ATTEMPTS and (row.worker is None or _is_lost(row, tx.now)):
            problem = kept([say.NO_CRASH()])
            await move(
                tx, row.id, row.state, "failed", by=SYSTEM, **AT_REST | {"problem": problem, "finished_at": tx.now}
            )
        else:
            left.append(row)
    return left


async def _claim(tx: Tx, row: Any) -> Claim:
    worker = new_id()
    try:
        await _write(
            tx, row.id, worker=worker, lane=lane_of(row.state), lease_until=tx.now + LEASE, phase="fetch", done=0,
            total=None, per_second=None, progress_at=tx.now, attempts=row.attempts + 1,
        )  # fmt: skip
    except DBAPIError as error:
        if sqlstate(error) == "23505":
            raise RetryTransaction("another worker has just taken up an import of this tenant") from error
        raise
    return Claim(tx.tenant_id, row.id, worker, row.state)


async def _write(tx: Tx, import_id: UUID, **values: Any) -> None:
    await tx.execute(
        import_job.update()
        .where(import_job.c.tenant_id == tx.tenant_id, import_job.c.id == import_id)
        .values(**values)
    )
