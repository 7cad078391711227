"""Who is told what of approvals: those asked, at once; whoever asked, the outcome."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.approvals.events import Asked, Decided
from dinghuo.approvals.kinds import KINDS
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery
from dinghuo.notices.messages import Note, send

# Those asked who have not decided yet, and who decides for them while they are away.
_ASKED = """
select w.event_id, r.id, r.subject_kind, r.title, r.requested_by_name, c.name as customer, s.name as step,
  s.name_en as step_en,
  array(
    select t.user_id from approval_task t
    where t.tenant_id = $1 and t.request_id = r.id and t.step_no = w.step_no and t.round = w.round
      and t.state = 'open' and t.user_id = any(w.users)
    union
    select d.delegate_id from approval_task t
    join approval_delegation d on d.tenant_id = $1 and d.user_id = t.user_id and d.starts_at <= $3 and d.ends_at > $3
    where t.tenant_id = $1 and t.request_id = r.id and t.step_no = w.step_no and t.round = w.round
      and t.state = 'open' and t.user_id = any(w.users) and d.delegate_id is distinct from r.requested_by
    order by 1
  ) as users
from json_to_recordset($2::json) as w(event_id uuid, request_id uuid, step_no int, round int, users uuid[])
join approval_request r on r.tenant_id = $1 and r.id = w.request_id and r.state = 'open'
join approval_step s on s.tenant_id = $1 and s.request_id = r.id and s.step_no = w.step_no
left join customer c on c.tenant_id = $1 and c.id = r.customer_id
"""
_DECIDED = """
select r.id, r.subject_kind, r.title, r.state, r.requested_by, c.name as customer, d.actor_name, d.verb, d.comment
from approval_request r
left join customer c on c.tenant_id = $1 and c.id = r.customer_id
left join lateral (
  select d.actor_name, d.verb, d.comment from approval_decision d
  where d.tenant_id = $1 and d.request_id = r.id order by d.id desc limit 1
) d on true
where r.tenant_id = $1 and r.id = any($2::uuid[]) and r.state <> 'open'
"""
_REASONS = {
    "step": ("待审批", "To approve"),
    "added": ("请您加签", "Your approval is wanted too"),
    "handed_over": ("转交给您审批", "Handed over to you"),
    "escalated": ("超时升级至您", "Escalated to you"),
    "reminder": ("催办", "Reminder"),
}
_OUTCOMES = {
    "approved": ("已通过", "Approved"),
    "rejected": ("被驳回", "Rejected"),
    "withdrawn": ("已关闭", "Closed"),
}


async def tell_approvers(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to Asked: a message for everybody who has still to decide."""
    events = {d.event_id: d.read(Asked) for d in deliveries}
    wanted = [
        {"event_id": id, "request_id": e.subject_id, "step_no": e.step_no, "round": e.round, "users": _array(e.users)}
        for id, e in events.items()
    ]
    rows = await tx.fetch(_ASKED, msgspec.json.encode(wanted).decode(), tx.now)
    await send(tx, [_to_approvers(row, events[row["event_id"]]) for row in rows])


async def tell_requesters(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to Decided: whoever asked learns the outcome, unless it was their own doing."""
    events = {d.read(Decided).request_id: d.event_id for d in deliveries}
    rows = await tx.fetch(_DECIDED, sorted(events))
    await send(
        tx,
        [
            _to_requester(row, events[row["id"]])
            for row in rows
            if row["requested_by"] is not None and row["verb"] != "withdrawn"
        ],
    )


def _to_approvers(row: Any, event: Asked) -> Note:
    zh, en = _REASONS[event.why]
    return Note(
        group_id=row["event_id"],
        users=row["users"],
        kind="approval.reminder" if event.why == "reminder" else "approval.asked",
        title=f"{zh}：{_kind(row, 0)} {row['title']}",
        title_en=f"{en}: {_kind(row, 1)} {row['title']}",
        body=_lines(row["customer"], f"环节：{row['step']}", f"申请人：{row['requested_by_name']}"),
        body_en=_lines(
            row["customer"], f"Step: {row['step_en'] or row['step']}", f"Asked by {row['requested_by_name']}"
        ),
        link=f"approval:{row['id']}",
    )


def _to_requester(row: Any, event_id: UUID) -> Note:
    zh, en = _OUTCOMES[row["state"]]
    return Note(
        group_id=event_id,
        users=[row["requested_by"]],
        kind="approval.decided",
        title=f"{zh}：{_kind(row, 0)} {row['title']}",
        title_en=f"{en}: {_kind(row, 1)} {row['title']}",
        body=_lines(row["customer"], row["actor_name"], row["comment"]),
        body_en=_lines(row["customer"], row["actor_name"], row["comment"]),
        link=f"approval:{row['id']}",
    )


def _kind(row: Any, language: int) -> str:
    kind = KINDS.get(row["subject_kind"])
    return row["subject_kind"] if kind is None else (kind.zh, kind.en)[language]


def _lines(*parts: str | None) -> str:
    return "\n".join(part for part in parts if part)


def _array(ids: Sequence[UUID]) -> str:
    """An array as PostgreSQL writes it: what json_to_recordset takes for one."""
    return "{" + ",".join(map(str, ids)) + "}"
