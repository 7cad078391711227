"""Is one tenant really closed off from another? Asked of the catalogue, and then tried."""

import re
from typing import Any

import asyncpg
from msgspec import json

from dinghuo.entry.findings import Finding, listed
from dinghuo.kit.errors import Message
from dinghuo.kit.ledger import LEDGERS
from dinghuo.kit.rls import TENANT_IS_BOUND
from dinghuo.kit.roles import Urls
from dinghuo.kit.tables import tenant_tables

ROLES_BOUND = Message(
    "doctor-roles-bound",
    "应用角色“{app}”受行级安全约束，不拥有任何表",
    "The application role '{app}' is bound by row-level security and owns no table",
)
ROLES_UNBOUND = Message(
    "doctor-roles-unbound",
    "角色“{role}”不受行级安全约束：它是或可以变成超级用户、BYPASSRLS 角色或表的所有者",
    "Row-level security does not bind '{role}': it is or can become a superuser, a role with BYPASSRLS or the owner",
)
WALLS_STAND = Message(
    "doctor-rls-in-force",
    "{tables} 张企业数据表都强制行级安全",
    "Row-level security is forced on all {tables} tenant tables",
)
WALLS_OPEN = Message(
    "doctor-rls-open",
    "这些表的行级安全不完整：{tables}",
    "Row-level security is not whole on these tables: {tables}",
)
NOTHING_SEEN = Message(
    "doctor-cross-tenant-closed",
    "以一家企业的身份读写另一家的数据：都被拒绝",
    "Reading and writing across tenants was tried and came to nothing",
)
SEEN = Message(
    "doctor-cross-tenant-open",
    "能读到或写入其他企业的数据：{tables}",
    "Another tenant's rows could be read or written: {tables}",
)
LEDGERS_CLOSED = Message(
    "doctor-ledgers-closed",
    "应用角色不能修改或删除账簿（{tables} 张表）",
    "The application role cannot change or remove what is in the {tables} ledgers",
)
LEDGERS_OPEN = Message(
    "doctor-ledgers-open",
    "应用角色可以改动这些账簿：{tables}",
    "The application role can change these ledgers: {tables}",
)


async def examine_walls(urls: Urls) -> list[Finding]:
    """As the application and the worker themselves see it."""
    connection: Any = await asyncpg.connect(urls.app)
    try:
        found = [await _roles(connection, urls), await _policies(connection)]
        async with connection.transaction():
            found.append(await _across(connection))
        return [*found, await _ledgers(connection)]
    finally:
        await connection.close()


async def _roles(app: Any, urls: Urls) -> Finding:
    worker: Any = await asyncpg.connect(urls.worker)
    try:
        standing = [await connection.fetchrow(_STANDING) for connection in (app, worker)]
    finally:
        await worker.close()
    for row in standing:
        if row["unbound"]:
            return Finding("roles", "failed", ROLES_UNBOUND, {"role": row["role"]})
    return Finding("roles", "ok", ROLES_BOUND, {"app": standing[0]["role"]})


async def _policies(app: Any) -> Finding:
    rows = await app.fetch(_WALLS)
    closed = {row["name"] for row in rows if row["forced"] and _is_closed(json.decode(row["policies"]))}
    open_ = ({row["name"] for row in rows} | tenant_tables().keys()) - closed
    if open_:
        return Finding("row-level-security", "failed", WALLS_OPEN, {"tables": listed(sorted(open_))})
    return Finding("row-level-security", "ok", WALLS_STAND, {"tables": len(rows)})


def _is_closed(policies: list[dict[str, Any]]) -> bool:
    """Whether of the policies that let this role in there is the one for everything, and no other."""
    if len(policies) != 1:
        return False
    [policy] = policies
    conditions = {_plain(policy["using"]), _plain(policy["check"])}
    return bool(policy["for_all"]) and conditions == {_plain(TENANT_IS_BOUND)}


def _plain(condition: str | None) -> str:
    """A condition without what the server adds when it prints it."""
    return re.sub(r'::text|\bas "?\w+"?|[()\s]', "", (condition or "").lower())


async def _across(app: Any) -> Finding:
    """As each of two tenants, as nobody, and as nothing: whose rows can be seen, and can a stranger's be written?"""
    tables = [row["name"] for row in await app.fetch(_WALLS) if row["readable"]]
    tenants = [row["id"] for row in await app.fetch("select id from tenant order by id limit 2")]
    seen: set[str] = set()
    for bound in [*map(str, tenants), "0", ""]:
        await app.execute("select set_config('oms.tenant', $1, true)", bound)
        rows = await app.fetch(" union all ".join(_FOREIGN.format(table=table) for table in tables), int(bound or 0))
        seen |= {row["name"] for row in rows}
        # A wall without a door proves nothing: one's own rows must be there.
        own = await app.fetchval("select exists (select from organisation)")
        if own != (bound not in ("0", "")):
            seen.add("organisation")
    if tenants and await _writes(app, as_tenant=0, to=tenants[0]):
        seen.add("data_version")
    if seen:
        return Finding("cross-tenant-access", "failed", SEEN, {"tables": listed(sorted(seen))})
    return Finding("cross-tenant-access", "ok", NOTHING_SEEN, {"tables": len(tables), "tenants": len(tenants)})


async def _writes(app: Any, *, as_tenant: int, to: int) -> bool:
    await app.execute("select set_config('oms.tenant', $1, true)", str(as_tenant))
    attempt = app.transaction()
    await attempt.start()
    try:
        await app.execute("insert into data_version (tenant_id, kind, version) values ($1, 'doctor', 0)", to)
    except asyncpg.InsufficientPrivilegeError:
        return False
    finally:
        await attempt.rollback()
    return True


async def _ledgers(app: Any) -> Finding:
    names, columns = [], []
    for table, open_columns in LEDGERS.items():
        names.append(table)
        columns.append(",".join(open_columns))
    rows = await app.fetch(_CHANGEABLE, names, columns)
    if rows:
        return Finding("ledgers", "failed", LEDGERS_OPEN, {"tables": listed([row["name"] for row in rows])})
    return Finding("ledgers", "ok", LEDGERS_CLOSED, {"tables": len(names)})


# A role counts as what it could become by SET ROLE.
_STANDING = """
select current_user as role,
  exists (select from pg_roles where (rolsuper or rolbypassrls) and pg_has_role(current_user, oid, 'MEMBER'))
  or exists (
    select from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id'
    where c.relkind in ('r', 'p') and pg_has_role(current_user, c.relowner, 'MEMBER')
  ) as unbound
"""

# Every table with a tenant, and the policies by which this role may come to its rows.
_WALLS = """
select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced,
  has_table_privilege(c.oid, 'SELECT') as readable,
  coalesce((
    select json_agg(json_build_object(
      'for_all', p.polcmd = '*' and p.polroles = '{0}',
      'using', pg_get_expr(p.polqual, c.oid), 'check', pg_get_expr(p.polwithcheck, c.oid)))
    from pg_policy p
    where p.polrelid = c.oid and p.polpermissive
      and exists (
        select from unnest(p.polroles) role where role = 0 or pg_has_role(current_user, role, 'MEMBER')
      )
  ), '[]') as policies
from pg_class c
join pg_attribute a on a.attrelid = c.oid and a.attname = 'tenant_id' and not a.attisdropped
where c.relkind in ('r', 'p') and c.relnamespace = 'public'::regnamespace
order by c.relname
"""

# Two ranges of the key: where the wall stands, the server sees that there can be none and reads nothing.
_FOREIGN = """
select '{table}' as name
where exists (select from "{table}" where tenant_id < $1) or exists (select from "{table}" where tenant_id > $1)
"""

_CHANGEABLE = """
select l.name
from unnest($1::text[], $2::text[]) as l(name, filled_later)
where has_table_privilege(l.name, 'DELETE') or has_table_privilege(l.name, 'TRUNCATE')
  or exists (
    select from pg_attribute a
    where a.attrelid = l.name::regclass and a.attnum > 0 and not a.attisdropped
      and a.attname <> all(string_to_array(l.filled_later, ','))
      and has_column_privilege(l.name, a.attname, 'UPDATE')
  )
order by l.name
"""
