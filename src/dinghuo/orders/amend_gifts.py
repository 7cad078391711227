"""Gifts of an amended order never stand in its way: one of which there is too little does not become more.

As when an order is placed, goods come first. What was given already stays; what would come anew is left out.
"""

from collections.abc import Sequence
from uuid import UUID

from dinghuo.inventory.promises import Promise
from dinghuo.inventory.reserve import read_stock
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO
from dinghuo.orders.amend_allotted import claim_difference
from dinghuo.orders.amend_grants import Regranted, regrant
from dinghuo.orders.amend_workout import Workout
from dinghuo.orders.diff import is_gift
from dinghuo.orders.shift import shift


async def grant_again(
    tx: Tx, found: Workout, promises: Sequence[Promise], *, waits: bool, locks: bool = False
) -> Regranted | None:
    """Reckon promotions anew, with no more gifts than there are; see `regrant`. `promises` are the order's, and those
    of an amendment of it that is carried out; with `waits` nothing is given back yet."""
    short: set[UUID] = set()
    while True:
        regranted = await regrant(tx, found.diff, found.standing, found.codes, short=short, locks=locks)
        missing = None if regranted is None else await _first_short(tx, found, promises, waits=waits)
        if missing is None:
            return regranted
        short.add(missing)


async def _first_short(tx: Tx, found: Workout, promises: Sequence[Promise], *, waits: bool) -> UUID | None:
    """The first promotion of whose gift there is too little, going by what is there now."""
    diff = found.diff
    if not any(is_gift(line) and line.grows > ZERO for line in diff.changed):
        return None
    if found.book is not None and found.book.counts_gifts:
        claimed = await claim_difference(tx, found, locks=False)
        if claimed.short_gifts:
            return claimed.short_gifts[0]
    stock = await read_stock(tx, found.growing_skus)
    own = [promise for promise in promises if promise.document_id == diff.order.id]
    given = [promise for promise in promises if promise.document_id != diff.order.id]
    moved = shift(diff, own, stock, into=diff.order.id, given=given, only_growth=waits)
    return moved.short_gifts[0] if moved.short_gifts else None
