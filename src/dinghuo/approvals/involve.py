"""Bring others in: add an approver 加签, hand one's task over 转交, return to an earlier step."""

from uuid import UUID

from dinghuo.approvals.acting import Acting, acting, comment_faults, lock_asked
from dinghuo.approvals.people import Colleague, colleague
from dinghuo.approvals.store import Decision, Open, ask_steps, write_decisions, write_flows
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.bulk import UNKNOWN_CODE
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message, Refused

ALREADY_ASKED = Message("already-asked", "“{name}”已在本环节中", "'{name}' is asked in this step already", CONFLICT)
MAY_NOT_DECIDE = Message(
    "may-not-decide",
    "“{name}”没有“处理审批”权限",
    "'{name}' does not have the permission to handle approvals",
    CONFLICT,
)
ASKED_FOR_IT = Message(
    "asked-for-it", "“{name}”是申请人，不能审批", "'{name}' asked for it and cannot decide on it", CONFLICT
)
NO_EARLIER_STEP = Message(
    "no-earlier-step",
    "只能退回到第 1 到第 {most} 步；目前是第 {now} 步",
    "It can go back to steps 1 to {most}; this is step {now}",
    MALFORMED,
)


async def add(tx: Tx, *, request_id: UUID, user: str, staff: StaffPrincipal, comment: str | None = None) -> None:
    """One more has to agree in the present step."""
    one, who, other = await _with_colleague(tx, request_id, user, staff, comment)
    one.flow.add(other.id)
    one.tell_asked([other.id], "added")
    await write_flows(tx, [one])
    await write_decisions(tx, [_act(one, who, "added", comment, other)])


async def hand_over(
    tx: Tx, *, request_id: UUID, user: str, staff: StaffPrincipal, comment: str | None = None
) -> None:
    """What this person is asked, somebody else is asked instead."""
    one, who, other = await _with_colleague(tx, request_id, user, staff, comment)
    mine = who.askable(one)
    one.flow.hand_over(mine[0], other.id)
    one.tell_asked([other.id], "handed_over")
    behalf = mine[0] if mine[0] in who.others else None
    await write_flows(tx, [one])
    await write_decisions(tx, [_act(one, who, "handed_over", comment, other, behalf)])


async def send_back(
    tx: Tx, *, request_id: UUID, to_step: int, staff: StaffPrincipal, comment: str | None = None
) -> None:
    """An earlier step is asked again, and all after it."""
    if faults := comment_faults(comment, needed=True):
        raise Refused(faults)
    who = await acting(tx, staff)
    (one,) = await lock_asked(tx, [request_id], who)
    if not 1 <= to_step < one.flow.step_no:
        raise Refused(NO_EARLIER_STEP("to_step", most=one.flow.step_no - 1, now=one.flow.step_no))
    act = Decision(
        request_id=one.id,
        step_no=one.flow.step_no,
        round=one.flow.step.round,
        verb="returned",
        by=staff.actor(),
        comment=comment,
        facts=who.facts(one),
        to_step=to_step,
    )
    one.flow.send_back(to_step)
    await ask_steps(tx, [one])
    await write_flows(tx, [one])
    await write_decisions(tx, [act])


async def _with_colleague(
    tx: Tx, request_id: UUID, user: str, staff: StaffPrincipal, comment: str | None
) -> tuple[Open, Acting, Colleague]:
    faults = comment_faults(comment)
    other = await colleague(tx, user)
    who = await acting(tx, staff)
    (one,) = await lock_asked(tx, [request_id], who)
    if other is None:
        raise Refused([*faults, UNKNOWN_CODE("user", code=user)])
    if not other.may_decide:
        faults.append(MAY_NOT_DECIDE("user", name=other.name))
    if other.id in one.flow.step.tasks:
        faults.append(ALREADY_ASKED("user", name=other.name))
    if other.id == one.requested_by:
        faults.append(ASKED_FOR_IT("user", name=other.name))
    if faults:
        raise Refused(faults)
    return one, who, other


def _act(
    one: Open, who: Acting, verb: str, comment: str | None, other: Colleague, behalf: UUID | None = None
) -> Decision:
    return Decision(
        request_id=one.id,
        step_no=one.flow.step_no,
        round=one.flow.step.round,
        verb=verb,
        by=who.staff.actor(),
        on_behalf_of=behalf,
        on_behalf_of_name=who.others.get(behalf) if behalf is not None else None,
        comment=comment,
        facts=who.facts(one),
        target_id=other.id,
        target_name=other.name,
    )
