"""Hold orders and lift holds. A held order keeps its stock and credit; its goods are not released for shipping."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec

from dinghuo.identity.principals import Principal, not_permitted
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Fault, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.texts import text_faults
from dinghuo.kit.transitions import WRONG_STATE
from dinghuo.orders.events import Held, HoldLifted
from dinghuo.orders.lock_orders import lock_orders

HoldReason = Literal["manual", "credit", "overdue", "stock", "unpaid"]
UNPAID: HoldReason = "unpaid"
HOLDABLE = ("confirmed", "pending_approval")
PAYMENTS = "orders.payments"
_LONGEST_NOTE = 2000

NOT_BY_HAND = Message(
    "hold-not-by-hand",
    "“待付款”由付款方式决定，不能手工冻结",
    "Orders are held for payment by how their customer pays, not by hand",
    MALFORMED,
)
NOT_HELD = Message("not-held", "订单 {number} 没有可解除的冻结", "Order {number} has no hold to lift", CONFLICT)


class OrderHolds(msgspec.Struct, frozen=True):
    """What an order is held for now."""

    id: UUID
    number: str
    holds: list[str]
    revision: int


_HOLD = """
update sales_order o set holds = array_append(o.holds, $3), revision = o.revision + 1
where o.tenant_id = $1 and o.id = any($2::uuid[])
"""
_NOTE_HOLD = """
insert into order_hold (tenant_id, id, order_id, reason, note, held_at, held_by, held_by_name)
select $1, id, order_id, $4, $5, $6, $7, $8 from unnest($2::uuid[], $3::uuid[]) as h(id, order_id)
"""
_LIFT = """
update sales_order o set holds = h.holds, revision = o.revision + 1
from json_to_recordset($2::json) as h(id uuid, holds text[])
where o.tenant_id = $1 and o.id = h.id
"""
_NOTE_LIFT = """
update order_hold h set released_at = $4, released_by = $5, released_by_name = $6, release_note = $7
from unnest($2::uuid[], $3::text[]) as l(order_id, reason)
where h.tenant_id = $1 and h.order_id = l.order_id and h.reason = l.reason and h.released_at is null
"""
_WAIVE = """
update order_payment p set settled_at = $3, waived = true
where p.tenant_id = $1 and p.order_id = any($2::uuid[]) and p.settled_at is null
"""


class _Left(msgspec.Struct, frozen=True):
    id: UUID
    holds: list[str]


async def hold(
    tx: Tx, *, ids: Collection[UUID], reason: HoldReason, note: str | None, by: Actor, principal: Principal
) -> list[OrderHolds]:
    """Hold all of these orders or none, in the order of their ids; one that is held for it already stays as it is."""
    faults = list(text_faults("note", note, _LONGEST_NOTE))
    if reason == UNPAID:
        faults.append(NOT_BY_HAND("reason"))
    if faults:
        raise Refused(faults)
    orders = await lock_orders(tx, ids, principal)
    if wrong := [WRONG_STATE("state", to="on_hold", id=str(o.id)) for o in orders if o.state not in HOLDABLE]:
        raise Refused(wrong)
    fresh = [order for order in orders if reason not in order.holds]
    await put_on_hold(tx, fresh, reason, note=note, by=by)
    held = {order.id for order in fresh}
    return [
        OrderHolds(o.id, o.number, [*o.holds, reason], o.revision + 1)
        if o.id in held
        else OrderHolds(o.id, o.number, o.holds, o.revision)
        for o in orders
    ]


async def put_on_hold(tx: Tx, orders: Sequence[Any], reason: HoldReason, *, note: str | None, by: Actor) -> None:
    """Hold these locked orders, none of which is held for that reason yet."""
    if not orders:
        return
    ids = [order.id for order in orders]
    await tx.write(_HOLD, ids, reason)
    await note_holds(tx, ids, reason, note=note, by=by)
    await outbox.emit(tx, [Held(subject_id=order_id) for order_id in ids])
    changes = {order.id: [order.holds, [*order.holds, reason]] for order in orders}
    await _record(tx, "held", changes, note, by)


async def note_holds(tx: Tx, ids: Sequence[UUID], reason: HoldReason, *, note: str | None, by: Actor) -> None:
    """Keep who holds these orders and why; `sales_order.holds` is written beside."""
    await tx.write(_NOTE_HOLD, [new_id() for _ in ids], ids, reason, note, tx.now, by.id, by.name)


async def lift(
    tx: Tx,
    *,
    ids: Collection[UUID],
    reasons: Collection[HoldReason] | None,
    note: str | None,
    by: Actor,
    principal: Principal,
) -> list[OrderHolds]:
    """Lift holds of all of these orders or of none; without `reasons` all that the caller may lift.

    To lift `unpaid` by hand is to go without the payment, which is for those who confirm payments.
    """
    faults = list(text_faults("note", note, _LONGEST_NOTE))
    may_waive = principal.may(PAYMENTS)
    if reasons is not None and UNPAID in reasons and not may_waive:
        faults.append(not_permitted(PAYMENTS))
    if faults:
        raise Refused(faults)
    orders = await lock_orders(tx, ids, principal)
    lifted = {order.id: _lifted(order.holds, reasons, may_waive=may_waive) for order in orders}
    if faults := [_not_lifted(order, reasons) for order in orders if not lifted[order.id]]:
        raise Refused(faults)
    unpaid = [order.id for order in orders if UNPAID in lifted[order.id]]
    if unpaid:
        await tx.write(_WAIVE, unpaid, tx.now)
    return await lift_holds(tx, orders, lifted, note=note, by=by)


async def lift_holds(
    tx: Tx, orders: Sequence[Any], lifted: Mapping[UUID, Collection[str]], *, note: str | None, by: Actor
) -> list[OrderHolds]:
    """Lift these holds, which these locked orders have; in the order given."""
    left = {order.id: [reason for reason in order.holds if reason not in lifted[order.id]] for order in orders}
    await tx.write_rows(_LIFT, [_Left(order_id, holds) for order_id, holds in left.items()])
    pairs = [(order_id, reason) for order_id, reasons in lifted.items() for reason in reasons]
    places = [order_id for order_id, _ in pairs], [reason for _, reason in pairs]
    await tx.write(_NOTE_LIFT, *places, tx.now, by.id, by.name, note)
    await outbox.emit(tx, [HoldLifted(subject_id=order.id) for order in orders])
    await _record(tx, "hold_lifted", {order.id: [order.holds, left[order.id]] for order in orders}, note, by)
    return [OrderHolds(order.id, order.number, left[order.id], order.revision + 1) for order in orders]


def _lifted(holds: Sequence[str], reasons: Collection[str] | None, *, may_waive: bool) -> list[str]:
    if reasons is not None:
        return [reason for reason in holds if reason in reasons]
    return [reason for reason in holds if may_waive or reason != UNPAID]


def _not_lifted(order: Any, reasons: Collection[str] | None) -> Fault:
    """Nothing to lift, or only what others may."""
    if reasons is None and UNPAID in order.holds:
        return not_permitted(PAYMENTS)
    return NOT_HELD("holds", number=order.number)


async def _record(tx: Tx, action: str, holds: Mapping[UUID, list[list[str]]], note: str | None, by: Actor) -> None:
    said = {"note": [None, note]} if note else {}
    changes = [
        audit.Change("order", order_id, action, by, {"holds": change} | said) for order_id, change in holds.items()
    ]
    await audit.record(tx, changes)
