"""How a seller wants promises kept: who is served first, and from where."""

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from dinghuo.inventory.allocate import Rule
from dinghuo.inventory.tables import inventory_setting
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import first_id_at
from dinghuo.kit.revisions import check_revision

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


async def settings_revision(tx: Tx) -> int:
    """What it was edited at last; 1 while nobody has."""
    s = inventory_setting.c
    row = await tx.one(select(s.revision).where(s.tenant_id == tx.tenant_id, s.name == _NAME))
    return 1 if row is None else int(row.revision)


async def save_settings(
    tx: Tx, *, settings: InventorySettings, by: Actor, revision: int | None = None
) -> InventorySettings:
    """Save it whole; where a `revision` was read, only while it is still that."""
    s = inventory_setting.c
    mine = (s.tenant_id == tx.tenant_id, s.name == _NAME)
    # Locked by the row there may not be yet: two who save at once come one after the other.
    usual = msgspec.to_builtins(InventorySettings())
    first = insert(inventory_setting).values(tenant_id=tx.tenant_id, name=_NAME, value=usual)
    await tx.execute(first.on_conflict_do_nothing())
    (row,) = await tx.rows(select(s.value, s.revision).where(*mine).with_for_update())
    if revision is not None:
        check_revision(row.revision, revision)
    old = msgspec.to_builtins(msgspec.convert(row.value, InventorySettings))
    new = msgspec.to_builtins(settings)
    if old != new:
        await tx.execute(update(inventory_setting).where(*mine).values(value=new, revision=s.revision + 1))
        await audit.record(tx, [audit.Change("setting", _SUBJECT, "updated", by, audit.differences(old, new))])
        await touch(tx, "inventory")
    return settings
