"""Approve or reject: many requests at once, all or none, each with one outcome however many click."""

from collections.abc import Sequence
from typing import Literal
from uuid import UUID

from dinghuo.approvals.acting import acting, comment_faults, lock_asked
from dinghuo.approvals.store import Decision, ask_steps, write_decisions, write_flows
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused

Verdict = Literal["approve", "reject"]


async def decide(
    tx: Tx, *, ids: Sequence[UUID], verdict: Verdict, staff: StaffPrincipal, comment: str | None = None
) -> int:
    """Decide on each of these as whoever this person may decide for now; refused unless they are asked about all.

    The step's approvals and the next step, or the outcome, are written together; the outcome is news (`Decided`).
    """
    if faults := comment_faults(comment, needed=verdict == "reject"):
        raise Refused(faults)
    who = await acting(tx, staff)
    requests = await lock_asked(tx, list(dict.fromkeys(ids)), who)
    decisions, further = [], []
    for one in requests:
        step, users = one.flow.step, who.askable(one)
        decisions += [
            Decision(
                request_id=one.id,
                step_no=step.step_no,
                round=step.round,
                verb="approved" if verdict == "approve" else "rejected",
                by=staff.actor(),
                on_behalf_of=user if user in who.others else None,
                on_behalf_of_name=who.others.get(user),
                comment=comment,
                facts=who.facts(one),
            )
            for user in users
        ]
        if verdict == "reject":
            one.flow.reject(users)
        elif one.flow.approve(users):
            further.append(one)
    await ask_steps(tx, further)
    await write_flows(tx, requests)
    await write_decisions(tx, decisions)
    return len(requests)
