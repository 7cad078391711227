"""What held an order, and what no longer does."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.identity.principals import Principal
from dinghuo.kit.database import Tx
from dinghuo.orders.life_tables import order_hold
from dinghuo.orders.order_comments import check_sees_order


class HoldView(msgspec.Struct, frozen=True, kw_only=True):
    """One hold; the last four are null while it stands."""

    id: UUID
    reason: str
    note: str | None
    held_at: datetime
    held_by: str
    released_at: datetime | None
    released_by: str | None
    release_note: str | None


async def list_holds(tx: Tx, *, principal: Principal, order_id: UUID) -> list[HoldView]:
    """All holds of an order, the oldest first; refused (404) when it is not this principal's to see."""
    await check_sees_order(tx, principal, order_id)
    h = order_hold.c
    rows = await tx.rows(
        select(
            h.id,
            h.reason,
            h.note,
            h.held_at,
            h.held_by_name.label("held_by"),
            h.released_at,
            h.released_by_name.label("released_by"),
            h.release_note,
        )
        .where(h.tenant_id == tx.tenant_id, h.order_id == order_id)
        .order_by(h.id)
    )
    return [HoldView(**row._mapping) for row in rows]
