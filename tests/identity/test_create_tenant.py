"""A new tenant: whole or not at all."""

import asyncio

import pytest
from sqlalchemy import text
from tests.identity.conftest import PASSWORD
from tests.support import Tenant, contents, make_tenant

from dinghuo.identity.create_tenant import NewTenant, create_tenant
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database
from dinghuo.kit.errors import Refused
from dinghuo.kit.ids import new_id


async def tenants(database: Database, like: str) -> int:
    async with database.untenanted() as connection:
        found = await connection.scalar(text("select count(*) from tenant where code like :like"), {"like": like})
    return int(found or 0)


async def test_a_tenant_has_an_organisation_roles_and_an_owner(database: Database, tenant: Tenant) -> None:
    rows = await contents(database, tenant)
    assert {name: len(found) for name, found in rows.items() if found} == {
        "app_user": 1,
        "audit_entry": 1,
        "organisation": 1,
        "role": 10,
        "role_permission": len(rows["role_permission"]),
        "user_role": 1,
    }
    assert str(tenant.owner_id) in rows["app_user"][0]
    assert str(tenant.organisation_id) in rows["organisation"][0]


async def test_two_tenants_do_not_see_each_other(database: Database, tenant: Tenant) -> None:
    other = await make_tenant(database)
    assert other.id != tenant.id
    mine, theirs = await contents(database, tenant), await contents(database, other)
    assert mine.keys() == theirs.keys()
    assert not set(mine["role"]) & set(theirs["role"])
    async with database.transaction(tenant.id) as tx:
        both = await tx.fetch("select id from role where tenant_id = $1 or tenant_id = $2", other.id)
    assert len(both) == len(mine["role"])


@pytest.mark.parametrize(
    ("code", "password", "expected"),
    [
        ("X", None, ["tenant-code-form"]),
        ("Ä-company", None, ["tenant-code-form"]),
        ("-company", None, ["tenant-code-form"]),
        ("x" * 41, None, ["tenant-code-form"]),
        ("good-code", "short", ["password-length"]),
        ("bad code", "the owner's login", ["tenant-code-form", "password-guessable"]),
    ],
)
async def test_a_refused_tenant_is_not_there(
    database: Database, code: str, password: str | None, expected: list[str]
) -> None:
    new = NewTenant(code=code, name="公司", owner_login="the owner's login")
    with pytest.raises(Refused) as refused:
        await create_tenant(database, new, password=password, by=SYSTEM)
    assert [fault.message.code for fault in refused.value.faults] == expected
    assert await tenants(database, code) == 0


async def test_a_code_or_a_host_that_is_taken_is_refused_and_nothing_remains(
    database: Database, tenant: Tenant
) -> None:
    with pytest.raises(Refused) as refused:
        await create_tenant(database, NewTenant(code=tenant.code, name="又"), password=None, by=SYSTEM)
    assert refused.value.faults[0].message.code == "tenant-code-taken"
    one, two = (f"h-{new_id().hex}" for _ in range(2))
    first = NewTenant(code=one, name="一", hosts=(f"{one}.example.com",))
    await create_tenant(database, first, password=None, by=SYSTEM)
    second = NewTenant(code=two, name="二", hosts=(f"{two}.example.com", f"{one}.EXAMPLE.com"))
    with pytest.raises(Refused) as refused:
        await create_tenant(database, second, password=None, by=SYSTEM)
    assert [(fault.message.code, fault.params) for fault in refused.value.faults] == [
        ("host-taken", {"host": f"{one}.example.com"})
    ]
    assert await tenants(database, two) == 0


async def test_of_two_with_one_code_at_once_one_is_made(database: Database) -> None:
    code = f"race-{new_id().hex}"
    new = NewTenant(code=code, name="公司")
    outcomes = await asyncio.gather(
        *(create_tenant(database, new, password=None, by=SYSTEM) for _ in range(4)), return_exceptions=True
    )
    assert sum(isinstance(outcome, Refused) for outcome in outcomes) == 3
    assert await tenants(database, code) == 1


async def test_the_owners_password_is_hashed(database: Database) -> None:
    code = f"p-{new_id().hex}"
    made = await create_tenant(database, NewTenant(code=code, name="公司"), password=PASSWORD, by=SYSTEM)
    rows = await contents(database, Tenant(made.id, code, made.organisation_id, made.owner_id))
    assert "$argon2id$" in rows["app_user"][0]
    assert PASSWORD not in str(rows)
