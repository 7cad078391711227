"""Idempotency keys: the same request sent again is answered again, not done again.

A key is looked up first and written last, in the transaction whose outcome it remembers. Two transactions that
do the same key at once both work, one commits, the other's insert finds the key and the whole is started over:
then the look-up finds it. A refusal writes nothing and so leaves no key.
"""

from collections.abc import Sequence
from uuid import UUID

import msgspec
from sqlalchemy import Column, LargeBinary, Uuid
from sqlalchemy.dialects.postgresql import JSON

from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.errors import CONFLICT, Message
from dinghuo.kit.tables import moment, tenant_table, text

idempotency_key = tenant_table(
    "idempotency_key",
    Column("principal_id", Uuid, nullable=False),
    text("route"),
    text("key"),
    Column("body_hash", LargeBinary, nullable=False),
    Column("outcome", JSON, nullable=False),
    moment("created_at"),
    key=("principal_id", "route", "key"),
)

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
    body_hash: bytes

    @property
    def identity(self) -> tuple[UUID, str, str]:
        return (self.principal_id, self.route, self.key)


class Known(msgspec.Struct, frozen=True):
    """A key seen before: the hash of its body and the outcome's JSON."""

    body_hash: bytes
    outcome: str


_LOOK_UP = """
select k.principal_id, k.route, k.key, k.body_hash, k.outcome
from unnest($2::uuid[], $3::text[], $4::text[]) as w(principal_id, route, key)
join idempotency_key k on k.tenant_id = $1
  and k.principal_id = w.principal_id and k.route = w.route and k.key = w.key
"""

_REMEMBER = """
insert into idempotency_key (tenant_id, principal_id, route, key, body_hash, outcome, created_at)
select $1, principal_id, route, key, body_hash, outcome::json, $7
from unnest($2::uuid[], $3::text[], $4::text[], $5::bytea[], $6::text[])
  as k(principal_id, route, key, body_hash, outcome)
on conflict do nothing
"""


async def look_up(tx: Tx, keys: Sequence[Key]) -> dict[tuple[UUID, str, str], Known]:
    """The keys among these that have an outcome already."""
    if not keys:
        return {}
    rows = await tx.fetch(_LOOK_UP, [k.principal_id for k in keys], [k.route for k in keys], [k.key for k in keys])
    return {(row["principal_id"], row["route"], row["key"]): Known(row["body_hash"], row["outcome"]) for row in rows}


async def remember(tx: Tx, outcomes: Sequence[tuple[Key, str]]) -> None:
    """Write each key with its outcome (JSON text). Last statement of a command: rivals wait here, in key order."""
    if not outcomes:
        return
    ordered = sorted(outcomes, key=lambda item: item[0].identity)
    written = await tx.write(
        _REMEMBER,
        [key.principal_id for key, _ in ordered],
        [key.route for key, _ in ordered],
        [key.key for key, _ in ordered],
        [key.body_hash for key, _ in ordered],
        [outcome for _, outcome in ordered],
        tx.now,
    )
    if written != len(ordered):
        raise RetryTransaction("another transaction has just used one of these idempotency keys")
