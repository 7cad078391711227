"""Nobody gives away more than they have; who may edit the roles themselves could anyway and is not held back."""

from collections.abc import Collection, Iterable
from uuid import UUID

import msgspec
from sqlalchemy import func, select

from dinghuo.identity.permissions import Audience, audience_of
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.tables import role, role_permission
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import FORBIDDEN, Message
from dinghuo.kit.faults import Faults

BEYOND_OWN = Message(
    "beyond-own-permissions",
    "您自己没有“{permission}”权限，不能授予或收回它",
    "You do not have the permission '{permission}' yourself and can neither give nor take it",
    FORBIDDEN,
)


class RoleFacts(msgspec.Struct, frozen=True):
    code: str
    audience: Audience
    permissions: frozenset[str]


class Granter(msgspec.Struct, frozen=True):
    """Who gives roles or keys. `permissions` None: the command line, or whoever may edit roles.

    Only permissions of the giver's own audience are held back: staff say freely what dealers may do.
    """

    permissions: frozenset[str] | None = None
    audience: Audience = "staff"

    def beyond(self, permissions: Iterable[str]) -> list[str]:
        """Those among these permissions that cannot be given."""
        if self.permissions is None:
            return []
        return sorted(name for name in set(permissions) - self.permissions if audience_of(name) == self.audience)

    def check(self, roles: Iterable[RoleFacts], line: int, faults: Faults) -> None:
        for permission in self.beyond(name for held in roles for name in held.permissions):
            faults.add(line, "roles", BEYOND_OWN, permission=permission)


def granter_of(staff: StaffPrincipal) -> Granter:
    return Granter(None if staff.may("identity.roles") else staff.permissions)


async def roles_of(tx: Tx, ids: Collection[UUID]) -> dict[UUID, RoleFacts]:
    """Code, audience and permissions of these roles."""
    if not ids:
        return {}
    permissions = (
        select(func.array_agg(role_permission.c.permission))
        .where(role_permission.c.tenant_id == tx.tenant_id, role_permission.c.role_id == role.c.id)
        .scalar_subquery()
    )
    rows = await tx.rows(
        select(role.c.id, role.c.code, role.c.audience, permissions.label("permissions")).where(
            role.c.tenant_id == tx.tenant_id, among(role.c.id, ids)
        )
    )
    return {row.id: RoleFacts(row.code, row.audience, frozenset(row.permissions or ())) for row in rows}
