"""Say how much may be promised beyond what is on hand: pre-sale."""

from collections.abc import Mapping, Sequence
from decimal import Decimal

import msgspec

from dinghuo.inventory.book import book
from dinghuo.inventory.goods import know_places
from dinghuo.inventory.levels import Level, Place
from dinghuo.inventory.rebalance import Booking
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Fault, Message

IN_USE = Message(
    "allowance-in-use",
    "{warehouse} 的 {sku} 已按预售预占，额度不能低于 {least}",
    "{sku} in {warehouse} is already promised beyond what is there: the allowance cannot be below {least}",
    CONFLICT,
)


class Allowance(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a SKU a warehouse may promise beyond what it has, in `unit` or in the SKU's base unit."""

    warehouse: str
    sku: str
    quantity: Decimal
    unit: str | None = None


async def set_allowances(tx: Tx, *, allowances: Sequence[Allowance], by: Actor) -> int:
    """Set all of these or none; returns how many were different. A higher one fills backorders at once.

    Unlike a count, this is a decision and not what happened: it cannot take back what is promised.
    """
    found = await know_places(tx, allowances)
    if not found:
        return 0

    def check(_before: Mapping[Place, Level], after: Mapping[Place, Level]) -> list[Fault]:
        faults = []
        for place, (i, _) in found.items():
            level, item = after[place], allowances[i]
            if level.free < 0:
                least = f"{(level.allowance - level.free).normalize():f}"
                names = {"sku": item.sku, "warehouse": item.warehouse}
                faults.append(IN_USE(f"items[{i}].quantity", line=i + 1, least=least, **names))
        return faults

    booked = await book(
        tx, [Booking(*place, allowance=quantity) for place, (_, quantity) in found.items()], check=check
    )
    changes = [
        audit.Change(
            "sku",
            place[0],
            "allowance_set",
            by,
            {f"allowance {allowances[i].warehouse}": [booked.before[place].allowance, quantity]},
        )
        for place, (i, quantity) in found.items()
        if booked.before[place].allowance != quantity
    ]
    await audit.record(tx, changes)
    return len(changes)
