"""Set customers' money aside for their orders: what is due on one is paid from what they have with us."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from dinghuo.accounts.advances import at_hand, lock_advances
from dinghuo.accounts.reserve import Holder
from dinghuo.identity.principals import Principal
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message, Refused
from dinghuo.kit.money import MAX_MONEY, ZERO, fits
from dinghuo.kit.transitions import WRONG_STATE
from dinghuo.orders.events import Paid
from dinghuo.orders.hold import HOLDABLE, UNPAID, lift_holds
from dinghuo.orders.lock_orders import holder_of, lock_orders
from dinghuo.pricing.locked import check_sees_price

ADVANCE_SHORT = Message(
    "advance-short",
    "可用预收余额不足，本次需要 {wanted}",
    "The customer has not got {wanted} with us that is free",
    CONFLICT,
)
NOTHING_DUE = Message("nothing-due", "该订单没有待付的款项", "Nothing is due on this order beforehand", CONFLICT)
PAY_AMOUNT = Message(
    "pay-amount",
    "金额应大于 0、不超过待付的 {most}，小数不超过 2 位",
    "The amount must be above 0, at most the {most} that is due, with at most 2 decimals",
    MALFORMED,
)

_PAYMENT = """
select p.order_id, p.due, p.paid, p.settled_at, p.waived from order_payment p
where p.tenant_id = $1 and p.order_id = $2 for no key update
"""
_SET_ASIDE = """
select (
  select coalesce(sum(p.paid), 0) from order_payment p
  where p.tenant_id = $1 and p.customer_id = $2 and p.organisation_id = $3 and p.currency = $4 and p.paid > 0
) + (
  select coalesce(sum(r.amount), 0) from order_rebate r
  where r.tenant_id = $1 and r.customer_id = $2 and r.organisation_id = $3 and r.currency = $4 and r.amount > 0
) as paid
"""
_PAY = """
update order_payment p set paid = p.paid + $3::numeric,
  settled_at = case when p.paid + $3::numeric >= p.due then $4::timestamptz end
where p.tenant_id = $1 and p.order_id = $2
"""


async def free_advance(tx: Tx, holder: Holder) -> Decimal:
    """What a customer has with us that is set aside for nothing."""
    rows = await tx.fetch(_SET_ASIDE, *holder)
    free: Decimal = await at_hand(tx, holder) - rows[0]["paid"]
    return max(free, ZERO)


async def pay_by_balance(
    tx: Tx, *, order_id: UUID, amount: Decimal | None, principal: Principal, by: Actor
) -> Decimal:
    """Pay what is due on an order, or part of it, from what its customer has with us; how much was."""
    check_sees_price(principal)
    (order,) = await lock_orders(tx, [order_id], principal)
    if order.state not in HOLDABLE:
        raise Refused(WRONG_STATE("state", to="paid", id=str(order_id)))
    row = next(iter(await tx.fetch(_PAYMENT, order_id)), None)
    left = ZERO if row is None or row["settled_at"] else row["due"] - row["paid"]
    if left <= ZERO:
        raise Refused(NOTHING_DUE("amount"))
    if amount is not None and (not fits(amount, most=MAX_MONEY, places=2) or not ZERO < amount <= left):
        raise Refused(PAY_AMOUNT("amount", most=left))
    paid = await set_aside(tx, order, most=left if amount is None else amount, by=by)
    if not paid or (amount is not None and paid < amount):
        raise Refused(ADVANCE_SHORT("amount", wanted=left if amount is None else amount))
    return paid


async def set_aside(tx: Tx, order: Any, *, most: Decimal, by: Actor) -> Decimal:
    """Set aside for a locked order what is due on it and free, `most` at most; the hold goes when all is paid."""
    row = next(iter(await tx.fetch(_PAYMENT, order.id)), None)
    holder = holder_of(order)
    # Whoever sets aside of the same money waits here.
    await lock_advances(tx, [holder])
    if row is None or row["settled_at"] is not None or order.state not in HOLDABLE:
        return ZERO
    left: Decimal = row["due"] - row["paid"]
    amount = min(most, left, await free_advance(tx, holder))
    if amount <= ZERO:
        return ZERO
    await tx.write(_PAY, order.id, amount, tx.now)
    change = {"paid": [None, "all" if amount == left else "part"]}
    await audit.record(tx, [audit.Change("order", order.id, "paid", by, change)])
    if amount == left:
        if UNPAID in order.holds:
            await lift_holds(tx, [order], {order.id: [UNPAID]}, note=None, by=by)
        await outbox.emit(tx, [Paid(subject_id=order.id)])
    return amount
