"""Book what happened to stock: the one way in which what is on hand, or may be promised beyond it, changes."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from uuid import UUID

import msgspec

from dinghuo.inventory.events import Changed
from dinghuo.inventory.levels import Level, Place, lock_levels, write_levels
from dinghuo.inventory.rebalance import Booking, lock_candidates, rebalance
from dinghuo.kit import outbox
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Fault, Message, Refused
from dinghuo.kit.money import MAX_QUANTITY
from dinghuo.kit.periodic import TENANT

TOO_MUCH = Message("stock-too-much", "现存量将超过 {most}", "There would be more than {most} on hand", MALFORMED)

_MOST_NAMED = 100

Check = Callable[[Mapping[Place, Level], Mapping[Place, Level]], list[Fault]]


class Booked(msgspec.Struct, frozen=True):
    """The levels before and after."""

    before: Mapping[Place, Level]
    after: Mapping[Place, Level]


async def book(
    tx: Tx,
    bookings: Sequence[Booking],
    *,
    check: Check | None = None,
    under_lock: Callable[[], Awaitable[list[Fault]]] | None = None,
) -> Booked:
    """Book all of it, at most one booking a place; promises follow what is there. Moves are left to the caller.

    `check` sees the locked levels before and after, and says what forbids it. A booking below what is promised is
    never refused as such: what happened in the world has happened, and the latest promises wait. `under_lock` is for
    who has to look at, or change, what lies beneath the levels while nobody else does.
    """
    await lock_candidates(tx, bookings)
    places = [booking.place for booking in bookings]
    before = await lock_levels(tx, places, open_missing=True)
    faults: list[Fault] = []
    if under_lock is not None:
        faults += await under_lock()
        before = await lock_levels(tx, places, open_missing=False)
    after = {booking.place: booking.applied(before[booking.place]) for booking in bookings}
    faults += check(before, after) if check else []
    faults += [TOO_MUCH("items", most=MAX_QUANTITY) for level in after.values() if level.on_hand > MAX_QUANTITY][:1]
    if faults:
        raise Refused(faults)
    after = await rebalance(tx, after)
    await write_levels(tx, before, after)
    await _tell(tx, {sku_id for sku_id, _ in after})
    return Booked(before, after)


async def _tell(tx: Tx, skus: Collection[UUID]) -> None:
    if skus:
        await outbox.emit(tx, [Changed(subject_id=TENANT, skus=sorted(skus) if len(skus) <= _MOST_NAMED else None)])
