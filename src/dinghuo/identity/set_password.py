"""A password given to somebody else: good until they sign in with it and choose their own."""

from uuid import UUID

from sqlalchemy import update

from dinghuo.identity.authenticate import changed
from dinghuo.identity.granting import Granter
from dinghuo.identity.revoke_sessions import revoke_sessions
from dinghuo.identity.tables import app_user
from dinghuo.identity.touchable import check_touchable
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.database import Tx


async def set_password(
    tx: Tx, *, user_id: UUID, password_hash: str, by: Actor, granter: Granter, temporary: bool = True
) -> None:
    """Set a user's password (already hashed) and end their sessions."""
    await check_touchable(tx, user_id, granter)
    await tx.execute(
        update(app_user)
        .where(app_user.c.tenant_id == tx.tenant_id, app_user.c.id == user_id)
        .values(password_hash=password_hash, must_change_password=temporary, updated_at=tx.now)
    )
    await record(tx, [Change("app_user", user_id, "password_set", by)])
    await revoke_sessions(tx, user_id=user_id, by=by)
    await changed(tx)
