"""How a seller wants orders to be handled."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.revisions import check_revision
from dinghuo.orders.life_tables import order_setting

_NAME = "orders"
# For the audit: there is one of them in a company.
_SUBJECT = UUID("0198c1f0-0000-7000-8000-0000000000f1")
# What is remembered in process of settings and terms.
MEMORY = "order_terms"


class OrderSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`dealer_amendments`: whether dealers may amend orders: not at all, by asking, or at once.

    `prepaid_holds`: customers whose terms are `prepaid`, and with whom nothing else is agreed, pay before delivery;
    what they do not pay within `expire_days` is called off (null: never).
    """

    dealer_amendments: Literal["off", "ask", "apply"] = "ask"
    prepaid_holds: bool = False
    rebate_percent: Annotated[int, Meta(ge=0, le=100)] = 30
    expire_days: Annotated[int, Meta(ge=1, le=365)] | None = None


class OrderSettingsInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is to be said anew; what is left out stays as it is."""

    dealer_amendments: Literal["off", "ask", "apply"] | UnsetType = UNSET
    prepaid_holds: bool | UnsetType = UNSET
    rebate_percent: Annotated[int, Meta(ge=0, le=100)] | UnsetType = UNSET
    expire_days: Annotated[int, Meta(ge=1, le=365)] | UnsetType | None = UNSET


async def load_settings(tx: Tx) -> OrderSettings:
    memory = await tx.cached(MEMORY)
    known: OrderSettings | None = memory.get("settings")
    if known is None:
        s = order_setting.c
        row = await tx.one(select(s.value).where(s.tenant_id == tx.tenant_id, s.name == _NAME))
        known = OrderSettings() if row is None else msgspec.convert(row.value, OrderSettings)
        memory["settings"] = known
    return known


async def settings_revision(tx: Tx) -> int:
    """What they were edited at last; 1 while nobody has."""
    s = order_setting.c
    row = await tx.one(select(s.revision).where(s.tenant_id == tx.tenant_id, s.name == _NAME))
    return 1 if row is None else int(row.revision)


async def save_settings(
    tx: Tx, *, settings: OrderSettingsInput, by: Actor, revision: int | None = None
) -> OrderSettings:
    """Change what is given; where a `revision` was read, only while it is still that."""
    s = order_setting.c
    # Locked by the row there may not be yet: two who save at once come one after the other.
    first = insert(order_setting).values(
        tenant_id=tx.tenant_id, name=_NAME, value=msgspec.to_builtins(OrderSettings())
    )
    await tx.execute(first.on_conflict_do_nothing())
    (row,) = await tx.rows(
        select(s.value, s.revision).where(s.tenant_id == tx.tenant_id, s.name == _NAME).with_for_update()
    )
    if revision is not None:
        check_revision(row.revision, revision)
    old = msgspec.to_builtins(msgspec.convert(row.value, OrderSettings))
    new = {**old, **msgspec.to_builtins(settings)}
    if old != new:
        changed = update(order_setting).where(s.tenant_id == tx.tenant_id, s.name == _NAME)
        await tx.execute(changed.values(value=new, revision=row.revision + 1))
        await audit.record(tx, [audit.Change("setting", _SUBJECT, "updated", by, audit.differences(old, new))])
        await touch(tx, MEMORY)
    return msgspec.convert(new, OrderSettings)
