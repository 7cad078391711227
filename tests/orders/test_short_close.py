"""Closing what is left of lines: stock and credit come free to the cent, what is released still goes."""

import pytest
from tests.orders.desk import Desk
from tests.support import contents

pytestmark = pytest.mark.slow


async def test_lines_are_closed_and_the_order_with_the_last_of_them(desk: Desk) -> None:
    placed = await desk.place("K1", ("COLA", "3", "箱"), ("BEER", "25", "瓶"), ("GIFT", "7", "瓶"))
    path = f"orders/{placed['id']}/short-close"
    # 3 × 60.00, 25 × 5.00 and 7 × 1.00.
    assert await desk.open_credit("K1") == "312.00"
    closed = await desk.done(path, {"lines": [2], "reason": "停产"})
    assert (closed["state"], closed["lines"], closed["freed"], closed["revision"]) == (
        "confirmed",
        [{"line_no": 2, "closed": "25.000000"}],
        "125.00",
        2,
    )
    assert (await desk.reserved("BEER"), await desk.open_credit("K1")) == ("0", "187.00")
    await desk.sound()
    closed = await desk.done(path, {})
    assert (closed["state"], [line["line_no"] for line in closed["lines"]], closed["freed"]) == (
        "closed",
        [1, 3],
        "187.00",
    )
    assert (await desk.reserved("COLA"), await desk.open_credit("K1")) == ("0", "0.00")
    assert await desk.refused(path, {}) == [("wrong-state", "state")]
    await desk.sound()


async def test_what_is_released_still_goes_and_is_worth_its_part(desk: Desk) -> None:
    placed = await desk.place("K2", ("COLA", "7", "瓶"), ("BEER", "3", "瓶"))
    await desk.write("update order_line set released = 4 where tenant_id = $1 and line_no = 1")
    path = f"orders/{placed['id']}/short-close"
    before = await contents(desk.database, desk.world.tenant)
    assert await desk.refused(path, {"lines": [1, 9]}) == [("unknown-line", "lines[1]")]
    assert await contents(desk.database, desk.world.tenant) == before
    # 7 × 3.00 = 21.00, of which 4 of 7 are worth 12.00; the beer is 15.00.
    closed = await desk.done(path, {})
    assert (closed["state"], closed["freed"]) == ("confirmed", "24.00")
    assert (await desk.reserved("COLA"), await desk.open_credit("K2")) == ("4", "12.00")
    assert await desk.refused(path, {"lines": [1]}) == [("nothing-remains", "lines[0]")]
    assert await desk.refused(path, {}) == [("nothing-remains", "id")]
    await desk.sound()


async def test_cancelling_what_was_closed_in_part_frees_the_rest_and_no_more(desk: Desk) -> None:
    placed = await desk.place("K2", ("COLA", "7", "瓶"), ("BEER", "3", "瓶"))
    await desk.done(f"orders/{placed['id']}/short-close", {"lines": [2]})
    cancelled = await desk.done(f"orders/{placed['id']}/cancel", {})
    assert (cancelled["freed"], await desk.open_credit("K2")) == ("21.00", "0.00")
    await desk.sound()


async def test_many_orders_are_closed_or_none_and_who_waits_is_served(desk: Desk) -> None:
    first = await desk.place("K2", ("BEER", "10", "瓶"))
    waiting = await desk.place("K2", ("BEER", "6", "瓶"))
    other = await desk.place("K1", ("COLA", "1", "箱"))
    done = await desk.done("orders/short-close", {"ids": [first["id"], other["id"]], "reason": "客户停业"})
    assert [(item["number"], item["state"]) for item in done["items"]] == [
        (first["number"], "closed"),
        (other["number"], "closed"),
    ]
    (line,) = (await desk.page(waiting["id"]))["lines"]
    assert [(part["held"], part["backordered"]) for part in line["stock"]] == [("6.000000", "0.000000")]
    before = await contents(desk.database, desk.world.tenant)
    assert await desk.refused("orders/short-close", {"ids": [waiting["id"], first["id"]]}) == [
        ("wrong-state", "state")
    ]
    assert await contents(desk.database, desk.world.tenant) == before
    await desk.sound()
