"""Comments on customers: for who sees the customer, never for its own people; they go along when merged."""

import httpx
import pytest
from tests.callers import Staff
from tests.support import Tenant, contents

from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow


async def customer(owner: httpx.AsyncClient, code: str) -> str:
    await owner.put("/api/v1/customers", json={"items": [{"code": code, "name": f"经销商 {code}"}]})
    items = (await owner.get("/api/v1/customers", params={"search": code})).json()["items"]
    return str(items[0]["id"])


async def test_colleagues_talk_about_a_customer(owner: httpx.AsyncClient, staff: Staff) -> None:
    li = await staff("finance")
    login = (await li.get("/api/v1/me")).json()["login"]
    where = f"/api/v1/customers/{await customer(owner, 'C1')}/comments"
    said = {"text": " 账期谈好了吗 ", "mentions": [login], "for_customer": True}
    first = (await owner.post(where, json=said)).json()
    assert (first["text"], first["for_customer"], first["may_edit"]) == ("账期谈好了吗", False, True)
    await li.post(where, json={"text": "谈好了"})
    read = (await li.get(where)).json()["items"]
    assert [(item["text"], item["may_edit"]) for item in read] == [("账期谈好了吗", False), ("谈好了", True)]
    (mention,) = (await li.get("/api/v1/mentions")).json()["items"]
    assert (mention["customer"]["code"], mention["order"], mention["text"]) == ("C1", None, "账期谈好了吗")
    at = f"{where}/{first['id']}"
    mended = await owner.patch(at, json={"text": "账期谈好了"}, headers={"if-match": '"1"'})
    assert (mended.json()["text"], mended.json()["revision"]) == ("账期谈好了", 2)
    assert (await li.delete(at)).status_code == 403
    assert (await owner.delete(at)).status_code == 204
    assert [item["deleted"] for item in (await owner.get(where)).json()["items"]] == [True, False]


async def test_who_does_not_see_the_customer_hears_nothing(
    owner: httpx.AsyncClient, staff: Staff, database: Database, tenant: Tenant
) -> None:
    hidden = await staff("sales")
    where = f"/api/v1/customers/{await customer(owner, 'C1')}/comments"
    comment = (await owner.post(where, json={"text": "intern"})).json()
    before = await contents(database, tenant)
    answers = [
        await hidden.get(where),
        await hidden.post(where, json={"text": "x"}),
        await hidden.patch(f"{where}/{comment['id']}", json={"text": "x"}, headers={"if-match": "1"}),
        await hidden.delete(f"{where}/{comment['id']}"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 4
    assert await contents(database, tenant) == before


async def test_they_go_along_when_customers_are_merged(owner: httpx.AsyncClient) -> None:
    kept, gone = await customer(owner, "C1"), await customer(owner, "C2")
    for id, text in ((kept, "bleibt"), (gone, "kommt")):
        await owner.post(f"/api/v1/customers/{id}/comments", json={"text": text})
    assert (await owner.post("/api/v1/customers/merge", json={"from": "C2", "into": "C1"})).status_code == 200
    read = (await owner.get(f"/api/v1/customers/{kept}/comments")).json()["items"]
    assert [item["text"] for item in read] == ["bleibt", "kommt"]
