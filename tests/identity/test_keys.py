"""API keys: what they may, how they are rotated and revoked, and when they stop."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.identity.conftest import Clock, codes, give_password, sign_in
from tests.support import Tenant, client_of, contents, key_of, make_tenant, make_user, trail

from dinghuo.identity.authenticate import authenticate
from dinghuo.identity.create_key import KeyLimits, NewKey, create_key
from dinghuo.identity.principals import Scope, StaffPrincipal
from dinghuo.identity.tokens import Token
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database
from dinghuo.kit.ids import new_id


@pytest.fixture
async def it(timed_app: Litestar, timed: Database, tenant: Tenant) -> AsyncIterator[httpx.AsyncClient]:
    """The IT person, signed in."""
    await give_password(timed, tenant, await make_user(timed, tenant, "it", login="it"))
    async with client_of(timed_app) as client:
        await sign_in(client, tenant, "it")
        yield client


async def make_key(client: httpx.AsyncClient, **key: Any) -> dict[str, str]:
    body = {"name": "ERP", "permissions": ["orders.read", "orders.place"], **key}
    answer = await client.post("/api/v1/api-keys", json=body)
    assert answer.status_code == 201, answer.text
    made: dict[str, str] = answer.json()
    return made


async def status(client: httpx.AsyncClient, key: str, path: str = "/api/v1/orders") -> tuple[int, list[str]]:
    """What a request with this key is answered."""
    answer = await client.get(path, headers={"authorization": f"Bearer {key}"})
    return answer.status_code, [] if answer.status_code == 200 else codes(answer)


async def test_a_systems_key_does_what_it_was_made_for_and_no_more(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, it: httpx.AsyncClient
) -> None:
    made = await make_key(it, sees_price=False)
    assert made["key"].startswith(f"{tenant.id}.{made['id'].replace('-', '')}.")
    assert await status(browser, made["key"]) == (200, [])
    assert await status(browser, made["key"], "/api/v1/users") == (403, ["not-permitted"])
    by_header = await browser.get("/api/v1/me", headers={"x-api-key": made["key"]})
    assert by_header.json()["name"] == "ERP"
    assert by_header.json()["permissions"] == ["orders.place", "orders.read"]
    assert "x-csrf-token" not in by_header.headers
    listed = (await it.get("/api/v1/api-keys")).json()["items"][0]
    assert (listed["name"], listed["user"], listed["scope"]) == ("ERP", None, "all")
    secret = made["key"].split(".")[2]
    assert secret not in str(await contents(timed, tenant))
    assert (await trail(timed, tenant))[-1] == ("api_key", "created", "it")


async def test_a_key_needs_no_csrf_token_and_may_come_from_anywhere(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant
) -> None:
    token = await key_of(timed, tenant, await make_user(timed, tenant, "owner"))
    answer = await browser.put(
        "/api/v1/departments",
        json={"items": [{"code": "east", "name": "华东"}]},
        headers={"x-api-key": token.text(), "origin": "http://elsewhere.test"},
    )
    assert answer.status_code == 200


async def test_a_key_is_good_until_it_expires(
    browser: httpx.AsyncClient, it: httpx.AsyncClient, clock: Clock
) -> None:
    made = await make_key(it, expires_at=(clock.now + timedelta(hours=1)).isoformat())
    clock.forward(minutes=59, seconds=59)
    assert await status(browser, made["key"]) == (200, [])
    clock.forward(seconds=1)
    assert await status(browser, made["key"]) == (401, ["credential-expired"])


async def test_while_a_key_is_rotated_both_secrets_work(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, it: httpx.AsyncClient, clock: Clock
) -> None:
    old = await make_key(it)
    new = (await it.post(f"/api/v1/api-keys/{old['id']}/rotate", json={"overlap_seconds": 3600})).json()
    assert new["id"] == old["id"] and new["key"] != old["key"]
    assert await status(browser, old["key"]) == (200, [])
    assert await status(browser, new["key"]) == (200, [])
    newest = (await it.post(f"/api/v1/api-keys/{old['id']}/rotate", json={"overlap_seconds": 3600})).json()
    assert await status(browser, old["key"]) == (401, ["unknown-credential"])
    clock.forward(hours=1)
    assert await status(browser, new["key"]) == (401, ["credential-expired"])
    assert await status(browser, newest["key"]) == (200, [])
    assert (await trail(timed, tenant)).count(("api_key", "rotated", "it")) == 2


async def test_without_overlap_the_old_secret_ends_at_once(browser: httpx.AsyncClient, it: httpx.AsyncClient) -> None:
    old = await make_key(it)
    assert await status(browser, old["key"]) == (200, [])
    await it.post(f"/api/v1/api-keys/{old['id']}/rotate", json={"overlap_seconds": 0})
    assert await status(browser, old["key"]) == (401, ["credential-expired"])


async def test_a_revoked_key_ends_at_once_and_for_good(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, it: httpx.AsyncClient
) -> None:
    made = await make_key(it)
    assert await status(browser, made["key"]) == (200, [])
    assert (await it.delete(f"/api/v1/api-keys/{made['id']}")).status_code == 204
    assert await status(browser, made["key"]) == (401, ["credential-revoked"])
    before = await contents(timed, tenant)
    assert (await it.delete(f"/api/v1/api-keys/{made['id']}")).status_code == 204
    rotated = await it.post(f"/api/v1/api-keys/{made['id']}/rotate", json={})
    assert (rotated.status_code, codes(rotated)) == (409, ["key-ended"])
    assert await contents(timed, tenant) == before


async def test_use_is_noted_now_and_then(browser: httpx.AsyncClient, it: httpx.AsyncClient, clock: Clock) -> None:
    made = await make_key(it)
    used = []
    for seconds in (0, 30, 31):
        clock.forward(seconds=seconds)
        await status(browser, made["key"])
        used.append((await it.get("/api/v1/api-keys")).json()["items"][0]["used_at"])
    assert used[0] == used[1] != used[2]


@pytest.mark.parametrize(
    ("key", "status", "expected"),
    [
        ({"name": ""}, 422, ["key-name"]),
        ({"permissions": []}, 422, ["key-without-permissions"]),
        ({"permissions": ["orders.read", "orders.fly"]}, 422, ["unknown-permission"]),
        ({"permissions": ["portal.users"]}, 409, ["permission-of-others"]),
        ({"user": "nobody"}, 422, ["unknown-user"]),
        ({"expires_at": "2020-01-01T00:00:00Z"}, 422, ["expires-in-past"]),
        ({"expires_at": "2999-01-01T00:00:00"}, 422, ["expires-in-past"]),
        ({"expires_at": "9999-12-31T23:59:59-08:00"}, 422, ["expires-too-late"]),
        ({"scope": "department"}, 422, ["scope-without-parts"]),
        ({"departments": ["east"]}, 422, ["scope-without-parts", "unknown-code"]),
        ({"scope": "region", "regions": ["north"]}, 422, ["unknown-code"]),
        ({"sees_cost": True}, 403, ["scope-beyond-own"]),
        ({"user": "it", "sees_price": True}, 409, ["key-scope-of-user"]),
        (
            {"name": "", "permissions": ["nothing"], "user": "x"},
            422,
            ["key-name", "unknown-permission", "unknown-user"],
        ),
    ],
)
async def test_a_refused_key_leaves_no_trace(
    timed: Database,
    tenant: Tenant,
    it: httpx.AsyncClient,
    key: dict[str, Any],
    status: int,
    expected: list[str],
) -> None:
    before = await contents(timed, tenant)
    answer = await it.post("/api/v1/api-keys", json={"name": "ERP", "permissions": ["orders.read"], **key})
    assert (answer.status_code, sorted(codes(answer))) == (status, expected)
    assert await contents(timed, tenant) == before


async def test_nobody_makes_a_key_that_may_more_than_they_themselves(
    timed_app: Litestar, timed: Database, tenant: Tenant, it: httpx.AsyncClient
) -> None:
    role = {"code": "keeper", "name": "密钥管理", "permissions": ["identity.keys", "orders.read"], "scope": "own"}
    await it.put("/api/v1/roles", json={"items": [role]})
    token = await key_of(timed, tenant, await make_user(timed, tenant, "keeper", login="keeper"))
    async with client_of(timed_app, x_api_key=token.text()) as keeper:
        assert (await keeper.get("/api/v1/me")).json()["scope"] == "own"
        before = await contents(timed, tenant)
        for key, expected in (
            ({"permissions": ["orders.read", "orders.place"]}, ["beyond-own-permissions", "scope-beyond-own"]),
            ({"permissions": ["orders.read"]}, ["scope-beyond-own"]),
            ({"permissions": ["orders.read"], "sees_price": True}, ["scope-beyond-own", "scope-beyond-own"]),
            ({"permissions": ["orders.read"], "user": "owner"}, ["key-of-another-user"]),
        ):
            answer = await keeper.post("/api/v1/api-keys", json={"name": "mine", **key})
            assert (answer.status_code, codes(answer)) == (403, expected)
        assert await contents(timed, tenant) == before
        await make_key(keeper, user="keeper", permissions=["orders.read"])


async def test_a_users_key_does_what_the_user_may_at_the_moment(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, it: httpx.AsyncClient
) -> None:
    login = await make_user(timed, tenant, "sales")
    key = (await make_key(it, user=login, permissions=["orders.read", "accounts.write"]))["key"]
    me = (await browser.get("/api/v1/me", headers={"x-api-key": key})).json()
    assert (me["permissions"], me["scope"], me["login"]) == (["orders.read"], "own", login)
    await it.put("/api/v1/users", json={"items": [{"login": login, "roles": ["finance"]}]})
    me = (await browser.get("/api/v1/me", headers={"x-api-key": key})).json()
    assert (me["permissions"], me["scope"]) == (["accounts.write", "orders.read"], "all")
    await it.put("/api/v1/users", json={"items": [{"login": login, "state": "disabled"}]})
    assert await status(browser, key) == (403, ["user-disabled"])


async def test_a_systems_key_may_be_held_to_departments_and_all_below_them(
    timed: Database, tenant: Tenant, it: httpx.AsyncClient
) -> None:
    tree = [{"code": "east", "name": "华东"}, {"code": "sh", "name": "上海", "parent": "east"}]
    await it.put("/api/v1/departments", json={"items": tree})
    ids = {row["code"]: row["id"] for row in (await it.get("/api/v1/departments")).json()}
    key = NewKey(name="shop", permissions=["orders.read"], scope="department", departments=["east"])
    async with timed.transaction(tenant.id) as tx:
        token = await create_key(tx, key=key, by=SYSTEM, limits=KeyLimits())
    principal = await authenticate(timed, token, "key")
    assert isinstance(principal, StaffPrincipal)
    assert principal.scope.kind == "department"
    assert principal.scope.owner_id is None
    assert {str(id) for id in principal.scope.department_ids} == set(ids.values())
    assert principal.actor().kind == "key"
    assert (await it.get("/api/v1/api-keys")).json()["items"][0]["departments"] == ["east"]


async def test_keys_of_another_company_are_neither_seen_nor_touched(
    timed_app: Litestar, timed: Database, tenant: Tenant, it: httpx.AsyncClient
) -> None:
    other = await make_tenant(timed)
    theirs = await key_of(timed, other, await make_user(timed, other, "owner"))
    before = await contents(timed, other)
    for answer in (
        await it.delete(f"/api/v1/api-keys/{theirs.id}"),
        await it.post(f"/api/v1/api-keys/{theirs.id}/rotate", json={}),
    ):
        assert (answer.status_code, codes(answer)) == (404, ["no-such-record"])
    assert (await it.get("/api/v1/api-keys")).json()["items"] == []
    assert await contents(timed, other) == before
    forged = Token(tenant.id, theirs.id, theirs.secret)
    async with client_of(timed_app, x_api_key=forged.text()) as thief:
        assert codes(await thief.get("/api/v1/me")) == ["unknown-credential"]


async def test_an_overlap_is_at_most_a_month(timed: Database, tenant: Tenant, it: httpx.AsyncClient) -> None:
    made = await make_key(it)
    before = await contents(timed, tenant)
    for seconds in (-1, 30 * 86_400 + 1, 10**18):
        answer = await it.post(f"/api/v1/api-keys/{made['id']}/rotate", json={"overlap_seconds": seconds})
        assert (answer.status_code, codes(answer)) == (422, ["overlap-length"])
    assert await contents(timed, tenant) == before


def test_a_scope_without_user_owns_nothing() -> None:
    assert Scope("all") == Scope("all", None, frozenset(), frozenset())
    assert StaffPrincipal(id=new_id(), tenant_id=1, name="x").scope == Scope("own")
