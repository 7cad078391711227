"""Stock over HTTP: booked once for each key, read page by page, costs only for those who may see them."""

from decimal import Decimal

import httpx
import pytest
from tests.callers import Staff
from tests.inventory.conftest import Depot
from tests.support import make_tenant

from dinghuo.catalogue.save_skus import SEARCH_KIND
from dinghuo.kit import search
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

RECEIPT = {
    "warehouse": "W1",
    "supplier": "茶厂",
    "lines": [{"sku": "A", "quantity": "2", "unit": "箱", "unit_cost": "24"}, {"sku": "B", "quantity": "5"}],
}


async def test_a_receipt_is_booked_once_for_its_key(depot: Depot, owner: httpx.AsyncClient) -> None:
    sent = [
        await owner.post("/api/v1/goods-receipts", json={"items": [RECEIPT]}, headers={"idempotency-key": "r1"})
        for _ in range(2)
    ]
    assert [answer.status_code for answer in sent] == [201, 201]
    assert sent[0].json() == sent[1].json()
    (booked,) = sent[0].json()
    other = await owner.post(
        "/api/v1/goods-receipts", json={"items": [RECEIPT, RECEIPT]}, headers={"idempotency-key": "r1"}
    )
    assert (other.status_code, other.json()["faults"][0]["code"]) == (409, "idempotency-key-reused")
    assert await depot.levels() == {("A", "W1"): (24, 0, 0), ("B", "W1"): (5, 0, 0)}
    detail = (await owner.get(f"/api/v1/goods-receipts/{booked['id']}")).json()
    assert (detail["number"], detail["warehouse"], detail["supplier"]) == (booked["number"], "W1", "茶厂")
    for wanted, found in (("茶厂", 1), (booked["number"], 1), ("别的", 0)):
        page = (await owner.get("/api/v1/goods-receipts", params={"search": wanted})).json()
        assert len(page["items"]) == found
    assert [(line["sku"], line["quantity"], line["unit_cost"]) for line in detail["lines"]] == [
        ("A", "2.000000", "24.000000"),
        ("B", "5.000000", None),
    ]


async def test_costs_are_told_only_to_those_who_may_see_them(
    depot: Depot, owner: httpx.AsyncClient, staff: Staff
) -> None:
    (booked,) = (await owner.post("/api/v1/goods-receipts", json={"items": [RECEIPT]})).json()
    picker = await staff("warehouse")
    for client, told in ((owner, True), (picker, False)):
        detail = (await client.get(f"/api/v1/goods-receipts/{booked['id']}")).json()
        moves = (await client.get("/api/v1/stock/moves", params={"sku": "A"})).json()["items"]
        assert ["unit_cost" in line for line in detail["lines"]] == [told, told]
        assert ["unit_cost" in move for move in moves] == [told]
    refused = await picker.post("/api/v1/goods-receipts", json={"items": [RECEIPT]})
    assert (refused.status_code, refused.json()["faults"][0]["code"]) == (403, "cost-hidden")


async def test_counts_and_adjustments_become_moves_that_can_be_read(
    depot: Depot, owner: httpx.AsyncClient, staff: Staff
) -> None:
    picker = await staff("warehouse")
    counted = await picker.post(
        "/api/v1/stock/counts", json={"items": [{"warehouse": "W1", "sku": "A", "quantity": "10"}]}
    )
    assert counted.json() | {"id": ""} == {"id": "", "counted": 1, "changed": 1}
    damage = {"warehouse": "W1", "sku": "A", "quantity": "-3", "reason": "damaged", "note": "进水"}
    adjusted = await picker.post("/api/v1/stock/adjustments", json={"items": [damage]})
    assert adjusted.status_code == 201
    params = {"document": adjusted.json()["id"]}
    (move,) = (await picker.get("/api/v1/stock/moves", params=params)).json()["items"]
    assert (move["kind"], move["sku"], move["warehouse"], move["quantity"], move["reason"], move["note"]) == (
        "adjustment",
        "A",
        "W1",
        "-3.000000",
        "damaged",
        "进水",
    )
    first = (await picker.get("/api/v1/stock/moves", params={"limit": 1})).json()
    last = (await picker.get("/api/v1/stock/moves", params={"limit": 1, "cursor": first["cursor"]})).json()
    assert [page["items"][0]["kind"] for page in (first, last)] == ["adjustment", "count"]
    assert last["cursor"] is None
    for where, found in (("W1", 1), ("W2", 0)):
        params = {"kind": "count", "warehouse": where, "sku": "A"}
        assert len((await picker.get("/api/v1/stock/moves", params=params)).json()["items"]) == found
    for params in ({"kind": "count"}, {"warehouse": "W1"}):
        all_of_them = await picker.get("/api/v1/stock/moves", params=params)
        assert (all_of_them.status_code, all_of_them.json()["type"]) == (422, "/problems/moves-of-what")
    wrong = await picker.post(
        "/api/v1/stock/adjustments", json={"items": [damage | {"reason": "whim"}, damage | {"quantity": "-8"}]}
    )
    assert [(fault["code"], fault["field"]) for fault in wrong.json()["faults"]] == [
        ("invalid-value", "items[0].reason")
    ]
    salesman = await staff("sales")
    assert (await salesman.post("/api/v1/stock/adjustments", json={"items": [damage]})).status_code == 403


async def test_balances_are_searched_filtered_and_paged(depot: Depot, owner: httpx.AsyncClient) -> None:
    async with depot.database.transaction(depot.tenant.id) as tx:
        await search.file(tx, SEARCH_KIND, {id: (code, f"茶 {code}") for code, id in depot.goods.skus.items()})
    await depot.receive("A", 10)
    await depot.receive("A", 1, "W2")
    await depot.receive("B", 3)
    await depot.promise(("B", 5))

    async def found(**params: str | int) -> list[tuple[str, str, str, str]]:
        rows, cursor = [], None
        while True:
            page = (await owner.get("/api/v1/stock", params=params | ({"cursor": cursor} if cursor else {}))).json()
            rows += page["items"]
            if (cursor := page["cursor"]) is None:
                return [(row["sku"], row["warehouse"], row["available"], row["waiting"]) for row in rows]

    a1, a2 = ("A", "W1", "10.000000", "0"), ("A", "W2", "1.000000", "0")
    b1 = ("B", "W1", "0.000000", "2.000000")
    assert await found() == await found(limit=1) == [a1, a2, b1]
    assert await found(short="true") == [b1]
    assert await found(warehouse="W2") == [a2]
    assert await found(sku="A") == [a1, a2]
    assert await found(search="cha b") == [b1]
    available = await owner.get("/api/v1/stock/availability", params={"sku": ["A", "B", "NONE"]})
    assert available.json() == [{"sku": "A", "available": "11.000000"}, {"sku": "B", "available": "0.000000"}]


async def test_warehouses_are_saved_by_code_and_stay_open_while_promised(
    depot: Depot, owner: httpx.AsyncClient
) -> None:
    await depot.receive("A", 1, "W2")
    document = await depot.promise(("A", 1))
    items = [
        {"code": "W3", "name": "三号仓", "priority": 0},
        {"code": "W1", "state": "closed"},
        {"code": "W2", "name": "二号"},
    ]
    saved = (await owner.put("/api/v1/warehouses", json={"items": items})).json()
    assert (saved["created"], saved["updated"], saved["unchanged"]) == (1, 2, 0)
    listed = (await owner.get("/api/v1/warehouses")).json()["items"]
    assert [(row["code"], row["name"], row["priority"], row["state"]) for row in listed] == [
        ("W1", "仓库 W1", 0, "closed"),
        ("W2", "二号", 1, "active"),
        ("W3", "三号仓", 0, "active"),
    ]
    closing = [{"code": "W2", "state": "closed"}, {"code": "W4"}, {"code": "W3", "region": "X", "priority": -1}]
    refused = (await owner.put("/api/v1/warehouses", json={"items": closing})).json()
    assert [(fault["code"], fault["field"]) for fault in refused["faults"]] == [
        ("warehouse-promised", "items[0].state"),
        ("missing-value", "items[1].name"),
        ("unknown-code", "items[2].region"),
        ("warehouse-priority", "items[2].priority"),
    ]
    late = await owner.post("/api/v1/goods-receipts", json={"items": [RECEIPT]})
    assert [fault["code"] for fault in late.json()["faults"]] == ["warehouse-closed"]
    assert await depot.promises(document) == [(1, 1, 0, 0, 0)]


async def test_allowances_are_set_by_code(depot: Depot, owner: httpx.AsyncClient) -> None:
    items = [{"warehouse": "W1", "sku": "A", "quantity": "1", "unit": "箱"}]
    for expected in (1, 0):
        assert (await owner.put("/api/v1/stock/allowances", json={"items": items})).json() == {"updated": expected}
    (row,) = (await owner.get("/api/v1/stock")).json()["items"]
    assert Decimal(row["available"]) == 12


async def test_another_tenants_stock_is_not_there(
    depot: Depot, owner: httpx.AsyncClient, staff: Staff, database: Database
) -> None:
    (booked,) = (await owner.post("/api/v1/goods-receipts", json={"items": [RECEIPT]})).json()
    stranger = await staff("owner", tenant=await make_tenant(database))
    assert (await stranger.get(f"/api/v1/goods-receipts/{booked['id']}")).status_code == 404
    assert (await stranger.get("/api/v1/stock")).json() == {"items": [], "cursor": None}
    refused = await stranger.post("/api/v1/goods-receipts", json={"items": [RECEIPT]})
    assert [fault["field"] for fault in refused.json()["faults"]] == [
        "items[0].warehouse",
        "items[0].lines[0].sku",
        "items[0].lines[1].sku",
    ]
