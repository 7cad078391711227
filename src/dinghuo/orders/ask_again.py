"""An order that waits for approval was amended: it is another one now, and is held against the policies anew."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from dinghuo.accounts.reserve import Credit, find_credit
from dinghuo.approvals.ask import withdraw_open
from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO
from dinghuo.kit.transitions import transition
from dinghuo.orders.amend_rules import skus_of
from dinghuo.orders.amend_workout import Workout
from dinghuo.orders.ask_approval import SUBJECT, ask_approvals, find_policies, hold_to_policies
from dinghuo.orders.decide import LineRow, Priced
from dinghuo.orders.diff import Diff
from dinghuo.orders.events import Confirmed
from dinghuo.orders.lock_orders import holder_of
from dinghuo.orders.requests import LineRequest, OrderRequest, Placement
from dinghuo.orders.states import ORDER
from dinghuo.orders.tables import sales_order


async def close_request(tx: Tx, order: Any, by: Actor) -> None:
    """Close the request about a locked order that waits and is about to be amended; before its lines are locked."""
    if order.state == "pending_approval":
        await withdraw_open(tx, subject_kind=SUBJECT, subject_ids=[order.id], by=by)


async def ask_again(tx: Tx, found: Workout, by: Actor) -> None:
    """Open the request that the amended order needs now; without any it is confirmed."""
    diff = found.diff
    order = diff.order
    holder = holder_of(order)
    now = (await find_credit(tx, [holder]))[holder]
    # What was taken up before this order.
    before = Credit(holder, now.account_id, now.limit, now.exposure - diff.after.gross)
    asked = _as_placed(found.standing, diff, await skus_of(tx, found), before, by)
    asking = await find_policies(tx, [asked])
    hold_to_policies(asked, asking)
    if asked.policies:
        await ask_approvals(tx, [asked], {order.id: order.number}, asking)
        return
    await transition(tx, sales_order, ORDER, [order.id], "confirmed", revision=sales_order.c.revision + 1)
    await outbox.emit(tx, [Confirmed(subject_id=order.id)])
    change = {"state": [order.state, "confirmed"]}
    await audit.record(tx, [audit.Change("order", order.id, "approved", by, change)])


def _as_placed(standing: Priced, diff: Diff, skus: Mapping[UUID, SkuFacts], credit: Credit, by: Actor) -> Priced:
    """The order as if it were placed like that."""
    rows = [line.new for line in diff.lines if line.new is not None]
    standing.lines, standing.skus = rows, [skus[row.sku_id] for row in rows]
    standing.net, standing.tax, standing.gross = diff.after.net, diff.after.tax, diff.after.gross
    standing.credit = credit
    request = OrderRequest(standing.customer.code, _requests(rows))
    standing.placement = Placement(request=request, by=by)
    return standing


def _requests(rows: list[LineRow]) -> list[LineRequest]:
    """Which prices were set by hand, by the numbers of the lines."""
    by_no = {row.line_no: row for row in rows}
    found = []
    for number in range(1, max(by_no, default=0) + 1):
        row = by_no.get(number)
        by_hand = row is not None and b'"source":"manual"' in bytes(row.price_reason)
        price = row.deal_price if row is not None and by_hand else None
        found.append(LineRequest("", row.quantity if row else ZERO, None, price))
    return found
