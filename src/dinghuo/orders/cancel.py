"""Call orders off: what they hold of stock and credit becomes free, and nothing else changes."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.accounts.budgets import release_budgets
from dinghuo.accounts.reserve import Entry, ensure_accounts, lock_credit, write_entries
from dinghuo.approvals.ask import withdraw_open
from dinghuo.identity.principals import Principal
from dinghuo.inventory.promises import lock_promises
from dinghuo.inventory.release import release_promises
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused
from dinghuo.kit.texts import text_faults
from dinghuo.kit.transitions import transition
from dinghuo.orders.allotted import give_back_all
from dinghuo.orders.events import Cancelled as CancelledEvent
from dinghuo.orders.fit_rebates import fit_rebates
from dinghuo.orders.let_go import Dropped, let_go
from dinghuo.orders.lock_orders import LOCK_LINES, holder_of, lock_orders
from dinghuo.orders.states import ORDER
from dinghuo.orders.tables import sales_order
from dinghuo.orders.worth import worth

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
    return await call_off(tx, await lock_orders(tx, ids, principal), to="cancelled", by=by, reason=reason)


async def call_off(
    tx: Tx, orders: Sequence[Any], *, to: str, by: Actor, reason: str | None = None
) -> list[Cancelled]:
    """End these locked orders (`lock_orders`), `cancelled` or `rejected`, and free all that they hold."""
    found = [order.id for order in orders]
    await transition(tx, sales_order, ORDER, found, to, revision=sales_order.c.revision + 1)
    waiting = [order.id for order in orders if order.state == "pending_approval"]
    if waiting and to == "cancelled":
        await withdraw_open(tx, subject_kind="order", subject_ids=waiting, by=by, reason=reason)
    # Requests are documents, and locked before lines.
    dropped = await let_go(tx, orders, by)
    if dropped:
        amendments = [each.id for each in dropped]
        await withdraw_open(tx, subject_kind="amendment", subject_ids=amendments, by=by, reason=reason)
    lines = await tx.fetch(LOCK_LINES, found)
    moved = {row["order_id"] for row in lines if row["released"] or row["shipped"]}
    if moved:
        raise Refused([ALREADY_RELEASED("id", number=order.number) for order in orders if order.id in moved])
    await tx.write(_LINES, found)
    promises = await lock_promises(tx, [*found, *(each.id for each in dropped)])
    await give_back_all(tx, found)
    freed = _open_credit(orders, lines)
    await _free_credit(tx, orders, freed, dropped)
    await fit_rebates(tx, orders, off=True)
    await release_budgets(tx, found)
    await release_promises(tx, promises)
    await outbox.emit(tx, [CancelledEvent(subject_id=order_id) for order_id in found])
    said = {"reason": [None, reason]} if reason else {}
    await audit.record(
        tx,
        [audit.Change("order", order.id, to, by, {"state": [order.state, to]} | said) for order in orders],
    )
    return [Cancelled(order.id, order.number, to, order.currency, freed[order.id]) for order in orders]


def _open_credit(orders: Sequence[Any], lines: Sequence[Any]) -> dict[UUID, Decimal]:
    """What each order still takes up: its amount less what was freed when lines were closed before."""
    currencies = {order.id: order.currency for order in orders}
    freed = {order.id: order.gross for order in orders}
    for row in lines:
        quantity, left = row["base_quantity"], row["base_quantity"] - row["cancelled"]
        kept = worth(row["gross"], quantity, left, currencies[row["order_id"]])
        freed[row["order_id"]] -= row["gross"] - kept
    return freed


async def _free_credit(
    tx: Tx, orders: Sequence[Any], freed: Mapping[UUID, Decimal], dropped: Sequence[Dropped]
) -> None:
    holders = {order.id: holder_of(order) for order in orders}
    accounts = await ensure_accounts(tx, list((await lock_credit(tx, list(holders.values()))).values()))
    entries = [
        Entry(accounts[holders[order_id]], "open", -amount, "release", "order", order_id)
        for order_id, amount in freed.items()
    ]
    entries += [
        Entry(accounts[holders[each.order_id]], "open", -each.credit, "release", "order_amendment", each.id)
        for each in dropped
    ]
    await write_entries(tx, entries)
