"""Adjust what is on hand for a reason: damage, loss, goods found."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from dinghuo.inventory.book import book
from dinghuo.inventory.goods import Known, know
from dinghuo.inventory.levels import Level, Place
from dinghuo.inventory.lots.bar import barred_of
from dinghuo.inventory.lots.tracked import find_lots
from dinghuo.inventory.moves import Move, write_moves
from dinghuo.inventory.rebalance import Booking
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import UNKNOWN_CODE
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Fault, Message
from dinghuo.kit.ids import new_id
from dinghuo.kit.money import MAX_QUANTITY, ZERO
from dinghuo.kit.texts import check_texts, is_code

Reason = Literal["damaged", "lost", "found", "expired", "sample", "correction"]

NOT_THERE = Message(
    "stock-not-there",
    "{warehouse} 的 {sku} 现存 {on_hand}，不能减少 {wanted}",
    "{on_hand} of {sku} are in {warehouse}: {wanted} cannot be taken away",
    CONFLICT,
)


class Adjustment(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What to add (or, below zero, take away), in `unit` or in the SKU's base unit.

    `lot` is the number of the lot it is of; without one, what goes is of the first to expire.
    """

    warehouse: str
    sku: str
    quantity: Decimal
    reason: Reason
    unit: str | None = None
    note: str | None = None
    lot: str | None = None


class Adjusted(msgspec.Struct, frozen=True):
    """`id` is what the moves of this adjustment name as their document."""

    id: UUID
    moves: int


async def adjust(tx: Tx, *, adjustments: Sequence[Adjustment], by: Actor) -> Adjusted:
    """Book all of these or none. Goods already promised may be taken away: the latest promises wait then."""
    known = await know(
        tx,
        skus=(item.sku for item in adjustments),
        warehouses=(item.warehouse for item in adjustments),
        count=len(adjustments),
    )
    id = new_id()
    moves = [move for i, item in enumerate(adjustments) if (move := _move(tx, known, id, i, item, by))]
    lots = await _lots(tx, known, adjustments, moves)
    known.faults.check()
    if not moves:
        return Adjusted(id, 0)
    totals: dict[Place, Decimal] = defaultdict(Decimal)
    for move in moves:
        totals[move.sku_id, move.warehouse_id] += move.quantity
    barred = await barred_of(tx, moves, lots)
    await book(
        tx,
        [Booking(*place, by=quantity, barred=barred.get(place, ZERO)) for place, quantity in totals.items()],
        check=lambda before, after: _check(adjustments, moves, before, after),
    )
    await write_moves(tx, moves, lots=lots)
    await audit.record(tx, [audit.Change("stock_adjustment", id, "booked", by, {"moves": [None, len(moves)]})])
    return Adjusted(id, len(moves))


async def _lots(tx: Tx, known: Known, adjustments: Sequence[Adjustment], moves: Sequence[Move]) -> dict[UUID, UUID]:
    """The lots that are named, by move."""
    named = {(move.line_no or 0) - 1: move for move in moves}
    wanted = {i: (move.sku_id, lot) for i, move in named.items() if (lot := adjustments[i].lot) and is_code(lot)}
    found = await find_lots(tx, wanted.values())
    for i, item in enumerate(adjustments):
        if item.lot and i in named and wanted.get(i) not in found:
            known.faults.add(i, "lot", UNKNOWN_CODE, code=item.lot)
    return {named[i].id: found[key].id for i, key in wanted.items() if key in found}


def _move(tx: Tx, known: Known, id: UUID, line: int, item: Adjustment, by: Actor) -> Move | None:
    check_texts(known.faults, line, item, {"note": 500})
    sku, warehouse_id = known.sku(line, item.sku), known.warehouse(line, item.warehouse)
    if sku is None:
        return None
    quantity = known.in_base(line, sku, item.quantity, item.unit, least=-MAX_QUANTITY)
    if quantity is None or warehouse_id is None:
        return None
    return Move(
        new_id(),
        tx.now,
        "adjustment",
        sku.id,
        warehouse_id,
        quantity,
        document_kind="stock_adjustment",
        document_id=id,
        line_no=line + 1,
        reason=item.reason,
        note=item.note,
        actor_id=by.id,
    )


def _check(
    items: Sequence[Adjustment],
    moves: Sequence[Move],
    before: Mapping[Place, Level],
    after: Mapping[Place, Level],
) -> list[Fault]:
    found = []
    for i, (item, move) in enumerate(zip(items, moves, strict=True)):
        place = (move.sku_id, move.warehouse_id)
        what = {"sku": item.sku, "warehouse": item.warehouse}
        if move.quantity < 0 and after[place].on_hand < 0:
            on_hand = f"{before[place].on_hand.normalize():f}"
            wanted = f"{-move.quantity.normalize():f}"
            found.append(NOT_THERE(f"items[{i}].quantity", line=i + 1, on_hand=on_hand, wanted=wanted, **what))
    return found
