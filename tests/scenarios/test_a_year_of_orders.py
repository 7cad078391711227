"""A year at the order desk, month by month through the API: what is promised, agreed, changed, closed and paid. The
books are right after every month, and at the end of it nothing is left of what was called off."""

from datetime import timedelta
from typing import Any

import pytest
from tests.orders.desk import Desk, desk  # noqa: F401 - a fixture
from tests.orders.promotions import SINCE, budgets
from tests.publishing import turn
from tests.support import Tenant
from tests.world import World, make_world

from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.database import Database
from dinghuo.kit.outbox_run import drain

Body = dict[str, Any]


@pytest.fixture
async def world(database: Database, tenant: Tenant) -> World:
    return await make_world(database, tenant)


@pytest.mark.slow
async def test_a_year_at_the_order_desk(desk: Desk) -> None:  # noqa: F811
    beer = await _january_gifts_with_beer(desk)
    dear = await _march_a_price_that_has_to_be_agreed_to(desk)
    called = await _may_a_frame_for_the_year(desk)
    await _july_the_customer_changes_their_mind(desk, beer)
    await _september_money_first(desk)
    await _november_the_brewery_closes(desk, beer)
    await _december_what_was_granted_stays(desk)
    for order in (dear, *called):
        await desk.done(f"orders/{order}/cancel", {"reason": "年终清理"})
    await desk.sound()
    assert (await desk.reserved("COLA"), await desk.reserved("BEER")) == ("0", "0")
    assert (await desk.open_credit("K1"), await desk.open_credit("K2")) == ("0.00", "0.00")
    assert {(amount, uses) for _, _, amount, uses in await budgets(desk.database, desk.world)} == {("0.00", 0)}


async def _january_gifts_with_beer(desk: Desk) -> str:  # noqa: F811
    """Fifty beers bring five colas, for 36.00 in all: the second order finds the budget too small for its gifts."""
    await _publish(
        desk,
        {"code": "GIVE", "name": "买啤送可乐", "kind": "buy_get", "measure": "quantity", "repeats": True,
         "steps": [{"from": "50", "value": "5"}], "items": [{"kind": "sku", "code": "BEER"}],
         "gift": {"sku": "COLA"}, "budget": "36"},
    )  # fmt: skip
    beer = (await desk.place("K2", ("BEER", "120", "瓶")))["id"]
    assert await _lines(desk, beer) == [("goods", "BEER", "120"), ("gift", "COLA", "10")]
    without = (await desk.place("K2", ("BEER", "100", "瓶")))["id"]
    assert await _lines(desk, without) == [("goods", "BEER", "100")]
    await desk.done(f"orders/{without}/cancel", {"reason": "没有赠品"})
    assert await budgets(desk.database, desk.world) == [("promotion", False, "30.00", 1)]
    await desk.sound()
    return str(beer)


async def _march_a_price_that_has_to_be_agreed_to(desk: Desk) -> str:  # noqa: F811
    """Two have to agree to a fifth off, one after the other; an amendment in between asks them all again."""
    first, second = await desk.someone("owner"), await desk.someone("owner")
    steps = [
        {"name": "初审", "approvers": [{"by": "role", "code": "owner"}]},
        {"name": "复审", "approvers": [{"by": "role", "code": "owner"}], "mode": "of", "needed": 2},
    ]
    policy = {"code": "low", "subject_kind": "order", "name": "低价", "condition": "manual_discount > 0.1",
              "steps": steps, "expires_hours": 72}  # fmt: skip
    saved = await desk.client.put("/api/v1/approval-policies", json={"items": [policy]})
    assert saved.status_code == 200, saved.text
    line = {"sku": "COLA", "quantity": "100", "unit": "瓶", "price": "2.00"}
    placed = await desk.done("orders", {"customer": "K1", "lines": [line]}, status=201)
    assert (placed["state"], await desk.reserved("COLA"), await desk.open_credit("K1")) == (
        "pending_approval", "110", "200.00",
    )  # fmt: skip
    await _approve(desk, first, placed["id"])
    change = {"revision": (await desk.page(placed["id"]))["revision"], "lines": [{"line_no": 1, "quantity": "90"}]}
    await desk.done(f"orders/{placed['id']}/amendments", change, status=201)
    for who, state in ((first, "pending_approval"), (first, "pending_approval"), (second, "confirmed")):
        await _approve(desk, who, placed["id"])
        assert (await desk.page(placed["id"]))["state"] == state
    assert (await desk.reserved("COLA"), await desk.open_credit("K1")) == ("100", "180.00")
    await desk.sound()
    return str(placed["id"])


async def _may_a_frame_for_the_year(desk: Desk) -> list[str]:  # noqa: F811
    """A hundred colas at 2.20, called off as they are needed, and not one more."""
    frame = {
        "customer": "K1", "name": "年框", "valid_from": "2020-01-01", "valid_until": "2100-01-01",
        "lines": [{"sku": "COLA", "quantity": "100", "unit": "瓶", "price": "2.20"}],
    }  # fmt: skip
    made = await desk.done("blanket-orders", frame, status=201)
    await desk.done(f"blanket-orders/{made['id']}/activate", {})

    def call_off(quantity: str) -> Body:
        return {"customer": "K1", "lines": [{"sku": "COLA", "quantity": quantity, "blanket": made["number"]}]}

    first = await desk.done("orders", call_off("40"), status=201)
    assert first["gross"] == "88.00"
    assert await desk.refused("orders", call_off("61")) == [("blanket-short", "lines[0].quantity")]
    second = await desk.done("orders", call_off("60"), status=201)
    assert await desk.refused("orders", call_off("1")) == [("blanket-short", "lines[0].quantity")]
    # What is closed of a call-off may be called off again.
    await desk.done(f"orders/{second['id']}/short-close", {"reason": "分批"})
    third = await desk.done("orders", call_off("60"), status=201)
    await desk.sound()
    return [str(first["id"]), str(third["id"])]


async def _july_the_customer_changes_their_mind(desk: Desk, beer: str) -> None:  # noqa: F811
    """Fewer beers, fewer colas, less of the budget; too few, and none at all."""
    for quantity, gifts, taken in (("60", "5", "15.00"), ("49", "", "0.00")):
        await _amend(desk, beer, {"line_no": 1, "quantity": quantity})
        given = [("gift", "COLA", gifts)] if gifts else []
        assert await _lines(desk, beer) == [("goods", "BEER", quantity), *given]
        assert (await budgets(desk.database, desk.world))[0][2] == taken
        await desk.sound()


async def _september_money_first(desk: Desk) -> None:  # noqa: F811
    """Paid before delivery: the slip, what came, and the rest from what was left over."""
    finance = await desk.someone("finance")
    dealer = await desk.someone("dealer_admin", customer="K4")
    terms = {"customer": "K4", "payment": "before_delivery"}
    assert (await finance.put("/api/v1/order-terms", json={"items": [terms]})).status_code == 200
    placed = await desk.place("K4", ("GIFT", "100", "瓶"))
    assert (await desk.page(placed["id"]))["holds"] == ["unpaid"]
    mine = f"/portal/v1/orders/{placed['id']}"
    paper = (await dealer.post(f"{mine}/files", content=b"%PDF-1.4 ICBC")).json()["sha256"]
    day = (desk.database.clock().date() - timedelta(days=1)).isoformat()
    slip = {"amount": "130.00", "paid_on": day, "payer": "经销商K4", "sha256": paper, "name": "回单.pdf"}
    sent = (await dealer.post(f"{mine}/slips", json=slip)).json()
    assert (await finance.post(f"/api/v1/slips/{sent['id']}/confirm", json={})).json()["state"] == "confirmed"
    assert (await desk.page(placed["id"]))["holds"] == []
    await desk.done(f"orders/{placed['id']}/hold", {"reason": "manual", "note": "核对收货地址"})
    assert (await desk.page(placed["id"]))["holds"] == ["manual"]
    await desk.done(f"orders/{placed['id']}/cancel", {"reason": "地址不对"})
    await desk.sound()


async def _november_the_brewery_closes(desk: Desk, beer: str) -> None:  # noqa: F811
    """A new order with gifts; what is left of the beer is not to come, nor are the gifts that came with it."""
    placed = (await desk.place("K2", ("BEER", "100", "瓶"), ("GIFT", "10", "瓶")))["id"]
    assert await _lines(desk, placed) == [("goods", "BEER", "100"), ("goods", "GIFT", "10"), ("gift", "COLA", "10")]
    closed = await desk.done(f"orders/{placed}/short-close", {"lines": [1], "reason": "酒厂停产"})
    assert [(line["line_no"], line["closed"]) for line in closed["lines"]] == [(1, "100.000000"), (3, "10.000000")]
    assert closed["state"] == "confirmed"
    await desk.sound()
    for order in (placed, beer):
        assert (await desk.done(f"orders/{order}/short-close", {}))["state"] == "closed"
    assert await desk.open_credit("K2") == "0.00"
    await desk.sound()


async def _december_what_was_granted_stays(desk: Desk) -> None:  # noqa: F811
    """The promotion is over; an order that has it keeps it through an amendment, a new one has none."""
    placed = (await desk.place("K2", ("BEER", "50", "瓶")))["id"]
    assert (await turn(desk.client, "promotions/GIVE", "withdraw")).status_code == 200
    await _amend(desk, placed, {"line_no": 1, "quantity": "100"})
    assert await _lines(desk, placed) == [("goods", "BEER", "100"), ("gift", "COLA", "10")]
    other = (await desk.place("K2", ("BEER", "100", "瓶")))["id"]
    assert await _lines(desk, other) == [("goods", "BEER", "100")]
    await desk.sound()
    for order in (placed, other):
        await desk.done(f"orders/{order}/cancel", {})
    await desk.sound()


async def _publish(desk: Desk, promotion: Body) -> None:  # noqa: F811
    item = {"valid_from": SINCE.isoformat(), **promotion}
    saved = await desk.client.put("/api/v1/promotions", json={"items": [item]})
    assert saved.status_code == 200, saved.text
    published = await turn(desk.client, f"promotions/{promotion['code']}")
    assert published.status_code == 200, published.text


async def _approve(desk: Desk, who: Any, order: str) -> None:  # noqa: F811
    found = (await who.get("/api/v1/approvals", params={"subject_id": order, "state": "open"})).json()["items"]
    decided = await who.post(f"/api/v1/approvals/{found[0]['id']}/decide", json={"verdict": "approve"})
    assert decided.status_code == 200, decided.text
    await drain(desk.database, desk.world.tenant.id, BY_KIND)


async def _amend(desk: Desk, order: str, line: Body) -> None:  # noqa: F811
    body = {"revision": (await desk.page(order))["revision"], "lines": [line]}
    done = await desk.done(f"orders/{order}/amendments", body, status=201)
    assert done["state"] == "applied"


async def _lines(desk: Desk, order: str) -> list[tuple[str, str, str]]:  # noqa: F811
    """Kind, SKU and how many, line by line."""
    return [
        (line["kind"], line["sku"], line["quantity"].partition(".")[0]) for line in (await desk.page(order))["lines"]
    ]
