"""Who of a dealer is told of a colleague's consent: whoever may give it, at once; whoever asked, what came of it."""

from collections.abc import Sequence
from typing import Any

from dinghuo.flow.dealer_people import APPROVE, People, people_of
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery
from dinghuo.notices.messages import Note, send
from dinghuo.orders.events import AmendmentRequested, ConsentMoved

_CONSENTS = """
select c.draft_id, c.customer_id, c.state, c.message, c.answer, c.asked_by, c.asked_by_name, c.decided_by,
  c.decided_by_name, jsonb_array_length(d.lines) as lines, o.id as order_id, o.number
from draft_consent c
join draft d on d.tenant_id = $1 and d.id = c.draft_id
left join sales_order o on o.tenant_id = $1 and o.id = d.order_id
where c.tenant_id = $1 and c.draft_id = any($2::uuid[])
"""

_AMENDMENTS = """
select a.id, a.order_id, a.customer_id, a.requested_by, a.requested_by_name, a.reason, o.number
from order_amendment a join sales_order o on o.tenant_id = $1 and o.id = a.order_id
where a.tenant_id = $1 and a.id = any($2::uuid[]) and a.waits_for = 'colleague'
"""


async def tell_of_consents(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to ConsentMoved. What has moved on since is told by its own event."""
    rows = {row["draft_id"]: row for row in await tx.fetch(_CONSENTS, sorted({d.subject_id for d in deliveries}))}
    fresh = [
        (d, row)
        for d in deliveries
        if (row := rows.get(d.subject_id)) is not None and row["state"] == d.read(ConsentMoved).state
    ]
    people = await people_of(tx, {row["customer_id"] for _, row in fresh})
    await send(tx, [note for d, row in fresh if (note := _note(d, row, people)) is not None])


async def tell_of_amendment_requests(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to AmendmentRequested: those who may agree to what a colleague asked for."""
    of = {d.read(AmendmentRequested).amendment_id: d for d in deliveries}
    rows = await tx.fetch(_AMENDMENTS, sorted(of))
    people = await people_of(tx, {row["customer_id"] for row in rows})
    notes = [
        Note(
            group_id=of[row["id"]].event_id,
            users=[id for id in people.who_may(row["customer_id"], APPROVE) if id != row["requested_by"]],
            kind="consent.asked",
            title=f"{row['requested_by_name']}申请变更订单 {row['number']}，待您审批",
            title_en=f"{row['requested_by_name']} asks you to approve a change of order {row['number']}",
            body=row["reason"] or "",
            body_en=row["reason"] or "",
            link=f"order:{row['order_id']}",
            customer_id=row["customer_id"],
        )
        for row in rows
    ]
    await send(tx, notes)


def _note(delivery: Delivery, row: Any, people: People) -> Note | None:
    if row["state"] == "waiting":
        return _to_approvers(delivery, row, people)
    # Who decides on their own request, or takes it back, knows.
    if row["state"] == "taken_back" or row["asked_by"] == row["decided_by"]:
        return None
    is_given = row["state"] == "given"
    number = row["number"] or ""
    by = row["decided_by_name"]
    return Note(
        group_id=delivery.event_id,
        users=people.concerned(row["customer_id"], {row["asked_by"]}),
        kind="consent.given" if is_given else "consent.refused",
        title=f"{by}已批准，订单 {number} 已提交" if is_given else f"{by}驳回了您的订单",
        title_en=f"{by} approved it: order {number} is placed" if is_given else f"{by} rejected your order",
        body=row["answer"] or "",
        body_en=row["answer"] or "",
        link=f"order:{row['order_id']}" if is_given and row["order_id"] else "drafts",
        customer_id=row["customer_id"],
    )


def _to_approvers(delivery: Delivery, row: Any, people: People) -> Note:
    lines = row["lines"]
    return Note(
        group_id=delivery.event_id,
        users=[id for id in people.who_may(row["customer_id"], APPROVE) if id != row["asked_by"]],
        kind="consent.asked",
        title=f"{row['asked_by_name']}提交的订单待您审批",
        title_en=f"{row['asked_by_name']} asks you to approve an order",
        body="\n".join(part for part in (f"{lines} 行商品", row["message"]) if part),
        body_en="\n".join(part for part in (f"{lines} line{'' if lines == 1 else 's'}", row["message"]) if part),
        link=f"consent:{row['draft_id']}",
        customer_id=row["customer_id"],
    )
