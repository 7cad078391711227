"""Take goods out that documents hold: they have left the warehouse."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.inventory.levels import Level, Place, lock_levels, write_levels
from dinghuo.inventory.moves import Move, write_moves
from dinghuo.inventory.promises import Change, Promise, change_promises, lock_promises, waiting_at
from dinghuo.inventory.rebalance import rebalance
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Fault, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.money import ZERO

NOT_HELD = Message(
    "stock-not-held",
    "该行预占 {held}，不能出库 {wanted}",
    "This line holds {held}: {wanted} cannot be taken out",
    CONFLICT,
)
NOT_THERE = Message(
    "stock-not-arrived",
    "{warehouse} 的 {sku} 现存 {on_hand}，不能出库 {wanted}",
    "{on_hand} of {sku} are in {warehouse}: {wanted} cannot be taken out",
    CONFLICT,
)


class Use(msgspec.Struct, frozen=True):
    """What leaves of a document's line, in base units: all it holds when no quantity is named.

    From the warehouse named, or from any where the line holds some.
    """

    document_id: UUID
    line_no: int
    quantity: Decimal | None = None
    warehouse_id: UUID | None = None


async def consume(
    tx: Tx,
    *,
    uses: Sequence[Use],
    by: Actor,
    document_kind: str = "order",
    at: datetime | None = None,
    days: Mapping[UUID, int] | None = None,
) -> list[Change]:
    """Take all of these out or none; returns what each promise gave. `at` is when it happened, now by default.

    `days` says by document for how many days more its goods must be good, where lots are kept of them.
    """
    promises: dict[tuple[UUID, int], list[Promise]] = defaultdict(list)
    locked = await lock_promises(tx, {use.document_id for use in uses})
    for promise in locked:
        promises[promise.document_id, promise.line_no].append(promise)
    faults: list[Fault] = []
    changes: list[Change] = []
    for i, use in enumerate(uses):
        several = promises[use.document_id, use.line_no]
        taken, left = take(several, use)
        changes += taken
        promises[use.document_id, use.line_no] = left
        found = sum((change.consumed for change in taken), ZERO)
        if use.quantity is not None and found != use.quantity:
            params = {"held": f"{found.normalize():f}", "wanted": f"{use.quantity.normalize():f}"}
            faults.append(NOT_HELD(f"uses[{i}].quantity", line=i + 1, **params))
    if faults:
        raise Refused(faults)
    await _take_out(tx, changes, waiting_at(locked))
    await write_moves(tx, [_move(change, by, document_kind, at or tx.now) for change in changes], days=days)
    return changes


def take(promises: Sequence[Promise], use: Use) -> tuple[list[Change], list[Promise]]:
    """What one line's promises give for an use, and what they are then."""
    wanted = use.quantity
    changes, left = [], []
    for promise in promises:
        here = use.warehouse_id is None or use.warehouse_id == promise.warehouse_id
        given = (promise.held if wanted is None else min(promise.held, wanted)) if here else ZERO
        if given > 0:
            changes.append(promise.change(held=-given, consumed=given))
            promise = msgspec.structs.replace(promise, held=promise.held - given)
            wanted = None if wanted is None else wanted - given
        left.append(promise)
    return changes, left


async def _take_out(tx: Tx, changes: Sequence[Change], waiting: set[Place]) -> None:
    places = waiting | {change.place for change in changes}
    if not places:
        return
    before = await lock_levels(tx, places, open_missing=False)
    after = dict(before)
    for change in changes:
        level = after[change.place]
        on_hand, reserved = level.on_hand - change.consumed, level.reserved - change.consumed
        after[change.place] = msgspec.structs.replace(level, on_hand=on_hand, reserved=reserved)
    absent = [place for place, level in after.items() if level.on_hand < 0]
    if absent:
        raise Refused(await _not_there(tx, absent, before, after))
    await change_promises(tx, changes)
    await write_levels(tx, before, await rebalance(tx, after))


_NAMES = """
select s.id as sku_id, w.id as warehouse_id, s.code as sku, w.code as warehouse
from unnest($2::uuid[], $3::uuid[]) as p(sku_id, warehouse_id)
join sku s on s.tenant_id = $1 and s.id = p.sku_id
join warehouse w on w.tenant_id = $1 and w.id = p.warehouse_id
order by s.code, w.code
"""


async def _not_there(
    tx: Tx, places: Sequence[Place], before: dict[Place, Level], after: dict[Place, Level]
) -> list[Fault]:
    rows = await tx.fetch(_NAMES, [place[0] for place in places], [place[1] for place in places])
    faults = []
    for row in rows:
        place = (row["sku_id"], row["warehouse_id"])
        on_hand = before[place].on_hand
        wanted = on_hand - after[place].on_hand
        faults.append(
            NOT_THERE(
                "uses",
                sku=row["sku"],
                warehouse=row["warehouse"],
                on_hand=f"{on_hand.normalize():f}",
                wanted=f"{wanted.normalize():f}",
            )
        )
    return faults


def _move(change: Change, by: Actor, document_kind: str, at: datetime) -> Move:
    return Move(
        new_id(),
        at,
        "issue",
        change.sku_id,
        change.warehouse_id,
        -change.consumed,
        document_kind=document_kind,
        document_id=change.document_id,
        line_no=change.line_no,
        actor_id=by.id,
    )
