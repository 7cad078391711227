"""How a seller wants their portal to be."""

from decimal import Decimal
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert

from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message, Refused
from dinghuo.kit.money import MAX_QUANTITY, ZERO, fits
from dinghuo.kit.revisions import check_revision
from dinghuo.portal.tables import portal_setting

_NAME = "portal"
# For the audit: there is one of them in a company.
_SUBJECT = UUID("0198c1f0-0000-7000-8000-0000000000f0")

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


async def load_settings(tx: Tx) -> PortalSettings:
    memory = await tx.cached("portal")
    known: PortalSettings | None = memory.get("settings")
    if known is None:
        s = portal_setting.c
        row = await tx.one(select(s.value).where(s.tenant_id == tx.tenant_id, s.name == _NAME))
        known = PortalSettings() if row is None else msgspec.convert(row.value, PortalSettings)
        memory["settings"] = known
    return known


async def settings_revision(tx: Tx) -> int:
    """What it was edited at last; 1 while nobody has."""
    s = portal_setting.c
    row = await tx.one(select(s.revision).where(s.tenant_id == tx.tenant_id, s.name == _NAME))
    return 1 if row is None else int(row.revision)


async def save_settings(
    tx: Tx, *, settings: PortalSettings, by: Actor, revision: int | None = None
) -> PortalSettings:
    """Save it whole; where a `revision` was read, only while it is still that."""
    if not fits(settings.low_below) or settings.low_below < ZERO:
        raise Refused(BAD_LEVEL("low_below", most=MAX_QUANTITY))
    s = portal_setting.c
    # Locked by the row there may not be yet: two who save at once come one after the other.
    first = insert(portal_setting).values(
        tenant_id=tx.tenant_id, name=_NAME, value=msgspec.to_builtins(PortalSettings())
    )
    await tx.execute(first.on_conflict_do_nothing())
    (row,) = await tx.rows(
        select(s.value, s.revision).where(s.tenant_id == tx.tenant_id, s.name == _NAME).with_for_update()
    )
    if revision is not None:
        check_revision(row.revision, revision)
    old = msgspec.to_builtins(msgspec.convert(row.value, PortalSettings))
    new = msgspec.to_builtins(settings)
    if old != new:
        await tx.execute(
            update(portal_setting)
            .where(s.tenant_id == tx.tenant_id, s.name == _NAME)
            .values(value=new, revision=row.revision + 1)
        )
        await audit.record(tx, [audit.Change("setting", _SUBJECT, "updated", by, audit.differences(old, new))])
        await touch(tx, "portal")
    return settings
