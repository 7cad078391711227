"""How a seller wants orders to be handled."""

from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.kept import Kept
from dinghuo.orders.life_tables import order_setting

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


_KEPT = Kept(
    order_setting, "orders", OrderSettings(), memory=MEMORY, subject=UUID("0198c1f0-0000-7000-8000-0000000000f1")
)


async def load_settings(tx: Tx) -> OrderSettings:
    return await _KEPT.load(tx)


async def settings_revision(tx: Tx) -> int:
    """What they were edited at last; 1 while nobody has."""
    return await _KEPT.revision(tx)


async def save_settings(
    tx: Tx, *, settings: OrderSettingsInput, by: Actor, revision: int | None = None
) -> OrderSettings:
    """Change what is given; where a `revision` was read, only while it is still that."""
    return await _KEPT.save(tx, settings, by=by, revision=revision)
