"""Book a stock count: what was counted is what is there, whatever the books said."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.inventory.book import book
from dinghuo.inventory.goods import know_places
from dinghuo.inventory.moves import Move, write_moves
from dinghuo.inventory.rebalance import Booking
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id


class Counted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a SKU is in a warehouse, in `unit` or in the SKU's base unit."""

    warehouse: str
    sku: str
    quantity: Decimal
    unit: str | None = None


class CountOutcome(msgspec.Struct, frozen=True):
    """`id` is what the moves of this count name as their document; `changed` places differed from the books."""

    id: UUID
    counted: int
    changed: int


async def count(tx: Tx, *, counted: Sequence[Counted], by: Actor) -> CountOutcome:
    """Book all of it or nothing. Where less is there than was promised, the latest promises become backorders."""
    found = await know_places(tx, counted)
    id = new_id()
    if not found:
        return CountOutcome(id, 0, 0)
    booked = await book(tx, [Booking(*place, to=quantity) for place, (_, quantity) in found.items()])
    differences = {
        place: booked.after[place].on_hand - booked.before[place].on_hand
        for place in found
        if booked.after[place].on_hand != booked.before[place].on_hand
    }
    moves = [
        Move(
            new_id(),
            tx.now,
            "count",
            *place,
            difference,
            document_kind="stock_count",
            document_id=id,
            line_no=found[place][0] + 1,
            actor_id=by.id,
        )
        for place, difference in differences.items()
    ]
    await write_moves(tx, moves)
    outcome = CountOutcome(id, len(found), len(moves))
    changes = {"counted": [None, outcome.counted], "changed": [None, outcome.changed]}
    await audit.record(tx, [audit.Change("stock_count", id, "booked", by, changes)])
    return outcome
