"""Reactions that failed for good are parked: operators see why, and replay or drop them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import select, tuple_

from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import NOT_FOUND, Message, Refused
from dinghuo.kit.outbox import outbox_event, outbox_mark
from dinghuo.kit.paging import Page, decode_cursor, page

NOT_PARKED = Message(
    "reaction-not-parked",
    "没有搁置的任务：事件 {event_id}，处理 {reaction}",
    "No such reaction is parked: event {event_id}, reaction {reaction}",
    NOT_FOUND,
)

State = Literal["failed", "parked"]


class Chosen(msgspec.Struct, frozen=True):
    """One reaction to one event."""

    event_id: UUID
    reaction: str


class FailureView(msgspec.Struct, frozen=True):
    """A reaction that failed: `failed` ones are tried again at `due_at`, `parked` ones wait for an operator."""

    event_id: UUID
    reaction: str
    state: State
    kind: str
    subject_id: UUID
    data: dict[str, Any] | None
    attempts: int
    error: str | None
    emitted_at: datetime
    tried_at: datetime
    due_at: datetime | None


async def failures(
    tx: Tx, *, state: State = "parked", cursor: str | None = None, limit: int = 50
) -> Page[FailureView]:
    """What failed, the oldest event first."""
    event, mark = outbox_event.c, outbox_mark.c
    wanted = (
        select(
            mark.event_id, mark.reaction, mark.state, event.kind, event.subject_id, event.data, mark.attempts,
            mark.error, event.created_at, mark.at, mark.due_at,
        )
        .join_from(
            outbox_mark, outbox_event, (event.tenant_id == mark.tenant_id) & (event.id == mark.event_id)
        )
        .where(mark.tenant_id == tx.tenant_id, event.tenant_id == tx.tenant_id, mark.state == state)
        .order_by(mark.event_id, mark.reaction)
        .limit(limit + 1)
    )  # fmt: skip
    if cursor is not None:
        wanted = wanted.where(tuple_(mark.event_id, mark.reaction) > tuple_(*decode_cursor(cursor, (UUID, str))))
    return page(await tx.rows(wanted), limit, lambda row: (row.event_id, row.reaction), lambda row: FailureView(*row))


async def replay(tx: Tx, *, chosen: Sequence[Chosen], by: Actor) -> int:
    """Try parked reactions again, at once and with all their attempts; how many there were."""
    chosen = list(dict.fromkeys(chosen))
    await _lock_parked(tx, chosen)
    event_ids, reactions = [item.event_id for item in chosen], [item.reaction for item in chosen]
    await tx.write(_UNPARK, event_ids, reactions, tx.now)
    await tx.write(_REOPEN, event_ids, tx.now)
    await _record(tx, chosen, "replayed", by)
    database, tenant_id = tx.database, tx.tenant_id
    tx.after_commit(lambda: database.wake(tenant_id, (), ()))
    return len(chosen)


async def drop(tx: Tx, *, chosen: Sequence[Chosen], by: Actor) -> int:
    """Give parked reactions up for good; how many there were."""
    chosen = list(dict.fromkeys(chosen))
    await _lock_parked(tx, chosen)
    await tx.write(_DROP, [item.event_id for item in chosen], [item.reaction for item in chosen])
    await _record(tx, chosen, "dropped", by)
    return len(chosen)


async def _lock_parked(tx: Tx, chosen: Sequence[Chosen]) -> None:
    """The event's lock covers its marks, as it does for the worker; refused when one of these is not parked."""
    event_ids = [item.event_id for item in chosen]
    await tx.fetch(_LOCK, event_ids)
    rows = await tx.fetch(_PARKED, event_ids)
    parked = {(row["event_id"], row["reaction"]) for row in rows}
    faults = [
        NOT_PARKED(f"items[{i}]", line=i + 1, event_id=str(item.event_id), reaction=item.reaction)
        for i, item in enumerate(chosen)
        if (item.event_id, item.reaction) not in parked
    ]
    if faults:
        raise Refused(faults)


async def _record(tx: Tx, chosen: Sequence[Chosen], action: str, by: Actor) -> None:
    await audit.record(
        tx,
        [
            audit.Change("outbox_event", item.event_id, action, by, {item.reaction: ["parked", action]})
            for item in chosen
        ],
    )


_LOCK = """
select id from outbox_event where tenant_id = $1 and id = any($2::uuid[]) order by id for no key update
"""

_PARKED = """
select event_id, reaction from outbox_mark
where tenant_id = $1 and event_id = any($2::uuid[]) and state = 'parked'
"""

_UNPARK = """
update outbox_mark m set state = 'failed', attempts = 0, due_at = $4
from unnest($2::uuid[], $3::text[]) as c(event_id, reaction)
where m.tenant_id = $1 and m.event_id = c.event_id and m.reaction = c.reaction and m.state = 'parked'
"""

_REOPEN = """
update outbox_event set settled_at = null, due_at = least(due_at, $3)
where tenant_id = $1 and id = any($2::uuid[])
"""

_DROP = """
update outbox_mark m set state = 'dropped'
from unnest($2::uuid[], $3::text[]) as c(event_id, reaction)
where m.tenant_id = $1 and m.event_id = c.event_id and m.reaction = c.reaction and m.state = 'parked'
"""
