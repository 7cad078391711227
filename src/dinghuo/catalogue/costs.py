"""What SKUs cost from a day on."""

from collections.abc import Collection, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.catalogue.dated import Dated, Entry, check_sees_cost, dated_on, read_dated, save_dated
from dinghuo.catalogue.tables import sku_cost
from dinghuo.identity.principals import Principal
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import Saved
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message

__all__ = ["CostInput", "CostView", "check_sees_cost", "costs_on", "read_costs", "save_costs"]

_COST = Dated(
    sku_cost,
    "cost",
    Message(
        "cost-twice", "“{code}”在 {day} 的成本重复", "The cost of '{code}' from {day} on is given twice", MALFORMED
    ),
)


class CostInput(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """What one base unit costs from a day on, without tax, in the tenant's currency. Null takes the entry away."""

    sku: str
    valid_from: date
    cost: Decimal | None


class CostView(msgspec.Struct, frozen=True):
    valid_from: date
    cost: Decimal


async def save_costs(
    tx: Tx, *, costs: Sequence[CostInput], by: Actor, seen_by: Principal | None, path: str = "items"
) -> Saved:
    """Write or take away dated costs by the SKUs' codes, all or nothing."""
    entries = [Entry(item.sku, item.valid_from, item.cost) for item in costs]
    return await save_dated(tx, _COST, entries, by=by, seen_by=seen_by, path=path)


async def read_costs(tx: Tx, sku_id: UUID, *, seen_by: Principal | None) -> list[CostView]:
    """All dated costs of a SKU, the newest first."""
    return [CostView(day, cost) for day, cost in await read_dated(tx, _COST, sku_id, seen_by=seen_by)]


async def costs_on(tx: Tx, sku_ids: Collection[UUID], day: date, *, seen_by: Principal | None) -> dict[UUID, Decimal]:
    """What each SKU costs on a day; those whose cost nobody has said are absent."""
    return await dated_on(tx, _COST, sku_ids, day, seen_by=seen_by)
