"""Goods on their way between warehouses: in neither, expected in the second, and what does not arrive is known."""

from typing import Any

import httpx
import pytest
from tests.callers import Staff
from tests.inventory.conftest import Depot

from dinghuo.entry.invariants import broken_invariants

pytestmark = pytest.mark.slow

DAY = "2099-12-01"


def transfer(*lines: tuple[str, str], **more: Any) -> dict[str, Any]:
    return {
        "from": "W1",
        "to": "W2",
        "expected_on": DAY,
        "lines": [{"sku": sku, "quantity": quantity} for sku, quantity in lines],
    } | more


async def drafted(owner: httpx.AsyncClient, *items: dict[str, Any]) -> list[str]:
    answer = await owner.post("/api/v1/transfers", json={"items": list(items)})
    assert answer.status_code == 201, answer.text
    return [item["id"] for item in answer.json()]


async def sound(depot: Depot) -> None:
    of_stock = {"transfer-moves", "stock-on-hand", "stock-reserved", "stock-never-oversold"}
    async with depot.database.transaction(depot.tenant.id) as tx:
        broken = await broken_invariants(tx, depot.tenant.id)
    assert [line for line in broken if line.partition(":")[0] in of_stock] == []


async def test_a_transfer_leaves_one_warehouse_and_arrives_in_the_other(
    depot: Depot, owner: httpx.AsyncClient
) -> None:
    await depot.receive("A", 30)
    await depot.receive("B", 12)
    (id,) = await drafted(owner, transfer(("A", "20"), ("B", "12"), note="补货"))
    detail = (await owner.get(f"/api/v1/transfers/{id}")).json()
    assert (detail["state"], detail["number"][:3], detail["from"], detail["to"]) == ("draft", "TR-", "W1", "W2")
    assert [(line["sku"], float(line["free"])) for line in detail["lines"]] == [("A", 30), ("B", 12)]
    assert {a["name"]: a["allowed"] for a in detail["actions"]} == {
        "edit": True,
        "ship": True,
        "receive": False,
        "cancel": True,
    }
    shipped = await owner.post(f"/api/v1/transfers/{id}/ship", json={})
    assert (shipped.status_code, shipped.json()["state"]) == (200, "shipped")
    assert await depot.levels() == {("A", "W1"): (10, 0, 0), ("B", "W1"): (0, 0, 0)}
    waits = (
        await owner.post(
            "/api/v1/available-to-promise", json={"lines": [{"sku": "A", "quantity": "25", "unit": "瓶"}]}
        )
    ).json()["lines"][0]
    assert [(part["date"], float(part["quantity"]), part["supply"]) for part in waits["parts"]][-1] == (
        DAY,
        15,
        detail["number"],
    )
    body = {"lines": [{"line_no": 1, "quantity": "18"}], "note": "少两瓶"}
    received = (await owner.post(f"/api/v1/transfers/{id}/receive", json=body)).json()
    assert (received["state"], received["differs"], received["note"]) == ("received", True, "少两瓶")
    assert [(float(line["received"]), float(line["difference"])) for line in received["lines"]] == [(18, -2), (12, 0)]
    assert await depot.levels() == {
        ("A", "W1"): (10, 0, 0),
        ("B", "W1"): (0, 0, 0),
        ("A", "W2"): (18, 0, 0),
        ("B", "W2"): (12, 0, 0),
    }
    for verb in ("ship", "receive", "cancel"):
        again = await owner.post(f"/api/v1/transfers/{id}/{verb}", json={})
        assert (again.status_code, again.json()["type"]) == (409, "/problems/wrong-state")
    await sound(depot)


async def test_goods_that_are_promised_stay_and_who_waits_at_the_other_end_gets_what_arrives(
    depot: Depot, owner: httpx.AsyncClient
) -> None:
    await depot.receive("A", 10)
    promised = await depot.promise(("A", 7))
    one, other = await drafted(owner, transfer(("A", "4")), transfer(("A", "3")))
    before = await depot.traces()
    refused = await owner.post(f"/api/v1/transfers/{one}/ship", json={})
    assert (refused.status_code, [f["code"] for f in refused.json()["faults"]]) == (409, ["transfer-short"])
    assert await depot.traces() == before
    assert (await owner.post(f"/api/v1/transfers/{other}/ship", json={})).status_code == 200
    assert await depot.promises(promised) == [(1, 7, 0, 0, 0)]
    assert (await owner.post(f"/api/v1/transfers/{other}/receive", json={})).status_code == 200
    assert await depot.levels() == {("A", "W1"): (7, 0, 7), ("A", "W2"): (3, 0, 0)}
    await sound(depot)


async def test_drafts_are_changed_and_called_off(depot: Depot, owner: httpx.AsyncClient, staff: Staff) -> None:
    await depot.receive("A", 10)
    (id,) = await drafted(owner, transfer(("A", "4"), number="T-1"))
    change = {"expected_on": "2099-12-24", "note": "改", "lines": [{"sku": "A", "quantity": "1", "unit": "箱"}]}
    for match, status in (('"9"', 412), ('"1"', 200), ('"1"', 412)):
        answer = await owner.put(f"/api/v1/transfers/{id}", json=change, headers={"if-match": match})
        assert answer.status_code == status
    found = (await owner.get("/api/v1/transfers", params={"search": "T-1", "state": "draft"})).json()["items"]
    assert [(row["number"], row["expected_on"], row["line_count"]) for row in found] == [("T-1", "2099-12-24", 1)]
    assert (await owner.get("/api/v1/transfers", params={"from": "W2"})).json()["items"] == []
    cancelled = (await owner.post(f"/api/v1/transfers/{id}/cancel", json={})).json()
    assert (cancelled["state"], await depot.levels()) == ("cancelled", {("A", "W1"): (10, 0, 0)})
    wrong = [
        transfer(("A", "0"), ("X", "1"), to="W1"),
        transfer(number="T-1", to="W9"),
    ]
    refused = (await owner.post("/api/v1/transfers", json={"items": wrong})).json()
    assert sorted((fault["code"], fault["field"]) for fault in refused["faults"]) == [
        ("receipt-number-taken", "items[1].number"),
        ("stock-nothing", "items[0].lines[0].quantity"),
        ("transfer-no-lines", "items[1].lines"),
        ("transfer-same-place", "items[0].to"),
        ("unknown-code", "items[0].lines[1].sku"),
        ("unknown-code", "items[1].to"),
    ]
    seller = await staff("sales")
    assert (await seller.post("/api/v1/transfers", json={"items": [transfer(("A", "1"))]})).status_code == 403


async def test_no_more_arrives_than_left(depot: Depot, owner: httpx.AsyncClient) -> None:
    await depot.receive("A", 10)
    (id,) = await drafted(owner, transfer(("A", "4")))
    await owner.post(f"/api/v1/transfers/{id}/ship", json={})
    lines = [{"line_no": 1, "quantity": "5"}, {"line_no": 2, "quantity": "1"}, {"line_no": 1, "quantity": "1"}]
    refused = (await owner.post(f"/api/v1/transfers/{id}/receive", json={"lines": lines})).json()
    assert [(fault["code"], fault["field"]) for fault in refused["faults"]] == [
        ("transfer-arrival", "lines[0].quantity"),
        ("transfer-no-line", "lines[1].line_no"),
        ("transfer-line-twice", "lines[2].line_no"),
    ]
    assert await depot.levels() == {("A", "W1"): (6, 0, 0)}
