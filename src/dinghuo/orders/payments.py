"""Payments of orders as their readers see them: what is due, what is set aside, and the slips that were sent."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import FromClause, Select, and_, select

from dinghuo.identity.principals import DealerPrincipal, Principal, lacking
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.actions import Action, action
from dinghuo.kit.attachments import FileView
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault, Language, Refused
from dinghuo.kit.files import FileContent, read_file, stored_file
from dinghuo.kit.money import ZERO
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.orders import faults as say
from dinghuo.orders.life_tables import order_payment, transfer_slip
from dinghuo.orders.lock_orders import holder_of
from dinghuo.orders.set_aside import NOTHING_DUE, free_advance
from dinghuo.orders.slips import PAYABLE, SLIP_STATE, UNKNOWN_SLIP
from dinghuo.orders.tables import sales_order
from dinghuo.orders.views import CustomerName
from dinghuo.parties.newest import newest
from dinghuo.parties.queries import named_customer
from dinghuo.parties.tables import customer
from dinghuo.pricing.locked import check_sees_price

_NOTHING = Decimal("0.00")


class Slip(msgspec.Struct, frozen=True, kw_only=True):
    """A transfer slip. `side` says who sent it; `confirmed_amount` is what finance found to have come."""

    id: UUID
    order_id: UUID
    order_number: str
    customer: CustomerName
    currency: str
    amount: Decimal
    confirmed_amount: Decimal | None
    paid_on: date
    payer: str
    bank_reference: str | None
    note: str | None
    file: FileView
    state: str
    side: str
    submitted_at: datetime
    submitted_by: str | None
    decided_at: datetime | None
    decided_by: str | None
    reason: str | None


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """What is due on an order before its goods may go. `advance` is what its customer has with us that is free."""

    order_id: UUID
    currency: str
    policy: str
    percent: Decimal | None
    due: Decimal
    paid: Decimal
    left: Decimal
    expires_at: datetime | None
    settled_at: datetime | None
    waived: bool
    advance: Decimal
    slips: list[Slip]
    actions: list[Action]


async def get_payment(tx: Tx, *, principal: Principal, order_id: UUID, language: Language) -> Payment:
    """The payment of an order; refused (404) when it is not theirs to see, (403) without a right to prices."""
    check_sees_price(principal)
    o, p = sales_order.c, order_payment.c
    row = await tx.one(
        select(
            o.id,
            o.state,
            o.customer_id,
            o.organisation_id,
            o.currency,
            p.policy,
            p.percent,
            p.due,
            p.paid,
            p.expires_at,
            p.settled_at,
            p.waived,
        )
        .join(customer, and_(customer.c.tenant_id == o.tenant_id, customer.c.id == o.customer_id))
        .outerjoin(order_payment, and_(p.tenant_id == o.tenant_id, p.order_id == o.id))
        .where(
            o.tenant_id == tx.tenant_id,
            customer.c.tenant_id == tx.tenant_id,
            o.id == order_id,
            visible_customers(principal, customer),
        )
    )
    if row is None:
        raise Refused(say.UNKNOWN_ORDER("id"))
    due, paid = row.due or _NOTHING, row.paid or _NOTHING
    left = _NOTHING if row.due is None or row.settled_at is not None else due - paid
    slips = await tx.rows(
        _slips(tx, principal).where(transfer_slip.c.order_id == order_id).order_by(transfer_slip.c.id.desc())
    )
    return Payment(
        order_id=row.id,
        currency=row.currency,
        policy=row.policy or "none",
        percent=row.percent,
        due=due,
        paid=paid,
        left=left,
        expires_at=None if row.settled_at else row.expires_at,
        settled_at=row.settled_at,
        waived=bool(row.waived),
        advance=await free_advance(tx, holder_of(row)),
        slips=[_slip(each, principal) for each in slips],
        actions=_actions(principal, row.state, left, language),
    )


def _actions(principal: Principal, state: str, left: Decimal, language: Language) -> list[Action]:
    permission = "portal.orders.pay" if isinstance(principal, DealerPrincipal) else "orders.payments"
    closed: Sequence[Fault] = [] if state in PAYABLE else [SLIP_STATE("state")]
    nothing: Sequence[Fault] = [] if left > ZERO else [NOTHING_DUE("amount")]
    denied = lacking(principal, permission)
    return [
        action("slip", [*denied, *closed], language),
        action("pay_by_balance", [*denied, *(closed or nothing)], language),
    ]


async def list_slips(
    tx: Tx,
    *,
    principal: Principal,
    state: str | None,
    customer_code: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Slip]:
    """Slips, the newest first."""
    check_sees_price(principal)
    s = transfer_slip.c
    statement = select(transfer_slip).where(s.tenant_id == tx.tenant_id)
    if state is not None:
        statement = statement.where(s.state == state)
    if customer_code is not None:
        statement = statement.where(s.customer_id == named_customer(tx.tenant_id, customer_code))
    if cursor is not None:
        statement = statement.where(s.id < decode_cursor(cursor, (UUID,))[0])
    found = newest(statement, transfer_slip, tenant_id=tx.tenant_id, seen_by=principal, most=limit + 1)
    rows = await tx.rows(_with_order(tx, found, principal).order_by(found.c.id.desc()))
    return page(rows, limit, lambda row: (row.id,), lambda row: _slip(row, principal))


async def get_slip(tx: Tx, *, principal: Principal, slip_id: UUID, order_id: UUID | None = None) -> Slip:
    """One slip; refused (404) when it is not there or not theirs to see."""
    check_sees_price(principal)
    return _slip(await _row(tx, principal, slip_id, order_id), principal)


async def slip_file(
    tx: Tx, *, principal: Principal, slip_id: UUID, order_id: UUID | None = None
) -> tuple[str, str, FileContent]:
    """The file of a slip: its hash, its name, its content."""
    check_sees_price(principal)
    row = await _row(tx, principal, slip_id, order_id)
    file = await read_file(tx, row.sha256)
    if file is None:
        raise Refused(UNKNOWN_SLIP("slip_id"))
    return row.sha256, row.file_name, file


async def _row(tx: Tx, principal: Principal, slip_id: UUID, order_id: UUID | None) -> Any:
    statement = _slips(tx, principal).where(transfer_slip.c.id == slip_id)
    if order_id is not None:
        statement = statement.where(transfer_slip.c.order_id == order_id)
    row = await tx.one(statement)
    if row is None:
        raise Refused(UNKNOWN_SLIP("slip_id"))
    return row


def _slips(tx: Tx, principal: Principal) -> Select[Any]:
    return _with_order(tx, transfer_slip, principal).where(transfer_slip.c.tenant_id == tx.tenant_id)


def _with_order(tx: Tx, slips: FromClause, principal: Principal) -> Select[Any]:
    s, o, f = slips.c, sales_order.c, stored_file.c
    return (
        select(
            slips,
            o.number.label("order_number"),
            o.customer_name,
            customer.c.code.label("customer_code"),
            customer.c.name_en.label("customer_name_en"),
            f.content_type,
            f.size,
        )
        .join(sales_order, and_(o.tenant_id == s.tenant_id, o.id == s.order_id))
        .join(customer, and_(customer.c.tenant_id == s.tenant_id, customer.c.id == s.customer_id))
        .join(stored_file, and_(f.tenant_id == s.tenant_id, f.sha256 == s.sha256))
        .where(
            o.tenant_id == tx.tenant_id,
            f.tenant_id == tx.tenant_id,
            customer.c.tenant_id == tx.tenant_id,
            visible_customers(principal, customer),
        )
    )


def _slip(row: Any, principal: Principal) -> Slip:
    # The seller's people have no names for dealers.
    hides = isinstance(principal, DealerPrincipal)
    return Slip(
        id=row.id,
        order_id=row.order_id,
        order_number=row.order_number,
        customer=CustomerName(row.customer_id, row.customer_code, row.customer_name, row.customer_name_en),
        currency=row.currency,
        amount=row.amount,
        confirmed_amount=row.confirmed_amount,
        paid_on=row.paid_on,
        payer=row.payer,
        bank_reference=row.bank_reference,
        note=row.note,
        file=FileView(row.sha256, row.file_name, row.content_type, row.size),
        state=row.state,
        side=row.side,
        submitted_at=row.submitted_at,
        submitted_by=None if hides and row.side == "staff" else row.submitted_by_name,
        decided_at=row.decided_at,
        decided_by=None if hides else row.decided_by_name,
        reason=row.reason,
    )
