"""Lines that go where their order does not: placed, read, amended, exported, kept in a draft."""

from typing import Any

import pytest
from tests.orders.desk import Desk
from tests.orders.promotions import on, promotion, publish
from tests.orders.test_amend_rules import FREIGHT, amended, put, rule
from tests.support import contents

from dinghuo.pricing.promotion_input import GiftInput

pytestmark = pytest.mark.slow

HEAD = {"recipient": "王芳", "street": "人民路 1 号", "city": "杭州市"}
OWN = {"recipient": "李明", "street": "港口路 9 号", "city": "宁波市", "mobile": "13800000000"}


def lines(*several: tuple[str, str, dict[str, str] | None]) -> list[dict[str, Any]]:
    return [{"sku": sku, "quantity": quantity, "ship_to": to} for sku, quantity, to in several]


def told(page: dict[str, Any]) -> list[str | None]:
    return [each["ship_to"] and each["ship_to"]["street"] for each in page["lines"]]


async def test_a_line_has_its_own_address_and_an_amendment_changes_it(desk: Desk) -> None:
    wanted = {"customer": "K2", "ship_to": HEAD, "lines": lines(("COLA", "3", None), ("BEER", "2", OWN))}
    order_id = (await desk.done("orders", wanted, status=201))["id"]
    page = await desk.page(order_id)
    assert (told(page), page["ship_to"]["street"]) == ([None, "港口路 9 号"], "人民路 1 号")
    kept = await desk.rows("select l.ship_to is null from order_line l where l.tenant_id = $1 order by l.line_no")
    assert kept == [(True,), (False,)]
    path = f"orders/{order_id}/amendments"
    swap = {
        "revision": 1,
        "lines": [
            {"line_no": 1, "ship_to": OWN},
            {"line_no": 2, "ship_to": None, "quantity": "1"},
            {"sku": "COLA", "quantity": "1", "ship_to": OWN | {"street": "新路 3 号"}},
        ],
    }
    preview = await desk.done(f"{path}/preview", swap)
    done = await desk.done(path, swap, status=201)
    for each in (preview, done):
        assert [
            [side and side["ship_to"] and side["ship_to"]["street"] for side in (line["old"], line["new"])]
            for line in each["lines"]
        ] == [[None, "港口路 9 号"], ["港口路 9 号", None], [None, "新路 3 号"]]
    assert told(await desk.page(order_id)) == ["港口路 9 号", None, "新路 3 号"]
    same = {"revision": 2, "lines": [{"line_no": 1, "ship_to": OWN}]}
    assert await desk.refused(path, same) == [("nothing-changes", "lines")]
    await desk.sound()


async def test_an_address_that_lacks_something_is_refused_at_its_line(desk: Desk) -> None:
    before = await contents(desk.database, desk.world.tenant)
    bad = {"customer": "K2", "lines": lines(("COLA", "3", None), ("BEER", "2", {"recipient": " ", "street": ""}))}
    assert await desk.refused("orders", bad) == [
        ("empty-text", "lines[1].ship_to.recipient"),
        ("empty-text", "lines[1].ship_to.street"),
    ]
    assert await contents(desk.database, desk.world.tenant) == before
    placed = await desk.place("K2", ("COLA", "3", "瓶"))
    amend = {"revision": 1, "lines": [{"line_no": 1, "ship_to": {"recipient": "x", "street": " "}}]}
    refused = await desk.refused(f"orders/{placed['id']}/amendments", amend)
    assert refused == [("empty-text", "lines[0].ship_to.street")]


async def test_a_draft_keeps_it_until_it_is_an_order_and_the_dealer_reads_it(desk: Desk) -> None:
    draft = await desk.done("drafts", {"customer": "K2", "lines": lines(("COLA", "3", OWN))}, status=201)
    assert draft["lines"][0]["ship_to"]["street"] == "港口路 9 号"
    placed = await desk.done(f"drafts/{draft['id']}/submit", {}, status=201)
    dealer = await desk.someone("dealer_buyer", customer="K2")
    assert told((await dealer.get(f"/portal/v1/orders/{placed['id']}")).json()) == ["港口路 9 号"]


def freight(page: dict[str, Any]) -> list[tuple[str, str | None]]:
    return [(each["gross"], each["said"]) for each in page["charges"]]


async def test_freight_is_for_each_place_and_so_is_what_makes_it_free(desk: Desk) -> None:
    await put(desk, "order-rules", rule("F", "freight", FREIGHT))
    # 90 to one place and 20 to the other: together above 100.00, apart below it.
    wanted = {"customer": "K2", "ship_to": HEAD, "lines": lines(("COLA", "30", None), ("BEER", "4", OWN))}
    preview = await desk.done("orders/preview", wanted)
    assert (preview["charges"][0]["gross"], preview["hints"]) == ("43.60", [])
    order_id = (await desk.done("orders", wanted, status=201))["id"]
    page = await desk.page(order_id)
    assert freight(page) == [("43.60", "送 2 个地址，分别计算")]
    assert page["amounts"]["gross"] == "153.60"
    await desk.sound()
    # One of them is free; then both go to one place, which is.
    await amended(desk, order_id, {"line_no": 2, "quantity": "20"})
    assert freight(await desk.page(order_id)) == [("21.80", "送 2 个地址，分别计算")]
    await amended(desk, order_id, {"line_no": 1, "ship_to": OWN})
    assert freight(await desk.page(order_id)) == []
    # The order's own address becomes that of one of its lines.
    await amended(desk, order_id, {"line_no": 1, "ship_to": None})
    assert freight(await desk.page(order_id)) == [("21.80", "送 2 个地址，分别计算")]
    await amended(desk, order_id, ship_to=OWN)
    assert freight(await desk.page(order_id)) == []
    await desk.sound()


async def test_gifts_go_with_what_they_are_given_for(desk: Desk) -> None:
    give = promotion("GIVE", "buy_get", ("10", "1"), repeats=True, items=[on("BEER")], gift=GiftInput(sku="COLA"))
    await publish(desk.database, desk.world, give)
    await put(desk, "order-rules", rule("F", "freight", FREIGHT))
    wanted = {"customer": "K2", "ship_to": HEAD, "lines": lines(("BEER", "10", OWN))}
    order_id = (await desk.done("orders", wanted, status=201))["id"]
    page = await desk.page(order_id)
    assert (told(page), page["charges"][0]["gross"]) == (["港口路 9 号", "港口路 9 号"], "21.80")
    await amended(desk, order_id, {"line_no": 1, "ship_to": None})
    page = await desk.page(order_id)
    assert (told(page), page["charges"][0]["gross"]) == ([None, None], "21.80")
    await desk.sound()
