"""Make orders findable by what people remember of them: number, the customer's reference, the customer's name."""

from collections.abc import Sequence

from sqlalchemy import select

from dinghuo.kit import search
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery
from dinghuo.orders.tables import sales_order

SEARCH_KIND = "order"


async def file_for_search(tx: Tx, deliveries: Sequence[Delivery]) -> None:
    """The reaction to a new or changed order."""
    order = sales_order.c
    orders = await tx.rows(
        select(order.id, order.number, order.customer_reference, order.customer_name).where(
            order.tenant_id == tx.tenant_id, order.id.in_({delivery.subject_id for delivery in deliveries})
        )
    )
    await search.file(
        tx, SEARCH_KIND, {row.id: (row.number, row.customer_reference, row.customer_name) for row in orders}
    )
