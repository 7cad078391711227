"""Stock counts as documents: frozen, entered, agreed to, and booked on what is there then."""

from typing import Any

import httpx
import pytest
from tests.callers import Staff
from tests.inventory.conftest import Depot

from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.outbox_run import drain

pytestmark = pytest.mark.slow


async def opened(client: httpx.AsyncClient, **wanted: Any) -> str:
    answer = await client.post("/api/v1/stock-counts", json={"warehouse": "W1"} | wanted)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def enter(client: httpx.AsyncClient, id: str, **counted: int) -> None:
    items = [{"sku": sku, "quantity": str(quantity)} for sku, quantity in counted.items()]
    assert (await client.put(f"/api/v1/stock-counts/{id}/lines", json={"items": items})).json() == {
        "updated": len(items)
    }


async def lines(client: httpx.AsyncClient, id: str, **params: str) -> list[tuple[str, int, int | None, int | None]]:
    found = (await client.get(f"/api/v1/stock-counts/{id}/lines", params=params)).json()["items"]

    def number(value: str | None) -> int | None:
        return None if value is None else int(float(value))

    return [
        (row["sku"], int(float(row["expected"])), number(row["counted"]), number(row["difference"])) for row in found
    ]


async def test_the_difference_is_booked_on_what_is_there_then(depot: Depot, staff: Staff) -> None:
    picker = await staff("warehouse")
    await depot.receive("A", 10)
    id = await opened(picker, note="月末")
    assert await lines(picker, id) == [("A", 10, None, None)]
    await enter(picker, id, A=8, B=3)
    assert await lines(picker, id) == [("A", 10, 8, -2), ("B", 0, 3, 3)]
    # Goods come while people count.
    await depot.receive("A", 5)
    assert await lines(picker, id, only="uncounted") == []
    done = await picker.post(f"/api/v1/stock-counts/{id}/submit", json={})
    assert (done.status_code, done.json()["state"], done.json()["difference_count"]) == (200, "booked", 2)
    assert "difference_value" not in done.json()
    assert await depot.levels() == {("A", "W1"): (13, 0, 0), ("B", "W1"): (3, 0, 0)}
    assert (await depot.moves())[-2:] == [("count", -2), ("count", 3)]
    for verb in ("submit", "cancel"):
        again = await picker.post(f"/api/v1/stock-counts/{id}/{verb}", json={})
        assert again.status_code == 409
    found = (await picker.get("/api/v1/stock-counts", params={"search": "月末", "state": "booked"})).json()["items"]
    assert [row["id"] for row in found] == [id]


async def test_what_was_promised_and_is_missing_waits(depot: Depot, owner: httpx.AsyncClient) -> None:
    await depot.receive("A", 10)
    document = await depot.promise(("A", 9))
    id = await opened(owner, skus=["A"])
    await enter(owner, id, A=4)
    await owner.post(f"/api/v1/stock-counts/{id}/submit", json={})
    assert await depot.promises(document) == [(1, 4, 5, 0, 0)]
    assert await depot.levels() == {("A", "W1"): (4, 0, 4)}


async def test_nothing_is_booked_that_was_not_counted_and_a_sheet_can_be_called_off(
    depot: Depot, owner: httpx.AsyncClient
) -> None:
    await depot.receive("A", 10)
    id = await opened(owner)
    refused = await owner.post(f"/api/v1/stock-counts/{id}/submit", json={})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/count-nothing")
    await enter(owner, id, A=4)
    assert (await owner.post(f"/api/v1/stock-counts/{id}/cancel", json={})).json()["state"] == "cancelled"
    assert await depot.levels() == {("A", "W1"): (10, 0, 0)}
    wrong = {"warehouse": "W9", "skus": ["A", "X"], "note": "x" * 2001}
    refused = (await owner.post("/api/v1/stock-counts", json=wrong)).json()
    assert sorted((fault["code"], fault["field"]) for fault in refused["faults"]) == [
        ("text-too-long", "note"),
        ("unknown-code", "skus[1]"),
        ("unknown-code", "warehouse"),
    ]
    empty = await owner.post("/api/v1/stock-counts", json={"warehouse": "W2"})
    assert empty.json()["type"] == "/problems/count-empty"


async def test_a_difference_that_policies_watch_is_booked_once_it_is_approved(
    depot: Depot, owner: httpx.AsyncClient, staff: Staff
) -> None:
    policy = {
        "code": "counts",
        "subject_kind": "stock_count",
        "name": "盘点差异",
        "condition": "value > 50.0 || without_cost > 0",
        "steps": [{"name": "负责人", "mode": "any", "approvers": [{"by": "role", "code": "owner"}]}],
    }
    saved = await owner.put("/api/v1/approval-policies", json={"items": [policy]})
    assert saved.status_code == 200, saved.text
    picker = await staff("warehouse")
    await depot.receive("A", 10)

    async def submitted(counted: int) -> tuple[str, dict[str, Any]]:
        id = await opened(picker, skus=["A"])
        await enter(picker, id, A=counted)
        return id, (await picker.post(f"/api/v1/stock-counts/{id}/submit", json={})).json()

    async def decide(request_id: str, verdict: str) -> None:
        body = {"verdict": verdict, "comment": "看过了"}
        answer = await owner.post(f"/api/v1/approvals/{request_id}/decide", json=body)
        assert answer.status_code == 200, answer.text
        await drain(depot.database, depot.tenant.id, BY_KIND)

    id, waiting = await submitted(7)
    assert (waiting["state"], await depot.levels()) == ("pending_approval", {("A", "W1"): (10, 0, 0)})
    refused = await picker.put(f"/api/v1/stock-counts/{id}/lines", json={"items": [{"sku": "A", "quantity": "9"}]})
    assert refused.status_code == 409
    await decide(waiting["request_id"], "reject")
    found = (await owner.get(f"/api/v1/stock-counts/{id}")).json()
    assert (found["state"], found["last_outcome"], await depot.levels()) == (
        "open",
        "rejected",
        {("A", "W1"): (10, 0, 0)},
    )
    waiting = (await picker.post(f"/api/v1/stock-counts/{id}/submit", json={})).json()
    await decide(waiting["request_id"], "approve")
    assert (await owner.get(f"/api/v1/stock-counts/{id}")).json()["state"] == "booked"
    assert await depot.levels() == {("A", "W1"): (7, 0, 0)}
    # Approved too late: what is missing has left meanwhile, so it is counted again.
    id, waiting = await submitted(2)
    await depot.count("A", 3)
    await decide(waiting["request_id"], "approve")
    found = (await owner.get(f"/api/v1/stock-counts/{id}")).json()
    assert (found["state"], found["last_outcome"]) == ("open", "no_longer_fits")
    assert await depot.levels() == {("A", "W1"): (3, 0, 0)}


async def come(client: httpx.AsyncClient, number: str, quantity: int, expires_on: str = "2099-01-01") -> None:
    line = {"sku": "A", "quantity": str(quantity), "lot": {"number": number, "expires_on": expires_on}}
    answer = await client.post("/api/v1/goods-receipts", json={"items": [{"warehouse": "W1", "lines": [line]}]})
    assert answer.status_code == 201, answer.text


async def by_lot(client: httpx.AsyncClient, id: str) -> list[tuple[str | None, int, str | None]]:
    found = (await client.get(f"/api/v1/stock-counts/{id}/lines")).json()["items"]
    return [
        (row["lot"], int(float(row["expected"])), row["counted"] and str(int(float(row["counted"])))) for row in found
    ]


async def lots_there(depot: Depot) -> dict[str, int]:
    rows = await depot.rows(
        """select l.number, s.on_hand::int from lot_stock s join lot l on l.tenant_id = $1 and l.id = s.lot_id
        where s.tenant_id = $1 and s.on_hand <> 0"""
    )
    return {row[0]: row[1] for row in rows}


async def test_where_lots_are_kept_a_count_counts_lots(depot: Depot, owner: httpx.AsyncClient) -> None:
    await depot.receive("A", 3)
    tracking = {"items": [{"sku": "A", "tracked": True}]}
    assert (await owner.put("/api/v1/lot-tracking", json=tracking)).status_code == 200
    await come(owner, "L2", 10)
    await come(owner, "L1", 5, "2098-01-01")
    id = await opened(owner)
    assert await by_lot(owner, id) == [(None, 3, None), ("L1", 5, None), ("L2", 10, None)]
    path = f"/api/v1/stock-counts/{id}/lines"

    async def say(quantity: str, lot: dict[str, str] | None, **more: str) -> httpx.Response:
        return await owner.put(path, json={"items": [{"sku": "A", "quantity": quantity, "lot": lot} | more]})

    assert (await say("4", {"number": "L1"})).json() == {"updated": 1}
    assert (await say("1", {"number": "L2"}, unit="箱")).json() == {"updated": 1}
    unknown = await say("2", {"number": "L3"})
    assert [(f["code"], f["field"]) for f in unknown.json()["faults"]] == [("count-unknown-lot", "items[0].lot")]
    assert (await say("2", {"number": "L3", "expires_on": "2097-01-01"})).json() == {"updated": 1}
    other = await owner.put(path, json={"items": [{"sku": "B", "quantity": "1", "lot": {"number": "X"}}]})
    assert [fault["code"] for fault in other.json()["faults"]] == ["lot-not-kept"]
    assert await by_lot(owner, id) == [(None, 3, None), ("L1", 5, "4"), ("L2", 10, "12"), ("L3", 0, "2")]
    done = await owner.post(f"/api/v1/stock-counts/{id}/submit", json={})
    assert (done.status_code, done.json()["state"]) == (200, "booked")
    assert await lots_there(depot) == {"L1": 4, "L2": 12, "L3": 2}
    assert (await depot.levels())["A", "W1"] == (21, 0, 0)


async def test_a_lot_that_left_meanwhile_is_counted_again(depot: Depot, owner: httpx.AsyncClient) -> None:
    assert (await owner.put("/api/v1/lot-tracking", json={"items": [{"sku": "A"}]})).status_code == 200
    await come(owner, "L1", 5)
    await come(owner, "L2", 5)
    id = await opened(owner)
    item = {"sku": "A", "quantity": "2", "lot": {"number": "L1"}}
    assert (await owner.put(f"/api/v1/stock-counts/{id}/lines", json={"items": [item]})).status_code == 200
    gone = {"warehouse": "W1", "sku": "A", "quantity": "-4", "reason": "damaged", "lot": "L1"}
    assert (await owner.post("/api/v1/stock/adjustments", json={"items": [gone]})).status_code == 201
    before = await depot.moves()
    refused = await owner.post(f"/api/v1/stock-counts/{id}/submit", json={})
    assert [fault["code"] for fault in refused.json()["faults"]] == ["count-no-longer-fits"]
    assert await depot.moves() == before
    assert await lots_there(depot) == {"L1": 1, "L2": 5}
    # Without its number one that is kept by lots is not understood.
    bare = await owner.put(f"/api/v1/stock-counts/{id}/lines", json={"items": [{"sku": "A", "quantity": "2"}]})
    assert [fault["code"] for fault in bare.json()["faults"]] == ["lot-needed"]
