"""A request ends without a decision: who asked takes it back, its time is over, or its subject went away."""

from collections.abc import Sequence
from uuid import UUID

from dinghuo.approvals.acting import acting, comment_faults, lock_readable, told_closed
from dinghuo.approvals.store import Decision, Open, lock_requests, write_decisions, write_flows
from dinghuo.identity.principals import StaffPrincipal, person_of
from dinghuo.kit.actor import SYSTEM, Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import FORBIDDEN, Message, Refused
from dinghuo.kit.outbox import Delivery

NOT_YOURS = Message(
    "approval-of-another",
    "只有申请人或审批管理员可以撤回",
    "Only who asked, or whoever keeps the policies, may take it back",
    FORBIDDEN,
)


async def withdraw(tx: Tx, *, request_id: UUID, staff: StaffPrincipal, comment: str | None = None) -> None:
    """Take a request back; what it was about is off."""
    if faults := comment_faults(comment):
        raise Refused(faults)
    one = await lock_readable(tx, request_id, await acting(tx, staff))
    if one.requested_by != person_of(staff) and not staff.may("approvals.write"):
        raise Refused(NOT_YOURS("id"))
    if closed := await told_closed(tx, [one]):
        raise Refused(closed.values())
    act = _ended(one, "withdrawn", staff.actor(), comment)
    one.flow.withdraw()
    await write_flows(tx, [one])
    await write_decisions(tx, [act])


async def expire_when_due(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to ExpiryDue: what is still open ends."""
    found = await lock_requests(tx, [delivery.subject_id for delivery in deliveries])
    over = [
        one
        for one in found.values()
        if one.flow.state == "open" and one.expires_at is not None and one.expires_at <= tx.now
    ]
    acts = [_ended(one, "expired", SYSTEM, None) for one in over]
    for one in over:
        one.flow.withdraw()
    if over:
        await write_flows(tx, over)
        await write_decisions(tx, acts)


_OPEN_OF = """
select r.id from approval_request r
where r.tenant_id = $1 and r.state = 'open' and r.subject_kind = $2 and r.subject_id = any($3::uuid[])
"""


async def close_open(
    tx: Tx, *, subject_kind: str, subject_ids: Sequence[UUID], by: Actor, reason: str | None
) -> None:
    """Close what is open about these subjects, which know it already."""
    ids = [row["id"] for row in await tx.fetch(_OPEN_OF, subject_kind, list(subject_ids))]
    if not ids:
        return
    over = [one for one in (await lock_requests(tx, ids)).values() if one.flow.state == "open"]
    acts = [_ended(one, "withdrawn", by, reason) for one in over]
    for one in over:
        one.flow.withdraw()
    if over:
        await write_flows(tx, over, outcome=False)
        await write_decisions(tx, acts)


def _ended(one: Open, verb: str, by: Actor, comment: str | None) -> Decision:
    return Decision(
        request_id=one.id,
        step_no=one.flow.step_no,
        round=one.flow.step.round,
        verb=verb,
        by=by,
        comment=comment,
    )
