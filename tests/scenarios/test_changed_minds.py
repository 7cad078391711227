"""A dealer pays beforehand, changes their mind, and gets what is there: told through the API."""

from datetime import timedelta
from typing import Any

import pytest
from tests.orders.desk import Desk, desk  # noqa: F401 - a fixture
from tests.support import Tenant
from tests.world import World, make_world

from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow


@pytest.fixture
async def world(database: Database, tenant: Tenant) -> World:
    return await make_world(database, tenant)


async def test_an_order_that_is_paid_amended_held_and_closed(desk: Desk) -> None:  # noqa: F811
    """Thirty per cent down; the slip; two cases more; a hold while finance looks; the rest is not to come."""
    dealer, finance = await desk.someone("dealer_admin", customer="K2"), await desk.someone("finance")
    terms = {"customer": "K2", "payment": "deposit", "deposit_percent": "30", "expire_days": 3}
    assert (await finance.put("/api/v1/order-terms", json={"items": [terms]})).status_code == 200
    placed = await desk.place("K2", ("COLA", "10", "箱"), ("BEER", "25", "瓶"))
    mine, theirs = f"/portal/v1/orders/{placed['id']}", f"/api/v1/orders/{placed['id']}"

    async def seen() -> dict[str, Any]:
        order: dict[str, Any] = (await dealer.get(mine)).json()
        return order

    order = await seen()
    assert (order["on_hold"], order["amounts"]["gross"], "pay" in order["actions"]) == (True, "725.00", True)
    # The deposit is sent, and finance finds it on the account.
    paper = (await dealer.post(f"{mine}/files", content=b"%PDF-1.4 ICBC")).json()["sha256"]
    day = (desk.database.clock().date() - timedelta(days=1)).isoformat()
    slip = {"amount": "217.50", "paid_on": day, "payer": "经销商K2", "sha256": paper, "name": "回单.pdf"}
    sent = (await dealer.post(f"{mine}/slips", json=slip)).json()
    assert (await finance.post(f"/api/v1/slips/{sent['id']}/confirm", json={})).json()["state"] == "confirmed"
    assert (await seen())["on_hold"] is False
    # Two cases more: the seller agrees, and the rest of the deposit is due before anything goes.
    wanted = {"revision": (await seen())["revision"], "lines": [{"line_no": 1, "quantity": "12"}]}
    asked = (await dealer.post(f"{mine}/amendments", json=wanted)).json()
    assert (asked["state"], asked["after"]["gross"], (await seen())["amounts"]["gross"]) == (
        "pending",
        "845.00",
        "725.00",
    )
    agreed = await desk.done(f"orders/{placed['id']}/amendments/{asked['id']}/accept", {})
    assert agreed["state"] == "applied"
    due = (await dealer.get(f"{mine}/payment")).json()
    assert ((await seen())["on_hold"], due["due"], due["left"]) == (True, "253.50", "36.00")
    await finance.post(f"{theirs}/release", json={"reasons": ["unpaid"], "note": "尾款随货付"})
    assert (await seen())["on_hold"] is False
    # Fifteen bottles of beer are still not there: they are not to come any more.
    await desk.write("update order_line set released = 10 where tenant_id = $1 and line_no = 2")
    closed = await desk.done(f"orders/{placed['id']}/short-close", {"lines": [2], "reason": "停产"})
    assert (closed["state"], closed["lines"], closed["freed"]) == (
        "confirmed",
        [{"line_no": 2, "closed": "15.000000"}],
        "75.00",
    )
    steps = [(step["action"], step["side"]) for step in (await seen())["timeline"]]
    assert steps == [
        ("placed", "seller"),
        ("slip_submitted", "own"),
        ("slip_confirmed", "seller"),
        ("paid", "seller"),
        ("hold_lifted", "seller"),
        ("amendment_requested", "own"),
        ("held", "seller"),
        ("amended", "seller"),
        ("hold_lifted", "seller"),
        ("short_closed", "seller"),
    ]
    await desk.sound()
