"""Order the same again: a cart with an order's lines, at the prices of the day it is placed."""

from uuid import UUID

from dinghuo.catalogue.facts import load_skus
from dinghuo.identity.principals import Principal
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.orders.drafts import DraftView
from dinghuo.orders.queries import get_order
from dinghuo.orders.requests import DraftLine
from dinghuo.orders.save_draft import DraftRequest, begin_draft


async def reorder(tx: Tx, *, order_id: UUID, principal: Principal, by: Actor) -> DraftView:
    """A new cart for the order's customer; what is no longer sold is left out."""
    order = await get_order(tx, principal=principal, order_id=order_id)
    skus = await load_skus(tx, {line.sku for line in order.lines})
    lines = [
        DraftLine(line.sku, line.quantity, line.unit)
        for line in order.lines
        if line.kind == "goods" and line.sku in skus and skus[line.sku].active and line.unit in skus[line.sku].units
    ]
    return await begin_draft(
        tx, request=DraftRequest(customer=order.customer.code, lines=lines), principal=principal, by=by
    )
