"""Events, reactions and workers for the tests of the outbox."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from dinghuo.kit import audit
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.ids import new_id
from dinghuo.kit.outbox import Delivery, Event, emit
from dinghuo.kit.outbox_run import Reactions
from dinghuo.kit.outbox_watch import Watch
from dinghuo.kit.outbox_worker import Worker
from dinghuo.kit.roles import Urls

T = TypeVar("T")


class Noted(Event, frozen=True, kw_only=True, tag="test.noted"):
    word: str = "w"


class Unheard(Event, frozen=True, kw_only=True, tag="test.unheard"):
    """Nobody reacts to it."""


class Late(Event, frozen=True, kw_only=True, tag="test.late"):
    """Of one test's own."""


class Clock:
    """A clock that tests move."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 1, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class Notes:
    """A reaction whose effect is an audit entry a subject: a rollback takes it back, nothing else can."""

    def __init__(self, name: str = "noted", *, poisoned: Sequence[UUID] = ()) -> None:
        self.name = name
        self.poisoned = set(poisoned)
        self.lists: list[int] = []

    async def __call__(self, tx: Tx, deliveries: Sequence[Delivery]) -> None:
        self.lists.append(len(deliveries))
        await audit.record(tx, [audit.Change("test", d.subject_id, self.name, SYSTEM) for d in deliveries])
        if any(delivery.subject_id in self.poisoned for delivery in deliveries):
            raise ValueError("poisoned \0 subject")

    async def counts(self, database: Database, tenant_id: int) -> dict[UUID, int]:
        async with database.transaction(tenant_id) as tx:
            rows = await tx.fetch(
                "select subject_id, count(*) from audit_entry where tenant_id = $1 and action = $2 group by 1",
                self.name,
            )
        return {row["subject_id"]: row["count"] for row in rows}


async def emitted(database: Database, tenant_id: int, count: int) -> list[UUID]:
    subjects = [new_id() for _ in range(count)]
    await database.run(tenant_id, partial(emit, events=[Noted(subject_id=subject) for subject in subjects]))
    return subjects


async def marks(database: Database, tenant_id: int) -> dict[tuple[str, str], int]:
    async with database.transaction(tenant_id) as tx:
        rows = await tx.fetch(
            "select reaction, state, count(*) from outbox_mark where tenant_id = $1 group by reaction, state"
        )
    return {(row["reaction"], row["state"]): row["count"] for row in rows}


async def unsettled(database: Database, tenant_id: int) -> int:
    async with database.transaction(tenant_id) as tx:
        rows = await tx.fetch("select count(*) from outbox_event where tenant_id = $1 and settled_at is null")
    return int(rows[0]["count"])


@asynccontextmanager
async def working(database: Database, urls: Urls, reactions: Reactions, **options: Any) -> AsyncIterator[Worker]:
    stop = asyncio.Event()
    worker = Worker(database, Watch(urls.worker), reactions, **options)
    running = asyncio.create_task(worker.run(stop))
    try:
        yield worker
    finally:
        stop.set()
        await running


async def until_settled(database: Database, tenant_id: int) -> None:
    async with asyncio.timeout(60):
        while await unsettled(database, tenant_id):  # noqa: ASYNC110 - what is waited for is another's commit
            await asyncio.sleep(0.02)
