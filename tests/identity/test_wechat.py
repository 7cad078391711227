"""Signing in by WeChat: set up by the company, bound once, and what is told when WeChat says no."""

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar
from tests.identity.conftest import PASSWORD, Clock, codes, give_password
from tests.support import Tenant, client_of, contents, key_of, make_user, trail
from tests.wechat import APP_ID, SECRET, FakeWeChat, fake_wechat

from dinghuo.entry.app import create_app
from dinghuo.kit.config import Web
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow


@pytest.fixture
async def wechat() -> AsyncIterator[FakeWeChat]:
    async with fake_wechat() as fake:
        yield fake


@pytest.fixture
async def phone(timed: Database, wechat: FakeWeChat) -> AsyncIterator[httpx.AsyncClient]:
    """A mini-program: it keeps no cookies."""
    app = create_app(timed, web=Web(wechat_url=wechat.url))
    async with client_of(app) as client:
        yield client
    await app.on_shutdown[-1]()  # type: ignore[call-arg]


@pytest.fixture
async def owner(timed_app: Litestar, timed: Database, tenant: Tenant) -> AsyncIterator[httpx.AsyncClient]:
    """The seller's owner; the customers C1 and C2 are there."""
    token = await key_of(timed, tenant, await make_user(timed, tenant, "owner"))
    async with client_of(timed_app, x_api_key=token.text()) as client:
        items = [{"code": code, "name": f"客户{code}"} for code in ("C1", "C2")]
        assert (await client.put("/api/v1/customers", json={"items": items})).status_code == 200
        yield client


async def set_up(owner: httpx.AsyncClient, **other: object) -> httpx.Response:
    body = {"app_id": APP_ID, "secret": SECRET, "active": True} | other
    return await owner.put("/api/v1/settings/wechat", json=body)


async def come(phone: httpx.AsyncClient, tenant: Tenant, code: str) -> httpx.Response:
    return await phone.post("/portal/v1/wechat/sign-in", json={"code": code, "company": tenant.code})


async def dealer(timed: Database, tenant: Tenant, login: str = "wang") -> str:
    await make_user(timed, tenant, "dealer_buyer", login=login, customers=["C1"])
    await give_password(timed, tenant, login)
    return login


async def test_the_secret_is_sealed_and_never_shown(
    owner: httpx.AsyncClient, timed: Database, tenant: Tenant
) -> None:
    empty = {"app_id": None, "has_secret": False, "active": False, "revision": 0}
    assert (await owner.get("/api/v1/settings/wechat")).json() == empty
    early = await set_up(owner, secret="0" * 31)
    assert (early.status_code, codes(early)) == (422, ["wechat-secret"])
    without = await owner.put("/api/v1/settings/wechat", json={"app_id": APP_ID, "active": True})
    assert (without.status_code, codes(without)) == (409, ["wechat-secret-needed"])
    saved = await set_up(owner)
    assert saved.json() == {"app_id": APP_ID, "has_secret": True, "active": True, "revision": 1}
    off = await owner.put("/api/v1/settings/wechat", json={"app_id": APP_ID, "active": False})
    assert off.json() == {"app_id": APP_ID, "has_secret": True, "active": False, "revision": 2}
    other = await owner.put("/api/v1/settings/wechat", json={"app_id": "wxfedcba9876543210", "active": False})
    assert other.json()["has_secret"] is False
    await set_up(owner)
    kept = await contents(timed, tenant)
    assert not [row for rows in kept.values() for row in rows if SECRET in row]


async def test_bound_once_and_then_at_once(
    phone: httpx.AsyncClient, owner: httpx.AsyncClient, wechat: FakeWeChat, timed: Database, tenant: Tenant
) -> None:
    early = await come(phone, tenant, "anna:1")
    assert (early.status_code, codes(early)) == (409, ["wechat-not-set-up"])
    assert wechat.asked == []
    await set_up(owner)
    login = await dealer(timed, tenant)
    first = (await come(phone, tenant, "anna:1")).json()
    assert first["signed_in"] is None and first["expires_at"] is not None
    assert wechat.asked == [
        {"appid": APP_ID, "secret": SECRET, "js_code": "anna:1", "grant_type": "authorization_code"}
    ]
    body = {"ticket": first["ticket"], "login": login, "password": "not the password"}
    wrong = await phone.post("/portal/v1/wechat/bind", json=body)
    assert (wrong.status_code, codes(wrong)) == (401, ["wrong-login-or-password"])
    bound = await phone.post("/portal/v1/wechat/bind", json=body | {"password": PASSWORD})
    assert bound.status_code == 201 and "set-cookie" not in bound.headers
    assert bound.json()["me"]["login"] == login
    phone.headers["authorization"] = f"Session {bound.json()['token']}"
    assert (await phone.get("/portal/v1/wechat")).json()["bound"] is True
    del phone.headers["authorization"]
    again = (await come(phone, tenant, "anna:2")).json()
    assert (again["ticket"], again["signed_in"]["me"]["login"]) == (None, login)
    assert ("app_user", "wechat_bound", login) in await trail(timed, tenant)
    ben = (await come(phone, tenant, "ben:1")).json()["ticket"]
    taken = await phone.post("/portal/v1/wechat/bind", json=body | {"password": PASSWORD, "ticket": ben})
    assert (taken.status_code, codes(taken)) == (409, ["user-bound-to-another-wechat"])
    li = await dealer(timed, tenant, "li")
    anna = {"ticket": first["ticket"], "login": li, "password": PASSWORD}
    other = await phone.post("/portal/v1/wechat/bind", json=anna)
    assert (other.status_code, codes(other)) == (409, ["wechat-bound-to-another"])


async def test_a_ticket_lasts_ten_minutes_and_cannot_be_made_up(
    phone: httpx.AsyncClient, owner: httpx.AsyncClient, timed: Database, tenant: Tenant, clock: Clock
) -> None:
    await set_up(owner)
    login = await dealer(timed, tenant)
    ticket = (await come(phone, tenant, "anna:1")).json()["ticket"]
    body = {"login": login, "password": PASSWORD}
    clock.forward(minutes=10, seconds=1)
    for forged in (ticket, ticket[:-2] + "aa", "x", "票"):
        refused = await phone.post("/portal/v1/wechat/bind", json=body | {"ticket": forged})
        assert (refused.status_code, codes(refused)) == (401, ["ticket-invalid"])


@pytest.mark.parametrize(
    ("errcode", "status", "code"),
    [
        (40029, 401, "wechat-code-invalid"),
        (40163, 401, "wechat-code-invalid"),
        (45011, 429, "wechat-too-often"),
        (40226, 403, "wechat-refused"),
        (40013, 409, "wechat-misconfigured"),
        (40125, 409, "wechat-misconfigured"),
        (-1, 503, "wechat-busy"),
        (99999, 503, "wechat-busy"),
    ],
)
async def test_what_wechat_says_is_told_in_our_words(
    phone: httpx.AsyncClient, owner: httpx.AsyncClient, wechat: FakeWeChat, tenant: Tenant,
    errcode: int, status: int, code: str,
) -> None:  # fmt: skip
    await set_up(owner)
    wechat.errcode = errcode
    answer = await come(phone, tenant, "anna:1")
    assert (answer.status_code, codes(answer)) == (status, [code])
    assert SECRET not in answer.text


async def test_when_wechat_is_not_there(owner: httpx.AsyncClient, timed: Database, tenant: Tenant) -> None:
    await set_up(owner)
    app = create_app(timed, web=Web(wechat_url="http://127.0.0.1:9"))
    async with client_of(app) as phone:
        answer = await come(phone, tenant, "anna:1")
        assert (answer.status_code, codes(answer)) == (503, ["wechat-busy"])
        long = await come(phone, tenant, "x" * 201)
        assert (long.status_code, codes(long)) == (401, ["wechat-code-invalid"])
    await app.on_shutdown[-1]()  # type: ignore[call-arg]


async def test_unbinding_by_oneself_and_by_an_administrator(
    phone: httpx.AsyncClient, owner: httpx.AsyncClient, timed: Database, tenant: Tenant
) -> None:
    await set_up(owner)
    login = await dealer(timed, tenant)

    async def bind(code: str) -> httpx.Response:
        ticket = (await come(phone, tenant, code)).json()["ticket"]
        body = {"ticket": ticket, "login": login, "password": PASSWORD}
        return await phone.post("/portal/v1/wechat/bind", json=body)

    session = {"authorization": f"Session {(await bind('anna:1')).json()['token']}"}
    assert (await phone.delete("/portal/v1/wechat", headers=session)).status_code == 204
    shown = (await phone.get("/portal/v1/wechat", headers=session)).json()
    assert shown == {"available": True, "bound": False, "bound_at": None}
    assert (await bind("anna:2")).status_code == 201
    users = (await owner.get("/api/v1/users", params={"audience": "dealer"})).json()["items"]
    path = f"/api/v1/users/{users[0]['id']}/wechat/unbind"
    assert (await owner.post(path)).status_code == 204
    assert (await owner.post(path)).status_code == 404
    assert (await come(phone, tenant, "anna:3")).json()["signed_in"] is None


async def test_by_invitation_with_wechat_alone(
    phone: httpx.AsyncClient, owner: httpx.AsyncClient, timed: Database, tenant: Tenant
) -> None:
    """No password to think of; so WeChat stays the only way in, until one is given."""
    await set_up(owner)
    customers = {c["code"]: c["id"] for c in (await owner.get("/api/v1/customers")).json()["items"]}
    invited = await owner.post(
        f"/api/v1/customers/{customers['C1']}/invitations", json={"roles": ["dealer_buyer"], "name": "王芳"}
    )
    ticket = (await come(phone, tenant, "fang:1")).json()["ticket"]
    body = {"ticket": ticket, "invitation": invited.json()["token"]}
    arrived = (await phone.post("/portal/v1/wechat/bind", json=body)).json()
    assert (arrived["me"]["name"], arrived["me"]["login"][:3]) == ("王芳", "wx-")
    session = {"authorization": f"Session {arrived['token']}"}
    locked = await phone.delete("/portal/v1/wechat", headers=session)
    assert (locked.status_code, codes(locked)) == (409, ["only-way-in"])
    assert (await come(phone, tenant, "fang:2")).json()["signed_in"]["me"]["name"] == "王芳"
    used = await phone.post("/portal/v1/wechat/bind", json=body)
    assert (used.status_code, codes(used)) == (409, ["invitation-used"])
