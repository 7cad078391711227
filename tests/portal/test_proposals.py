"""Sales people propose; the dealer confirms, once, or declines."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.portal.conftest import AsDealer
from tests.portal.shop import Shop
from tests.support import Tenant, contents

from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

DRAFTS, PROPOSALS = "/api/v1/drafts", "/portal/v1/proposals"


@pytest.fixture
async def draft(owner: httpx.AsyncClient, shop: Shop) -> Any:
    """A draft of the seller's for D1, with a special price and less than the minimum."""
    lines = [{"sku": "WATER", "quantity": "10", "price": "8.80"}, {"sku": "OOLONG", "quantity": "6", "unit": "瓶"}]
    made = await owner.post(DRAFTS, json={"customer": "D1", "name": "补货", "lines": lines})
    assert made.status_code == 201, made.text
    return made.json()


async def propose(owner: httpx.AsyncClient, draft: Any) -> Any:
    done = await owner.post(f"{DRAFTS}/{draft['id']}/propose", json={"message": "按上月用量"})
    assert done.status_code == 200, done.text
    return done.json()


async def test_a_proposal_is_confirmed_as_it_was_made_and_once(
    owner: httpx.AsyncClient, buyer: httpx.AsyncClient, draft: Any
) -> None:
    assert (await buyer.get(PROPOSALS)).json()["items"] == []
    assert (await buyer.get(f"{PROPOSALS}/{draft['id']}")).status_code == 404
    proposed = await propose(owner, draft)
    assert (proposed["proposal"]["state"], proposed["proposal"]["message"]) == ("proposed", "按上月用量")
    [summary] = (await buyer.get(PROPOSALS, params={"state": "proposed"})).json()["items"]
    assert (summary["name"], summary["lines"], summary["message"], summary["state"]) == (
        "补货", 2, "按上月用量", "proposed",
    )  # fmt: skip
    assert (await buyer.get("/portal/v1/home")).json()["counts"]["proposals"] == 1
    shown = (await buyer.get(f"{PROPOSALS}/{draft['id']}")).json()
    assert (shown["actions"], shown["totals"]["gross"]) == (["confirm", "decline"], "109.00")
    assert [(line["price"], line["price_kind"]) for line in shown["lines"]] == [
        ("8.80", "manual"),
        ("3.500000", "base"),
    ]
    where = f"{PROPOSALS}/{draft['id']}/confirm"
    taps = await asyncio.gather(*(buyer.post(where, json={"revision": shown["revision"]}) for _ in range(3)))
    assert [tap.status_code for tap in taps] == [201] * 3, taps[0].text
    assert len({tap.json()["number"] for tap in taps}) == 1
    seen = (await owner.get(f"{DRAFTS}/{draft['id']}")).json()
    assert (seen["order_id"], seen["proposal"]["state"]) == (taps[0].json()["id"], "confirmed")
    assert [d["id"] for d in (await owner.get(DRAFTS, params={"proposal": "confirmed"})).json()["items"]] == [
        draft["id"]
    ]
    detail = (await buyer.get(f"/portal/v1/orders/{seen['order_id']}")).json()
    assert (detail["amounts"]["gross"], detail["timeline"][0]["side"]) == ("109.00", "own")


async def test_while_it_waits_it_does_not_change(
    owner: httpx.AsyncClient, draft: Any, database: Database, tenant: Tenant
) -> None:
    proposed = await propose(owner, draft)
    before = await contents(database, tenant)
    edit = {"customer": "D1", "lines": []}
    where = f"{DRAFTS}/{draft['id']}"
    for answer in (
        await owner.put(where, json=edit, headers={"if-match": str(proposed["revision"])}),
        await owner.delete(where),
        await owner.post(f"{where}/submit"),
        await owner.post(f"{where}/propose", json={}),
    ):
        assert (answer.status_code, answer.json()["type"]) == (409, "/problems/draft-proposed")
    assert await contents(database, tenant) == before


async def test_what_is_withdrawn_is_gone_from_the_portal(
    owner: httpx.AsyncClient, buyer: httpx.AsyncClient, draft: Any
) -> None:
    shown = await propose(owner, draft)
    withdrawn = (await owner.post(f"{DRAFTS}/{draft['id']}/withdraw")).json()
    assert withdrawn["proposal"]["state"] == "withdrawn"
    assert (await buyer.get(PROPOSALS)).json()["items"] == []
    assert (await buyer.get(f"{PROPOSALS}/{draft['id']}")).status_code == 404
    late = await buyer.post(f"{PROPOSALS}/{draft['id']}/confirm", json={"revision": shown["revision"]})
    assert late.status_code == 409
    plain = await buyer.post(f"{PROPOSALS}/{draft['id']}/confirm", json={})
    assert plain.json()["type"] == "/problems/draft-not-proposed"
    assert (await owner.post(f"{DRAFTS}/{draft['id']}/withdraw")).status_code == 409
    assert (await owner.delete(f"{DRAFTS}/{draft['id']}")).is_success


async def test_declining_says_why(owner: httpx.AsyncClient, buyer: httpx.AsyncClient, draft: Any) -> None:
    await propose(owner, draft)
    declined = (await buyer.post(f"{PROPOSALS}/{draft['id']}/decline", json={"reason": "库存还够"})).json()
    assert (declined["state"], declined["reason"]) == ("declined", "库存还够")
    seen = (await owner.get(f"{DRAFTS}/{draft['id']}")).json()["proposal"]
    assert (seen["state"], seen["reason"]) == ("declined", "库存还够")
    assert seen["decided_by"].startswith("u-")
    assert (await buyer.post(f"{PROPOSALS}/{draft['id']}/decline", json={})).status_code == 409
    again = await propose(owner, draft)
    assert (again["proposal"]["state"], again["proposal"]["reason"]) == ("proposed", None)


async def test_nobody_elses_and_only_what_may_be(
    owner: httpx.AsyncClient, as_dealer: AsDealer, as_role: Any, draft: Any
) -> None:
    await propose(owner, draft)
    stranger, receiver = await as_dealer("dealer_admin", "D2"), await as_dealer("dealer_receiver", "D1")
    assert (await stranger.get(PROPOSALS)).json()["items"] == []
    for client, status in ((stranger, 404), (receiver, 403)):
        for verb in ("confirm", "decline"):
            assert (await client.post(f"{PROPOSALS}/{draft['id']}/{verb}", json={})).status_code == status
    manager = await as_role("owner")
    plain = await as_role("sales", login="seller")
    await manager.put("/api/v1/customers", json={"items": [{"code": "D1", "owner": "seller"}]})
    priced = {"customer": "D1", "lines": [{"sku": "WATER", "quantity": "1", "price": "1"}]}
    made = (await manager.post(DRAFTS, json=priced)).json()
    refused = await plain.post(f"{DRAFTS}/{made['id']}/propose", json={})
    assert [fault["code"] for fault in refused.json()["faults"]] == ["may-not-set-price"]
    empty = (await plain.post(DRAFTS, json={"customer": "D1"})).json()
    none = await plain.post(f"{DRAFTS}/{empty['id']}/propose", json={})
    assert [fault["code"] for fault in none.json()["faults"]] == ["no-lines"]


async def test_a_seller_without_the_right_proposes_no_less_than_the_minimum(
    owner: httpx.AsyncClient, as_role: Any, buyer: httpx.AsyncClient, shop: Shop
) -> None:
    plain = await as_role("sales", login="seller")
    await owner.put("/api/v1/customers", json={"items": [{"code": "D1", "owner": "seller"}]})
    small = {"customer": "D1", "lines": [{"sku": "OOLONG", "quantity": "6", "unit": "瓶"}]}
    made = (await plain.post(DRAFTS, json=small)).json()
    await propose(plain, made)
    shown = (await buyer.get(f"{PROPOSALS}/{made['id']}")).json()
    assert shown["actions"] == ["decline"]
    refused = await buyer.post(f"{PROPOSALS}/{made['id']}/confirm", json={})
    assert {fault["code"] for fault in refused.json()["faults"]} == {"below-minimum", "not-a-multiple"}
    assert (await plain.post("/api/v1/orders", json=small)).status_code == 409
    assert (await owner.post("/api/v1/orders", json=small)).status_code == 201


async def test_the_dealers_own_cart_is_not_proposed(owner: httpx.AsyncClient, buyer: httpx.AsyncClient) -> None:
    cart = await buyer.put("/portal/v1/cart/lines", json={"changes": [{"sku": "WATER", "quantity": "1"}]})
    refused = await owner.post(f"{DRAFTS}/{cart.json()['id']}/propose", json={})
    assert refused.json()["type"] == "/problems/draft-is-the-dealers"
