"""A distributor says what orders are held to; a dealer orders by it, and against the frame agreed for the year."""

from datetime import date
from typing import Any

import httpx
import pytest
from tests.portal.conftest import AsDealer
from tests.portal.shop import Shop, change, fill
from tests.support import Tenant

from dinghuo.entry.invariants import broken_invariants
from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

API, PORTAL = "/api/v1", "/portal/v1"


async def test_a_dealer_is_held_to_rules_and_calls_off_a_frame(
    database: Database, tenant: Tenant, shop: Shop, owner: httpx.AsyncClient, as_dealer: AsDealer
) -> None:
    await _the_seller_sets_rules(owner)
    await _and_may_ask_which_counts(owner)
    buyer = await as_dealer("dealer_buyer", "D1")
    await _the_cart_tells_what_is_missing(buyer)
    await _freight_is_charged_and_free_from_a_threshold(buyer, owner)
    blanket = await _a_frame_is_agreed(owner)
    await _and_called_off(buyer, await as_dealer("dealer_buyer", "D2"), owner, blanket)
    async with database.transaction(tenant.id) as tx:
        assert await broken_invariants(tx, tenant.id) == []


def _rule(code: str, kind: str, **terms: Any) -> dict[str, Any]:
    since = {"valid_from": "2024-01-01"}
    return {"code": code, "name": code, "kind": kind, "target": "base", **since, **terms}


async def _put(owner: httpx.AsyncClient, path: str, *items: dict[str, Any]) -> Any:
    done = await owner.put(f"{API}/{path}", json={"items": list(items)})
    assert done.status_code == 200, done.text
    return done.json()


async def _the_seller_sets_rules(owner: httpx.AsyncClient) -> None:
    own = [{"day": "2026-12-31", "kind": "holiday", "name": "盘点"}]
    await _put(owner, "calendars", {"code": "CN", "name": "法定工作日", "base": "china", "days": own})
    days = (await owner.get(f"{API}/calendars/CN/days?first=2026-12-31&last=2027-01-01")).json()["days"]
    assert tuple(days[0][name] for name in ("day", "is_open", "why")) == ("2026-12-31", False, "own_holiday")
    await _put(
        owner, "routes", {"code": "R1", "name": "每日线", "weekdays": [1, 2, 3, 4, 5, 6, 7], "customers": ["D1"]}
    )
    taken = await owner.put(
        f"{API}/routes", json={"items": [{"code": "R2", "name": "二线", "weekdays": [2], "customers": ["D1"]}]}
    )
    assert (taken.status_code, taken.json()["faults"][0]["code"]) == (409, "route-stop-taken")
    freight = {"basis": "amount", "steps": [{"from": "0", "charge": "54.50"}], "free_from": "700", "tax_rate": "0.09"}
    saved = await _put(
        owner,
        "order-rules",
        _rule("MIN", "minimum", minimum={"amount": "400.00"}),
        _rule("MIN-D1", "minimum", minimum={"amount": "300.00"}) | {"target": "contract", "customer": "D1"},
        _rule("FREIGHT", "freight", freight=freight),
        _rule("CUT", "delivery", delivery={"cut_off": "16:00", "lead_days": 1, "calendar": "CN"}),
    )
    assert (saved["created"], saved["updated"]) == (4, 0)
    again = _rule("MIN-2", "minimum", minimum={"amount": "1.00"})
    clash = await owner.put(f"{API}/order-rules", json={"items": [again]})
    assert (clash.status_code, clash.json()["faults"][0]["code"]) == (409, "rule-overlap")


async def _and_may_ask_which_counts(owner: httpx.AsyncClient) -> None:
    told = (await owner.get(f"{API}/order-rules/for-customer", params={"customer": "D1"})).json()
    [minimum] = [kind for kind in told["kinds"] if kind["kind"] == "minimum"]
    assert minimum["winner"] == "MIN-D1"
    assert [(each["code"], each["why"]) for each in minimum["candidates"]] == [
        ("MIN-D1", "won"),
        ("MIN", "less_specific"),
    ]
    assert (told["route"]["code"], told["route"]["named_by"]) == ("R1", "customer")
    assert told["delivery"]["next"][0] == told["delivery"]["earliest"]


async def _the_cart_tells_what_is_missing(buyer: httpx.AsyncClient) -> None:
    cart = await fill(buyer, change("OOLONG", "2"))
    [missing] = cart["problems"]
    assert (missing["code"], missing["order_fix"]["missing_amount"]) == ("order-below-amount", "144.00")
    assert "submit" not in cart["actions"]
    asked = await buyer.put(f"{PORTAL}/cart", json={"requested_date": "2020-01-01"})
    assert asked.is_success, asked.text
    early = next(each for each in asked.json()["problems"] if each["code"] == "requested-too-early")
    day = early["order_fix"]["requested_date"]
    assert day == asked.json()["delivery"]["earliest"]
    mended = await buyer.put(f"{PORTAL}/cart", json={"requested_date": day})
    assert [each["code"] for each in mended.json()["problems"]] == ["order-below-amount"]
    assert date.fromisoformat(day) > date(2020, 1, 1)


async def _freight_is_charged_and_free_from_a_threshold(buyer: httpx.AsyncClient, owner: httpx.AsyncClient) -> None:
    # 5 × 78.00 = 390.00 and 54.50 of freight.
    cart = await fill(buyer, change("OOLONG", "5"))
    assert (cart["goods"]["gross"], cart["totals"]["gross"]) == ("390.00", "444.50")
    assert [(each["kind"], each["net"], each["tax"]) for each in cart["charges"]] == [("freight", "50.00", "4.50")]
    assert [(each["code"], each["missing"]) for each in cart["hints"]] == [("free-freight", "310.00")]
    placed = await buyer.post(f"{PORTAL}/drafts/{cart['id']}/submit", json={})
    assert (placed.status_code, placed.json()["gross"]) == (201, "444.50")
    order = (await owner.get(f"{API}/orders/{placed.json()['id']}")).json()
    assert (order["amounts"]["gross"], order["goods"]["gross"], order["charges"][0]["gross"]) == (
        "444.50",
        "390.00",
        "54.50",
    )
    assert (order["channel"], order["origin"]["kind"], order["origin"]["id"]) == ("portal", "draft", cart["id"])
    own = (await buyer.get(f"{PORTAL}/orders/{placed.json()['id']}")).json()
    assert (own["goods"]["gross"], own["charges"][0]["gross"]) == ("390.00", "54.50")
    free = await fill(buyer, change("OOLONG", "9"))
    assert (free["totals"]["gross"], free["charges"][0]["gross"], free["hints"]) == ("702.00", "0.00", [])
    await buyer.post(f"{PORTAL}/cart/clear")


async def _a_frame_is_agreed(owner: httpx.AsyncClient) -> Any:
    frame = {
        "customer": "D1",
        "name": "2027 年框",
        "valid_from": "2024-01-01",
        "valid_until": "2099-12-31",
        "lines": [{"sku": "OOLONG", "quantity": "20", "price": "70.00"}],
    }
    made = await owner.post(f"{API}/blanket-orders", json=frame)
    assert made.status_code == 201, made.text
    blanket = made.json()
    assert (blanket["state"], blanket["amount"]) == ("draft", "1400.00")
    active = await owner.post(f"{API}/blanket-orders/{blanket['id']}/activate")
    assert (active.status_code, active.json()["state"]) == (200, "active")
    return active.json()


async def _and_called_off(
    buyer: httpx.AsyncClient, stranger: httpx.AsyncClient, owner: httpx.AsyncClient, blanket: Any
) -> None:
    where = f"{PORTAL}/blanket-orders/{blanket['id']}"
    assert (await stranger.get(where)).status_code == 404
    assert (await stranger.get(f"{PORTAL}/blanket-orders")).json()["items"] == []
    wanted = {"lines": [{"line_no": 1, "quantity": "12"}]}
    seen = (await buyer.post(f"{where}/call-offs/preview", json=wanted)).json()
    assert (seen["lines"][0]["price"], seen["amounts"]["gross"], seen["problems"]) == ("70.000000", "840.00", [])
    twice = [
        await buyer.post(f"{where}/call-offs", json=wanted, headers={"idempotency-key": "tap"}) for _ in range(2)
    ]
    assert [(each.status_code, each.json()["gross"]) for each in twice] == [(201, "840.00")] * 2
    assert twice[0].json()["id"] == twice[1].json()["id"]
    short = await buyer.post(f"{where}/call-offs", json=wanted)
    assert (short.status_code, short.json()["faults"][0]["params"]["left"]) == (409, "192")
    [line] = (await buyer.get(where)).json()["lines"]
    assert (line["remaining_in_unit"], line["share"]) == ("8", "0.6000")
    called = (await owner.get(f"{API}/blanket-orders/{blanket['id']}/call-offs")).json()["items"]
    assert [(each["number"], each["quantity"]) for each in called] == [(twice[0].json()["number"], "288.000000")]
    order = (await owner.get(f"{API}/orders/{twice[0].json()['id']}")).json()
    assert order["origin"] == {"kind": "blanket", "id": blanket["id"], "name": blanket["number"]}
    off = await buyer.post(f"{PORTAL}/orders/{order['id']}/cancel", json={"reason": "改天"})
    assert off.status_code == 200, off.text
    [line] = (await buyer.get(where)).json()["lines"]
    assert line["remaining_in_unit"] == "20"
