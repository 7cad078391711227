"""The least that SKUs are to be sold for, from a day on (最低限价). It refuses nothing: checks and policies ask."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.catalogue.dated import Dated, Entry, read_dated, save_dated
from dinghuo.catalogue.tables import sku_floor
from dinghuo.identity.principals import Principal
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import Saved
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message

_FLOOR = Dated(
    sku_floor,
    "floor",
    Message(
        "floor-twice",
        "“{code}”在 {day} 的最低限价重复",
        "The floor price of '{code}' from {day} on is given twice",
        MALFORMED,
    ),
)


class FloorInput(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """The least for one base unit from a day on, without tax, in the tenant's currency. Null takes the entry away."""

    sku: str
    valid_from: date
    floor: Decimal | None


class FloorView(msgspec.Struct, frozen=True):
    valid_from: date
    floor: Decimal


async def save_floors(tx: Tx, *, floors: Sequence[FloorInput], by: Actor, seen_by: Principal | None) -> Saved:
    """Write or take away dated floor prices by the SKUs' codes, all or nothing."""
    entries = [Entry(item.sku, item.valid_from, item.floor) for item in floors]
    return await save_dated(tx, _FLOOR, entries, by=by, seen_by=seen_by, path="items")


async def read_floors(tx: Tx, sku_id: UUID, *, seen_by: Principal | None) -> list[FloorView]:
    """All dated floor prices of a SKU, the newest first."""
    return [FloorView(day, floor) for day, floor in await read_dated(tx, _FLOOR, sku_id, seen_by=seen_by)]
