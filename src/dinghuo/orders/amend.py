"""Amend orders: what was agreed becomes something else, line by line, and stock and credit move by the difference.

An amendment takes effect at once, or waits (`pending`) for the seller or for an approval. While it waits the order
stays as it is, and what would grow is reserved under the amendment's own id (docs/orders.md).
"""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import insert

from dinghuo.accounts.reserve import Credit, ensure_accounts, find_credit, lock_credit
from dinghuo.approvals.policies import Policy
from dinghuo.identity.principals import DealerPrincipal, Principal
from dinghuo.inventory.promises import Promise, lock_promises
from dinghuo.inventory.reserve import Stock, lock_stock
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import put
from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.ids import new_id
from dinghuo.orders.amend_allotted import Claimed, claim_difference, draw_difference
from dinghuo.orders.amend_approval import facts_of, is_asked, matching, open_request
from dinghuo.orders.amend_faults import NOTHING_CHANGES
from dinghuo.orders.amend_gifts import grant_again
from dinghuo.orders.amend_grants import GIFT, Regranted, write_regranted
from dinghuo.orders.amend_request import AmendRequest
from dinghuo.orders.amend_rules import hold_to_rules_again
from dinghuo.orders.amend_workout import Workout, rights_of, settle_stock, work_out
from dinghuo.orders.amend_write import move_credit, move_promises, rows_of, write_lines_of
from dinghuo.orders.ask_again import ask_again, close_request
from dinghuo.orders.diff import Diff
from dinghuo.orders.events import Amended, AmendmentRequested
from dinghuo.orders.fit_rebates import fit_rebates, lock_uses
from dinghuo.orders.life_tables import order_amendment, order_amendment_line
from dinghuo.orders.lock_orders import holder_of, lock_orders
from dinghuo.orders.payment import reconsider
from dinghuo.orders.references import change_reference
from dinghuo.orders.shift import Shift
from dinghuo.orders.short_close import check_not_amended, drop_gifts

WaitsFor = Literal["colleague", "seller", "approval"]
Consents = Callable[[Diff], bool]
"""Whether a dealer's own rule wants a colleague to consent to an amendment."""


class Locked(msgspec.Struct):
    """What an amendment moves, under its locks."""

    promises: list[Promise]
    credit: Credit
    account_id: UUID
    stock: Stock
    regranted: Regranted | None
    claimed: Claimed


async def amend(
    tx: Tx,
    *,
    order_id: UUID,
    request: AmendRequest,
    principal: Principal,
    by: Actor,
    asks_seller: bool = False,
    consents: Consents | None = None,
) -> UUID:
    """Amend an order, or ask for it; the amendment's id. Refused, with everything wrong, it leaves no trace."""
    (order,) = await lock_orders(tx, [order_id], principal)
    await check_not_amended(tx, [order])
    await close_request(tx, order, by)
    found = await work_out(tx, order=order, request=request, rights=rights_of(principal), by=by, locks=True)
    amendment_id = new_id()
    side = "dealer" if isinstance(principal, DealerPrincipal) else "staff"
    judged = await judge_first(tx, found, by_dealer=side == "dealer", asks_seller=asks_seller, consents=consents)
    waits_for, waits = judged.waits_for, judged.waits_for is not None
    locked = await lock_all(tx, found, [order.id], waits=waits)
    moved = settle_stock(
        found,
        locked.promises,
        locked.stock,
        locked.credit,
        into=amendment_id if waits else order.id,
        only_growth=waits,
        waives_credit=judged.waives_credit,
    )
    check_gifts(moved)
    diff = found.diff
    if diff.faults:
        raise Refused(diff.faults)
    await _keep(tx, diff, amendment_id, request, waits_for, side=side, by=by)
    if waits:
        await move_credit(tx, diff, locked.account_id, moved.credit, amendment_id=amendment_id)
    else:
        await draw_difference(tx, locked.claimed)
        await write_lines_of(tx, diff)
        if locked.regranted is not None:
            await write_regranted(tx, diff, locked.regranted)
        await move_credit(tx, diff, locked.account_id, moved.credit)
        await fit_rebates(tx, [order])
    await move_promises(tx, diff, moved, locked.promises)
    if waits:
        if judged.policies:
            await open_request(tx, diff, judged.policies, judged.facts, amendment_id=amendment_id, by=by)
        await outbox.emit(tx, [AmendmentRequested(subject_id=order.id, amendment_id=amendment_id, side=side)])
        await _record(tx, "amendment_requested", diff, amendment_id, request.reason, by)
    else:
        await follow(tx, found, by)
        await tell_amended(tx, diff, amendment_id, request.reason, by)
    return amendment_id


class Judged(msgspec.Struct, frozen=True):
    """The policies that want an amendment approved, and the facts they were held against; for whom it waits."""

    policies: tuple[Policy, ...] = ()
    facts: dict[str, Any] = {}
    waits_for: WaitsFor | None = None

    @property
    def waives_credit(self) -> bool:
        return any("credit" in policy.waives for policy in self.policies)


async def judge_first(
    tx: Tx, found: Workout, *, by_dealer: bool, asks_seller: bool, consents: Consents | None
) -> Judged:
    """For whom it waits first. Whoever agrees in between is held to the policies when agreeing."""
    if consents is not None and not found.diff.faults:
        await reckon(tx, found, (), waits=False)
        if not found.diff.faults and consents(found.diff):
            return Judged(waits_for="colleague")
    return Judged(waits_for="seller") if asks_seller else await judge(tx, found, by_dealer=by_dealer)


async def judge(tx: Tx, found: Workout, *, by_dealer: bool) -> Judged:
    """Hold what changes against the policies; a company without any pays a look into memory."""
    # An order that waits for approval itself is asked about as a whole.
    waits_itself = found.diff.order.state == "pending_approval"
    if found.diff.faults or waits_itself or not await is_asked(tx):
        return Judged()
    diff = found.diff
    await reckon(tx, found, (), waits=False)
    holder = holder_of(diff.order)
    bound = found.customer.payment_terms != "prepaid"
    room = (await find_credit(tx, [holder]))[holder].room() if bound else None
    facts = facts_of(diff, room=room, customer=found.customer.code, by_dealer=by_dealer, day=found.standing.day)
    policies = await matching(tx, facts)
    return Judged(policies, facts, "approval" if policies else None)


async def lock_all(tx: Tx, found: Workout, document_ids: Sequence[UUID], *, waits: bool = False) -> Locked:
    """Lock the promises of these documents, then the account, then the stock of what grows.

    Quotas and blanket orders are locked on the way, once it takes effect.
    """
    promises = await lock_promises(tx, document_ids)
    diff = found.diff
    if found.book is not None and found.book.counts_gifts:
        await grant_again(tx, found, promises, waits=waits)
    gifts = gifts_of(diff)
    claimed = await claim_difference(tx, found, locks=not waits)
    diff.faults += claimed.faults
    if claimed.short_gifts:
        raise RetryTransaction("others have taken of the same quotas meanwhile")
    holder = holder_of(found.diff.order)
    credit = (await lock_credit(tx, [holder]))[holder]
    account_id = (await ensure_accounts(tx, [credit]))[holder]
    # Which lines there are to be, gifts included, is known from here on.
    regranted = await reckon(tx, found, promises, waits=waits, locks=True)
    if found.book is not None and found.book.counts_gifts and gifts_of(diff) != gifts:
        raise RetryTransaction("others have drawn on the same budgets meanwhile")
    await lock_uses(tx, [diff.order.id])
    growing = found.growing_skus
    stock = await lock_stock(tx, growing, open_missing=found.waiting_skus(promises)) if growing else Stock({})
    return Locked(promises, credit, account_id, stock, regranted, claimed)


async def reckon(
    tx: Tx, found: Workout, promises: Sequence[Promise], *, waits: bool, locks: bool = False
) -> Regranted | None:
    """What promotions and order rules make of the lines as they are to be; see `grant_again`."""
    regranted = await grant_again(tx, found, promises, waits=waits, locks=locks)
    await hold_to_rules_again(tx, found)
    diff = found.diff
    if diff.is_nothing and not diff.faults:
        diff.faults.append(NOTHING_CHANGES("lines"))
    return regranted


def check_gifts(moved: Shift) -> None:
    """Under the stock's lock there is what there was a moment ago, or everything is looked at again."""
    if moved.short_gifts:
        raise RetryTransaction("others have taken the goods of a gift meanwhile")


def gifts_of(diff: Diff) -> list[tuple[UUID, Decimal]]:
    """The gifts of an order as it is to be."""
    return [(line.new.sku_id, line.new.base_quantity) for line in diff.lines if line.new and line.new.kind == GIFT]


async def follow(tx: Tx, found: Workout, by: Actor) -> None:
    """What hangs on an order's amount and number follows."""
    diff = found.diff
    if "customer_reference" in diff.head:
        await change_reference(tx, found.customer, diff.head["customer_reference"][1], diff.order.id)
    if any(line.old and line.old.cancelled for line in diff.lines):
        await drop_gifts(tx, diff.order.id)
    await reconsider(tx, [diff.order], {diff.order.id: diff.after.gross - diff.closed_after}, by)
    if diff.order.state == "pending_approval":
        await ask_again(tx, found, by)


async def tell_amended(tx: Tx, diff: Diff, amendment_id: UUID, reason: str | None, by: Actor) -> None:
    await outbox.emit(tx, [Amended(subject_id=diff.order.id, amendment_id=amendment_id)])
    await _record(tx, "amended", diff, amendment_id, reason, by)


async def _record(tx: Tx, action: str, diff: Diff, amendment_id: UUID, reason: str | None, by: Actor) -> None:
    """Prices are not for everyone who reads the history: they stand in the amendment."""
    lines = {str(line.line_no): line.change for line in diff.changed}
    changes: dict[str, Any] = {"amendment": [None, str(amendment_id)], **diff.head}
    if lines:
        changes["lines"] = [None, lines]
    if reason:
        changes["reason"] = [None, reason]
    await audit.record(tx, [audit.Change("order", diff.order.id, action, by, changes)])


async def _keep(
    tx: Tx,
    diff: Diff,
    amendment_id: UUID,
    request: AmendRequest,
    waits_for: WaitsFor | None,
    *,
    side: str,
    by: Actor,
) -> None:
    order = diff.order
    applied: dict[str, Any] = {}
    if waits_for is None:
        applied = {
            "revision_to": order.revision + 1,
            "decided_at": tx.now,
            "decided_by": by.id,
            "decided_by_name": by.name,
        }
    row = {
        "tenant_id": tx.tenant_id,
        "id": amendment_id,
        "order_id": order.id,
        "customer_id": order.customer_id,
        "state": "applied" if waits_for is None else "pending",
        "waits_for": waits_for,
        "side": side,
        "revision_from": order.revision,
        "reason": request.reason,
        "reprice": request.reprice,
        "head": diff.head,
        **_sums(diff),
        "charges": _charges(diff),
        "requested_at": tx.now,
        "requested_by": by.id,
        "requested_by_name": by.name,
        **applied,
    }
    await tx.execute(insert(order_amendment).values(row))
    lines = rows_of(diff, amendment_id)
    if lines:
        await put(tx, order_amendment_line, lines)


def _sums(diff: Diff) -> dict[str, Decimal]:
    return {
        f"{side}_{name}": getattr(sums, name)
        for side, sums in (("old", diff.before), ("new", diff.after))
        for name in ("net", "tax", "gross")
    }


def _charges(diff: Diff) -> dict[str, Any] | None:
    if diff.charges is None:
        return None
    return {"old": msgspec.to_builtins(diff.old_charges or []), "new": msgspec.to_builtins(diff.charges)}
