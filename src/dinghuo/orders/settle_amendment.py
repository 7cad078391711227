"""What becomes of an amendment once its approval has an outcome: it is carried out, or what it held is free."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select

from dinghuo.approvals.events import Decided
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.outbox import Delivery
from dinghuo.orders.amend_approval import SUBJECT
from dinghuo.orders.amend_decide import carry_out, drop_amendment, lock_amendment
from dinghuo.orders.amend_workout import Rights
from dinghuo.orders.life_tables import order_amendment

# What was approved is what was shown, whoever carries it out.
_EVERYTHING = Rights(sets_prices=True, waives_minimum=True, sees_price=True)
_OUTCOME = """
select r.state from approval_request r
where r.tenant_id = $1 and r.subject_id = $2 and r.subject_kind = 'amendment' order by r.id desc limit 1
"""


async def settle_amendments(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to Decided: amendments that still wait become what was decided, however often it is told."""
    ids = {d.subject_id for d in deliveries if d.read(Decided).subject_kind == SUBJECT}
    a = order_amendment.c
    waiting = await tx.rows(
        select(a.id, a.order_id)
        .where(a.tenant_id == tx.tenant_id, among(a.id, sorted(ids)), a.waits_for == "approval")
        .order_by(a.order_id)
    )
    for row in waiting:  # each is an order of its own, decided for itself
        await _settle(tx, row)


async def _settle(tx: Tx, row: Any) -> None:
    outcome = (await tx.fetch(_OUTCOME, row.id))[0]["state"]
    if outcome == "open":
        return
    order, amendment = await lock_amendment(tx, row.order_id, row.id, None, waits_for={"approval"})
    if outcome != "approved":
        to = "rejected" if outcome == "rejected" else "withdrawn"
        await drop_amendment(tx, order, amendment, to, None, SYSTEM)
        return
    try:
        async with tx.connection.begin_nested():
            await carry_out(tx, order, amendment, rights=_EVERYTHING, by=SYSTEM)
    except Refused as refused:
        why = "；".join(fault.sentence("zh") for fault in refused.faults[:5])
        await drop_amendment(tx, order, amendment, "rejected", why, SYSTEM)
