"""A dealer's administrator and the users of their own company."""

from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.conftest import AsRole
from tests.identity.conftest import codes, give_password, sign_in
from tests.support import Tenant, client_of, contents, make_user

from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow


@pytest.fixture
async def customers(database: Database, tenant: Tenant) -> dict[str, str]:
    async with database.transaction(tenant.id) as tx:
        rows = await tx.fetch(
            "insert into customer (tenant_id, id, code, name, created_at, updated_at) "
            "select $1, gen_random_uuid(), code, code, now(), now() from unnest('{C1,C2,C3}'::text[]) c(code) "
            "returning code, id::text"
        )
    return dict(row.values() for row in rows)


@pytest.fixture
async def admin(as_role: AsRole, customers: dict[str, str]) -> httpx.AsyncClient:
    return await as_role("dealer_admin", login="admin", customers=["C1", "C2"])


async def put(client: httpx.AsyncClient, *items: dict[str, Any]) -> httpx.Response:
    return await client.put("/portal/v1/users", json={"items": list(items)})


async def test_an_administrator_makes_users_of_the_company_they_act_for(
    admin: httpx.AsyncClient, customers: dict[str, str]
) -> None:
    admin.headers["x-customer"] = customers["C2"]
    made = await put(
        admin,
        {"login": "buyer", "name": "采购", "roles": ["dealer_buyer"]},
        {"login": "both", "name": "两家", "roles": ["dealer_receiver"], "customers": ["C1", "C2"]},
    )
    assert made.json() == {"created": 2, "updated": 0, "unchanged": 0, "warnings": []}
    users = {user["login"]: user for user in (await admin.get("/portal/v1/users")).json()["items"]}
    assert {login: user["customers"] for login, user in users.items()} == {
        "admin": ["C1", "C2"],
        "both": ["C1", "C2"],
        "buyer": ["C2"],
    }
    assert users["buyer"]["audience"] == "dealer"
    assert (await put(admin, {"login": "buyer", "state": "disabled"})).json()["updated"] == 1


async def test_a_given_password_opens_the_portal(app: Litestar, admin: httpx.AsyncClient, tenant: Tenant) -> None:
    await put(admin, {"login": "buyer", "name": "采购", "roles": ["dealer_buyer"]})
    users = (await admin.get("/portal/v1/users")).json()["items"]
    buyer = next(user["id"] for user in users if user["login"] == "buyer")
    given = (await admin.post(f"/portal/v1/users/{buyer}/password", json={})).json()["password"]
    async with client_of(app) as client:
        answer = await sign_in(client, tenant, "buyer", given, at="/portal/v1")
        assert answer.json()["me"]["must"] == "password"
        new = {"old": given, "new": "chosen by myself"}
        assert (await client.post("/portal/v1/me/password", json=new)).status_code == 204
        assert (await client.get("/portal/v1/me")).json()["must"] is None
        assert len((await client.get("/portal/v1/me/sessions")).json()) == 1
        assert (await client.post("/portal/v1/sign-out")).status_code == 204
        assert codes(await client.get("/portal/v1/me")) == ["sign-in-first"]


async def test_a_dealer_chooses_the_company_to_act_for_among_their_own(
    admin: httpx.AsyncClient, customers: dict[str, str]
) -> None:
    me = (await admin.get("/portal/v1/me")).json()
    assert [customer["code"] for customer in me["customers"]] == ["C1", "C2"]
    assert me["customer_id"] in (customers["C1"], customers["C2"])
    for code in ("C1", "C2"):
        chosen = await admin.get("/portal/v1/me", headers={"x-customer": customers[code]})
        assert chosen.json()["customer_id"] == customers[code]
    for foreign in (customers["C3"], "nonsense", "0" * 32):
        answer = await admin.get("/portal/v1/me", headers={"x-customer": foreign})
        assert (answer.status_code, codes(answer)) == (403, ["not-your-customer"])


async def test_users_of_other_companies_and_staff_cannot_be_seen_or_touched(
    database: Database, tenant: Tenant, admin: httpx.AsyncClient
) -> None:
    await make_user(database, tenant, "dealer_buyer", login="stranger", customers=["C3"])
    await make_user(database, tenant, "dealer_buyer", login="shared", customers=["C1", "C3"])
    await make_user(database, tenant, "sales", login="staff")
    seen = (await admin.get("/portal/v1/users")).json()["items"]
    assert [user["login"] for user in seen] == ["admin"]
    async with database.transaction(tenant.id) as tx:
        rows = await tx.fetch("select login, id::text from app_user where tenant_id = $1")
    ids = dict(row.values() for row in rows)
    before = await contents(database, tenant)
    for login in ("stranger", "shared", "staff", "owner"):
        answer = await put(admin, {"login": login, "state": "disabled"})
        assert (answer.status_code, codes(answer)) == (409, ["login-taken"])
        answer = await admin.post(f"/portal/v1/users/{ids[login]}/password", json={})
        assert (answer.status_code, codes(answer)) == (404, ["no-such-record"])
    assert await contents(database, tenant) == before


@pytest.mark.parametrize(
    ("item", "status", "expected"),
    [
        ({"roles": ["sales"]}, 409, ["role-of-others"]),
        ({"roles": ["pilot"]}, 422, ["unknown-code"]),
        ({"customers": ["C3"]}, 422, ["unknown-code"]),
        ({"audience": "staff"}, 422, ["invalid-value"]),
    ],
)
async def test_a_refused_user_leaves_no_trace(
    database: Database,
    tenant: Tenant,
    admin: httpx.AsyncClient,
    item: dict[str, Any],
    status: int,
    expected: list[str],
) -> None:
    before = await contents(database, tenant)
    answer = await put(admin, {"login": "new", "name": "新", **item})
    assert (answer.status_code, codes(answer)) == (status, expected)
    assert await contents(database, tenant) == before


async def test_nobody_at_a_dealer_gives_more_than_they_have(
    database: Database, tenant: Tenant, as_role: AsRole, customers: dict[str, str]
) -> None:
    owner = await as_role("owner")
    keeper = {"code": "keeper", "name": "用户管理", "audience": "dealer", "permissions": ["portal.users"]}
    await owner.put("/api/v1/roles", json={"items": [keeper]})
    client = await as_role("keeper", audience="dealer", customers=["C1"])
    before = await contents(database, tenant)
    answer = await put(client, {"login": "new", "name": "新", "roles": ["dealer_receiver"]})
    assert answer.status_code == 403
    assert set(codes(answer)) == {"beyond-own-permissions"}
    assert await contents(database, tenant) == before


async def test_a_buyer_manages_no_users(as_role: AsRole, customers: dict[str, str]) -> None:
    buyer = await as_role("dealer_buyer", customers=["C1"])
    for answer in (await buyer.get("/portal/v1/users"), await put(buyer, {"login": "new", "name": "新"})):
        assert (answer.status_code, codes(answer)) == (403, ["not-permitted"])


async def test_a_dealer_may_have_a_second_factor_too(
    app: Litestar, database: Database, tenant: Tenant, admin: httpx.AsyncClient
) -> None:
    await give_password(database, tenant, "admin")
    async with client_of(app) as client:
        await sign_in(client, tenant, "admin", at="/portal/v1")
        enrolment = await client.post("/portal/v1/me/totp", json={"password": "an honest password"})
        assert enrolment.status_code == 201
        wrong = await client.post("/portal/v1/me/totp/confirm", json={"code": "abc"})
        assert codes(wrong) == ["wrong-second-factor"]
        removed = await client.post("/portal/v1/me/totp/remove", json={"password": "an honest password"})
        assert removed.status_code == 204
