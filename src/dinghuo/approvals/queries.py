"""What is asked of whom: the inbox, one request, how far a document's request is."""

from collections.abc import Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Select, func, select

from dinghuo.approvals import views
from dinghuo.approvals.acting import CLOSED, NOT_ASKED, VERBS_ZH, Acting, acting
from dinghuo.approvals.involve import NO_EARLIER_STEP
from dinghuo.approvals.kinds import KINDS, told_facts
from dinghuo.approvals.sight import CUSTOMER, in_scope, readable
from dinghuo.approvals.tables import (
    approval_decision,
    approval_delegation,
    approval_request,
    approval_step,
    approval_task,
)
from dinghuo.approvals.withdraw import NOT_YOURS
from dinghuo.identity.principals import StaffPrincipal, not_permitted, person_of
from dinghuo.identity.tables import app_user
from dinghuo.kit.actions import Action, action
from dinghuo.kit.bulk import among, within
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault, Language, Refused
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.refs import ref, ref_columns
from dinghuo.kit.texts import storable

Box = Literal["mine", "decided", "requested", "all"]
State = Literal["open", "approved", "rejected", "withdrawn"]


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    box: Box = "mine"
    states: Sequence[State] = ()
    subject_kind: str | None = None
    subject_id: UUID | None = None


async def list_requests(
    tx: Tx, *, staff: StaffPrincipal, wanted: Wanted, cursor: str | None, limit: int
) -> Page[views.RequestSummary]:
    """Requests of a box, the newest first."""
    r = approval_request.c
    who = await acting(tx, staff)
    query = _requests(tx).where(_box(tx, who, wanted.box))
    if wanted.states:
        query = query.where(r.state.in_(wanted.states))
    if wanted.subject_kind is not None:
        query = query.where(among(r.subject_kind, storable([wanted.subject_kind])))
    if wanted.subject_id is not None:
        query = query.where(r.subject_id == wanted.subject_id)
    if cursor is not None:
        query = query.where(r.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(query.order_by(r.id.desc()).limit(limit + 1))
    others = await _on_behalf(tx, who, [row.id for row in rows[:limit]])
    return page(rows, limit, lambda row: (row.id,), lambda row: views.RequestSummary(**_summary(row, staff, others)))


async def count_mine(tx: Tx, *, staff: StaffPrincipal) -> int:
    """How many requests wait for this person."""
    r = approval_request.c
    who = await acting(tx, staff)
    row = await tx.one(
        select(func.count()).select_from(approval_request).where(r.tenant_id == tx.tenant_id, _box(tx, who, "mine"))
    )
    return int(row[0]) if row is not None else 0


async def get_request(tx: Tx, *, request_id: UUID, staff: StaffPrincipal, language: Language) -> views.RequestDetail:
    """One request; refused (404) when it is not there or not this reader's to see."""
    who = await acting(tx, staff)
    row = await tx.one(_requests(tx).where(approval_request.c.id == request_id, readable(tx, staff, who.users)))
    if row is None:
        raise missing("approval", request_id)
    steps = await _steps(tx, request_id)
    others = await _on_behalf(tx, who, [request_id])
    kind = KINDS.get(row.subject_kind)
    summary = _summary(row, staff, others)
    return views.RequestDetail(
        **summary,
        fact_labels={
            fact.name: views.FactLabel(fact.zh, fact.en, fact.type)
            for fact in (kind.facts if kind is not None else ())
            if fact.name in summary["facts"]
        },
        steps=steps,
        decisions=await _decisions(tx, request_id),
        actions=_actions(row, steps, who, language),
    )


_PROGRESS = """
select r.subject_id, r.id, r.state, r.step_no, r.expires_at, s.name, s.name_en, s.state as step_state
from (
  select distinct on (q.subject_id) q.* from approval_request q
  where q.tenant_id = $1 and q.subject_id = any($3::uuid[]) and q.subject_kind = $2
  order by q.subject_id, q.id desc
) r
join approval_step s on s.tenant_id = $1 and s.request_id = r.id
order by r.subject_id, s.step_no
"""


async def progress(tx: Tx, subject_kind: str, subject_ids: Sequence[UUID]) -> dict[UUID, views.ApprovalProgress]:
    """How far the newest request about each of these is; none for those never asked about."""
    rows: dict[UUID, list[Any]] = {}
    for row in await tx.fetch(_PROGRESS, subject_kind, list(subject_ids)):
        rows.setdefault(row["subject_id"], []).append(row)
    return {
        subject_id: views.ApprovalProgress(
            request_id=several[0]["id"],
            state=several[0]["state"],
            step_no=several[0]["step_no"],
            steps=[views.ApprovalStep(row["name"], row["name_en"], row["step_state"]) for row in several],
            expires_at=several[0]["expires_at"],
        )
        for subject_id, several in rows.items()
    }


def _requests(tx: Tx) -> Select[Any]:
    r, s = approval_request.c, approval_step.c
    return (
        select(
            approval_request,
            s.name.label("step_name"),
            s.name_en.label("step_name_en"),
            s.due_at,
            *ref_columns(CUSTOMER, "buyer"),
        )
        .join(
            approval_step,
            (s.tenant_id == tx.tenant_id) & (s.request_id == r.id) & (s.step_no == r.step_no),
        )
        .outerjoin(CUSTOMER, (CUSTOMER.c.tenant_id == tx.tenant_id) & (CUSTOMER.c.id == r.customer_id))
        .where(r.tenant_id == tx.tenant_id)
    )


def _box(tx: Tx, who: Acting, box: Box) -> Any:
    r, t, staff = approval_request.c, approval_task.c, who.staff
    me = person_of(staff)
    match box:
        case "mine":
            asked = select(t.request_id).where(
                t.tenant_id == tx.tenant_id, among(t.user_id, who.users), t.state == "open"
            )
            # On what one asked for oneself one does not decide for another.
            own = select(t.request_id).where(t.tenant_id == tx.tenant_id, t.user_id == me, t.state == "open")
            not_own = r.requested_by.is_distinct_from(me)
            return (r.state == "open") & within(r.id, asked) & (not_own | within(r.id, own))
        case "decided":
            part = select(t.request_id).where(
                t.tenant_id == tx.tenant_id, t.user_id == me, t.state.in_(("approved", "rejected"))
            )
            return within(r.id, part)
        case "requested":
            return r.requested_by == me
        case "all":
            if not staff.may("approvals.read"):
                raise Refused(not_permitted("approvals.read"))
            return in_scope(tx, staff)


async def _on_behalf(tx: Tx, who: Acting, ids: Sequence[UUID]) -> dict[UUID, list[str]]:
    """By request, those whom the reader would decide for."""
    found: dict[UUID, list[str]] = {}
    if who.others and ids:
        t = approval_task.c
        rows = await tx.rows(
            select(t.request_id, t.user_id)
            .where(
                t.tenant_id == tx.tenant_id,
                among(t.request_id, ids),
                among(t.user_id, list(who.others)),
                t.state == "open",
            )
            .order_by(t.request_id, t.user_id)
        )
        for row in rows:
            found.setdefault(row.request_id, []).append(who.others[row.user_id])
    return found


def _summary(row: Any, staff: StaffPrincipal, others: dict[UUID, list[str]]) -> dict[str, Any]:
    is_open = row.state == "open"
    return {
        "id": row.id,
        "subject_kind": row.subject_kind,
        "subject_id": row.subject_id,
        "title": row.title,
        "state": row.state,
        "customer": ref(row._mapping, "buyer"),
        "requested_by": row.requested_by_name,
        "opened_at": row.opened_at,
        "expires_at": row.expires_at,
        "decided_at": row.decided_at,
        "step": views.StepNow(row.step_no, row.steps, row.step_name, row.step_name_en, row.due_at)
        if is_open
        else None,
        "on_behalf_of": others.get(row.id, []),
        "policies": [views.PolicyOfRequest(p["code"], p["name"], p["name_en"], p["version"]) for p in row.policies],
        "facts": told_facts(KINDS.get(row.subject_kind), row.facts, staff),
        "revision": row.revision,
    }


async def _steps(tx: Tx, request_id: UUID) -> list[views.StepView]:
    s, t, u = approval_step.c, approval_task.c, app_user.c
    people: dict[int, list[views.Asked]] = {}
    delegates = await _delegates(tx, request_id)
    tasks = await tx.rows(
        select(t.step_no, t.user_id, t.origin, t.state, u.login, u.name)
        .join(app_user, (u.tenant_id == t.tenant_id) & (u.id == t.user_id))
        .join(
            approval_step,
            (s.tenant_id == t.tenant_id)
            & (s.request_id == t.request_id)
            & (s.step_no == t.step_no)
            & (s.round == t.round),
        )
        .where(
            t.tenant_id == tx.tenant_id,
            u.tenant_id == tx.tenant_id,
            s.tenant_id == tx.tenant_id,
            t.request_id == request_id,
        )
        .order_by(t.step_no, t.asked_at, u.name)
    )
    for row in tasks:
        asked = views.Asked(row.user_id, row.login, row.name, row.origin, row.state, delegates.get(row.user_id, []))
        people.setdefault(row.step_no, []).append(asked)
    rows = await tx.rows(
        select(approval_step).where(s.tenant_id == tx.tenant_id, s.request_id == request_id).order_by(s.step_no)
    )
    return [
        views.StepView(
            step_no=row.step_no,
            name=row.name,
            name_en=row.name_en,
            mode=row.mode,
            needed=row.needed,
            state=row.state,
            opened_at=row.opened_at,
            due_at=row.due_at,
            closed_at=row.closed_at,
            people=people.get(row.step_no, []) if row.state != "waiting" else [],
        )
        for row in rows
    ]


async def _delegates(tx: Tx, request_id: UUID) -> dict[UUID, list[str]]:
    """Who decides now for those who are asked."""
    d, t, u = approval_delegation.c, approval_task.c, app_user.c
    asked = select(t.user_id).where(t.tenant_id == tx.tenant_id, t.request_id == request_id, t.state == "open")
    rows = await tx.rows(
        select(d.user_id, u.login)
        .join(app_user, (u.tenant_id == d.tenant_id) & (u.id == d.delegate_id))
        .where(
            d.tenant_id == tx.tenant_id,
            u.tenant_id == tx.tenant_id,
            within(d.user_id, asked),
            d.starts_at <= tx.now,
            d.ends_at > tx.now,
        )
        .order_by(u.login)
    )
    found: dict[UUID, list[str]] = {}
    for row in rows:
        found.setdefault(row.user_id, []).append(row.login)
    return found


async def _decisions(tx: Tx, request_id: UUID) -> list[views.DecisionView]:
    d = approval_decision.c
    rows = await tx.rows(
        select(approval_decision).where(d.tenant_id == tx.tenant_id, d.request_id == request_id).order_by(d.id)
    )
    return [
        views.DecisionView(
            at=row.at,
            verb=row.verb,
            by=row.actor_name,
            on_behalf_of=row.on_behalf_of_name,
            comment=row.comment,
            step_no=row.step_no,
            target=row.target_name,
            to_step=row.to_step,
        )
        for row in rows
    ]


def _actions(row: Any, steps: Sequence[views.StepView], who: Acting, language: Language) -> list[Action]:
    """What this reader may do now, by the rules of the commands, which ask them again under their locks."""
    against = _against_deciding(row, steps, who)
    first = [NO_EARLIER_STEP("to_step", most=0, now=1)] if not against and row.step_no == 1 else []
    mine = row.requested_by == person_of(who.staff)
    take_back: list[Fault] = _closed(row)
    if not take_back and not (mine or who.staff.may("approvals.write")):
        take_back = [NOT_YOURS("id")]
    return [
        *(action(name, against, language) for name in ("approve", "reject", "add", "hand_over")),
        action("return", [*against, *first], language),
        action("withdraw", take_back, language),
    ]


def _closed(row: Any) -> list[Fault]:
    if row.state == "open":
        return []
    return [CLOSED("id", title=row.title, by="", verb=row.state, verb_zh=VERBS_ZH[row.state])]


def _against_deciding(row: Any, steps: Sequence[views.StepView], who: Acting) -> list[Fault]:
    if closed := _closed(row):
        return closed
    is_own = row.requested_by == person_of(who.staff)
    may = [who.staff.user_id] if is_own else who.users
    asked = next(step for step in steps if step.step_no == row.step_no)
    if any(person.state == "open" and person.id in may for person in asked.people):
        return []
    return [NOT_ASKED("id", title=row.title)]
