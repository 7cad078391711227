"""Decide on amendments that wait: carried out as they were asked for, or not at all."""

from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select, update

from dinghuo.accounts.reserve import Entry, ensure_accounts, lock_credit, write_entries
from dinghuo.approvals.ask import withdraw_open
from dinghuo.catalogue.facts import load_skus
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import DealerPrincipal, Principal
from dinghuo.inventory.promises import lock_promises
from dinghuo.inventory.release import release_promises
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.money import ZERO
from dinghuo.kit.texts import text_faults
from dinghuo.kit.transitions import WRONG_STATE
from dinghuo.orders import amend_faults as say
from dinghuo.orders.amend import check_gifts, follow, judge, lock_all, tell_amended
from dinghuo.orders.amend_allotted import draw_difference
from dinghuo.orders.amend_approval import SUBJECT, open_request
from dinghuo.orders.amend_grants import write_regranted
from dinghuo.orders.amend_plan import below
from dinghuo.orders.amend_price import standing_order
from dinghuo.orders.amend_workout import (
    AMENDABLE,
    Rights,
    Workout,
    lines_of,
    names_of,
    rights_of,
    settle_stock,
)
from dinghuo.orders.amend_write import AMENDMENT, move_credit, move_promises, write_lines_of
from dinghuo.orders.ask_again import close_request
from dinghuo.orders.charges import read_charges
from dinghuo.orders.decide import LineRow
from dinghuo.orders.diff import Diff, DiffLine, OldLine, Sums, agrees, sums_after
from dinghuo.orders.events import AmendmentClosed, AmendmentRequested
from dinghuo.orders.fit_rebates import fit_rebates
from dinghuo.orders.life_tables import order_amendment
from dinghuo.orders.lock_orders import holder_of, lock_orders
from dinghuo.orders.requests import OrderRequest, Placement
from dinghuo.orders.rules.facts import rule_book
from dinghuo.parties.facts import load_customer

_LONGEST_REASON = 2000
# As it was written, so that nothing of a price's reason is lost.
_LINES = """
select l.line_no, l.change, l.sku_code, l.old::text as old, l.new::text as new
from order_amendment_line l where l.tenant_id = $1 and l.amendment_id = $2 order by l.line_no
"""
_read_row = msgspec.json.Decoder(LineRow).decode


async def accept(tx: Tx, *, order_id: UUID, amendment_id: UUID, principal: Principal, by: Actor) -> None:
    """The seller agrees to what a dealer asked for."""
    order, row = await lock_amendment(tx, order_id, amendment_id, principal, waits_for={"seller"})
    await _go_on(tx, order, row, principal, by)


async def consent(
    tx: Tx, *, order_id: UUID, amendment_id: UUID, principal: DealerPrincipal, by: Actor, asks_seller: bool
) -> None:
    """A colleague of whoever asked agrees; then it is the seller's to decide, where the seller wants to."""
    order, row = await lock_amendment(tx, order_id, amendment_id, principal, waits_for={"colleague"})
    a = order_amendment.c
    agreed = {"consented_at": tx.now, "consented_by": by.id, "consented_by_name": by.name}
    of_it = update(order_amendment).where(a.tenant_id == tx.tenant_id, a.id == amendment_id)
    change = {"amendment": [None, str(row.id)]}
    await audit.record(tx, [audit.Change("order", order.id, "amendment_consented", by, change)])
    if not asks_seller:
        await tx.execute(of_it.values(agreed))
        await _go_on(tx, order, row, principal, by)
        return
    await tx.execute(of_it.values(agreed | {"waits_for": "seller"}))
    await outbox.emit(tx, [AmendmentRequested(subject_id=order.id, amendment_id=row.id, side=row.side)])


async def _go_on(tx: Tx, order: Any, row: Any, principal: Principal, by: Actor) -> None:
    """What was agreed to is carried out, or is for those to approve whom a policy names."""
    await close_request(tx, order, by)
    found = await _stored(tx, order, row, rights_of(principal), by)
    judged = await judge(tx, found, by_dealer=row.side == "dealer")
    if not judged.policies:
        await carry_out(tx, order, row, rights=rights_of(principal), by=by)
        return
    await open_request(tx, found.diff, judged.policies, judged.facts, amendment_id=row.id, by=by)
    a = order_amendment.c
    waiting = update(order_amendment).where(a.tenant_id == tx.tenant_id, a.id == row.id)
    await tx.execute(waiting.values(waits_for="approval"))
    news = AmendmentRequested(subject_id=order.id, amendment_id=row.id, side=row.side)
    await outbox.emit(tx, [news])


async def carry_out(tx: Tx, order: Any, row: Any, *, rights: Rights, by: Actor) -> None:
    """Make a locked order what its waiting amendment says; refused when it no longer fits."""
    found = await _stored(tx, order, row, rights, by)
    diff = found.diff
    given_credit = amount_held(row)
    then = diff.after
    locked = await lock_all(tx, found, [order.id, row.id])
    if diff.after != then:
        # What promotions would give is another by now.
        diff.faults.append(say.ORDER_CHANGED("lines"))
    own = [promise for promise in locked.promises if promise.document_id == order.id]
    given = [promise for promise in locked.promises if promise.document_id == row.id]
    moved = settle_stock(
        found, own, locked.stock, locked.credit, into=order.id, given=given, given_credit=given_credit
    )
    check_gifts(moved)
    if diff.faults:
        raise Refused(diff.faults)
    await draw_difference(tx, locked.claimed)
    await write_lines_of(tx, diff)
    if locked.regranted is not None:
        await write_regranted(tx, diff, locked.regranted)
    await move_credit(tx, diff, locked.account_id, moved.credit, amendment_id=row.id, given=given_credit)
    await fit_rebates(tx, [order])
    await move_promises(tx, diff, moved, own, given=given)
    await _decide(tx, row.id, "applied", by, None, revision_to=order.revision + 1)
    await follow(tx, found, by)
    await tell_amended(tx, diff, row.id, row.reason, by)


async def reject(
    tx: Tx, *, order_id: UUID, amendment_id: UUID, reason: str | None, principal: Principal, by: Actor
) -> None:
    """The seller does not agree, or a colleague of whoever asked."""
    if faults := list(text_faults("reason", reason, _LONGEST_REASON)):
        raise Refused(faults)
    decides = {"colleague"} if isinstance(principal, DealerPrincipal) else {"seller", "colleague"}
    order, row = await lock_amendment(tx, order_id, amendment_id, principal, waits_for=decides)
    await drop_amendment(tx, order, row, "rejected", reason, by)


async def withdraw(tx: Tx, *, order_id: UUID, amendment_id: UUID, principal: Principal, by: Actor) -> None:
    """Whoever asked no longer wants it."""
    order, row = await lock_amendment(tx, order_id, amendment_id, principal, waits_for=None)
    if (row.side == "dealer") != isinstance(principal, DealerPrincipal):
        raise Refused(say.NOT_YOURS("id"))
    if row.waits_for == "approval":
        await withdraw_open(tx, subject_kind=SUBJECT, subject_ids=[row.id], by=by)
    await drop_amendment(tx, order, row, "withdrawn", None, by)


async def lock_amendment(
    tx: Tx, order_id: UUID, amendment_id: UUID, principal: Principal | None, *, waits_for: Collection[str] | None
) -> tuple[Any, Any]:
    """The order and its amendment, locked; refused unless it waits (for whom is named)."""
    (order,) = await lock_orders(tx, [order_id], principal)
    a = order_amendment.c
    row = await tx.one(
        select(order_amendment).where(a.tenant_id == tx.tenant_id, a.id == amendment_id, a.order_id == order_id)
    )
    if row is None:
        raise Refused(say.UNKNOWN_AMENDMENT("amendment_id"))
    if row.state != "pending" or (waits_for is not None and row.waits_for not in waits_for):
        raise Refused(WRONG_STATE("state", to="applied", id=str(amendment_id)))
    return order, row


async def drop_amendment(tx: Tx, order: Any, row: Any, to: str, reason: str | None, by: Actor) -> None:
    """End a waiting amendment of a locked order; what it held is free."""
    promises = await lock_promises(tx, [row.id])
    holder = holder_of(order)
    account_id = (await ensure_accounts(tx, list((await lock_credit(tx, [holder])).values())))[holder]
    await write_entries(tx, [Entry(account_id, "open", -amount_held(row), "release", AMENDMENT, row.id)])
    await release_promises(tx, promises)
    await _decide(tx, row.id, to, by, reason)
    await outbox.emit(tx, [AmendmentClosed(subject_id=order.id, amendment_id=row.id)])
    said = {"reason": [None, reason]} if reason else {}
    change = {"amendment": [str(row.id), None]} | said
    await audit.record(tx, [audit.Change("order", order.id, f"amendment_{to}", by, change)])


async def _decide(
    tx: Tx, amendment_id: UUID, to: str, by: Actor, reason: str | None, *, revision_to: int | None = None
) -> None:
    a = order_amendment.c
    await tx.execute(
        update(order_amendment)
        .where(a.tenant_id == tx.tenant_id, a.id == amendment_id)
        .values(
            state=to,
            waits_for=None,
            revision_to=revision_to,
            decided_at=tx.now,
            decided_by=by.id,
            decided_by_name=by.name,
            decision_reason=reason,
        )
    )


async def _stored(tx: Tx, order: Any, row: Any, rights: Rights, by: Actor) -> Workout:
    """The amendment as it was kept, against the order as it is now."""
    customer = await load_customer(tx, order.customer_id)
    if customer is None:
        raise AssertionError("an order has no customer")
    kept = {each["line_no"]: each for each in await tx.fetch(_LINES, row.id)}
    old = await lines_of(tx, order.id, locks=True)
    skus = await load_skus(tx, {each["sku_code"] for each in kept.values()})
    lines = [_line(line_no, old.get(line_no), kept.get(line_no)) for line_no in sorted({*old, *kept})]
    for line in lines:
        if line.change != "kept":
            line.sku = skus.get(kept[line.line_no]["sku_code"])
    faults = [] if order.state in AMENDABLE else [say.NOT_AMENDABLE("state")]
    if not _fits(order, row, lines, kept):
        faults.append(say.ORDER_CHANGED("revision"))
    before = Sums(order.net, order.tax, order.gross)
    charges = None if row.charges is None else read_charges(row.charges["new"])
    diff = Diff(order, lines, dict(row.head), faults, before, before, charges=charges)
    diff.after = sums_after(diff)
    names = await names_of(tx, {line.row.sku_id for line in old.values()})
    if not faults:
        faults += below(lines, {sku_id: unit for sku_id, (_, unit) in names.items()})
    if faults:
        raise Refused(faults)
    codes = {sku_id: code for sku_id, (code, _) in names.items()}
    placement = Placement(OrderRequest(customer.code, []), by)
    day = order.placed_at.astimezone((await load_tenant(tx)).zone).date()
    standing = standing_order(order, customer, placement, day)
    book = None if order.is_history else await rule_book(tx)
    return Workout(diff, customer, rights, standing, codes, book, is_agreed=True)


def _line(line_no: int, old: OldLine | None, kept: Any) -> DiffLine:
    if kept is None:
        return DiffLine(line_no, "kept", old, old.row if old else None)
    new = None if kept["new"] is None else _read_row(kept["new"])
    return DiffLine(line_no, kept["change"], old, new)


def _fits(order: Any, row: Any, lines: Sequence[DiffLine], kept: Any) -> bool:
    """Whether the order still is what the amendment was asked against."""
    if any(msgspec.to_builtins(getattr(order, name)) != change[0] for name, change in row.head.items()):
        return False
    for line in lines:
        if line.change == "kept":
            continue
        then = kept[line.line_no]["old"]
        if (then is None) != (line.old is None):
            return False
        if line.old is not None and (not agrees(_read_row(then), line.old.row) or line.old.cancelled):
            return False
    return True


def amount_held(row: Any) -> Decimal:
    """What a waiting amendment holds of its customer's account."""
    held: Decimal = max(row.new_gross - row.old_gross, ZERO)
    return held
