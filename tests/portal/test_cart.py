"""The cart: the same on every device, every problem at its line with what would mend it."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.portal.conftest import AsDealer
from tests.portal.shop import Shop, change, fill, order, problems
from tests.support import Tenant, contents

from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

CART = "/portal/v1/cart"


async def cart_of(client: httpx.AsyncClient) -> Any:
    found = await client.get(CART)
    assert found.is_success, found.text
    return found.json()


async def test_an_empty_cart(buyer: httpx.AsyncClient, database: Database, tenant: Tenant, shop: Shop) -> None:
    before = await contents(database, tenant)
    cart = await cart_of(buyer)
    assert (cart["id"], cart["lines"], cart["problems"], cart["actions"]) == (None, [], [], [])
    assert cart["totals"] == {"lines": 0, "currency": "CNY", "net": "0", "tax": "0", "gross": "0", "saved": "0"}
    assert cart["credit"]["after"] == "5000.00"
    assert await contents(database, tenant) == before


async def test_everything_is_priced(buyer: httpx.AsyncClient) -> None:
    cart = await fill(buyer, change("OOLONG", "5", note="先送"), change("WATER", "2"))
    oolong, water = cart["lines"]
    assert (oolong["unit"], oolong["base_quantity"], oolong["note"]) == ("箱", "120", "先送")
    assert (oolong["price"], oolong["price_kind"], oolong["tax_inclusive"]) == ("78.000000", "contract", True)
    assert oolong["amounts"] == {"net": "345.13", "tax": "44.87", "gross": "390.00"}
    assert oolong["next_break"] == {
        "from": "10.000000",
        "price": "75.000000",
        "missing": "5.000000",
        "saves": "30.00",
    }
    assert water["next_break"] is None
    assert cart["totals"] == {
        "lines": 2,
        "currency": "CNY",
        "net": "362.65",
        "tax": "47.15",
        "gross": "409.80",
        "saved": "0",
    }
    assert cart["credit"]["after"] == "4590.20"
    assert (cart["problems"], problems(cart), cart["actions"]) == ([], [], ["submit", "park", "clear"])


@pytest.mark.parametrize(
    ("wanted", "codes", "fix"),
    [
        (change("OOLONG", "5", "瓶"), ["below-minimum", "not-a-multiple"], ("24", "瓶")),
        (change("OOLONG", "25", "瓶"), ["not-a-multiple"], ("36", "瓶")),
        (change("OOLONG", "0.3", "箱"), ["below-minimum", "not-a-multiple"], ("1", "箱")),
        (change("OOLONG", "50"), ["short-stock"], ("41", "箱")),
        (change("MATCHA", "11"), ["short-stock"], ("10", "瓶")),
        (change("MATCHA", "1", "箱"), ["short-stock"], ("0", "箱")),
        (change("MATCHA", "2", "托"), ["unknown-unit"], ("2", "瓶")),
        (change("MATCHA", "-2"), ["bad-quantity"], ("1", "瓶")),
        (change("NONE", "1"), ["unknown-sku"], ("0", None)),
        (change("SECRET", "1"), ["unknown-sku"], ("0", "瓶")),
    ],
)
async def test_a_problem_is_mended_by_one_tap(
    buyer: httpx.AsyncClient, wanted: dict[str, Any], codes: list[str], fix: tuple[str, str | None]
) -> None:
    cart = await fill(buyer, wanted)
    [line] = cart["lines"]
    assert [each["code"] for each in line["problems"]] == codes
    assert "submit" not in cart["actions"]
    for each in line["problems"]:
        assert (each["fix"]["quantity"], each["fix"]["unit"]) == fix
        assert each["message"].startswith("第 1 行")
    told = line["problems"][0]["fix"]
    tapped = change(line["sku"], told["quantity"], line["unit"], new_unit=told["unit"])
    mended = await fill(buyer, tapped)
    assert problems(mended) == []
    assert [(each["quantity"], each["unit"]) for each in mended["lines"]] == ([] if fix[0] == "0" else [fix])


async def test_nothing_is_told_of_what_is_not_sold(buyer: httpx.AsyncClient) -> None:
    [line] = (await fill(buyer, change("SECRET", "1")))["lines"]
    assert (line["name"], line["sku_id"], line["units"], line["price"]) == (None, None, [], None)


async def test_beyond_credit(buyer: httpx.AsyncClient) -> None:
    cart = await fill(buyer, change("WATER", "600"))
    assert [each["code"] for each in cart["problems"]] == ["over-credit"]
    assert (cart["problems"][0]["fix"], cart["actions"]) == (None, ["park", "clear"])
    assert cart["credit"]["after"] == "-940.00"


async def test_a_cart_is_the_same_on_every_device_and_each_users_own(
    as_dealer: AsDealer, shop: Shop, app: object, database: Database, tenant: Tenant
) -> None:
    first, colleague, other = [await as_dealer("dealer_buyer", dealer) for dealer in ("D1", "D1", "D2")]
    cart = await fill(first, change("WATER", "2"), device="phone")
    assert (await cart_of(first))["id"] == cart["id"]
    assert (await cart_of(colleague))["lines"] == (await cart_of(other))["lines"] == []
    for stranger in (colleague, other):
        assert (await stranger.get(f"/portal/v1/drafts/{cart['id']}")).status_code == 404
        assert (await stranger.post(f"/portal/v1/drafts/{cart['id']}/submit", json={})).status_code == 404


async def test_two_devices_begin_a_cart_at_once(buyer: httpx.AsyncClient) -> None:
    carts = await asyncio.gather(
        *(fill(buyer, change("WATER", str(n), seq=n), device=f"d{n}") for n in range(1, 7)),
    )
    assert len({cart["id"] for cart in carts}) == 1


async def test_what_is_sent_again_or_too_late_changes_nothing(buyer: httpx.AsyncClient) -> None:
    first = change("WATER", "2", "瓶", seq=1)
    await fill(buyer, first, device="phone")
    await fill(buyer, change("WATER", "5", "瓶", seq=2), device="phone")
    again = await fill(buyer, first, device="phone")
    assert (again["lines"][0]["quantity"], again["revision"]) == ("5", 3)
    assert again["ignored"] == [{"sku": "WATER", "unit": "瓶", "seq": 1}]
    late = await fill(buyer, change("WATER", "9", "瓶", seq=1, age_ms=60_000), device="desk")
    assert late["lines"][0]["quantity"] == "5"
    fresh = await fill(buyer, change("WATER", "9", "瓶", seq=2), device="desk")
    assert (fresh["lines"][0]["quantity"], fresh["ignored"]) == ("9", [])


async def test_changes_typed_into_a_cart_that_was_submitted_are_neither_lost_nor_ordered_twice(
    buyer: httpx.AsyncClient,
) -> None:
    seen = change("WATER", "2", "瓶", seq=1)
    cart = await fill(buyer, seen, device="phone")
    placed = await buyer.post(f"/portal/v1/drafts/{cart['id']}/submit", json={})
    assert placed.json()["lines"] == 1
    unseen = change("MATCHA", "3", "瓶", seq=2, age_ms=600_000)
    late = await fill(buyer, seen, unseen, device="phone", cart=cart["id"])
    assert late["id"] != cart["id"]
    assert [(line["sku"], line["quantity"]) for line in late["lines"]] == [("MATCHA", "3")]
    assert late["ignored"] == [{"sku": "WATER", "unit": "瓶", "seq": 1}]


async def test_what_cannot_be_kept_is_refused_and_leaves_no_trace(
    buyer: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    await fill(buyer, change("WATER", "1"))
    before = await contents(database, tenant)
    for wrong in (
        {"changes": [change("X" * 300, "1")]},
        {"changes": [change("WATER", "1", note="\u0001")]},
        {"changes": [change("WATER", "many")]},
        {"changes": [change("WATER", "1")] * 501},
        {"changes": [change("WATER", "1", age_ms=-1)]},
        {"changes": [], "device": "d" * 65},
    ):
        assert (await buyer.put(f"{CART}/lines", json=wrong)).status_code == 422
    assert await contents(database, tenant) == before


async def test_above_the_lines(buyer: httpx.AsyncClient, as_dealer: AsDealer) -> None:
    [home] = (await buyer.get("/portal/v1/addresses")).json()
    written = {"customer_reference": "PO-1", "requested_date": "2026-12-01", "note": "轻放", "address_id": home["id"]}
    cart = (await buyer.put(CART, json=written)).json()
    assert (cart["customer_reference"], cart["requested_date"], cart["note"]) == ("PO-1", "2026-12-01", "轻放")
    assert (cart["ship_to"]["recipient"], cart["ship_to"]["city"]) == ("方雅琴", "杭州")
    cart = (await buyer.put(CART, json={"note": None})).json()
    assert (cart["note"], cart["customer_reference"]) == (None, "PO-1")
    other = await as_dealer("dealer_buyer", "D2")
    assert (await other.put(CART, json={"address_id": home["id"]})).status_code == 404
    blank = await buyer.put(CART, json={"ship_to": {"recipient": " ", "street": ""}})
    assert [fault["field"] for fault in blank.json()["faults"]] == ["ship_to.recipient", "ship_to.street"]
    placed = await order(buyer, change("WATER", "1"))
    detail = (await buyer.get(f"/portal/v1/orders/{placed['id']}")).json()
    assert (detail["customer_reference"], detail["requested_date"]) == ("PO-1", "2026-12-01")
    assert detail["ship_to"]["recipient"] == "方雅琴"


async def test_carts_are_set_aside_and_taken_up_again(buyer: httpx.AsyncClient, as_dealer: AsDealer) -> None:
    empty = await buyer.post(f"{CART}/park", json={})
    assert [fault["code"] for fault in empty.json()["faults"]] == ["cart-is-empty"]
    await fill(buyer, change("WATER", "1"))
    parked = (await buyer.post(f"{CART}/park", json={"name": "国庆"})).json()
    assert (parked["name"], parked["lines"]) == ("国庆", 1)
    assert (await cart_of(buyer))["lines"] == []
    await fill(buyer, change("MATCHA", "2"))
    colleague = await as_dealer("dealer_admin", "D1")
    shared = (await colleague.get("/portal/v1/drafts")).json()["items"]
    assert [(each["id"], each["name"]) for each in shared] == [(parked["id"], "国庆")]
    assert parked["by"].startswith(shared[0]["by"])
    assert (await colleague.get(f"/portal/v1/drafts/{parked['id']}")).json()["actions"] == [
        "resume",
        "delete",
        "submit",
    ]
    cart = (await buyer.post(f"/portal/v1/drafts/{parked['id']}/resume")).json()
    assert (cart["id"], [line["sku"] for line in cart["lines"]]) == (parked["id"], ["WATER"])
    [aside] = (await buyer.get("/portal/v1/drafts")).json()["items"]
    assert (aside["name"], aside["lines"]) == (None, 1)
    assert (await buyer.delete(f"/portal/v1/drafts/{aside['id']}")).status_code == 204
    assert (await buyer.get("/portal/v1/drafts")).json()["items"] == []
    assert (await colleague.post(f"/portal/v1/drafts/{parked['id']}/resume")).status_code == 404
    stranger = await as_dealer("dealer_buyer", "D2")
    for method, path in (("GET", ""), ("POST", "/resume"), ("DELETE", "")):
        assert (await stranger.request(method, f"/portal/v1/drafts/{parked['id']}{path}")).status_code == 404


async def test_clearing(buyer: httpx.AsyncClient) -> None:
    await fill(buyer, change("WATER", "1", "瓶", seq=1), device="phone")
    cart = (await buyer.post(f"{CART}/clear")).json()
    assert (cart["lines"], cart["actions"]) == ([], [])
    late = await fill(buyer, change("WATER", "4", "瓶", seq=1, age_ms=5_000), device="desk")
    assert late["lines"] == []


async def test_five_taps_are_one_order(buyer: httpx.AsyncClient, owner: httpx.AsyncClient) -> None:
    cart = await fill(buyer, change("WATER", "3"))
    where = f"/portal/v1/drafts/{cart['id']}/submit"
    taps = await asyncio.gather(*(buyer.post(where, json={"revision": cart["revision"]}) for _ in range(5)))
    assert {tap.status_code for tap in taps} == {201}
    assert len({tap.json()["number"] for tap in taps}) == 1
    assert taps[0].json()["gross"] == "29.70"
    assert (await buyer.post(where, json={"revision": 99})).json() == taps[0].json()
    listed = (await owner.get("/api/v1/orders", params={"customer": "D1"})).json()["items"]
    assert [each["channel"] for each in listed] == ["portal"]
    assert (await cart_of(buyer))["lines"] == []


async def test_what_was_not_seen_is_not_ordered(buyer: httpx.AsyncClient, database: Database, tenant: Tenant) -> None:
    cart = await fill(buyer, change("WATER", "3"))
    await fill(buyer, change("WATER", "30"))
    before = await contents(database, tenant)
    refused = await buyer.post(f"/portal/v1/drafts/{cart['id']}/submit", json={"revision": cart["revision"]})
    assert (refused.status_code, refused.json()["type"]) == (409, "/problems/draft-changed-since")
    assert await contents(database, tenant) == before


async def test_a_cart_with_problems_is_refused_with_all_of_them(
    buyer: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    cart = await fill(buyer, change("MATCHA", "11"), change("OOLONG", "5", "瓶"), change("WATER", "1"))
    before = await contents(database, tenant, but={"number_counter"})
    refused = await buyer.post(f"/portal/v1/drafts/{cart['id']}/submit", json={})
    found = {(fault["line"], fault["code"]) for fault in refused.json()["faults"]}
    assert found == {(1, "short-stock"), (2, "below-minimum"), (2, "not-a-multiple")}
    assert await contents(database, tenant, but={"number_counter"}) == before


async def test_sentences_call_units_by_name(buyer: httpx.AsyncClient) -> None:
    cart = await fill(buyer, change("OOLONG", "25", "瓶"))
    told = (await buyer.get("/portal/v1/cart", headers={"accept-language": "en"})).json()["lines"][0]["problems"]
    assert cart["lines"][0]["problems"][0]["fix"]["label"] == "改为 36 瓶"
    assert [(each["message"], each["fix"]["label"], each["fix"]["unit"]) for each in told] == [
        ("Line 1: OOLONG is ordered in multiples of 12 bottles", "Change to 36 bottles", "瓶")
    ]


async def test_lines_go_to_places_of_their_own(
    buyer: httpx.AsyncClient, owner: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    (address,) = (await buyer.get("/portal/v1/addresses")).json()
    shop = {"recipient": "王店", "street": "城北路 7 号", "city": "杭州"}
    cart = await fill(
        buyer,
        change("OOLONG", "5", address_id=address["id"]),
        change("WATER", "2", ship_to=shop),
        change("MATCHA", "1"),
    )
    assert [
        line["ship_to"] and (line["ship_to"]["recipient"], line["ship_to"]["street"]) for line in cart["lines"]
    ] == [
        (address["recipient"], address["street"]),
        ("王店", "城北路 7 号"),
        None,
    ]
    # A change of quantity, or of the unit, leaves it.
    kept = await fill(buyer, change("WATER", "3"), change("OOLONG", "48", "箱", new_unit="瓶"))
    assert [line["ship_to"] for line in kept["lines"]] == [line["ship_to"] for line in cart["lines"]]
    before = await contents(database, tenant)
    wrong = {"changes": [change("MATCHA", "1", ship_to=shop | {"street": " "})], "device": "phone"}
    refused = await buyer.put(f"{CART}/lines", json=wrong)
    assert [fault["field"] for fault in refused.json()["faults"]] == ["changes[0].ship_to.street"]
    unknown = {"changes": [change("MATCHA", "1", address_id="01890000-0000-7000-8000-000000000000")]}
    assert (await buyer.put(f"{CART}/lines", json=unknown)).status_code == 404
    assert await contents(database, tenant) == before
    placed = await order(buyer, change("MATCHA", "1"))
    page = (await owner.get(f"/api/v1/orders/{placed['id']}")).json()
    assert [line["ship_to"] and line["ship_to"]["recipient"] for line in page["lines"]] == [
        address["recipient"],
        "王店",
        None,
    ]


async def test_a_part_of_a_line_goes_elsewhere(
    buyer: httpx.AsyncClient, owner: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    (address,) = (await buyer.get("/portal/v1/addresses")).json()
    split = [change("OOLONG", "6"), change("OOLONG", "4", part="north", address_id=address["id"])]
    cart = await fill(buyer, *split)
    assert [(line["part"], line["quantity"]) for line in cart["lines"]] == [(None, "6"), ("north", "4")]
    # Breaks count by line: ten together would have one, six and four have none.
    assert [line["price"] for line in cart["lines"]] == ["78.000000", "78.000000"]
    assert [line["next_break"]["missing"] for line in cart["lines"]] == ["4.000000", "6.000000"]
    assert [line["quantity"] for line in (await fill(buyer, *split))["lines"]] == ["6", "4"]
    why = await buyer.get("/portal/v1/cart/why", params={"sku": "OOLONG", "unit": "箱", "part": "north"})
    assert float(why.json()["quantity"]) == 4
    before = await contents(database, tenant)
    wrong = {"changes": [change("OOLONG", "1", part="p" * 65)], "device": "phone"}
    refused = await buyer.put(f"{CART}/lines", json=wrong)
    assert [fault["field"] for fault in refused.json()["faults"]] == ["changes[0].part"]
    assert await contents(database, tenant) == before
    parked = (await buyer.post(f"{CART}/park", json={"name": "两处"})).json()
    await buyer.post(f"/portal/v1/drafts/{parked['id']}/resume")
    path = f"/portal/v1/drafts/{parked['id']}/submit"
    answers = [(await buyer.post(path, json={})).json() for _ in range(2)]
    assert answers[0]["id"] == answers[1]["id"]
    page = (await owner.get(f"/api/v1/orders/{answers[0]['id']}")).json()
    told = [(each["sku"], each["quantity"], (each["ship_to"] or {}).get("recipient")) for each in page["lines"]]
    assert told == [("OOLONG", "6.000000", None), ("OOLONG", "4.000000", address["recipient"])]
