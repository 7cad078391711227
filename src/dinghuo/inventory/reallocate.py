"""Deal out once more what is held and free at one place: by the priorities of today, not of when it was ordered.

What becomes free always goes to those who wait, by itself. What somebody holds already stays theirs, unless a person
decides that it goes to others whose priority is higher now: they look at who would get and who would lose what, and
run exactly that.
"""

import hashlib
from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.inventory.allocate import deal_anew
from dinghuo.inventory.events import Changed
from dinghuo.inventory.levels import Level, Place, lock_levels, write_levels
from dinghuo.inventory.promises import Change, Promise, change_promises
from dinghuo.inventory.rebalance import after_changes, announce, take_turns
from dinghuo.inventory.settings import load_rule
from dinghuo.kit import audit, outbox
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused
from dinghuo.kit.money import ZERO
from dinghuo.kit.periodic import TENANT

MEANWHILE = Message(
    "allocation-changed",
    "预览之后库存或排队有变化，请重新预览",
    "The stock, or who waits for it, has changed since you looked: look again",
    CONFLICT,
)

_PROMISES = """
select r.document_id, r.line_no, r.sku_id, r.warehouse_id, r.held, r.backordered, r.priority
from reservation r
where r.tenant_id = $1 and r.sku_id = $2 and r.warehouse_id = $3 and (r.held > 0 or r.backordered > 0)
order by r.document_id, r.line_no, r.warehouse_id
"""
_LOCK = f"{_PROMISES} for no key update"
_LEVEL = """
select s.on_hand, s.allowance, s.reserved, s.safety, s.barred from stock s
where s.tenant_id = $1 and s.sku_id = $2 and s.warehouse_id = $3
"""


class Dealt(msgspec.Struct, frozen=True):
    """How a place stands, who holds and waits there, and what would change; `seen` names exactly this outcome."""

    level: Level
    promises: Sequence[Promise]
    changes: Sequence[Change]
    seen: str


async def look_at_allocation(tx: Tx, place: Place) -> Dealt:
    """What would happen; nothing is locked or written."""
    rows = await tx.fetch(_LEVEL, *place)
    level = Level(**dict(rows[0])) if rows else Level(ZERO, ZERO, ZERO)
    return await _deal(tx, level, [Promise(**dict(row)) for row in await tx.fetch(_PROMISES, *place)])


async def reallocate(tx: Tx, place: Place, *, seen: str | None, by: Actor) -> Dealt:
    """Deal out anew; refused when it would be another outcome than the one that was `seen`."""
    await take_turns(tx, [place[1]])
    promises = [Promise(**dict(row)) for row in await tx.fetch(_LOCK, *place)]
    levels = await lock_levels(tx, [place], open_missing=False)
    dealt = await _deal(tx, levels.get(place, Level(ZERO, ZERO, ZERO)), promises)
    if seen is not None and dealt.seen != seen:
        raise Refused(MEANWHILE("seen"))
    if not dealt.changes:
        return dealt
    await change_promises(tx, dealt.changes)
    await write_levels(tx, levels, after_changes(levels, dealt.changes))
    await announce(tx, dealt.changes)
    await outbox.emit(tx, [Changed(subject_id=TENANT, skus=[place[0]])])
    await _record(tx, dealt.changes, by)
    return dealt


async def _deal(tx: Tx, level: Level, promises: Sequence[Promise]) -> Dealt:
    rule = await load_rule(tx)
    several = sorted(promises, key=rule.rank)
    changes = deal_anew(several, level.free, rule)
    return Dealt(level, several, changes, _name_of(changes))


def _name_of(changes: Sequence[Change]) -> str:
    """Changes as one short word: whoever agrees to it agrees to all of them."""
    lines = sorted(f"{change.document_id} {change.line_no} {change.held.normalize():f}" for change in changes)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:32]


async def _record(tx: Tx, changes: Sequence[Change], by: Actor) -> None:
    held: dict[UUID, dict[str, list[Decimal | None]]] = {}
    for change in changes:
        held.setdefault(change.document_id, {})[f"held {change.line_no}"] = [None, change.held]
    await audit.record(tx, [audit.Change("order", id, "reallocated", by, said) for id, said in held.items()])
