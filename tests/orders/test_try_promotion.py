"""A promotion tried on an order to be: as it would be placed now, without it and with it, and nothing is written."""

from typing import Any

import httpx
import pytest
from tests.conftest import AsRole
from tests.publishing import turn
from tests.support import contents
from tests.world import World, make_world

from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow


@pytest.fixture
async def world(database: Database, tenant: Any) -> World:
    return await make_world(database, tenant)


@pytest.fixture
async def boss(as_role: AsRole, world: World) -> httpx.AsyncClient:
    return await as_role("owner")


async def save(boss: httpx.AsyncClient, **fields: Any) -> None:
    item = {
        "code": "P",
        "name": "满百减十",
        "kind": "spend_save",
        "valid_from": "2099-01-01T00:00:00Z",
        "steps": [{"from": "100", "value": "10"}],
        "items": [{"kind": "sku", "code": "COLA"}],
        **fields,
    }
    answer = await boss.put("/api/v1/promotions", json={"items": [item]})
    assert answer.status_code == 200, answer.text


async def attempt(boss: httpx.AsyncClient, quantity: str, customer: str = "K1", sku: str = "COLA") -> dict[str, Any]:
    body = {"customer": customer, "lines": [{"sku": sku, "quantity": quantity}]}
    answer = await boss.post("/api/v1/promotions/P/try", json=body)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_a_draft_speaks_as_if_it_held_now(database: Database, world: World, boss: httpx.AsyncClient) -> None:
    await save(boss)
    before = await contents(database, world.tenant)
    told = await attempt(boss, "40")
    assert (told["granted"], told["why_not"]) == (True, None)
    assert (told["without"]["amounts"]["gross"], told["with_it"]["amounts"]["gross"]) == ("100.00", "90.00")
    assert told["with_it"]["promotions"][0]["code"] == "P"
    assert await contents(database, world.tenant) == before


@pytest.mark.parametrize(
    ("fields", "order", "why"),
    [
        ({}, ("39", "K1", "COLA"), "below_threshold"),
        ({}, ("39", "K1", "GIFT"), "goods"),
        ({"audience": [{"kind": "tier", "code": "gold"}]}, ("40", "K2", "COLA"), "audience"),
        ({"currency": "USD"}, ("40", "K1", "COLA"), "currency"),
        ({"budget": "9"}, ("40", "K1", "COLA"), "budget"),
    ],
)
async def test_why_it_would_not_be_granted_is_told(
    boss: httpx.AsyncClient, fields: dict[str, Any], order: tuple[str, str, str], why: str
) -> None:
    await save(boss, **fields)
    told = await attempt(boss, *order)
    assert (told["granted"], told["why_not"]) == (False, why)


async def test_a_first_order_is_the_first(boss: httpx.AsyncClient) -> None:
    await save(boss, first_order_only=True)
    assert (await attempt(boss, "40"))["granted"] is True
    answer = await boss.post("/api/v1/orders", json={"customer": "K1", "lines": [{"sku": "COLA", "quantity": "1"}]})
    assert answer.status_code == 201, answer.text
    assert (await attempt(boss, "40"))["why_not"] == "not_first"


async def test_one_that_holds_is_left_out_and_taken_in(boss: httpx.AsyncClient) -> None:
    await save(boss, valid_from="2020-01-01T00:00:00Z")
    await turn(boss, "promotions/P")
    told = await attempt(boss, "40")
    assert (told["without"]["promotions"], told["without"]["amounts"]["gross"]) == ([], "100.00")
    assert told["with_it"]["amounts"]["gross"] == "90.00"


async def test_gifts_appear(boss: httpx.AsyncClient) -> None:
    await save(boss, kind="buy_get", measure="quantity", steps=[{"from": "10", "value": "1"}], gift={"sku": "GIFT"})
    told = await attempt(boss, "10")
    assert [(line["sku"], line["kind"]) for line in told["with_it"]["lines"]] == [("COLA", "goods"), ("GIFT", "gift")]
    assert len(told["without"]["lines"]) == 1
