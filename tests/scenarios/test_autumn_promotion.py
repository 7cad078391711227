"""An autumn promotion: written and published by the seller, met in the cart by a dealer, spent, given back."""

from typing import Any

import httpx
import pytest
from tests.portal.conftest import AsDealer
from tests.portal.shop import Shop, change, fill
from tests.publishing import turn
from tests.support import Tenant

from dinghuo.entry.invariants import broken_invariants
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

PORTAL = "/portal/v1"
_SINCE = "2024-01-01T00:00:00Z"


async def test_an_autumn_promotion(
    database: Database, tenant: Tenant, shop: Shop, owner: httpx.AsyncClient, as_dealer: AsDealer
) -> None:
    await _the_seller_publishes(owner)
    lin = await as_dealer("dealer_admin", "D2")
    await _lin_sees_it_on_the_shelf(lin)
    await _lin_fills_the_cart(lin)
    placed = await _lin_orders(lin)
    await _the_seller_sees_why(owner, placed)
    await _a_contract_is_a_contract(owner)
    await _once_a_dealer(owner, lin, placed)
    async with database.transaction(tenant.id) as tx:
        assert await broken_invariants(tx, tenant.id) == []


async def _the_seller_publishes(owner: httpx.AsyncClient) -> None:
    """茶满 300 减 30, once a dealer; ten waters bring a matcha; a coupon for who is new."""
    promotions = [
        {
            "code": "TEA",
            "name": "茶满减",
            "kind": "spend_save",
            "valid_from": _SINCE,
            "items": [{"kind": "category", "code": "TEA"}],
            "steps": [{"from": "300", "value": "30"}],
            "budget": "3000",
            "customer_budget": "30",
            "priority": 1,
            "stackable": True,
        },
        {
            "code": "WATER",
            "name": "买水送抹茶",
            "kind": "buy_get",
            "valid_from": _SINCE,
            "items": [{"kind": "sku", "code": "WATER"}],
            "steps": [{"from": "10", "value": "1"}],
            "repeats": True,
            "gift": {"sku": "MATCHA"},
            "stackable": True,
        },
        {
            "code": "NEW",
            "name": "新客礼",
            "kind": "percent",
            "valid_from": _SINCE,
            "steps": [{"from": "0", "value": "10"}],
            "first_order_only": True,
            "coupon_required": True,
            "stackable": True,
        },
    ]
    done = await owner.put("/api/v1/promotions", json={"items": promotions})
    assert done.json()["created"] == 3, done.text
    coupons = await owner.put("/api/v1/promotions/NEW/coupons", json={"items": [{"code": "HELLO", "customer": "D2"}]})
    assert coupons.json()["created"] == 1, coupons.text
    for each in promotions:
        published = await turn(owner, f"promotions/{each['code']}")
        assert published.json()["state"] == "published", published.text


async def _lin_sees_it_on_the_shelf(lin: httpx.AsyncClient) -> None:
    cards = (await lin.get(f"{PORTAL}/products")).json()["items"]
    on = {sku["code"]: [each["code"] for each in sku["promotions"]] for card in cards for sku in card["skus"]}
    assert (on["OOLONG"], on["WATER"], on["SECRET"]) == (["TEA"], ["WATER"], [])


async def _lin_fills_the_cart(lin: httpx.AsyncClient) -> None:
    """What is missing is told, then what is saved; gifts come and go with the water."""
    cart = await fill(lin, change("OOLONG", "3", "箱"))
    assert cart["totals"]["gross"] == "240.00"
    assert [(each["code"], each["missing"], each["value"]) for each in cart["next"]] == [("TEA", "60.00", "30")]
    cart = await fill(lin, change("JASMINE", "15", "瓶"))
    assert (cart["totals"]["gross"], cart["totals"]["saved"], cart["next"]) == ("270.00", "30.00", [])
    assert [(line["sku"], line["discount"], line["tags"][0]["code"]) for line in cart["lines"]] == [
        ("OOLONG", "24.00", "TEA"),
        ("JASMINE", "6.00", "TEA"),
    ]
    cart = await fill(lin, change("WATER", "20", "瓶"))
    assert [(each["sku"], each["quantity"], each["given_by"]) for each in cart["gifts"]] == [("MATCHA", "2", [3])]
    assert (cart["totals"]["gross"], cart["totals"]["saved"]) == ("468.00", "70.00")
    cart = await fill(lin, change("WATER", "12", "瓶"))
    assert [(each["sku"], each["quantity"]) for each in cart["gifts"]] == [("MATCHA", "1")]
    assert [(each["code"], each["missing"]) for each in cart["next"]] == [("WATER", "8")]
    wrong = (await lin.put(f"{PORTAL}/cart", json={"coupons": ["HULLO"]})).json()
    assert [each["code"] for each in wrong["problems"]] == ["coupon-unknown"]
    assert "submit" not in wrong["actions"]


async def _lin_orders(lin: httpx.AsyncClient) -> Any:
    """With the right coupon ten per cent come off what is left; the order costs what the cart said."""
    cart = (await lin.put(f"{PORTAL}/cart", json={"coupons": ["hello"]})).json()
    # 216.00 + 54.00 + 118.80, less ten per cent; the gift is worth 20.00.
    assert (cart["problems"], cart["totals"]["gross"], cart["totals"]["saved"]) == ([], "349.92", "88.88")
    done = await lin.post(f"{PORTAL}/drafts/{cart['id']}/submit", json={"revision": cart["revision"]})
    assert done.status_code == 201, done.text
    placed = done.json()
    assert placed["gross"] == cart["totals"]["gross"]
    order = (await lin.get(f"{PORTAL}/orders/{placed['id']}")).json()
    assert [(line["sku"], line["kind"], line["amounts"]["gross"]) for line in order["lines"]] == [
        ("OOLONG", "goods", "194.40"),
        ("JASMINE", "goods", "48.60"),
        ("WATER", "goods", "106.92"),
        ("MATCHA", "gift", "0.00"),
    ]
    return placed


async def _the_seller_sees_why(owner: httpx.AsyncClient, placed: Any) -> None:
    order = (await owner.get(f"/api/v1/orders/{placed['id']}")).json()
    oolong, gift = order["lines"][0], order["lines"][3]
    reason = oolong["deal"]["reason"]
    assert (reason["list"], reason["amount"], oolong["deal"]["discount"]) == ("BASE", "240.00", "45.60")
    assert [(each["code"], each["why"], each["saved"], each["left"]) for each in reason["promotions"]] == [
        ("TEA", "applied", "24.00", "216.00"),
        ("NEW", "applied", "21.60", "194.40"),
    ]
    assert (gift["promotion"], gift["given_by"], gift["progress"]["ordered"]) == ("WATER", [3], "1.000000")
    assert [part["held"] for part in gift["stock"]] == ["1.000000"]
    budget = (await owner.get("/api/v1/promotions/TEA/budget")).json()
    assert (budget["amount"]["taken"], budget["uses"]["taken"], budget["customers"]) == ("30.00", 1, 1)


async def _a_contract_is_a_contract(owner: httpx.AsyncClient) -> None:
    body = {"customer": "D1", "lines": [{"sku": "OOLONG", "quantity": "5"}, {"sku": "JASMINE", "quantity": "1"}]}
    seen = (await owner.post("/api/v1/orders/preview", json=body)).json()
    assert [line["discount"] for line in seen["lines"]] == ["0", "0"]
    assert seen["lines"][0]["reason"]["promotions"][0]["why"] == "contract"
    assert [(each["code"], each["missing"]) for each in seen["next"]] == [("TEA", "296.00")]


async def _once_a_dealer(owner: httpx.AsyncClient, lin: httpx.AsyncClient, placed: Any) -> None:
    """Lin's own budget is used up until she calls her order off; what she orders again has no gift line in it."""
    await lin.post(f"{PORTAL}/orders/{placed['id']}/reorder", json={})
    again = (await lin.get(f"{PORTAL}/cart")).json()
    assert {line["sku"] for line in again["lines"]} == {"OOLONG", "JASMINE", "WATER"}
    assert [each["code"] for each in again["promotions"]] == ["WATER"]
    called_off = await lin.post(f"{PORTAL}/orders/{placed['id']}/cancel", json={"reason": "下错了"})
    assert called_off.status_code == 200, called_off.text
    cart = (await lin.get(f"{PORTAL}/cart")).json()
    assert sorted(each["code"] for each in cart["promotions"]) == ["TEA", "WATER"]
    budget = (await owner.get("/api/v1/promotions/TEA/budget")).json()
    assert (budget["amount"]["taken"], budget["uses"]["taken"]) == ("0.00", 0)
