"""An amended order is held to the order rules again: its freight follows, and minima and delivery days are looked at.

What the amendment does not touch is not measured anew: an order that was agreed below a minimum may come nearer to
it, and a day that was agreed stays unless more goods are to come on it.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.identity.facts import load_tenant
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault
from dinghuo.kit.money import ZERO
from dinghuo.orders.amend_workout import Workout
from dinghuo.orders.charges import charges_of
from dinghuo.orders.decide import LineRow, Priced
from dinghuo.orders.diff import Diff, DiffLine, changes_goods, sums_after
from dinghuo.orders.order_rules import (
    TOO_EARLY,
    charge_freight,
    date_fault,
    delivery_from,
    goods_of,
    minimum_faults,
    minimum_of,
)
from dinghuo.orders.requests import ShipTo
from dinghuo.orders.rules.decide import Missing, missing_of
from dinghuo.orders.rules.facts import RuleBook
from dinghuo.orders.rules.outcome import Charge, Delivery
from dinghuo.pricing.facts import scopes_of


async def hold_to_rules_again(tx: Tx, found: Workout) -> None:
    """Charge for what the order is to be, and add what the rules say against it; what was agreed already is not
    measured again. Asked again after promotions were reckoned anew, it forgets what it said before."""
    book, diff = found.book, found.diff
    if book is None or found.is_agreed:
        return
    diff.faults = [fault for fault in diff.faults if fault not in found.rule_faults]
    found.rule_faults = []
    scopes = scopes_of(found.customer)
    moment = tx.now.astimezone((await load_tenant(tx)).zone)
    delivery = delivery_from(found.standing, book, scopes, moment)
    if any(changes_goods(line) for line in diff.changed) or _changes_places(diff):
        await _charge_again(tx, found, book, scopes)
    if delivery is not None:
        diff.earliest = delivery.earliest if any(line.grows > ZERO for line in diff.changed) else None
        if not found.rights.waives_minimum:
            found.rule_faults += _date_faults(found, delivery)
    diff.faults += found.rule_faults


async def _charge_again(tx: Tx, found: Workout, book: RuleBook, scopes: Sequence[str]) -> None:
    diff = found.diff
    skus = await skus_of(tx, found)
    standing = _going_to(found.standing, _ship_to(diff))
    after = _as_priced(standing, (line.new for line in diff.lines if line.new is not None), skus)
    before = _as_priced(found.standing, (line.old.row for line in diff.lines if line.old is not None), skus)
    goods = goods_of(after)
    charge_freight(after, book, scopes)
    charges = [charge for charge in after.charges if charge.gross]
    if diff.old_charges is None:
        diff.old_charges = (await charges_of(tx, [diff.order.id])).get(diff.order.id, [])
    diff.charges = None if _told(charges) == _told(diff.old_charges) else charges
    diff.after = sums_after(diff)
    minimum = minimum_of(after, book, scopes)
    if minimum is not None and after.lines:
        then, now = missing_of(minimum, goods_of(before)), missing_of(minimum, goods)
        worse = Missing(_more(then.amount, now.amount), _more(then.quantity, now.quantity))
        found.rule_faults += minimum_faults(after, minimum, goods, worse)


def _changes_places(diff: Diff) -> bool:
    """Whether the order goes elsewhere while some of its lines go where they did: freight is for each place."""
    return "ship_to" in diff.head and any(line.new and line.new.ship_to for line in diff.lines)


def _ship_to(diff: Diff) -> ShipTo | None:
    """Where the order goes, as it is to be."""
    head = diff.head.get("ship_to")
    return msgspec.convert(diff.order.ship_to if head is None else head[1], ShipTo | None)


def _going_to(standing: Priced, ship_to: ShipTo | None) -> Priced:
    request = msgspec.structs.replace(standing.placement.request, ship_to=ship_to)
    return msgspec.structs.replace(standing, placement=msgspec.structs.replace(standing.placement, request=request))


def _more(then: Decimal, now: Decimal) -> Decimal:
    """What is missing, where more is than was."""
    return now if now > then else ZERO


def _told(charges: Sequence[Charge]) -> list[tuple[Any, ...]]:
    return [(charge.kind, charge.rule, charge.net, charge.tax, charge.gross) for charge in charges]


async def skus_of(tx: Tx, found: Workout) -> dict[UUID, SkuFacts]:
    """The goods of an order as it is and as it is to be."""
    rows = [row for line in found.diff.lines for row in (line.new, line.old.row if line.old else None) if row]
    known = await load_skus(tx, {found.codes.get(row.sku_id, row.sku_code) for row in rows})
    return {sku.id: sku for sku in known.values()}


def _as_priced(standing: Priced, rows: Iterator[LineRow], skus: dict[UUID, SkuFacts]) -> Priced:
    """The order as it would be with these lines."""
    known = [row for row in rows if row.sku_id in skus]
    order = msgspec.structs.replace(
        standing, lines=known, skus=[skus[row.sku_id] for row in known], charges=[], hints=[], faults=[]
    )
    order.sum_up()
    return order


def _date_faults(found: Workout, delivery: Delivery) -> Iterator[Fault]:
    """Days asked for anew on which nothing can come, and days that are too early for what is added."""
    diff = found.diff
    day, is_new = _day_of(found)
    if is_new and (fault := date_fault(delivery, "requested_date", day, None)):
        yield fault
    of_order = False
    for line in diff.changed:
        if line.new is None or line.new.kind == "gift":
            continue
        own, was = line.new.requested_date, line.old.row.requested_date if line.old else None
        if own is not None and (own != was or line.grows > ZERO):
            fault = date_fault(delivery, _field(line), own, line.line_no)
            # A day that was agreed may be one on which nothing is driven, but more takes its time.
            if fault is not None and (own != was or fault.message is TOO_EARLY):
                yield fault
        elif own is None and line.grows > ZERO:
            of_order = True
    if of_order and not is_new:
        fault = date_fault(delivery, "requested_date", day, None)
        if fault is not None and fault.message is TOO_EARLY:
            yield fault


def _day_of(found: Workout) -> tuple[date | None, bool]:
    """The day asked for of the order as it is to be, and whether the amendment asks for it."""
    head = found.diff.head.get("requested_date")
    if head is None:
        day: date | None = found.diff.order.requested_date
        return day, False
    return (date.fromisoformat(head[1]) if head[1] else None), True


def _field(line: DiffLine) -> str:
    return f"{line.path}.requested_date" if line.index is not None else line.path
