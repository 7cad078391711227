"""Ask for approval: open requests for many subjects at once, in the transaction that makes the subjects."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.approvals.conditions import plain
from dinghuo.approvals.events import ExpiryDue
from dinghuo.approvals.flow import Flow, Step
from dinghuo.approvals.policies import Policies, Policy, load_policies, steps_of
from dinghuo.approvals.store import Decision, Open, StepRow, ask_steps, write_decisions, write_flows
from dinghuo.approvals.withdraw import close_open
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id

__all__ = ["Ask", "ask", "load_policies", "open_requests", "origin_of", "people_behind", "withdraw_open"]


class Ask(msgspec.Struct, frozen=True, kw_only=True):
    """A subject and what is to be known of it. Who asks does not decide on it."""

    subject_kind: str
    subject_id: UUID
    title: str
    facts: Mapping[str, Any]
    by: Actor
    customer_id: UUID | None = None
    # Users by words beyond those of every customer's subject (`kinds.OF_CUSTOMER`).
    people: Mapping[str, Sequence[UUID]] = {}


async def ask(tx: Tx, asks: Sequence[Ask]) -> list[UUID | None]:
    """Open a request for each subject that a policy wants approved: its id, or None where no policy matches."""
    found: list[tuple[Ask, tuple[Policy, ...]]] = []
    for one in asks:
        policies: Policies = await load_policies(tx, one.subject_kind)  # of memory: a transaction asks once
        found.append((one, policies.matching(one.facts)))
    opened = await open_requests(tx, [(one, matched) for one, matched in found if matched])
    ids = iter(opened)
    return [next(ids) if matched else None for _, matched in found]


class _Row(msgspec.Struct, frozen=True):
    id: UUID
    subject_kind: str
    subject_id: UUID
    title: str
    policies: list[dict[str, Any]]
    facts: dict[str, Any]
    people: dict[str, list[UUID]]
    customer_id: UUID | None
    requested_by: UUID | None
    requested_by_name: str
    steps: int
    expires_at: Any


_OPEN = """
insert into approval_request (tenant_id, id, subject_kind, subject_id, title, policies, facts, people, customer_id,
  requested_by, requested_by_name, steps, expires_at, opened_at)
select $1, r.*, $3
from json_to_recordset($2::json) as r(id uuid, subject_kind text, subject_id uuid, title text, policies jsonb,
  facts jsonb, people jsonb, customer_id uuid, requested_by uuid, requested_by_name text, steps int,
  expires_at timestamptz)
"""
_STEPS = """
insert into approval_step (tenant_id, request_id, step_no, name, name_en, mode, needed, approvers, due_hours,
  on_timeout, escalate_to)
select $1, s.*
from json_to_recordset($2::json) as s(request_id uuid, step_no int, name text, name_en text, mode text, needed int,
  approvers jsonb, due_hours int, on_timeout text, escalate_to jsonb)
"""


async def open_requests(tx: Tx, asks: Sequence[tuple[Ask, tuple[Policy, ...]]]) -> list[UUID]:
    """Open a request for each under the policies that matched: a fixed number of statements."""
    if not asks:
        return []
    rows, steps, opened = [], [], []
    people = await people_behind(tx, [one.by for one, _ in asks])
    for one, policies in asks:
        id, specs = new_id(), steps_of(policies)
        hours = [policy.expires_hours for policy in policies if policy.expires_hours is not None]
        row = _Row(
            id=id,
            subject_kind=one.subject_kind,
            subject_id=one.subject_id,
            title=one.title,
            policies=[
                {"id": p.id, "code": p.code, "name": p.name, "name_en": p.name_en, "version": p.version}
                for p in policies
            ],
            facts={name: plain(value) for name, value in one.facts.items()},
            people={word: list(users) for word, users in one.people.items()},
            customer_id=one.customer_id,
            requested_by=people.get(one.by.id) if one.by.id is not None else None,
            requested_by_name=one.by.name,
            steps=len(specs),
            expires_at=tx.now + timedelta(hours=min(hours)) if hours else None,
        )
        rows.append(row)
        steps += [StepRow.of(id, number, spec) for number, spec in enumerate(specs, start=1)]
        opened.append(
            Open(
                id=id,
                subject_kind=row.subject_kind,
                subject_id=row.subject_id,
                title=row.title,
                facts=row.facts,
                people=row.people,
                customer_id=row.customer_id,
                requested_by=row.requested_by,
                specs=dict(enumerate(specs, start=1)),
                flow=Flow({n: Step(n, spec.mode, spec.needed) for n, spec in enumerate(specs, start=1)}),
            )
        )
    for row, one_opened in zip(rows, opened, strict=True):
        if row.expires_at is not None:
            one_opened.tell(ExpiryDue(subject_id=row.id), row.expires_at)
    await tx.write_rows(_OPEN, rows, tx.now)
    await tx.write_rows(_STEPS, steps)
    await ask_steps(tx, opened)
    await write_flows(tx, opened, is_new=True)
    by = {row.id: one.by for row, (one, _) in zip(rows, asks, strict=True)}
    await write_decisions(tx, [Decision(request_id=one.id, verb="opened", by=by[one.id]) for one in opened])
    return [one.id for one in opened]


_KEYS = "select k.id, k.user_id from api_key k where k.tenant_id = $1 and k.id = any($2::uuid[])"


async def people_behind(tx: Tx, actors: Sequence[Actor]) -> dict[UUID, UUID]:
    """The users of our own that act, also by their keys; a dealer's and a system's key are none of them."""
    keys = {actor.id for actor in actors if actor.kind == "key" and actor.id is not None}
    people = {actor.id: actor.id for actor in actors if actor.kind == "staff" and actor.id is not None}
    rows = await tx.fetch(_KEYS, sorted(keys)) if keys else []
    return people | {row["id"]: row["user_id"] for row in rows if row["user_id"] is not None}


async def origin_of(tx: Tx, by: Actor) -> str:
    """Whether it comes from a `person`, also by a key of theirs, from a system's own key (`system_key`), or from this
    program itself (`system`): what policies may tell apart."""
    if by.kind == "key":
        return "person" if await people_behind(tx, [by]) else "system_key"
    return "system" if by.kind == "system" else "person"


async def withdraw_open(
    tx: Tx, *, subject_kind: str, subject_ids: Sequence[UUID], by: Actor, reason: str | None = None
) -> None:
    """Close what is open about these subjects: they went away by themselves, so nobody has to be told the outcome."""
    await close_open(tx, subject_kind=subject_kind, subject_ids=subject_ids, by=by, reason=reason)
