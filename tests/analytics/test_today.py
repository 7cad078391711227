"""The first page of figures: exact, in the tenant's zone, within scope and rights."""

from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.analytics.conftest import Clock
from tests.support import client_of, key_of, make_user
from tests.world import World

from dinghuo.analytics.recount import recount
from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Database
from dinghuo.kit.outbox_run import drain

pytestmark = pytest.mark.slow

ORDERS = [
    ("2026-02-04T09:00", "K1", "COLA", 10),  # 25.00
    ("2026-02-05T11:00", "K2", "COLA", 100),  # 300.00
    ("2026-02-26T09:00", "K2", "COLA", 10),  # 30.00
    ("2026-02-26T12:00", "K2", "GIFT", 1),  # 1.00
    ("2026-03-02T10:00", "K2", "GIFT", 5),  # 5.00
    ("2026-03-03T09:00", "K1", "COLA", 1),  # called off
    ("2026-03-04T09:00", "K1", "COLA", 20),  # 50.00
    ("2026-03-04T23:00", "K1", "GIFT", 1),  # 1.00
    ("2026-03-05T08:15", "K2", "COLA", 1),  # 3.00
    ("2026-03-05T10:15", "K1", "BEER", 2),  # 10.00
]


@pytest.fixture
async def sold(owner: httpx.AsyncClient, database: Database, world: World, clock: Clock) -> None:
    """The orders above, seen at half past ten on 5 March."""
    for at, customer, sku, quantity in ORDERS:
        clock.set(at)
        body = {"customer": customer, "lines": [{"sku": sku, "quantity": str(quantity)}]}
        answer = await owner.post("/api/v1/orders", json=body)
        assert answer.status_code == 201, answer.text
        if at == "2026-03-03T09:00":
            await owner.post(f"/api/v1/orders/{answer.json()['id']}/cancel", json={})
    clock.set("2026-03-05T10:30")
    await caught_up(database, world)


async def caught_up(database: Database, world: World) -> None:
    await drain(database, world.tenant.id, BY_KIND)
    async with database.transaction(world.tenant.id) as tx:
        assert not await recount(tx)


async def today(client: httpx.AsyncClient, **query: Any) -> dict[str, Any]:
    answer = await client.get("/api/v1/today", params=query)
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def told(figure: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(figure[name] for name in ("from", "until", "orders", "gross", "customers"))


@pytest.mark.usefixtures("sold")
async def test_every_figure_is_exact(owner: httpx.AsyncClient) -> None:
    page = await today(owner)
    assert (page["zone"], page["currency"], page["other_currencies"], page["catching_up"]) == (
        "Asia/Shanghai",
        "CNY",
        [],
        False,
    )
    assert {name: (told(span), told(span["before"])) for name, span in page["spans"].items()} == {
        "today": (
            ("2026-03-05", "2026-03-05", 2, "13.00", 2),
            ("2026-03-04", "2026-03-04", 1, "50.00", 1),
        ),
        "week": (
            ("2026-03-02", "2026-03-05", 5, "69.00", 2),
            ("2026-02-23", "2026-02-26", 1, "30.00", 1),
        ),
        "month": (
            ("2026-03-01", "2026-03-05", 5, "69.00", 2),
            ("2026-02-01", "2026-02-05", 1, "25.00", 1),
        ),
    }
    days = [(day["day"], day["orders"], day["gross"]) for day in page["by_day"]]
    assert (len(days), days[0], days[-1]) == (30, ("2026-02-04", 1, "25.00"), ("2026-03-05", 2, "13.00"))
    assert [day for day in days if day[1]] == [
        ("2026-02-04", 1, "25.00"),
        ("2026-02-05", 1, "300.00"),
        ("2026-02-26", 2, "31.00"),
        ("2026-03-02", 1, "5.00"),
        ("2026-03-04", 2, "51.00"),
        ("2026-03-05", 2, "13.00"),
    ]
    hours = [(hour["hour"], hour["orders"], hour["gross"]) for hour in page["by_hour"]]
    assert (len(hours), [hour for hour in hours if hour[1]]) == (24, [(8, 1, "3.00"), (10, 1, "10.00")])
    assert [(sku["sku"], sku["quantity"], sku["gross"]) for sku in page["top_skus"]] == [
        ("COLA", "141.000000", "408.00"),
        ("BEER", "2.000000", "10.00"),
        ("GIFT", "7.000000", "7.00"),
    ]
    assert [(one["code"], one["orders"], one["gross"]) for one in page["top_customers"]] == [
        ("K2", 5, "339.00"),
        ("K1", 4, "86.00"),
    ]
    assert [(one["state"], one["orders"]) for one in page["by_state"]] == [("cancelled", 1), ("confirmed", 9)]
    assert page["by_channel"] == [{"channel": "api", "orders": 9, "gross": "425.00"}]
    assert (page["new_customers"]["count"], page["silent_customers"]["count"]) == (0, 0)
    short = [(item["sku"], item["warehouse"], item["available"]) for item in page["stock_short"]["items"]]
    assert short == []


@pytest.mark.usefixtures("sold")
async def test_what_happened_to_earlier_days_shows_once_they_are_worked_out(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    (order,) = (await owner.get("/api/v1/orders", params={"placed_until": "2026-02-04"})).json()["items"]
    await owner.post(f"/api/v1/orders/{order['id']}/cancel", json={})
    await drain(database, world.tenant.id, BY_KIND)
    page = await today(owner)
    assert (page["catching_up"], page["by_day"][0]["gross"]) == (True, "25.00")
    await caught_up(database, world)
    page = await today(owner)
    assert (page["catching_up"], page["by_day"][0]["gross"]) == (False, "0.00")


async def test_yesterday_is_right_before_anybody_worked_it_out(
    owner: httpx.AsyncClient, clock: Clock, world: World
) -> None:
    clock.set("2026-03-04T09:00")
    await owner.post("/api/v1/orders", json={"customer": "K2", "lines": [{"sku": "GIFT", "quantity": "4"}]})
    clock.set("2026-03-05T00:00")
    page = await today(owner, days=2)
    assert [(day["day"], day["gross"]) for day in page["by_day"]] == [("2026-03-04", "4.00"), ("2026-03-05", "0.00")]
    assert [(sku["sku"], sku["gross"]) for sku in page["top_skus"]] == [("GIFT", "4.00")]
    # Midnight of the fifth: of yesterday, nothing has passed yet.
    assert told(page["spans"]["today"]["before"])[2:] == (0, "0.00", 0)


@pytest.mark.usefixtures("sold")
async def test_new_and_silent_customers(
    owner: httpx.AsyncClient, database: Database, clock: Clock, world: World
) -> None:
    clock.set("2026-05-10T09:00")
    await owner.put("/api/v1/accounts", json={"items": [{"customer": "K4", "credit_limit": None}]})
    for customer in ("K1", "K4"):
        order = {"customer": customer, "lines": [{"sku": "GIFT", "quantity": "2"}]}
        assert (await owner.post("/api/v1/orders", json=order)).status_code == 201
    await caught_up(database, world)
    page = await today(owner)
    new = [(one["code"], one["first_order_on"]) for one in page["new_customers"]["items"]]
    silent = [(one["code"], one["last_order_on"], one["gross_before"]) for one in page["silent_customers"]["items"]]
    assert (page["new_customers"]["count"], new) == (1, [("K4", "2026-05-10")])
    assert (page["silent_customers"]["count"], silent) == (1, [("K2", "2026-03-05", "339.00")])


@pytest.mark.usefixtures("sold")
async def test_stock_that_is_waited_for_comes_first(owner: httpx.AsyncClient) -> None:
    await owner.post("/api/v1/orders", json={"customer": "K2", "lines": [{"sku": "BEER", "quantity": "20"}]})
    page = await today(owner)
    assert page["stock_short"] == {
        "count": 1,
        "items": [
            {
                "sku": "BEER",
                "name": "BEER",
                "name_en": None,
                "warehouse": "main",
                "available": "0.000000",
                "waiting": "12.000000",
            }
        ],
    }


@pytest.mark.usefixtures("sold")
async def test_scope_and_rights_hold(
    app: Litestar, owner: httpx.AsyncClient, database: Database, world: World, clock: Clock
) -> None:
    login = await make_user(database, world.tenant, "sales", login="li")
    async with database.transaction(world.tenant.id) as tx:
        await tx.write(
            "update customer c set owner_id = u.id from app_user u "
            "where c.tenant_id = $1 and c.code = 'K1' and u.tenant_id = $1 and u.login = 'li'"
        )
        await touch(tx, "parties")
    async with client_of(app, x_api_key=(await key_of(database, world.tenant, login)).text()) as client:
        page = await today(client)
        assert told(page["spans"]["month"])[2:] == (3, "61.00", 1)
        assert [(one["code"], one["gross"]) for one in page["top_customers"]] == [("K1", "86.00")]
        assert [(sku["sku"], sku["quantity"]) for sku in page["top_skus"]] == [
            ("COLA", "30.000000"),
            ("BEER", "2.000000"),
            ("GIFT", "1.000000"),
        ]
        assert page["by_channel"] == [{"channel": "api", "orders": 4, "gross": "86.00"}]
        assert page["by_state"] == [{"state": "cancelled", "orders": 1}, {"state": "confirmed", "orders": 4}]
        for customer in ("K1", "K2"):
            await client.post("/api/v1/visits", json={"customer": customer})
        own = (await client.get("/api/v1/me/figures")).json()
        names = ("month", "orders", "gross", "customers", "customers_ordering", "visits", "customers_visited")
        assert tuple(own[name] for name in names) == ("2026-03", 3, "61.00", 1, 1, 1, 1)
        assert own["by_day"][3:] == [
            {"day": "2026-03-04", "orders": 2, "gross": "51.00", "visits": 0},
            {"day": "2026-03-05", "orders": 1, "gross": "10.00", "visits": 1},
        ]
    await owner.put(
        "/api/v1/roles",
        json={"items": [{"code": "warehouse", "permissions": ["analytics.read"], "sees_price": False}]},
    )
    token = await key_of(database, world.tenant, await make_user(database, world.tenant, "warehouse"))
    async with client_of(app, x_api_key=token.text()) as keeper:
        answer = await keeper.get("/api/v1/today")
        assert '"gross":"' not in answer.text and '"gross_before":"' not in answer.text
        assert (answer.json()["stock_short"], answer.json()["spans"]["today"]["orders"]) == (None, 2)


@pytest.mark.usefixtures("sold")
async def test_another_currency_is_told_apart(owner: httpx.AsyncClient, database: Database, world: World) -> None:
    async with database.transaction(world.tenant.id) as tx:
        await tx.write("update sales_order set currency = 'USD' where tenant_id = $1 and gross = 300")
        await tx.write("update counted_day set dirty = true where tenant_id = $1")
    await caught_up(database, world)
    page = await today(owner)
    assert (page["other_currencies"], page["by_channel"][0]["gross"]) == (["USD"], "125.00")
    dollars = await today(owner, currency="USD")
    assert (dollars["other_currencies"], dollars["by_channel"][0]["gross"]) == (["CNY"], "300.00")
