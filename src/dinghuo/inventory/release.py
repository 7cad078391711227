"""Give back what documents hold and wait for: their goods are free again, first for those who wait."""

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.inventory.levels import Place, lock_levels, write_levels
from dinghuo.inventory.promises import Change, Promise, change_promises, lock_promises, waiting_at
from dinghuo.inventory.rebalance import rebalance
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Fault, Message, Refused
from dinghuo.kit.money import ZERO

NOT_PROMISED = Message(
    "stock-not-promised",
    "该行预占和缺货待发共 {promised}，不能释放 {wanted}",
    "This line holds and waits for {promised} in all: {wanted} cannot be released",
    CONFLICT,
)


class Part(msgspec.Struct, frozen=True):
    """A quantity of a document's line, in base units; all there is when none is named."""

    document_id: UUID
    line_no: int
    quantity: Decimal | None = None


async def release(tx: Tx, *, parts: Sequence[Part]) -> list[Change]:
    """Release these parts of lines, all or none: first what is waited for, then what is held."""
    promises: dict[tuple[UUID, int], list[Promise]] = defaultdict(list)
    locked = await lock_promises(tx, {part.document_id for part in parts})
    for promise in locked:
        promises[promise.document_id, promise.line_no].append(promise)
    faults: list[Fault] = []
    changes: list[Change] = []
    for i, part in enumerate(parts):
        several = promises.pop((part.document_id, part.line_no), [])
        promised = sum((promise.held + promise.backordered for promise in several), ZERO)
        wanted = promised if part.quantity is None else part.quantity
        if not ZERO <= wanted <= promised:
            field = f"parts[{i}].quantity"
            faults.append(NOT_PROMISED(field, line=i + 1, promised=f"{promised:f}", wanted=f"{wanted:f}"))
        changes += split(several, wanted)
    if faults:
        raise Refused(faults)
    return await _release(tx, changes, waiting_at(locked))


def split(promises: Sequence[Promise], quantity: Decimal) -> list[Change]:
    """Which promises of one line give back how much, so that `quantity` is given back: the waited for first."""
    waiting = {promise.warehouse_id: ZERO for promise in promises}
    held = dict(waiting)
    for promise in promises:
        waiting[promise.warehouse_id] = part = min(promise.backordered, quantity)
        quantity -= part
    for promise in reversed(promises):
        held[promise.warehouse_id] = part = min(promise.held, quantity)
        quantity -= part
    return [
        promise.change(held=-held[key], backordered=-waiting[key], released=held[key] + waiting[key])
        for promise in promises
        if held[key := promise.warehouse_id] + waiting[key]
    ]


async def release_promises(tx: Tx, promises: Sequence[Promise]) -> list[Change]:
    """Release all that these promises, locked by this transaction, still hold and wait for."""
    return await _release(
        tx,
        [
            promise.change(
                held=-promise.held,
                backordered=-promise.backordered,
                released=promise.held + promise.backordered,
            )
            for promise in promises
            if promise.held or promise.backordered
        ],
        set(),
    )


async def _release(tx: Tx, changes: list[Change], waiting: set[Place]) -> list[Change]:
    places = waiting | {change.place for change in changes}
    if not places:
        return []
    before = await lock_levels(tx, places, open_missing=False)
    after = dict(before)
    for change in changes:
        level = after[change.place]
        after[change.place] = msgspec.structs.replace(level, reserved=level.reserved + change.held)
    await change_promises(tx, changes)
    await write_levels(tx, before, await rebalance(tx, after))
    return changes
