"""What an order takes of budgets: all when it is placed, then the difference, nothing when it is off."""

from decimal import Decimal
from typing import Any

import pytest
from tests.orders.desk import Desk
from tests.orders.granted import ship
from tests.orders.promotions import budgets, on, promotion, publish

pytestmark = pytest.mark.slow


async def amend(desk: Desk, order: dict[str, Any], quantity: str) -> None:
    revision = (await desk.page(order["id"]))["revision"]
    wanted = {"revision": revision, "lines": [{"line_no": 1, "quantity": quantity}]}
    assert (await desk.done(f"orders/{order['id']}/amendments", wanted, status=201))["state"] == "applied"


async def taken(desk: Desk) -> tuple[str, int]:
    """Of the budget, by a balance that its entries prove."""
    await desk.sound()
    ((kind, own, amount, uses),) = await budgets(desk.database, desk.world)
    assert (kind, own) == ("promotion", False)
    return amount, uses


async def entries(desk: Desk, order: dict[str, Any]) -> list[tuple[Any, ...]]:
    return await desk.rows(
        "select verb, amount::text, uses from budget_entry where tenant_id = $1 and document_id = $2 order by id",
        order["id"],
    )


async def test_a_budget_follows_an_order_to_its_end(desk: Desk) -> None:
    tenth = promotion("TENTH", "percent", ("0", "10"), items=[on("COLA")], budget=Decimal(40))
    await publish(desk.database, desk.world, tenth)
    order = await desk.place("K2", ("COLA", "100", "瓶"))
    assert await taken(desk) == ("30.00", 1)
    await amend(desk, order, "50")
    assert await taken(desk) == ("15.00", 1)
    await amend(desk, order, "60")
    assert await taken(desk) == ("18.00", 1)
    # Others have what is left of it and no more: 22.00 are 73 bottles, and of 74 nothing is granted.
    assert (await desk.place("K2", ("COLA", "74", "瓶")))["gross"] == "222.00"
    other = await desk.place("K2", ("COLA", "73", "瓶"))
    assert (other["gross"], await taken(desk)) == ("197.10", ("39.90", 2))
    await desk.done(f"orders/{other['id']}/short-close", {})
    assert await taken(desk) == ("18.00", 1)
    assert await entries(desk, other) == [("reserve", "21.90", 1), ("release", "-21.90", -1)]
    third = await desk.place("K2", ("COLA", "10", "瓶"))
    assert await taken(desk) == ("21.00", 2)
    await desk.done(f"orders/{third['id']}/cancel", {})
    assert await taken(desk) == ("18.00", 1)


async def test_what_was_granted_to_an_order_that_left_in_part_stays_taken(desk: Desk) -> None:
    tenth = promotion("TENTH", "percent", ("0", "10"), items=[on("COLA")], budget=Decimal(40))
    await publish(desk.database, desk.world, tenth)
    order = await desk.place("K2", ("COLA", "60", "瓶"), ("GIFT", "1", "瓶"))
    path = f"orders/{order['id']}/short-close"
    await ship(desk, order, 1, 20, "54.00")
    await desk.done(path, {"lines": [2]})
    assert await taken(desk) == ("18.00", 1)
    assert (await desk.done(path, {}))["state"] == "closed"
    assert await taken(desk) == ("18.00", 1)
    assert await entries(desk, order) == [("reserve", "18.00", 1)]
    assert await desk.refused(f"orders/{order['id']}/cancel", {}) == [("wrong-state", "state")]
    assert await taken(desk) == ("18.00", 1)
