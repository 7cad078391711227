"""Call orders off: what they hold of stock and credit becomes free, and nothing else changes."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import and_, select

from dinghuo.accounts.reserve import Entry, ensure_accounts, lock_credit, write_entries
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.inventory.promises import lock_promises
from dinghuo.inventory.release import release_promises
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused
from dinghuo.kit.texts import text_faults
from dinghuo.kit.transitions import transition
from dinghuo.orders import faults as say
from dinghuo.orders.events import Cancelled as CancelledEvent
from dinghuo.orders.states import ORDER
from dinghuo.orders.tables import sales_order
from dinghuo.parties.tables import customer

ALREADY_RELEASED = Message(
    "already-released",
    "订单 {number} 已有商品下达发货，不能整单取消",
    "Goods of order {number} are already released for shipping: it cannot be cancelled as a whole",
    CONFLICT,
)

_LONGEST_REASON = 2000

_LINES = """
update order_line l set cancelled = l.base_quantity - l.shipped
where l.tenant_id = $1 and l.order_id = any($2::uuid[])
"""
_LOCK_LINES = """
select l.order_id, l.released, l.shipped, l.cancelled, l.base_quantity
from order_line l where l.tenant_id = $1 and l.order_id = any($2::uuid[])
order by l.order_id, l.line_no for no key update
"""


class Cancelled(msgspec.Struct, frozen=True):
    """An order that is off, and the credit that came free; null to those who see no prices."""

    id: UUID
    number: str
    state: str
    currency: str
    freed: Decimal | None


async def cancel(
    tx: Tx, *, ids: Sequence[UUID], by: Actor, principal: Principal, reason: str | None = None
) -> list[Cancelled]:
    """Cancel all of these orders or none; in the order of their ids."""
    if faults := list(text_faults("reason", reason, _LONGEST_REASON)):
        raise Refused(faults)
    o = sales_order.c
    orders = await tx.rows(
        select(sales_order)
        .join(customer, and_(customer.c.tenant_id == o.tenant_id, customer.c.id == o.customer_id))
        .where(
            o.tenant_id == tx.tenant_id,
            customer.c.tenant_id == tx.tenant_id,
            o.id.in_(ids),
            visible_customers(principal, customer),
        )
        .order_by(o.id)
        .with_for_update(key_share=True, of=sales_order)
    )
    if len(orders) != len(set(ids)):
        raise Refused(say.UNKNOWN_ORDER("id"))
    found = [order.id for order in orders]
    states = {order.id: order.state for order in orders}
    await transition(tx, sales_order, ORDER, found, "cancelled", revision=o.revision + 1)
    lines = await tx.fetch(_LOCK_LINES, found)
    moved = {row["order_id"] for row in lines if row["released"] or row["shipped"]}
    if moved:
        raise Refused([ALREADY_RELEASED("id", number=order.number) for order in orders if order.id in moved])
    await tx.write(_LINES, found)
    promises = await lock_promises(tx, found)
    holders = [(order.customer_id, order.organisation_id, order.currency) for order in orders]
    accounts = await ensure_accounts(tx, list((await lock_credit(tx, holders)).values()))
    await write_entries(
        tx,
        [
            Entry(accounts[holder], "open", -order.gross, "release", "order", order.id)
            for order, holder in zip(orders, holders, strict=True)
        ],
    )
    await release_promises(tx, promises)
    await outbox.emit(tx, [CancelledEvent(subject_id=order_id) for order_id in found])
    await audit.record(
        tx,
        [
            audit.Change(
                "order",
                order_id,
                "cancelled",
                by,
                {"state": [states[order_id], "cancelled"]} | ({"reason": [None, reason]} if reason else {}),
            )
            for order_id in found
        ],
    )
    return [Cancelled(order.id, order.number, "cancelled", order.currency, order.gross) for order in orders]
