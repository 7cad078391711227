"""Comments on orders: who may read and change them, whom they reach, and what stays of them."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest
from litestar import Litestar
from tests.support import Tenant, client_of, contents, key_of, make_tenant, make_user, principal_of
from tests.world import World

from dinghuo.comments.queries import EDITABLE
from dinghuo.comments.write import CommentRequest
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Database, utc_now
from dinghuo.kit.errors import Refused
from dinghuo.orders.order_comments import TALK

pytestmark = pytest.mark.slow

ORDERS = "/api/v1/orders"


class People:
    """Clients by login."""

    def __init__(self, boss: httpx.AsyncClient, li: httpx.AsyncClient, hidden: httpx.AsyncClient) -> None:
        self.boss, self.li, self.hidden = boss, li, hidden


@pytest.fixture
async def people(app: Litestar, database: Database, world: World) -> AsyncIterator[People]:
    """The owner, someone of finance, and a sales person without customers."""
    tokens = [
        await key_of(database, world.tenant, await make_user(database, world.tenant, role, login=login))
        for role, login in (("owner", "boss"), ("finance", "li"), ("sales", "hidden"))
    ]
    boss, li, hidden = (client_of(app, x_api_key=token.text(), accept_language="en") for token in tokens)
    async with boss, li, hidden:
        yield People(boss, li, hidden)


@pytest.fixture
async def where(people: People) -> str:
    body = {"customer": "K1", "lines": [{"sku": "COLA", "quantity": "1"}]}
    return f"{ORDERS}/{(await people.boss.post(ORDERS, json=body)).json()['id']}/comments"


async def test_what_is_said_is_read_by_all_who_see_the_order(people: People, where: str) -> None:
    said = await people.boss.post(where, json={"text": " @li 请跟进 ", "mentions": ["LI"]})
    assert said.status_code == 201, said.text
    first = said.json()
    assert (first["text"], [who["login"] for who in first["mentions"]]) == ("@li 请跟进", ["li"])
    assert (first["may_edit"], first["for_customer"], first["deleted"]) == (True, False, False)
    await people.li.post(where, json={"text": "好的", "for_customer": True})
    read = (await people.li.get(where)).json()["items"]
    told = [(item["text"], item["author"]["name"], item["may_edit"], item["for_customer"]) for item in read]
    assert told == [("@li 请跟进", "boss · test", False, False), ("好的", "li · test", True, True)]
    assert (await people.boss.get(where.removesuffix("/comments"))).json()["comments"] == 2
    page = (await people.boss.get(where, params={"limit": 1})).json()
    rest = (await people.boss.get(where, params={"cursor": page["cursor"]})).json()
    assert [item["text"] for item in page["items"] + rest["items"]] == ["@li 请跟进", "好的"]


async def test_who_does_not_see_the_order_does_not_see_what_is_said(
    people: People, where: str, database: Database, world: World, app: Litestar
) -> None:
    comment = (await people.boss.post(where, json={"text": "intern", "mentions": ["hidden"]})).json()
    before = await contents(database, world.tenant)
    other = await make_tenant(database)
    token = await key_of(database, other, await make_user(database, other, "owner"))
    async with client_of(app, x_api_key=token.text()) as stranger:
        for client in (people.hidden, stranger):
            answers = [
                await client.get(where),
                await client.post(where, json={"text": "x"}),
                await client.patch(f"{where}/{comment['id']}", json={"text": "x"}, headers={"if-match": "1"}),
                await client.delete(f"{where}/{comment['id']}"),
            ]
            assert [answer.status_code for answer in answers] == [404] * 4
            assert (await client.get("/api/v1/mentions")).json()["items"] == []
    assert await contents(database, world.tenant) == before


@pytest.mark.parametrize(
    ("body", "faults"),
    [
        ({"text": "  "}, [("empty-text", "text")]),
        ({"text": "n" * 4001}, [("text-too-long", "text")]),
        ({"text": "a\0"}, [("text-unprintable", "text")]),
        ({"text": "", "mentions": ["li", "nobody"]}, [("empty-text", "text"), ("unknown-code", "mentions[1]")]),
        ({"text": "x", "mentions": ["li"] * 51}, [("too-many-mentions", "mentions")]),
    ],
)
async def test_what_cannot_be_said_leaves_no_trace(
    people: People, where: str, database: Database, world: World, body: Any, faults: list[tuple[str, str]]
) -> None:
    before = await contents(database, world.tenant)
    answer = await people.boss.post(where, json=body)
    assert (answer.status_code, [(f["code"], f["field"]) for f in answer.json()["faults"]]) == (422, faults)
    assert await contents(database, world.tenant) == before


async def test_ones_own_is_mended_while_it_is_new(
    people: People, where: str, database: Database, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    comment = (await people.boss.post(where, json={"text": "eins", "mentions": ["li"]})).json()
    at = f"{where}/{comment['id']}"
    anothers = await people.li.patch(at, json={"text": "x"}, headers={"if-match": "1"})
    assert (anothers.status_code, anothers.json()["type"]) == (403, "/problems/comment-of-another")
    assert (await people.li.delete(at)).status_code == 403
    stale = await people.boss.patch(at, json={"text": "x"}, headers={"if-match": "2"})
    assert stale.status_code == 412
    mended = await people.boss.patch(at, json={"text": "zwei", "mentions": ["hidden"]}, headers={"if-match": "1"})
    told = mended.json()
    assert (told["text"], [who["login"] for who in told["mentions"]], told["revision"]) == ("zwei", ["hidden"], 2)
    assert told["edited_at"] is not None
    monkeypatch.setattr(database, "clock", lambda: utc_now() + EDITABLE + timedelta(seconds=1))
    late = await people.boss.patch(at, json={"text": "drei"}, headers={"if-match": "2"})
    assert (late.status_code, late.json()["type"]) == (409, "/problems/comment-fixed")
    assert (await people.boss.delete(at)).status_code == 409
    (read,) = (await people.boss.get(where)).json()["items"]
    assert (read["text"], read["may_edit"]) == ("zwei", False)
    async with database.transaction(world.tenant.id) as tx:
        rows = await tx.fetch(
            "select action, changes from audit_entry where tenant_id = $1 and subject_kind = 'comment'"
        )
    assert [(row["action"], row["changes"]) for row in rows] == [("edited", {"text": ["eins", "zwei"]})]


async def test_what_is_taken_back_stays_as_an_empty_place(people: People, where: str) -> None:
    comment = (await people.boss.post(where, json={"text": "eins", "mentions": ["li"]})).json()
    at = f"{where}/{comment['id']}"
    assert len((await people.li.get("/api/v1/mentions")).json()["items"]) == 1
    assert (await people.boss.delete(at)).status_code == 204
    (read,) = (await people.boss.get(where)).json()["items"]
    assert (read["text"], read["deleted"], read["mentions"], read["may_edit"]) == ("", True, [], False)
    assert (await people.boss.delete(at)).status_code == 409
    assert (await people.li.get("/api/v1/mentions")).json()["items"] == []
    assert (await people.boss.get(where.removesuffix("/comments"))).json()["comments"] == 0


async def test_the_mentioned_find_it_and_the_screens_hear_of_it(
    people: People, where: str, database: Database, world: World
) -> None:
    comment = (await people.boss.post(where, json={"text": "bitte", "mentions": ["li", "li"]})).json()
    (mention,) = (await people.li.get("/api/v1/mentions")).json()["items"]
    assert (mention["comment_id"], mention["text"], mention["by"]) == (comment["id"], "bitte", "boss · test")
    assert mention["order"]["id"] in where and mention["customer"]["code"] == "K1"
    async with database.transaction(world.tenant.id) as tx:
        rows = await tx.fetch(
            "select subject_id, data from outbox_event where tenant_id = $1 and kind = 'orders.commented'"
        )
    (row,) = rows
    assert str(row["subject_id"]) in where
    assert row["data"] == {
        "comment_id": comment["id"],
        "for_customer": False,
        "mentions": [who["id"] for who in comment["mentions"]],
    }


async def dealer(database: Database, tenant: Tenant, customer: str) -> DealerPrincipal:
    login = await make_user(database, tenant, "dealer_admin", customers=[customer])
    principal = await principal_of(database, await key_of(database, tenant, login))
    assert isinstance(principal, DealerPrincipal)
    return principal


async def test_dealers_read_what_is_meant_for_them_and_are_heard(
    people: People, where: str, database: Database, world: World
) -> None:
    await people.boss.post(where, json={"text": "intern"})
    await people.boss.post(where, json={"text": "extern", "for_customer": True})
    gone = (await people.boss.post(where, json={"text": "vertan", "for_customer": True})).json()
    await people.boss.delete(f"{where}/{gone['id']}")
    mine, other = await dealer(database, world.tenant, "K1"), await dealer(database, world.tenant, "K2")
    order_id = UUID(where.split("/")[-2])
    async with database.transaction(world.tenant.id) as tx:
        said = CommentRequest("danke", mentions=["li"])
        await TALK.say(tx, order_id, said, principal=mine)
        read = await TALK.read(tx, order_id, principal=mine)
        assert [(item.text, item.mentions) for item in read.items] == [("extern", []), ("danke", [])]
        with pytest.raises(Refused):
            await TALK.read(tx, order_id, principal=other)
    texts = [item["text"] for item in (await people.boss.get(where)).json()["items"]]
    assert texts == ["intern", "extern", "", "danke"]
