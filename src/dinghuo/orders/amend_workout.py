"""Work out what an amendment would make of an order: lines, prices, sums, and everything that stands in its way.

Preview, request and acceptance all ask here; nothing is written, and only the caller decides what is locked.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET
from sqlalchemy import and_, func, select

from dinghuo.accounts.reserve import Credit
from dinghuo.catalogue.facts import load_skus
from dinghuo.catalogue.tables import sku
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import DealerPrincipal, Principal
from dinghuo.inventory.promises import Promise
from dinghuo.inventory.reserve import Stock
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault, Refused
from dinghuo.kit.money import MAX_MONEY, ZERO
from dinghuo.kit.revisions import STALE
from dinghuo.kit.texts import storable, text_faults
from dinghuo.orders import amend_faults
from dinghuo.orders import faults as say
from dinghuo.orders.amend_plan import Plan, below, plan
from dinghuo.orders.amend_price import price_wanted, standing_order
from dinghuo.orders.amend_request import AmendRequest
from dinghuo.orders.decide import MOST_LINES, Priced
from dinghuo.orders.diff import Diff, OldLine, Sums, old_line, settle, sums_after
from dinghuo.orders.life_tables import order_amendment, order_amendment_line
from dinghuo.orders.references import check_reference
from dinghuo.orders.requests import OrderRequest, Placement, ShipTo
from dinghuo.orders.rules.facts import RuleBook, rule_book
from dinghuo.orders.shift import Shift, credit_faults, is_promised, may_wait, shift
from dinghuo.orders.tables import order_line
from dinghuo.orders.texts import check_address, check_written
from dinghuo.parties.facts import CustomerFacts, load_customer

AMENDABLE = ("confirmed", "pending_approval")
_HEAD = ("requested_date", "ship_to", "note", "customer_reference")
_LONGEST_REASON = 2000


class Rights(msgspec.Struct, frozen=True):
    """What whoever amends may do beside."""

    sets_prices: bool
    waives_minimum: bool
    sees_price: bool


def rights_of(principal: Principal) -> Rights:
    if isinstance(principal, DealerPrincipal):
        return Rights(False, False, principal.sees_price)
    may = principal.may
    return Rights(may("orders.set_price"), may("orders.waive_minimum"), principal.sees_price)


class Workout(msgspec.Struct):
    """An amendment worked out, but for stock and credit."""

    diff: Diff
    customer: CustomerFacts
    rights: Rights
    # The order without its lines, for what is given with it; and the codes of its goods.
    standing: Priced
    codes: Mapping[UUID, str]
    # What it is held to, and what that said against it. What was agreed before is not held to it again.
    book: RuleBook | None = None
    is_agreed: bool = False
    rule_faults: list[Fault] = []

    @property
    def growing_skus(self) -> set[UUID]:
        return {line.sku.id for line in self.diff.changed if line.grows > ZERO and line.sku is not None}

    def waiting_skus(self, promises: Sequence[Promise]) -> set[UUID]:
        """Of the growing ones those that may wait for goods."""
        promised = {promise.line_no for promise in promises}
        return {
            line.sku.id
            for line in self.diff.changed
            if line.grows > ZERO and line.sku and may_wait(line.sku)
            if line.line_no in promised or is_promised(line, ())
        }


async def work_out(tx: Tx, *, order: Any, request: AmendRequest, rights: Rights, by: Actor, locks: bool) -> Workout:
    """Work it out; refused at once when the order is another one than the caller has seen, or cannot be amended."""
    if order.revision != request.revision:
        raise Refused(STALE("revision", now=order.revision, read=request.revision))
    if order.state not in AMENDABLE:
        raise Refused(amend_faults.NOT_AMENDABLE("state"))
    customer = await load_customer(tx, order.customer_id)
    if customer is None:
        raise AssertionError("an order has no customer")
    old = await lines_of(tx, order.id, locks=locks)
    names = await names_of(tx, {line.row.sku_id for line in old.values()})
    units = {sku_id: unit for sku_id, (_, unit) in names.items()}
    codes = {sku_id: code for sku_id, (code, _) in names.items()}
    made = plan(old, request, codes=codes, next_no=await _next_no(tx, order.id, old), base_units=units)
    placement = Placement(
        request=OrderRequest(customer.code, []),
        by=by,
        may_set_prices=rights.sets_prices,
        waives_minimum=rights.waives_minimum,
        sees_price=rights.sees_price,
    )
    faults = _texts(request, customer) + made.faults + await price_wanted(tx, order, customer, placement, made.wanted)
    await _know_skus(tx, made, codes)
    diff = _diff(order, request, made, faults)
    diff.faults += below(diff.lines, units)
    reference = diff.head.get("customer_reference", [None, None])[1]
    if reference and storable([reference]):
        diff.faults += await check_reference(tx, customer, reference, order.id)
    day = order.placed_at.astimezone((await load_tenant(tx)).zone).date()
    standing = standing_order(order, customer, placement, day)
    return Workout(diff, customer, rights, standing, codes, None if order.is_history else await rule_book(tx))


def settle_stock(
    found: Workout,
    promises: Sequence[Promise],
    stock: Stock,
    credit: Credit,
    *,
    into: UUID,
    only_growth: bool = False,
    given: Sequence[Promise] = (),
    given_credit: Decimal = ZERO,
    waives_credit: bool = False,
) -> Shift:
    """What it moves of stock and credit; what is missing is added to the faults."""
    diff = found.diff
    moved = shift(diff, promises, stock, into=into, given=given, only_growth=only_growth)
    added = diff.after.gross - diff.before.gross
    moved.credit = max(added, ZERO) if only_growth else added - diff.closed_after + diff.closed_before
    bound = found.customer.payment_terms != "prepaid" and not waives_credit
    told = found.rights.sees_price
    diff.faults += moved.faults
    diff.faults += credit_faults(diff, credit, added=added, given=given_credit, bound=bound, told=told)
    return moved


async def lines_of(tx: Tx, order_id: UUID, *, locks: bool) -> dict[int, OldLine]:
    """The lines of an order as they stand, by their numbers."""
    statement = (
        select(order_line)
        .where(order_line.c.tenant_id == tx.tenant_id, order_line.c.order_id == order_id)
        .order_by(order_line.c.line_no)
    )
    rows = await tx.rows(statement.with_for_update(key_share=True) if locks else statement)
    return {row.line_no: old_line(row) for row in rows}


async def names_of(tx: Tx, sku_ids: set[UUID]) -> dict[UUID, tuple[str, str]]:
    """The code and the base unit of each of these."""
    rows = await tx.rows(
        select(sku.c.id, sku.c.code, sku.c.base_unit).where(
            sku.c.tenant_id == tx.tenant_id, among(sku.c.id, list(sku_ids))
        )
    )
    return {row.id: (row.code, row.base_unit) for row in rows}


async def _next_no(tx: Tx, order_id: UUID, old: Mapping[int, OldLine]) -> int:
    """No number comes twice in the life of an order."""
    a, line = order_amendment.c, order_amendment_line.c
    row = await tx.one(
        select(func.max(line.line_no).label("last"))
        .join(order_amendment, and_(a.tenant_id == line.tenant_id, a.id == line.amendment_id))
        .where(line.tenant_id == tx.tenant_id, a.tenant_id == tx.tenant_id, a.order_id == order_id)
    )
    return max([*old, (row.last if row else None) or 0], default=0) + 1


async def _know_skus(tx: Tx, made: Plan, codes: Mapping[UUID, str]) -> None:
    """Lines whose goods were not looked up while they were priced."""
    blank = [line for line in made.lines if line.sku is None and line.old is not None and line.grows > ZERO]
    if blank:
        known = await load_skus(tx, {codes[line.old.row.sku_id] for line in blank if line.old})
        for line in blank:
            line.sku = known.get(codes[line.old.row.sku_id]) if line.old else None


def _texts(request: AmendRequest, customer: CustomerFacts) -> list[Fault]:
    head = OrderRequest(
        customer.code,
        [],
        customer_reference=request.customer_reference or None,
        ship_to=request.ship_to or None,
        note=request.note or None,
    )
    faults = [*check_written(head), *text_faults("reason", request.reason, _LONGEST_REASON)]
    for i, change in enumerate(request.lines):
        if isinstance(change.note, str):
            faults += text_faults(f"lines[{i}].note", change.note, _LONGEST_REASON, line=change.line_no)
        if isinstance(change.ship_to, ShipTo):
            faults += check_address(f"lines[{i}].ship_to", change.ship_to, line=change.line_no)
    return faults


def _diff(order: Any, request: AmendRequest, made: Plan, faults: list[Fault]) -> Diff:
    head: dict[str, list[Any]] = {}
    for name in _HEAD:
        value = getattr(request, name)
        wanted = msgspec.to_builtins(value) if value is not UNSET else UNSET
        old = msgspec.to_builtins(getattr(order, name))
        if wanted is not UNSET and wanted != old:
            head[name] = [old, wanted]
    lines = [line for line in made.lines if line.old is not None or line.new is not None]
    for line in lines:
        settle(line)
    before = Sums(order.net, order.tax, order.gross)
    diff = Diff(order, lines, head, faults, before, before)
    diff.after = after = sums_after(diff)
    # Gifts go with what they are given for.
    left = [
        line for line in made.lines if line.change != "removed" and not (line.old and line.old.row.kind == "gift")
    ]
    if not left:
        faults.append(amend_faults.NO_LINES_LEFT("lines"))
    elif len(left) > MOST_LINES:
        faults.append(say.TOO_MANY_LINES("lines", count=len(left), most=MOST_LINES))
    if after.gross > MAX_MONEY:
        faults.append(say.TOO_LARGE_ORDER("lines"))
    return diff
