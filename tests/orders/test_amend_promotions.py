"""What promotions gave an order follows its amendments: discounts, gifts, and what is drawn on budgets."""

from decimal import Decimal
from typing import Any

import pytest
from tests.orders.desk import Desk
from tests.orders.promotions import budgets, lines_of, on, promotion, publish, sound
from tests.support import contents

from dinghuo.pricing.promotion_input import GiftInput

pytestmark = pytest.mark.slow


async def amend(desk: Desk, order_id: str, *lines: dict[str, Any]) -> dict[str, Any]:
    revision = (await desk.page(order_id))["revision"]
    done: dict[str, Any] = await desk.done(
        f"orders/{order_id}/amendments", {"revision": revision, "lines": list(lines)}, status=201
    )
    assert done["state"] == "applied"
    return done


async def test_gifts_shrink_and_grow_with_what_is_bought(desk: Desk) -> None:
    give = promotion("GIVE", "buy_get", ("50", "5"), repeats=True, items=[on("BEER")], gift=GiftInput(sku="COLA"))
    await publish(desk.database, desk.world, give)
    order_id = (await desk.place("K2", ("BEER", "120", "瓶")))["id"]
    assert [(line["kind"], line["quantity"]) for line in (await desk.page(order_id))["lines"]] == [
        ("goods", "120.000000"),
        ("gift", "10.000000"),
    ]
    revision = (await desk.page(order_id))["revision"]
    less = {"revision": revision, "lines": [{"line_no": 1, "quantity": "60"}]}
    preview = await desk.done(f"orders/{order_id}/amendments/preview", less)
    assert [(line["change"], line["new"]["quantity"]) for line in preview["lines"]] == [
        ("changed", "60"),
        ("changed", "5"),
    ]
    await amend(desk, order_id, {"line_no": 1, "quantity": "60"})
    assert [(line["kind"], line["quantity"]) for line in (await desk.page(order_id))["lines"]] == [
        ("goods", "60.000000"),
        ("gift", "5.000000"),
    ]
    assert await desk.reserved("COLA") == "5"
    await sound(desk.database, desk.world)
    assert await desk.refused(
        f"orders/{order_id}/amendments", {"revision": revision + 1, "lines": [{"line_no": 2, "quantity": "9"}]}
    ) == [("line-given", "lines[0].line_no")]
    await amend(desk, order_id, {"line_no": 1, "quantity": "40"})
    assert [line["kind"] for line in (await desk.page(order_id))["lines"]] == ["goods"]
    assert await desk.reserved("COLA") == "0"
    await sound(desk.database, desk.world)


async def test_a_discount_falls_on_what_is_ordered_now_and_the_budget_follows(desk: Desk) -> None:
    save = promotion("SAVE", "spend_save", ("300", "30"), items=[on("COLA")], budget=Decimal(100))
    await publish(desk.database, desk.world, save)
    placed = await desk.place("K2", ("COLA", "100", "瓶"), ("COLA", "20", "瓶"), ("GIFT", "1", "瓶"))
    before = await lines_of(desk.database, desk.world, placed["id"])
    assert [(row[3], row[4], row[5]) for row in before] == [
        ("100.000000", "275.00", "25.00"),
        ("20.000000", "55.00", "5.00"),
        ("1.000000", "1.00", "0.00"),
    ]
    assert (await desk.page(placed["id"]))["amounts"]["gross"] == "331.00"
    assert await budgets(desk.database, desk.world) == [("promotion", False, "30.00", 1)]
    # A text changes no price.
    await amend(desk, placed["id"], {"line_no": 1, "note": "急"})
    assert await lines_of(desk.database, desk.world, placed["id"]) == before
    await amend(desk, placed["id"], {"line_no": 2, "remove": True})
    assert [(row[3], row[4], row[5]) for row in await lines_of(desk.database, desk.world, placed["id"])] == [
        ("100.000000", "270.00", "30.00"),
        ("1.000000", "1.00", "0.00"),
    ]
    await sound(desk.database, desk.world)
    # Below the threshold the discount goes, and the budget is there for others.
    await amend(desk, placed["id"], {"line_no": 1, "quantity": "90"})
    page = await desk.page(placed["id"])
    assert (page["amounts"]["gross"], page["lines"][0]["deal"]["deal_price"]) == ("271.00", "3.000000")
    assert await budgets(desk.database, desk.world) == [("promotion", False, "0.00", 0)]
    await sound(desk.database, desk.world)
    await desk.done(f"orders/{placed['id']}/cancel", {})
    assert await desk.open_credit("K2") == "0.00"
    await sound(desk.database, desk.world)


async def test_the_same_quantity_of_a_discounted_line_is_no_amendment(desk: Desk) -> None:
    await publish(desk.database, desk.world, promotion("TENTH", "percent", ("0", "10"), items=[on("COLA")]))
    order_id = (await desk.place("K2", ("COLA", "10", "瓶"), ("GIFT", "1", "瓶")))["id"]
    path = f"orders/{order_id}/amendments"
    before = await contents(desk.database, desk.world.tenant)
    same = {"line_no": 1, "quantity": "10", "unit": "瓶"}
    for nothing in ({"lines": [same]}, {"lines": [same | {"price": "2.7"}]}, {"reprice": True}):
        wanted = {"revision": 1, **nothing}
        preview = await desk.done(f"{path}/preview", wanted)
        assert [fault["code"] for fault in preview["faults"]] == ["nothing-changes"]
        assert {line["change"] for line in preview["lines"]} == {"kept"}
        assert await desk.refused(path, wanted) == [("nothing-changes", "lines")]
    assert await contents(desk.database, desk.world.tenant) == before
    # Beside a line that does change it stays as it is.
    changed = await amend(desk, order_id, same, {"line_no": 2, "quantity": "2"})
    assert [(line["line_no"], line["change"]) for line in changed["lines"]] == [(2, "changed")]
    await sound(desk.database, desk.world)


async def test_a_gift_of_which_there_is_too_little_stays_as_it_is_or_is_left_out(desk: Desk) -> None:
    give = promotion("GIVE", "buy_get", ("50", "5"), repeats=True, items=[on("BEER")], gift=GiftInput(sku="COLA"))
    own = promotion("OWN", "buy_get", ("10", "1"), repeats=True, items=[on("GIFT")])
    await publish(desk.database, desk.world, give, own)
    order_id = (await desk.place("K2", ("BEER", "60", "瓶"), ("GIFT", "10", "瓶")))["id"]
    # Others take all but two of what could be given more.
    await desk.place("K2", ("COLA", "1093", "瓶"))
    path = f"orders/{order_id}/amendments"
    more = {"revision": 1, "lines": [{"line_no": 1, "quantity": "120"}, {"line_no": 2, "quantity": "20"}]}
    preview = await desk.done(f"{path}/preview", more)
    assert preview["faults"] == []
    amended = await desk.done(path, more, status=201)
    assert [(line["line_no"], line["change"]) for line in amended["lines"]] == [
        (line["line_no"], line["change"]) for line in preview["lines"] if line["change"] != "kept"
    ]
    assert [(line["kind"], line["sku"], line["quantity"]) for line in (await desk.page(order_id))["lines"]] == [
        ("goods", "BEER", "120.000000"),
        ("goods", "GIFT", "20.000000"),
        ("gift", "COLA", "5.000000"),
        ("gift", "GIFT", "2.000000"),
    ]
    assert await desk.reserved("COLA") == "1098"
    await sound(desk.database, desk.world)
    # What was given and is ordered less of follows; what was given up is not given when there is none.
    await amend(desk, order_id, {"line_no": 1, "quantity": "40"})
    await desk.place("K2", ("COLA", "7", "瓶"))
    assert await desk.reserved("COLA") == "1100"
    await sound(desk.database, desk.world)


async def test_goods_go_before_gifts_of_the_same_order(desk: Desk) -> None:
    give = promotion("GIVE", "buy_get", ("50", "5"), repeats=True, items=[on("BEER")], gift=GiftInput(sku="COLA"))
    await publish(desk.database, desk.world, give)
    order_id = (await desk.place("K2", ("BEER", "60", "瓶"), ("COLA", "1", "瓶")))["id"]
    await desk.place("K2", ("COLA", "1089", "瓶"))
    # Five are left: for what is ordered, not for what is given with it.
    await amend(desk, order_id, {"line_no": 1, "quantity": "120"}, {"line_no": 2, "quantity": "6"})
    assert [(line["kind"], line["sku"], line["quantity"]) for line in (await desk.page(order_id))["lines"]] == [
        ("goods", "BEER", "120.000000"),
        ("goods", "COLA", "6.000000"),
        ("gift", "COLA", "5.000000"),
    ]
    await sound(desk.database, desk.world)
