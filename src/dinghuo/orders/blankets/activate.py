"""Let a blanket order be called off, and end it: by hand, or when its last day is over."""

from collections.abc import Sequence
from uuid import UUID

from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import Principal
from dinghuo.kit import audit
from dinghuo.kit.actor import SYSTEM, Actor
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused
from dinghuo.kit.outbox import Delivery
from dinghuo.kit.texts import text_faults
from dinghuo.kit.transitions import transition
from dinghuo.orders.blankets.facts import TOUCHED
from dinghuo.orders.blankets.save_blanket import announce_end, lines_of, lock_blanket, open_lines
from dinghuo.orders.blankets.states import BLANKET
from dinghuo.orders.blankets.tables import blanket_order

OVER = Message(
    "blanket-over",
    "有效期截至 {until}，已经过去，不能生效",
    "It was to end on {until}, which is over: it cannot become active",
    CONFLICT,
)

# Nothing more can be taken; what is called off already can still be given back.
_END = """
update allotment a set quantity = a.taken, updated_at = $3
from blanket_line l
where a.tenant_id = $1 and l.tenant_id = $1 and l.blanket_id = any($2::uuid[]) and a.id = l.id
"""
_LOCK = """
select a.id from allotment a
join blanket_line l on l.tenant_id = $1 and l.id = a.id
where a.tenant_id = $1 and l.blanket_id = any($2::uuid[]) order by a.id for no key update of a
"""
_OVER = """
select b.id from blanket_order b
where b.tenant_id = $1 and b.id = any($2::uuid[]) and b.state = 'active' and b.valid_until < $3
order by b.id for no key update
"""


async def activate(tx: Tx, *, blanket_id: UUID, principal: Principal, by: Actor) -> None:
    present = await lock_blanket(tx, blanket_id, principal)
    today = tx.now.astimezone((await load_tenant(tx)).zone).date()
    if present.valid_until < today:
        raise Refused(OVER("valid_until", until=present.valid_until.isoformat()))
    revision = blanket_order.c.revision + 1
    await transition(tx, blanket_order, BLANKET, [blanket_id], "active", revision=revision, updated_at=tx.now)
    await open_lines(tx, {row.id: row.base_quantity for row in await lines_of(tx, blanket_id)})
    await announce_end(tx, blanket_id, present.valid_until)
    changes = {"state": [present.state, "active"]}
    await audit.record(tx, [audit.Change("blanket_order", blanket_id, "activated", by, changes)])
    await touch(tx, TOUCHED)


async def close(tx: Tx, *, blanket_id: UUID, reason: str | None, principal: Principal, by: Actor) -> None:
    """Nothing more can be called off; what was goes its way."""
    if faults := list(text_faults("reason", reason, 2000)):
        raise Refused(faults)
    present = await lock_blanket(tx, blanket_id, principal)
    changes = {"state": [present.state, "closed"]} | ({"reason": [None, reason]} if reason else {})
    await _end(tx, [blanket_id], "closed")
    await audit.record(tx, [audit.Change("blanket_order", blanket_id, "closed", by, changes)])


async def expire_blankets(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to BlanketEnds: those whose last day is over. One whose days were prolonged is told again then."""
    today = tx.now.astimezone((await load_tenant(tx)).zone).date()
    rows = await tx.fetch(_OVER, list({delivery.subject_id for delivery in deliveries}), today)
    ids = [row["id"] for row in rows]
    if ids:
        await _end(tx, ids, "expired")
        changes = {"state": ["active", "expired"]}
        await audit.record(tx, [audit.Change("blanket_order", id, "expired", SYSTEM, changes) for id in ids])


async def _end(tx: Tx, ids: Sequence[UUID], state: str) -> None:
    revision = blanket_order.c.revision + 1
    await transition(tx, blanket_order, BLANKET, ids, state, revision=revision, updated_at=tx.now)
    await tx.fetch(_LOCK, list(ids))
    await tx.write(_END, list(ids), tx.now)
    await touch(tx, TOUCHED)
