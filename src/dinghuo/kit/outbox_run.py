"""One batch of the outbox: claim, react, mark, settle, in one transaction; what fails is bisected until it is alone.

A reaction takes the transaction and a list of deliveries, and does what is missing, so that a repeated delivery
changes nothing. Every event meets every reaction of its kind; `done`, `parked` and `dropped` marks are final.
"""

import random
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from uuid import UUID

import msgspec
import structlog

from dinghuo.kit.database import Database, Tx
from dinghuo.kit.outbox import Delivery, Event

Reaction = Callable[[Tx, Sequence[Delivery]], Awaitable[None]]


class Hands(ABC):
    """A reaction that does not fit into one transaction and keeps its marks itself (`kit.errand`)."""

    @abstractmethod
    async def work_off(self, database: Database, task: "Task", *, batch: int) -> int:
        """Take up to `batch` due events; how many were claimed."""


# By kind of event: the reactions and the names their marks bear. A kind that is not here belongs to a newer
# version of the program and is left to it.
Reactions = Mapping[str, Sequence[tuple[str, Reaction | Hands]]]
PlainReactions = Mapping[str, Sequence[tuple[str, Reaction]]]

ATTEMPTS = 8
BATCH = 200
_FIRST_PAUSE, _FACTOR = timedelta(seconds=10), 3  # 10 s, 30 s … 2 h: parked after about three hours
_LONGEST_ERROR = 2000

log = structlog.get_logger()


def by_kind(table: Mapping[type[Event], Sequence[Reaction]]) -> PlainReactions:
    """The reactions under the names their marks bear: module and function."""
    return {event.kind(): [(_name(reaction), reaction) for reaction in table[event]] for event in table}


def _name(reaction: Reaction) -> str:
    module = reaction.__module__.removeprefix("dinghuo.").partition(".")[0]
    return f"{module}.{reaction.__name__}"


@dataclass(frozen=True, slots=True)
class Task:
    """One reaction to one tenant's events of one kind; `names` are all reactions to that kind."""

    tenant_id: int
    kind: str
    name: str
    reaction: Reaction | Hands
    names: tuple[str, ...]


async def turn(database: Database, tenant_id: int, kind: str, reactions: Reactions, *, batch: int = BATCH) -> bool:
    """One batch for each reaction to this kind; true when there may be more to do at once."""
    wanted = reactions.get(kind)
    if wanted is None:
        return False
    names = tuple(name for name, _ in wanted)
    tasks = [Task(tenant_id, kind, name, reaction, names) for name, reaction in wanted]
    claimed = max([await work_off(database, task, batch=batch) for task in tasks], default=0)
    if not claimed:
        claimed = await database.run(tenant_id, partial(_sweep, kind=kind, names=names, batch=batch))
    return claimed == batch


async def drain(database: Database, tenant_id: int, reactions: Reactions) -> None:
    """Take turns until nothing of this tenant is due: the worker of tests and of one-off programs."""
    busy = True
    while busy:
        async with database.transaction(tenant_id) as tx:
            kinds = [row["kind"] for row in await tx.fetch(_DUE_KINDS, tx.now, list(reactions))]
        for kind in kinds:
            await turn(database, tenant_id, kind, reactions)
        busy = bool(kinds)


async def work_off(database: Database, task: Task, only: Sequence[UUID] | None = None, *, batch: int = BATCH) -> int:
    """Take up to `batch` due events through one reaction; how many were claimed.

    A failing list is rolled back and tried again in halves. Only an event that fails alone is marked, in a
    transaction of its own: while the database is away that raises, and nobody is blamed.
    """
    if isinstance(task.reaction, Hands):
        return await task.reaction.work_off(database, task, batch=batch)
    claimed: list[UUID] = []
    try:
        await database.run(task.tenant_id, partial(_react, task=task, only=only, batch=batch, claimed=claimed))
    except Exception as error:
        if not claimed:
            raise
        if len(claimed) == 1:
            await database.run(task.tenant_id, partial(_blame, task=task, event_id=claimed[0], error=error))
        else:
            middle = len(claimed) // 2
            await work_off(database, task, claimed[:middle], batch=batch)
            await work_off(database, task, claimed[middle:], batch=batch)
    return len(claimed)


async def _react(tx: Tx, *, task: Task, only: Sequence[UUID] | None, batch: int, claimed: list[UUID]) -> None:
    claimed[:] = await claim(tx, task, only, batch)
    if not claimed:
        return
    deliveries = await deliveries_of(tx, task, claimed)
    if deliveries and not isinstance(task.reaction, Hands):
        await task.reaction(tx, deliveries)
        await tx.write(
            _DONE, [d.event_id for d in deliveries], task.name, [d.attempts + 1 for d in deliveries], tx.now
        )
    await settle(tx, claimed, task.names)


async def _blame(tx: Tx, *, task: Task, event_id: UUID, error: Exception) -> None:
    """Mark the one event that fails by itself: to be tried later, or parked when it was tried often enough."""
    claimed = await claim(tx, task, [event_id], 1)
    for delivery in await deliveries_of(tx, task, claimed):  # none when another worker was quicker
        attempts = delivery.attempts + 1
        parked = attempts >= ATTEMPTS
        due = None if parked else tx.now + pause(attempts)
        text = error_text(error)
        state = "parked" if parked else "failed"
        await tx.write(_FAILED, event_id, task.name, state, attempts, text, tx.now, due)
        log.warning(
            "reaction failed", reaction=task.name, tenant=tx.tenant_id, event_id=str(event_id), state=state,
            attempts=attempts, exc_info=error,
        )  # fmt: skip
    await settle(tx, claimed, task.names)


def error_text(error: Exception) -> str:
    """What went wrong, as it can be stored."""
    return f"{type(error).__name__}: {error}".replace("\0", "").encode(errors="replace").decode()[:_LONGEST_ERROR]


def pause(attempts: int) -> timedelta:
    """How long to wait after so many failures: ever longer, and spread so that failures do not return as one."""
    spread = random.uniform(0.75, 1.25)  # noqa: S311 - no secret
    return _FIRST_PAUSE * float(_FACTOR ** (attempts - 1)) * spread


async def claim(tx: Tx, task: Task, only: Sequence[UUID] | None, batch: int) -> list[UUID]:
    """Lock due events that this reaction has still to meet; those that others hold are passed over."""
    if only is None:
        rows = await tx.fetch(_CLAIM, task.kind, task.name, tx.now, batch)
    else:
        rows = await tx.fetch(_CLAIM_THESE, list(only), task.name, tx.now)
    return [row["id"] for row in rows]


async def deliveries_of(tx: Tx, task: Task, claimed: Sequence[UUID]) -> list[Delivery]:
    rows = await tx.fetch(_READ, list(claimed), task.name)
    return [
        Delivery(row["id"], task.kind, row["subject_id"], msgspec.json.decode(row["data"] or "{}"), row["attempts"])
        for row in rows
    ]


async def settle(tx: Tx, event_ids: Sequence[UUID], names: Sequence[str]) -> None:
    """Close the events that no reaction is left for; the others are due when the first of theirs is."""
    await tx.write(_SETTLE, list(event_ids), list(names), tx.now)


async def _sweep(tx: Tx, *, kind: str, names: Sequence[str], batch: int) -> int:
    """Settle what is due and nobody wants: no reaction to its kind, or none any more."""
    event_ids = [row["id"] for row in await tx.fetch(_UNWANTED, kind, tx.now, batch)]
    await settle(tx, event_ids, names)
    return len(event_ids)


_DUE_KINDS = """
select distinct kind from outbox_event
where tenant_id = $1 and settled_at is null and due_at <= $2 and kind = any($3::text[])
order by kind
"""

# The mark of each event is looked up by its key, one by one (`limit 1`): left to choose, the planner may read every
# mark there ever was.
_MARK = """
left join lateral (
  select m.state, m.attempts, m.due_at from outbox_mark m
  where m.tenant_id = $1 and m.event_id = e.id and m.reaction = {reaction} limit 1
) m on true
"""

_CLAIM = f"""
select e.id
from outbox_event e {_MARK.format(reaction="$3")}
where e.tenant_id = $1 and e.kind = $2 and e.settled_at is null and e.due_at <= $4
  and (m.state is null or (m.state = 'failed' and m.due_at <= $4))
order by e.due_at, e.id
limit $5
for no key update of e skip locked
"""  # noqa: S608 - constants of this file

_CLAIM_THESE = f"""
select e.id
from outbox_event e {_MARK.format(reaction="$3")}
where e.tenant_id = $1 and e.id = any($2::uuid[]) and e.settled_at is null and e.due_at <= $4
  and (m.state is null or (m.state = 'failed' and m.due_at <= $4))
order by e.due_at, e.id
for no key update of e skip locked
"""  # noqa: S608 - constants of this file

# A statement of its own, after the lock: a rival's mark may have been committed between the claim's snapshot and
# its locks, and only a newer snapshot sees it.
_READ = f"""
select e.id, e.subject_id, e.data::text as data, coalesce(m.attempts, 0) as attempts
from outbox_event e {_MARK.format(reaction="$3")}
where e.tenant_id = $1 and e.id = any($2::uuid[]) and (m.state is null or m.state = 'failed')
order by e.id
"""  # noqa: S608 - constants of this file

_DONE = """
insert into outbox_mark (tenant_id, event_id, reaction, state, attempts, at)
select $1, event_id, $3, 'done', attempts, $5 from unnest($2::uuid[], $4::int[]) as d(event_id, attempts)
on conflict (tenant_id, event_id, reaction) do update
set state = 'done', attempts = excluded.attempts, error = null, at = excluded.at, due_at = null
where outbox_mark.tenant_id = $1
"""

_FAILED = """
insert into outbox_mark (tenant_id, event_id, reaction, state, attempts, error, at, due_at)
values ($1, $2, $3, $4, $5, $6, $7, $8)
on conflict (tenant_id, event_id, reaction) do update
set state = excluded.state, attempts = excluded.attempts, error = excluded.error, at = excluded.at,
    due_at = excluded.due_at
where outbox_mark.tenant_id = $1
"""

_SETTLE = f"""
with left_over as materialized (
  select e.id, count(r.reaction) filter (where m.state is null) > 0 as untried,
    min(m.due_at) filter (where m.state = 'failed') as retry_at
  from unnest($2::uuid[]) as e(id)
  left join unnest($3::text[]) as r(reaction) on true {_MARK.format(reaction="r.reaction")}
  group by e.id
)
update outbox_event e
set settled_at = case when not l.untried and l.retry_at is null then $4::timestamptz end,
  due_at = coalesce(least(case when l.untried then e.due_at end, l.retry_at), e.due_at)
from left_over l
where e.tenant_id = $1 and e.id = l.id and (l.retry_at is not null or not l.untried)
"""  # noqa: S608 - constants of this file

_UNWANTED = """
select id from outbox_event
where tenant_id = $1 and kind = $2 and settled_at is null and due_at <= $3
order by due_at, id
limit $4
for no key update skip locked
"""
