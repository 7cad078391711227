"""Idempotency keys: the same request sent again is answered again, not done again.

A key is looked up first and written last, in the transaction whose outcome it remembers. Two transactions that
do the same key at once both work, one commits, the other's insert finds the key and the whole is started over:
then the look-up finds it. A refusal writes nothing and so leaves no key.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import Column, Uuid, literal_column
from sqlalchemy.dialects.postgresql import JSON

from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.errors import CONFLICT, Message
from dinghuo.kit.tables import index, moment, tenant_table, text

idempotency_key = tenant_table(
    "idempotency_key",
    Column("principal_id", Uuid, nullable=False),
    text("route"),
    text("key"),
    text("body_hash"),
    Column("outcome", JSON, nullable=False),
    moment("created_at"),
    key=("principal_id", "route", "key"),
)

# What these remember must never be done again, however late: a book of orders imported, a cart submitted.
# All others pass.
PASSING = "route not like 'import:%' and route <> 'submit-draft'"
index("ix_idempotency_key_passing", idempotency_key.c.created_at, where=literal_column(PASSING))

KEY_REUSED = Message(
    "idempotency-key-reused",
    "此幂等键已用于另一份内容不同的请求",
    "This idempotency key was already used for a request with another body",
    CONFLICT,
)


class Key(msgspec.Struct, frozen=True):
    """What makes two requests the same request; `body_hash` tells whether they also say the same."""

    principal_id: UUID
    route: str
    key: str
    body_hash: str

    @property
    def identity(self) -> tuple[UUID, str, str]:
        return (self.principal_id, self.route, self.key)


class Known(msgspec.Struct, frozen=True):
    """A key seen before: the hash of its body and the outcome's JSON."""

    body_hash: str
    outcome: str


class _Row(msgspec.Struct, frozen=True, gc=False):
    principal_id: UUID
    route: str
    key: str
    body_hash: str
    outcome: msgspec.Raw


_LOOK_UP = """
select k.principal_id, k.route, k.key, k.body_hash, k.outcome::text as outcome
from unnest($2::uuid[], $3::text[], $4::text[]) as w(principal_id, route, key)
join idempotency_key k on k.tenant_id = $1
  and k.principal_id = w.principal_id and k.route = w.route and k.key = w.key
"""

_REMEMBER = """
insert into idempotency_key (tenant_id, principal_id, route, key, body_hash, outcome, created_at)
select $1, principal_id, route, key, body_hash, outcome, $3
from json_to_recordset($2::json) as k(principal_id uuid, route text, key text, body_hash text, outcome json)
on conflict do nothing
"""


async def look_up(tx: Tx, keys: Sequence[Key]) -> dict[tuple[UUID, str, str], Known]:
    """The keys among these that have an outcome already."""
    if not keys:
        return {}
    rows = await tx.fetch(_LOOK_UP, [k.principal_id for k in keys], [k.route for k in keys], [k.key for k in keys])
    return {(row["principal_id"], row["route"], row["key"]): Known(row["body_hash"], row["outcome"]) for row in rows}


async def remember(tx: Tx, outcomes: Sequence[tuple[Key, str]]) -> None:
    """Write each key with its outcome (JSON). Last statement of a command: rivals wait here, in key order."""
    if not outcomes:
        return
    rows = [
        _Row(key.principal_id, key.route, key.key, key.body_hash, msgspec.Raw(outcome))
        for key, outcome in sorted(outcomes, key=lambda item: item[0].identity)
    ]
    if await tx.write_rows(_REMEMBER, rows, tx.now) != len(rows):
        raise RetryTransaction("another transaction has just used one of these idempotency keys")
