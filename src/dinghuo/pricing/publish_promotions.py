"""Publish promotions, and withdraw them: from then on they are granted, or no longer. Orders keep what they have."""

from collections.abc import Sequence
from typing import Any, Literal

from sqlalchemy import func, select

from dinghuo.identity.principals import Principal
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import among
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message
from dinghuo.kit.texts import storable
from dinghuo.kit.transitions import transition
from dinghuo.pricing.locked import check_sees_price
from dinghuo.pricing.publish import as_read, unknown
from dinghuo.pricing.states import PROMOTION
from dinghuo.pricing.tables import promotion

IS_OVER = Message(
    "promotion-is-over",
    "促销 {code} 已过结束时间，请先修改结束时间再发布",
    "Promotion {code} has ended already: change when it ends before you publish it",
    CONFLICT,
)
NEVER_PUBLISHED = Message(
    "promotion-never-published",
    "促销 {code} 尚未发布，无需撤回",
    "Promotion {code} was never published: there is nothing to withdraw",
    CONFLICT,
)


async def publish_promotions(
    tx: Tx, *, codes: Sequence[str], by: Actor, seen_by: Principal | None = None, revision: int | None = None
) -> int:
    """Publish these promotions, all or none; those already published stay. Returns how many were not.

    With a `revision` that was read, only while they are at it.
    """
    found = await _lock(tx, codes, seen_by)
    faults = unknown(codes, found)
    for line, code in enumerate(codes):
        row = found.get(code)
        if row is not None and row.valid_until is not None and row.valid_until <= tx.now:
            faults.add(line, "", IS_OVER, code=code)
    faults.check()
    as_read(found, revision)
    return await _move(tx, [row for row in found.values() if row.state != "published"], "published", by)


async def withdraw_promotions(
    tx: Tx, *, codes: Sequence[str], by: Actor, seen_by: Principal | None = None, revision: int | None = None
) -> int:
    """Withdraw these promotions, all or none; those already withdrawn stay. Returns how many were not.

    With a `revision` that was read, only while they are at it.
    """
    found = await _lock(tx, codes, seen_by)
    faults = unknown(codes, found)
    for line, code in enumerate(codes):
        if code in found and found[code].state == "draft":
            faults.add(line, "", NEVER_PUBLISHED, code=code)
    faults.check()
    as_read(found, revision)
    return await _move(tx, [row for row in found.values() if row.state == "published"], "withdrawn", by)


async def _lock(tx: Tx, codes: Sequence[str], seen_by: Principal | None) -> dict[str, Any]:
    check_sees_price(seen_by)
    p = promotion.c
    rows = await tx.rows(
        select(p.id, p.code, p.state, p.valid_until, p.revision)
        .where(p.tenant_id == tx.tenant_id, among(p.code, storable(codes)))
        .order_by(p.code)
        .with_for_update(key_share=True)
    )
    return {row.code: row for row in rows}


async def _move(tx: Tx, rows: Sequence[Any], to: Literal["published", "withdrawn"], by: Actor) -> int:
    if rows:
        p = promotion.c
        values: dict[str, Any] = {"updated_at": tx.now, "revision": p.revision + 1}
        if to == "published":
            values["published_at"] = func.coalesce(p.published_at, tx.now)
        await transition(tx, promotion, PROMOTION, [row.id for row in rows], to, **values)
        changes = [audit.Change("promotion", row.id, to, by, {"state": [row.state, to]}) for row in rows]
        await audit.record(tx, changes)
        await touch(tx, "pricing", "promotions")
    return len(rows)
