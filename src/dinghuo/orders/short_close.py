"""Close what is left of lines: it is not to come any more. What is released for shipping already still goes."""

from collections.abc import Collection, Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.accounts.budgets import release_budgets
from dinghuo.accounts.reserve import Entry, ensure_accounts, lock_credit, write_entries
from dinghuo.identity.principals import Principal
from dinghuo.inventory.promises import Promise, lock_promises
from dinghuo.inventory.release import Part, release
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Fault, Message, Refused
from dinghuo.kit.money import ZERO
from dinghuo.kit.texts import text_faults
from dinghuo.kit.transitions import WRONG_STATE, transition
from dinghuo.orders.allotted import Back, give_back
from dinghuo.orders.amend_faults import UNKNOWN_LINE
from dinghuo.orders.events import Closed, ShortClosed
from dinghuo.orders.fit_rebates import fit_rebates
from dinghuo.orders.gifts_left import too_many_gifts
from dinghuo.orders.life_tables import order_amendment
from dinghuo.orders.lock_orders import LOCK_LINES, holder_of, lock_orders
from dinghuo.orders.payment import reconsider
from dinghuo.orders.states import ORDER
from dinghuo.orders.tables import sales_order
from dinghuo.orders.worth import worth

NOTHING_REMAINS = Message(
    "nothing-remains",
    "没有可关闭的余量：都已下达、发货或关闭",
    "Nothing remains to be closed: all of it is released, shipped or closed",
    CONFLICT,
)
AMENDMENT_PENDING = Message(
    "amendment-pending",
    "订单 {number} 有待处理的变更，请先处理",
    "An amendment of order {number} is waiting: decide on it first",
    CONFLICT,
)

_LONGEST_REASON = 2000
_CLOSE = """
update order_line l set cancelled = l.cancelled + c.quantity
from json_to_recordset($2::json) as c(order_id uuid, line_no int, quantity numeric)
where l.tenant_id = $1 and l.order_id = c.order_id and l.line_no = c.line_no
"""
_NEWER = "update sales_order o set revision = o.revision + 1 where o.tenant_id = $1 and o.id = any($2::uuid[])"


class ClosedLine(msgspec.Struct, frozen=True):
    """A line and how much of it is not to come, in base units."""

    line_no: int
    closed: Decimal


class ShortClosedOrder(msgspec.Struct, frozen=True):
    """What was closed of an order, and the credit that came free; null to those who see no prices."""

    id: UUID
    number: str
    state: str
    currency: str
    lines: list[ClosedLine]
    freed: Decimal | None
    revision: int


class _Remainder(msgspec.Struct, frozen=True):
    order_id: UUID
    line_no: int
    quantity: Decimal


async def short_close(
    tx: Tx,
    *,
    ids: Collection[UUID],
    by: Actor,
    principal: Principal,
    lines: Sequence[int] | None = None,
    reason: str | None = None,
) -> list[ShortClosedOrder]:
    """Close what is left of these orders, or of the one order's `lines`; all or nothing, in the order of their ids.

    Stock and credit come free with it, and gifts follow what is left of the goods. An order of which nothing remains
    is closed; when nothing of it has left either, budgets have back what it took of them.
    """
    if faults := list(text_faults("reason", reason, _LONGEST_REASON)):
        raise Refused(faults)
    orders = await lock_orders(tx, ids, principal)
    if wrong := [WRONG_STATE("state", to="closed", id=str(o.id)) for o in orders if o.state != "confirmed"]:
        raise Refused(wrong)
    await check_not_amended(tx, orders)
    found = [order.id for order in orders]
    rows = await tx.fetch(LOCK_LINES, found)
    closed = _remainders(orders, rows, lines)
    await tx.write_rows(_CLOSE, [each for several in closed.values() for each in several])
    for order_id, several in (await _close_gifts(tx, found)).items():
        closed[order_id] += several
    promises = await lock_promises(tx, found)
    given_up = [each for several in closed.values() for each in several]
    await give_back(tx, [Back(each.order_id, each.line_no, each.quantity) for each in given_up])
    freed = await _free_credit(tx, orders, rows, closed)
    await fit_rebates(tx, orders)
    over = _over(rows, closed)
    await release_budgets(tx, sorted(_untouched(rows, over)))
    await release(tx, parts=_parts(promises, closed))
    left = {order.id: _left(order, rows) - freed[order.id] for order in orders}
    turned = await reconsider(tx, orders, left, by)
    await tx.write(_NEWER, [order_id for order_id in found if order_id not in over])
    if over:
        await transition(tx, sales_order, ORDER, sorted(over), "closed", revision=sales_order.c.revision + 1)
    await _tell(tx, orders, closed, over, reason, by)
    return [
        ShortClosedOrder(
            order.id,
            order.number,
            "closed" if order.id in over else order.state,
            order.currency,
            [ClosedLine(each.line_no, each.quantity) for each in closed[order.id]],
            freed[order.id],
            order.revision + (2 if order.id in turned else 1),
        )
        for order in orders
    ]


async def drop_gifts(tx: Tx, order_id: UUID) -> None:
    """Close of the gifts of a locked order what its goods do not bring any more."""
    closed = await _close_gifts(tx, [order_id])
    if closed:
        await release(tx, parts=_parts(await lock_promises(tx, [order_id]), closed))


async def _close_gifts(tx: Tx, order_ids: Sequence[UUID]) -> dict[UUID, list[_Remainder]]:
    surplus = await too_many_gifts(tx, order_ids)
    closed = {
        order_id: [_Remainder(order_id, line_no, quantity) for line_no, quantity in several.items()]
        for order_id, several in surplus.items()
        if several
    }
    if closed:
        await tx.write_rows(_CLOSE, [each for several in closed.values() for each in several])
    return closed


async def check_not_amended(tx: Tx, orders: Sequence[Any]) -> None:
    """Refuse what would pull the ground from under an amendment that waits."""
    if faults := await amendment_waits(tx, orders):
        raise Refused(faults)


async def amendment_waits(tx: Tx, orders: Sequence[Any]) -> list[Fault]:
    """The orders of which an amendment waits."""
    a = order_amendment.c
    waiting = await tx.rows(
        select(a.order_id).where(
            a.tenant_id == tx.tenant_id, a.state == "pending", among(a.order_id, [order.id for order in orders])
        )
    )
    ids = {row.order_id for row in waiting}
    return [AMENDMENT_PENDING("id", number=order.number) for order in orders if order.id in ids]


def remaining(row: Any) -> Decimal:
    """What of a line is neither called off nor on its way, in base units."""
    left: Decimal = row["base_quantity"] - row["cancelled"] - max(row["released"], row["shipped"])
    return left


def _remainders(
    orders: Sequence[Any], rows: Sequence[Any], lines: Sequence[int] | None
) -> dict[UUID, list[_Remainder]]:
    """What is closed of each order; refused when something that was named cannot be, or an order has nothing."""
    left = {(row["order_id"], row["line_no"]): remaining(row) for row in rows}
    faults: list[Fault] = []
    closed: dict[UUID, list[_Remainder]] = {}
    for order in orders:
        own = {line_no: quantity for (order_id, line_no), quantity in left.items() if order_id == order.id}
        for i, line_no in enumerate(lines or ()):
            if line_no not in own:
                faults.append(UNKNOWN_LINE(f"lines[{i}]", line_no=line_no))
            elif own[line_no] <= ZERO:
                faults.append(NOTHING_REMAINS(f"lines[{i}]", line=line_no))
        wanted = own if lines is None else {no: own[no] for no in own if no in lines}
        closed[order.id] = [_Remainder(order.id, no, quantity) for no, quantity in wanted.items() if quantity > ZERO]
        if not closed[order.id] and not faults:
            faults.append(NOTHING_REMAINS("id"))
    if faults:
        raise Refused(faults)
    return closed


async def _free_credit(
    tx: Tx, orders: Sequence[Any], rows: Sequence[Any], closed: Mapping[UUID, Sequence[_Remainder]]
) -> dict[UUID, Decimal]:
    of = {(row["order_id"], row["line_no"]): row for row in rows}
    freed = {
        order.id: sum((_freed(of[order.id, each.line_no], each, order.currency) for each in closed[order.id]), ZERO)
        for order in orders
    }
    holders = {order.id: holder_of(order) for order in orders}
    accounts = await ensure_accounts(tx, list((await lock_credit(tx, list(holders.values()))).values()))
    entries = [
        Entry(accounts[holders[order.id]], "open", -freed[order.id], "release", "order", order.id) for order in orders
    ]
    await write_entries(tx, entries)
    return freed


def _freed(row: Any, closed: _Remainder, currency: str) -> Decimal:
    before = row["base_quantity"] - row["cancelled"]
    amount, quantity = row["gross"], row["base_quantity"]
    return worth(amount, quantity, before, currency) - worth(amount, quantity, before - closed.quantity, currency)


def _left(order: Any, rows: Sequence[Any]) -> Decimal:
    """What of an order's amount was still to come before."""
    own = [row for row in rows if row["order_id"] == order.id]
    left: Decimal = order.gross
    for row in own:
        quantity, amount = row["base_quantity"], row["gross"]
        left -= amount - worth(amount, quantity, quantity - row["cancelled"], order.currency)
    return left


def _parts(promises: Sequence[Promise], closed: Mapping[UUID, Sequence[_Remainder]]) -> list[Part]:
    """What the lines give back; those of untracked goods hold nothing."""
    promised = {(promise.document_id, promise.line_no) for promise in promises}
    return [
        Part(each.order_id, each.line_no, each.quantity)
        for several in closed.values()
        for each in several
        if (each.order_id, each.line_no) in promised
    ]


def _over(rows: Sequence[Any], closed: Mapping[UUID, Sequence[_Remainder]]) -> set[UUID]:
    """The orders of which nothing is to be shipped any more."""
    now = {(each.order_id, each.line_no): each.quantity for several in closed.values() for each in several}
    open_ones = {
        row["order_id"]
        for row in rows
        if row["base_quantity"] - row["cancelled"] - now.get((row["order_id"], row["line_no"]), ZERO) > row["shipped"]
    }
    return set(closed) - open_ones


def _untouched(rows: Sequence[Any], over: Collection[UUID]) -> set[UUID]:
    """Of the orders that are over those of which nothing has left."""
    return set(over) - {row["order_id"] for row in rows if row["shipped"]}


async def _tell(
    tx: Tx,
    orders: Sequence[Any],
    closed: Mapping[UUID, Sequence[_Remainder]],
    over: Collection[UUID],
    reason: str | None,
    by: Actor,
) -> None:
    events: list[outbox.Event] = [ShortClosed(subject_id=order.id) for order in orders]
    await outbox.emit(tx, [*events, *(Closed(subject_id=order_id) for order_id in sorted(over))])
    said = {"reason": [None, reason]} if reason else {}
    await audit.record(
        tx,
        [
            audit.Change(
                "order",
                order.id,
                "short_closed",
                by,
                {"closed": [None, {str(each.line_no): each.quantity for each in closed[order.id]}]}
                | ({"state": [order.state, "closed"]} if order.id in over else {})
                | said,
            )
            for order in orders
        ],
    )
