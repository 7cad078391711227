"""What is due beforehand holds an order until the money is there; none of it is lost, none counted twice."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from tests.orders.desk import Desk
from tests.support import contents

from dinghuo.orders.expire_unpaid import expire

pytestmark = pytest.mark.slow

PDF = b"%PDF-1.4\nslip\n%%EOF\n"


async def agree(desk: Desk, customer: str, **terms: Any) -> None:
    answer = await desk.client.put("/api/v1/order-terms", json={"items": [{"customer": customer, **terms}]})
    assert answer.status_code == 200, answer.text


async def payment(desk: Desk, order_id: str) -> dict[str, Any]:
    found: dict[str, Any] = (await desk.client.get(f"/api/v1/orders/{order_id}/payment")).json()
    return found


async def slip(desk: Desk, order_id: str, amount: str, **more: Any) -> dict[str, Any]:
    stored = await desk.client.post(f"/api/v1/orders/{order_id}/files", content=PDF)
    assert stored.status_code == 201, stored.text
    today = desk.database.clock().date() - timedelta(days=1)
    body = {
        "amount": amount,
        "paid_on": today.isoformat(),
        "payer": "杭州某某贸易有限公司",
        "sha256": stored.json()["sha256"],
        "name": "回单.pdf",
    }
    sent: dict[str, Any] = await desk.done(f"orders/{order_id}/slips", body | more, status=201)
    return sent


async def test_an_order_waits_for_its_money_and_goes_when_finance_has_it(desk: Desk) -> None:
    await agree(desk, "K2", payment="before_delivery", expire_days=3)
    placed = await desk.place("K2", ("COLA", "2", "箱"))
    assert (await desk.page(placed["id"]))["holds"] == ["unpaid"]
    due = await payment(desk, placed["id"])
    told = {name: due[name] for name in ("policy", "percent", "due", "paid", "left", "advance", "settled_at")}
    assert told == {
        "policy": "before_delivery",
        "percent": "100.00",
        "due": "144.00",
        "paid": "0.00",
        "left": "144.00",
        "advance": "0.00",
        "settled_at": None,
    }
    await desk.sound()
    first = await slip(desk, placed["id"], "100.00")
    assert (first["state"], first["file"]["name"], first["side"]) == ("submitted", "回单.pdf", "staff")
    waiting = (await desk.client.get("/api/v1/slips", params={"state": "submitted"})).json()["items"]
    assert [each["id"] for each in waiting] == [first["id"]]
    confirmed = await desk.done(f"slips/{first['id']}/confirm", {})
    assert (confirmed["state"], confirmed["confirmed_amount"]) == ("confirmed", "100.00")
    assert (await desk.page(placed["id"]))["holds"] == ["unpaid"]
    second = await slip(desk, placed["id"], "60.00")
    await desk.done(f"slips/{second['id']}/confirm", {"amount": "50.00"})
    assert (await desk.page(placed["id"]))["holds"] == []
    due = await payment(desk, placed["id"])
    assert (due["paid"], due["left"], due["advance"], due["settled_at"] is None) == ("144.00", "0.00", "6.00", False)
    assert await desk.refused(f"slips/{second['id']}/confirm", {}) == [("wrong-state", "state")]
    # 150.00 came: it stands against the 144.00 that are open.
    rows = await desk.rows(
        "select a.open, a.unapplied from account a where a.tenant_id = $1 and a.customer_id = $2",
        desk.world.customers["K2"],
    )
    assert [(f"{opened:f}", f"{unapplied:f}") for opened, unapplied in rows] == [("144.00", "-150.00")]
    await desk.sound()


async def test_a_slip_is_told_every_fault_and_may_be_refused_or_taken_back(desk: Desk) -> None:
    await agree(desk, "K2", payment="deposit", deposit_percent="33.33")
    placed = await desk.place("K2", ("COLA", "1", "瓶"))
    assert (await payment(desk, placed["id"]))["due"] == "1.00"
    before = await contents(desk.database, desk.world.tenant)
    body = {"amount": "0.001", "paid_on": "2999-01-01", "payer": " ", "sha256": "0" * 64, "name": "x"}
    assert await desk.refused(f"orders/{placed['id']}/slips", body) == [
        ("slip-amount", "amount"),
        ("slip-date", "paid_on"),
        ("empty-text", "payer"),
        ("unknown-slip-file", "sha256"),
    ]
    assert await contents(desk.database, desk.world.tenant) == before
    sent = await slip(desk, placed["id"], "1.00")
    assert await desk.refused(f"slips/{sent['id']}/refuse", {"reason": " "}) == [("empty-text", "reason")]
    refused = await desk.done(f"slips/{sent['id']}/refuse", {"reason": "未到账"})
    assert (refused["state"], refused["reason"]) == ("refused", "未到账")
    assert (await desk.page(placed["id"]))["holds"] == ["unpaid"]
    await desk.done(f"orders/{placed['id']}/release", {"reasons": ["unpaid"], "note": "老板同意"})
    due = await payment(desk, placed["id"])
    assert (due["waived"], due["left"]) == (True, "0.00")
    await desk.sound()


async def test_money_that_is_left_pays_other_orders_and_only_once(desk: Desk) -> None:
    await agree(desk, "K2", payment="before_delivery")
    first, second, third = [await desk.place("K2", ("COLA", "1", "箱")) for _ in range(3)]
    sent = await slip(desk, first["id"], "200.00")
    await desk.done(f"slips/{sent['id']}/confirm", {})
    assert (await payment(desk, second["id"]))["advance"] == "128.00"
    assert await desk.refused(f"orders/{second['id']}/pay-by-balance", {"amount": "72.01"}) == [
        ("pay-amount", "amount")
    ]
    paying = [desk.client.post(f"/api/v1/orders/{each['id']}/pay-by-balance", json={}) for each in (second, third)]
    answers = await asyncio.gather(*paying)
    assert [answer.status_code for answer in answers] == [200, 200]
    assert sorted((answer.json()["paid"], answer.json()["left"] in ("0", "0.00")) for answer in answers) == [
        ("56.00", False),
        ("72.00", True),
    ]
    await desk.sound()
    # A cancelled order's money is free again, and pays the other one.
    await desk.done(f"orders/{first['id']}/cancel", {})
    rest = next(
        each for each, answer in zip((second, third), answers, strict=True) if answer.json()["paid"] == "56.00"
    )
    paid = await desk.done(f"orders/{rest['id']}/pay-by-balance", {"amount": "16"})
    assert (paid["paid"], paid["advance"]) == ("72.00", "56.00")
    assert (await desk.page(rest["id"]))["holds"] == []
    assert await desk.refused(f"orders/{rest['id']}/pay-by-balance", {}) == [("nothing-due", "amount")]
    await desk.sound()


async def test_what_is_due_follows_the_order(desk: Desk) -> None:
    await agree(desk, "K2", payment="deposit", deposit_percent="50")
    placed = await desk.place("K2", ("COLA", "2", "箱"))
    sent = await slip(desk, placed["id"], "72.00")
    await desk.done(f"slips/{sent['id']}/confirm", {})
    path = f"orders/{placed['id']}"
    assert (await desk.page(placed["id"]))["holds"] == []
    revision = (await desk.page(placed["id"]))["revision"]
    more = {"revision": revision, "lines": [{"line_no": 1, "quantity": "4"}]}
    await desk.done(f"{path}/amendments", more, status=201)
    assert ((await desk.page(placed["id"]))["holds"], (await payment(desk, placed["id"]))["left"]) == (
        ["unpaid"],
        "72.00",
    )
    await desk.sound()
    revision = (await desk.page(placed["id"]))["revision"]
    less = {"revision": revision, "lines": [{"line_no": 1, "quantity": "1"}]}
    await desk.done(f"{path}/amendments", less, status=201)
    due = await payment(desk, placed["id"])
    assert ((await desk.page(placed["id"]))["holds"], due["due"], due["paid"], due["advance"]) == (
        [],
        "36.00",
        "72.00",
        "0.00",
    )
    await desk.done(f"{path}/short-close", {})
    assert (await payment(desk, placed["id"]))["advance"] == "72.00"
    await desk.sound()


async def test_what_is_not_paid_in_time_is_called_off_but_not_while_a_slip_waits(desk: Desk) -> None:
    await agree(desk, "K2", payment="before_delivery", expire_days=2)
    late, sent, paid = [await desk.place("K2", ("COLA", "1", "瓶")) for _ in range(3)]
    await slip(desk, sent["id"], "3.00")
    settled = await slip(desk, paid["id"], "3.00")
    await desk.done(f"slips/{settled['id']}/confirm", {})
    await desk.database.run(desk.world.tenant.id, expire)
    assert (await desk.page(late["id"]))["state"] == "confirmed"
    await desk.write("update order_payment set expires_at = now() - interval '1 minute' where tenant_id = $1")
    await desk.database.run(desk.world.tenant.id, expire)
    await desk.database.run(desk.world.tenant.id, expire)
    assert [(await desk.page(each["id"]))["state"] for each in (late, sent, paid)] == [
        "cancelled",
        "confirmed",
        "confirmed",
    ]
    last = (await desk.page(late["id"]))["history"][-1]
    assert (last["action"], last["by_kind"], last["changes"]["reason"]) == (
        "cancelled",
        "system",
        [None, "逾期未付款"],
    )
    await desk.sound()


async def test_who_is_prepaid_pays_beforehand_when_the_seller_says_so(desk: Desk) -> None:
    free = await desk.place("K4", ("COLA", "1", "瓶"))
    assert (await desk.page(free["id"]))["holds"] == []
    assert (await desk.keep_settings(prepaid_holds=True, expire_days=5)).status_code == 200
    placed = await desk.place("K4", ("COLA", "1", "瓶"))
    credit = await desk.place("K2", ("COLA", "1", "瓶"))
    assert [(await desk.page(each["id"]))["holds"] for each in (placed, credit)] == [["unpaid"], []]
    assert (await payment(desk, placed["id"]))["expires_at"] is not None
    await desk.sound()


async def test_a_dealer_sends_a_slip_and_sees_what_is_due(desk: Desk) -> None:
    await agree(desk, "K1", payment="before_delivery")
    placed = await desk.place("K1", ("COLA", "1", "瓶"))
    dealer = await desk.someone("dealer_buyer", customer="K1")
    portal = f"/portal/v1/orders/{placed['id']}"
    stored = (await dealer.post(f"{portal}/files", content=PDF)).json()
    today = desk.database.clock().date() - timedelta(days=1)
    body = {
        "amount": "2.50",
        "paid_on": today.isoformat(),
        "payer": "K1",
        "sha256": stored["sha256"],
        "name": "a.pdf",
    }
    sent = await dealer.post(f"{portal}/slips", json=body)
    assert sent.status_code == 201, sent.text
    due = (await dealer.get(f"{portal}/payment")).json()
    assert (due["left"], [each["id"] for each in due["slips"]]) == ("2.50", [sent.json()["id"]])
    assert [(action["name"], action["allowed"]) for action in due["actions"]] == [
        ("slip", True),
        ("pay_by_balance", True),
    ]
    file = await dealer.get(f"{portal}/slips/{sent.json()['id']}/file")
    assert (file.content, file.headers["content-type"]) == (PDF, "application/pdf")
    stranger = await desk.someone("dealer_buyer", customer="K2")
    assert (await stranger.get(f"{portal}/payment")).status_code == 404
    assert (await stranger.get(f"{portal}/slips/{sent.json()['id']}/file")).status_code == 404
    receiver = await desk.someone("dealer_receiver", customer="K1")
    assert (await receiver.get(f"{portal}/payment")).status_code == 403
    gone = await dealer.post(f"{portal}/slips/{sent.json()['id']}/withdraw", json={})
    assert gone.json()["state"] == "withdrawn"


async def test_terms_are_saved_all_or_nothing(desk: Desk) -> None:
    before = await contents(desk.database, desk.world.tenant)
    items = [
        {"customer": "K1", "payment": "deposit"},
        {"customer": "NOBODY"},
        {"customer": "K2", "payment": "before_delivery", "expire_days": 0},
        {"customer": "K2", "deposit_percent": "101"},
    ]
    answer = await desk.client.put("/api/v1/order-terms", json={"items": items})
    assert [(fault["code"], fault["field"], fault["line"]) for fault in answer.json()["faults"]] == [
        ("deposit-percent", "items[0].deposit_percent", 1),
        ("unknown-code", "items[1].customer", 2),
        ("expire-days", "items[2].expire_days", 3),
        ("terms-twice", "items[3].customer", 4),
    ]
    assert await contents(desk.database, desk.world.tenant) == before
    saved = await desk.client.put(
        "/api/v1/order-terms", json={"items": [{"customer": "K1", "substitution": "never"}]}
    )
    assert (saved.json()["created"], saved.json()["updated"]) == (1, 0)
    found = (await desk.client.get(f"/api/v1/customers/{desk.world.customers['K1']}/order-terms")).json()
    assert (found["payment"], found["substitution"], found["partial_delivery"]) == ("none", "never", "allowed")


async def test_a_customers_number_stands_for_one_order_where_they_wish_it(desk: Desk) -> None:
    await agree(desk, "K1", unique_reference=True)
    first = await desk.place("K1", ("COLA", "1", "瓶"), customer_reference="PO-1")
    body = {"customer": "K1", "lines": [{"sku": "COLA", "quantity": "1"}], "customer_reference": "PO-1"}
    before = await contents(desk.database, desk.world.tenant)
    refused = await desk.client.post("/api/v1/orders", json=body)
    assert [(f["code"], f["field"], f["params"]["number"]) for f in refused.json()["faults"]] == [
        ("reference-taken", "customer_reference", first["number"])
    ]
    assert await contents(desk.database, desk.world.tenant) == before
    many = await desk.client.post("/api/v1/orders/bulk", json={"orders": [body | {"customer_reference": "PO-2"}] * 2})
    assert (many.json()["placed"], many.json()["refused"]) == (1, 1)
    rivals = [desk.client.post("/api/v1/orders", json=body | {"customer_reference": "PO-3"}) for _ in range(6)]
    assert sorted(answer.status_code for answer in await asyncio.gather(*rivals)) == [201, *[409] * 5]
    assert (await desk.client.post("/api/v1/orders", json=body | {"customer": "K2"})).status_code == 201
    amending = {"revision": 1, "customer_reference": "PO-2"}
    assert await desk.refused(f"orders/{first['id']}/amendments", amending) == [
        ("reference-taken", "customer_reference")
    ]
    await desk.done(f"orders/{first['id']}/amendments", amending | {"customer_reference": "PO-9"}, status=201)
    assert (await desk.client.post("/api/v1/orders", json=body)).status_code == 201
    await desk.done(f"orders/{first['id']}/cancel", {})
    assert (await desk.client.post("/api/v1/orders", json=body | {"customer_reference": "PO-9"})).status_code == 201
    await desk.sound()


async def test_an_order_keeps_what_its_customer_wishes(desk: Desk) -> None:
    await agree(desk, "K1", partial_delivery="whole_order", substitution="never")
    of_customer = await desk.page((await desk.place("K1", ("COLA", "1", "瓶")))["id"])
    own = await desk.page((await desk.place("K1", ("COLA", "1", "瓶"), partial_delivery="whole_lines"))["id"])
    plain = await desk.page((await desk.place("K2", ("COLA", "1", "瓶"), substitution="ask"))["id"])
    told = [(page["partial_delivery"], page["substitution"]) for page in (of_customer, own, plain)]
    assert told == [("whole_order", "never"), ("whole_lines", "never"), ("allowed", "ask")]


async def test_files_of_an_order_and_who_sees_them(desk: Desk) -> None:
    placed = await desk.place("K1", ("COLA", "1", "瓶"))
    path = f"orders/{placed['id']}"
    dealer = await desk.someone("dealer_buyer", customer="K1")
    portal = f"/portal/v1/orders/{placed['id']}/attachments"
    inner = (await desk.client.post(f"/api/v1/{path}/files", content=PDF)).json()["sha256"]
    shown = (await desk.client.post(f"/api/v1/{path}/files", content=PDF + b"2")).json()["sha256"]
    assert await desk.refused(f"{path}/attachments", {"sha256": "0" * 64, "name": " "}) == [
        ("empty-text", "name"),
        ("unknown-upload", "sha256"),
    ]
    await desk.done(f"{path}/attachments", {"sha256": inner, "name": "内部.pdf"}, status=201)
    files = await desk.done(
        f"{path}/attachments", {"sha256": shown, "name": "合同.pdf", "for_customer": True}, status=201
    )
    assert [(file["name"], file["added_by"], file["for_customer"]) for file in files] == [
        ("内部.pdf", "boss · test", False),
        ("合同.pdf", "boss · test", True),
    ]
    assert [(file["name"], file["added_by"]) for file in (await dealer.get(portal)).json()] == [("合同.pdf", None)]
    assert (await dealer.get(f"{portal}/{inner}")).status_code == 404
    assert (await dealer.get(f"{portal}/{shown}")).content == PDF + b"2"
    assert await desk.refused(f"{portal}/{shown}/remove", {}, client=dealer) == [("attachment-of-others", "sha256")]
    left = await desk.done(f"{path}/attachments/{inner}/remove", {})
    assert [file["name"] for file in left] == ["合同.pdf"]


async def test_two_who_edit_how_orders_are_handled_do_not_undo_each_other(desk: Desk) -> None:
    path = "/api/v1/settings/orders"
    read = await desk.client.get(path)
    assert (read.headers["etag"], read.json()["dealer_amendments"]) == ('"1"', "ask")
    assert (await desk.client.put(path, json={})).json()["type"] == "/problems/if-match-needed"
    assert (await desk.keep_settings(dealer_amendments="off")).status_code == 200
    stale = await desk.client.put(path, json={"dealer_amendments": "apply"}, headers={"if-match": '"1"'})
    assert (stale.status_code, (await desk.client.get(path)).json()["dealer_amendments"]) == (412, "off")


async def test_what_is_left_out_of_the_settings_stays(desk: Desk) -> None:
    said = {"dealer_amendments": "off", "prepaid_holds": True, "rebate_percent": 50, "expire_days": 7}
    assert (await desk.keep_settings(**said)).json() == said
    assert (await desk.keep_settings(prepaid_holds=False)).json() == said | {"prepaid_holds": False}
    assert (await desk.keep_settings(expire_days=None)).json() == said | {"prepaid_holds": False, "expire_days": None}
    assert (await desk.client.get("/api/v1/settings/orders")).json()["rebate_percent"] == 50
