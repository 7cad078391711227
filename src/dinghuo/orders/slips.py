"""Transfer slips: a customer's proof that money is on its way. Finance says whether it came."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import insert, select, update

from dinghuo.accounts.advances import Advance, receive
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import DealerPrincipal, Principal
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, FORBIDDEN, MALFORMED, NOT_FOUND, Fault, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.money import MAX_MONEY, ZERO, fits
from dinghuo.kit.texts import EMPTY, text_faults
from dinghuo.kit.transitions import WRONG_STATE
from dinghuo.orders.attach import was_uploaded
from dinghuo.orders.events import SlipDecided, SlipSubmitted
from dinghuo.orders.life_tables import transfer_slip
from dinghuo.orders.lock_orders import holder_of, lock_orders
from dinghuo.orders.set_aside import set_aside

UNKNOWN_SLIP = Message("unknown-slip", "找不到该付款凭证", "There is no such transfer slip", NOT_FOUND)
UNKNOWN_SLIP_FILE = Message(
    "unknown-slip-file",
    "找不到凭证文件，请先上传",
    "There is no such file: upload it first",
    MALFORMED,
)
SLIP_AMOUNT = Message(
    "slip-amount",
    "付款金额应大于 0、不超过 {most}，小数不超过 2 位",
    "The amount paid must be above 0, at most {most}, with at most 2 decimals",
    MALFORMED,
)
SLIP_DATE = Message(
    "slip-date",
    "付款日期不能晚于今天，也不能早于一年前",
    "The day of payment is neither after today nor more than a year ago",
    MALFORMED,
)
SLIP_STATE = Message(
    "slip-order-state",
    "已取消、已驳回或已关闭的订单不能再上传付款凭证",
    "An order that is cancelled, rejected or closed takes no transfer slips",
    CONFLICT,
)
NOT_YOUR_SLIP = Message(
    "slip-of-others",
    "只能撤回本方上传的凭证",
    "Only who sent a transfer slip can take it back",
    FORBIDDEN,
)

PAYABLE = ("confirmed", "pending_approval")
_LONGEST = {"payer": 200, "bank_reference": 200, "note": 2000, "name": 200}
_OLDEST = timedelta(days=366)


class SlipRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What was paid, by whom and when, and the uploaded file that shows it."""

    amount: Decimal
    paid_on: date
    payer: str
    sha256: str
    name: str
    bank_reference: str | None = None
    note: str | None = None


async def submit_slip(tx: Tx, *, order_id: UUID, request: SlipRequest, principal: Principal, by: Actor) -> UUID:
    """Send a slip for an order; it waits for finance."""
    (order,) = await lock_orders(tx, [order_id], principal)
    faults = await _faults(tx, order_id, request)
    if order.state not in PAYABLE:
        faults.append(SLIP_STATE("state"))
    if faults:
        raise Refused(faults)
    slip_id = new_id()
    await tx.execute(
        insert(transfer_slip).values(
            tenant_id=tx.tenant_id,
            id=slip_id,
            order_id=order.id,
            customer_id=order.customer_id,
            currency=order.currency,
            amount=request.amount,
            paid_on=request.paid_on,
            payer=request.payer.strip(),
            bank_reference=request.bank_reference,
            note=request.note,
            sha256=request.sha256,
            file_name=request.name,
            state="submitted",
            side="dealer" if isinstance(principal, DealerPrincipal) else "staff",
            submitted_at=tx.now,
            submitted_by=by.id,
            submitted_by_name=by.name,
        )
    )
    await outbox.emit(tx, [SlipSubmitted(subject_id=order.id, slip_id=slip_id)])
    await audit.record(tx, [audit.Change("order", order.id, "slip_submitted", by, {"slip": [None, str(slip_id)]})])
    return slip_id


async def confirm_slip(tx: Tx, *, slip_id: UUID, amount: Decimal | None, principal: Principal, by: Actor) -> None:
    """The money came: it is the customer's, and set aside for the order as far as something is due on it."""
    if amount is not None and not _is_amount(amount):
        raise Refused(SLIP_AMOUNT("amount", most=MAX_MONEY))
    order, slip = await _lock(tx, slip_id, principal)
    came = slip.amount if amount is None else amount
    await _decide(tx, order, slip, "confirmed", by, confirmed_amount=came)
    await receive(tx, [Advance(holder_of(order), came, "transfer_slip", slip.id)])
    await set_aside(tx, order, most=came, by=by)


async def refuse_slip(tx: Tx, *, slip_id: UUID, reason: str, principal: Principal, by: Actor) -> None:
    """The money did not come, or not like that."""
    faults = list(text_faults("reason", reason, _LONGEST["note"]))
    if not reason.strip():
        faults.append(EMPTY("reason"))
    if faults:
        raise Refused(faults)
    order, slip = await _lock(tx, slip_id, principal)
    await _decide(tx, order, slip, "refused", by, reason=reason)


async def withdraw_slip(tx: Tx, *, order_id: UUID, slip_id: UUID, principal: Principal, by: Actor) -> None:
    """Whoever sent it takes it back, while it waits."""
    order, slip = await _lock(tx, slip_id, principal, order_id=order_id)
    if (slip.side == "dealer") != isinstance(principal, DealerPrincipal):
        raise Refused(NOT_YOUR_SLIP("slip_id"))
    await _decide(tx, order, slip, "withdrawn", by)


async def _lock(tx: Tx, slip_id: UUID, principal: Principal, *, order_id: UUID | None = None) -> tuple[Any, Any]:
    """A slip that waits, under its order's lock; refused (404) when it is not theirs to see."""
    s = transfer_slip.c
    statement = select(transfer_slip).where(s.tenant_id == tx.tenant_id, s.id == slip_id)
    if order_id is not None:
        statement = statement.where(s.order_id == order_id)
    slip = await tx.one(statement)
    if slip is None:
        raise Refused(UNKNOWN_SLIP("slip_id"))
    try:
        (order,) = await lock_orders(tx, [slip.order_id], principal)
    except Refused as error:
        raise Refused(UNKNOWN_SLIP("slip_id")) from error
    # Once more, now that nobody else decides.
    slip = await tx.one(select(transfer_slip).where(s.tenant_id == tx.tenant_id, s.id == slip_id))
    if slip is None or slip.state != "submitted":
        raise Refused(WRONG_STATE("state", to="confirmed", id=str(slip_id)))
    return order, slip


async def _decide(tx: Tx, order: Any, slip: Any, to: str, by: Actor, **more: Any) -> None:
    s = transfer_slip.c
    decided = {"state": to, "decided_at": tx.now, "decided_by": by.id, "decided_by_name": by.name}
    await tx.execute(
        update(transfer_slip).where(s.tenant_id == tx.tenant_id, s.id == slip.id).values(**decided, **more)
    )
    await outbox.emit(tx, [SlipDecided(subject_id=order.id, slip_id=slip.id)])
    change: dict[str, Any] = {"slip": [str(slip.id), to]}
    if reason := more.get("reason"):
        change["reason"] = [None, reason]
    await audit.record(tx, [audit.Change("order", order.id, f"slip_{to}", by, change)])


async def _faults(tx: Tx, order_id: UUID, request: SlipRequest) -> list[Fault]:
    faults: list[Fault] = []
    if not _is_amount(request.amount):
        faults.append(SLIP_AMOUNT("amount", most=MAX_MONEY))
    today = tx.now.astimezone((await load_tenant(tx)).zone).date()
    if not today - _OLDEST <= request.paid_on <= today:
        faults.append(SLIP_DATE("paid_on"))
    for name, most in _LONGEST.items():
        faults += text_faults(name, getattr(request, name), most)
    for name in ("payer", "name"):
        if not getattr(request, name).strip():
            faults.append(EMPTY(name))
    if not await was_uploaded(tx, order_id, request.sha256):
        faults.append(UNKNOWN_SLIP_FILE("sha256"))
    return faults


def _is_amount(amount: Decimal) -> bool:
    return fits(amount, most=MAX_MONEY, places=2) and amount > ZERO
