"""Signing in by WeCom: with the browser that began, once, as whoever is known there; and being known there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pyotp
import pytest
from litestar import Litestar
from tests.identity.conftest import PASSWORD, give_password, quick_passwords  # noqa: F401 - a fixture
from tests.support import VAULT, Tenant, client_of, contents, key_of, make_tenant, make_user, trail
from tests.wecom import AGENT_ID, CORP_ID, SECRET, FakeWeCom, fake_wecom

from dinghuo.entry.app import create_app
from dinghuo.kit.config import Web
from dinghuo.kit.database import Database
from dinghuo.kit.roles import Urls

pytestmark = pytest.mark.slow

API = "/api/v1"
_SITE = "https://orders.example.com"
_IN_WECOM = "Mozilla/5.0 (Linux; Android 14) MicroMessenger/7.0.1 wxwork/4.1.30 Mobile"


@dataclass
class Office:
    """The company's people, and browsers of theirs."""

    app: Litestar
    database: Database
    tenant: Tenant
    wecom: FakeWeCom
    owner: httpx.AsyncClient
    clock: list[datetime]
    stack: AsyncExitStack

    async def browser(self, agent: str = "Firefox") -> httpx.AsyncClient:
        return await self.stack.enter_async_context(client_of(self.app, user_agent=agent, accept_language="en"))

    async def set_up(self, **other: object) -> None:
        body = {"corp_id": CORP_ID, "agent_id": AGENT_ID, "secret": SECRET, "active": True} | other
        assert (await self.owner.put(f"{API}/wecom-app", json=body)).status_code == 200

    async def name(self, **people: str | None) -> None:
        items = [{"login": login, "wecom_user": user} for login, user in people.items()]
        assert (await self.owner.put(f"{API}/wecom-people", json={"items": items})).status_code == 200

    async def begin(self, browser: httpx.AsyncClient) -> str:
        answer = await browser.post(f"{API}/wecom/begin", json={"company": self.tenant.code})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["url"])

    async def come(self, browser: httpx.AsyncClient, user: str = "Boss") -> httpx.Response:
        """Go to WeCom, say yes there as `user`, and come back."""
        return await self.back(browser, self.wecom.agree(await self.begin(browser), user))

    async def back(self, browser: httpx.AsyncClient, url: str, path: str = "wecom/sign-in") -> httpx.Response:
        headers = {"x-csrf-token": browser.headers.get("x-csrf-token", "")}
        return await browser.post(f"{API}/{path}", json=came_back(url), headers=headers)

    async def signed_in(self, login: str) -> httpx.AsyncClient:
        """Somebody's browser, signed in with a password."""
        await give_password(self.database, self.tenant, login)
        browser = await self.browser()
        body = {"company": self.tenant.code, "login": login, "password": PASSWORD}
        answer = await browser.post(f"{API}/sign-in", json=body)
        assert answer.status_code == 201, answer.text
        browser.headers["x-csrf-token"] = answer.json()["csrf"]
        return browser


def came_back(url: str) -> dict[str, str]:
    assert url.startswith(f"{_SITE}/sign-in/wecom?")
    query = parse_qs(urlsplit(url).query)
    return {"code": query["code"][0], "state": query["state"][0]}


def codes(answer: httpx.Response) -> list[str]:
    return [fault["code"] for fault in answer.json()["faults"]]


def refused(answer: httpx.Response) -> tuple[int, list[str]]:
    assert "set-cookie" not in answer.headers
    return answer.status_code, codes(answer)


@pytest.fixture
async def office(database_urls: Urls, tenant: Tenant) -> AsyncIterator[Office]:
    async with AsyncExitStack() as stack:
        clock = [datetime.now(UTC)]
        database = Database(database_urls.app, guard=True, clock=lambda: clock[0], vault=VAULT)
        stack.push_async_callback(database.close)
        wecom = await stack.enter_async_context(fake_wecom())
        app = create_app(database, web=Web(url=_SITE, wecom_url=wecom.url))
        for end in reversed(app.on_shutdown):
            stack.push_async_callback(end)  # type: ignore[arg-type]
        for login in ("boss", "manager", "clerk"):
            await make_user(database, tenant, "sales_manager", login=login)
        token = await key_of(database, tenant, await make_user(database, tenant, "owner"))
        owner = await stack.enter_async_context(client_of(app, x_api_key=token.text()))
        yield Office(app, database, tenant, wecom, owner, clock, stack)


async def test_where_it_is_not_set_up_there_is_no_door(office: Office) -> None:
    browser = await office.browser()
    query = {"company": office.tenant.code}

    async def door(**query: str) -> Any:
        return (await browser.get(f"{API}/wecom/door", params=query)).json()

    closed, opened = ({"available": each, "asks_company": False} for each in (False, True))
    assert await door(**query) == closed
    assert refused(await browser.post(f"{API}/wecom/begin", json=query)) == (409, ["wecom-not-set-up"])
    await office.set_up()
    assert await door(**query) == opened
    await office.set_up(active=False)
    assert await door(**query) == closed
    assert await door(company="nobody") == closed
    # Where there are several companies it is theirs, and one is asked which.
    await make_tenant(office.database)
    assert await door() == {"available": False, "asks_company": True}


@pytest.mark.parametrize("agent", ["Firefox", _IN_WECOM])
async def test_who_is_known_there_is_signed_in(office: Office, agent: str) -> None:
    await office.set_up()
    await office.name(boss="Boss")
    browser = await office.browser(agent)
    url = await office.begin(browser)
    assert url.startswith(
        "https://open.weixin.qq.com/" if agent == _IN_WECOM else "https://login.work.weixin.qq.com/"
    )
    answer = await office.back(browser, office.wecom.agree(url, "Boss"))
    assert answer.status_code == 200, answer.text
    signed_in = answer.json()["signed_in"]
    assert (answer.json()["ticket"], signed_in["me"]["login"], signed_in["token"]) == (None, "boss", None)
    assert (await browser.get(f"{API}/me")).json()["login"] == "boss"
    assert [entry[:2] for entry in await trail(office.database, office.tenant)][-1] == ("session", "created")
    # What it came with is gone.
    assert "dinghuo_wecom" not in browser.cookies


async def test_a_way_back_is_good_once(office: Office) -> None:
    await office.set_up()
    await office.name(boss="Boss")
    browser = await office.browser()
    url = office.wecom.agree(await office.begin(browser), "Boss")
    cookie = browser.cookies["dinghuo_wecom"]
    answers = await asyncio.gather(*(office.back(browser, url) for _ in range(4)))
    assert sorted(answer.status_code for answer in answers) == [200, 401, 401, 401]
    browser.cookies.set("dinghuo_wecom", cookie)
    assert codes(await office.back(browser, url)) == ["wecom-state-invalid"]


async def test_a_way_back_is_of_the_browser_that_began(office: Office) -> None:
    """Neither with a link that somebody else began, nor without having begun at all."""
    await office.set_up()
    await office.name(boss="Boss")
    mine, theirs = await office.browser(), await office.browser()
    url = office.wecom.agree(await office.begin(mine), "Boss")
    assert refused(await office.back(theirs, url)) == (401, ["wecom-state-invalid"])
    # The attempt has used it up.
    assert refused(await office.back(mine, url)) == (401, ["wecom-state-invalid"])
    url = office.wecom.agree(await office.begin(mine), "Boss")
    await office.begin(theirs)
    assert refused(await office.back(theirs, url)) == (401, ["wecom-state-invalid"])
    # Nobody asked WeCom whose codes these were.
    assert len(office.wecom.codes) == 2
    for state in ("", "1x2", "9" * 19 + "x" + "0" * 80, came_back(url)["state"][:-1] + "é"):
        answer = await mine.post(f"{API}/wecom/sign-in", json={"code": "x", "state": state})
        assert refused(answer) == (401, ["wecom-state-invalid"])
    async with office.database.transaction(office.tenant.id) as tx:
        assert await tx.fetch("select 1 from session where tenant_id = $1") == []


async def test_a_way_back_is_good_for_ten_minutes(office: Office) -> None:
    await office.set_up()
    await office.name(boss="Boss")
    browser = await office.browser()
    url = office.wecom.agree(await office.begin(browser), "Boss")
    office.clock[0] += timedelta(minutes=10)
    assert refused(await office.back(browser, url)) == (401, ["wecom-state-invalid"])
    assert (await office.come(browser)).status_code == 200
    async with office.database.transaction(office.tenant.id) as tx:
        assert await tx.fetch("select 1 from wecom_visit where tenant_id = $1") == []


async def test_who_is_not_known_or_disabled_is_refused(office: Office) -> None:
    await office.set_up()
    await office.name(clerk="Clerk")
    browser = await office.browser()
    for user in ("Boss", "stranger"):
        assert refused(await office.come(browser, user)) == (403, ["wecom-person-unknown"])
    disabled = {"items": [{"login": "clerk", "state": "disabled"}]}
    assert (await office.owner.put(f"{API}/users", json=disabled)).status_code == 200
    assert refused(await office.come(browser, "Clerk")) == (403, ["user-disabled"])
    kept = [entry[:2] for entry in await trail(office.database, office.tenant)]
    assert kept.count(("sign_in", "refused")) == 3


@pytest.mark.parametrize(
    ("way", "status", "code"),
    [
        ("down", 503, "wecom-busy"),
        ("limit", 503, "wecom-busy"),
        ("secret", 503, "wecom-busy"),
        ("code", 401, "wecom-code-invalid"),
    ],
)
async def test_what_wecom_says_is_told_in_our_words(office: Office, way: str, status: int, code: str) -> None:
    await office.set_up(**({"secret": "another-secret-of-length-20"} if way == "secret" else {}))
    await office.name(boss="Boss")
    browser = await office.browser()
    url = office.wecom.agree(await office.begin(browser), "Boss")
    office.wecom.is_down, office.wecom.errcode = way == "down", 45009 if way == "limit" else 0
    if way == "code":
        office.wecom.codes.clear()
    answer = await office.back(browser, url)
    assert refused(answer) == (status, [code])
    assert SECRET not in answer.text


async def test_a_second_factor_is_asked_for_here_too(office: Office) -> None:
    await office.set_up()
    await office.name(boss="Boss")
    own = await office.signed_in("boss")
    secret = (await own.post(f"{API}/me/totp", json={"password": PASSWORD})).json()["secret"]
    code = pyotp.TOTP(secret).at(office.clock[0])
    confirmed = await own.post(f"{API}/me/totp/confirm", json={"code": code})
    assert confirmed.status_code == 201, confirmed.text

    browser, other = await office.browser(), await office.browser()
    answer = (await office.come(browser)).json()
    assert answer["signed_in"] is None
    assert (await browser.get(f"{API}/me")).status_code == 401

    async def give(with_: httpx.AsyncClient, code: str) -> httpx.Response:
        return await with_.post(f"{API}/wecom/second-factor", json={"ticket": answer["ticket"], "code": code})

    office.clock[0] += timedelta(minutes=1)
    right = pyotp.TOTP(secret).at(office.clock[0])
    assert refused(await give(other, right)) == (401, ["wecom-ticket-invalid"])
    assert refused(await give(browser, "000000")) == (401, ["wrong-second-factor"])
    # The code that was used before is none any more.
    assert refused(await give(browser, code)) == (401, ["wrong-second-factor"])
    done = await give(browser, right)
    assert (done.status_code, done.json()["me"]["login"]) == (201, "boss")
    assert (await browser.get(f"{API}/me")).json()["login"] == "boss"
    office.clock[0] += timedelta(minutes=6)
    assert refused(await give(browser, pyotp.TOTP(secret).at(office.clock[0]))) == (401, ["wecom-ticket-invalid"])


async def test_being_known_there_by_ones_own_doing(office: Office) -> None:
    await office.set_up()
    await office.name(clerk="Clerk")
    own = await office.signed_in("boss")
    assert (await own.get(f"{API}/me/wecom")).json() == {"available": True, "wecom_user": None}

    async def leave() -> str:
        answer = await own.post(f"{API}/me/wecom/begin", json={})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["url"])

    # What one set out for is what one comes back for.
    url = office.wecom.agree(await leave(), "Boss")
    assert refused(await office.back(own, url)) == (401, ["wecom-state-invalid"])
    url = office.wecom.agree(await office.begin(own), "Boss")
    assert refused(await office.back(own, url, "me/wecom")) == (401, ["wecom-state-invalid"])
    for user, code in (("Clerk", "wecom-user-taken"), ("stranger", "wecom-person-unknown")):
        url = office.wecom.agree(await leave(), user)
        assert codes(await office.back(own, url, "me/wecom")) == [code]
    linked = await office.back(own, office.wecom.agree(await leave(), "Boss"), "me/wecom")
    assert linked.json() == {"available": True, "wecom_user": "Boss"}
    browser = await office.browser()
    assert (await office.come(browser)).json()["signed_in"]["me"]["login"] == "boss"
    assert (await own.delete(f"{API}/me/wecom")).status_code == 204
    assert (await own.get(f"{API}/me/wecom")).json()["wecom_user"] is None
    assert refused(await office.come(browser)) == (403, ["wecom-person-unknown"])
    assert (await trail(office.database, office.tenant)).count(("app_user", "updated", "boss")) == 2


async def test_another_person_cannot_come_back_for_me(office: Office) -> None:
    """A link to be known by, begun by one, is of no use to another who is signed in."""
    await office.set_up()
    boss, manager = await office.signed_in("boss"), await office.signed_in("manager")
    leaving = (await boss.post(f"{API}/me/wecom/begin", json={})).json()["url"]
    url = office.wecom.agree(leaving, "Boss")
    before = await contents(office.database, office.tenant, but={"wecom_visit"})
    manager.cookies.set("dinghuo_wecom", boss.cookies["dinghuo_wecom"])
    assert codes(await office.back(manager, url, "me/wecom")) == ["wecom-state-invalid"]
    assert await contents(office.database, office.tenant, but={"wecom_visit"}) == before


async def test_a_key_is_nobody_who_is_known_there(office: Office) -> None:
    await office.set_up()
    answers: list[Any] = [
        await office.owner.post(f"{API}/me/wecom/begin", json={}),
        await office.owner.post(f"{API}/me/wecom", json={"code": "x", "state": "y"}),
        await office.owner.delete(f"{API}/me/wecom"),
    ]
    assert [(answer.status_code, codes(answer)) for answer in answers] == [(403, ["session-only"])] * 3


async def test_setting_out_is_bounded(office: Office) -> None:
    await office.set_up()
    browser = await office.browser()
    for _ in range(60):
        await office.begin(browser)
    answer = await browser.post(f"{API}/wecom/begin", json={"company": office.tenant.code})
    assert (answer.status_code, codes(answer)) == (429, ["too-many-attempts"])
    assert int(answer.headers["retry-after"]) > 0
