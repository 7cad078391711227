"""Who has a role: everywhere, or in one of their companies."""

from typing import Any

from sqlalchemy import ColumnElement, exists, func, select

from dinghuo.identity.tables import user_customer_role, user_role


def holders(tenant_id: Any, role_id: Any) -> ColumnElement[int]:
    """How many users have the role: an id, or the column of an outer query."""
    held, there = user_role.c, user_customer_role.c
    again = user_role.alias("again").c
    everywhere = select(func.count()).where(held.tenant_id == tenant_id, held.role_id == role_id)
    somewhere = select(func.count(there.user_id.distinct())).where(
        there.tenant_id == tenant_id,
        there.role_id == role_id,
        ~exists().where(
            again.tenant_id == there.tenant_id, again.user_id == there.user_id, again.role_id == there.role_id
        ),
    )
    return everywhere.scalar_subquery() + somewhere.scalar_subquery()
