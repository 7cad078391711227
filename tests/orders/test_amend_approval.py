"""Amendments that somebody must approve: the order stays, what grows is reserved, and only what changes is asked."""

from typing import Any

import httpx
import pytest
from tests.orders.desk import Desk

from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.outbox_run import drain

pytestmark = pytest.mark.slow


async def policy(desk: Desk, condition: str, *, kind: str = "amendment", waives: list[str] | None = None) -> None:
    item = {
        "code": f"P-{kind}",
        "subject_kind": kind,
        "name": "审批",
        "condition": condition,
        "steps": [{"name": "财务", "mode": "any", "approvers": [{"by": "role", "code": "finance"}]}],
        "waives": waives or [],
    }
    answer = await desk.client.put("/api/v1/approval-policies", json={"items": [item]})
    assert answer.status_code == 200, answer.text


async def decide(desk: Desk, finance: httpx.AsyncClient, verdict: str) -> dict[str, Any]:
    """Decide on the one request that is open; the facts that were seen."""
    (request,) = (await finance.get("/api/v1/approvals")).json()["items"]
    said = {"verdict": verdict, "comment": "看过"}
    answer = await finance.post(f"/api/v1/approvals/{request['id']}/decide", json=said)
    assert answer.status_code == 200, answer.text
    await drain(desk.database, desk.world.tenant.id, BY_KIND)
    facts: dict[str, Any] = request["facts"]
    return facts


async def test_what_grows_is_reserved_until_it_is_approved_and_then_carried_out(desk: Desk) -> None:
    await policy(desk, "amount_up > 100")
    finance = await desk.someone("finance")
    placed = await desk.place("K1", ("COLA", "2", "箱"))
    path = f"orders/{placed['id']}/amendments"
    small = await desk.done(path, {"revision": 1, "lines": [{"line_no": 1, "quantity": "3"}]}, status=201)
    assert small["state"] == "applied"
    wanted = {"revision": 2, "lines": [{"line_no": 1, "quantity": "6"}]}
    assert (await desk.done(f"{path}/preview", wanted))["then"] == "asked"
    asked = await desk.done(path, wanted, status=201)
    assert (asked["state"], asked["waits_for"]) == ("pending", "approval")
    page = await desk.page(placed["id"])
    assert (page["state"], page["amounts"]["gross"], page["revision"]) == ("confirmed", "180.00", 2)
    assert (await desk.reserved("COLA"), await desk.open_credit("K1")) == ("144", "360.00")
    await desk.sound()
    facts = await decide(desk, finance, "approve")
    assert (facts["amount_up"], facts["gross"], facts["lines_changed"]) == ("180.00", "360.00", 1)
    page = await desk.page(placed["id"])
    assert (page["amounts"]["gross"], page["lines"][0]["quantity"], page["revision"]) == ("360.00", "6.000000", 3)
    applied = (await desk.client.get(f"/api/v1/{path}/{asked['id']}")).json()
    assert (applied["state"], applied["revision_to"]) == ("applied", 3)
    assert (await desk.reserved("COLA"), await desk.open_credit("K1")) == ("144", "360.00")
    await desk.sound()


async def test_what_is_rejected_or_taken_back_frees_what_it_held(desk: Desk) -> None:
    await policy(desk, "amount_up > 0")
    finance = await desk.someone("finance")
    placed = await desk.place("K1", ("COLA", "2", "箱"))
    path = f"orders/{placed['id']}/amendments"
    wanted = {"revision": 1, "lines": [{"line_no": 1, "quantity": "6"}]}
    first = await desk.done(path, wanted, status=201)
    await decide(desk, finance, "reject")
    assert (await desk.client.get(f"/api/v1/{path}/{first['id']}")).json()["state"] == "rejected"
    second = await desk.done(path, wanted, status=201)
    assert (await desk.done(f"{path}/{second['id']}/withdraw", {}))["state"] == "withdrawn"
    assert (await finance.get("/api/v1/approvals")).json()["items"] == []
    await desk.done(path, wanted, status=201)
    await desk.done(f"orders/{placed['id']}/cancel", {})
    assert (await finance.get("/api/v1/approvals")).json()["items"] == []
    assert (await desk.reserved("COLA"), await desk.open_credit("K1")) == ("0", "0.00")
    await desk.sound()


async def test_over_credit_is_asked_about_where_a_policy_waives_it(desk: Desk) -> None:
    finance = await desk.someone("finance")
    placed = await desk.place("K1", ("BEER", "1", "瓶"))
    path = f"orders/{placed['id']}/amendments"
    wanted = {"revision": 1, "lines": [{"line_no": 1, "quantity": "3000"}]}
    assert await desk.refused(path, wanted) == [("over-credit", "customer")]
    await policy(desk, "credit_overrun > 0", waives=["credit"])
    asked = await desk.done(path, wanted, status=201)
    assert asked["waits_for"] == "approval"
    facts = await decide(desk, finance, "approve")
    assert facts["credit_overrun"] == "5000.00"
    assert (await desk.page(placed["id"]))["amounts"]["gross"] == "15000.00"
    await desk.sound()


async def test_only_lines_that_change_are_held_against_the_floor_price(desk: Desk) -> None:
    await policy(desk, "below_floor > 0")
    placed = await desk.place("K1", ("COLA", "2", "箱"), ("GIFT", "1", "瓶"))
    floors = [{"sku": "COLA", "valid_from": "2020-01-01", "floor": "9"}]
    answer = await desk.client.put("/api/v1/skus/floors", json={"items": floors})
    assert answer.status_code == 200, answer.text
    path = f"orders/{placed['id']}/amendments"
    other = {"revision": 1, "lines": [{"line_no": 2, "quantity": "2"}]}
    assert (await desk.done(path, other, status=201))["state"] == "applied"
    low = {"revision": 2, "lines": [{"line_no": 1, "quantity": "3"}]}
    assert (await desk.done(path, low, status=201))["waits_for"] == "approval"


async def test_what_was_approved_but_no_longer_fits_is_rejected_with_the_reason(desk: Desk) -> None:
    await policy(desk, "amount_down > 0")
    finance = await desk.someone("finance")
    placed = await desk.place("K1", ("COLA", "2", "箱"))
    path = f"orders/{placed['id']}/amendments"
    asked = await desk.done(path, {"revision": 1, "lines": [{"line_no": 1, "quantity": "1"}]}, status=201)
    await desk.write("update order_line set released = 40 where tenant_id = $1")
    await decide(desk, finance, "approve")
    ended = (await desk.client.get(f"/api/v1/{path}/{asked['id']}")).json()
    assert (ended["state"], "已下达或发货 40" in ended["decision_reason"]) == ("rejected", True)
    assert (await desk.page(placed["id"]))["lines"][0]["quantity"] == "2.000000"


async def test_a_dealers_wish_is_agreed_to_by_the_seller_and_then_approved(desk: Desk) -> None:
    await policy(desk, "by_dealer && amount_up > 0")
    finance = await desk.someone("finance")
    dealer = await desk.someone("dealer_buyer", customer="K1")
    placed = await desk.place("K1", ("COLA", "2", "箱"))
    wanted = {"revision": 1, "lines": [{"line_no": 1, "quantity": "4"}]}
    asked = (await dealer.post(f"/portal/v1/orders/{placed['id']}/amendments", json=wanted)).json()
    path = f"orders/{placed['id']}/amendments/{asked['id']}"
    agreed = await desk.done(f"{path}/accept", {})
    assert (agreed["state"], agreed["waits_for"]) == ("pending", "approval")
    await decide(desk, finance, "approve")
    assert (await desk.client.get(f"/api/v1/{path}")).json()["state"] == "applied"
    await desk.sound()


async def test_an_order_that_waits_itself_is_asked_about_anew(desk: Desk) -> None:
    await policy(desk, "gross > 100", kind="order")
    finance = await desk.someone("finance")
    placed = await desk.place("K1", ("COLA", "2", "箱"))
    assert placed["state"] == "pending_approval"
    path = f"orders/{placed['id']}/amendments"
    await desk.done(path, {"revision": 1, "lines": [{"line_no": 1, "quantity": "3"}]}, status=201)
    (request,) = (await finance.get("/api/v1/approvals")).json()["items"]
    assert request["facts"]["gross"] == "180.00"
    revision = (await desk.page(placed["id"]))["revision"]
    await desk.done(path, {"revision": revision, "lines": [{"line_no": 1, "quantity": "1"}]}, status=201)
    assert (await finance.get("/api/v1/approvals")).json()["items"] == []
    assert (await desk.page(placed["id"]))["state"] == "confirmed"
    await desk.sound()
