"""News written in the transaction that made it: the outbox is the only queue (worker: kit.outbox_worker)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Column, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id
from dinghuo.kit.tables import index, moment, tenant_table, text

outbox_event = tenant_table(
    "outbox_event",
    text("kind"),
    Column("subject_id", Uuid, nullable=False),
    Column("data", JSONB, nullable=True),
    moment("created_at"),
    moment("due_at"),
    moment("settled_at", nullable=True),
)
index(
    "ix_outbox_event_due",
    outbox_event.c.due_at,
    where=outbox_event.c.settled_at.is_(None),
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


_EMIT = """
insert into outbox_event (tenant_id, id, kind, subject_id, data, created_at, due_at)
select $1, id, kind, subject_id, data::jsonb, $6, coalesce(due_at, $6)
from unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $7::timestamptz[])
  as e(id, kind, subject_id, data, due_at)
"""


async def emit(tx: Tx, events: Sequence[Event], *, due: Sequence[datetime | None] | None = None) -> None:
    """Write the events; they are due now, or at the moments given."""
    if not events:
        return
    await tx.write(
        _EMIT,
        [new_id() for _ in events],
        [event.kind() for event in events],
        [event.subject_id for event in events],
        [_data(event) for event in events],
        tx.now,
        list(due) if due is not None else [None] * len(events),
    )


def _data(event: Event) -> str | None:
    fields: dict[str, Any] = {name: getattr(event, name) for name in event.__struct_fields__ if name != "subject_id"}
    return msgspec.json.encode(fields).decode() if fields else None
