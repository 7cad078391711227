"""How a seller wants promises kept: who is served first, and from where."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from dinghuo.inventory.allocate import Rule
from dinghuo.inventory.tables import inventory_setting
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import first_id_at

_NAME = "inventory"
# For the audit: there is one of them in a company.
_SUBJECT = UUID("0198c1f0-0000-7000-8000-0000000000f1")


class InventorySettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`allocation`: who gets what becomes free. `longest_wait_days`: who waits longer goes before every priority.

    `sourcing`: which warehouses come after those that a region names; `fewest_splits`: one warehouse for each line
    when one can, or for the whole order.
    """

    allocation: Literal["priority", "fair_share"] = "priority"
    longest_wait_days: Annotated[int, Meta(ge=1, le=365)] | None = 30
    sourcing: Literal["priority", "distance"] = "priority"
    fewest_splits: Literal["line", "order"] = "line"


async def load_settings(tx: Tx) -> InventorySettings:
    memory = await tx.cached("inventory")
    known: InventorySettings | None = memory.get("settings")
    if known is None:
        s = inventory_setting.c
        row = await tx.one(select(s.value).where(s.tenant_id == tx.tenant_id, s.name == _NAME))
        known = InventorySettings() if row is None else msgspec.convert(row.value, InventorySettings)
        memory["settings"] = known
    return known


async def load_rule(tx: Tx) -> Rule:
    """Who is served first, as of now."""
    settings = await load_settings(tx)
    days = settings.longest_wait_days
    patience = first_id_at(tx.now - timedelta(days=days)) if days else UUID(int=0)
    return Rule(settings.allocation == "fair_share", patience)


async def save_settings(tx: Tx, *, settings: InventorySettings, by: Actor) -> InventorySettings:
    old = msgspec.to_builtins(await load_settings(tx))
    new = msgspec.to_builtins(settings)
    if old != new:
        made = insert(inventory_setting).values(tenant_id=tx.tenant_id, name=_NAME, value=new)
        await tx.execute(made.on_conflict_do_update(index_elements=["tenant_id", "name"], set_={"value": new}))
        await audit.record(tx, [audit.Change("setting", _SUBJECT, "updated", by, audit.differences(old, new))])
        await touch(tx, "inventory")
    return settings
