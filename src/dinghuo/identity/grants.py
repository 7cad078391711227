"""What a user may do, from roles, departments, regions and customers: one statement."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal
from uuid import UUID

import msgspec

from dinghuo.identity.permissions import Audience
from dinghuo.identity.principals import EVERYTHING, Rights, Scope, ScopeKind
from dinghuo.identity.tables import SCOPES
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Language


class Grants(msgspec.Struct, frozen=True, kw_only=True):
    """The sum of a user's roles; `must` is what they have to do before using any of it."""

    id: UUID
    audience: Audience
    state: str
    name: str
    language: Language
    permissions: frozenset[str]
    scope: Scope
    department_id: UUID | None
    sees_cost: bool
    sees_margin: bool
    sees_price: bool
    customer_ids: frozenset[UUID]
    # Of companies in which a dealer's user has roles beside those they have everywhere.
    rights: Mapping[UUID, Rights]
    must: Literal["password", "totp"] | None


# A head answers for a department without belonging to it. What lies below a department or region counts with it.
_GRANTS = """
with recursive person as (
  select * from app_user where tenant_id = $1 and id = $2
), held as (
  select r.* from user_role u join role r on r.tenant_id = $1 and r.id = u.role_id
  where u.tenant_id = $1 and u.user_id = $2
), held_there as (
  select c.customer_id, r.* from user_customer_role c join role r on r.tenant_id = $1 and r.id = c.role_id
  where c.tenant_id = $1 and c.user_id = $2
), departments as (
  select d.id from department d
  where d.tenant_id = $1 and (d.head_id = $2 or d.id = (select department_id from person))
  union
  select d.id from departments above join department d on d.tenant_id = $1 and d.parent_id = above.id
), regions as (
  select u.region_id as id from user_region u where u.tenant_id = $1 and u.user_id = $2
  union
  select r.id from regions above join region r on r.tenant_id = $1 and r.parent_id = above.id
)
select person.id, person.audience, person.state, person.name, person.language, person.department_id,
  person.must_change_password, person.totp_confirmed_at is not null as has_totp,
  coalesce((select bool_or(requires_totp) from held), false)
    or coalesce((select bool_or(requires_totp) from held_there), false) as requires_totp,
  coalesce((select bool_or(sees_cost) from held), false) as sees_cost,
  coalesce((select bool_or(sees_margin) from held), false) as sees_margin,
  coalesce((select bool_or(sees_price) from held), false) as sees_price,
  array(select distinct scope from held) as scopes,
  array(select distinct p.permission from held join role_permission p
        on p.tenant_id = $1 and p.role_id = held.id) as permissions,
  array(select id from departments) as department_ids,
  array(select id from regions) as region_ids,
  array(select c.customer_id from user_customer c where c.tenant_id = $1 and c.user_id = $2) as customer_ids,
  array(select distinct h.customer_id || ' ' || p.permission from held_there h join role_permission p
        on p.tenant_id = $1 and p.role_id = h.id) as permissions_there,
  array(select distinct customer_id from held_there where sees_price) as prices_there
from person
"""


async def user_grants(tx: Tx, user_id: UUID) -> Grants:
    """What this user may do now. The user exists: credentials refer to it."""
    row = (await tx.fetch(_GRANTS, user_id))[0]
    return Grants(
        id=row["id"],
        audience=row["audience"],
        state=row["state"],
        name=row["name"],
        language=row["language"],
        permissions=frozenset(row["permissions"]),
        scope=_scope(row),
        department_id=row["department_id"],
        sees_cost=row["sees_cost"],
        sees_margin=row["sees_margin"],
        sees_price=row["sees_price"],
        customer_ids=frozenset(row["customer_ids"]),
        rights=_rights(row),
        must="password"
        if row["must_change_password"]
        else "totp"
        if row["requires_totp"] and not row["has_totp"]
        else None,
    )


def _rights(row: Any) -> dict[UUID, Rights]:
    """What the user may do in companies with roles of their own: those, and those they have everywhere."""
    there: dict[UUID, set[str]] = {}
    for pair in row["permissions_there"]:
        customer_id, _, permission = pair.partition(" ")
        there.setdefault(UUID(customer_id), set()).add(permission)
    prices = frozenset(row["prices_there"])
    return {
        id: Rights(frozenset(row["permissions"]) | there.get(id, frozenset()), row["sees_price"] or id in prices)
        for id in there.keys() | prices
    }


def _scope(row: Any) -> Scope:
    """The union of the scopes of all roles held: the widest names it."""
    kinds: set[ScopeKind] = set(row["scopes"])
    return Scope(
        max(kinds, key=SCOPES.index, default="own"),
        row["id"],
        frozenset(row["department_ids"] if "department" in kinds else ()),
        frozenset(row["region_ids"] if "region" in kinds else ()),
    )


_PARTS = """
with recursive departments as (
  select d.id from department d where d.tenant_id = $1 and d.id = any($2::uuid[])
  union
  select d.id from departments above join department d on d.tenant_id = $1 and d.parent_id = above.id
), regions as (
  select r.id from region r where r.tenant_id = $1 and r.id = any($3::uuid[])
  union
  select r.id from regions above join region r on r.tenant_id = $1 and r.parent_id = above.id
)
select array(select id from departments) as department_ids, array(select id from regions) as region_ids
"""


async def scope_of_parts(
    tx: Tx, kind: ScopeKind, department_ids: Sequence[UUID], region_ids: Sequence[UUID]
) -> Scope:
    """The scope of a key that acts for no user."""
    if kind == "all":
        return EVERYTHING
    row = (await tx.fetch(_PARTS, department_ids, region_ids))[0]
    return Scope(kind, None, frozenset(row["department_ids"]), frozenset(row["region_ids"]))
