"""Saved views: one's own in one's own order, others' shared ones to look at, and nobody changes another's."""

from typing import Any

import httpx
import pytest
from tests.conftest import AsRole
from tests.support import Tenant, contents

from dinghuo.kit.database import Database

PATH = "/api/v1/saved-views"


async def save(client: httpx.AsyncClient, name: str, **more: Any) -> dict[str, Any]:
    answer = await client.post(PATH, json={"list": "orders", "name": name, "query": "state=confirmed"} | more)
    assert answer.status_code == 201, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def names(client: httpx.AsyncClient, of_list: str = "orders") -> list[str]:
    return [view["name"] for view in (await client.get(PATH, params={"list": of_list})).json()["items"]]


async def test_views_stand_in_ones_own_order_then_those_that_others_share(as_role: AsRole) -> None:
    mine, other = await as_role("sales", login="mine"), await as_role("sales", login="other")
    a, b, c = [await save(mine, name) for name in ("A", "B", "C")]
    await save(mine, "D", list="customers")
    await save(other, "Z", shared=True)
    await save(other, "Y", shared=True)
    await save(other, "hidden")
    assert await names(mine) == ["A", "B", "C", "Y", "Z"]
    assert await names(mine, "customers") == ["D"]
    arranged = await mine.put(f"{PATH}/order", json={"list": "orders", "ids": [c["id"], a["id"]]})
    assert [view["name"] for view in arranged.json()["items"]] == ["C", "A", "B", "Y", "Z"]
    assert (await mine.put(f"{PATH}/order", json={"list": "orders", "ids": [b["id"]]})).status_code == 200
    assert await names(mine) == ["B", "C", "A", "Y", "Z"]
    shared = (await mine.get(PATH, params={"list": "orders"})).json()["items"][3]
    assert (shared["mine"], shared["owner"], shared["shared"]) == (False, "other · test", True)


async def test_an_edit_names_the_revision_it_saw(as_role: AsRole) -> None:
    client = await as_role("sales")
    view = await save(client, "A")
    at = f"{PATH}/{view['id']}"
    edited = await client.patch(at, json={"name": " AA ", "shared": True}, headers={"if-match": "1"})
    told = edited.json()
    assert (told["name"], told["query"], told["shared"], told["revision"]) == ("AA", "state=confirmed", True, 2)
    assert (await client.patch(at, json={"name": "AAA"}, headers={"if-match": "1"})).status_code == 412
    assert (await client.patch(at, json={"name": "AAA"})).status_code == 422
    assert (await client.patch(at, json={"query": ""}, headers={"if-match": "2"})).json()["query"] == ""
    assert (await client.delete(at)).status_code == 204
    assert await names(client) == []


@pytest.mark.parametrize(
    ("body", "status", "faults"),
    [
        ({"list": "Orders!"}, 422, [("bad-list-name", "list")]),
        ({"name": " "}, 422, [("empty-text", "name")]),
        ({"name": "n" * 61, "query": "q" * 4001}, 422, [("text-too-long", "name"), ("text-too-long", "query")]),
        ({"name": "there"}, 409, [("view-name-taken", "name")]),
    ],
)
async def test_what_cannot_be_kept_leaves_no_trace(
    as_role: AsRole, database: Database, tenant: Tenant, body: Any, status: int, faults: list[tuple[str, str]]
) -> None:
    client = await as_role("sales")
    await save(client, "there")
    before = await contents(database, tenant)
    answer = await client.post(PATH, json={"list": "orders", "name": "n", "query": "q"} | body)
    assert (answer.status_code, [(f["code"], f["field"]) for f in answer.json()["faults"]]) == (status, faults)
    assert await contents(database, tenant) == before


@pytest.mark.slow
async def test_a_list_has_fifty_views_of_one_person_at_most(as_role: AsRole) -> None:
    client = await as_role("sales")
    for number in range(50):
        await save(client, str(number))
    answer = await client.post(PATH, json={"list": "orders", "name": "one more", "query": ""})
    assert (answer.status_code, answer.json()["type"]) == (409, "/problems/too-many-views")
    await save(client, "of another list", list="customers")


async def test_nobody_changes_anothers_but_settings_clear_away_what_is_shared(
    as_role: AsRole, database: Database, tenant: Tenant
) -> None:
    mine, other, owner = await as_role("sales"), await as_role("sales"), await as_role("owner")
    own, shared = await save(mine, "A"), await save(mine, "B", shared=True)
    before = await contents(database, tenant)
    for view, status in ((own, 404), (shared, 404)):
        at = f"{PATH}/{view['id']}"
        assert (await other.patch(at, json={"name": "x"}, headers={"if-match": "1"})).status_code == status
        moved = await other.put(f"{PATH}/order", json={"list": "orders", "ids": [view["id"]]})
        assert moved.status_code == 404
    assert (await other.delete(f"{PATH}/{own['id']}")).status_code == 404
    assert (await other.delete(f"{PATH}/{shared['id']}")).status_code == 403
    assert (await owner.delete(f"{PATH}/{own['id']}")).status_code == 404
    assert await contents(database, tenant) == before
    assert (await owner.delete(f"{PATH}/{shared['id']}")).status_code == 204
    assert await names(mine) == ["A"]
