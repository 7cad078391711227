"""Permissions that a version brings: the default roles of companies that are there get them as new ones do."""

from collections.abc import Collection

from sqlalchemy import Connection, text

from dinghuo.identity.default_roles import DEFAULT_ROLES

_TENANTS = text("select id from tenant order by id")
_BIND = text("select set_config('oms.tenant', :tenant, true)")
_GRANT = text("""
insert into role_permission (tenant_id, role_id, permission)
select r.tenant_id, r.id, n.permission
from unnest(cast(:codes as text[]), cast(:permissions as text[])) as n(code, permission)
join role r on r.tenant_id = :tenant and r.code = n.code
on conflict do nothing
""")
_TOUCH = text("""
insert into data_version (tenant_id, kind, version) values (:tenant, 'identity', 1)
on conflict (tenant_id, kind) do update set version = data_version.version + 1
""")
_TAKE = text("delete from role_permission where tenant_id = :tenant and not permission = any(:before)")


def grant(connection: Connection, before: Collection[str]) -> None:
    """Give each default role what it has now and what did not exist `before`: what was taken from it stays away."""
    new = [(role.code, name) for role in DEFAULT_ROLES for name in sorted(role.permissions - set(before))]
    codes, permissions = [code for code, _ in new], [name for _, name in new]
    # Tenant by tenant: even the owner sees no more than one at a time.
    for tenant in connection.execute(_TENANTS).scalars().all():
        connection.execute(_BIND, {"tenant": str(tenant)})
        values = {"tenant": tenant, "codes": codes, "permissions": permissions}
        connection.execute(_GRANT, values)
        connection.execute(_TOUCH, {"tenant": tenant})


def take_back(connection: Connection, before: Collection[str]) -> None:
    """An older version knows none of the permissions that came after it."""
    for tenant in connection.execute(_TENANTS).scalars().all():
        connection.execute(_BIND, {"tenant": str(tenant)})
        connection.execute(_TAKE, {"tenant": tenant, "before": sorted(before)})
        connection.execute(_TOUCH, {"tenant": tenant})
