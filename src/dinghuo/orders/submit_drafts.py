"""Carts that become orders: in the transaction that places them, and only as they were read."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from dinghuo.kit import outbox
from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.errors import CONFLICT, Message
from dinghuo.kit.idempotency import Key
from dinghuo.kit.missing import missing
from dinghuo.orders.decide import Priced
from dinghuo.orders.events import ConsentMoved
from dinghuo.orders.requests import Placement

SUBMIT = "submit-draft"
CHANGED_SINCE = Message(
    "draft-changed-since",
    "这份草稿刚刚被修改过，请核对后重新提交",
    "This draft was changed a moment ago: look at it again before you submit it",
    CONFLICT,
)

_LOCK = """
select id, revision, order_id from draft where tenant_id = $1 and id = any($2::uuid[]) order by id for no key update
"""
_MARK = """
update draft d set order_id = s.order_id, updated_at = $4, revision = d.revision + 1
from unnest($2::uuid[], $3::uuid[]) as s(id, order_id) where d.tenant_id = $1 and d.id = s.id
"""
_CONFIRM = """
update draft_proposal p set state = 'confirmed', decided_at = $5, decided_by = s.by, decided_by_name = s.name
from unnest($2::uuid[], $3::uuid[], $4::text[]) as s(id, by, name)
where p.tenant_id = $1 and p.draft_id = s.id and p.state = 'proposed'
"""
_GIVE = """
update draft_consent c set state = 'given', decided_at = $3, decided_by = s.by, decided_by_name = s.name,
  answer = s.answer
from json_to_recordset($2::json) as s(draft_id uuid, by uuid, name text, answer text)
where c.tenant_id = $1 and c.draft_id = s.draft_id and c.state = 'waiting'
returning c.draft_id as id, c.customer_id
"""


def submit_key(draft_id: UUID) -> Key:
    """However often and by whomever it is submitted, one cart is one order."""
    return Key(draft_id, SUBMIT, str(draft_id), "the draft itself")


async def lock_drafts(tx: Tx, orders: Sequence[Priced]) -> None:
    """Lock the carts that these orders are placed from; an order whose cart is not as it was read is at fault."""
    drafts = {order.placement.draft.id: order for order in orders if order.placement.draft is not None}
    if not drafts:
        return
    present = {row["id"]: row for row in await tx.fetch(_LOCK, list(drafts))}
    for draft_id, order in drafts.items():
        row = present.get(draft_id)
        if row is None:
            order.faults += missing("draft", draft_id).faults
        elif row["order_id"] is not None:
            raise RetryTransaction("this draft has just become an order: its key tells which")
        elif order.placement.draft is not None and row["revision"] != order.placement.draft.revision:
            order.faults.append(CHANGED_SINCE("id"))


async def mark_submitted(tx: Tx, orders: Sequence[Priced]) -> None:
    """Remember which orders the locked carts have become; those that were proposed are confirmed by it."""
    marked = [
        (order.placement.draft.id, order.id, order.placement.by)
        for order in orders
        if order.placement.draft is not None
    ]
    if marked:
        drafts, ids, by = zip(*marked, strict=True)
        await tx.write(_MARK, drafts, ids, tx.now)
        await tx.write(_CONFIRM, drafts, [each.id for each in by], [each.name for each in by], tx.now)
    agreed = [each.placement for each in orders if each.placement.agreed is not None]
    if agreed:
        await _give(tx, agreed)


async def _give(tx: Tx, placements: Sequence[Placement]) -> None:
    """Remember who consented to what their colleagues asked for."""
    rows, news = [], []
    for placement in placements:
        agreed, draft = placement.agreed, placement.draft
        if agreed is not None and draft is not None:
            rows.append(
                {"draft_id": draft.id, "by": agreed.user_id, "name": placement.by.name, "answer": agreed.answer}
            )
            news.append(draft.id)
    whose = {
        row["id"]: row["customer_id"] for row in await tx.fetch(_GIVE, msgspec.json.encode(rows).decode(), tx.now)
    }
    await outbox.emit(
        tx, [ConsentMoved(subject_id=id, customer_id=whose[id], state="given") for id in news if id in whose]
    )
