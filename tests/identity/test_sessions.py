"""Sessions: how long they last, how they end, and that no other site's page can use them."""

import httpx
import pytest
from litestar import Litestar
from tests.identity.conftest import PASSWORD, Clock, codes, give_password, sign_in
from tests.support import Tenant, client_of, contents, make_tenant, make_user, trail

from dinghuo.entry.app import create_app
from dinghuo.kit.config import Web
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow


@pytest.fixture
async def li(timed: Database, tenant: Tenant) -> str:
    login = await make_user(timed, tenant, "owner", login="li.wei")
    await give_password(timed, tenant, login)
    return login


async def test_a_session_lasts_twelve_hours_from_its_last_use(
    browser: httpx.AsyncClient, tenant: Tenant, li: str, clock: Clock
) -> None:
    await sign_in(browser, tenant, li)
    for _ in range(3):
        clock.forward(hours=11, minutes=59)
        assert (await browser.get("/api/v1/me")).status_code == 200
    clock.forward(hours=12)
    answer = await browser.get("/api/v1/me")
    assert (answer.status_code, codes(answer)) == (401, ["credential-expired"])


async def test_however_much_it_is_used_a_session_ends_after_fourteen_days(
    browser: httpx.AsyncClient, tenant: Tenant, li: str, clock: Clock
) -> None:
    await sign_in(browser, tenant, li)
    for _ in range(27):
        clock.forward(hours=12, seconds=-1)
        assert (await browser.get("/api/v1/me")).status_code == 200
    clock.forward(hours=12)
    assert codes(await browser.get("/api/v1/me")) == ["credential-expired"]


async def test_use_is_noted_no_finer_than_a_minute(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str, clock: Clock
) -> None:
    await sign_in(browser, tenant, li)
    before = await contents(timed, tenant)
    clock.forward(seconds=59)
    await browser.get("/api/v1/me")
    assert await contents(timed, tenant) == before
    clock.forward(seconds=2)
    await browser.get("/api/v1/me")
    assert {name for name, rows in (await contents(timed, tenant)).items() if rows != before[name]} == {"session"}


async def test_signing_out_ends_the_session_and_takes_the_cookie(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str
) -> None:
    signed_in = await sign_in(browser, tenant, li)
    stolen = signed_in.headers["set-cookie"].split(";")[0]
    answer = await browser.post("/api/v1/sign-out")
    assert answer.status_code == 204
    assert answer.headers["set-cookie"].startswith('dinghuo=""; HttpOnly; Max-Age=0; Path=/api')
    assert codes(await browser.get("/api/v1/me")) == ["sign-in-first"]
    assert codes(await browser.get("/api/v1/me", headers={"cookie": stolen})) == ["credential-revoked"]
    assert (await trail(timed, tenant))[-1] == ("session", "revoked", "li.wei")


async def test_one_sees_and_ends_ones_sessions_and_nobody_elses(
    timed_app: Litestar, timed: Database, tenant: Tenant, li: str
) -> None:
    await give_password(timed, tenant, await make_user(timed, tenant, "sales", login="wang"))
    async with (
        client_of(timed_app, user_agent="telephone") as phone,
        client_of(timed_app) as desk,
        client_of(timed_app) as other,
    ):
        for client, login in ((phone, li), (desk, li), (other, "wang")):
            assert (await sign_in(client, tenant, login)).status_code == 201
        mine = (await desk.get("/api/v1/me/sessions")).json()
        assert [(session["agent"][:9], session["is_current"]) for session in mine] == [
            ("python-ht", True),
            ("telephone", False),
        ]
        before = await contents(timed, tenant)
        others = (await other.get("/api/v1/me/sessions")).json()[0]["id"]
        refused = await desk.delete(f"/api/v1/me/sessions/{others}")
        assert (refused.status_code, codes(refused)) == (404, ["no-such-record"])
        assert await contents(timed, tenant) == before
        assert (await desk.delete(f"/api/v1/me/sessions/{mine[1]['id']}")).status_code == 204
        assert codes(await phone.get("/api/v1/me")) == ["credential-revoked"]
        assert (await other.get("/api/v1/me")).status_code == 200


async def test_an_administrator_ends_all_sessions_of_a_user(
    timed_app: Litestar, browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str
) -> None:
    await give_password(timed, tenant, await make_user(timed, tenant, "sales", login="wang"))
    async with client_of(timed_app) as wang:
        wang_id = (await sign_in(wang, tenant, "wang")).json()["me"]["id"]
        await sign_in(browser, tenant, li)
        assert len((await browser.get(f"/api/v1/users/{wang_id}/sessions")).json()) == 1
        assert (await browser.delete(f"/api/v1/users/{wang_id}/sessions")).status_code == 204
        assert (await browser.get(f"/api/v1/users/{wang_id}/sessions")).json() == []
        assert codes(await wang.get("/api/v1/me")) == ["credential-revoked"]


async def test_a_disabled_users_session_works_no_more(
    timed_app: Litestar, browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str
) -> None:
    await give_password(timed, tenant, await make_user(timed, tenant, "sales", login="wang"))
    async with client_of(timed_app) as wang:
        await sign_in(wang, tenant, "wang")
        await sign_in(browser, tenant, li)
        body = {"items": [{"login": "wang", "state": "disabled"}]}
        assert (await browser.put("/api/v1/users", json=body)).json()["updated"] == 1
        assert codes(await wang.get("/api/v1/me")) == ["credential-revoked"]
        body = {"items": [{"login": "wang", "state": "active"}]}
        assert (await browser.put("/api/v1/users", json=body)).json()["updated"] == 1
        assert codes(await wang.get("/api/v1/me")) == ["credential-revoked"]


async def test_another_process_forgets_a_revoked_session_within_two_seconds(
    timed_app: Litestar, timed: Database, tenant: Tenant, li: str, clock: Clock
) -> None:
    elsewhere = Database(timed.url, guard=True, clock=clock, pool_size=2)
    async with client_of(timed_app) as here, client_of(create_app(elsewhere)) as there:
        signed_in = await sign_in(here, tenant, li)
        there.headers["cookie"] = signed_in.headers["set-cookie"].split(";")[0]
        assert (await there.get("/api/v1/me")).status_code == 200
        await here.post("/api/v1/sign-out")
        assert (await there.get("/api/v1/me")).status_code == 200
        clock.forward(seconds=2)
        assert codes(await there.get("/api/v1/me")) == ["credential-revoked"]
    await elsewhere.close()


@pytest.mark.parametrize("token", [None, "", "wrong", "0" * 64])
async def test_what_changes_something_needs_the_csrf_token(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str, token: str | None
) -> None:
    await sign_in(browser, tenant, li)
    body = {"items": [{"code": "east", "name": "华东"}]}
    before = await contents(timed, tenant)
    del browser.headers["x-csrf-token"]
    headers = {} if token is None else {"x-csrf-token": token}
    for answer in (
        await browser.put("/api/v1/departments", json=body, headers=headers),
        await browser.post("/api/v1/sign-out", headers=headers),
    ):
        assert (answer.status_code, codes(answer)) == (403, ["csrf-token-missing"])
    assert await contents(timed, tenant) == before
    right = (await browser.get("/api/v1/me")).headers["x-csrf-token"]
    answer = await browser.put("/api/v1/departments", json=body, headers={"x-csrf-token": right})
    assert answer.json() == {"created": 1, "updated": 0, "unchanged": 0, "warnings": []}


async def test_a_csrf_token_is_of_one_session(timed_app: Litestar, tenant: Tenant, li: str) -> None:
    async with client_of(timed_app) as one, client_of(timed_app) as two:
        await sign_in(one, tenant, li)
        await sign_in(two, tenant, li)
        two.headers["x-csrf-token"] = one.headers["x-csrf-token"]
        assert codes(await two.post("/api/v1/sign-out")) == ["csrf-token-missing"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"origin": "http://dinghuo.test"}, 204),
        ({"origin": "https://dinghuo.test"}, 204),
        ({"sec-fetch-site": "same-origin"}, 204),
        ({"origin": "http://evil.test"}, 403),
        ({"origin": "null"}, 403),
        ({"origin": "http://dinghuo.test.evil.test"}, 403),
        ({"sec-fetch-site": "cross-site"}, 403),
        ({"sec-fetch-site": "same-site"}, 403),
    ],
)
async def test_another_sites_page_cannot_change_anything_even_with_the_token(
    browser: httpx.AsyncClient, tenant: Tenant, li: str, headers: dict[str, str], status: int
) -> None:
    await sign_in(browser, tenant, li)
    answer = await browser.post("/api/v1/sign-out", headers=headers)
    assert answer.status_code == status
    if status == 403:
        assert codes(answer) == ["foreign-origin"]


async def test_another_sites_page_cannot_sign_anybody_in(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str
) -> None:
    before = await contents(timed, tenant)
    browser.headers["origin"] = "http://evil.test"
    answer = await sign_in(browser, tenant, li)
    assert (answer.status_code, codes(answer)) == (403, ["foreign-origin"])
    assert await contents(timed, tenant) == before


async def test_a_site_that_was_named_may(timed: Database, tenant: Tenant, li: str) -> None:
    app = create_app(timed, web=Web(origins=("https://shop.example.com",)))
    async with client_of(app, origin="https://shop.example.com") as client:
        assert (await sign_in(client, tenant, li)).status_code == 201


async def test_an_older_cookie_that_makes_no_sense_is_no_obstacle_to_signing_in(
    browser: httpx.AsyncClient, tenant: Tenant, li: str
) -> None:
    assert codes(await browser.get("/api/v1/me", headers={"cookie": "dinghuo=nonsense"})) == ["unknown-credential"]
    browser.cookies.set("dinghuo", "nonsense", path="/api")
    assert (await sign_in(browser, tenant, li)).status_code == 201


async def test_a_session_of_one_company_does_not_open_another(
    browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str
) -> None:
    other = await make_tenant(timed)
    signed_in = await sign_in(browser, tenant, li)
    _, id, secret = signed_in.headers["set-cookie"].split(";")[0].removeprefix("dinghuo=").split(".")
    for forged in (
        f"{other.id}.{id}.{secret}",
        f"{tenant.id}.{id}.{secret[:-1]}x",
        f"{tenant.id}.{'0' * 32}.{secret}",
    ):
        answer = await browser.get("/api/v1/me", headers={"cookie": f"dinghuo={forged}"})
        assert (answer.status_code, codes(answer)) == (401, ["unknown-credential"])


async def test_a_new_password_ends_all_other_sessions(
    timed_app: Litestar, timed: Database, tenant: Tenant, li: str
) -> None:
    async with client_of(timed_app) as here, client_of(timed_app) as there:
        await sign_in(here, tenant, li)
        await sign_in(there, tenant, li)
        new = {"old": PASSWORD, "new": "an even better password"}
        assert (await here.post("/api/v1/me/password", json=new)).status_code == 204
        assert (await here.get("/api/v1/me")).status_code == 200
        assert codes(await there.get("/api/v1/me")) == ["credential-revoked"]
        assert codes(await sign_in(there, tenant, li)) == ["wrong-login-or-password"]
        assert (await sign_in(there, tenant, li, new["new"])).status_code == 201
    assert ("app_user", "password_changed", "li.wei") in await trail(timed, tenant)


@pytest.mark.parametrize(
    ("old", "new", "status", "expected"),
    [
        ("not the password", "an even better password", 401, ["wrong-login-or-password"]),
        (PASSWORD, "short", 422, ["password-length"]),
        (PASSWORD, PASSWORD, 422, ["password-unchanged"]),
        (PASSWORD, "aaaaaaaaaaaaaaaaaa", 422, ["password-guessable"]),
    ],
)
async def test_a_refused_new_password_changes_nothing(
    browser: httpx.AsyncClient,
    timed: Database,
    tenant: Tenant,
    li: str,
    old: str,
    new: str,
    status: int,
    expected: list[str],
) -> None:
    await sign_in(browser, tenant, li)
    before = await contents(timed, tenant, but=["audit_entry", "sign_in_window"])
    answer = await browser.post("/api/v1/me/password", json={"old": old, "new": new})
    assert (answer.status_code, codes(answer)) == (status, expected)
    assert await contents(timed, tenant, but=["audit_entry", "sign_in_window"]) == before


async def test_a_temporary_password_has_to_be_changed_before_anything_else(
    timed_app: Litestar, browser: httpx.AsyncClient, timed: Database, tenant: Tenant, li: str
) -> None:
    await make_user(timed, tenant, "owner", login="wang")
    await sign_in(browser, tenant, li)
    users = (await browser.get("/api/v1/users")).json()["items"]
    wang_id = next(user["id"] for user in users if user["login"] == "wang")
    given = (await browser.post(f"/api/v1/users/{wang_id}/password", json={})).json()["password"]
    async with client_of(timed_app) as wang:
        assert (await sign_in(wang, tenant, "wang", given)).json()["me"]["must"] == "password"
        for path in ("users", "departments", "orders", "permissions"):
            answer = await wang.get(f"/api/v1/{path}")
            assert (answer.status_code, codes(answer)) == (403, ["password-change-first"])
        new = {"old": given, "new": "chosen by myself"}
        assert (await wang.post("/api/v1/me/password", json=new)).status_code == 204
        assert (await wang.get("/api/v1/me")).json()["must"] is None
        assert (await wang.get("/api/v1/departments")).json() == []
