"""Orders locked for whoever changes them, and no more of them than that person may see."""

from collections.abc import Collection, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import and_, select

from dinghuo.accounts.reserve import Holder
from dinghuo.identity.principals import Principal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message, Refused
from dinghuo.orders import faults as say
from dinghuo.orders.tables import sales_order
from dinghuo.parties.tables import customer

MOST_ORDERS = 500
TOO_MANY = Message("too-many-ids", "一次最多 {most} 张订单", "At most {most} orders at once", MALFORMED)


async def lock_orders(tx: Tx, ids: Collection[UUID], principal: Principal | None) -> Sequence[Any]:
    """These orders with their customers' codes and owners, in the order of their ids; refused (404) unless all are
    there and `principal`'s to see. None sees all."""
    if len(ids) > MOST_ORDERS:
        raise Refused(TOO_MANY("ids", most=MOST_ORDERS))
    o = sales_order.c
    statement = (
        select(sales_order, customer.c.code.label("customer_code"), customer.c.owner_id, customer.c.payment_terms)
        .join(customer, and_(customer.c.tenant_id == o.tenant_id, customer.c.id == o.customer_id))
        .where(o.tenant_id == tx.tenant_id, customer.c.tenant_id == tx.tenant_id, among(o.id, list(ids)))
        .order_by(o.id)
        .with_for_update(key_share=True, of=sales_order)
    )
    if principal is not None:
        statement = statement.where(visible_customers(principal, customer))
    orders = await tx.rows(statement)
    if not orders or len(orders) != len(set(ids)):
        raise Refused(say.UNKNOWN_ORDER("id"))
    return orders


def holder_of(order: Any) -> Holder:
    """Whose credit account an order's row draws on."""
    return (order.customer_id, order.organisation_id, order.currency)


LOCK_LINES = """
select l.order_id, l.line_no, l.base_quantity, l.gross, l.released, l.shipped, l.cancelled
from order_line l where l.tenant_id = $1 and l.order_id = any($2::uuid[])
order by l.order_id, l.line_no for no key update
"""
