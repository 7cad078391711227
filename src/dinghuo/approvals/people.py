"""Who is asked in a step: holders of roles, named users, and people by what they are to a customer.

Customers and their words lie above this module: named by table, never imported. They are looked for when the step
opens, for many requests in one statement. Holders of a role are asked when the customer lies in their data scope.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

import msgspec

from dinghuo.approvals.flow import Origin
from dinghuo.approvals.policies import Approver
from dinghuo.kit.database import Tx

_FALLBACK = -1


class Wanted(msgspec.Struct, frozen=True):
    """Whom a step wants, for one request. Who asked does not decide on it."""

    approvers: Sequence[Approver]
    customer_id: UUID | None
    requested_by: UUID | None
    # Users by the words that the caller gave.
    people: Mapping[str, Sequence[UUID]] = {}


class _Row(msgspec.Struct, frozen=True):
    slot: int
    by: str
    code: str | None
    customer_id: UUID | None


_FIND = """
with recursive wanted as (
  select w.slot, w.by, w.code, w.customer_id
  from json_to_recordset($2::json) as w(slot int, by text, code text, customer_id uuid)
), buyer as materialized (
  select c.id, c.owner_id, c.department_id, c.region_id from customer c
  where c.tenant_id = $1 and c.id = any(array(select w.customer_id from wanted w))
), above (customer_id, whose, id, parent_id, head_id, far) as (
  select b.id, 'owner', d.id, d.parent_id, d.head_id, 0 from buyer b
  join app_user o on o.tenant_id = $1 and o.id = b.owner_id
  join department d on d.tenant_id = $1 and d.id = o.department_id
  union all
  select b.id, 'customer', d.id, d.parent_id, d.head_id, 0 from buyer b
  join department d on d.tenant_id = $1 and d.id = b.department_id
  union all
  select a.customer_id, a.whose, d.id, d.parent_id, d.head_id, a.far + 1 from above a
  join department d on d.tenant_id = $1 and d.id = a.parent_id where a.far < 16
), around (customer_id, id, parent_id, head_id, far) as (
  select b.id, r.id, r.parent_id, r.head_id, 0 from buyer b
  join region r on r.tenant_id = $1 and r.id = b.region_id
  union all
  select a.customer_id, r.id, r.parent_id, r.head_id, a.far + 1 from around a
  join region r on r.tenant_id = $1 and r.id = a.parent_id where a.far < 16
), found (slot, user_id) as (
  select w.slot, u.id from wanted w join app_user u on u.tenant_id = $1 and u.login = w.code where w.by = 'user'
  union
  select w.slot, w.code::uuid from wanted w where w.by = 'id'
  union
  select w.slot, b.owner_id from wanted w join buyer b on b.id = w.customer_id where w.by = 'sales_person'
  union
  select w.slot, (
    select a.head_id from above a where a.customer_id = b.id and a.whose = 'owner' and a.head_id is not null
      and a.head_id is distinct from b.owner_id order by a.far limit 1
  ) from wanted w join buyer b on b.id = w.customer_id where w.by = 'sales_manager'
  union
  select w.slot, (
    select a.head_id from above a where a.customer_id = b.id and a.whose = 'customer' and a.head_id is not null
    order by a.far limit 1
  ) from wanted w join buyer b on b.id = w.customer_id where w.by = 'department_head'
  union
  select w.slot, (
    select a.head_id from around a where a.customer_id = b.id and a.head_id is not null order by a.far limit 1
  ) from wanted w join buyer b on b.id = w.customer_id where w.by = 'region_head'
  union
  select w.slot, h.user_id from wanted w
  join role r on r.tenant_id = $1 and r.code = w.code
  join user_role h on h.tenant_id = $1 and h.role_id = r.id
  join app_user u on u.tenant_id = $1 and u.id = h.user_id
  left join buyer b on b.id = w.customer_id
  where w.by = 'role' and (
    b.id is null or r.scope = 'all' or b.owner_id = u.id
    or (r.scope = 'department' and exists (
      select from above a where a.customer_id = b.id and a.whose = 'customer'
        and (a.head_id = u.id or a.id = u.department_id)
    ))
    or (r.scope = 'region' and exists (
      select from around a join user_region s on s.tenant_id = $1 and s.region_id = a.id and s.user_id = u.id
      where a.customer_id = b.id
    ))
  )
), entitled as materialized (
  select h.user_id, bool_or(p.permission = 'approvals.write') as keeps_policies
  from user_role h join role_permission p on p.tenant_id = $1 and p.role_id = h.role_id
  where h.tenant_id = $1 and p.permission in ('approvals.decide', 'approvals.write')
  group by h.user_id having bool_or(p.permission = 'approvals.decide')
)
select f.slot, u.id from found f
join entitled e on e.user_id = f.user_id
join app_user u on u.tenant_id = $1 and u.id = f.user_id and u.state = 'active' and u.audience = 'staff'
union all
select -1, u.id from entitled e
join app_user u on u.tenant_id = $1 and u.id = e.user_id and u.state = 'active' and u.audience = 'staff'
where e.keeps_policies
order by 1, 2
"""


async def find_people(tx: Tx, wanted: Sequence[Wanted], origin: Origin = "policy") -> list[dict[UUID, Origin]]:
    """Whom each asks. A step that finds nobody asks those who keep the policies; the last resort is who asked."""
    rows = [row for slot, one in enumerate(wanted) for row in _rows(slot, one)]
    found: dict[int, list[UUID]] = {}
    for row in await tx.fetch(_FIND, msgspec.json.encode(rows).decode()) if wanted else ():
        found.setdefault(row["slot"], []).append(row["id"])
    keepers = found.get(_FALLBACK, [])
    return [_people(one, found.get(slot, []), keepers, origin) for slot, one in enumerate(wanted)]


def _people(one: Wanted, found: Sequence[UUID], keepers: Sequence[UUID], origin: Origin) -> dict[UUID, Origin]:
    people: dict[UUID, Origin] = {user: origin for user in found if user != one.requested_by}
    if not people:
        people = {user: "fallback" for user in keepers if user != one.requested_by}
    if not people and one.requested_by is not None and one.requested_by in (*found, *keepers):
        people = {one.requested_by: "fallback"}
    return people


def _rows(slot: int, one: Wanted) -> list[_Row]:
    rows = []
    for approver in one.approvers:
        word = approver.word or ""
        if approver.by != "person_of":
            rows.append(_Row(slot, approver.by, approver.code, one.customer_id))
        elif word in one.people:
            rows += [_Row(slot, "id", str(user), None) for user in one.people[word]]
        elif word and one.customer_id is not None:
            rows.append(_Row(slot, word, None, one.customer_id))
    return rows


_ENTITLED = """
select u.id, u.login, u.name, exists (
  select from user_role h join role_permission p on p.tenant_id = $1 and p.role_id = h.role_id
  where h.tenant_id = $1 and h.user_id = u.id and p.permission = 'approvals.decide'
) as may_decide
from app_user u
where u.tenant_id = $1 and u.login = $2 and u.audience = 'staff' and u.state = 'active'
"""


class Colleague(msgspec.Struct, frozen=True):
    id: UUID
    login: str
    name: str
    may_decide: bool


async def colleague(tx: Tx, login: str) -> Colleague | None:
    """A user of our own by login."""
    rows = await tx.fetch(_ENTITLED, login)
    return Colleague(**dict(rows[0])) if rows else None
