"""How a seller wants their portal to be."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message, Refused
from dinghuo.kit.kept import Kept
from dinghuo.kit.money import MAX_QUANTITY, ZERO, fits
from dinghuo.portal.tables import portal_setting

BAD_LEVEL = Message(
    "bad-level",
    "应为 0 到 {most} 之间的数量，小数不超过 6 位",
    "A quantity from 0 to {most} with at most 6 decimals is needed",
    MALFORMED,
)


class PortalSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`availability`: whether dealers see how much there is, or only a word. `low_below` (base units): when little is
    left. `new_days`: for how long products are new."""

    availability: Literal["number", "word"] = "number"
    low_below: Decimal = Decimal(20)
    new_days: Annotated[int, Meta(ge=0, le=365)] = 60


_KEPT = Kept(
    portal_setting, "portal", PortalSettings(), memory="portal", subject=UUID("0198c1f0-0000-7000-8000-0000000000f0")
)


async def load_settings(tx: Tx) -> PortalSettings:
    return await _KEPT.load(tx)


async def settings_revision(tx: Tx) -> int:
    """What it was edited at last; 1 while nobody has."""
    return await _KEPT.revision(tx)


async def save_settings(
    tx: Tx, *, settings: PortalSettings, by: Actor, revision: int | None = None
) -> PortalSettings:
    """Save it whole; where a `revision` was read, only while it is still that."""
    if not fits(settings.low_below) or settings.low_below < ZERO:
        raise Refused(BAD_LEVEL("low_below", most=MAX_QUANTITY))
    return await _KEPT.save(tx, settings, by=by, revision=revision)
