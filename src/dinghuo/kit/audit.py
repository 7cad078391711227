"""Who changed what, when, from what to what, through which channel. Append-only; sealed behind (audit_seal)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Column, Uuid
from sqlalchemy.dialects.postgresql import JSON

from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id
from dinghuo.kit.tables import index, moment, tenant_table, text

audit_entry = tenant_table(
    "audit_entry",
    moment("at"),
    text("subject_kind"),
    Column("subject_id", Uuid, nullable=False),
    text("action"),
    text("actor_kind"),
    Column("actor_id", Uuid, nullable=True),
    text("actor_name"),
    text("channel"),
    Column("changes", JSON, nullable=True),
    Column("seal", BigInteger, nullable=True),
)
index("ix_audit_entry_subject", audit_entry.c.subject_id, audit_entry.c.id)
index("ix_audit_entry_unsealed", audit_entry.c.id, where=audit_entry.c.seal.is_(None))


class Change(msgspec.Struct, frozen=True):
    """One subject changed. `changes` maps a field to [old, new]; only what changed is named."""

    subject_kind: str
    subject_id: UUID
    action: str
    by: Actor
    changes: dict[str, Any] | None = None


_RECORD = """
insert into audit_entry
  (tenant_id, id, at, subject_kind, subject_id, action, actor_kind, actor_id, actor_name, channel, changes)
select $1, id, $2, subject_kind, subject_id, action, actor_kind, actor_id, actor_name, channel, changes::json
from unnest($3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::uuid[], $9::text[], $10::text[], $11::text[])
  as c(id, subject_kind, subject_id, action, actor_kind, actor_id, actor_name, channel, changes)
"""


async def record(tx: Tx, changes: Sequence[Change]) -> None:
    """Write the changes, in the transaction that makes them."""
    if not changes:
        return
    await tx.write(
        _RECORD,
        tx.now,
        [new_id() for _ in changes],
        [change.subject_kind for change in changes],
        [change.subject_id for change in changes],
        [change.action for change in changes],
        [change.by.kind for change in changes],
        [change.by.id for change in changes],
        [change.by.name for change in changes],
        [change.by.channel for change in changes],
        [None if c.changes is None else msgspec.json.encode(c.changes).decode() for c in changes],
    )


def differences(old: dict[str, Any], new: dict[str, Any]) -> dict[str, list[Any]]:
    """Field by field what a change changed: `{"name": [old, new]}`."""
    return {name: [old.get(name), value] for name, value in new.items() if old.get(name) != value}
