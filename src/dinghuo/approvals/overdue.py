"""A step's time is over: those asked are reminded, or it goes to those above them."""

from collections.abc import Sequence

from dinghuo.approvals.events import StepDue
from dinghuo.approvals.people import Wanted, find_people
from dinghuo.approvals.store import Decision, Open, lock_requests, set_due, write_decisions, write_flows
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery


async def press_when_due(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to StepDue. Whoever was escalated to is reminded like the others from then on."""
    events = [delivery.read(StepDue) for delivery in deliveries]
    found = await lock_requests(tx, [event.subject_id for event in events])
    late: dict[object, Open] = {}
    for event in events:
        one = found.get(event.subject_id)
        if one is not None and _is_late(one, event):
            late[one.id] = one
    requests = list(late.values())
    wanted = [
        Wanted(
            spec.escalate_to or () if one.flow.step.open_users() else spec.approvers,
            one.customer_id,
            one.requested_by,
            one.people,
        )
        for one in requests
        for spec in [one.specs[one.flow.step_no]]
    ]
    acts = []
    for one, people in zip(requests, await find_people(tx, wanted, "escalated"), strict=True):
        step, spec = one.flow.step, one.specs[one.flow.step_no]
        waits = step.open_users()
        new = [user for user in people if user not in step.tasks]
        escalates = (spec.on_timeout == "escalate" or not waits) and new
        for user in new if escalates else ():
            one.flow.add(user, "escalated")
        set_due(tx, one)
        one.tell_asked(new if escalates else waits, "escalated" if escalates else "reminder")
        verb = "escalated" if escalates else "reminded"
        acts.append(Decision(request_id=one.id, step_no=step.step_no, round=step.round, verb=verb, by=SYSTEM))
    if requests:
        await write_flows(tx, requests)
        await write_decisions(tx, acts)


def _is_late(one: Open, event: StepDue) -> bool:
    step = one.flow.step
    is_same = (step.step_no, step.round, one.due_at) == (event.step_no, event.round, event.at)
    return one.flow.state == "open" and step.state == "open" and is_same
