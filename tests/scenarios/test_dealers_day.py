"""A dealer's day: finds, fills the cart in three ways, loses the network, orders once, watches, orders again."""

import asyncio
from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.portal.conftest import AsDealer
from tests.portal.shop import Shop, change, problems
from tests.support import Tenant, client_of, contents

from dinghuo.entry.invariants import broken_invariants
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

PORTAL = "/portal/v1"


class Phone:
    """What a client keeps of a cart: which it is, and the changes that were not answered yet."""

    def __init__(self, client: httpx.AsyncClient, name: str) -> None:
        self._client = client
        self._name = name
        self._seq = 0
        self._waiting: list[dict[str, Any]] = []
        self.cart: Any = None

    def type(self, sku: str, quantity: str, unit: str, **more: Any) -> None:
        self._seq += 1
        self._waiting.append(change(sku, quantity, unit, seq=self._seq, age_ms=0, **more))

    async def send(self, *, answered: bool = True) -> Any:
        """Send what waits; an answer that is lost leaves it waiting."""
        body = {"changes": self._waiting, "device": self._name, "cart": self.cart["id"] if self.cart else None}
        done = await self._client.put(f"{PORTAL}/cart/lines", json=body)
        assert done.status_code == 200, done.text
        if answered:
            self.cart, self._waiting = done.json(), []
        return done.json()


@pytest.mark.slow
async def test_a_dealers_day(
    app: Litestar,
    database: Database,
    tenant: Tenant,
    shop: Shop,
    owner: httpx.AsyncClient,
    as_dealer: AsDealer,
) -> None:
    async with client_of(app) as fang:
        await _signs_in(fang, owner, tenant)
        await _finds_tea(fang)
        phone = await _fills_the_cart(fang)
        number = await _orders_once(fang, phone, owner)
        await _watches(fang, number, as_dealer)
        await _is_proposed_something(fang, owner)
        await _calls_off_and_orders_again(fang)
    async with database.transaction(tenant.id) as tx:
        assert await broken_invariants(tx, tenant.id) == []


async def _signs_in(fang: httpx.AsyncClient, owner: httpx.AsyncClient, tenant: Tenant) -> None:
    """With the password that the seller gave her, which she changes."""
    user = {"login": "fang", "name": "方雅琴", "audience": "dealer", "roles": ["dealer_admin"], "customers": ["D1"]}
    assert (await owner.put("/api/v1/users", json={"items": [user]})).is_success
    [made] = [u for u in (await owner.get("/api/v1/users")).json()["items"] if u["login"] == "fang"]
    given = (await owner.post(f"/api/v1/users/{made['id']}/password", json={})).json()["password"]
    who = {"company": tenant.code, "login": "fang", "password": given}
    signed_in = await fang.post(f"{PORTAL}/sign-in", json=who)
    fang.headers["x-csrf-token"] = signed_in.json()["csrf"]
    assert (await fang.get(f"{PORTAL}/home")).status_code == 403
    chosen = {"old": given, "new": "a password of my own"}
    assert (await fang.post(f"{PORTAL}/me/password", json=chosen)).status_code == 204
    again = await fang.post(f"{PORTAL}/sign-in", json=who | {"password": "a password of my own"})
    fang.headers["x-csrf-token"] = again.json()["csrf"]
    assert (await fang.get(f"{PORTAL}/home")).json()["credit"]["left"] == "5000.00"


async def _finds_tea(fang: httpx.AsyncClient) -> None:
    """As typed, letter by letter, in pinyin."""
    for typed in ("w", "wu", "wul", "wulo", "wulong"):
        found = (await fang.get(f"{PORTAL}/products", params={"search": typed})).json()["items"]
        assert "P-TEA" in [card["code"] for card in found]
    oolong = next(sku for sku in found[0]["skus"] if sku["code"] == "OOLONG")
    bottle, case = oolong["units"]
    assert (bottle["price"]["price"], case["price"]["price"]) == ("3.500000", "78.000000")
    assert (bottle["minimum"], bottle["step"], case["minimum"], case["step"]) == ("24", "12", "1", "1")


async def _fills_the_cart(fang: httpx.AsyncClient) -> Phone:
    """By keypad (with a network that fails), by code, and by a sheet."""
    phone = Phone(fang, "phone")
    phone.type("OOLONG", "30", "瓶")
    cart = await phone.send()
    [line] = cart["lines"]
    assert [each["code"] for each in line["problems"]] == ["not-a-multiple"]
    fix = line["problems"][0]["fix"]
    phone.type("OOLONG", fix["quantity"], "瓶", new_unit=fix["unit"])
    assert problems(await phone.send()) == []
    phone.type("OOLONG", "9", "瓶", new_unit="箱")
    phone.type("WATER", "20", "瓶")
    await phone.send(answered=False)
    phone.type("WATER", "24", "瓶")
    cart = await phone.send()
    assert [(each["sku"], each["quantity"], each["unit"]) for each in cart["lines"]] == [
        ("OOLONG", "9", "箱"), ("WATER", "24", "瓶"),
    ]  # fmt: skip
    assert cart["lines"][0]["next_break"]["missing"] == "1.000000"
    phone.type("OOLONG", "10", "箱")
    assert (await phone.send())["lines"][0]["price"] == "75.000000"
    grid = {"entries": [{"code": "69JASMINE2", "quantity": "1"}, {"code": "JASMIN", "quantity": "1"}], "add": True}
    added = (await fang.post(f"{PORTAL}/cart/quick", json=grid)).json()
    assert (added["added"], added["entries"][1]["suggestions"][0]["sku"]) == (1, "JASMINE")
    sheet = "货号,数量\nMATCHA,12\n".encode()
    assert (await fang.post(f"{PORTAL}/cart/sheet", content=sheet, params={"add": True})).json()["added"] == 1
    phone.cart = (await fang.get(f"{PORTAL}/cart")).json()
    assert problems(phone.cart) == [("MATCHA", "short-stock")]
    short = phone.cart["lines"][-1]["problems"][0]["fix"]
    assert short == {"label": "改为 10 瓶", "quantity": "10", "unit": "瓶"}
    phone.type("MATCHA", short["quantity"], "瓶")
    assert (await phone.send())["actions"] == ["submit", "park", "clear"]
    [home] = (await fang.get(f"{PORTAL}/addresses")).json()
    above = {"address_id": home["id"], "customer_reference": "门店 PO 88"}
    phone.cart = (await fang.put(f"{PORTAL}/cart", json=above)).json()
    return phone


async def _orders_once(fang: httpx.AsyncClient, phone: Phone, owner: httpx.AsyncClient) -> str:
    """Five taps, and a change that the network had kept until afterwards."""
    where, seen = f"{PORTAL}/drafts/{phone.cart['id']}/submit", {"revision": phone.cart["revision"]}
    taps = await asyncio.gather(*(fang.post(where, json=seen) for _ in range(5)))
    assert {tap.status_code for tap in taps} == {201}, taps[0].text
    [number] = {tap.json()["number"] for tap in taps}
    assert taps[0].json()["gross"] == phone.cart["totals"]["gross"] == "1283.60"
    orders = (await owner.get("/api/v1/orders")).json()["items"]
    assert [(order["number"], order["line_count"]) for order in orders] == [(number, 4)]
    phone.type("WATER", "1", "瓶")
    late = await phone.send()
    assert [(line["sku"], line["quantity"]) for line in late["lines"]] == [("WATER", "1")]
    assert (await fang.get(f"{PORTAL}/home")).json()["credit"]["left"] == "3716.40"
    await fang.post(f"{PORTAL}/cart/clear")
    return str(number)


async def _watches(fang: httpx.AsyncClient, number: str, as_dealer: AsDealer) -> None:
    """She and whoever receives the goods see the order; another dealer does not."""
    [mine] = (await fang.get(f"{PORTAL}/orders")).json()["items"]
    assert (mine["number"], mine["stage"], mine["placed_by"]) == (number, "to_ship", "方雅琴")
    where = f"{PORTAL}/orders/{mine['id']}"
    detail = (await fang.get(where)).json()
    assert [(step["action"], step["by"]) for step in detail["timeline"]] == [("placed", "方雅琴")]
    assert (detail["ship_to"]["city"], detail["customer_reference"]) == ("杭州", "门店 PO 88")
    receiver, stranger = await as_dealer("dealer_receiver", "D1"), await as_dealer("dealer_admin", "D2")
    seen = (await receiver.get(where)).json()
    assert ("amounts" in seen, "price" in seen["lines"][0], seen["actions"]) == (False, False, [])
    assert (await stranger.get(where)).status_code == 404
    assert (await stranger.get(f"{PORTAL}/orders")).json()["items"] == []


async def _is_proposed_something(fang: httpx.AsyncClient, owner: httpx.AsyncClient) -> None:
    """The seller proposes twice; she wants it once."""
    lines = [{"sku": "WATER", "quantity": "10", "price": "8.80"}]
    drafts = [(await owner.post("/api/v1/drafts", json={"customer": "D1", "lines": lines})).json() for _ in range(2)]
    for draft in drafts:
        assert (await owner.post(f"/api/v1/drafts/{draft['id']}/propose", json={"message": "特价"})).is_success
    assert (await fang.get(f"{PORTAL}/home")).json()["counts"]["proposals"] == 2
    yes, no = (f"{PORTAL}/proposals/{draft['id']}" for draft in drafts)
    assert (await fang.post(f"{yes}/confirm", json={})).json()["gross"] == "88.00"
    assert (await fang.post(f"{no}/decline", json={"reason": "一次就够"})).json()["state"] == "declined"
    told = [(await owner.get(f"/api/v1/drafts/{draft['id']}")).json()["proposal"] for draft in drafts]
    assert [(each["state"], each["decided_by"], each["reason"]) for each in told] == [
        ("confirmed", "方雅琴", None),
        ("declined", "方雅琴", "一次就够"),
    ]


async def _calls_off_and_orders_again(fang: httpx.AsyncClient) -> None:
    first = (await fang.get(f"{PORTAL}/orders")).json()["items"][-1]
    off = await fang.post(f"{PORTAL}/orders/{first['id']}/cancel", json={"reason": "改天再订"})
    assert (off.json()["stage"], off.json()["actions"]) == ("cancelled", ["attach", "reorder"])
    assert (await fang.get(f"{PORTAL}/credit")).json()["left"] == "4912.00"
    again = (await fang.post(f"{PORTAL}/orders/{first['id']}/reorder")).json()
    assert (again["added"], [each["problem"] for each in again["entries"]]) == (4, [None] * 4)
    cart = (await fang.get(f"{PORTAL}/cart")).json()
    assert (cart["totals"]["gross"], cart["actions"]) == ("1283.60", ["submit", "park", "clear"])


async def test_what_a_dealer_only_looks_at_leaves_no_trace(
    as_dealer: AsDealer, shop: Shop, database: Database, tenant: Tenant
) -> None:
    buyer = await as_dealer("dealer_buyer", "D1")
    before = await contents(database, tenant)
    for path in ("home", "categories", "brands", "products", "cart", "orders", "drafts", "proposals", "addresses"):
        assert (await buyer.get(f"{PORTAL}/{path}")).status_code == 200
    assert await contents(database, tenant) == before
