"""Gifts, discounts and budgets follow an order's amendments, whatever they are."""

import random
from decimal import Decimal
from typing import Any

from tests.orders.desk import Desk
from tests.orders.promotions import budgets, lines_of, on, promotion, publish

from dinghuo.pricing.promotion_input import GiftInput


async def _promotions(desk: Desk) -> None:
    await publish(
        desk.database,
        desk.world,
        promotion(
            "SAVE", "spend_save", ("100", "10"), items=[on("GIFT"), on("BEER")], stackable=True, budget=Decimal(50)
        ),
        promotion(
            "CUP",
            "buy_get",
            ("10", "1"),
            items=[on("BEER")],
            gift=GiftInput(sku="COLA"),
            repeats=True,
            stackable=True,
            customer_budget=Decimal(30),
        ),
    )


async def _amend(desk: Desk, order_id: str, revision: int, *lines: dict[str, Any]) -> None:
    body = {"revision": revision, "lines": list(lines)}
    await desk.done(f"orders/{order_id}/amendments", body, status=201)


async def test_gifts_and_discounts_become_fewer_and_more(desk: Desk) -> None:
    await _promotions(desk)
    placed = await desk.place("K2", ("GIFT", "60", "瓶"), ("BEER", "30", "瓶"))
    assert placed["gross"] == "200.00"
    assert await lines_of(desk.database, desk.world, placed["id"]) == [
        (1, "goods", "GIFT", "60.000000", "57.14", "2.86", None),
        (2, "goods", "BEER", "30.000000", "142.86", "7.14", None),
        (3, "gift", "COLA", "3.000000", "0.00", "9.00", [2]),
    ]
    await _amend(desk, placed["id"], 1, {"line_no": 2, "quantity": "12"})
    assert await lines_of(desk.database, desk.world, placed["id"]) == [
        (1, "goods", "GIFT", "60.000000", "55.00", "5.00", None),
        (2, "goods", "BEER", "12.000000", "55.00", "5.00", None),
        (3, "gift", "COLA", "1.000000", "0.00", "3.00", [2]),
    ]
    assert await budgets(desk.database, desk.world) == [
        ("promotion", False, "10.00", 1),
        ("promotion", True, "3.00", 1),
    ]
    await _amend(desk, placed["id"], 2, {"line_no": 1, "quantity": "10"}, {"line_no": 2, "quantity": "9"})
    assert [row[:5] for row in await lines_of(desk.database, desk.world, placed["id"])] == [
        (1, "goods", "GIFT", "10.000000", "10.00"),
        (2, "goods", "BEER", "9.000000", "45.00"),
    ]
    assert await budgets(desk.database, desk.world) == [
        ("promotion", False, "0.00", 0),
        ("promotion", True, "0.00", 0),
    ]
    assert await desk.reserved("COLA") == "0"
    await desk.sound()


async def test_the_books_hold_under_any_amendment(desk: Desk) -> None:
    """Random quantities: what lines, grants, budgets and stock say stays one story."""
    await _promotions(desk)
    dice = random.Random(20261123)
    placed = await desk.place("K2", ("GIFT", "60", "瓶"), ("BEER", "30", "瓶"))
    revision = 1
    for _ in range(25):
        lines = [{"line_no": number, "quantity": str(dice.randint(1, 90))} for number in (1, 2)]
        answer = await desk.client.post(
            f"/api/v1/orders/{placed['id']}/amendments", json={"revision": revision, "lines": lines}
        )
        if answer.status_code == 201:
            revision += 1
        else:
            assert [fault["code"] for fault in answer.json()["faults"]] == ["nothing-changes"], answer.text
        await desk.sound()
    called_off = await desk.client.post(f"/api/v1/orders/{placed['id']}/cancel", json={})
    assert called_off.status_code == 200, called_off.text
    assert [row[2:] for row in await budgets(desk.database, desk.world)] == [("0.00", 0), ("0.00", 0)]
    await desk.sound()
