"""Inviting people to a customer's portal: made, looked at, accepted once; and several companies under one user."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.identity.conftest import PASSWORD, Clock, codes, give_password, sign_in
from tests.support import Tenant, client_of, contents, key_of, make_user, trail

from dinghuo.entry.app import create_app
from dinghuo.kit.config import Web
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow


@pytest.fixture
async def owner(timed_app: Litestar, timed: Database, tenant: Tenant) -> AsyncIterator[httpx.AsyncClient]:
    """The seller's owner; the customers C1, C2 and C3 are there."""
    token = await key_of(timed, tenant, await make_user(timed, tenant, "owner", login="boss"))
    async with client_of(timed_app, x_api_key=token.text(), accept_language="en") as client:
        items = [{"code": code, "name": f"客户{code}"} for code in ("C1", "C2", "C3")]
        assert (await client.put("/api/v1/customers", json={"items": items})).status_code == 200
        yield client


async def ids(owner: httpx.AsyncClient) -> dict[str, str]:
    return {c["code"]: c["id"] for c in (await owner.get("/api/v1/customers")).json()["items"]}


async def invited(owner: httpx.AsyncClient, customer: str, *roles: str, **more: Any) -> dict[str, Any]:
    path = f"/api/v1/customers/{(await ids(owner))[customer]}/invitations"
    answer = await owner.post(path, json={"roles": list(roles) or ["dealer_buyer"], **more})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def accept(client: httpx.AsyncClient, token: str, login: str = "wang", **more: Any) -> httpx.Response:
    body = {"token": token, "login": login, "password": PASSWORD, **more}
    return await client.post("/portal/v1/invitations/accept", json=body)


async def test_an_invitation_is_looked_at_and_accepted_once(
    browser: httpx.AsyncClient, owner: httpx.AsyncClient, timed: Database, tenant: Tenant
) -> None:
    link = await invited(owner, "C1", "dealer_buyer", name="王芳", mobile="13800000000")
    assert link["url"] == f"http://dinghuo.test/portal/#/pages/invitation/index?token={link['token']}"
    assert link["qr_svg"].startswith("<svg ")
    seen = await browser.post("/portal/v1/invitations/look", json={"token": f" {link['token']} "})
    assert seen.json() == {
        "company": {"code": tenant.code, "name": f"公司 {tenant.code}"},
        "customer": "客户C1",
        "invited_by": "boss · test",
        "name": "王芳",
        "roles": ["经销商采购"],
        "expires_at": link["expires_at"],
    }
    came = await accept(browser, link["token"])
    assert came.status_code == 201 and came.json()["token"] is None
    me = came.json()["me"]
    assert (me["name"], me["login"], me["must"]) == ("王芳", "wang", None)
    assert [customer["code"] for customer in me["customers"]] == ["C1"]
    assert "portal.orders.place" in me["permissions"] and "portal.users" not in me["permissions"]
    assert (await browser.get("/portal/v1/me")).json() == me
    for path in ("look", "accept"):
        body = {"token": link["token"]} | ({"login": "li", "password": PASSWORD} if path == "accept" else {})
        again = await browser.post(f"/portal/v1/invitations/{path}", json=body)
        assert (again.status_code, codes(again)) == (409, ["invitation-used"])
    listed = (await owner.get(f"/api/v1/customers/{(await ids(owner))['C1']}/invitations")).json()["items"]
    assert [(one["state"], one["roles"], one["accepted_by"]["code"]) for one in listed] == [
        ("accepted", ["dealer_buyer"], "wang")
    ]
    done = [row for row in await trail(timed, tenant) if row[0] == "invitation"]
    assert done == [("invitation", "created", "boss · test"), ("invitation", "accepted", "王芳")]
    kept = await contents(timed, tenant)
    assert not [row for rows in kept.values() for row in rows if link["token"].rpartition(".")[2] in row]


async def test_expired_revoked_and_made_up_links_open_nothing(
    browser: httpx.AsyncClient, owner: httpx.AsyncClient, timed: Database, tenant: Tenant, clock: Clock
) -> None:
    link = await invited(owner, "C1", expires_in_hours=1)
    gone = await invited(owner, "C2", expires_in_hours=720)
    assert (await owner.delete(f"/api/v1/invitations/{gone['id']}")).status_code == 204
    again = await owner.delete(f"/api/v1/invitations/{gone['id']}")
    assert (again.status_code, codes(again)) == (409, ["invitation-not-open"])
    clock.forward(hours=1)
    tenant_id, id, secret = link["token"].split(".")
    for token, status, code in (
        (link["token"], 409, "invitation-expired"),
        (gone["token"], 409, "invitation-revoked"),
        (f"{tenant_id}.{id}.{secret[:-1]}", 404, "unknown-invitation"),
        (f"{tenant_id}.{'0' * 32}.{secret}", 404, "unknown-invitation"),
        (f"999999.{id}.{secret}", 404, "unknown-invitation"),
        ("nonsense", 404, "unknown-invitation"),
    ):
        looked = await browser.post("/portal/v1/invitations/look", json={"token": token})
        assert (looked.status_code, codes(looked)) == (status, [code]), token
        came = await accept(browser, token)
        assert (came.status_code, codes(came)) == (status, [code]), token
    async with timed.transaction(tenant.id) as tx:
        assert await tx.fetch("select 1 from app_user where tenant_id = $1 and audience = 'dealer'") == []


async def test_guessing_links_is_slowed_like_guessing_passwords(
    browser: httpx.AsyncClient, owner: httpx.AsyncClient, tenant: Tenant
) -> None:
    link = await invited(owner, "C1")
    for _ in range(60):
        await browser.post("/portal/v1/invitations/look", json={"token": link["token"][:-1]})
    slowed = await browser.post("/portal/v1/invitations/look", json={"token": link["token"]})
    assert (slowed.status_code, codes(slowed)) == (429, ["too-many-attempts"])


async def test_what_is_wrong_with_a_newcomer_is_said_and_the_link_stays_good(
    browser: httpx.AsyncClient, owner: httpx.AsyncClient, timed: Database, tenant: Tenant
) -> None:
    link = await invited(owner, "C1")
    await make_user(timed, tenant, "sales", login="taken")
    taken = await accept(browser, link["token"], "Taken")
    assert (taken.status_code, codes(taken)) == (409, ["login-taken"])
    weak = await accept(browser, link["token"], password="short")
    assert (weak.status_code, codes(weak)) == (422, ["password-length"])
    odd = await accept(browser, link["token"], "王 芳")
    assert (odd.status_code, codes(odd)) == (422, ["login-form"])
    assert (await accept(browser, link["token"], "fine", name="李雷")).json()["me"]["name"] == "李雷"


async def test_what_is_wrong_with_an_invitation(owner: httpx.AsyncClient) -> None:
    path = f"/api/v1/customers/{(await ids(owner))['C1']}/invitations"
    empty = await owner.post(path, json={"roles": [], "expires_in_hours": 721, "name": "x" * 101})
    assert (empty.status_code, codes(empty)) == (
        422,
        ["text-too-long", "invitation-without-roles", "invitation-hours"],
    )
    odd = await owner.post(path, json={"roles": ["dealer_buyer", "nobody", "sales"]})
    assert [(fault["field"], fault["code"]) for fault in odd.json()["faults"]] == [
        ("roles[1]", "unknown-code"),
        ("roles[2]", "role-of-others"),
    ]
    nobody = await owner.post(path.replace(path.split("/")[4], "0" * 32), json={"roles": ["dealer_buyer"]})
    assert nobody.status_code == 404


async def test_a_sales_person_invites_for_their_own_customers_only(
    timed_app: Litestar, owner: httpx.AsyncClient, timed: Database, tenant: Tenant
) -> None:
    token = await key_of(timed, tenant, await make_user(timed, tenant, "sales", login="zhao"))
    items = [{"code": "C1", "owner": "zhao"}]
    await owner.put("/api/v1/customers", json={"items": items})
    theirs = await invited(owner, "C2")
    async with client_of(timed_app, x_api_key=token.text()) as seller:
        known = await ids(owner)
        mine = await seller.post(f"/api/v1/customers/{known['C1']}/invitations", json={"roles": ["dealer_admin"]})
        assert mine.status_code == 201
        for method, path in (
            ("POST", f"customers/{known['C2']}/invitations"),
            ("GET", f"customers/{known['C2']}/invitations"),
            ("DELETE", f"invitations/{theirs['id']}"),
        ):
            body = {"roles": ["dealer_admin"]} if method == "POST" else None
            assert (await seller.request(method, f"/api/v1/{path}", json=body)).status_code == 404, path


async def test_a_user_of_two_companies_has_the_roles_of_each(
    browser: httpx.AsyncClient, owner: httpx.AsyncClient, timed: Database, tenant: Tenant
) -> None:
    """An administrator here is no administrator there."""
    await accept(browser, (await invited(owner, "C1", "dealer_admin"))["token"])
    signed_in = await sign_in(browser, tenant, "wang", at="/portal/v1")
    assert signed_in.status_code == 201
    second = await invited(owner, "C2", "dealer_receiver")
    joined = await browser.post("/portal/v1/invitations/join", json={"token": second["token"]})
    assert joined.status_code == 200, joined.text
    known = await ids(owner)
    assert joined.json()["customer_id"] == known["C2"]
    assert [customer["code"] for customer in joined.json()["customers"]] == ["C1", "C2"]
    here = (await browser.get("/portal/v1/me", headers={"x-customer": known["C1"]})).json()
    there = (await browser.get("/portal/v1/me", headers={"x-customer": known["C2"]})).json()
    assert "portal.users" in here["permissions"] and here["sees_price"] is True
    assert there["permissions"] == ["portal.orders.read", "portal.orders.receive"]
    assert there["sees_price"] is False
    for customer, status in (("C1", 200), ("C2", 403)):
        answer = await browser.get("/portal/v1/users", headers={"x-customer": known[customer]})
        assert answer.status_code == status
    colleague = {"login": "spy", "name": "谍", "customers": ["C2"], "roles": ["dealer_buyer"]}
    first = {"x-customer": known["C1"]}
    meddling = await browser.put("/portal/v1/users", json={"items": [colleague]}, headers=first)
    assert (meddling.status_code, codes(meddling)) == (422, ["unknown-code"])
    foreign = await browser.get("/portal/v1/me", headers={"x-customer": known["C3"]})
    assert (foreign.status_code, codes(foreign)) == (403, ["not-your-customer"])
    user = (await owner.get("/api/v1/users", params={"audience": "dealer"})).json()["items"][0]
    assert user["roles"] == []
    assert user["roles_in"] == {"C1": ["dealer_admin"], "C2": ["dealer_receiver"]}
    roles = {role["code"]: role["users"] for role in (await owner.get("/api/v1/roles")).json()}
    assert (roles["dealer_admin"], roles["dealer_receiver"], roles["dealer_buyer"]) == (1, 1, 0)
    again = await browser.post("/portal/v1/invitations/join", json={"token": (await invited(owner, "C2"))["token"]})
    assert (again.status_code, codes(again)) == (409, ["already-in-company"])
    left = await owner.put("/api/v1/users", json={"items": [{"login": "wang", "customers": ["C2"]}]})
    assert left.status_code == 200
    user = (await owner.get("/api/v1/users", params={"audience": "dealer"})).json()["items"][0]
    assert user["roles_in"] == {"C2": ["dealer_receiver"]}
    anew = await owner.put("/api/v1/users", json={"items": [{"login": "wang", "roles": ["dealer_buyer"]}]})
    assert anew.json()["updated"] == 1
    user = (await owner.get("/api/v1/users", params={"audience": "dealer"})).json()["items"][0]
    assert (user["roles"], user["roles_in"]) == (["dealer_buyer"], {})


async def test_a_role_that_somebody_has_in_one_company_stays(
    browser: httpx.AsyncClient, owner: httpx.AsyncClient, timed: Database, tenant: Tenant
) -> None:
    made = {"code": "taster", "name": "品鉴", "audience": "dealer", "permissions": ["portal.catalogue"]}
    assert (await owner.put("/api/v1/roles", json={"items": [made]})).status_code == 200
    await accept(browser, (await invited(owner, "C1"))["token"])
    await sign_in(browser, tenant, "wang", at="/portal/v1")
    link = await invited(owner, "C2", "taster")
    role = next(one for one in (await owner.get("/api/v1/roles")).json() if one["code"] == "taster")
    assert (await browser.post("/portal/v1/invitations/join", json={"token": link["token"]})).status_code == 200
    held = await owner.delete(f"/api/v1/roles/{role['id']}")
    assert (held.status_code, codes(held)) == (409, ["role-in-use"])


async def test_a_key_of_a_user_of_two_companies_is_limited_in_each(
    timed_app: Litestar, browser: httpx.AsyncClient, owner: httpx.AsyncClient, timed: Database, tenant: Tenant
) -> None:
    await accept(browser, (await invited(owner, "C1", "dealer_admin"))["token"])
    await sign_in(browser, tenant, "wang", at="/portal/v1")
    second = await invited(owner, "C2", "dealer_receiver")
    await browser.post("/portal/v1/invitations/join", json={"token": second["token"]})
    known = await ids(owner)
    token = await key_of(timed, tenant, "wang", ["portal.orders.read", "portal.users"])
    async with client_of(timed_app, x_api_key=token.text()) as key:
        for customer, expected in (
            ("C1", ["portal.orders.read", "portal.users"]),
            ("C2", ["portal.orders.read"]),
        ):
            me = (await key.get("/portal/v1/me", headers={"x-customer": known[customer]})).json()
            assert me["permissions"] == expected


async def test_links_begin_with_the_address_of_the_settings(
    owner: httpx.AsyncClient, timed: Database, tenant: Tenant
) -> None:
    app = create_app(timed, web=Web(url="https://shop.example.com/dinghuo"))
    key = owner.headers["x-api-key"]
    async with client_of(app, x_api_key=key) as elsewhere:
        link = await invited(elsewhere, "C1")
    assert link["url"].startswith("https://shop.example.com/dinghuo/portal/#/pages/invitation/index?token=")


async def test_a_session_in_a_header_needs_no_csrf_token_and_a_cookie_does(
    timed_app: Litestar, owner: httpx.AsyncClient, timed: Database, tenant: Tenant
) -> None:
    """A header was put there by a program that knows the session; a cookie is sent whoever asks for it."""
    await make_user(timed, tenant, "dealer_buyer", login="wang", customers=["C1"])
    await give_password(timed, tenant, "wang")
    async with client_of(timed_app) as program:
        body = {"company": tenant.code, "login": "wang", "password": PASSWORD, "with_token": True}
        answer = await program.post("/portal/v1/sign-in", json=body)
        assert "set-cookie" not in answer.headers
        session = {"authorization": f"Session {answer.json()['token']}"}
        me = await program.get("/portal/v1/me", headers=session)
        assert me.status_code == 200 and "x-csrf-token" not in me.headers
        foreign = session | {"origin": "https://evil.example"}
        assert (await program.post("/portal/v1/sign-out", headers=foreign)).status_code == 204
        ended = await program.get("/portal/v1/me", headers=session)
        assert (ended.status_code, codes(ended)) == (401, ["credential-revoked"])
    async with client_of(timed_app) as page:
        answer = await page.post("/portal/v1/sign-in", json=body | {"with_token": False})
        assert answer.json()["token"] is None and "set-cookie" in answer.headers
        refused = await page.post("/portal/v1/sign-out")
        assert (refused.status_code, codes(refused)) == (403, ["csrf-token-missing"])
        as_key = await page.get("/portal/v1/me", headers={"authorization": f"Bearer {page.cookies['dinghuo']}"})
        assert as_key.status_code == 401


async def test_looking_at_the_news_keeps_no_session_alive(
    browser: httpx.AsyncClient, owner: httpx.AsyncClient, timed: Database, tenant: Tenant, clock: Clock
) -> None:
    await make_user(timed, tenant, "dealer_buyer", login="wang", customers=["C1"])
    await give_password(timed, tenant, "wang")
    await sign_in(browser, tenant, "wang", at="/portal/v1")
    for _ in range(13):
        clock.forward(minutes=55)
        assert (await browser.get("/portal/v1/changes")).status_code == 200
    clock.forward(minutes=30)
    late = await browser.get("/portal/v1/changes")
    assert (late.status_code, codes(late)) == (401, ["credential-expired"])
