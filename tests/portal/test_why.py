"""Why a line costs what it does, one's own coupons, and lines called off from a blanket order in the cart."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from tests.portal.conftest import AsDealer
from tests.portal.shop import change, fill
from tests.publishing import turn

from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

CART = "/portal/v1/cart"


async def promote(owner: httpx.AsyncClient, code: str, **more: Any) -> None:
    since = datetime.now(UTC) - timedelta(days=1)
    body = {"code": code, "name": code, "kind": "percent", "measure": "quantity", "valid_from": since.isoformat()}
    done = await owner.put("/api/v1/promotions", json={"items": [body | {"currency": "CNY"} | more]})
    assert done.is_success, done.text
    done = await turn(owner, f"promotions/{code}")
    assert done.is_success, done.text


async def test_every_price_there_was_and_what_became_of_it(
    owner: httpx.AsyncClient, buyer: httpx.AsyncClient, as_dealer: AsDealer
) -> None:
    await promote(owner, "TEN-OFF", name="九折", name_en="Ten off", steps=[{"from": "1", "value": "10"}])
    await promote(owner, "MANY-OFF", name="八折", steps=[{"from": "100", "value": "20"}], priority=-1)
    await fill(buyer, change("OOLONG", "2", "箱"), change("WATER", "10", "瓶"))
    why = (await buyer.get(f"{CART}/why", params={"sku": "WATER", "unit": "瓶"})).json()
    assert (why["price"], why["amount"], why["discount"], why["gross"]) == ("8.910000", "99.00", "9.90", "89.10")
    assert [(each["kind"], each["why"], each["price"]) for each in why["candidates"]] == [
        ("contract", "no_entry", None),
        ("base", "won", "9.900000"),
    ]
    assert [(each["name"], each["why"], each["saved"], each["by"]) for each in why["promotions"]] == [
        ("九折", "applied", "9.90", None),
        ("八折", "excluded", None, "九折"),
    ]
    assert why["promotions"][0]["name_en"] == "Ten off"
    oolong = (await buyer.get(f"{CART}/why", params={"sku": "OOLONG"})).json()
    assert [(each["kind"], each["why"], each["price"]) for each in oolong["candidates"]] == [
        ("contract", "won", "78.000000"),
        ("base", "yields", "80.000000"),
    ]
    assert {each["why"] for each in oolong["promotions"]} == {"contract"}
    alone = (await buyer.get("/portal/v1/price", params={"sku": "WATER", "quantity": "3"})).json()
    assert "quantity" in alone, alone
    assert (alone["quantity"], alone["gross"]) == ("3", "26.73")
    cart = (await buyer.get(CART)).json()
    placed = (await buyer.post(f"/portal/v1/drafts/{cart['id']}/submit", json={})).json()
    path = f"/portal/v1/orders/{placed['id']}/lines"
    assert (await buyer.get(f"{path}/2/price")).json()["promotions"] == why["promotions"]
    order = (await buyer.get(f"/portal/v1/orders/{placed['id']}")).json()
    assert [line["promotions"] for line in order["lines"]] == [[], ["九折"]]
    said = (await buyer.get(f"{path}/2/price")).text
    assert not any(word in said for word in ("cost", "margin", "BASE", "D1-2024"))
    # Neither another dealer's nor for who sees no prices.
    stranger, receiver = await as_dealer("dealer_admin", "D2"), await as_dealer("dealer_receiver", "D1")
    assert (await stranger.get(f"{path}/2/price")).status_code == 404
    assert (await receiver.get(f"{path}/2/price")).status_code == 403
    assert (await buyer.get(f"{CART}/why", params={"sku": "WATER"})).status_code == 404
    assert (await buyer.get("/portal/v1/price", params={"sku": "SECRET"})).status_code == 422


async def test_own_coupons(owner: httpx.AsyncClient, buyer: httpx.AsyncClient, as_dealer: AsDealer) -> None:
    await promote(
        owner,
        "WELCOME",
        name="老客券",
        steps=[{"from": "1", "value": "10"}],
        coupon_required=True,
        items=[{"kind": "sku", "code": "WATER"}],
    )
    coupons = [
        {"code": "OWN", "customer": "D1", "uses": 1},
        {"code": "ANYBODY", "uses": 1},
        {"code": "THEIRS", "customer": "D2", "uses": 1},
        {"code": "OFF", "customer": "D1", "active": False},
    ]
    done = await owner.put("/api/v1/promotions/WELCOME/coupons", json={"items": coupons})
    assert done.is_success, done.text
    [mine] = (await buyer.get("/portal/v1/coupons")).json()
    assert (mine["code"], mine["name"], mine["uses_left"], mine["fits"]) == ("OWN", "老客券", 1, False)
    await fill(buyer, change("WATER", "10", "瓶"))
    [mine] = (await buyer.get("/portal/v1/coupons")).json()
    assert mine["fits"] is True
    cart = (await buyer.put(CART, json={"coupons": ["own"]})).json()
    assert cart["totals"]["gross"] == "89.10"
    wrong = (await buyer.put(CART, json={"coupons": ["NONE"]})).json()
    assert [each["message"] for each in wrong["problems"]] == ["没有优惠券 NONE"]
    await buyer.put(CART, json={"coupons": ["OWN"]})
    assert (await buyer.post(f"/portal/v1/drafts/{cart['id']}/submit", json={})).status_code == 201
    assert (await buyer.get("/portal/v1/coupons")).json() == []
    stranger = await as_dealer("dealer_buyer", "D2")
    assert [each["code"] for each in (await stranger.get("/portal/v1/coupons")).json()] == ["THEIRS"]


async def test_a_line_of_the_cart_is_called_off_at_the_agreed_price(
    owner: httpx.AsyncClient, buyer: httpx.AsyncClient, database: Database
) -> None:
    today = datetime.now(UTC).date()
    blanket = {
        "customer": "D1", "name": "全年用水", "valid_from": str(today - timedelta(days=1)),
        "valid_until": str(today + timedelta(days=300)),
        "lines": [{"sku": "WATER", "unit": "瓶", "quantity": "100", "price": "8.00"}],
    }  # fmt: skip
    made = await owner.post("/api/v1/blanket-orders", json=blanket)
    assert made.status_code == 201, made.text
    assert (await owner.post(f"/api/v1/blanket-orders/{made.json()['id']}/activate")).is_success
    number = made.json()["number"]
    cart = await fill(buyer, change("WATER", "30", "瓶", blanket=number))
    [line] = cart["lines"]
    assert (line["blanket"], line["price"], line["amounts"]["gross"], line["price_kind"]) == (
        number, "8.000000", "240.00", "blanket",
    )  # fmt: skip
    # Typing another quantity keeps it; whatever is more than what is left says so at its line.
    [line] = (await fill(buyer, change("WATER", "40", "瓶")))["lines"]
    assert (line["blanket"], line["amounts"]["gross"]) == (number, "320.00")
    why = (await buyer.get(f"{CART}/why", params={"sku": "WATER"})).json()
    assert (why["candidates"][0]["kind"], why["candidates"][0]["why"], why["candidates"][0]["blanket"]) == (
        "blanket",
        "won",
        number,
    )
    [over] = (await fill(buyer, change("WATER", "101", "瓶")))["lines"]
    assert [each["code"] for each in over["problems"]] != []
    cart = await fill(buyer, change("WATER", "40", "瓶"))
    assert (await buyer.post(f"/portal/v1/drafts/{cart['id']}/submit", json={})).status_code == 201
    [left] = (await buyer.get(f"/portal/v1/blanket-orders/{made.json()['id']}")).json()["lines"]
    assert left["remaining_in_unit"] == "60"
