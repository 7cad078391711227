"""The page of a customer, the palette and the audit: whole for those who may, and no more for others."""

from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.publishing import turn
from tests.statements import statements
from tests.support import client_of, key_of, make_user, principal_of
from tests.world import World

from dinghuo.desk.customer_page import customer_page
from dinghuo.flow.reactions import BY_KIND
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.audit_seal import seal_when_due
from dinghuo.kit.database import Database
from dinghuo.kit.outbox_run import drain

pytestmark = pytest.mark.slow


async def order(client: httpx.AsyncClient, customer: str, **more: Any) -> dict[str, Any]:
    body = {"customer": customer, "lines": [{"sku": "COLA", "quantity": "10"}]} | more
    answer = await client.post("/api/v1/orders", json=body)
    assert answer.status_code == 201, answer.text
    placed: dict[str, Any] = answer.json()
    return placed


async def _promotion(client: httpx.AsyncClient, item: dict[str, Any]) -> None:
    answer = await client.put("/api/v1/promotions", json={"items": [item]})
    assert answer.status_code == 200, answer.text


async def test_one_call_tells_all_of_a_customer(owner: httpx.AsyncClient, database: Database, world: World) -> None:
    await make_user(database, world.tenant, "dealer_buyer", login="buyer", customers=["K1"])
    a, b = await order(owner, "K1"), await order(owner, "K1")
    await owner.post(f"/api/v1/orders/{a['id']}/cancel", json={})
    await owner.post("/api/v1/visits", json={"customer": "K1", "note": "v"})
    page = (await owner.get(f"/api/v1/customers/{world.customers['K1']}/page")).json()
    assert (page["customer"]["code"], page["customer"]["contacts"], page["customer"]["merged_into"]) == (
        "K1",
        [],
        None,
    )
    orders = page["orders"]
    assert (orders["open"], orders["this_month"], orders["last_12_months"]) == (
        1,
        {"orders": 1, "gross": "25.00"},
        {"orders": 1, "gross": "25.00"},
    )
    assert [item["number"] for item in orders["latest"]] == [b["number"], a["number"]]
    assert [(one["credit_limit"], one["exposure"]) for one in page["accounts"]] == [("10000.00", "25.00")]
    assert [one["code"] for one in page["price_lists"]] == ["GOLD", "BASE"]
    assert [(one["login"], one["roles"], one["last_seen_at"]) for one in page["users"]] == [
        ("buyer", ["dealer_buyer"], None)
    ]
    assert ([one["note"] for one in page["visits"]], page["duplicates"]) == (["v"], 0)
    assert {one["name"]: one["allowed"] for one in page["actions"]} == dict.fromkeys(
        ("order", "edit", "merge", "visit"), True
    )
    blocked = (await owner.get(f"/api/v1/customers/{world.customers['K3']}/page")).json()
    assert [one["reasons"][0]["code"] for one in blocked["actions"] if not one["allowed"]] == ["customer-blocked"]


async def test_parts_one_has_no_right_to_are_missing(
    app: Litestar, owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    await order(owner, "K1")
    where = f"/api/v1/customers/{world.customers['K1']}/page"
    login = await make_user(database, world.tenant, "warehouse")
    token = await key_of(database, world.tenant, login, ["parties.read"])
    async with client_of(app, x_api_key=token.text()) as keeper:
        page = (await keeper.get(where)).json()
    parts = ("orders", "accounts", "price_lists", "users", "visits")
    assert {part: page[part] for part in parts} == dict.fromkeys(parts)
    assert [action["reasons"][0]["code"] for action in page["actions"]] == ["not-permitted"] * 4
    token = await key_of(database, world.tenant, await make_user(database, world.tenant, "warehouse"))
    async with client_of(app, x_api_key=token.text()) as keeper:
        page = (await keeper.get(where)).json()
    assert page["orders"]["last_12_months"] == {"orders": 1, "gross": None}
    token = await key_of(database, world.tenant, await make_user(database, world.tenant, "sales"))
    async with client_of(app, x_api_key=token.text()) as seller:
        assert (await seller.get(where)).status_code == 404


async def test_a_busy_customer_costs_the_statements_of_a_quiet_one(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    for _ in range(12):
        await order(owner, "K1")
    principal = await principal_of(database, await key_of(database, world.tenant, "boss"))
    assert isinstance(principal, StaffPrincipal)
    counts = []
    for code in ("K1", "K1", "K2"):

        async def read(tx: Any, customer_id: Any = world.customers[code]) -> object:
            return await customer_page(tx, staff=principal, customer_id=customer_id, language="zh")

        counts.append(await statements(database, world.tenant, read))
    # The first one has the customer's price lists read.
    assert abs(counts[1] - counts[2]) <= 2


async def test_the_palette_finds_a_few_of_each_that_one_may_see(
    app: Litestar, owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    await owner.put(
        "/api/v1/customers", json={"items": [{"code": code, "name": f"可乐店{code}"} for code in ("C1", "C2", "C3")]}
    )
    await owner.put("/api/v1/skus", json={"items": [{"code": "COLA", "name": "可乐 500ml"}]})
    placed = await order(owner, "C2", customer_reference="KL-1")
    await drain(database, world.tenant.id, BY_KIND)
    for typed in ("可乐", "kele", "kl"):
        hits = (await owner.get("/api/v1/search", params={"q": typed, "limit": 2})).json()
        assert [hit["code"] for hit in hits["customers"]] == ["C1", "C2"], typed
        assert [hit["code"] for hit in hits["skus"]] == ["COLA"], typed
        assert [hit["number"] for hit in hits["orders"]] == [placed["number"]], typed
    nothing: dict[str, list[object]] = {"orders": [], "customers": [], "skus": []}
    for typed in ("", " ", "?!", "zzzz"):
        assert (await owner.get("/api/v1/search", params={"q": typed})).json() == nothing
    login = await make_user(database, world.tenant, "owner")
    token = await key_of(database, world.tenant, login, ["catalogue.read"])
    seller = await key_of(database, world.tenant, await make_user(database, world.tenant, "sales"))
    for key in (token, seller):
        async with client_of(app, x_api_key=key.text()) as client:
            hits = (await client.get("/api/v1/search", params={"q": "kele"})).json()
            found = (hits["orders"], hits["customers"], [hit["code"] for hit in hits["skus"]])
            assert found == ([], [], ["COLA"])


async def log(client: httpx.AsyncClient, **query: Any) -> list[tuple[str, str | None, str]]:
    answer = await client.get("/api/v1/audit", params=query)
    assert answer.status_code == 200, answer.text
    return [(item["kind"], item["subject"], item["action"]) for item in answer.json()["items"]]


async def test_the_log_is_narrowed_by_who_what_and_when(
    owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    placed = await order(owner, "K1")
    await owner.put("/api/v1/customers", json={"items": [{"code": "K2", "name": "neu"}]})
    await owner.put("/api/v1/price-lists/BASE/entries", json={"items": [{"sku": "COLA", "price": "3.3"}]})
    everything = await log(owner)
    assert everything[:3] == [
        ("price_list", "BASE", "priced"),
        ("customer", "K2", "updated"),
        ("order", placed["number"], "placed"),
    ]
    assert await log(owner, kind="order") == [("order", placed["number"], "placed")]
    assert await log(owner, kind="customer") == [("customer", "K2", "updated")]
    assert await log(owner, actor="BOSS") == everything[:3]
    assert await log(owner, actor="nobody") == []
    assert await log(owner, action="priced") == everything[:1]
    assert await log(owner, subject=placed["id"]) == everything[2:3]
    assert await log(owner, channel="portal") == []
    assert await log(owner, until="2020-01-01") == []
    assert await log(owner, **{"from": "2020-01-01"}) == everything
    first = (await owner.get("/api/v1/audit", params={"limit": 2})).json()
    assert await log(owner, cursor=first["cursor"]) == everything[2:]
    assert not first["items"][0]["sealed"]
    async with database.transaction(world.tenant.id) as tx:
        await seal_when_due(tx, [])
    assert (await owner.get("/api/v1/audit", params={"limit": 1})).json()["items"][0]["sealed"]


async def test_what_one_may_not_see_is_named_and_kept(
    app: Litestar, owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    await owner.put("/api/v1/price-lists/BASE/entries", json={"items": [{"sku": "COLA", "price": "3.3"}]})
    cost = {"sku": "COLA", "valid_from": "2020-01-01", "cost": "1.25"}
    await owner.put("/api/v1/skus/costs", json={"items": [cost]})
    await owner.put(
        "/api/v1/skus/floors", json={"items": [{"sku": "COLA", "valid_from": "2020-01-01", "floor": "2"}]}
    )
    steps = [{"from": "0", "value": "10"}]
    promotion = {"code": "P", "name": "P", "kind": "percent", "valid_from": "2020-01-01T00:00:00Z"}
    await _promotion(owner, promotion | {"steps": steps})
    await _promotion(owner, {"code": "P", "priority": 3, "steps": [steps[0] | {"value": "11"}]})
    await owner.put("/api/v1/accounts", json={"items": [{"customer": "K1", "credit_limit": "5"}]})
    token = await key_of(database, world.tenant, await make_user(database, world.tenant, "it"))
    async with client_of(app, x_api_key=token.text()) as it:
        items = (await it.get("/api/v1/audit")).json()["items"]
        kinds = ("account", "sku_cost", "sku_floor", "price_list", "promotion")
        changed = [item for item in items if item["kind"] in kinds and item["action"] != "created"]
        told = {item["kind"]: (item["changes"], item["hidden"]) for item in changed}
        assert told == {
            "account": ({}, ["credit_limit"]),
            "sku_cost": ({}, ["2020-01-01"]),
            "sku_floor": ({}, ["2020-01-01"]),
            "promotion": ({"priority": [0, 3]}, ["steps"]),
            "price_list": ({}, ["COLA 瓶 0"]),
        }
    items = (await owner.get("/api/v1/audit")).json()["items"]
    assert {tuple(item["hidden"]) for item in items} == {()}
    (costs,) = [
        item
        for item in (await owner.get(f"/api/v1/skus/{world.skus['COLA']}/history")).json()["items"]
        if item["kind"] == "sku_cost"
    ]
    assert costs["changes"] == {"2020-01-01": [None, "1.25"]}


async def test_a_record_tells_its_history_to_those_who_see_it(
    app: Litestar, owner: httpx.AsyncClient, database: Database, world: World
) -> None:
    placed = await order(owner, "K1")
    await owner.post(f"/api/v1/orders/{placed['id']}/cancel", json={})
    (account,) = (await owner.get("/api/v1/accounts", params={"customer": "K1"})).json()["items"]
    await owner.put("/api/v1/customers", json={"items": [{"code": "K1", "name": "neu"}]})
    await owner.put("/api/v1/price-lists/BASE/entries", json={"items": [{"sku": "COLA", "price": "3.3"}]})
    await owner.put("/api/v1/accounts", json={"items": [{"customer": "K1", "credit_limit": "5"}]})
    promotion = {"code": "P", "name": "P", "kind": "percent", "valid_from": "2020-01-01T00:00:00Z"}
    await _promotion(owner, promotion | {"steps": [{"from": "0", "value": "10"}]})
    for verb in ("publish", "withdraw"):
        assert (await turn(owner, "promotions/P", verb)).status_code == 200
    wanted = {
        "promotions/P": ["withdrawn", "published", "created"],
        f"orders/{placed['id']}": ["cancelled", "placed"],
        f"customers/{world.customers['K1']}": ["updated"],
        f"products/{world.skus['COLA']}": [],
        "price-lists/BASE": ["priced"],
        f"accounts/{account['id']}": ["limit_set"],
    }
    for path, actions in wanted.items():
        answer = await owner.get(f"/api/v1/{path}/history")
        assert [item["action"] for item in answer.json()["items"]] == actions, path
    token = await key_of(database, world.tenant, await make_user(database, world.tenant, "sales"))
    async with client_of(app, x_api_key=token.text()) as seller:
        for path in (f"orders/{placed['id']}", f"customers/{world.customers['K1']}", f"accounts/{account['id']}"):
            assert (await seller.get(f"/api/v1/{path}/history")).status_code == 404
        assert (await seller.get("/api/v1/audit")).status_code == 403
