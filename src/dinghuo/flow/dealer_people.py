"""Who of a dealer is told of what: by what they may do in that company."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.kit.database import Tx

_PEOPLE = """
select m.customer_id, u.id as user_id, array_agg(distinct p.permission) as permissions
from user_customer m
join app_user u on u.tenant_id = $1 and u.id = m.user_id and u.state = 'active'
cross join lateral (
  select r.role_id from user_role r where r.tenant_id = $1 and r.user_id = m.user_id
  union
  select r.role_id from user_customer_role r
  where r.tenant_id = $1 and r.user_id = m.user_id and r.customer_id = m.customer_id
) held
join role_permission p on p.tenant_id = $1 and p.role_id = held.role_id and p.permission = any($3::text[])
where m.tenant_id = $1 and m.customer_id = any($2::uuid[])
group by m.customer_id, u.id order by m.customer_id, u.id
"""
READ, PLACE, APPROVE = "portal.orders.read", "portal.orders.place", "portal.orders.approve"


class People(msgspec.Struct, frozen=True):
    """The people of some companies who have to do with orders, with what they may do there."""

    of: dict[UUID, dict[UUID, frozenset[str]]]

    def who_may(self, customer_id: UUID, permission: str) -> list[UUID]:
        return [id for id, permissions in self.of.get(customer_id, {}).items() if permission in permissions]

    def concerned(self, customer_id: UUID, named: Collection[UUID | None]) -> list[UUID]:
        """Those named who are still of the company; when none of them is, whoever places orders there."""
        present = self.of.get(customer_id, {})
        return [id for id in present if id in named] or self.who_may(customer_id, PLACE)


async def people_of(tx: Tx, customers: Collection[UUID]) -> People:
    """In one statement, however many companies."""
    rows: list[Any] = await tx.fetch(_PEOPLE, sorted(set(customers)), [READ, PLACE, APPROVE]) if customers else []
    found: dict[UUID, dict[UUID, frozenset[str]]] = {}
    for row in rows:
        found.setdefault(row["customer_id"], {})[row["user_id"]] = frozenset(row["permissions"])
    return People(found)
