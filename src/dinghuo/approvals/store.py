"""Requests with their steps and tasks: read under a lock, and written back as they have moved."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.approvals.events import Asked, Decided, Moved, StepDue, Why
from dinghuo.approvals.flow import Flow, Step, Task
from dinghuo.approvals.people import Wanted, find_people
from dinghuo.approvals.policies import Approver, StepSpec
from dinghuo.kit import outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id_text
from dinghuo.kit.outbox import Event


class Open(msgspec.Struct, kw_only=True):
    """A request that this transaction may move."""

    id: UUID
    subject_kind: str
    subject_id: UUID
    title: str
    facts: dict[str, Any]
    people: Mapping[str, Sequence[UUID]]
    customer_id: UUID | None
    requested_by: UUID | None
    specs: Mapping[int, StepSpec]
    flow: Flow
    due_at: datetime | None = None
    expires_at: datetime | None = None
    # Whom to tell, once this is written.
    news: list[Event] = []
    due: list[datetime | None] = []

    def tell(self, event: Event, due: datetime | None = None) -> None:
        self.news.append(event)
        self.due.append(due)

    def tell_asked(self, users: Sequence[UUID], why: Why) -> None:
        step = self.flow.step
        if users:
            self.tell(Asked(subject_id=self.id, step_no=step.step_no, round=step.round, users=tuple(users), why=why))


class StepRow(msgspec.Struct, frozen=True):
    """A new row of approval_step."""

    request_id: UUID
    step_no: int
    name: str
    name_en: str | None
    mode: str
    needed: int | None
    approvers: list[Approver]
    due_hours: int | None
    on_timeout: str
    escalate_to: list[Approver]

    @classmethod
    def of(cls, request_id: UUID, step_no: int, spec: StepSpec) -> "StepRow":
        return cls(
            request_id,
            step_no,
            spec.name,
            spec.name_en,
            spec.mode,
            spec.needed,
            spec.approvers,
            spec.due_hours,
            spec.on_timeout,
            spec.escalate_to or [],
        )


_LOCK = """
select r.id, r.subject_kind, r.subject_id, r.title, r.state, r.facts::text as facts, r.people::text as people,
  r.customer_id, r.requested_by, r.step_no, r.expires_at
from approval_request r
where r.tenant_id = $1 and r.id = any($2::uuid[])
order by r.id for no key update
"""
_STEPS = """
select s.request_id, s.step_no, s.name, s.name_en, s.mode, s.needed, s.approvers::text as approvers, s.due_hours,
  s.on_timeout, s.escalate_to::text as escalate_to, s.state, s.round, s.due_at
from approval_step s where s.tenant_id = $1 and s.request_id = any($2::uuid[]) order by s.request_id, s.step_no
"""
_TASKS = """
select t.request_id, t.step_no, t.user_id, t.origin, t.state, t.round
from approval_task t
join approval_step s on s.tenant_id = $1 and s.request_id = t.request_id and s.step_no = t.step_no
  and s.round = t.round
where t.tenant_id = $1 and t.request_id = any($2::uuid[])
order by t.request_id, t.step_no, t.asked_at, t.user_id
"""


async def lock_requests(tx: Tx, ids: Sequence[UUID]) -> dict[UUID, Open]:
    """Lock these requests and read how far they are; those that are not there are absent."""
    rows = await tx.fetch(_LOCK, sorted(set(ids)))
    found = [row["id"] for row in rows]
    steps: dict[UUID, dict[int, Step]] = {id: {} for id in found}
    specs: dict[UUID, dict[int, StepSpec]] = {id: {} for id in found}
    due: dict[tuple[UUID, int], datetime | None] = {}
    for row in await tx.fetch(_STEPS, found) if found else ():
        id, number = row["request_id"], row["step_no"]
        steps[id][number] = Step(number, row["mode"], row["needed"], row["state"], row["round"])
        specs[id][number] = StepSpec(
            name=row["name"],
            name_en=row["name_en"],
            mode=row["mode"],
            needed=row["needed"],
            approvers=msgspec.json.decode(row["approvers"], type=list[Approver]),
            due_hours=row["due_hours"],
            on_timeout=row["on_timeout"],
            escalate_to=msgspec.json.decode(row["escalate_to"], type=list[Approver]),
        )
        due[id, number] = row["due_at"]
    for row in await tx.fetch(_TASKS, found) if found else ():
        task = Task(row["user_id"], row["origin"], row["state"], row["round"])
        steps[row["request_id"]][row["step_no"]].tasks[task.user_id] = task
    return {
        row["id"]: Open(
            id=row["id"],
            subject_kind=row["subject_kind"],
            subject_id=row["subject_id"],
            title=row["title"],
            facts=msgspec.json.decode(row["facts"]),
            people=msgspec.json.decode(row["people"], type=dict[str, list[UUID]]),
            customer_id=row["customer_id"],
            requested_by=row["requested_by"],
            specs=specs[row["id"]],
            flow=Flow(steps[row["id"]], row["state"], row["step_no"]),
            due_at=due[row["id"], row["step_no"]],
            expires_at=row["expires_at"],
        )
        for row in rows
    }


async def ask_steps(tx: Tx, requests: Sequence[Open]) -> None:
    """Open the present step of each: find whom to ask, and tell them."""
    wanted = [
        Wanted(one.specs[one.flow.step_no].approvers, one.customer_id, one.requested_by, one.people)
        for one in requests
    ]
    for one, people in zip(requests, await find_people(tx, wanted), strict=True):
        one.flow.ask(people)
        set_due(tx, one)
        one.tell_asked(list(people), "step")


def set_due(tx: Tx, one: Open) -> None:
    """From now on the present step has its time again. Where nobody was found to ask, it is looked again soon."""
    spec, step = one.specs[one.flow.step_no], one.flow.step
    hours = spec.due_hours if step.open_users() else 1
    one.due_at = tx.now + timedelta(hours=hours) if hours else None
    step.is_changed = True
    if one.due_at is not None:
        due = StepDue(subject_id=one.id, step_no=step.step_no, round=step.round, at=one.due_at)
        one.tell(due, one.due_at)


class _StepState(msgspec.Struct, frozen=True):
    request_id: UUID
    step_no: int
    state: str
    round: int
    opened: bool
    due_at: datetime | None


class _TaskRow(msgspec.Struct, frozen=True):
    request_id: UUID
    step_no: int
    round: int
    user_id: UUID
    origin: str
    state: str


class _State(msgspec.Struct, frozen=True):
    id: UUID
    state: str
    step_no: int


_MOVE_REQUESTS = """
update approval_request r set state = m.state, step_no = m.step_no, revision = r.revision + 1,
  decided_at = case when m.state <> 'open' then $3::timestamptz end
from json_to_recordset($2::json) as m(id uuid, state text, step_no int)
where r.tenant_id = $1 and r.id = m.id
"""
_MOVE_STEPS = """
update approval_step s set state = m.state, round = m.round, due_at = m.due_at,
  opened_at = case when m.opened then $3 else s.opened_at end,
  closed_at = case when m.state in ('waiting', 'open') then null else coalesce(s.closed_at, $3) end
from json_to_recordset($2::json) as m(request_id uuid, step_no int, state text, round int, opened bool,
  due_at timestamptz)
where s.tenant_id = $1 and s.request_id = m.request_id and s.step_no = m.step_no
"""
_PUT_TASKS = """
insert into approval_task (tenant_id, request_id, step_no, round, user_id, origin, state, asked_at, closed_at)
select $1, m.request_id, m.step_no, m.round, m.user_id, m.origin, m.state, $3,
  case when m.state <> 'open' then $3::timestamptz end
from json_to_recordset($2::json) as m(request_id uuid, step_no int, round int, user_id uuid, origin text, state text)
on conflict (tenant_id, request_id, step_no, round, user_id) do update
set state = excluded.state, origin = excluded.origin, closed_at = excluded.closed_at
where approval_task.tenant_id = $1
"""


async def write_flows(tx: Tx, requests: Sequence[Open], *, is_new: bool = False, outcome: bool = True) -> None:
    """Write how far these requests have come, and tell everybody whom it concerns.

    Without `outcome` their subjects are not told: they know.
    """
    steps = [
        _StepState(
            one.id,
            step.step_no,
            step.state,
            step.round,
            step.is_asked_now,
            one.due_at if step.step_no == one.flow.step_no and step.state == "open" else None,
        )
        for one in requests
        for step in one.flow.changed_steps()
    ]
    tasks = [
        _TaskRow(one.id, step.step_no, task.round, task.user_id, task.origin, task.state)
        for one in requests
        for step, task in one.flow.changed_tasks()
    ]
    if not is_new:
        await tx.write_rows(
            _MOVE_REQUESTS, [_State(one.id, one.flow.state, one.flow.step_no) for one in requests], tx.now
        )
    if steps:
        await tx.write_rows(_MOVE_STEPS, steps, tx.now)
    if tasks:
        await tx.write_rows(_PUT_TASKS, tasks, tx.now)
    for one in requests:
        one.tell(Moved(subject_id=one.id))
        if outcome and one.flow.state != "open":
            one.tell(
                Decided(
                    subject_id=one.subject_id,
                    subject_kind=one.subject_kind,
                    request_id=one.id,
                    outcome=one.flow.state,
                )
            )
    await outbox.emit(
        tx, [event for one in requests for event in one.news], due=[at for one in requests for at in one.due]
    )


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """One act in a request's life. `facts` are those that the actor could see."""

    request_id: UUID
    verb: str
    by: Actor
    step_no: int | None = None
    round: int | None = None
    on_behalf_of: UUID | None = None
    on_behalf_of_name: str | None = None
    comment: str | None = None
    facts: Mapping[str, Any] | None = None
    target_id: UUID | None = None
    target_name: str | None = None
    to_step: int | None = None


class _DecisionRow(msgspec.Struct, frozen=True):
    id: str
    request_id: UUID
    step_no: int | None
    round: int | None
    verb: str
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    on_behalf_of: UUID | None
    on_behalf_of_name: str | None
    comment: str | None
    facts: Mapping[str, Any] | None
    target_id: UUID | None
    target_name: str | None
    to_step: int | None


_DECISIONS = """
insert into approval_decision (tenant_id, id, request_id, step_no, round, verb, actor_kind, actor_id, actor_name,
  on_behalf_of, on_behalf_of_name, comment, facts, target_id, target_name, to_step, at)
select $1, d.*, $3
from json_to_recordset($2::json) as d(id uuid, request_id uuid, step_no int, round int, verb text, actor_kind text,
  actor_id uuid, actor_name text, on_behalf_of uuid, on_behalf_of_name text, comment text, facts jsonb,
  target_id uuid, target_name text, to_step int)
"""


async def write_decisions(tx: Tx, decisions: Sequence[Decision]) -> None:
    rows = [
        _DecisionRow(
            new_id_text(),
            d.request_id,
            d.step_no,
            d.round,
            d.verb,
            d.by.kind,
            d.by.id,
            d.by.name,
            d.on_behalf_of,
            d.on_behalf_of_name,
            d.comment,
            d.facts,
            d.target_id,
            d.target_name,
            d.to_step,
        )
        for d in decisions
    ]
    if rows:
        await tx.write_rows(_DECISIONS, rows, tx.now)
