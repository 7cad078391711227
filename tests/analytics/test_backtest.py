"""A draft of prices tried on what was sold, and what to know before it is published: exact, within rights."""

from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.analytics.conftest import Clock
from tests.support import client_of, key_of, make_user
from tests.world import World

from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow


async def placed(owner: httpx.AsyncClient, customer: str, *lines: dict[str, Any]) -> str:
    answer = await owner.post("/api/v1/orders", json={"customer": customer, "lines": list(lines)})
    assert answer.status_code == 201, answer.text
    id: str = answer.json()["id"]
    return id


async def drafted(owner: httpx.AsyncClient, fields: dict[str, Any], *prices: dict[str, Any]) -> str:
    """A draft with these prices; its code."""
    answer = await owner.put("/api/v1/price-lists", json={"items": [{"name": "新价", **fields}]})
    assert answer.status_code == 200, answer.text
    answer = await owner.put(f"/api/v1/price-lists/{fields['code']}/entries", json={"items": list(prices)})
    assert answer.status_code == 200, answer.text
    code: str = fields["code"]
    return code


async def read(client: httpx.AsyncClient, code: str, what: str, **query: Any) -> dict[str, Any]:
    answer = await client.get(f"/api/v1/price-lists/{code}/{what}", params=query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def amounts(effect: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(effect[name] for name in ("lines", "actual", "present", "drafted", "change"))


@pytest.fixture
async def sold(owner: httpx.AsyncClient, world: World, clock: Clock) -> None:
    """Two months of K1, who is gold, and K2, who is not; one order called off, one price set by hand."""
    clock.set("2026-01-20T10:00")
    await placed(owner, "K1", {"sku": "COLA", "quantity": "100"})
    clock.set("2026-02-10T10:00")
    await placed(owner, "K1", {"sku": "COLA", "quantity": "10"}, {"sku": "GIFT", "quantity": "2"})
    await placed(owner, "K1", {"sku": "COLA", "quantity": "10"})
    await placed(owner, "K1", {"sku": "COLA", "quantity": "10", "price": "1.13"})
    await placed(owner, "K2", {"sku": "COLA", "quantity": "20"})
    off = await placed(owner, "K1", {"sku": "COLA", "quantity": "50"})
    await owner.post(f"/api/v1/orders/{off}/cancel", json={})
    clock.set("2026-03-05T10:30")


GOLD = {"code": "GOLD-2", "kind": "tier", "tier": "gold", "valid_from": "2026-04-01"}


async def test_a_draft_takes_the_place_of_the_list_it_will_replace(owner: httpx.AsyncClient, sold: None) -> None:
    code = await drafted(
        owner, GOLD, {"sku": "COLA", "price": "2.26"}, {"sku": "COLA", "minimum_quantity": "50", "price": "2.00"}
    )
    told = await read(owner, code, "backtest", months=2)
    assert (told["from"], told["until"], told["tried_on"]) == ("2026-01-05", "2026-03-05", "2026-04-01")
    # Only K1 is gold. COLA was 2.50 with tax: 221.24 for the hundred, 22.12 for each ten; ten at 1.13 stay 10.00.
    # The draft has no price for GIFT, and the base list, which has, is asked as before.
    assert (told["customers"], told["orders"], told["kept"], told["unpriced"]) == (1, 4, 1, 0)
    (gift,) = {each["code"] for each in told["by_sku"]} ^ {"COLA", "GIFT"}
    assert gift == "GIFT"
    assert amounts(told["by_sku"][0]["amounts"]) == (4, "275.48", "275.48", "226.99", "-48.49")
    assert [(each["month"], each["amounts"]["change"]) for each in told["by_month"]] == [
        ("2026-01-01", "-44.25"),
        ("2026-02-01", "-4.24"),
    ]
    assert told["total"]["change"] == "-48.49"
    assert [(each["code"], each["amounts"]["change"]) for each in told["by_customer"]] == [("K1", "-48.49")]


async def test_what_no_list_prices_any_more_is_counted_and_stays(owner: httpx.AsyncClient, sold: None) -> None:
    code = await drafted(
        owner, {"code": "BASE-2", "kind": "base", "valid_from": "2026-01-01"}, {"sku": "COLA", "price": "3.39"}
    )
    told = await read(owner, code, "backtest", months=3)
    # K2's 20 at 3.00 become 3.39; K1's COLA stays gold; K1's GIFT was priced by the base list alone.
    assert (told["customers"], told["unpriced"]) == (2, 1)
    assert [each["code"] for each in told["by_customer"]] == ["K2"]
    assert amounts(told["by_customer"][0]["amounts"]) == (1, "53.10", "53.10", "60.00", "6.90")


async def test_a_list_that_is_published_changes_nothing(owner: httpx.AsyncClient, sold: None) -> None:
    lists = (await owner.get("/api/v1/price-lists?limit=50")).json()["items"]
    base = next(each["code"] for each in lists if (each["kind"], each["state"]) == ("base", "published"))
    told = await read(owner, base, "backtest", months=2)
    assert told["total"]["lines"] > 0
    assert told["total"]["change"] == "0.00"


async def test_months_without_orders_and_a_list_for_nobody_are_empty(owner: httpx.AsyncClient, sold: None) -> None:
    code = await drafted(owner, GOLD | {"currency": "USD"}, {"sku": "COLA", "price": "1"})
    told = await read(owner, code, "backtest", months=1)
    assert amounts(told["total"]) == (0, "0", "0", "0", "0")
    assert (told["by_month"], told["by_customer"], told["by_sku"]) == ([], [], [])


async def test_before_publishing_clashes_costs_customers_and_carts_are_told(
    owner: httpx.AsyncClient, sold: None
) -> None:
    answer = await owner.put(
        "/api/v1/skus/costs", json={"items": [{"sku": "COLA", "cost": "1.90", "valid_from": "2026-01-01"}]}
    )
    assert answer.status_code == 200, answer.text
    floors = [{"sku": "COLA", "floor": "2.01", "valid_from": "2026-01-01"}]
    answer = await owner.put("/api/v1/skus/floors", json={"items": floors})
    assert answer.status_code == 200, answer.text
    code = await drafted(
        owner,
        GOLD | {"valid_from": "2026-01-01"},
        {"sku": "COLA", "price": "2.26"},
        {"sku": "COLA", "minimum_quantity": "50", "price": "2.00"},
        {"sku": "GIFT", "price": "1"},
    )
    answer = await owner.post("/api/v1/drafts", json={"customer": "K1", "lines": [{"sku": "COLA", "quantity": "1"}]})
    assert answer.status_code == 201, answer.text
    told = await read(owner, code, "check")
    assert [each["list"] for each in told["clashes"]] == ["GOLD"]
    # 2.00 with 13 % tax is 1.769912 without: less than 1.90.
    worst = {
        "list": None,
        "sku": "COLA",
        "name": "COLA",
        "unit": "瓶",
        "from_quantity": "50.000000",
        "list_price": None,
        "net_price": "1.769912",
        "cost": "1.900000",
        "floor": "2.010000",
    }
    assert told["below_cost"] == [worst]
    # 2.26 with tax is 2.00 without: above the cost, but a cent below the floor.
    assert told["below_floor"] == [worst, worst | {"from_quantity": "0.000000", "net_price": "2.000000"}]
    assert (told["entries"], told["below_cost_count"], told["below_floor_count"], told["costless"]) == (3, 1, 2, 1)
    assert (told["customers"], told["open_carts"]) == (1, 1)


async def test_who_sees_no_cost_is_told_no_margin(
    app: Litestar, database: Database, world: World, owner: httpx.AsyncClient, sold: None
) -> None:
    code = await drafted(owner, GOLD, {"sku": "COLA", "price": "2.26"})
    answer = await owner.put(
        "/api/v1/roles", json={"items": [{"code": "pricer", "name": "定价", "permissions": ["pricing.read",
        "pricing.write"], "sees_price": True}]}
    )  # fmt: skip
    assert answer.status_code == 200, answer.text
    key = await key_of(database, world.tenant, await make_user(database, world.tenant, "pricer", login="pricer"))
    async with client_of(app, x_api_key=key.text()) as pricer:
        tried = await read(pricer, code, "backtest")
        assert (tried["total"]["cost"], tried["total"]["drafted_margin"]) == (None, None)
        checked = await read(pricer, code, "check")
        hidden = ("below_cost", "below_cost_count", "below_floor", "below_floor_count", "costless")
        assert [checked[name] for name in hidden] == [None] * 5
