"""Price lists over HTTP: saved, priced, published, read page by page, edited by whoever saw the last revision."""

import httpx
from tests.callers import Staff
from tests.pricing.conftest import Prices
from tests.publishing import turn
from tests.support import make_tenant

from dinghuo.kit.database import Database

CONTRACT = {
    "code": "C1",
    "name": "合同价",
    "kind": "contract",
    "customer": "CHILD",
    "valid_from": "2026-01-01",
    "tax_inclusive": False,
}


async def test_a_list_is_made_priced_published_and_withdrawn(prices: Prices, owner: httpx.AsyncClient) -> None:
    saved = await owner.put("/api/v1/price-lists", json={"items": [CONTRACT]})
    assert (saved.status_code, saved.json()) == (200, {"created": 1, "updated": 0, "unchanged": 0, "warnings": []})
    items = [{"sku": "A", "price": "24.5"}, {"sku": "A", "unit": "瓶", "minimum_quantity": "6", "price": "2.1"}]
    priced = await owner.put("/api/v1/price-lists/C1/entries", json={"items": [*items, {"sku": "B", "price": "3"}]})
    assert priced.json() == {"created": 3, "updated": 0, "unchanged": 0}
    published = await turn(owner, "price-lists/C1", idempotency_key="p")
    assert (published.status_code, published.json()["state"]) == (200, "published")
    again = await turn(owner, "price-lists/C1", idempotency_key="p")
    assert again.json() == published.json()
    (found,) = (await owner.get("/api/v1/prices", params={"customer": "CHILD", "sku": "A"})).json()["items"]
    assert found["steps"] == [
        {"from_quantity": "0", "price": "24.500000", "tax_inclusive": False, "list": "C1"},
    ]
    gone = await owner.post("/api/v1/price-lists/C1/entries/delete", json={"items": [{"sku": "B"}]})
    assert gone.json() == {"deleted": 1}
    stale = await owner.post("/api/v1/price-lists/C1/withdraw", headers={"if-match": "1"})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/stale-revision")
    blind = await owner.post("/api/v1/price-lists/C1/withdraw")
    assert blind.json()["type"] == "/problems/if-match-needed"
    assert (await owner.get("/api/v1/price-lists/C1")).json()["state"] == "published"
    withdrawn = await turn(owner, "price-lists/C1", "withdraw")
    assert withdrawn.json()["state"] == "withdrawn"
    assert withdrawn.json()["customer"]["code"] == "CHILD"


async def test_what_was_read_before_a_price_changed_neither_publishes_nor_withdraws(
    prices: Prices, owner: httpx.AsyncClient
) -> None:
    url = "/api/v1/price-lists/C1"
    await owner.put("/api/v1/price-lists", json={"items": [CONTRACT]})

    async def save(price: str | None) -> httpx.Response:
        return await owner.put(f"{url}/entries", json={"items": [{"sku": "A", "price": price}]})

    async def cell(price: str | None) -> httpx.Response:
        return await owner.put("/api/v1/price-grid", json={"cells": [{"list": "C1", "sku": "A", "price": price}]})

    async def delete(_price: str | None) -> httpx.Response:
        return await owner.post(f"{url}/entries/delete", json={"items": [{"sku": "A"}]})

    for verb, before, after in (("publish", "draft", "published"), ("withdraw", "published", "withdrawn")):
        for change, price in ((save, "24.5"), (cell, "25"), (cell, None), (save, "26"), (delete, "26")):
            read = (await owner.get(url)).headers["etag"]
            assert (await change(price)).status_code == 200
            late = await owner.post(f"{url}/{verb}", headers={"if-match": read})
            assert (late.status_code, late.json()["faults"][0]["code"]) == (412, "stale-revision")
            late = await owner.patch(url, json={"name": "旧"}, headers={"if-match": read})
            assert late.status_code == 412
            now = await owner.get(url)
            assert (now.json()["state"], now.json()["name"]) == (before, "合同价")
        # What is as it was is no change.
        assert (await save("7")).status_code == 200
        read = (await owner.get(url)).headers["etag"]
        assert (await save("7")).json() == {"created": 0, "updated": 0, "unchanged": 1}
        done = await owner.post(f"{url}/{verb}", headers={"if-match": read})
        assert (done.status_code, done.json()["state"]) == (200, after)
        assert (await delete("7")).status_code == 200


async def test_prices_are_read_page_by_page(prices: Prices, owner: httpx.AsyncClient, staff: Staff) -> None:
    await owner.put(
        "/api/v1/price-lists", json={"items": [{**CONTRACT, "code": "X", "kind": "base", "customer": None}]}
    )
    items = [{"sku": sku, "price": "1", "minimum_quantity": str(n)} for sku in "ABC" for n in (0, 5)]
    await owner.put("/api/v1/price-lists/X/entries", json={"items": items})
    seen, cursor = [], None
    while True:
        params = {"limit": 4} | ({"cursor": cursor} if cursor else {})
        page = (await owner.get("/api/v1/price-lists/X/entries", params=params)).json()
        seen += [(item["sku"], item["minimum_quantity"]) for item in page["items"]]
        if (cursor := page["cursor"]) is None:
            break
    assert seen == [(sku, minimum) for sku in "ABC" for minimum in ("0.000000", "5.000000")]
    only = (await owner.get("/api/v1/price-lists/X/entries", params={"sku": "B"})).json()["items"]
    assert [(item["sku"], item["price"]) for item in only] == [("B", "1.000000"), ("B", "1.000000")]


async def test_an_edit_needs_the_revision_that_was_read(prices: Prices, owner: httpx.AsyncClient) -> None:
    await owner.put("/api/v1/price-lists", json={"items": [CONTRACT]})
    url = "/api/v1/price-lists/C1"
    etag = (await owner.get(url)).headers["etag"]
    assert (await owner.patch(url, json={"name": "新"})).status_code == 422
    assert (await owner.patch(url, json={"name": "新"}, headers={"if-match": etag})).json()["updated"] == 1
    late = await owner.patch(url, json={"name": "旧"}, headers={"if-match": etag})
    assert (late.status_code, late.json()["faults"][0]["code"]) == (412, "stale-revision")
    wrong = await owner.patch(url, json={"currency": "XXX"}, headers={"if-match": '"2"'})
    assert [(fault["code"], fault["field"]) for fault in wrong.json()["faults"]] == [
        ("price-list-currency", "currency")
    ]
    assert (await owner.get(url)).json()["name"] == "新"


async def test_lists_are_filtered_and_contracts_stay_in_scope(
    prices: Prices, owner: httpx.AsyncClient, staff: Staff
) -> None:
    plain = {"name": "标准价", "kind": "base", "valid_from": "2026-01-01"}
    lists = [
        CONTRACT,
        {**plain, "code": "B1", "valid_until": "2026-06-30"},
        {**plain, "code": "B2", "currency": "USD"},
    ]
    await owner.put("/api/v1/price-lists", json={"items": lists})

    async def codes(client: httpx.AsyncClient, **params: str) -> list[str]:
        return [item["code"] for item in (await client.get("/api/v1/price-lists", params=params)).json()["items"]]

    assert await codes(owner) == ["B1", "B2", "C1"]
    assert await codes(owner, kind="base") == ["B1", "B2"]
    assert await codes(owner, customer="CHILD") == ["C1"]
    assert await codes(owner, on="2026-07-01", currency="CNY") == ["C1"]
    assert await codes(owner, search="hetong") == ["C1"]
    assert await codes(owner, state="published") == []
    salesman = await staff("sales")
    assert await codes(salesman) == ["B1", "B2"]
    assert (await salesman.get("/api/v1/price-lists/C1")).status_code == 404
    assert (await salesman.get("/api/v1/price-lists/C1/entries")).status_code == 404
    assert (await salesman.put("/api/v1/price-lists", json={"items": lists})).status_code == 403


async def test_another_tenants_lists_are_not_there(
    prices: Prices, owner: httpx.AsyncClient, database: Database, staff: Staff
) -> None:
    await owner.put("/api/v1/price-lists", json={"items": [CONTRACT]})
    stranger = await staff("owner", tenant=await make_tenant(database))
    assert (await stranger.get("/api/v1/price-lists/C1")).status_code == 404
    assert (await turn(stranger, "price-lists/C1")).status_code == 422
    assert (await stranger.get("/api/v1/prices", params={"customer": "CHILD"})).status_code == 404


async def test_a_body_that_does_not_fit_is_faulted_item_by_item(prices: Prices, owner: httpx.AsyncClient) -> None:
    items = [{"sku": "A", "price": "x"}, {"price": "1"}, {"sku": "A", "price": "1", "colour": "red"}]
    answer = await owner.put("/api/v1/price-lists/C1/entries", json={"items": items})
    assert answer.status_code == 422
    assert sorted(fault["field"] for fault in answer.json()["faults"]) == [
        "items[0].price",
        "items[1].sku",
        "items[2].colour",
    ]
