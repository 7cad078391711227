"""The page of one order in one call, what may be done with it, the same again, and what a customer usually buys."""

from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.statements import statements
from tests.support import client_of, contents, key_of, make_user, principal_of
from tests.world import World

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.orders.page import order_page

pytestmark = pytest.mark.slow

PATH = "/api/v1/orders"
NOWHERE = "00000000-0000-7000-8000-000000000000"


@pytest.fixture
async def owner(app: Litestar, database: Database, world: World) -> AsyncIterator[httpx.AsyncClient]:
    key = await key_of(database, world.tenant, await make_user(database, world.tenant, "owner", login="boss"))
    async with client_of(app, x_api_key=key.text(), accept_language="en") as client:
        yield client


async def order(client: httpx.AsyncClient, customer: str, *lines: tuple[str, str, str]) -> dict[str, Any]:
    body = {
        "customer": customer,
        "lines": [{"sku": sku, "quantity": quantity, "unit": unit} for sku, quantity, unit in lines],
    }
    answer = await client.post(PATH, json=body)
    assert answer.status_code == 201, answer.text
    placed: dict[str, Any] = answer.json()
    return placed


def actions(page: dict[str, Any]) -> dict[str, list[str]]:
    assert all(action["allowed"] == (not action["reasons"]) for action in page["actions"])
    return {action["name"]: [reason["code"] for reason in action["reasons"]] for action in page["actions"]}


async def test_one_call_tells_lines_stock_credit_and_what_may_be_done(owner: httpx.AsyncClient) -> None:
    placed = await order(owner, "K1", ("COLA", "2", "箱"), ("BEER", "25", "瓶"))
    page = (await owner.get(f"{PATH}/{placed['id']}")).json()
    assert [(line["sku"], line["available"], line["deal"]["deal_price"]) for line in page["lines"]] == [
        ("COLA", "1052.000000", "60.000000"),
        ("BEER", "0.000000", "5.000000"),
    ]
    credit = {name: page["credit"][name] for name in ("currency", "credit_limit", "exposure", "room")}
    assert credit == {"currency": "CNY", "credit_limit": "10000.00", "exposure": "245.00", "room": "9755.00"}
    assert (page["problems"], page["comments"], page["placed_by"]) == (["waiting"], 0, "boss")
    assert actions(page) == {
        "cancel": [],
        "hold": [],
        "lift_hold": ["not-held"],
        "amend": [],
        "short_close": [],
        "reorder": [],
        "comment": [],
        "attach": [],
    }
    await owner.post(f"{PATH}/{placed['id']}/cancel", json={})
    page = (await owner.get(f"{PATH}/{placed['id']}")).json()
    assert actions(page) == {
        "cancel": ["wrong-state"],
        "hold": ["wrong-state"],
        "lift_hold": ["not-held"],
        "amend": ["not-amendable"],
        "short_close": ["wrong-state"],
        "reorder": [],
        "comment": [],
        "attach": [],
    }
    assert (page["problems"], page["credit"]["exposure"]) == ([], "0.00")


async def test_what_was_released_cannot_be_cancelled_and_says_so(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    placed = await order(owner, "K1", ("COLA", "2", "箱"))
    async with database.transaction(world.tenant.id) as tx:
        await tx.write("update order_line set released = 1 where tenant_id = $1")
    page = (await owner.get(f"{PATH}/{placed['id']}")).json()
    assert actions(page)["cancel"] == ["already-released"]
    refused = await owner.post(f"{PATH}/{placed['id']}/cancel", json={})
    assert [fault["code"] for fault in refused.json()["faults"]] == ["already-released"]


async def test_rights_decide_what_of_the_page_is_told(
    app: Litestar, owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    placed = await order(owner, "K1", ("COLA", "2", "箱"))
    token = await key_of(
        database, world.tenant, await make_user(database, world.tenant, "warehouse"), ["orders.read"]
    )
    async with client_of(app, x_api_key=token.text()) as client:
        page = (await client.get(f"{PATH}/{placed['id']}")).json()
    assert (page["credit"], page["amounts"], page["lines"][0]["available"]) == (None, None, None)
    assert {name: reasons[0] for name, reasons in actions(page).items()} == dict.fromkeys(
        ("cancel", "hold", "lift_hold", "amend", "short_close", "reorder", "comment", "attach"), "not-permitted"
    )


async def test_a_page_of_many_lines_costs_the_statements_of_one(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    token = await key_of(database, world.tenant, "boss")
    principal = await principal_of(database, token)
    assert isinstance(principal, StaffPrincipal)
    counts = set()
    for lines in (1, 30):
        placed = await order(owner, "K1", *[("COLA", "1", "瓶")] * lines)

        async def read(tx: Any, order_id: Any = placed["id"]) -> object:
            return await order_page(tx, staff=principal, order_id=order_id, language="zh")

        # Whoever reads first remembers master data for the next.
        await statements(database, world.tenant, read)
        counts.add(await statements(database, world.tenant, read))
    assert len(counts) == 1


async def test_the_same_again_is_a_cart_of_what_is_still_sold(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    placed = await order(owner, "K1", ("COLA", "2", "箱"), ("GIFT", "3", "瓶"))
    await owner.put("/api/v1/skus", json={"items": [{"code": "GIFT", "state": "discontinued"}]})
    again = await owner.post(f"{PATH}/{placed['id']}/reorder", json={}, headers={"idempotency-key": "r"})
    assert again.status_code == 201, again.text
    draft = again.json()
    told = [(line["sku"], line["quantity"], line["unit"], line["price"]) for line in draft["lines"]]
    assert (draft["customer"], told) == ("K1", [("COLA", "2.000000", "箱", None)])
    twice = await owner.post(f"{PATH}/{placed['id']}/reorder", json={}, headers={"idempotency-key": "r"})
    assert twice.json()["id"] == draft["id"]
    before = await contents(database, world.tenant)
    assert (await owner.post(f"{PATH}/{NOWHERE}/reorder", json={})).status_code == 404
    assert await contents(database, world.tenant) == before


async def test_the_usual_is_what_is_bought_most_often_with_the_last_price(
    app: Litestar, owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    for quantity in ("4", "2", "6"):
        await order(owner, "K2", ("COLA", quantity, "箱"))
    await order(owner, "K2", ("COLA", "7", "瓶"), ("COLA", "9", "瓶"), ("GIFT", "1", "瓶"))
    off = await order(owner, "K2", ("BEER", "1", "瓶"))
    await owner.post(f"{PATH}/{off['id']}/cancel", json={})
    await order(owner, "K1", ("BEER", "1", "瓶"))
    where = f"/api/v1/customers/{world.customers['K2']}/usual"
    usual = (await owner.get(where)).json()["items"]
    names = ("sku", "unit", "times", "last_quantity", "usual_quantity", "last_price", "active")
    assert [tuple(item[name] for name in names) for item in usual] == [
        ("COLA", "瓶", 4, "7.000000", "9.000000", "3.000000", True),
        ("GIFT", "瓶", 1, "1.000000", "1.000000", "1.000000", True),
    ]
    await order(owner, "K2", ("COLA", "6", "箱"))
    (first,) = (await owner.get(where, params={"limit": 1})).json()["items"]
    assert (first["unit"], first["last_quantity"], first["usual_quantity"]) == ("箱", "6.000000", "6.000000")
    keeper = await key_of(database, world.tenant, await make_user(database, world.tenant, "warehouse"))
    seller = await key_of(database, world.tenant, await make_user(database, world.tenant, "sales"))
    async with client_of(app, x_api_key=keeper.text()) as client:
        assert {item["last_price"] for item in (await client.get(where)).json()["items"]} == {None}
    async with client_of(app, x_api_key=seller.text()) as client:
        assert (await client.get(where)).status_code == 404
