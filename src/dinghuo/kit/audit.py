"""Who changed what, when, from what to what, through which channel. Append-only; sealed behind (audit_seal)."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Column, Uuid
from sqlalchemy.dialects.postgresql import JSON

from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id_text
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
index("ix_audit_entry_actor", audit_entry.c.actor_id, audit_entry.c.id, where=audit_entry.c.actor_id.is_not(None))
# Of orders the whole log is full: their placing bears no index more than it must.
index(
    "ix_audit_entry_kind", audit_entry.c.subject_kind, audit_entry.c.id, where=audit_entry.c.subject_kind != "order"
)
index("ix_audit_entry_unsealed", audit_entry.c.id, where=audit_entry.c.seal.is_(None))


class Change(msgspec.Struct, frozen=True):
    """One subject changed. `changes` maps a field to [old, new]; only what changed is named."""

    subject_kind: str
    subject_id: UUID
    action: str
    by: Actor
    changes: dict[str, Any] | None = None


class _Row(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    id: str
    subject_kind: str
    subject_id: UUID
    action: str
    actor_kind: str
    actor_name: str
    channel: str
    actor_id: UUID | None = None
    changes: dict[str, Any] | None = None


_RECORD = """
insert into audit_entry
  (tenant_id, id, at, subject_kind, subject_id, action, actor_kind, actor_id, actor_name, channel, changes)
select $1, id, $3, subject_kind, subject_id, action, actor_kind, actor_id, actor_name, channel, changes
from json_to_recordset($2::json) as c(id uuid, subject_kind text, subject_id uuid, action text, actor_kind text,
  actor_id uuid, actor_name text, channel text, changes json)
"""


async def record(tx: Tx, changes: Sequence[Change]) -> None:
    """Write the changes, in the transaction that makes them."""
    if not changes:
        return
    rows = [
        _Row(
            id=new_id_text(),
            subject_kind=change.subject_kind,
            subject_id=change.subject_id,
            action=change.action,
            actor_kind=change.by.kind,
            actor_name=change.by.name,
            channel=change.by.channel,
            actor_id=change.by.id,
            changes=change.changes,
        )
        for change in changes
    ]
    await tx.write_rows(_RECORD, rows, tx.now)


def differences(old: dict[str, Any], new: dict[str, Any]) -> dict[str, list[Any]]:
    """Field by field what a change changed: `{"name": [old, new]}`."""
    return {name: [old.get(name), value] for name, value in new.items() if old.get(name) != value}
