"""Promised days follow what is expected by themselves, to the day, and it is kept how they moved."""

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from tests.orders.desk import Desk
from tests.statements import statements

from dinghuo.flow.reactions import BY_KIND
from dinghuo.inventory.events import SupplyChanged
from dinghuo.inventory.settings import InventorySettings, save_settings
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id
from dinghuo.kit.outbox import Delivery
from dinghuo.kit.outbox_run import drain
from dinghuo.kit.periodic import TENANT
from dinghuo.orders import promise_again
from dinghuo.orders.events import PromisesDue

pytestmark = pytest.mark.slow

OVER = "update order_line set promised_date = $2 where tenant_id = $1 and promised_date = $3"
Two = tuple[dict[str, Any], dict[str, Any]]


def on(days: int) -> date:
    return datetime.now(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=days)


async def put(desk: Desk, item: dict[str, Any]) -> None:
    answer = await desk.client.put("/api/v1/expected-supply", json={"items": [item]})
    assert answer.is_success, answer.text


async def expect(desk: Desk, code: str, days: int, quantity: int = 30, **more: Any) -> None:
    item = {"code": code, "sku": "BEER", "warehouse": "main", "expected_on": str(on(days)), "quantity": str(quantity)}
    await put(desk, item | more)


async def settle(desk: Desk) -> None:
    await drain(desk.database, desk.world.tenant.id, BY_KIND)


async def promised(desk: Desk, order: dict[str, Any]) -> list[date | None]:
    rows = await desk.rows(
        "select promised_date from order_line where tenant_id = $1 and order_id = $2 order by line_no", order["id"]
    )
    return [day for (day,) in rows]


async def history(desk: Desk, order: dict[str, Any]) -> list[Any]:
    rows = await desk.rows(
        """select actor_kind, changes from audit_entry
        where tenant_id = $1 and subject_id = $2 and action = 'promised' order by id""",
        order["id"],
    )
    return [(kind, changes) for kind, changes in rows]


@pytest.fixture
async def waiting(desk: Desk) -> Two:
    """Ten beers are there, thirty come in five days and thirty in nine; 25 are ordered, then 20."""
    await expect(desk, "PO1", 5)
    await expect(desk, "PO2", 9)
    first = await desk.place("K2", ("BEER", "25", "瓶"))
    second = await desk.place("K1", ("BEER", "20", "瓶"))
    await settle(desk)
    assert (await promised(desk, first), await promised(desk, second)) == ([on(5)], [on(9)])
    assert await history(desk, first) == await history(desk, second) == []
    return first, second


async def test_days_move_with_what_is_expected(desk: Desk, waiting: Two) -> None:
    first, second = waiting
    await expect(desk, "PO1", 7)
    await settle(desk)
    assert (await promised(desk, first), await promised(desk, second)) == ([on(7)], [on(9)])
    # Fifteen and twenty wait; thirty are expected.
    await put(desk, {"code": "PO1", "state": "cancelled"})
    await settle(desk)
    assert (await promised(desk, first), await promised(desk, second)) == ([on(9)], [None])
    await expect(desk, "PO3", 12, 5)
    await settle(desk)
    assert (await promised(desk, first), await promised(desk, second)) == ([on(9)], [on(12)])
    assert await history(desk, first) == [
        ("system", {"promised_date 1": [str(on(5)), str(on(7))]}),
        ("system", {"promised_date 1": [str(on(7)), str(on(9))]}),
    ]
    assert await history(desk, second) == [
        ("system", {"promised_date 1": [str(on(9)), None]}),
        ("system", {"promised_date 1": [None, str(on(12))]}),
    ]
    await settle(desk)
    assert len(await history(desk, first)) == 2
    await desk.sound()


async def test_what_arrives_sooner_is_promised_for_today_and_the_others_come_sooner(desk: Desk, waiting: Two) -> None:
    first, second = waiting
    receipt = {"warehouse": "main", "lines": [{"sku": "BEER", "quantity": "20", "supply": "PO1"}]}
    await desk.done("goods-receipts", {"items": [receipt]}, status=201)
    await settle(desk)
    # Five of them are held for the second order; of the fifteen that it waits for ten are still to come with PO1.
    assert (await promised(desk, first), await promised(desk, second)) == ([on(0)], [on(9)])
    await expect(desk, "PO1", 5, 35)
    await settle(desk)
    assert (await promised(desk, first), await promised(desk, second)) == ([on(0)], [on(5)])
    news = await desk.rows(
        "select subject_id::text, data from outbox_event where tenant_id = $1 and kind = 'orders.repromised'"
    )
    # Of goods that are there another message tells.
    assert [(id, data["lines"]) for id, data in news] == [
        (second["id"], [{"line_no": 1, "old": str(on(9)), "new": str(on(5))}])
    ]


async def test_what_a_count_does_not_find_is_waited_for(desk: Desk, waiting: Two) -> None:
    first, second = waiting
    third = await desk.place("K2", ("BEER", "15", "瓶"))
    counted = {"items": [{"warehouse": "main", "sku": "BEER", "quantity": "0"}]}
    await desk.done("stock/counts", counted, status=201)
    await settle(desk)
    assert [await promised(desk, order) for order in (first, second, third)] == [[on(5)], [on(9)], [on(9)]]
    await put(desk, {"code": "PO2", "quantity": "14"})
    await settle(desk)
    # 25 and 20 of 44: the second order has a day no more, nor has who is served after it.
    assert [await promised(desk, order) for order in (first, second, third)] == [[on(5)], [None], [None]]


async def test_a_day_that_is_over_stays_until_there_is_a_new_one(desk: Desk, waiting: Two) -> None:
    first, second = waiting
    await desk.write("update expected_supply set expected_on = $2 where tenant_id = $1 and code = 'PO1'", on(-1))
    await desk.write(
        "update order_line set promised_date = $2 where tenant_id = $1 and promised_date = $3", on(-1), on(5)
    )
    await look(desk)
    # Thirty in nine days: the first of those who wait get them.
    assert (await promised(desk, first), await promised(desk, second)) == ([on(9)], [None])
    await desk.write("update expected_supply set expected_on = $2 where tenant_id = $1", on(-1))
    await desk.write(
        "update order_line set promised_date = $2 where tenant_id = $1 and promised_date = $3", on(-1), on(9)
    )
    await look(desk)
    assert (await promised(desk, first), await promised(desk, second)) == ([on(-1)], [None])
    overdue = (await desk.client.get("/api/v1/waiting-lines", params={"overdue": True})).json()["items"]
    assert [(row["number"], row["late"]) for row in overdue] == [(first["number"], True)]
    await expect(desk, "PO1", 3)
    await settle(desk)
    assert (await promised(desk, first), await promised(desk, second)) == ([on(3)], [None])


async def test_in_fair_shares_all_have_theirs_when_everybody_has(desk: Desk, waiting: Two) -> None:
    first, second = waiting
    settings = partial(save_settings, settings=InventorySettings(allocation="fair_share"), by=SYSTEM)
    await desk.database.run(desk.world.tenant.id, settings)
    await look(desk)
    assert (await promised(desk, first), await promised(desk, second)) == ([on(9)], [on(9)])


async def look(desk: Desk) -> None:
    """What comes back every hour."""
    due = [Delivery(new_id(), PromisesDue.kind(), TENANT, {"after": None})]
    await desk.database.run(desk.world.tenant.id, lambda tx: promise_again.move_promises_when_due(tx, due))
    await settle(desk)


async def test_however_many_lines_move_it_is_as_many_statements_a_batch(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    await expect(desk, "PO1", 5, 500)
    beer = str(desk.world.skus["BEER"])
    changed = [Delivery(new_id(), SupplyChanged.kind(), TENANT, {"skus": [beer]})]

    async def moved(tx: Tx) -> None:
        await promise_again.move_promises(tx, changed)

    orders = [await desk.place("K2", ("BEER", "12", "瓶"))]
    await settle(desk)
    await desk.write("update expected_supply set expected_on = $2 where tenant_id = $1", on(6))
    one = await statements(desk.database, desk.world.tenant, moved)
    orders += [await desk.place("K2", *[("BEER", str(n), "瓶") for n in (1, 2, 3)]) for _ in range(4)]
    await desk.write("update expected_supply set expected_on = $2 where tenant_id = $1", on(8))
    assert await statements(desk.database, desk.world.tenant, moved) == one
    assert [await promised(desk, order) for order in orders] == [[on(8)], *[[on(8)] * 3] * 4]
    # An order's lines move together, and what is too much for one batch is left to the next.
    monkeypatch.setattr(promise_again, "MOST_LINES", 2)
    await expect(desk, "PO1", 4, 500)
    await settle(desk)
    assert [await promised(desk, order) for order in orders] == [[on(4)], *[[on(4)] * 3] * 4]
    assert [len(await history(desk, order)) for order in orders] == [3, 2, 2, 2, 2]
