"""What becomes of a credit limit once its approval has an outcome: it counts from then on, or it is dropped."""

from collections.abc import Sequence
from uuid import UUID

from dinghuo.accounts.limit_changes import End, Waiting, close, tell, tell_superseded, waiting_by_id
from dinghuo.accounts.limit_facts import SUBJECT
from dinghuo.accounts.set_limits import Written, limit_change, write_limits
from dinghuo.approvals.events import Decided
from dinghuo.approvals.outcomes import Settled, outcomes
from dinghuo.kit import audit
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery

_LOCK = """
select a.id from account a
where a.tenant_id = $1 and a.id in (
  select l.account_id from limit_change l where l.tenant_id = $1 and l.id = any($2::uuid[]) and l.state = 'waiting'
)
order by a.id for no key update of a
"""


async def settle_limits(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to Decided: limits that still wait become what was decided, once, however often it is told."""
    ids = sorted({d.subject_id for d in deliveries if d.read(Decided).subject_kind == SUBJECT})
    if not ids:
        return
    await tx.fetch(_LOCK, ids)
    waiting = await waiting_by_id(tx, ids)
    said = await outcomes(tx, SUBJECT, [one.id for one in waiting])
    ends: dict[UUID, End] = {
        one.id: _end(one, said[one.id]) for one in waiting if one.id in said and said[one.id].state != "open"
    }
    await close(tx, ends)
    over = {
        one: Written(one.account_id, one.old, one.new, "、".join(said[one.id].agreed) or None)
        for one in waiting
        if one.id in ends
    }
    await write_limits(tx, [limit for one, limit in over.items() if ends[one.id] == "set"], SYSTEM)
    await audit.record(
        tx,
        [
            limit_change(f"limit_{ends[one.id]}", limit, SYSTEM)
            for one, limit in over.items()
            if ends[one.id] != "set"
        ],
    )
    await tell_superseded(tx, [id for id, end in ends.items() if end == "superseded"], SYSTEM)
    await tell(tx, {one.customer_id for one in over})


def _end(one: Waiting, said: Settled) -> End:
    if said.state == "approved":
        # Agreed was a step from one limit to another: where the first is gone, nobody agreed to the step.
        return "set" if one.now == one.old else "superseded"
    return "rejected" if said.state == "rejected" else "withdrawn"
