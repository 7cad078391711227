"""A company's orders: how far they are, who did what, what may still be done. And its addresses."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.portal.conftest import AsDealer
from tests.portal.shop import Shop, change, order
from tests.support import Tenant, contents

from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

ORDERS, ADDRESSES = "/portal/v1/orders", "/portal/v1/addresses"


async def listed(client: httpx.AsyncClient, **query: Any) -> list[str]:
    found = await client.get(ORDERS, params=query)
    assert found.is_success, found.text
    return [each["number"] for each in found.json()["items"]]


async def test_an_order_with_everything_that_its_company_may_know(
    as_dealer: AsDealer, shop: Shop, owner: httpx.AsyncClient
) -> None:
    buyer = await as_dealer("dealer_buyer", "D1", "fang")
    placed = await order(buyer, change("OOLONG", "2", note="急"), change("JASMINE", "12"))
    found = (await buyer.get(f"{ORDERS}/{placed['id']}")).json()
    assert (found["state"], found["stage"], found["actions"]) == (
        "confirmed",
        "to_ship",
        ["cancel", "amend", "attach", "reorder"],
    )
    assert (found["placed_by"], found["on_hold"], found["pictures"]) == ("test", False, [shop.picture])
    assert found["amounts"] == {"net": "180.53", "tax": "23.47", "gross": "204.00"}
    oolong, jasmine = found["lines"]
    assert (oolong["sku"], oolong["note"], oolong["image"], oolong["price"]) == (
        "OOLONG", "急", shop.picture, "78.000000",
    )  # fmt: skip
    assert (oolong["price_kind"], oolong["amounts"]["gross"]) == ("contract", "156.00")
    assert jasmine["progress"] == {
        "ordered": "12.000000", "released": "0.000000", "shipped": "0.000000", "returned": "0.000000",
        "cancelled": "0.000000", "waiting": "2.000000",
    }  # fmt: skip
    [step] = found["timeline"]
    assert (step["action"], step["side"], step["by"], step["channel"]) == ("placed", "own", "fang · test", "portal")
    [summary] = (await buyer.get(ORDERS)).json()["items"]
    assert summary == {name: found[name] for name in summary}
    await owner.post(f"/api/v1/orders/{placed['id']}/cancel", json={"reason": "缺货"})
    found = (await buyer.get(f"{ORDERS}/{placed['id']}")).json()
    assert (found["stage"], found["actions"]) == ("cancelled", ["attach", "reorder"])
    last = found["timeline"][-1]
    assert (last["action"], last["side"], last["by"], last["reason"]) == ("cancelled", "seller", None, "缺货")


async def test_orders_are_listed_and_narrowed(buyer: httpx.AsyncClient, as_dealer: AsDealer) -> None:
    numbers = [(await order(buyer, change("WATER", str(n))))["number"] for n in (1, 2, 3)]
    newest = numbers[::-1]
    assert await listed(buyer) == newest
    assert await listed(buyer, stage="open") == newest
    assert await listed(buyer, state="closed") == await listed(buyer, stage="done") == []
    day = datetime.now(UTC).date()
    assert await listed(buyer, placed_from=str(day - timedelta(days=1))) == newest
    assert await listed(buyer, placed_until=str(day - timedelta(days=2))) == []
    first = (await buyer.get(ORDERS, params={"limit": 2})).json()
    assert await listed(buyer, cursor=first["cursor"]) == numbers[:1]
    assert await listed(await as_dealer("dealer_buyer", "D2")) == []


async def test_calling_off(buyer: httpx.AsyncClient, as_dealer: AsDealer, database: Database, tenant: Tenant) -> None:
    placed = await order(buyer, change("WATER", "2"))
    where = f"{ORDERS}/{placed['id']}/cancel"
    before = await contents(database, tenant)
    receiver, stranger = await as_dealer("dealer_receiver", "D1"), await as_dealer("dealer_admin", "D2")
    before = await contents(database, tenant)
    assert (await receiver.post(where, json={})).status_code == 403
    assert (await stranger.post(where, json={})).status_code == 404
    assert await contents(database, tenant) == before
    done = await buyer.post(where, json={"reason": "订错了"})
    assert (done.json()["state"], done.json()["timeline"][-1]["reason"]) == ("cancelled", "订错了")
    assert (await buyer.get("/portal/v1/credit")).json()["used"] == "0.00"
    again = await buyer.post(where, json={})
    assert (again.status_code, again.json()["type"]) == (409, "/problems/wrong-state")


async def test_what_is_on_its_way_is_not_called_off(
    buyer: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    placed = await order(buyer, change("WATER", "2"), change("OOLONG", "1"))
    async with database.transaction(tenant.id) as tx:
        await tx.write("update order_line set released = 2, shipped = 2 where tenant_id = $1 and line_no = 1")
    found = (await buyer.get(f"{ORDERS}/{placed['id']}")).json()
    assert (found["stage"], found["actions"]) == ("partly_shipped", ["amend", "attach", "reorder"])
    assert found["refused_actions"] == {"cancel": f"订单 {placed['number']} 已有商品下达发货，不能整单取消"}
    assert (await buyer.post(f"{ORDERS}/{placed['id']}/cancel", json={})).status_code == 409


async def test_addresses(buyer: httpx.AsyncClient, as_dealer: AsDealer, owner: httpx.AsyncClient) -> None:
    [home] = (await buyer.get(ADDRESSES)).json()
    depot = {"recipient": "老李", "street": "机场路 9 号", "mobile": "13800000000", "is_default": True}
    made = await buyer.post(ADDRESSES, json=depot)
    assert (made.status_code, made.json()["is_default"]) == (201, True)
    assert [(a["recipient"], a["is_default"]) for a in (await buyer.get(ADDRESSES)).json()] == [
        ("老李", True),
        ("方雅琴", False),
    ]
    where = f"{ADDRESSES}/{made.json()['id']}"
    moved = (await buyer.put(where, json=depot | {"street": "机场路 10 号", "is_default": False})).json()
    assert (moved["street"], moved["is_default"]) == ("机场路 10 号", False)
    stranger, receiver = await as_dealer("dealer_admin", "D2"), await as_dealer("dealer_receiver", "D1")
    assert (await stranger.get(ADDRESSES)).json() == []
    assert (await stranger.put(where, json=depot)).status_code == 404
    assert (await stranger.delete(where)).status_code == 404
    assert (await receiver.get(ADDRESSES)).status_code == 200
    assert (await receiver.post(ADDRESSES, json=depot)).status_code == 403
    wrong = await buyer.post(ADDRESSES, json={"recipient": "", "street": "x" * 501, "country": "cn"})
    assert {fault["field"] for fault in wrong.json()["faults"]} == {"recipient", "street", "country"}
    assert (await buyer.delete(where)).status_code == 204
    assert [each["id"] for each in (await buyer.get(ADDRESSES)).json()] == [home["id"]]
    customer = (await owner.get("/api/v1/customers", params={"search": "D1"})).json()["items"][0]
    assert customer["revision"] == 4


async def test_whoever_edits_the_customer_is_told_of_the_dealers_edit(
    buyer: httpx.AsyncClient, owner: httpx.AsyncClient
) -> None:
    customer = (await owner.get("/api/v1/customers", params={"search": "D1"})).json()["items"][0]
    await buyer.post(ADDRESSES, json={"recipient": "老李", "street": "机场路 9 号"})
    edit = await owner.patch(
        f"/api/v1/customers/{customer['id']}",
        json={"addresses": []},
        headers={"if-match": str(customer["revision"])},
    )
    assert edit.status_code == 412


PRICES = {
    "price", "list_price", "deal_price", "base_price", "price_kind", "tax_inclusive", "tax_rate", "amounts", "net",
    "tax", "gross", "next_break", "breaks", "credit", "limit", "left", "used", "after", "currency_rate",
}  # fmt: skip


def names(value: Any) -> set[str]:
    if isinstance(value, dict):
        return set(value) | {name for each in value.values() for name in names(each)}
    return {name for each in value for name in names(each)} if isinstance(value, list) else set()


@pytest.fixture
async def blind(as_dealer: AsDealer, owner: httpx.AsyncClient, shop: Shop) -> httpx.AsyncClient:
    """Somebody who may do everything and sees no prices."""
    mine = (await (await as_dealer("dealer_admin", "D1")).get("/portal/v1/me")).json()["permissions"]
    role = {"code": "dealer-blind", "name": "无价", "audience": "dealer", "permissions": mine, "sees_price": False}
    done = await owner.put("/api/v1/roles", json={"items": [role]})
    assert done.is_success, done.text
    return await as_dealer("dealer-blind", "D1")


async def test_who_sees_no_prices_is_told_none_by_any_route(
    blind: httpx.AsyncClient, buyer: httpx.AsyncClient, shop: Shop
) -> None:
    placed = await order(blind, change("OOLONG", "2"))
    listed = (
        await blind.post(
            "/portal/v1/shopping-lists", json={"name": "x", "lines": [{"sku": "WATER", "quantity": "1"}]}
        )
    ).json()
    answers: list[Any] = [placed, listed, await order(blind, change("WATER", "1"))]
    cart = await blind.put("/portal/v1/cart/lines", json={"changes": [change("OOLONG", "5"), change("WATER", "9")]})
    answers.append(cart.json())
    body = {"entries": [{"code": "WATER", "quantity": "1"}], "add": True}
    answers.append((await blind.post("/portal/v1/cart/quick", json=body)).json())
    answers.append((await blind.post(f"{ORDERS}/{placed['id']}/reorder")).json())
    for path in (
        "home", "products", f"products/{shop.products['P-TEA']}", "cart", "orders", f"orders/{placed['id']}",
        f"shopping-lists/{listed['id']}", "drafts", "proposals",
    ):  # fmt: skip
        answer = await blind.get(f"/portal/v1/{path}")
        assert answer.status_code == 200, answer.text
        answers.append(answer.json())
    assert not [found for answer in answers if (found := names(answer) & PRICES)]
    assert (await blind.get("/portal/v1/credit")).json()["faults"][0]["code"] == "price-hidden"
    await blind.put("/portal/v1/cart/lines", json={"changes": [change("WATER", "600")]})
    over = (await blind.get("/portal/v1/cart")).json()
    assert [each["code"] for each in over["problems"]] == ["over-credit-untold"]
