"""Roles held everywhere become roles in each company, so that one company's can differ."""

from uuid import UUID

from dinghuo.kit.database import Tx

_NARROW = """
insert into user_customer_role (tenant_id, user_id, customer_id, role_id)
select $1, c.user_id, c.customer_id, r.role_id
from user_customer c join user_role r on r.tenant_id = $1 and r.user_id = c.user_id
where c.tenant_id = $1 and c.user_id = $2
on conflict do nothing
"""
_DROP = "delete from user_role where tenant_id = $1 and user_id = $2"


async def narrow_roles(tx: Tx, user_id: UUID) -> None:
    """The user, locked by the caller, may do the same afterwards, in the companies they belong to now."""
    await tx.write(_NARROW, user_id)
    await tx.write(_DROP, user_id)
