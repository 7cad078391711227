"""Data scopes: which customers somebody may see, worked out in queries."""

from uuid import UUID

import msgspec
import pytest
from sqlalchemy import select
from tests.support import Tenant, key_of, make_user, principal_of

from dinghuo.identity.principals import EVERYTHING, DealerPrincipal, Principal, Scope, StaffPrincipal
from dinghuo.identity.scopes import visible_customers
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Database
from dinghuo.kit.ids import new_id
from dinghuo.orders.scope import sees
from dinghuo.parties.facts import load_customers
from dinghuo.parties.tables import customer

# The tree of departments: east > sh, west. Of regions: R1 > R11, R2.
_FILL = """
with departments as (
  insert into department (tenant_id, id, code, name, parent_id, created_at)
  values ($1, $2, 'east', '东', null, now()), ($1, $3, 'sh', '沪', $2, now()), ($1, $4, 'west', '西', null, now())
), regions as (
  insert into region (tenant_id, id, code, name, parent_id)
  values ($1, $5, 'R1', '一', null), ($1, $6, 'R11', '一一', $5), ($1, $7, 'R2', '二', null)
)
insert into customer (tenant_id, id, code, name, department_id, region_id, owner_id, created_at, updated_at)
select $1, gen_random_uuid(), c.code, c.code, d, r, o, now(), now()
from (values ('plain', null::uuid, null::uuid, null::uuid), ('of_east', $2, null, null), ('of_sh', $3, null, null),
             ('of_west', $4, null, null), ('in_r1', null, $5, null), ('in_r11', null, $6, null),
             ('in_r2', null, $7, null), ('of_owner', $4, $7, $8)) c(code, d, r, o)
"""


@pytest.fixture
async def ids(database: Database, tenant: Tenant) -> list[UUID]:
    made = [new_id() for _ in range(6)]
    async with database.transaction(tenant.id) as tx:
        await tx.write(_FILL, *made, tenant.owner_id)
        await touch(tx, "parties")
    return made


async def seen(database: Database, tenant: Tenant, principal: Principal) -> set[str]:
    async with database.transaction(tenant.id) as tx:
        rows = await tx.rows(
            select(customer.c.code).where(
                customer.c.tenant_id == tx.tenant_id, visible_customers(principal, customer)
            )
        )
    return {row.code for row in rows}


async def principal(database: Database, tenant: Tenant, login: str) -> StaffPrincipal:
    found = await principal_of(database, await key_of(database, tenant, login))
    assert isinstance(found, StaffPrincipal)
    return found


async def set_scope(database: Database, tenant: Tenant, role: str, scope: str) -> None:
    async with database.transaction(tenant.id) as tx:
        await tx.write("update role set scope = $3 where tenant_id = $1 and code = $2", role, scope)


@pytest.mark.parametrize(
    ("scope", "expected"),
    [
        ("own", set()),
        ("department", {"of_east", "of_sh"}),
        ("region", {"in_r1", "in_r11"}),
        ("all", {"plain", "of_east", "of_sh", "of_west", "in_r1", "in_r11", "in_r2", "of_owner"}),
    ],
)
async def test_a_scope_shows_its_customers(
    database: Database, tenant: Tenant, ids: list[UUID], scope: str, expected: set[str]
) -> None:
    await set_scope(database, tenant, "sales", scope)
    login = await make_user(database, tenant, "sales", department="east", regions=["R1"])
    found = await principal(database, tenant, login)
    assert found.scope.kind == scope
    assert await seen(database, tenant, found) == expected


async def test_one_always_sees_ones_own_customers(database: Database, tenant: Tenant, ids: list[UUID]) -> None:
    for scope, expected in (("own", {"of_owner"}), ("department", {"of_owner"}), ("region", {"of_owner"})):
        await set_scope(database, tenant, "owner", scope)
        assert await seen(database, tenant, await principal(database, tenant, "owner")) == expected


async def test_the_scopes_of_several_roles_add_up(database: Database, tenant: Tenant, ids: list[UUID]) -> None:
    await set_scope(database, tenant, "sales", "region")
    login = await make_user(database, tenant, "sales", "sales_manager", department="west", regions=["R11"])
    found = await principal(database, tenant, login)
    assert found.scope.kind == "region"
    assert await seen(database, tenant, found) == {"of_west", "of_owner", "in_r11"}


async def test_a_head_sees_the_department_without_belonging_to_it(
    database: Database, tenant: Tenant, ids: list[UUID]
) -> None:
    login = await make_user(database, tenant, "sales_manager", department="west")
    async with database.transaction(tenant.id) as tx:
        await tx.write(
            "update department set head_id = (select id from app_user where tenant_id = $1 and login = $2) "
            "where tenant_id = $1 and code = 'sh'",
            login,
        )
    assert await seen(database, tenant, await principal(database, tenant, login)) == {"of_west", "of_sh", "of_owner"}


async def test_without_roles_nothing_is_seen(database: Database, tenant: Tenant, ids: list[UUID]) -> None:
    login = await make_user(database, tenant, department="east", regions=["R1"])
    found = await principal(database, tenant, login)
    assert (found.permissions, found.scope.kind) == (frozenset(), "own")
    assert await seen(database, tenant, found) == set()


async def test_a_dealer_sees_the_company_acted_for(database: Database, tenant: Tenant, ids: list[UUID]) -> None:
    login = await make_user(database, tenant, "dealer_buyer", customers=["plain", "in_r2"])
    found = await principal_of(database, await key_of(database, tenant, login))
    assert isinstance(found, DealerPrincipal)
    async with database.transaction(tenant.id) as tx:
        facts = (await load_customers(tx, ["plain", "in_r1", "in_r2"])).values()
    codes = {fact.id: fact.code for fact in facts}
    for customer_id in found.customer_ids:
        acting = msgspec.structs.replace(found, customer_id=customer_id)
        may_see = sees(acting)
        assert may_see is not None
        assert await seen(database, tenant, acting) == {codes[customer_id]}
        assert [fact.id for fact in facts if may_see(fact)] == [customer_id]


async def test_a_scope_of_nothing_and_a_scope_of_everything(
    database: Database, tenant: Tenant, ids: list[UUID]
) -> None:
    def somebody(scope: Scope) -> StaffPrincipal:
        return StaffPrincipal(id=new_id(), tenant_id=tenant.id, name="x", scope=scope)

    assert await seen(database, tenant, somebody(Scope("department"))) == set()
    assert len(await seen(database, tenant, somebody(EVERYTHING))) == 8


async def test_field_rights_are_those_of_any_role(database: Database, tenant: Tenant) -> None:
    warehouse = await principal(database, tenant, await make_user(database, tenant, "warehouse"))
    both = await principal(database, tenant, await make_user(database, tenant, "warehouse", "finance"))
    assert (warehouse.sees_cost, warehouse.sees_margin, warehouse.sees_price) == (False, False, False)
    assert (both.sees_cost, both.sees_margin, both.sees_price) == (True, True, True)
