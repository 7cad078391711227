"""A dealer's administrator and the people of one company: what they are there, and that they come and go."""

from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.conftest import AsRole
from tests.identity.conftest import PASSWORD, codes
from tests.support import Tenant, client_of, key_of, make_user, trail

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
    client = await as_role("dealer_admin", login="admin", customers=["C1"])
    client.headers["accept-language"] = "en"
    return client


async def members(admin: httpx.AsyncClient) -> dict[str, dict[str, Any]]:
    answer = await admin.get("/portal/v1/members")
    assert answer.status_code == 200, answer.text
    return {one["login"]: one for one in answer.json()["items"]}


async def put_roles(admin: httpx.AsyncClient, user_id: str, *roles: str) -> httpx.Response:
    return await admin.put(f"/portal/v1/members/{user_id}/roles", json={"roles": list(roles)})


async def test_everyone_of_the_company_is_told_and_what_may_be_done_about_them(
    database: Database, tenant: Tenant, admin: httpx.AsyncClient
) -> None:
    await make_user(database, tenant, "dealer_buyer", login="own", customers=["C1"])
    await make_user(database, tenant, "dealer_receiver", login="shared", customers=["C1", "C3"])
    await make_user(database, tenant, "dealer_buyer", login="stranger", customers=["C3"])
    told = await members(admin)
    assert {login: (one["roles"], one["elsewhere"], one["actions"]) for login, one in told.items()} == {
        "admin": (["dealer_admin"], False, ["edit"]),
        "own": (["dealer_buyer"], False, ["edit", "password", "roles", "remove"]),
        "shared": (["dealer_receiver"], True, ["roles", "remove"]),
    }
    assert [login for login, one in told.items() if one["is_you"]] == ["admin"]
    roles = (await admin.get("/portal/v1/member-roles")).json()
    assert [(one["code"], one["may_give"]) for one in roles] == [
        ("dealer_admin", True),
        ("dealer_buyer", True),
        ("dealer_approver", True),
        ("dealer_receiver", True),
    ]
    pages = [await admin.get("/portal/v1/members", params={"limit": 2})]
    pages.append(await admin.get("/portal/v1/members", params={"limit": 2, "cursor": pages[0].json()["cursor"]}))
    assert [[one["login"] for one in page.json()["items"]] for page in pages] == [["admin", "own"], ["shared"]]


async def test_roles_of_one_company_leave_the_others_alone(
    app: Litestar, database: Database, tenant: Tenant, admin: httpx.AsyncClient, customers: dict[str, str]
) -> None:
    login = await make_user(database, tenant, "dealer_buyer", login="shared", customers=["C1", "C3"])
    id = (await members(admin))["shared"]["id"]
    assert (await put_roles(admin, id, "dealer_receiver", "dealer_approver")).status_code == 204
    assert (await members(admin))["shared"]["roles"] == ["dealer_approver", "dealer_receiver"]
    key = (await key_of(database, tenant, login)).text()
    may = {}
    for code in ("C1", "C3"):
        async with client_of(app, x_api_key=key, x_customer=customers[code]) as client:
            may[code] = set((await client.get("/portal/v1/me")).json()["permissions"])
    assert "portal.orders.receive" in may["C1"] and "portal.orders.place" not in may["C1"]
    assert "portal.orders.place" in may["C3"] and "portal.orders.receive" not in may["C3"]
    before = len(await trail(database, tenant))
    assert (await put_roles(admin, id, "dealer_receiver", "dealer_approver")).status_code == 204
    assert len(await trail(database, tenant)) == before


async def test_who_is_removed_stays_where_else_they_belong(
    app: Litestar, database: Database, tenant: Tenant, admin: httpx.AsyncClient, customers: dict[str, str]
) -> None:
    shared = await make_user(database, tenant, "dealer_buyer", login="shared", customers=["C1", "C3"])
    own = await make_user(database, tenant, "dealer_buyer", login="own", customers=["C1"])
    keys = {login: (await key_of(database, tenant, login)).text() for login in (shared, own)}
    told = await members(admin)
    for login in (shared, own):
        assert (await admin.delete(f"/portal/v1/members/{told[login]['id']}")).status_code == 204
    assert list(await members(admin)) == ["admin"]
    async with client_of(app, x_api_key=keys[shared]) as client:
        assert [one["code"] for one in (await client.get("/portal/v1/me")).json()["customers"]] == ["C3"]
    async with client_of(app, x_api_key=keys[own]) as client:
        assert codes(await client.get("/portal/v1/me")) == ["user-disabled"]
    again = await admin.delete(f"/portal/v1/members/{told[own]['id']}")
    assert (again.status_code, codes(again)) == (404, ["no-such-record"])


async def test_nobody_touches_themselves_strangers_or_who_may_do_more(
    as_role: AsRole, database: Database, tenant: Tenant, admin: httpx.AsyncClient, customers: dict[str, str]
) -> None:
    await make_user(database, tenant, "dealer_buyer", login="stranger", customers=["C3"])
    async with database.transaction(tenant.id) as tx:
        await tx.write(
            "with made as (insert into role (tenant_id, id, code, name, audience, scope, created_at) "
            "values ($1, gen_random_uuid(), 'dealer_keeper', 'keeper', 'dealer', 'own', now()) returning id) "
            "insert into role_permission (tenant_id, role_id, permission) "
            "select $1, made.id, 'portal.users' from made"
        )
        rows = await tx.fetch("select id::text from app_user where tenant_id = $1 and login = 'stranger'")
    stranger = rows[0]["id"]
    keeper = await as_role("dealer_keeper", login="keeper", customers=["C1"])
    told = await members(admin)
    before = await trail(database, tenant)
    for client, user_id, status, code in (
        (admin, told["admin"]["id"], 409, "not-oneself"),
        (admin, stranger, 404, "no-such-record"),
        (keeper, told["admin"]["id"], 403, "beyond-own-permissions"),
    ):
        for answer in (
            await put_roles(client, user_id, "dealer_keeper"),
            await client.delete(f"/portal/v1/members/{user_id}"),
        ):
            assert (answer.status_code, set(codes(answer))) == (status, {code}), answer.text
    given = await put_roles(keeper, told["keeper"]["id"], "dealer_admin")
    assert codes(given) == ["not-oneself"]
    assert (await members(keeper))["admin"]["actions"] == []
    roles = (await keeper.get("/portal/v1/member-roles")).json()
    assert [one["code"] for one in roles if one["may_give"]] == ["dealer_keeper"]
    assert codes(await put_roles(admin, told["keeper"]["id"])) == ["member-without-roles"]
    assert codes(await put_roles(admin, told["keeper"]["id"], "owner", "nothing")) == [
        "role-of-others",
        "unknown-code",
    ]
    assert await trail(database, tenant) == before


async def test_a_colleague_is_invited_and_comes(
    app: Litestar, database: Database, tenant: Tenant, admin: httpx.AsyncClient, as_role: AsRole
) -> None:
    made = await admin.post("/portal/v1/invitations", json={"roles": ["dealer_buyer"], "name": "李雷"})
    assert made.status_code == 201, made.text
    link = made.json()
    assert link["url"].endswith(f"/portal/#/pages/invitation/index?token={link['token']}")
    assert link["qr_svg"].startswith("<svg ")
    spare = (await admin.post("/portal/v1/invitations", json={"roles": ["dealer_receiver"]})).json()
    other = await as_role("dealer_admin", login="other", customers=["C2"])
    assert (await other.get("/portal/v1/invitations")).json()["items"] == []
    assert codes(await other.delete(f"/portal/v1/invitations/{spare['id']}")) == ["no-such-record"]
    assert (await admin.delete(f"/portal/v1/invitations/{spare['id']}")).status_code == 204
    async with client_of(app) as client:
        body = {"token": link["token"], "login": "lilei", "password": PASSWORD, "with_token": True}
        came = await client.post("/portal/v1/invitations/accept", json=body)
        assert came.status_code == 201, came.text
        assert [one["code"] for one in came.json()["me"]["customers"]] == ["C1"]
    listed = (await admin.get("/portal/v1/invitations")).json()["items"]
    assert [(one["state"], one["roles"], one["name"]) for one in listed] == [
        ("revoked", ["dealer_receiver"], None),
        ("accepted", ["dealer_buyer"], "李雷"),
    ]
    assert (await members(admin))["lilei"]["roles"] == ["dealer_buyer"]


async def test_nobody_invites_to_more_than_they_may(
    as_role: AsRole, database: Database, tenant: Tenant, admin: httpx.AsyncClient
) -> None:
    buyer = await as_role("dealer_buyer", login="buyer", customers=["C1"])
    refused = await buyer.post("/portal/v1/invitations", json={"roles": ["dealer_receiver"]})
    assert (refused.status_code, codes(refused)) == (403, ["not-permitted"])
    wrong = await admin.post("/portal/v1/invitations", json={"roles": ["owner"], "expires_in_hours": 0})
    assert codes(wrong) == ["invitation-hours", "role-of-others"]
    assert (await admin.get("/portal/v1/invitations")).json()["items"] == []
