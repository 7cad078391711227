"""Promotions over HTTP: saved, read, edited, published, withdrawn; their coupons and budgets."""

from typing import Any

import httpx
import pytest
from tests.conftest import AsRole
from tests.publishing import turn
from tests.support import contents
from tests.world import World, make_world

from dinghuo.kit.database import Database


@pytest.fixture
async def world(database: Database, tenant: Any) -> World:
    return await make_world(database, tenant)


@pytest.fixture
async def boss(as_role: AsRole) -> httpx.AsyncClient:
    return await as_role("owner")


SAVE = {
    "code": "SAVE",
    "name": "满千减百",
    "kind": "spend_save",
    "valid_from": "2020-01-01T00:00:00Z",
    "steps": [{"from": "50", "value": "5"}, {"from": "200.00", "value": "30"}],
    "items": [{"kind": "sku", "code": "GIFT"}],
    "audience": [{"kind": "tier", "code": "gold"}],
    "budget": "100",
}


async def save(client: httpx.AsyncClient, *items: dict[str, Any]) -> httpx.Response:
    return await client.put("/api/v1/promotions", json={"items": list(items)})


async def test_a_promotion_is_saved_read_and_listed(world: World, boss: httpx.AsyncClient) -> None:
    assert (await save(boss, SAVE)).json() == {"created": 1, "updated": 0, "unchanged": 0, "warnings": []}
    assert (await save(boss, SAVE)).json()["unchanged"] == 1
    answer = await boss.get("/api/v1/promotions/SAVE")
    assert answer.status_code == 200
    assert answer.headers["etag"] == '"1"'
    got = answer.json()
    assert {
        name: got[name] for name in ("kind", "state", "measure", "steps", "audience", "items", "budget", "uses")
    } == {
        "kind": "spend_save",
        "state": "draft",
        "measure": "amount",
        "steps": [{"from": "50", "value": "5"}, {"from": "200", "value": "30"}],
        "audience": [{"kind": "tier", "code": "gold", "name": "金牌", "name_en": None}],
        "items": [
            {"kind": "sku", "code": "GIFT", "name": "GIFT", "name_en": None, "unit": None, "quantity": None}
            | {"price": None}
        ],
        "budget": "100.00",
        "uses": None,
    }
    for query, found in (
        ("search=满千", 1),
        ("state=published", 0),
        ("kind=percent", 0),
        ("sku=GIFT", 1),
        ("sku=COLA", 0),
        ("customer=K1", 0),
        ("on=2019-01-01T00:00:00Z", 0),
    ):
        listed = (await boss.get(f"/api/v1/promotions?{query}")).json()
        assert len(listed["items"]) == found, query


async def test_everything_wrong_is_said_at_once(database: Database, world: World, boss: httpx.AsyncClient) -> None:
    before = await contents(database, world.tenant, but=["api_key"])
    answer = await save(
        boss,
        SAVE | {"steps": [{"from": "50", "value": "0"}, {"from": "50", "value": "1.005"}], "repeats": True},
        {"code": "A", "kind": "buy_get", "name": "a", "valid_from": "2020-01-01T00:00:00Z"},
        {
            "code": "B",
            "kind": "fixed_price",
            "name": "b",
            "valid_from": "2020-01-02T00:00:00Z",
            "valid_until": "2020-01-01T00:00:00Z",
            "items": [{"kind": "sku", "code": "COLA"}, {"kind": "sku", "code": "NONE", "price": "1"}],
            "budget": "-1",
        },
        {"code": "C"},
    )
    assert answer.status_code == 422
    assert sorted((fault["code"], fault["field"]) for fault in answer.json()["faults"]) == [
        ("missing-value", "items[3].kind"),
        ("missing-value", "items[3].name"),
        ("missing-value", "items[3].valid_from"),
        ("promotion-budget", "items[2].budget"),
        ("promotion-ends-early", "items[2].valid_until"),
        ("promotion-item-price", "items[2].items[0].price"),
        ("promotion-measure", "items[1].measure"),
        ("promotion-repeats", "items[0].repeats"),
        ("promotion-step-value", "items[0].steps[0].value"),
        ("promotion-step-value", "items[0].steps[1].value"),
        ("promotion-steps-needed", "items[1].steps"),
        ("promotion-steps-rise", "items[0].steps[1].from"),
        ("unknown-code", "items[2].items[1].code"),
    ]
    assert await contents(database, world.tenant, but=["api_key"]) == before


async def test_its_terms_stay_once_it_was_published(world: World, boss: httpx.AsyncClient) -> None:
    await save(boss, SAVE)
    published = await turn(boss, "promotions/SAVE")
    assert (published.status_code, published.json()["state"], published.json()["revision"]) == (200, "published", 2)
    refused = await boss.patch(
        "/api/v1/promotions/SAVE",
        json={"steps": [{"from": "1", "value": "1"}], "items": []},
        headers={"if-match": "2"},
    )
    assert refused.status_code == 409
    assert [(f["code"], f["field"]) for f in refused.json()["faults"]] == [
        ("promotion-was-published", "steps"),
        ("promotion-was-published", "items"),
    ]
    fine = await boss.patch(
        "/api/v1/promotions/SAVE", json={"budget": None, "name": "减"}, headers={"if-match": '"2"'}
    )
    assert fine.json()["updated"] == 1
    stale = await boss.patch("/api/v1/promotions/SAVE", json={"priority": 1}, headers={"if-match": "2"})
    assert stale.status_code == 412
    stale = await boss.post("/api/v1/promotions/SAVE/withdraw", headers={"if-match": "1"})
    assert (stale.status_code, (await boss.get("/api/v1/promotions/SAVE")).json()["state"]) == (412, "published")
    withdrawn = await turn(boss, "promotions/SAVE", "withdraw")
    assert withdrawn.json()["state"] == "withdrawn"


async def test_what_has_ended_is_not_published(world: World, boss: httpx.AsyncClient) -> None:
    await save(boss, SAVE | {"valid_until": "2021-01-01T00:00:00Z"})
    refused = await turn(boss, "promotions/SAVE")
    assert (refused.status_code, refused.json()["faults"][0]["code"]) == (409, "promotion-is-over")
    assert (await turn(boss, "promotions/SAVE", "withdraw")).json()["faults"][0][
        "code"
    ] == "promotion-never-published"


async def test_budgets_and_coupons_tell_what_was_taken(world: World, boss: httpx.AsyncClient) -> None:
    await save(boss, SAVE | {"audience": [], "coupon_required": True, "customer_uses": 2})
    made = await boss.put(
        "/api/v1/promotions/SAVE/coupons",
        json={"items": [{"code": "hello"}, {"code": "K2S", "customer": "K2", "uses": None}]},
    )
    assert made.json()["created"] == 2
    await turn(boss, "promotions/SAVE")
    ordered = {"customer": "K2", "lines": [{"sku": "GIFT", "quantity": "100"}], "coupons": ["hello"]}
    placed = await boss.post("/api/v1/orders", json=ordered)
    assert (placed.status_code, placed.json()["gross"]) == (201, "95.00")
    assert (await boss.get("/api/v1/promotions/SAVE/budget")).json() == {
        "amount": {"limit": "100.00", "taken": "5.00", "left": "95.00"},
        "uses": {"limit": None, "taken": 1, "left": None},
        "customers": 1,
    }
    (customer,) = (await boss.get("/api/v1/promotions/SAVE/budget/customers")).json()["items"]
    assert (customer["customer"]["code"], customer["uses"]) == ("K2", {"limit": 2, "taken": 1, "left": 1})
    entries = (await boss.get("/api/v1/promotions/SAVE/budget/entries")).json()["items"]
    assert [(each["amount"], each["uses"], each["verb"], each["document_id"]) for each in entries] == [
        ("5.00", 1, "reserve", placed.json()["id"])
    ] * 2
    coupons = (await boss.get("/api/v1/promotions/SAVE/coupons")).json()["items"]
    assert [(each["code"], each["uses"], each["taken"]) for each in coupons] == [("HELLO", 1, 1), ("K2S", None, 0)]
    order = (await boss.get(f"/api/v1/orders/{placed.json()['id']}")).json()
    assert order["lines"][0]["deal"]["discount"] == "5.00"
    assert order["lines"][0]["kind"] == "goods"


async def test_who_sees_no_prices_sees_no_promotions(world: World, as_role: AsRole, boss: httpx.AsyncClient) -> None:
    await save(boss, SAVE)
    keeper = await as_role("warehouse")
    assert (await keeper.get("/api/v1/promotions")).status_code == 403
    assert (await keeper.put("/api/v1/promotions", json={"items": [SAVE]})).status_code == 403
