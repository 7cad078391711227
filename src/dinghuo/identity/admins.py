"""A tenant always has someone who can edit its roles: otherwise nobody could ever mend them again."""

from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused

LAST_ADMIN = Message(
    "last-administrator",
    "至少要有一位启用的用户能管理角色与权限（identity.roles）",
    "At least one active user must be able to edit roles and permissions (identity.roles)",
    CONFLICT,
)

_ADMINS = """
select exists (
  select 1 from app_user u
  join user_role h on h.tenant_id = $1 and h.user_id = u.id
  join role_permission p on p.tenant_id = $1 and p.role_id = h.role_id
  where u.tenant_id = $1 and u.state = 'active' and p.permission = 'identity.roles'
) as there
"""


async def check_admins(tx: Tx) -> None:
    """Raise unless, after this transaction's changes, someone can still edit roles.

    Called after `changed`, which holds the version row: two administrators removing each other take turns.
    """
    if not (await tx.fetch(_ADMINS))[0]["there"]:
        raise Refused(LAST_ADMIN("roles"))
