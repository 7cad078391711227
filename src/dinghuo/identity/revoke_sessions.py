"""End sessions: one's own, or those of a user who lost a phone or left."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import update

from dinghuo.identity.authenticate import changed
from dinghuo.identity.tables import session
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx


async def revoke_sessions(
    tx: Tx, *, user_id: UUID, by: Actor, only: Collection[UUID] | None = None, but: UUID | None = None
) -> int:
    """End the open sessions of a user: all, `only` some, or all `but` one. How many were ended."""
    statement = update(session).where(
        session.c.tenant_id == tx.tenant_id, session.c.user_id == user_id, session.c.revoked_at.is_(None)
    )
    if only is not None:
        statement = statement.where(among(session.c.id, only))
    if but is not None:
        statement = statement.where(session.c.id != but)
    ended = (await tx.execute(statement.values(revoked_at=tx.now).returning(session.c.id))).scalars().all()
    if ended:
        await record(tx, [Change("session", id, "revoked", by) for id in sorted(ended)])
        await changed(tx)
    return len(ended)
