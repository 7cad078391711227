"""The page of one order: the order itself, what is in stock, what its customer owes, and what may be done now."""

from collections.abc import Iterator
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.accounts.tables import account
from dinghuo.comments.queries import count_comments
from dinghuo.identity.principals import StaffPrincipal, lacking
from dinghuo.identity.tables import organisation
from dinghuo.inventory.queries import availability
from dinghuo.kit.actions import Action, action
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault, Language
from dinghuo.kit.transitions import WRONG_STATE
from dinghuo.orders.amend_faults import NOT_AMENDABLE
from dinghuo.orders.amend_workout import AMENDABLE
from dinghuo.orders.cancel import ALREADY_RELEASED
from dinghuo.orders.hold import HOLDABLE, NOT_HELD, PAYMENTS, UNPAID
from dinghuo.orders.queries import get_order
from dinghuo.orders.short_close import NOTHING_REMAINS
from dinghuo.orders.states import ORDER
from dinghuo.orders.views import CreditNow, OrderDetail, OrderPage

DOCUMENT = "order"


async def order_page(tx: Tx, *, staff: StaffPrincipal, order_id: UUID, language: Language) -> OrderPage:
    """One order as the order desk sees it; refused (404) when it is not there or not theirs to see."""
    order = await get_order(tx, principal=staff, order_id=order_id)
    if staff.may("inventory.read"):
        free = await availability(tx, {line.sku_id for line in order.lines})
        lines = [msgspec.structs.replace(line, available=free[line.sku_id]) for line in order.lines]
        order = msgspec.structs.replace(order, lines=lines)
    fields = {name: getattr(order, name) for name in OrderDetail.__struct_fields__}
    return OrderPage(
        **fields,
        credit=await _credit(tx, order) if staff.may("accounts.read") and staff.sees_price else None,
        comments=await count_comments(tx, document_kind=DOCUMENT, document_id=order_id),
        actions=actions_of(order, staff, language),
    )


def actions_of(order: OrderDetail, staff: StaffPrincipal, language: Language) -> list[Action]:
    """What this reader could do with the order, and why not."""
    return [
        action("cancel", _against_cancelling(order, staff), language),
        action("hold", _against_holding(order, staff), language),
        action("lift_hold", _against_lifting(order, staff), language),
        action("amend", _against_amending(order, staff), language),
        action("short_close", _against_closing(order, staff), language),
        action("reorder", lacking(staff, "orders.place"), language),
        action("comment", lacking(staff, "orders.comment"), language),
        action("attach", lacking(staff, "orders.comment"), language),
    ]


def _against_cancelling(order: OrderDetail, staff: StaffPrincipal) -> Iterator[Fault]:
    """The rules of `cancel`, asked beforehand; it asks them again under its locks."""
    yield from lacking(staff, "orders.cancel")
    if order.state not in ORDER.sources("cancelled"):
        yield WRONG_STATE("state", to="cancelled", id=str(order.id))
    elif any(line.progress.released or line.progress.shipped for line in order.lines):
        yield ALREADY_RELEASED("id", number=order.number)


def _against_holding(order: OrderDetail, staff: StaffPrincipal) -> Iterator[Fault]:
    yield from lacking(staff, "orders.hold")
    if order.state not in HOLDABLE:
        yield WRONG_STATE("state", to="on_hold", id=str(order.id))


def _against_lifting(order: OrderDetail, staff: StaffPrincipal) -> Iterator[Fault]:
    yield from lacking(staff, "orders.hold")
    if not order.holds:
        yield NOT_HELD("holds", number=order.number)
    elif set(order.holds) == {UNPAID}:
        yield from lacking(staff, PAYMENTS)


def _against_amending(order: OrderDetail, staff: StaffPrincipal) -> Iterator[Fault]:
    """The rules of `amend`, but for an amendment that waits."""
    yield from lacking(staff, "orders.amend")
    if order.state not in AMENDABLE:
        yield NOT_AMENDABLE("state")


def _against_closing(order: OrderDetail, staff: StaffPrincipal) -> Iterator[Fault]:
    """The rules of `short_close`, but for an amendment that waits."""
    yield from lacking(staff, "orders.amend")
    progress = [line.progress for line in order.lines]
    if order.state != "confirmed":
        yield WRONG_STATE("state", to="closed", id=str(order.id))
    elif all(p.ordered - p.cancelled <= max(p.released, p.shipped) for p in progress):
        yield NOTHING_REMAINS("id")


async def _credit(tx: Tx, order: OrderDetail) -> CreditNow | None:
    a, o = account.c, organisation.c
    row = await tx.one(
        select(a.id, a.currency, a.credit_limit, (a.open + a.shipped + a.billed + a.unapplied).label("exposure"))
        .join(organisation, (o.tenant_id == a.tenant_id) & (o.id == a.organisation_id))
        .where(
            a.tenant_id == tx.tenant_id,
            o.tenant_id == tx.tenant_id,
            a.customer_id == order.customer.id,
            a.kind == "credit",
            a.currency == order.currency,
            o.code == order.organisation,
        )
    )
    if row is None:
        return None
    room = None if row.credit_limit is None else row.credit_limit - row.exposure
    return CreditNow(row.id, row.currency, row.credit_limit, row.exposure, room)
