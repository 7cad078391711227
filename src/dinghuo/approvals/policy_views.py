"""Policies and kinds as their keepers see them."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, select, tuple_

from dinghuo.approvals.kinds import KINDS
from dinghuo.approvals.policies import StepSpec
from dinghuo.approvals.tables import approval_policy, approval_policy_version
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.texts import storable


class FactView(msgspec.Struct, frozen=True):
    name: str
    type: str
    label: str
    label_en: str
    secret: str | None


class WordView(msgspec.Struct, frozen=True):
    word: str
    label: str
    label_en: str


class ApprovalKindView(msgspec.Struct, frozen=True):
    """What can be approved: the facts that conditions may use, whom steps may name, what may be waived.

    `has_past`: conditions can be tried on what was before.
    """

    kind: str
    name: str
    name_en: str
    facts: list[FactView]
    people: list[WordView]
    waives: list[WordView]
    has_past: bool


class Kinds(msgspec.Struct, frozen=True):
    items: list[ApprovalKindView]


class PolicyView(msgspec.Struct, frozen=True, kw_only=True):
    """A policy in the version that counts. `uses` are the facts its condition asks for."""

    id: UUID
    code: str
    subject_kind: str
    name: str
    name_en: str | None
    position: int
    active: bool
    version: int
    revision: int
    condition: str
    uses: list[str]
    steps: list[StepSpec]
    waives: list[str]
    expires_hours: int | None
    updated_at: datetime
    updated_by: str


def kinds() -> Kinds:
    return Kinds(
        [
            ApprovalKindView(
                kind.kind,
                kind.zh,
                kind.en,
                [FactView(f.name, f.type, f.zh, f.en, f.secret) for f in kind.facts],
                [WordView(w.word, w.zh, w.en) for w in kind.words],
                [WordView(w.word, w.zh, w.en) for w in kind.waives],
                kind.look_back is not None,
            )
            for kind in KINDS.values()
        ]
    )


async def list_policies(
    tx: Tx, *, subject_kind: str | None, active: bool | None, cursor: str | None, limit: int
) -> Page[PolicyView]:
    """Policies by kind, in the order in which they are asked."""
    p = approval_policy.c
    wanted = _policies(tx)
    if subject_kind is not None:
        wanted = wanted.where(among(p.subject_kind, storable([subject_kind])))
    if active is not None:
        wanted = wanted.where(p.active == active)
    if cursor is not None:
        kind, position, id = decode_cursor(cursor, (str, int, UUID))
        wanted = wanted.where(tuple_(p.subject_kind, p.position, p.id) > tuple_(kind, position, id))
    rows = await tx.rows(wanted.order_by(p.subject_kind, p.position, p.id).limit(limit + 1))
    return page(rows, limit, lambda row: (row.subject_kind, row.position, row.id), _view)


async def get_policy(tx: Tx, policy_id: UUID) -> PolicyView:
    row = await tx.one(_policies(tx).where(approval_policy.c.id == policy_id))
    if row is None:
        raise missing("approval policy", policy_id)
    return _view(row)


def _policies(tx: Tx) -> Select[Any]:
    p, v = approval_policy.c, approval_policy_version.c
    return (
        select(approval_policy, v.condition, v.uses, v.steps, v.waives, v.expires_hours)
        .join(
            approval_policy_version,
            (v.tenant_id == p.tenant_id) & (v.policy_id == p.id) & (v.version == p.version),
        )
        .where(p.tenant_id == tx.tenant_id, v.tenant_id == tx.tenant_id)
    )


def _view(row: Any) -> PolicyView:
    fields = {name: row._mapping[name] for name in _plain_fields()}
    return PolicyView(**fields, steps=msgspec.convert(row.steps, list[StepSpec]))


def _plain_fields() -> Iterator[str]:
    return (name for name in PolicyView.__struct_fields__ if name != "steps")
