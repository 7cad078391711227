"""A dealer's own people approve what their colleagues order, before the seller has anything of it."""

import asyncio
from typing import Any

import httpx
import pytest
from tests.portal.conftest import AsDealer
from tests.portal.consenting import INBOX, RULE, rule
from tests.portal.shop import Shop, change, fill
from tests.support import Tenant, contents

from dinghuo.entry.invariants import broken_invariants
from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.database import Database
from dinghuo.kit.outbox_run import drain

pytestmark = pytest.mark.slow

CONSENTS = "/portal/v1/consents"


async def asked(buyer: httpx.AsyncClient, quantity: str = "20", **more: Any) -> Any:
    """WATER in the cart (9.90 each), and a colleague asked for it."""
    cart = await fill(buyer, change("WATER", quantity, "瓶"))
    assert "ask" in cart["actions"] and "submit" not in cart["actions"]
    done = await buyer.post(f"/portal/v1/drafts/{cart['id']}/ask", json={"revision": cart["revision"], **more})
    assert done.status_code == 200, done.text
    return done.json()


async def test_above_an_amount_a_colleague_is_asked_and_agrees_once(
    owner: httpx.AsyncClient,
    admin: httpx.AsyncClient,
    approver: httpx.AsyncClient,
    buyer: httpx.AsyncClient,
    database: Database,
    tenant: Tenant,
) -> None:
    await rule(admin, above="100.00")
    small = await fill(buyer, change("WATER", "10", "瓶"))
    assert "submit" in small["actions"]
    assert (await buyer.post(f"/portal/v1/drafts/{small['id']}/submit", json={})).status_code == 201

    cart = await fill(buyer, change("WATER", "20", "瓶"))
    assert cart["actions"] == ["ask", "park", "clear"]
    refused = await buyer.post(f"/portal/v1/drafts/{cart['id']}/submit", json={})
    assert (refused.status_code, refused.json()["faults"][0]["code"]) == (409, "consent-needed")
    body = {"revision": cart["revision"], "expected_gross": "198.00", "message": "国庆备货"}
    taps = await asyncio.gather(*(buyer.post(f"/portal/v1/drafts/{cart['id']}/ask", json=body) for _ in range(3)))
    assert {tap.status_code for tap in taps} == {200}
    waiting = taps[0].json()
    assert (waiting["state"], waiting["gross"], waiting["message"], waiting["actions"]) == (
        "waiting", "198.00", "国庆备货", ["take_back"],
    )  # fmt: skip

    # The buyer's cart is free again; what waits changes no more, and the seller knows nothing of it.
    assert (await buyer.get("/portal/v1/cart")).json()["id"] is None
    for path in ("submit", "resume"):
        blocked = await buyer.post(f"/portal/v1/drafts/{cart['id']}/{path}", json={} if path == "submit" else None)
        assert (blocked.status_code, blocked.json()["faults"][0]["code"]) == (409, "draft-waits")
    assert (await buyer.delete(f"/portal/v1/drafts/{cart['id']}")).status_code == 409
    assert (await buyer.get("/portal/v1/drafts")).json()["items"] == []
    assert (await owner.get("/api/v1/drafts")).json()["items"] == []
    assert (await owner.get(f"/api/v1/drafts/{cart['id']}")).status_code == 404
    assert (await buyer.post(f"{CONSENTS}/{cart['id']}/approve", json={})).status_code == 403

    await drain(database, tenant.id, BY_KIND)
    assert (await approver.get("/portal/v1/home")).json()["counts"]["consents"] == 1
    (message,) = (await approver.get(INBOX)).json()["items"]
    assert (message["kind"], message["body"], message["link"]) == (
        "consent.asked", "1 行商品\n国庆备货", f"consent:{cart['id']}",
    )  # fmt: skip
    assert (await buyer.get(f"{INBOX}/count")).json() == {"unread": 0}
    (listed,) = (await approver.get(CONSENTS, params={"state": "waiting"})).json()["items"]
    assert listed["actions"] == ["approve", "reject", "change"]
    page = (await approver.get(f"{CONSENTS}/{cart['id']}")).json()
    assert [(line["sku"], line["quantity"]) for line in page["lines"]] == [("WATER", "20")]

    seen = {"revision": page["revision"], "expected_gross": page["totals"]["gross"], "answer": "同意"}
    placed = await asyncio.gather(
        *(client.post(f"{CONSENTS}/{cart['id']}/approve", json=seen) for client in (approver, admin, approver))
    )
    assert {tap.status_code for tap in placed} == {201}
    assert len({tap.json()["number"] for tap in placed}) == 1
    order = (await buyer.get(f"/portal/v1/orders/{placed[0].json()['id']}")).json()
    assert order["amounts"]["gross"] == "198.00"
    consent = order["consent"]
    assert (consent["state"], consent["message"], consent["answer"]) == ("given", "国庆备货", "同意")
    assert len((await owner.get("/api/v1/orders")).json()["items"]) == 2
    await drain(database, tenant.id, BY_KIND)
    (news,) = (await buyer.get(INBOX)).json()["items"]
    assert (news["kind"], news["body"], news["link"]) == ("consent.given", "同意", f"order:{order['id']}")
    async with database.transaction(tenant.id) as tx:
        assert await broken_invariants(tx, tenant.id) == []


async def test_what_is_rejected_comes_back_with_the_reason_and_nothing_lost(
    admin: httpx.AsyncClient,
    approver: httpx.AsyncClient,
    buyer: httpx.AsyncClient,
    database: Database,
    tenant: Tenant,
) -> None:
    await rule(admin)
    waiting = await asked(buyer)
    path = f"{CONSENTS}/{waiting['id']}"
    mute = await approver.post(f"{path}/reject", json={"reason": "  "})
    assert (mute.status_code, mute.json()["faults"][0]["code"]) == (422, "consent-reason")
    done = await approver.post(f"{path}/reject", json={"reason": "太多，减半"})
    assert (done.status_code, done.json()["state"], done.json()["actions"]) == (200, "refused", [])
    late = await approver.post(f"{path}/approve", json={})
    assert (late.status_code, late.json()["faults"][0]["code"]) == (409, "consent-not-waiting")
    await drain(database, tenant.id, BY_KIND)
    (news,) = (await buyer.get(INBOX)).json()["items"]
    assert (news["kind"], news["body"], news["link"]) == ("consent.refused", "太多，减半", "drafts")
    (draft,) = (await buyer.get("/portal/v1/drafts")).json()["items"]
    assert (draft["id"], draft["refused"]) == (waiting["id"], "太多，减半")
    cart = (await buyer.post(f"/portal/v1/drafts/{waiting['id']}/resume")).json()
    assert [(line["sku"], line["quantity"]) for line in cart["lines"]] == [("WATER", "20")]
    again = await asked(buyer, "10")
    assert (again["id"], again["state"], again["gross"], again["answer"]) == (waiting["id"], "waiting", "99.00", None)
    approved = await approver.post(f"{path}/approve", json={"revision": again["revision"]})
    assert approved.status_code == 201


async def test_it_is_taken_back_by_who_asked_and_by_nobody_else(
    admin: httpx.AsyncClient, as_dealer: AsDealer, buyer: httpx.AsyncClient
) -> None:
    await rule(admin)
    waiting = await asked(buyer)
    other = await as_dealer("dealer_buyer", "D1")
    refused = await other.post(f"{CONSENTS}/{waiting['id']}/take-back")
    assert (refused.status_code, refused.json()["faults"][0]["code"]) == (403, "consent-not-yours")
    stranger = await as_dealer("dealer_admin", "D2")
    for verb, body in (("take-back", None), ("approve", {}), ("reject", {"reason": "x"})):
        assert (await stranger.post(f"{CONSENTS}/{waiting['id']}/{verb}", json=body)).status_code == 404
    assert (await stranger.get(CONSENTS)).json()["items"] == []
    assert (await buyer.post(f"{CONSENTS}/{waiting['id']}/take-back")).json()["state"] == "taken_back"
    (draft,) = (await buyer.get("/portal/v1/drafts")).json()["items"]
    assert (draft["id"], draft["refused"]) == (waiting["id"], None)
    assert (await buyer.delete(f"/portal/v1/drafts/{waiting['id']}")).status_code == 204
    assert (await buyer.get(CONSENTS)).json()["items"] == []


async def test_approving_and_rejecting_at_once_is_one_of_both(
    admin: httpx.AsyncClient, approver: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await rule(admin)
    waiting = await asked(buyer)
    path = f"{CONSENTS}/{waiting['id']}"
    approved, rejected = await asyncio.gather(
        approver.post(f"{path}/approve", json={"revision": waiting["revision"]}),
        admin.post(f"{path}/reject", json={"reason": "缓一缓"}),
    )
    orders = (await buyer.get("/portal/v1/orders")).json()["items"]
    state = (await buyer.get(path)).json()["consent"]["state"]
    if approved.status_code == 201:
        assert (rejected.status_code, state, len(orders)) == (409, "given", 1)
    else:
        assert (approved.status_code, rejected.status_code, state, orders) == (409, 200, "refused", [])


async def test_only_named_buyers_and_nobody_who_may_approve_is_asked(
    admin: httpx.AsyncClient, as_dealer: AsDealer, buyer: httpx.AsyncClient, database: Database, tenant: Tenant
) -> None:
    new = await as_dealer("dealer_buyer", "D1", "xiaowu")
    people = {one["login"]: one["id"] for one in (await admin.get("/portal/v1/members")).json()["items"]}
    await rule(admin, buyers=[people["xiaowu"]])
    assert "submit" in (await fill(buyer, change("WATER", "20", "瓶")))["actions"]
    assert "submit" in (await fill(admin, change("WATER", "20", "瓶")))["actions"]
    waiting = await asked(new)
    # The rule is gone; what waits still does, and can be approved.
    await rule(admin, active=False)
    assert (await admin.post(f"{CONSENTS}/{waiting['id']}/approve", json={})).status_code == 201
    before = await contents(database, tenant)
    revision = (await admin.get(RULE)).headers["etag"]
    for body, codes in (
        ({"active": True, "above": "-1", "buyers": [waiting["id"]]}, ["consent-amount", "not-of-this-company"]),
        ({"active": True, "above": "0.001"}, ["consent-amount"]),
    ):
        wrong = await admin.put(RULE, json=body, headers={"If-Match": revision})
        assert (wrong.status_code, [one["code"] for one in wrong.json()["faults"]]) == (422, codes)
    stale = await admin.put(RULE, json={"active": True}, headers={"If-Match": '"1"'})
    assert stale.status_code == 412
    assert (await buyer.get(RULE)).status_code == 403
    assert await contents(database, tenant) == before


async def test_nobody_is_surprised_by_a_higher_total(
    owner: httpx.AsyncClient, admin: httpx.AsyncClient, approver: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    cart = await fill(buyer, change("WATER", "10", "瓶"))
    assert cart["totals"]["gross"] == "99.00"
    submit = f"/portal/v1/drafts/{cart['id']}/submit"
    dearer = await buyer.post(submit, json={"expected_gross": "98.99"})
    assert (dearer.status_code, dearer.json()["faults"][0]["code"]) == (409, "total-higher")
    assert dearer.json()["faults"][0]["message"] == "应付总额由 98.99 变为 99.00 CNY，请核对后重新提交"
    bad = await buyer.post(submit, json={"expected_gross": "-1"})
    assert (bad.status_code, bad.json()["faults"][0]["code"]) == (422, "bad-total")
    assert (await buyer.get("/portal/v1/orders")).json()["items"] == []
    await rule(admin)
    ask = f"/portal/v1/drafts/{cart['id']}/ask"
    dearer = await buyer.post(ask, json={"expected_gross": "98.99"})
    assert (dearer.status_code, dearer.json()["faults"][0]["code"]) == (409, "total-higher")
    assert (await buyer.post(ask, json={"expected_gross": "99.00"})).status_code == 200
    dearer = await approver.post(f"{CONSENTS}/{cart['id']}/approve", json={"expected_gross": "98.99"})
    assert (dearer.status_code, dearer.json()["faults"][0]["code"]) == (409, "total-higher")
    assert (
        await approver.post(f"{CONSENTS}/{cart['id']}/approve", json={"expected_gross": "99.00"})
    ).status_code == 201


async def test_a_proposal_waits_for_a_colleague_too(
    owner: httpx.AsyncClient, shop: Shop, admin: httpx.AsyncClient, buyer: httpx.AsyncClient
) -> None:
    await rule(admin)
    body = {"customer": "D1", "lines": [{"sku": "WATER", "quantity": "10", "price": "8.80"}]}
    draft = (await owner.post("/api/v1/drafts", json=body)).json()
    assert (await owner.post(f"/api/v1/drafts/{draft['id']}/propose", json={})).status_code == 200
    proposal = (await buyer.get(f"/portal/v1/proposals/{draft['id']}")).json()
    assert proposal["actions"] == ["ask", "decline"]
    done = await buyer.post(f"/portal/v1/drafts/{draft['id']}/ask", json={"revision": proposal["revision"]})
    assert (done.status_code, done.json()["gross"]) == (200, "88.00")
    blocked = await buyer.post(f"/portal/v1/proposals/{draft['id']}/confirm", json={})
    assert (blocked.status_code, blocked.json()["faults"][0]["code"]) == (409, "draft-waits")
    placed = await admin.post(f"{CONSENTS}/{draft['id']}/approve", json={"expected_gross": "88.00"})
    assert (placed.status_code, placed.json()["gross"]) == (201, "88.00")
    assert (await owner.get(f"/api/v1/drafts/{draft['id']}")).json()["proposal"]["state"] == "confirmed"


async def test_who_approves_may_change_quantities_and_it_is_kept_who_did(
    owner: httpx.AsyncClient,
    admin: httpx.AsyncClient,
    approver: httpx.AsyncClient,
    buyer: httpx.AsyncClient,
    database: Database,
    tenant: Tenant,
) -> None:
    await rule(admin)
    await fill(buyer, change("MATCHA", "2"))
    waiting = await asked(buyer)
    path = f"{CONSENTS}/{waiting['id']}"
    before = await contents(database, tenant)
    line = {"line_no": 2, "quantity": "12"}
    body = {"revision": waiting["revision"], "lines": [line]}
    assert (await buyer.put(f"{path}/lines", json=body)).status_code == 403
    for wrong, codes in (
        (
            {"lines": [{"line_no": 3, "quantity": "1"}, {"line_no": 1, "quantity": "-1"}]},
            ["consent-unknown-line", "consent-quantity"],
        ),
        ({"lines": [{"line_no": 1, "quantity": "0"}, {"line_no": 2, "quantity": "0"}]}, ["consent-nothing-left"]),
        ({"revision": 1}, ["draft-changed-since"]),
    ):
        refused = await approver.put(f"{path}/lines", json=body | wrong)
        assert [fault["code"] for fault in refused.json()["faults"]] == codes
    # What is there already is no change.
    same = await approver.put(f"{path}/lines", json=body | {"lines": [{"line_no": 2, "quantity": "20"}]})
    assert same.json()["consent"]["changes"] == []
    assert await contents(database, tenant) == before
    seen = (
        await approver.put(f"{path}/lines", json=body | {"lines": [line, {"line_no": 1, "quantity": "0"}]})
    ).json()
    assert [(each["sku"], each["quantity"]) for each in seen["lines"]] == [("WATER", "12")]
    told = [(each["sku"], each["old"], each["new"]) for each in seen["consent"]["changes"]]
    assert told == [("MATCHA", "2", None), ("WATER", "20", "12")]
    assert {each["by"] for each in seen["consent"]["changes"]} != {""}
    # Whoever asked sees it; what was seen before is not approved unseen.
    theirs = (await buyer.get(path)).json()["consent"]
    assert (theirs["state"], theirs["changes"], theirs["actions"]) == (
        "waiting",
        seen["consent"]["changes"],
        ["take_back"],
    )
    late = await approver.post(f"{path}/approve", json={"revision": waiting["revision"]})
    assert late.json()["faults"][0]["code"] == "draft-changed-since"
    placed = (await approver.post(f"{path}/approve", json={"revision": seen["revision"]})).json()
    page = (await owner.get(f"/api/v1/orders/{placed['id']}")).json()
    assert [(each["sku"], each["quantity"]) for each in page["lines"]] == [("WATER", "12.000000")]
    assert (await approver.put(f"{path}/lines", json=body)).json()["faults"][0]["code"] == "consent-not-waiting"
