"""How a seller wants promises kept: who is served first, and from where."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from dinghuo.inventory.allocate import Rule
from dinghuo.inventory.tables import inventory_setting
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import first_id_at
from dinghuo.kit.kept import Kept


class InventorySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`allocation`: who gets what becomes free. `longest_wait_days`: who waits longer goes before every priority.

    `sourcing`: which warehouses come after those that a region names; `fewest_splits`: one warehouse for each line
    when one can, or for the whole order.
    """

    allocation: Literal["priority", "fair_share"] = "priority"
    longest_wait_days: Annotated[int, Meta(ge=1, le=365)] | None = 30
    sourcing: Literal["priority", "distance"] = "priority"
    fewest_splits: Literal["line", "order"] = "line"


_KEPT = Kept(
    inventory_setting,
    "inventory",
    InventorySettings(),
    memory="inventory",
    subject=UUID("0198c1f0-0000-7000-8000-0000000000f1"),
)


async def load_settings(tx: Tx) -> InventorySettings:
    return await _KEPT.load(tx)


async def load_rule(tx: Tx) -> Rule:
    """Who is served first, as of now."""
    settings = await load_settings(tx)
    days = settings.longest_wait_days
    patience = first_id_at(tx.now - timedelta(days=days)) if days else UUID(int=0)
    return Rule(settings.allocation == "fair_share", patience)


async def settings_revision(tx: Tx) -> int:
    """What it was edited at last; 1 while nobody has."""
    return await _KEPT.revision(tx)


async def save_settings(
    tx: Tx, *, settings: InventorySettings, by: Actor, revision: int | None = None
) -> InventorySettings:
    """Save it whole; where a `revision` was read, only while it is still that."""
    return await _KEPT.save(tx, settings, by=by, revision=revision)
