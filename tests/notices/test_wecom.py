"""Messages in WeCom: set up by the company, sent at once, tried again, and no link that decides anything."""

from collections.abc import AsyncIterator

import httpx
import pytest
from tests.conftest import AsRole
from tests.support import Tenant, contents, make_user, trail
from tests.wecom import AGENT_ID, CORP_ID, SECRET, FakeWeCom, fake_wecom

from dinghuo.kit.database import Database
from dinghuo.kit.ids import new_id
from dinghuo.kit.outbox_run import drain
from dinghuo.notices.messages import Note, send
from dinghuo.notices.wecom import WeCom, cut
from dinghuo.notices.wecom_errand import WeComMessenger

pytestmark = pytest.mark.slow

_CONSOLE = "https://console.example.com"


@pytest.fixture
async def wecom() -> AsyncIterator[FakeWeCom]:
    async with fake_wecom() as fake:
        yield fake


@pytest.fixture
async def messenger(wecom: FakeWeCom) -> AsyncIterator[WeComMessenger]:
    messenger = WeComMessenger(WeCom(wecom.url), _CONSOLE)
    yield messenger
    await messenger.close()


@pytest.fixture
async def owner(as_role: AsRole, database: Database, tenant: Tenant) -> httpx.AsyncClient:
    for login in ("boss", "manager", "clerk"):
        await make_user(database, tenant, "sales", login=login)
    return await as_role("owner")


async def set_up(owner: httpx.AsyncClient, **other: object) -> httpx.Response:
    body = {"corp_id": CORP_ID, "agent_id": AGENT_ID, "secret": SECRET, "active": True} | other
    return await owner.put("/api/v1/wecom-app", json=body)


async def name(client: httpx.AsyncClient, /, **people: str | None) -> httpx.Response:
    items = [{"login": login, "wecom_user": user} for login, user in people.items()]
    return await client.put("/api/v1/wecom-people", json={"items": items})


async def tell(database: Database, tenant: Tenant, *logins: str, title: str = "待审批") -> None:
    async with database.transaction(tenant.id) as tx:
        rows = await tx.fetch(
            "select id from app_user where tenant_id = $1 and login = any($2::text[])", list(logins)
        )
        note = Note(
            group_id=new_id(), users=[row["id"] for row in rows], kind="approval.asked", title=title,
            title_en="To approve", body="客户：K1", link="approval:0198c1f0-0000-7000-8000-000000000000",
        )  # fmt: skip
        await send(tx, [note])


def codes(answer: httpx.Response) -> list[str]:
    return [fault["code"] for fault in answer.json()["faults"]]


async def test_the_secret_is_sealed_and_never_shown(
    owner: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    empty = {"corp_id": None, "agent_id": None, "has_secret": False, "active": False, "revision": 0}
    assert (await owner.get("/api/v1/wecom-app")).json() == empty
    before = await contents(database, tenant)
    assert codes(await set_up(owner, corp_id="x", secret="short")) == ["wecom-corp-id", "wecom-secret"]
    body = {"corp_id": CORP_ID, "agent_id": AGENT_ID, "active": True}
    assert codes(await owner.put("/api/v1/wecom-app", json=body)) == ["wecom-secret-needed"]
    assert await contents(database, tenant) == before
    view = {"corp_id": CORP_ID, "agent_id": AGENT_ID, "has_secret": True, "active": True, "revision": 1}
    assert (await set_up(owner)).json() == view
    assert (await owner.put("/api/v1/wecom-app", json=body)).json() == view | {"revision": 2}
    # Another app has another secret.
    assert codes(await owner.put("/api/v1/wecom-app", json=body | {"agent_id": 5})) == ["wecom-secret-needed"]
    stored = await contents(database, tenant)
    assert SECRET not in str(stored)
    assert [entry[:2] for entry in await trail(database, tenant)][-2:] == [("wecom_app", "updated")] * 2


async def test_who_is_who(owner: httpx.AsyncClient, database: Database, tenant: Tenant) -> None:
    assert (await name(owner, boss="Boss", manager="Manager")).json() == {"saved": 2}
    before = await contents(database, tenant)
    assert codes(await name(owner, clerk="Boss")) == ["wecom-user-taken"]
    assert codes(await name(owner, nobody="X", clerk="a b")) == ["unknown-code", "wecom-user"]
    assert codes(await name(owner, clerk="X", owner="X")) == ["duplicate-code"]
    assert await contents(database, tenant) == before
    assert (await name(owner, boss="Manager", manager="Boss")).json() == {"saved": 2}
    assert (await name(owner, boss=None)).json() == {"saved": 1}
    people = {p["login"]: p["wecom_user"] for p in (await owner.get("/api/v1/wecom-people")).json()["items"]}
    assert {login: people[login] for login in ("boss", "manager", "clerk")} == {
        "boss": None, "manager": "Boss", "clerk": None,
    }  # fmt: skip


async def test_those_who_are_there_are_told_in_one_message(
    owner: httpx.AsyncClient, database: Database, tenant: Tenant, wecom: FakeWeCom, messenger: WeComMessenger
) -> None:
    await set_up(owner)
    await name(owner, boss="Boss", manager="Manager")
    await tell(database, tenant, "boss", "manager", "clerk")
    await drain(database, tenant.id, messenger.reactions)
    await drain(database, tenant.id, messenger.reactions)
    assert [
        (said["touser"], said["msgtype"], said["agentid"], said["enable_duplicate_check"]) for said in wecom.sent
    ] == [("Boss|Manager", "textcard", AGENT_ID, 1)]
    assert wecom.sent[0]["textcard"] == {
        "title": "待审批", "description": "客户：K1", "btntxt": "查看",
        "url": f"{_CONSOLE}/approvals/0198c1f0-0000-7000-8000-000000000000",
    }  # fmt: skip


async def test_a_token_is_kept_and_asked_for_again_when_it_is_over(
    owner: httpx.AsyncClient, database: Database, tenant: Tenant, wecom: FakeWeCom, messenger: WeComMessenger
) -> None:
    await set_up(owner)
    await name(owner, boss="Boss")
    for _ in range(3):
        await tell(database, tenant, "boss")
    await drain(database, tenant.id, messenger.reactions)
    assert (len(wecom.sent), wecom.tokens) == (3, ["token-0"])
    wecom.expire()
    await tell(database, tenant, "boss")
    await drain(database, tenant.id, messenger.reactions)
    assert (len(wecom.sent), wecom.tokens[-1]) == (4, "token-2")


@pytest.mark.parametrize("way", ["down", "limit", "secret"])
async def test_what_does_not_arrive_is_tried_again(
    owner: httpx.AsyncClient,
    database: Database,
    tenant: Tenant,
    wecom: FakeWeCom,
    messenger: WeComMessenger,
    way: str,
) -> None:
    await set_up(owner, **({"secret": "another-secret-of-length-20"} if way == "secret" else {}))
    await name(owner, boss="Boss")
    wecom.is_down, wecom.errcode = way == "down", 45009 if way == "limit" else 0
    await tell(database, tenant, "boss")
    await drain(database, tenant.id, messenger.reactions)
    async with database.transaction(tenant.id) as tx:
        (mark,) = await tx.fetch("select state, error from outbox_mark where tenant_id = $1")
    assert (mark["state"], wecom.sent) == ("failed", [])
    said = {"down": "HTTPStatusError", "limit": "45009", "secret": "40001"}[way]
    assert said in mark["error"]
    assert SECRET not in mark["error"]


async def test_who_is_not_there_is_passed_over(
    owner: httpx.AsyncClient, database: Database, tenant: Tenant, wecom: FakeWeCom, messenger: WeComMessenger
) -> None:
    await set_up(owner)
    await name(owner, clerk="Nobody")
    await tell(database, tenant, "clerk")
    await drain(database, tenant.id, messenger.reactions)
    async with database.transaction(tenant.id) as tx:
        (mark,) = await tx.fetch("select state from outbox_mark where tenant_id = $1")
    assert (mark["state"], wecom.sent) == ("done", [])


async def test_switched_off_nothing_is_sent(
    owner: httpx.AsyncClient, database: Database, tenant: Tenant, wecom: FakeWeCom, messenger: WeComMessenger
) -> None:
    await set_up(owner, active=False)
    await name(owner, boss="Boss")
    await tell(database, tenant, "boss")
    await drain(database, tenant.id, messenger.reactions)
    assert (wecom.sent, wecom.tokens) == ([], [])


def test_long_texts_are_cut_between_characters() -> None:
    assert cut("订单" * 30, 128) == "订单" * 20 + "订…"
    assert len(cut("订单" * 300, 512).encode()) <= 512
    assert cut("short", 128) == "short"
