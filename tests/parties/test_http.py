"""Customers and words over HTTP."""

from typing import Any

import httpx
import pytest
from tests.callers import Staff
from tests.support import Tenant, contents, make_tenant

from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow


async def put(client: httpx.AsyncClient, path: str, *items: dict[str, Any]) -> dict[str, Any]:
    response = await client.put(f"/api/v1/{path}", json={"items": list(items)})
    assert response.status_code == 200, response.text
    saved: dict[str, Any] = response.json()
    return saved


async def codes(client: httpx.AsyncClient, path: str, **params: Any) -> list[str]:
    response = await client.get(f"/api/v1/{path}", params=params)
    assert response.status_code == 200, response.text
    return [item["code"] for item in response.json()["items"]]


@pytest.fixture
async def customers(owner: httpx.AsyncClient) -> dict[str, str]:
    """Six customers; their ids by code."""
    await put(owner, "tiers", {"code": "A", "name": "金牌"}, {"code": "B", "name": "银牌"})
    await put(owner, "channels", {"code": "KA", "name": "商超"})
    await put(
        owner,
        "regions",
        {"code": "CN", "name": "中国"},
        {"code": "EAST", "name": "华东", "parent": "CN"},
        {"code": "SH", "name": "上海", "parent": "EAST"},
    )
    await put(
        owner,
        "customers",
        {"code": "C1", "name": "上海吕氏商贸", "tier": "A", "region": "SH"},
        {"code": "C10", "name": "杭州茶业", "tier": "B", "region": "EAST", "channel": "KA"},
        {"code": "C2", "name": "Acme Foods", "tier": "A", "parent": "C1"},
        {"code": "C3", "name": "北京商贸", "state": "blocked"},
        {"code": "C4", "name": "广州 C1 店", "region": "CN"},
        {"code": "C5", "name": "重庆火锅"},
    )
    items = (await owner.get("/api/v1/customers")).json()["items"]
    return {item["code"]: item["id"] for item in items}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["C1", "C10", "C2", "C3", "C4", "C5"]),
        ({"tier": "A"}, ["C1", "C2"]),
        ({"region": "SH"}, ["C1"]),
        ({"region": "EAST"}, ["C1", "C10"]),
        ({"region": "CN"}, ["C1", "C10", "C4"]),
        ({"channel": "KA"}, ["C10"]),
        ({"parent": "C1"}, ["C2"]),
        ({"state": "blocked"}, ["C3"]),
        ({"tier": "nothing"}, []),
        ({"tier": "\x00"}, []),
        ({"owner": "nobody"}, []),
        ({"department": "none"}, []),
        ({"search": "商贸"}, ["C1", "C3"]),
        ({"search": "shls"}, ["C1"]),
        ({"search": "acme foo"}, ["C2"]),
        ({"search": "chongqing"}, ["C5"]),
        ({"search": "c1"}, ["C1", "C10", "C4"]),
        ({"search": "C1", "region": "CN"}, ["C1", "C10", "C4"]),
        ({"search": "%"}, []),
        ({"search": "商贸", "tier": "A"}, ["C1"]),
    ],
)
@pytest.mark.usefixtures("customers")
async def test_filters(owner: httpx.AsyncClient, params: dict[str, str], expected: list[str]) -> None:
    assert await codes(owner, "customers", **params) == expected


@pytest.mark.parametrize("search", [None, "c"])
@pytest.mark.usefixtures("customers")
async def test_pages_neither_repeat_nor_skip(owner: httpx.AsyncClient, search: str | None) -> None:
    params: dict[str, Any] = {"limit": 2} | ({"search": search} if search else {})
    seen: list[str] = []
    while True:
        page = (await owner.get("/api/v1/customers", params=params)).json()
        seen += [item["code"] for item in page["items"]]
        if page["cursor"] is None:
            break
        assert len(page["items"]) == 2
        params["cursor"] = page["cursor"]
    assert seen == ["C1", "C10", "C2", "C3", "C4", "C5"]


@pytest.mark.parametrize("cursor", ["rubbish", "WzFd", "WyJcdTAwMDAiXQ", "e30", "W10"])
async def test_a_cursor_that_is_none_is_refused(owner: httpx.AsyncClient, cursor: str) -> None:
    for search in ({}, {"search": "c"}):
        response = await owner.get("/api/v1/customers", params={"cursor": cursor, **search})
        assert (response.status_code, response.json()["type"]) in [(422, "/problems/bad-cursor"), (200, None)]


async def test_one_customer_is_read_and_edited(owner: httpx.AsyncClient, customers: dict[str, str]) -> None:
    path = f"/api/v1/customers/{customers['C1']}"
    read = await owner.get(path, params={"include": ["contacts", "addresses"]})
    assert (read.headers["etag"], read.json()["revision"], read.json()["contacts"]) == ('"1"', 1, [])
    assert "contacts" not in (await owner.get(path)).json()

    edit = {"name": "吕氏", "tier": None, "addresses": [{"recipient": "吕", "street": "人民路 1 号"}]}
    assert (await owner.patch(path, json=edit)).json()["type"] == "/problems/if-match-needed"
    stale = await owner.patch(path, json=edit, headers={"If-Match": '"2"'})
    assert (stale.status_code, stale.json()["type"]) == (412, "/problems/stale-revision")
    done = await owner.patch(path, json=edit, headers={"If-Match": read.headers["etag"]})
    assert (done.status_code, done.json()["updated"]) == (200, 1)
    again = await owner.patch(path, json={"name": "又"}, headers={"If-Match": '"1"'})
    assert again.status_code == 412

    after = (await owner.get(path, params={"include": ["addresses"]})).json()
    assert (after["name"], after["tier"], after["region"]["code"], after["revision"]) == ("吕氏", None, "SH", 2)
    assert [address["street"] for address in after["addresses"]] == ["人民路 1 号"]
    assert await codes(owner, "customers", search="上海吕") == []


async def test_faults_of_an_edit_name_the_field_alone(owner: httpx.AsyncClient, customers: dict[str, str]) -> None:
    response = await owner.patch(
        f"/api/v1/customers/{customers['C1']}",
        json={"name": "", "tier": "Q", "payment_terms": "credit_days"},
        headers={"If-Match": "1"},
    )
    faults = [(fault["code"], fault["field"], fault.get("line")) for fault in response.json()["faults"]]
    assert sorted(faults) == [
        ("empty-text", "name", None),
        ("payment-days", "payment_days", None),
        ("unknown-code", "tier", None),
    ]


async def test_what_does_not_fit_the_schema_is_named_item_by_item(
    database: Database, tenant: Tenant, owner: httpx.AsyncClient
) -> None:
    before = await contents(database, tenant)
    response = await owner.put(
        "/api/v1/customers",
        json={
            "items": [
                {"code": "A", "nam": "x"},
                {"name": 3, "state": "sleeping"},
                7,
                {"code": "B", "name": "x"},
                {"code": "C", "name": "x", "contacts": [{"name": "y"}, {"name": 1}]},
            ]
        },
    )
    assert response.status_code == 422
    assert [(fault["field"], fault["line"]) for fault in response.json()["faults"]] == [
        ("items[0].nam", 1),
        ("items[1].name", 2),
        ("items[1].state", 2),
        ("items[1].code", 2),
        ("items[2]", 3),
        ("items[4].contacts[1].name", 5),
    ]
    assert await contents(database, tenant) == before


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b'{"items": [', 400),
        (b"[]", 422),
        (b'{"items": []}', 200),
        (b'{"items": [], "more": 1}', 422),
        (b'{"items": 7}', 422),
        (b"", 422),
    ],
)
async def test_bodies_that_are_none(owner: httpx.AsyncClient, body: bytes, status: int) -> None:
    response = await owner.put("/api/v1/customers", content=body, headers={"content-type": "application/json"})
    assert response.status_code == status, response.text


async def test_words_are_listed_by_code_with_their_parents(owner: httpx.AsyncClient) -> None:
    await put(owner, "regions", {"code": "B", "name": "b", "parent": "A"}, {"code": "A", "name": "a"})
    items = (await owner.get("/api/v1/regions")).json()["items"]
    assert [(item["code"], item["parent"]) for item in items] == [("A", None), ("B", "A")]
    assert await put(owner, "regions", {"code": "B", "parent": None}) == {
        "created": 0,
        "updated": 1,
        "unchanged": 0,
        "warnings": [],
    }
    ring = await owner.put(
        "/api/v1/regions", json={"items": [{"code": "A", "parent": "B"}, {"code": "B", "parent": "A"}]}
    )
    assert [fault["code"] for fault in ring.json()["faults"]] == ["own-ancestor", "own-ancestor"]
    wrong = await owner.put(
        "/api/v1/regions", json={"items": [{"code": "C"}, {"code": "D", "name": "", "parent": "Z"}, {"code": "D"}]}
    )
    assert sorted((fault["code"], fault["field"]) for fault in wrong.json()["faults"]) == [
        ("duplicate-code", "items[2].code"),
        ("empty-text", "items[1].name"),
        ("missing-value", "items[0].name"),
        ("missing-value", "items[2].name"),
        ("unknown-code", "items[1].parent"),
    ]
    assert await codes(owner, "regions") == ["A", "B"]


@pytest.mark.parametrize("path", ["tiers", "channels"])
async def test_plain_words(owner: httpx.AsyncClient, path: str) -> None:
    await put(owner, path, {"code": "2", "name": "二", "name_en": "two"}, {"code": "1", "name": "一"})
    assert (await put(owner, path, {"code": "2", "name": "二"}))["unchanged"] == 1
    first = (await owner.get(f"/api/v1/{path}", params={"limit": 1})).json()
    second = (await owner.get(f"/api/v1/{path}", params={"limit": 1, "cursor": first["cursor"]})).json()
    assert [(item["code"], item["name_en"]) for item in first["items"] + second["items"]] == [
        ("1", None),
        ("2", "two"),
    ]
    assert second["cursor"] is None
    tree = await owner.put(f"/api/v1/{path}", json={"items": [{"code": "3", "name": "x", "parent": "1"}]})
    assert tree.status_code == 422


async def test_another_tenants_customers_are_not_there(
    database: Database, staff: Staff, customers: dict[str, str]
) -> None:
    stranger = await staff("owner", tenant=await make_tenant(database))
    assert await codes(stranger, "customers") == []
    for id in customers.values():
        assert (await stranger.get(f"/api/v1/customers/{id}")).status_code == 404
        edit = await stranger.patch(f"/api/v1/customers/{id}", json={"name": "x"}, headers={"If-Match": "1"})
        assert edit.status_code == 404
    await put(stranger, "customers", {"code": "C1", "name": "别人的"})
    refused = await stranger.put("/api/v1/customers", json={"items": [{"code": "X", "name": "x", "tier": "A"}]})
    assert refused.json()["type"] == "/problems/unknown-code"


async def test_who_may_only_read_writes_nothing(database: Database, tenant: Tenant, staff: Staff) -> None:
    reader = await staff("warehouse")
    before = await contents(database, tenant)
    for path in ("customers", "tiers", "regions", "channels"):
        assert (await reader.get(f"/api/v1/{path}")).status_code == 200
        assert (await reader.put(f"/api/v1/{path}", json={"items": []})).status_code == 403
    assert await contents(database, tenant) == before
