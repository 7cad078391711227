"""For whom somebody may decide now: for themselves, and for those who are away and named them."""

import dataclasses
from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.approvals.kinds import KINDS, told_facts
from dinghuo.approvals.sight import readable
from dinghuo.approvals.store import Open, lock_requests
from dinghuo.approvals.tables import approval_request
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, FORBIDDEN, MALFORMED, Fault, Message, Refused
from dinghuo.kit.missing import missing
from dinghuo.kit.texts import text_faults

LONGEST_COMMENT = 2000

NOT_ASKED = Message(
    "not-asked",
    "“{title}”目前不由您审批",
    "You are not asked about '{title}' at the moment",
    FORBIDDEN,
)
CLOSED = Message(
    "approval-closed",
    "“{title}”已由 {by} {verb_zh}，无需再处理",
    "'{title}' was {verb} by {by}: there is nothing left to decide",
    CONFLICT,
)
COMMENT_NEEDED = Message("comment-needed", "请说明理由", "Say why", MALFORMED)
VERBS_ZH: Mapping[str, str] = {
    "approved": "同意",
    "rejected": "驳回",
    "withdrawn": "撤回",
    "expired": "按期限关闭",
}

_DELEGATORS = """
select d.user_id, u.name from approval_delegation d
join app_user u on u.tenant_id = $1 and u.id = d.user_id
where d.tenant_id = $1 and d.delegate_id = $2 and d.starts_at <= $3 and d.ends_at > $3
order by d.user_id
"""
_LAST = """
select distinct on (d.request_id) d.request_id, d.verb, d.actor_name from approval_decision d
where d.tenant_id = $1 and d.request_id = any($2::uuid[])
  and d.verb in ('approved', 'rejected', 'withdrawn', 'expired')
order by d.request_id, d.id desc
"""


class Acting(msgspec.Struct, frozen=True):
    """Somebody, and by id the names of those they act for."""

    staff: StaffPrincipal
    others: Mapping[UUID, str]

    @property
    def users(self) -> list[UUID]:
        return [*([self.staff.user_id] if self.staff.user_id is not None else []), *self.others]

    def askable(self, one: Open) -> list[UUID]:
        """As whom they may decide on it now. On what they asked for themselves nobody decides for another."""
        mine = one.flow.askable(self.users)
        if one.requested_by is not None and one.requested_by == self.staff.user_id:
            return [user for user in mine if user == self.staff.user_id]
        return mine

    def facts(self, one: Open) -> dict[str, object]:
        return told_facts(KINDS.get(one.subject_kind), one.facts, self.staff)


async def acting(tx: Tx, staff: StaffPrincipal) -> Acting:
    if staff.user_id is None:
        return Acting(staff, {})
    rows = await tx.fetch(_DELEGATORS, staff.user_id, tx.now)
    return Acting(staff, {row["user_id"]: row["name"] for row in rows})


async def lock_asked(tx: Tx, ids: Sequence[UUID], who: Acting) -> list[Open]:
    """Lock these requests, in order of their ids; refused unless this person is asked about each of them now.

    Of what is not theirs to know no more is said than of what is not there.
    """
    found = await lock_requests(tx, ids)
    unknown = await _unseen(tx, ids, who)
    if unknown:
        raise missing("approval", unknown[0])
    closed = await told_closed(tx, list(found.values()))
    faults: list[Fault] = []
    for number, one in enumerate(found.values(), start=1):
        line = number if len(found) > 1 else None
        if one.id in closed:
            faults.append(dataclasses.replace(closed[one.id], line=line))
        elif not who.askable(one):
            faults.append(NOT_ASKED("id", line=line, title=one.title))
    if faults:
        raise Refused(faults)
    return list(found.values())


async def _unseen(tx: Tx, ids: Sequence[UUID], who: Acting) -> list[UUID]:
    r = approval_request.c
    rows = await tx.rows(
        select(r.id).where(r.tenant_id == tx.tenant_id, among(r.id, ids), readable(tx, who.staff, who.users))
    )
    seen = {row.id for row in rows}
    return [id for id in ids if id not in seen]


async def lock_readable(tx: Tx, request_id: UUID, who: Acting) -> Open:
    """Lock one request; refused (404) when it is not there or not theirs to see."""
    one = (await lock_requests(tx, [request_id])).get(request_id)
    if one is None or await _unseen(tx, [request_id], who):
        raise missing("approval", request_id)
    return one


async def told_closed(tx: Tx, requests: Sequence[Open]) -> dict[UUID, Fault]:
    """Of those that are over, who ended them and how."""
    closed = [one for one in requests if one.flow.state != "open"]
    rows = await tx.fetch(_LAST, [one.id for one in closed]) if closed else []
    last = {row["request_id"]: row for row in rows}
    return {
        one.id: CLOSED(
            "id",
            title=one.title,
            by=last[one.id]["actor_name"],
            verb=last[one.id]["verb"],
            verb_zh=VERBS_ZH[last[one.id]["verb"]],
        )
        for one in closed
    }


def comment_faults(comment: str | None, *, needed: bool = False) -> list[Fault]:
    faults = list(text_faults("comment", comment, LONGEST_COMMENT))
    if needed and not (comment or "").strip():
        faults.append(COMMENT_NEEDED("comment"))
    return faults
