"""When goods can be had, why a line waits and until when: told of every line, and true when they come."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.callers import owner, staff
from tests.orders.test_place import sound
from tests.world import World, traces

from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.database import Database
from dinghuo.kit.outbox_run import drain

pytestmark = pytest.mark.slow

__all__ = ["owner", "staff"]


def day(number: int) -> str:
    today = datetime.now(ZoneInfo("Asia/Shanghai")).date()
    return (today + timedelta(days=number)).isoformat()


def supply(code: str, days: int, quantity: int, **more: Any) -> dict[str, Any]:
    return {
        "code": code,
        "sku": "BEER",
        "warehouse": "main",
        "expected_on": day(days),
        "quantity": str(quantity),
    } | more


@pytest.fixture
async def coming(owner: httpx.AsyncClient, world: World) -> httpx.AsyncClient:
    """Thirty beers in five days and thirty in nine; ten are there."""
    items = [supply("PO1/1", 5, 30, document="PO1"), supply("PO2/1", 9, 30, document="PO2")]
    saved = await owner.put("/api/v1/expected-supply", json={"items": items})
    assert (saved.status_code, saved.json()["created"]) == (200, 2)
    return owner


async def order(owner: httpx.AsyncClient, customer: str, quantity: int) -> str:
    body = {"customer": customer, "lines": [{"sku": "BEER", "quantity": str(quantity)}]}
    answer = await owner.post("/api/v1/orders", json=body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def line(owner: httpx.AsyncClient, order_id: str) -> dict[str, Any]:
    (found,) = (await owner.get(f"/api/v1/orders/{order_id}/waiting")).json()["lines"]
    return dict(found)


def number(value: str) -> int:
    return int(float(value))


async def promise(owner: httpx.AsyncClient, quantity: int, **more: Any) -> dict[str, Any]:
    body = {"lines": [{"sku": "BEER", "quantity": str(quantity)}]} | more
    answer = await owner.post("/api/v1/available-to-promise", json=body)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def test_a_cart_is_promised_line_by_line_without_leaving_a_trace(
    coming: httpx.AsyncClient, world: World, database: Database
) -> None:
    before = await traces(database, world.tenant)
    lines = [
        {"sku": "BEER", "quantity": "25"},
        {"sku": "BEER", "quantity": "40", "date": day(7)},
        {"sku": "COLA", "quantity": "1", "unit": "箱", "date": day(3)},
        {"sku": "COLA", "quantity": "9999"},
        {"sku": "GIFT", "quantity": "5"},
        {"sku": "NONE", "quantity": "1"},
        {"sku": "COLA", "quantity": "1", "unit": "桶"},
    ]
    told = (await coming.post("/api/v1/available-to-promise", json={"customer": "K2", "lines": lines})).json()
    assert [(fault["code"], fault["field"]) for fault in told["faults"]] == [
        ("unknown-code", "lines[5].sku"),
        ("stock-unknown-unit", "lines[6].unit"),
    ]
    assert told["complete_on"] is None
    beer, more, cola, much, gift = told["lines"]
    assert (beer["promised_on"], beer["on_time"], beer["orderable"]) == (day(5), False, True)
    parts = [(part["date"], number(part["quantity"]), part["from"], part["supply"]) for part in beer["parts"]]
    assert parts == [(day(0), 10, "stock", None), (day(5), 15, "supply", "PO1/1")]
    assert [(d["date"], number(d["available"])) for d in beer["by_day"]] == [(day(0), 10), (day(5), 40), (day(9), 70)]
    assert [reason["code"] for reason in beer["reasons"]] == ["atp-stock", "atp-supply"]
    later = [(part["date"], number(part["quantity"]), part["supply"]) for part in more["parts"]]
    assert later == [(day(7), 15, "PO1/1"), (day(9), 25, "PO2/1")]
    assert (cola["promised_on"], cola["wanted"], cola["on_time"]) == (day(3), "24", True)
    assert (much["promised_on"], much["orderable"], much["complete"]) == (None, False, False)
    assert [number(part["quantity"]) for part in much["parts"]][-1] == 9999 - (1100 - 24)
    assert (gift["promised_on"], [part["from"] for part in gift["parts"]]) == (day(0), ["untracked"])
    assert await traces(database, world.tenant) == before
    unknown = await coming.post("/api/v1/available-to-promise", json={"customer": "XX", "lines": lines})
    assert unknown.status_code == 422


async def test_waiting_lines_are_promised_explained_ranked_and_served(
    coming: httpx.AsyncClient, world: World, database: Database
) -> None:
    second = await order(coming, "K2", 25)
    first = await order(coming, "K1", 20)
    for order_id, promised in ((second, day(5)), (first, day(9))):
        (placed,) = (await coming.get(f"/api/v1/orders/{order_id}")).json()["lines"]
        assert placed["promised_date"] == promised
    waits = await line(coming, first)
    (place,) = waits["places"]
    assert (waits["state"], number(waits["held"]), number(waits["waiting"])) == ("waiting", 0, 20)
    assert (number(place["ahead"]), place["documents_ahead"], place["priority"]) == (15, 1, 100)
    assert (waits["expected_on"], waits["late"], place["supplies"][-1]["code"]) == (day(9), False, "PO2/1")
    assert [reason["code"] for reason in waits["reasons"]] == ["waiting-supply"]
    await drain(database, world.tenant.id, BY_KIND)
    # The gold tier is served first from now on, whoever ordered sooner.
    items = [{"kind": "tier", "code": "gold", "priority": 10}]
    assert (await coming.put("/api/v1/allocation-priorities", json={"items": items})).json() == {"updated": 1}
    assert (await coming.put("/api/v1/allocation-priorities", json={"items": items})).json() == {"updated": 0}
    await drain(database, world.tenant.id, BY_KIND)
    waits = await line(coming, first)
    assert (number(waits["places"][0]["ahead"]), waits["expected_on"]) == (0, day(5))
    waits = await line(coming, second)
    assert (number(waits["places"][0]["ahead"]), waits["expected_on"], waits["late"]) == (20, day(9), True)
    again = (await coming.post(f"/api/v1/orders/{second}/promise")).json()
    assert again == {"id": second, "lines": [{"line_no": 1, "promised_date": day(9)}]}
    assert (await line(coming, second))["late"] is False
    # Newcomers come after both.
    assert (await promise(coming, 25))["lines"][0]["promised_on"] == day(9)
    receipt = {"warehouse": "main", "lines": [{"sku": "BEER", "quantity": "22", "supply": "PO1/1"}]}
    assert (await coming.post("/api/v1/goods-receipts", json={"items": [receipt]})).status_code == 201
    assert (await line(coming, first))["state"] == "ready"
    waits = await line(coming, second)
    assert (number(waits["held"]), number(waits["waiting"]), waits["expected_on"]) == (12, 13, day(9))
    listed = (await coming.get("/api/v1/expected-supply")).json()["items"]
    assert [(row["code"], number(row["open"])) for row in listed] == [("PO1/1", 8), ("PO2/1", 30)]
    await sound(database, world)


async def test_what_is_late_promises_nothing_until_it_has_a_new_day(coming: httpx.AsyncClient) -> None:
    late = [{"code": "PO1/1", "expected_on": day(-1)}, {"code": "PO2/1", "state": "cancelled"}]
    assert (await coming.put("/api/v1/expected-supply", json={"items": late})).json()["updated"] == 2
    told = (await promise(coming, 12))["lines"][0]
    assert [part["date"] for part in told["parts"]] == [day(0), None]
    assert [reason["code"] for reason in told["reasons"]] == ["atp-stock", "atp-unknown", "atp-late"]
    waits = await line(coming, await order(coming, "K2", 12))
    assert (waits["expected_on"], waits["promised_date"]) == (None, None)
    assert [reason["code"] for reason in waits["reasons"]] == ["waiting-ready", "waiting-unknown", "waiting-late"]
    listed = (await coming.get("/api/v1/expected-supply")).json()["items"]
    assert [(row["code"], row["late"]) for row in listed] == [("PO1/1", True)]


async def test_what_is_kept_back_is_promised_to_nobody_until_it_is_given_free(coming: httpx.AsyncClient) -> None:
    async def keep(quantity: int) -> dict[str, Any]:
        items = [{"warehouse": "main", "sku": "BEER", "quantity": str(quantity)}]
        return dict((await coming.put("/api/v1/stock/safety", json={"items": items})).json())

    assert await keep(4) == {"updated": 1}
    (row,) = (await coming.get("/api/v1/stock", params={"sku": "BEER"})).json()["items"]
    assert [number(row[name]) for name in ("on_hand", "safety", "available")] == [10, 4, 6]
    waits = await line(coming, await order(coming, "K2", 9))
    assert (number(waits["held"]), number(waits["waiting"])) == (6, 3)
    assert await keep(2) == {"updated": 1}
    (row,) = (await coming.get("/api/v1/stock", params={"sku": "BEER"})).json()["items"]
    assert [number(row[name]) for name in ("reserved", "available", "waiting")] == [8, 0, 1]


async def test_supply_is_saved_by_code_all_or_nothing(coming: httpx.AsyncClient) -> None:
    receipt = {"warehouse": "main", "lines": [{"sku": "BEER", "quantity": "12", "supply": "PO1/1"}]}
    assert (await coming.post("/api/v1/goods-receipts", json={"items": [receipt]})).status_code == 201
    wrong = [
        {"code": "NEW"},
        supply("N2", 1, 1, sku="NONE"),
        {"code": "PO1/1", "quantity": "11"},
        {"code": "PO2/1", "quantity": "2", "unit": "箱"},
        {"code": "PO2/1", "note": "twice"},
    ]
    refused = (await coming.put("/api/v1/expected-supply", json={"items": wrong})).json()
    assert [(fault["code"], fault["field"]) for fault in refused["faults"]] == [
        ("missing-value", "items[0].sku"),
        ("missing-value", "items[0].warehouse"),
        ("missing-value", "items[0].expected_on"),
        ("missing-value", "items[0].quantity"),
        ("unknown-code", "items[1].sku"),
        ("supply-received", "items[2].quantity"),
        ("duplicate-code", "items[4].code"),
    ]
    assert (await coming.put("/api/v1/expected-supply", json={"items": [wrong[3]]})).json()["updated"] == 1
    listed = (await coming.get("/api/v1/expected-supply", params={"document": "PO2"})).json()["items"]
    assert [number(row["quantity"]) for row in listed] == [48]
    elsewhere = {"warehouse": "west", "lines": [{"sku": "BEER", "quantity": "1", "supply": "PO2/1"}]}
    other = {"warehouse": "main", "lines": [{"sku": "COLA", "quantity": "1", "supply": "PO2/1"}]}
    unknown = {"warehouse": "main", "lines": [{"sku": "BEER", "quantity": "1", "supply": "PO9"}]}
    refused = (await coming.post("/api/v1/goods-receipts", json={"items": [elsewhere, other, unknown]})).json()
    assert [(fault["code"], fault["field"]) for fault in refused["faults"]] == [
        ("supply-elsewhere", "items[0].lines[0].supply"),
        ("supply-elsewhere", "items[1].lines[0].supply"),
        ("unknown-code", "items[2].lines[0].supply"),
    ]


async def test_a_region_is_served_from_its_own_warehouse(
    owner: httpx.AsyncClient, world: World, database: Database
) -> None:
    await owner.put("/api/v1/regions", json={"items": [{"code": "xinjiang", "name": "新疆"}]})
    await owner.put("/api/v1/customers", json={"items": [{"code": "K2", "region": "xinjiang"}]})
    rule = {"region": "xinjiang", "warehouses": ["west"], "latitude": "43.8", "longitude": "87.6"}
    assert (await owner.put("/api/v1/sourcing-rules", json={"items": [rule]})).json() == {"updated": 1}
    assert (await owner.put("/api/v1/sourcing-rules", json={"items": [rule]})).json() == {"updated": 0}
    (listed,) = (await owner.get("/api/v1/sourcing-rules")).json()["items"]
    assert (listed["region"], listed["warehouses"], float(listed["latitude"])) == ("xinjiang", ["west"], 43.8)

    async def sources(quantity: int, customer: str = "K2") -> list[tuple[str, int, str | None]]:
        body = {"customer": customer, "lines": [{"sku": "COLA", "quantity": str(quantity)}]}
        answer = await owner.post("/api/v1/orders", json=body)
        (found,) = (await owner.get(f"/api/v1/orders/{answer.json()['id']}")).json()["lines"]
        return sorted((part["warehouse"], number(part["held"]), part["why"]) for part in found["stock"])

    assert await sources(60) == [("west", 60, "region")]
    assert await sources(60) == [("main", 60, "priority")]
    assert await sources(970) == [("main", 930, "split"), ("west", 40, "split")]
    wrong = [{"region": "nowhere"}, {"region": "xinjiang", "warehouses": ["west", "west", "xx"], "latitude": "91"}]
    refused = (await owner.put("/api/v1/sourcing-rules", json={"items": wrong})).json()
    assert [(fault["code"], fault["field"]) for fault in refused["faults"]] == [
        ("unknown-code", "items[0].region"),
        ("sourcing-twice", "items[1].warehouses[1]"),
        ("unknown-code", "items[1].warehouses[2]"),
        ("bad-spot", "items[1].latitude"),
    ]
    await owner.put("/api/v1/sourcing-rules", json={"items": [{"region": "xinjiang"}]})
    assert (await owner.get("/api/v1/sourcing-rules")).json()["items"] == []
    assert await sources(10) == [("main", 10, None)]
    await sound(database, world)


async def test_an_order_comes_from_one_warehouse_where_that_is_wanted(owner: httpx.AsyncClient, world: World) -> None:
    receipt = {"warehouse": "west", "lines": [{"sku": "BEER", "quantity": "50"}, {"sku": "COLA", "quantity": "900"}]}
    await owner.post("/api/v1/goods-receipts", json={"items": [receipt]})
    settings = (await owner.get("/api/v1/settings/inventory")).json()
    assert settings == {
        "allocation": "priority",
        "longest_wait_days": 30,
        "sourcing": "priority",
        "fewest_splits": "line",
    }
    body = {"customer": "K2", "lines": [{"sku": "COLA", "quantity": "5"}, {"sku": "BEER", "quantity": "40"}]}

    async def sources() -> list[list[tuple[str, str | None]]]:
        placed = (await owner.post("/api/v1/orders", json=body)).json()
        lines = (await owner.get(f"/api/v1/orders/{placed['id']}")).json()["lines"]
        return [[(part["warehouse"], part["why"]) for part in found["stock"]] for found in lines]

    changed = settings | {"fewest_splits": "order"}
    blind = await owner.put("/api/v1/settings/inventory", json=changed)
    assert [fault["code"] for fault in blind.json()["faults"]] == ["if-match-needed"]
    saved = await owner.put("/api/v1/settings/inventory", json=changed, headers={"if-match": '"1"'})
    assert saved.json() == changed
    stale = await owner.put("/api/v1/settings/inventory", json=settings, headers={"if-match": '"1"'})
    assert (stale.status_code, [fault["code"] for fault in stale.json()["faults"]]) == (412, ["stale-revision"])
    assert await sources() == [[("west", "whole")], [("west", "whole")]]


async def test_all_that_waits_is_listed_in_turn(coming: httpx.AsyncClient) -> None:
    second = await order(coming, "K2", 25)
    first = await order(coming, "K1", 20)

    async def listed(client: httpx.AsyncClient, **params: Any) -> list[tuple[str, int, int, int, str | None]]:
        answer = await client.get("/api/v1/waiting-lines", params=params)
        assert answer.status_code == 200, answer.text
        return [
            (row["order_id"], number(row["waiting"]), row["place"], number(row["ahead"]), row["expected_on"])
            for row in answer.json()["items"]
        ]

    both = [(second, 15, 1, 0, day(5)), (first, 20, 2, 15, day(9))]
    assert await listed(coming) == both
    for params in ({"sku": "BEER"}, {"warehouse": "main"}):
        assert await listed(coming, **params) == both
    assert await listed(coming, customer="K1") == both[1:]
    for params in ({"sku": "COLA"}, {"overdue": "true"}, {"search": "nothing"}):
        assert await listed(coming, **params) == []
    page = (await coming.get("/api/v1/waiting-lines", params={"limit": 1})).json()
    assert [row["order_id"] for row in page["items"]] == [second]
    (row,) = (await coming.get("/api/v1/waiting-lines", params={"limit": 1, "cursor": page["cursor"]})).json()[
        "items"
    ]
    assert (row["order_id"], [reason["code"] for reason in row["reasons"]]) == (first, ["waiting-supply"])
    assert (row["priority"], row["waited_too_long"], row["late"]) == (100, False, False)
    assert [(each["code"], each["date"]) for each in row["supplies"]] == [("PO1/1", day(5)), ("PO2/1", day(9))]


async def test_what_is_held_is_dealt_out_anew_as_it_was_seen(
    coming: httpx.AsyncClient, world: World, database: Database
) -> None:
    second = await order(coming, "K2", 8)
    first = await order(coming, "K1", 6)
    place = {"sku": "BEER", "warehouse": "main"}

    async def look() -> dict[str, Any]:
        return dict((await coming.get("/api/v1/allocation", params=place)).json())

    def said(told: dict[str, Any]) -> list[tuple[str, int, int, int]]:
        return [
            (each["order_id"], number(each["held"]), number(each["waiting"]), number(each["change"]))
            for each in told["lines"]
        ]

    even = await look()
    assert said(even) == [(second, 8, 0, 0), (first, 2, 4, 0)]
    assert (await coming.post("/api/v1/allocation", json=place)).json()["moved"] == "0"
    items = [{"kind": "tier", "code": "gold", "priority": 10}]
    assert (await coming.put("/api/v1/allocation-priorities", json={"items": items})).status_code == 200
    await drain(database, world.tenant.id, BY_KIND)
    told = await look()
    assert said(told) == [(first, 2, 4, 4), (second, 8, 0, -4)]
    before = await traces(database, world.tenant)
    refused = await coming.post("/api/v1/allocation", json=place | {"seen": even["seen"]})
    assert (refused.status_code, refused.json()["faults"][0]["code"]) == (409, "allocation-changed")
    assert await traces(database, world.tenant) == before
    done = (await coming.post("/api/v1/allocation", json=place | {"seen": told["seen"]})).json()
    assert (number(done["moved"]), said(done)) == (4, said(told))
    assert said(await look()) == [(first, 6, 0, 0), (second, 4, 4, 0)]
    assert number((await line(coming, second))["waiting"]) == 4
    await sound(database, world)


async def test_a_sku_is_told_day_by_day(coming: httpx.AsyncClient) -> None:
    await order(coming, "K2", 4)
    late = [supply("PO3/1", 3, 5) | {"expected_on": day(-2)}]
    assert (await coming.put("/api/v1/expected-supply", json={"items": late})).json()["created"] == 1
    safety = {"items": [{"warehouse": "main", "sku": "BEER", "quantity": "2"}]}
    assert (await coming.put("/api/v1/stock/safety", json=safety)).json() == {"updated": 1}
    told = (await coming.get("/api/v1/stock/by-day", params={"sku": "BEER", "days": 11})).json()
    assert [number(told[name]) for name in ("on_hand", "reserved", "safety", "available", "expected", "late")] == [
        10, 4, 2, 4, 60, 5,
    ]  # fmt: skip
    assert (told["next_on"], len(told["days"])) == (day(5), 11)
    days = [
        tuple(number(d[n]) for n in ("incoming", "there", "committed", "kept_back", "available"))
        for d in told["days"]
    ]
    assert days[:5] == [(0, 10, 4, 2, 4)] * 5
    assert days[5:9] == [(30, 40, 4, 2, 34), *[(0, 40, 4, 2, 34)] * 3]
    assert days[9:] == [(30, 70, 4, 2, 64), (0, 70, 4, 2, 64)]
    assert [(s["code"], s["late"]) for s in told["supplies"]] == [("PO3/1", True), ("PO1/1", False), ("PO2/1", False)]
    assert [(place["warehouse"], number(place["available"])) for place in told["places"]] == [("main", 4)]
    for params in ({"sku": "NONE"}, {"sku": "BEER", "warehouse": "NONE"}):
        assert (await coming.get("/api/v1/stock/by-day", params=params)).status_code == 422
