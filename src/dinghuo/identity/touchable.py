"""Whose credentials somebody may change: those of users who can do no more than they themselves."""

from uuid import UUID

from sqlalchemy import select

from dinghuo.identity.granting import BEYOND_OWN, Granter
from dinghuo.identity.tables import app_user, role_permission, user_customer_role, user_role
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.missing import missing


async def check_touchable(tx: Tx, user_id: UUID, granter: Granter) -> None:
    """Lock the user; raise when there is none or when they may do more than the granter."""
    user = await tx.one(
        select(app_user.c.id)
        .where(app_user.c.tenant_id == tx.tenant_id, app_user.c.id == user_id)
        .with_for_update(key_share=True)
    )
    if user is None:
        raise missing("user", user_id)
    same_role = (user_role.c.tenant_id == role_permission.c.tenant_id) & (
        user_role.c.role_id == role_permission.c.role_id
    )
    there = (user_customer_role.c.tenant_id == role_permission.c.tenant_id) & (
        user_customer_role.c.role_id == role_permission.c.role_id
    )
    permission = select(role_permission.c.permission)
    everywhere = permission.join(user_role, same_role).where(
        role_permission.c.tenant_id == tx.tenant_id, user_role.c.user_id == user_id
    )
    somewhere = permission.join(user_customer_role, there).where(
        role_permission.c.tenant_id == tx.tenant_id, user_customer_role.c.user_id == user_id
    )
    held = await tx.execute(everywhere.union(somewhere))
    beyond = granter.beyond(held.scalars())
    if beyond:
        raise Refused([BEYOND_OWN("", permission=permission) for permission in beyond])
