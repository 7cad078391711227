"""News written in the transaction that made it: the outbox is the only queue (worker: kit.outbox_worker)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

import msgspec
from sqlalchemy import Column, Integer, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id_text
from dinghuo.kit.tables import index, moment, one_of, reference, tenant_table, text

outbox_event = tenant_table(
    "outbox_event",
    text("kind"),
    Column("subject_id", Uuid, nullable=False),
    Column("data", JSONB, nullable=True),
    moment("created_at"),
    # When some reaction is next to be tried; never, once nothing is left to try.
    moment("due_at"),
    moment("settled_at", nullable=True),
)
# Led by tenant and kind, so that the worker can hop from one pair to the next and give every tenant its turn.
index(
    "ix_outbox_event_due",
    outbox_event.c.kind,
    outbox_event.c.due_at,
    outbox_event.c.id,
    where=outbox_event.c.settled_at.is_(None),
)

# How far one reaction to one event has come. Without a mark it was not tried yet.
outbox_mark = tenant_table(
    "outbox_mark",
    Column("event_id", Uuid, nullable=False),
    text("reaction"),
    text("state"),
    Column("attempts", Integer, nullable=False),
    text("error", nullable=True),
    moment("at"),
    moment("due_at", nullable=True),
    reference("outbox_event", "event_id"),
    one_of("state", ("done", "failed", "parked", "dropped")),
    key=("event_id", "reaction"),
)
index(
    "ix_outbox_mark_open",
    outbox_mark.c.event_id,
    outbox_mark.c.reaction,
    where=outbox_mark.c.state.in_(("failed", "parked")),
)


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """Something happened to a subject. Subclasses name it with `tag="orders.confirmed"` and may add fields."""

    subject_id: UUID

    @classmethod
    def kind(cls) -> str:
        tag = cls.__struct_config__.tag
        if not isinstance(tag, str):
            raise TypeError(f"{cls.__name__} has no tag")
        return tag


E = TypeVar("E", bound=Event)


class Delivery(msgspec.Struct, frozen=True):
    """An event as a reaction gets it. `attempts` says how often this reaction has failed on it."""

    event_id: UUID
    kind: str
    subject_id: UUID
    data: dict[str, Any]
    attempts: int = 0

    def read(self, event: type[E]) -> E:
        """The event itself, with the fields it was emitted with."""
        fields = {"type": self.kind, "subject_id": self.subject_id, **self.data}
        return msgspec.convert(fields, event)


class _Row(msgspec.Struct, frozen=True, gc=False):
    id: str
    kind: str
    subject_id: UUID
    data: dict[str, Any] | None
    due_at: datetime


_EMIT = """
insert into outbox_event (tenant_id, id, kind, subject_id, data, created_at, due_at)
select $1, id, kind, subject_id, data, $3, due_at
from json_to_recordset($2::json) as e(id uuid, kind text, subject_id uuid, data jsonb, due_at timestamptz)
"""
_EMIT_ONCE = _EMIT + "on conflict do nothing"


async def emit(tx: Tx, events: Sequence[Event], *, due: Sequence[datetime | None] | None = None) -> None:
    """Write the events; they are due now, or at the moments given."""
    moments = due if due is not None else [None] * len(events)
    rows = [_row(tx, new_id_text(), event, at) for event, at in zip(events, moments, strict=True)]
    if rows:
        await tx.write_rows(_EMIT, rows, tx.now)
        _ring(tx, rows)


async def emit_once(tx: Tx, events: Sequence[tuple[UUID, Event, datetime]]) -> None:
    """Write events under ids of the caller's making, due at their moments; those that are there already stay."""
    rows = [_row(tx, str(event_id), event, due) for event_id, event, due in events]
    if rows:
        await tx.write_rows(_EMIT_ONCE, rows, tx.now)
        _ring(tx, rows)


def _ring(tx: Tx, rows: Sequence[_Row]) -> None:
    database, tenant_id = tx.database, tx.tenant_id
    tx.after_commit(lambda: database.wake(tenant_id, [row.id for row in rows], ()))


def _row(tx: Tx, event_id: str, event: Event, due: datetime | None) -> _Row:
    return _Row(event_id, event.kind(), event.subject_id, _data(event), due or tx.now)


def _data(event: Event) -> dict[str, Any] | None:
    fields = event.__struct_fields__
    return {name: getattr(event, name) for name in fields if name != "subject_id"} if len(fields) > 1 else None
