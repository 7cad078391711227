"""Say how much is kept back from those who order: safety stock."""

from collections.abc import Sequence
from decimal import Decimal

import msgspec

from dinghuo.inventory.book import book
from dinghuo.inventory.goods import know_places
from dinghuo.inventory.rebalance import Booking
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx


class Safety(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a SKU a warehouse keeps back, in `unit` or in the SKU's base unit."""

    warehouse: str
    sku: str
    quantity: Decimal
    unit: str | None = None


async def set_safety(tx: Tx, *, safeties: Sequence[Safety], by: Actor) -> int:
    """Set all of these or none; returns how many were different. What is promised stays promised, and what comes
    free by a lower one goes to those who wait."""
    found = await know_places(tx, safeties)
    if not found:
        return 0
    booked = await book(tx, [Booking(*place, safety=quantity) for place, (_, quantity) in found.items()])
    changes = [
        audit.Change(
            "sku",
            place[0],
            "safety_set",
            by,
            {f"safety {safeties[i].warehouse}": [booked.before[place].safety, quantity]},
        )
        for place, (i, quantity) in found.items()
        if booked.before[place].safety != quantity
    ]
    await audit.record(tx, changes)
    return len(changes)
