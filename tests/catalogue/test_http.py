"""The catalogue over HTTP."""

from typing import Any

import httpx
import pytest
from tests.callers import Staff
from tests.support import Tenant, contents, make_tenant

from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1 1"/>'
PATHS = ("skus", "products", "categories", "brands", "units", "assortments")


async def put(client: httpx.AsyncClient, path: str, *items: dict[str, Any]) -> dict[str, Any]:
    response = await client.put(f"/api/v1/{path}", json={"items": list(items)})
    assert response.status_code == 200, response.text
    saved: dict[str, Any] = response.json()
    return saved


async def items(client: httpx.AsyncClient, path: str, **params: Any) -> list[dict[str, Any]]:
    response = await client.get(f"/api/v1/{path}", params=params)
    assert response.status_code == 200, response.text
    found: list[dict[str, Any]] = response.json()["items"]
    return found


async def codes(client: httpx.AsyncClient, path: str, **params: Any) -> list[str]:
    return [item["code"] for item in await items(client, path, **params)]


@pytest.fixture
async def ids(owner: httpx.AsyncClient) -> dict[str, str]:
    """Five SKUs and what they stand in; ids of SKUs and products by code."""
    await put(owner, "units", {"code": "瓶", "name": "瓶"}, {"code": "箱", "name": "箱"})
    await put(
        owner,
        "categories",
        {"code": "TEA", "name": "茶", "parent": "DRINK", "position": 2},
        {"code": "DRINK", "name": "饮料"},
    )
    await put(owner, "brands", {"code": "B1", "name": "农夫"})
    new = {"base_unit": "瓶", "tax_rate": "0.13"}
    await put(
        owner,
        "skus",
        {**new, "code": "S1", "name": "东方树叶绿茶", "product": "P1", "category": "TEA", "brand": "B1"},
        {**new, "code": "S10", "name": "东方树叶红茶", "product": "P1"},
        {
            **new,
            "code": "S2",
            "name": "Cola 330",
            "category": "DRINK",
            "sales_unit": "箱",
            "units": [{"unit": "箱", "numerator": 24, "barcode": "6921168509256"}],
        },
        {**new, "code": "S3", "name": "面包", "state": "discontinued", "supply_policy": "backorder"},
        {**new, "code": "S4", "name": "面 S1", "tax_rate": None},
    )
    found = [*await items(owner, "skus"), *await items(owner, "products", category="DRINK")]
    return {item["code"]: item["id"] for item in found if item["code"] != "S2" or "base_unit" in item}


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["S1", "S10", "S2", "S3", "S4"]),
        ({"category": "TEA"}, ["S1", "S10"]),
        ({"category": "DRINK"}, ["S1", "S10", "S2"]),
        ({"brand": "B1"}, ["S1", "S10"]),
        ({"product": "P1"}, ["S1", "S10"]),
        ({"barcode": "6921168509256"}, ["S2"]),
        ({"barcode": "692116850925"}, []),
        ({"state": "discontinued"}, ["S3"]),
        ({"supply_policy": "backorder"}, ["S3"]),
        ({"search": "s1"}, ["S1", "S10", "S4"]),
        ({"search": "dfsy"}, ["S1", "S10"]),
        ({"search": "树叶 红"}, ["S10"]),
        ({"search": "692116"}, ["S2"]),
        ({"search": "cola", "category": "TEA"}, []),
        ({"category": "\x00", "brand": "\x00"}, []),
        ({"barcode": "\x00"}, []),
        ({"search": "\x00"}, []),
    ],
)
@pytest.mark.usefixtures("ids")
async def test_filters(owner: httpx.AsyncClient, params: dict[str, str], expected: list[str]) -> None:
    assert await codes(owner, "skus", **params) == expected


@pytest.mark.parametrize("search", [None, "s"])
@pytest.mark.usefixtures("ids")
async def test_pages_neither_repeat_nor_skip(owner: httpx.AsyncClient, search: str | None) -> None:
    params: dict[str, Any] = {"limit": 2} | ({"search": search} if search else {})
    seen: list[str] = []
    while True:
        page = (await owner.get("/api/v1/skus", params=params)).json()
        seen += [item["code"] for item in page["items"]]
        if page["cursor"] is None:
            break
        params["cursor"] = page["cursor"]
    assert seen == ["S1", "S10", "S2", "S3", "S4"]


async def test_one_sku_is_read_and_edited(owner: httpx.AsyncClient, ids: dict[str, str]) -> None:
    path = f"/api/v1/skus/{ids['S2']}"
    read = await owner.get(path, params={"include": ["units", "media", "cost"]})
    body = read.json()
    assert read.headers["etag"] == '"1"'
    assert body["units"] == [
        {"unit": "瓶", "numerator": 1, "denominator": 1, "barcode": None},
        {"unit": "箱", "numerator": 24, "denominator": 1, "barcode": "6921168509256"},
    ]
    assert (body["media"], body["cost"], body["category"]["code"], body["brand"]) == ([], None, "DRINK", None)
    assert {"units", "media", "cost"}.isdisjoint((await owner.get(path)).json())

    edit = {"name": "可乐", "minimum_quantity": "2", "units": [{"unit": "箱", "numerator": 12}]}
    assert (await owner.patch(path, json=edit)).json()["type"] == "/problems/if-match-needed"
    assert (await owner.patch(path, json=edit, headers={"If-Match": '"7"'})).status_code == 412
    assert (await owner.patch(path, json=edit, headers={"If-Match": '"1"'})).json()["updated"] == 1
    after = (await owner.get(path, params={"include": "units"})).json()
    assert (after["name"], after["minimum_quantity"], after["revision"]) == ("可乐", "2.000000", 2)
    assert [unit["numerator"] for unit in after["units"]] == [1, 12]
    assert (await codes(owner, "skus", search="cola"), await codes(owner, "skus", search="kl")) == ([], ["S2"])
    wrong = await owner.patch(path, json={"sales_unit": "桶", "tax_rate": "13"}, headers={"If-Match": '"2"'})
    assert sorted((fault["code"], fault["field"]) for fault in wrong.json()["faults"]) == [
        ("number-out-of-range", "tax_rate"),
        ("sales-unit-not-among-units", "sales_unit"),
        ("unknown-code", "sales_unit"),
    ]


async def test_skus_by_their_codes(owner: httpx.AsyncClient, ids: dict[str, str]) -> None:
    assert await codes(owner, "skus", code=["S2", "S10", "NONE"]) == ["S10", "S2"]
    assert await codes(owner, "skus", code="S3", state="active") == []


async def test_products_and_their_pictures(owner: httpx.AsyncClient, ids: dict[str, str]) -> None:
    files = []
    for content in (SVG, SVG.replace(b"1 1", b"2 2")):
        answer = await owner.post("/api/v1/files", content=content, headers={"content-type": "application/whatever"})
        assert (answer.status_code, answer.json()["content_type"]) == (201, "image/svg+xml")
        files.append(answer.json()["sha256"])
    path = f"/api/v1/products/{ids['P1']}"
    for search, found in (("hongcha", ["P1"]), ("绿茶", ["P1"]), ("S2", ["S2"]), ("没有", [])):
        assert await codes(owner, "products", search=search) == found, search
    assert await codes(owner, "products", search="hongcha", category="DRINK", brand="B1", state="active") == ["P1"]
    assert await codes(owner, "products", search="hongcha", state="discontinued") == []
    assert [await codes(owner, "products", code=code) for code in ("P1", "P")] == [["P1"], []]
    media = [{"sha256": files[1], "sku": "S10"}, {"sha256": files[0]}]
    done = await owner.patch(path, json={"media": media, "description": "无糖"}, headers={"If-Match": "1"})
    assert done.status_code == 200, done.text
    body = (await owner.get(path, params={"include": ["media", "skus"]})).json()
    assert body["media"] == [{"sha256": files[1], "sku": "S10"}, {"sha256": files[0], "sku": None}]
    assert [one["code"] for one in body["skus"]] == ["S1", "S10"]
    assert (body["description"], body["category"]["code"], body["revision"]) == ("无糖", "TEA", 2)
    shown = {
        one["code"]: [file["sha256"] for file in one["media"]] for one in await items(owner, "skus", include="media")
    }
    assert shown == {"S1": [files[0]], "S10": [files[1], files[0]], "S2": [], "S3": [], "S4": []}
    assert (await put(owner, "products", {"code": "P1", "media": media}))["unchanged"] == 1

    wrong = await owner.put(
        "/api/v1/products",
        json={
            "items": [{"code": "P1", "media": [{"sha256": "x"}, {"sha256": files[0], "sku": "S2"}]}, {"code": "Q"}]
        },
    )
    assert [(fault["code"], fault["field"]) for fault in wrong.json()["faults"]] == [
        ("unknown-file", "items[0].media[0].sha256"),
        ("unknown-code", "items[0].media[1].sku"),
        ("missing-value", "items[1].name"),
    ]
    assert (await put(owner, "products", {"code": "P1", "media": []}))["updated"] == 1
    assert (await owner.get(path, params={"include": "media"})).json()["media"] == []


async def test_files_are_served_as_pictures_and_nothing_else(owner: httpx.AsyncClient) -> None:
    sha256 = (await owner.post("/api/v1/files", content=SVG)).json()["sha256"]
    answer = await owner.get(f"/api/v1/files/{sha256}")
    assert (answer.status_code, answer.content, answer.headers["content-type"]) == (200, SVG, "image/svg+xml")
    assert answer.headers["etag"] == f'"{sha256}"'
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    again = await owner.get(f"/api/v1/files/{sha256}", headers={"If-None-Match": f'"{sha256}"'})
    assert (again.status_code, again.content) == (304, b"")
    for unknown in ("0" * 64, "x", "%00", "..%2f..%2fetc"):
        assert (await owner.get(f"/api/v1/files/{unknown}")).status_code == 404, unknown
    for content in (b"", b"<html>", b"<svg onload='x'/>"):
        refused = await owner.post("/api/v1/files", content=content, headers={"content-type": "image/png"})
        assert (refused.status_code, refused.json()["type"]) == (422, "/problems/not-a-picture")
    assert (await owner.post("/api/v1/files", content=SVG + b" " * 5_000_000)).status_code == 413


async def test_costs(owner: httpx.AsyncClient, staff: Staff, ids: dict[str, str]) -> None:
    await put(owner, "skus/costs", {"sku": "S1", "valid_from": "2020-01-01", "cost": "2.5"})
    history = await owner.get(f"/api/v1/skus/{ids['S1']}/costs")
    assert history.json() == [{"valid_from": "2020-01-01", "cost": "2.500000"}]
    assert (await owner.get(f"/api/v1/skus/{ids['S10']}/costs")).json() == []
    assert (await owner.get(f"/api/v1/skus/{ids['P1']}/costs")).status_code == 404
    assert [item["cost"] for item in await items(owner, "skus", include="cost", product="P1")] == ["2.500000", None]
    sales = await staff("sales")
    for path in (f"skus/{ids['S1']}/costs", f"skus/{ids['S1']}?include=cost", "skus?include=cost"):
        refused = await sales.get(f"/api/v1/{path}")
        assert (refused.status_code, refused.json()["type"]) == (403, "/problems/cost-hidden"), path


async def test_assortments_hold_on_every_way_in(owner: httpx.AsyncClient, ids: dict[str, str]) -> None:
    await put(owner, "customers", {"code": "C1", "name": "一"}, {"code": "C2", "name": "二"})
    saved = await put(
        owner,
        "assortments",
        {
            "code": "D",
            "name": "不卖茶",
            "mode": "deny",
            "audience": [{"kind": "customer", "code": "C1"}],
            "items": [{"kind": "category", "code": "TEA"}],
        },
    )
    assert saved["created"] == 1
    assert await codes(owner, "skus", customer="C1") == ["S2", "S3", "S4"]
    assert await codes(owner, "skus", customer="C1", search="s1") == ["S4"]
    assert await codes(owner, "skus", customer="C2") == ["S1", "S10", "S2", "S3", "S4"]
    assert (await owner.get(f"/api/v1/skus/{ids['S1']}", params={"customer": "C1"})).status_code == 404
    assert (await owner.get(f"/api/v1/skus/{ids['S1']}", params={"customer": "C2"})).status_code == 200
    assert (await owner.get("/api/v1/skus", params={"customer": "C9"})).status_code == 404

    [listed] = await items(owner, "assortments", include=["audience", "items"])
    assert listed["audience"] == [{"kind": "customer", "code": "C1", "name": "一"}]
    path = f"/api/v1/assortments/{listed['id']}"
    assert (await owner.patch(path, json={"active": False}, headers={"If-Match": '"9"'})).status_code == 412
    assert (await owner.patch(path, json={"active": False}, headers={"If-Match": '"1"'})).json()["updated"] == 1
    read = await owner.get(path)
    assert (read.headers["etag"], read.json()["active"], "items" in read.json()) == ('"2"', False, False)
    assert await codes(owner, "skus", customer="C1") == ["S1", "S10", "S2", "S3", "S4"]


async def test_a_customer_outside_the_scope_is_neither_asked_for_nor_told(
    owner: httpx.AsyncClient, staff: Staff, ids: dict[str, str]
) -> None:
    await put(owner, "customers", {"code": "C1", "name": "一"})
    audience = [{"kind": "customer", "code": "C1"}, {"kind": "everyone"}]
    await put(owner, "assortments", {"code": "A", "name": "a", "audience": audience, "items": []})
    sales = await staff("sales")
    assert (await sales.get("/api/v1/skus", params={"customer": "C1"})).status_code == 404
    assert (await sales.get(f"/api/v1/skus/{ids['S1']}", params={"customer": "C1"})).status_code == 404
    [seen] = await items(sales, "assortments", include="audience")
    assert sorted((member["kind"], member["code"]) for member in seen["audience"]) == [
        ("customer", None),
        ("everyone", None),
    ]
    manager = await staff("sales_manager")
    refused = await manager.put("/api/v1/assortments", json={"items": [{"code": "A", "audience": audience}]})
    assert [(fault["code"], fault["field"]) for fault in refused.json()["faults"]] == [
        ("unknown-code", "items[0].audience[0].code")
    ]


@pytest.mark.usefixtures("ids")
async def test_words_of_the_catalogue(owner: httpx.AsyncClient) -> None:
    tree = [(item["code"], item["parent"], item["position"]) for item in await items(owner, "categories")]
    assert tree == [("DRINK", None, 0), ("TEA", "DRINK", 2)]
    fields = ["code", "name", "name_en", "revision"]
    assert [sorted(item) for item in await items(owner, "units")] == [fields] * 2
    assert await codes(owner, "brands") == ["B1"]
    assert (await put(owner, "units", {"code": "瓶", "name": "瓶", "name_en": "bottle"}))["updated"] == 1
    assert (await put(owner, "categories", {"code": "TEA", "parent": None}))["updated"] == 1
    assert await codes(owner, "skus", category="DRINK") == ["S2"]


async def test_another_tenants_goods_are_not_there(database: Database, staff: Staff, ids: dict[str, str]) -> None:
    stranger = await staff("owner", tenant=await make_tenant(database))
    for path in PATHS:
        assert await codes(stranger, path) == []
    for kind, code in (("skus", "S1"), ("products", "P1")):
        path = f"/api/v1/{kind}/{ids[code]}"
        assert (await stranger.get(path)).status_code == 404
        assert (await stranger.patch(path, json={"name": "x"}, headers={"If-Match": "1"})).status_code == 404
    refused = await stranger.put(
        "/api/v1/skus", json={"items": [{"code": "X", "name": "x", "base_unit": "瓶", "tax_rate": "0"}]}
    )
    assert refused.json()["type"] == "/problems/unknown-code"


async def test_who_may_only_read_writes_nothing(database: Database, tenant: Tenant, staff: Staff) -> None:
    reader = await staff("warehouse")
    before = await contents(database, tenant)
    for path in PATHS:
        assert (await reader.get(f"/api/v1/{path}")).status_code == 200
        assert (await reader.put(f"/api/v1/{path}", json={"items": []})).status_code == 403
    assert (await reader.post("/api/v1/files", content=SVG)).status_code == 403
    assert await contents(database, tenant) == before


async def test_an_upload_is_done_once(database: Database, tenant: Tenant, owner: httpx.AsyncClient) -> None:
    key = {"Idempotency-Key": "one"}
    first = await owner.post("/api/v1/files", content=SVG, headers=key)
    before = await contents(database, tenant)
    assert (await owner.post("/api/v1/files", content=SVG, headers=key)).json() == first.json()
    other = await owner.post("/api/v1/files", content=SVG + b"\n", headers=key)
    assert other.status_code == 409
    assert await contents(database, tenant) == before
