"""What an amendment moves of stock and credit: the difference, and nothing else. Pure.

A line that shrinks gives back what it waits for first, then what it holds; one that grows takes as a new line would.
What an order gives back may serve its other lines; what is left over is for those who wait.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.accounts.reserve import Credit
from dinghuo.catalogue.facts import SkuFacts
from dinghuo.catalogue.quantities import plain
from dinghuo.inventory.promises import Change, Promise
from dinghuo.inventory.release import split
from dinghuo.inventory.reserve import Held, ReservationRow, Stock
from dinghuo.kit.errors import Fault
from dinghuo.kit.money import MAX_MONEY, ZERO
from dinghuo.orders import faults as say
from dinghuo.orders.diff import Diff, DiffLine, is_gift


class Shift(msgspec.Struct):
    """`changes` are of promises that are there, `rows` new ones, `credit` what is added to what is open. Of the gifts
    of promotions in `short_gifts` there is too little."""

    changes: list[Change]
    rows: list[ReservationRow]
    credit: Decimal
    faults: list[Fault]
    short_gifts: list[UUID]


def shift(
    diff: Diff,
    promises: Sequence[Promise],
    stock: Stock,
    *,
    into: UUID,
    given: Sequence[Promise] = (),
    only_growth: bool = False,
) -> Shift:
    """Move the promises of an order's lines to what the diff makes of them; what grows is promised to `into`.

    `given` is promised already, to the amendment itself. With `only_growth` nothing is given back yet.
    """
    by_line: dict[int, list[Promise]] = defaultdict(list)
    for promise in promises:
        by_line[promise.line_no].append(promise)
    moved = Shift([], [], ZERO, [], [])
    for promise in given:
        _give_back(stock, [promise.change(held=-promise.held, backordered=-promise.backordered)])
    if not only_growth:
        for line in diff.changed:
            if line.grows < ZERO:
                several = by_line[line.line_no]
                changes = split(several, min(-line.grows, _promised(several)))
                _give_back(stock, changes)
                moved.changes += changes
    # What is given comes after what is ordered.
    for line in sorted(diff.changed, key=is_gift):
        if line.grows > ZERO and is_promised(line, by_line[line.line_no]):
            _take(moved, line, by_line[line.line_no], stock, into)
    return moved


def is_promised(line: DiffLine, promises: Sequence[Promise]) -> bool:
    """Whether more of a line is promised: a line stays as it was placed, tracked or not."""
    if line.old is not None:
        return bool(promises)
    return line.sku is not None and line.sku.supply_policy != "untracked"


def may_wait(sku: SkuFacts) -> bool:
    # What was tracked when it was placed and is not now waits like anything that may.
    return sku.supply_policy in ("backorder", "untracked")


def _promised(promises: Iterable[Promise]) -> Decimal:
    return sum((promise.held + promise.backordered for promise in promises), ZERO)


def _give_back(stock: Stock, changes: Iterable[Change]) -> None:
    for change in changes:
        if change.held and change.sku_id in stock:
            stock.put_back(change.sku_id, [Held(change.warehouse_id, -change.held)])


def _take(moved: Shift, line: DiffLine, promises: Sequence[Promise], stock: Stock, into: UUID) -> None:
    sku, new = line.sku, line.new
    if sku is None or new is None:
        raise AssertionError("a line grew that was not priced")
    taken = stock.take(sku.id, line.grows, backorder=may_wait(sku))
    if taken is None and new.promotion_id is not None:
        moved.short_gifts.append(new.promotion_id)
        return
    if taken is None:
        moved.faults.append(_short(line, sku, max(stock.available(sku.id), ZERO)))
        return
    there = {promise.warehouse_id: promise for promise in promises if promise.document_id == into}
    for part in taken:
        promise = there.get(part.warehouse_id)
        if promise is not None:
            moved.changes.append(promise.change(held=part.held, backordered=part.backordered))
        else:
            row = ReservationRow(into, line.line_no, sku.id, part.warehouse_id, part.held, part.backordered)
            moved.rows.append(row)


def _short(line: DiffLine, sku: SkuFacts, available: Decimal) -> Fault:
    params = {
        "line": line.line_no,
        "code": sku.code,
        "available": plain(available),
        "wanted": plain(line.grows),
        "base_unit": sku.base_unit,
    }
    field = f"{line.path}.quantity" if line.index is not None else line.path
    return Fault(say.SHORT_STOCK, field, line.line_no, params)


def credit_faults(
    diff: Diff, credit: Credit, *, added: Decimal, given: Decimal, bound: bool, told: bool
) -> list[Fault]:
    """Whether the account allows what is `added`, `given` of which it holds for the amendment already."""
    if max(credit.exposure + credit.taken, ZERO) - given + max(added, ZERO) > MAX_MONEY:
        return [say.TOO_LARGE_ORDER("lines")]
    room = credit.room()
    # What it holds already was decided on when it was asked for.
    if added <= given or room is None or not bound or added <= max(room, ZERO):
        return []
    if not told:
        return [say.OVER_CREDIT_UNTOLD("customer")]
    currency = diff.order.currency
    return [say.OVER_CREDIT("customer", gross=diff.after.gross, currency=currency, room=max(room, ZERO))]
