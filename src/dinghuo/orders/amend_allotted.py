"""What an amended order takes of quotas and blanket orders: the difference, line by line.

A line that shrinks or goes gives back to where it took from; one that grows takes of its blanket order and of every
quota that names it, of the period of the order's day; one that is added of today's.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.accounts.allotments import (
    Drawn,
    Opening,
    Take,
    draw_allotments,
    held_by,
    lock_allotments,
    open_allotments,
    see_allotments,
)
from dinghuo.catalogue.quantities import at_most, plain
from dinghuo.identity.facts import load_tenant
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault
from dinghuo.kit.money import ZERO
from dinghuo.orders.allotted import BLANKET_SHORT, QUOTA_SHORT, bounds_now, has_allotments
from dinghuo.orders.amend_workout import Workout
from dinghuo.orders.diff import DiffLine, is_gift
from dinghuo.orders.quota_takes import takes_of
from dinghuo.pricing.facts import scopes_of


class Claimed(msgspec.Struct, frozen=True):
    """What is to be drawn once nothing stands in the way, and the periods that are opened for it. Of the gifts of
    promotions in `short_gifts` there is too little."""

    openings: Mapping[UUID, Opening] = {}
    drawn: Sequence[Drawn] = ()
    faults: Sequence[Fault] = ()
    short_gifts: Sequence[UUID] = ()


async def claim_difference(tx: Tx, found: Workout, *, locks: bool) -> Claimed:
    """Hold what changes against quotas and blanket orders. With `locks` under the order's lock, before accounts and
    stock."""
    diff = found.diff
    if not await has_allotments(tx):
        return Claimed()
    held = await _held(tx, diff.order.id)
    backs = [back for line in diff.changed for back in _backs(line, held)]
    zone = (await load_tenant(tx)).zone
    today = tx.now.astimezone(zone).date()
    takes = [
        (line, take)
        for line in sorted(diff.changed, key=is_gift)
        if line.grows > ZERO
        for take in _takes(found, line, held, today if line.old is None else found.standing.day)
    ]
    ids = {back.allotment_id for back in backs} | {take.allotment_id for _, take in takes}
    if not ids:
        return Claimed()
    allotments = await (lock_allotments if locks else see_allotments)(tx, ids)
    for back in backs:
        allotments.put_back(Take(back.allotment_id, back.line_no, -back.quantity))
    drawn, openings = list(backs), {}
    faults, short_gifts = [], []
    for line, take in takes:
        if not allotments.take(take):
            if line.new is not None and line.new.promotion_id is not None:
                short_gifts.append(line.new.promotion_id)
            else:
                faults.append(_short(line, take, allotments.left(take)))
            continue
        drawn.append(Drawn(take.allotment_id, diff.order.id, line.line_no, take.quantity))
        if take.opening is not None and take.allotment_id not in allotments.known:
            openings[take.allotment_id] = take.opening
    return Claimed(openings, drawn, faults, short_gifts)


async def draw_difference(tx: Tx, claimed: Claimed) -> None:
    """Move the balances by what was claimed under their locks."""
    await open_allotments(tx, await bounds_now(tx, claimed.openings))
    await draw_allotments(tx, claimed.drawn)


_Held = Mapping[int, Sequence[Drawn]]


async def _held(tx: Tx, order_id: UUID) -> _Held:
    held: dict[int, list[Drawn]] = defaultdict(list)
    for one in await held_by(tx, [order_id]):
        held[one.line_no].append(one)
    return held


def _backs(line: DiffLine, held: _Held) -> Iterator[Drawn]:
    if line.grows < ZERO:
        for one in held.get(line.line_no, ()):
            yield msgspec.structs.replace(one, quantity=-min(-line.grows, one.quantity))


def _takes(found: Workout, line: DiffLine, held: _Held, day: date) -> Iterator[Take]:
    for one in held.get(line.line_no, ()):
        if one.kind == "blanket":
            yield Take(one.allotment_id, line.line_no, line.grows)
    if found.book is not None and line.new is not None:
        more = msgspec.structs.replace(line.new, base_quantity=line.grows)
        yield from takes_of([more], found.book, frozenset(scopes_of(found.customer)), day)


def _short(line: DiffLine, take: Take, left: Decimal) -> Fault:
    if line.new is None:
        raise AssertionError("a line that goes takes nothing")
    sku, had = line.sku, line.old.row.base_quantity if line.old else ZERO
    params = {
        "line": line.line_no,
        "code": sku.code if sku else line.new.sku_code,
        "left": plain(left),
        "wanted": plain(take.quantity),
        "base_unit": sku.base_unit if sku else "",
    }
    if sku is not None:
        params["suggested"] = plain(at_most(sku, line.new.unit, had + left))
    field = f"{line.path}.quantity" if line.index is not None else line.path
    return Fault(QUOTA_SHORT if take.opening else BLANKET_SHORT, field, line.line_no, params)
