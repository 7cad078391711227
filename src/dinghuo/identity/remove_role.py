"""Remove a role nobody has."""

from uuid import UUID

from sqlalchemy import delete, select

from dinghuo.identity.authenticate import changed
from dinghuo.identity.holders import holders
from dinghuo.identity.tables import role, role_permission
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused
from dinghuo.kit.missing import missing

ROLE_IN_USE = Message(
    "role-in-use",
    "还有 {count} 位用户属于此角色，不能删除",
    "{count} users have this role: it cannot be removed",
    CONFLICT,
)


async def remove_role(tx: Tx, *, role_id: UUID, by: Actor) -> None:
    of_role = (role.c.tenant_id == tx.tenant_id) & (role.c.id == role_id)
    # A full lock: nobody can be given the role meanwhile.
    row = await tx.one(select(role.c.code).where(of_role).with_for_update())
    if row is None:
        raise missing("role", role_id)
    held = (await tx.execute(select(holders(tx.tenant_id, role_id)))).scalar_one()
    if held:
        raise Refused(ROLE_IN_USE("", count=held))
    await tx.execute(
        delete(role_permission).where(
            role_permission.c.tenant_id == tx.tenant_id, role_permission.c.role_id == role_id
        )
    )
    await tx.execute(delete(role).where(of_role))
    await record(tx, [Change("role", role_id, "removed", by, {"code": [row.code, None]})])
    await changed(tx)
