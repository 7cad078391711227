"""An order does not grow without the consent that its company wants."""

from typing import Any

import httpx
import pytest
from tests.portal.consenting import INBOX, rule
from tests.portal.shop import change, order
from tests.support import Tenant, contents

from dinghuo.entry.invariants import broken_invariants
from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.database import Database
from dinghuo.kit.outbox_run import drain

pytestmark = pytest.mark.slow


async def more(client: httpx.AsyncClient, path: str, quantity: str, revision: int = 1) -> Any:
    wanted = {"revision": revision, "reason": "多要些", "lines": [{"line_no": 1, "quantity": quantity}]}
    preview = (await client.post(f"{path}/preview", json=wanted)).json()
    asked = await client.post(path, json=wanted)
    assert asked.status_code == 201, asked.text
    assert preview["waits_for"] == asked.json()["waits_for"]
    return asked.json()


async def test_a_colleague_agrees_before_the_seller_is_asked(
    owner: httpx.AsyncClient,
    admin: httpx.AsyncClient,
    approver: httpx.AsyncClient,
    buyer: httpx.AsyncClient,
    database: Database,
    tenant: Tenant,
) -> None:
    await rule(admin, above="100.00")
    placed = await order(buyer, change("WATER", "5", "瓶"))
    path = f"/portal/v1/orders/{placed['id']}/amendments"
    # Up to the amount it goes to the seller at once, and so does what makes the order smaller.
    small = await more(buyer, path, "10")
    assert (small["waits_for"], small["actions"]) == ("seller", ["withdraw"])
    assert (await owner.post(f"/api/v1/orders/{placed['id']}/amendments/{small['id']}/accept", json={})).is_success

    asked = await more(buyer, path, "20", 2)
    assert (asked["state"], asked["waits_for"], asked["actions"]) == ("pending", "colleague", ["withdraw"])
    await drain(database, tenant.id, BY_KIND)
    (news,) = [
        each for each in (await approver.get(INBOX)).json()["items"] if each["link"] == f"order:{placed['id']}"
    ]
    assert news["title"].endswith(f"申请变更订单 {placed['number']}，待您审批")
    of_seller = f"/api/v1/orders/{placed['id']}/amendments/{asked['id']}"
    before = await contents(database, tenant)
    assert (await owner.post(f"{of_seller}/accept", json={})).json()["faults"][0]["code"] == "wrong-state"
    assert (await buyer.post(f"{path}/{asked['id']}/consent", json={})).status_code == 403
    assert (await buyer.post(f"{path}/{asked['id']}/reject", json={})).status_code == 403
    assert await contents(database, tenant) == before
    (seen,) = [each for each in (await approver.get(path)).json() if each["id"] == asked["id"]]
    assert seen["actions"] == ["consent", "reject"]
    agreed = (await approver.post(f"{path}/{asked['id']}/consent", json={})).json()
    assert (agreed["waits_for"], agreed["consented_by"]) == ("seller", seen_name(agreed))
    done = (await owner.post(f"{of_seller}/accept", json={})).json()
    assert (done["state"], done["after"]["gross"], done["consented_by"]) == (
        "applied",
        "198.00",
        agreed["consented_by"],
    )
    # Less never needs anybody's consent.
    assert (await more(buyer, path, "15", 3))["waits_for"] == "seller"
    async with database.transaction(tenant.id) as tx:
        assert await broken_invariants(tx, tenant.id) == []


def seen_name(amendment: dict[str, Any]) -> str:
    assert amendment["consented_at"] is not None
    return str(amendment["consented_by"] or "nobody")


async def test_where_the_seller_is_not_asked_consent_carries_it_out_or_ends_it(
    owner: httpx.AsyncClient,
    admin: httpx.AsyncClient,
    approver: httpx.AsyncClient,
    buyer: httpx.AsyncClient,
    database: Database,
    tenant: Tenant,
) -> None:
    read = await owner.get("/api/v1/settings/orders")
    settings = {"dealer_amendments": "apply"}
    saved = await owner.put("/api/v1/settings/orders", json=settings, headers={"if-match": read.headers["etag"]})
    assert saved.is_success, saved.text
    placed = await order(buyer, change("WATER", "5", "瓶"), change("MATCHA", "2"))
    await rule(admin)
    path = f"/portal/v1/orders/{placed['id']}/amendments"
    # Nothing grows in this: another thing instead, at the same amount, does.
    swap = {"revision": 1, "lines": [{"line_no": 1, "remove": True}, {"sku": "WATER", "quantity": "5"}]}
    assert (await buyer.post(f"{path}/preview", json=swap)).json()["waits_for"] == "colleague"
    text = {"revision": 1, "note": "轻放"}
    assert (await buyer.post(path, json=text)).json()["state"] == "applied"
    refused = await more(buyer, path, "6", 2)
    ended = (await approver.post(f"{path}/{refused['id']}/reject", json={"reason": "超预算"})).json()
    assert (ended["state"], ended["decision_reason"], ended["actions"]) == ("rejected", "超预算", [])
    asked = await more(buyer, path, "7", 2)
    applied = (await approver.post(f"{path}/{asked['id']}/consent", json={})).json()
    assert (applied["state"], applied["revision_to"], applied["lines"][0]["new"]["quantity"]) == ("applied", 3, "7")
    # Who may approve needs nobody's consent.
    assert (await more(admin, path, "8", 3))["state"] == "applied"
    async with database.transaction(tenant.id) as tx:
        assert await broken_invariants(tx, tenant.id) == []
