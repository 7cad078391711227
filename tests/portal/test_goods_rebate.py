"""Rebates in the dealer's own hands: goods paid by a goods rebate, and what a colleague uses when agreeing."""

from decimal import Decimal
from typing import Any

import httpx
import pytest
from tests.portal.conftest import AsDealer
from tests.portal.consenting import rule
from tests.portal.shop import change, fill, problems
from tests.support import Tenant

from dinghuo.accounts.rebates import Owner, RebateEntry, RebateKind, open_wallets, write_rebates
from dinghuo.entry.invariants import broken_invariants
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.ids import new_id

pytestmark = pytest.mark.slow

_WHOSE = """
select c.id as customer, o.id as organisation from customer c
join organisation o on o.tenant_id = $1
where c.tenant_id = $1 and c.code = 'D1' order by o.id limit 1
"""


@pytest.fixture(autouse=True)
async def granted(database: Database, tenant: Tenant, buyer: httpx.AsyncClient) -> None:
    """Thirty of goods rebates and twenty of money."""

    async def grant(tx: Tx) -> None:
        (row,) = await tx.fetch(_WHOSE)
        amounts: dict[RebateKind, Decimal] = {"goods": Decimal(30), "credit": Decimal(20)}
        owners: dict[Owner, Decimal] = {
            (row["customer"], row["organisation"], "CNY", kind): amount for kind, amount in amounts.items()
        }
        wallets = await open_wallets(tx, owners)
        entries = [
            RebateEntry(wallet.id, "credited", owners[owner], "settle", "rebate_settlement", new_id())
            for owner, wallet in wallets.items()
            if wallet.id is not None
        ]
        await write_rebates(tx, entries)

    await database.run(tenant.id, grant)


async def balances(dealer: httpx.AsyncClient) -> dict[str, str]:
    found = (await dealer.get("/portal/v1/rebates")).json()["balances"]
    return {one["kind"]: one["free"] for one in found}


async def test_a_line_of_the_cart_is_paid_by_the_goods_rebate(
    buyer: httpx.AsyncClient, as_dealer: AsDealer, database: Database, tenant: Tenant
) -> None:
    admin = await as_dealer("dealer_admin", "D1", "chen")
    cart = await fill(buyer, change("WATER", "10", "瓶"))
    assert (cart["rebate"]["goods_free"], cart["rebate"]["goods_used"]) == ("30.00", "0")
    # 9.90 each: three bottles are within thirty, four are not.
    cart = await fill(buyer, change("WATER", "4", "瓶", rebate_goods=True))
    assert cart["lines"][0]["rebate_goods"]
    assert problems(cart) == [("WATER", "rebate-goods-short")]
    assert "submit" not in cart["actions"]
    cart = await fill(buyer, change("WATER", "3", "瓶"))
    assert (cart["lines"][0]["rebate_goods"], problems(cart)) == (True, [])
    assert (cart["rebate"]["goods_used"], cart["rebate"]["owed"]) == ("29.70", "0.00")
    done = await buyer.post(f"/portal/v1/drafts/{cart['id']}/submit", json={"revision": cart["revision"]})
    assert done.status_code == 201, done.text
    assert await balances(admin) == {"goods": "0.30", "credit": "20.00"}
    cart = await fill(buyer, change("WATER", "3", "瓶", rebate_goods=True), change("OOLONG", "1", "箱"))
    assert problems(cart) == [("WATER", "rebate-goods-short")]
    cart = await fill(buyer, change("WATER", "3", "瓶", rebate_goods=False))
    assert problems(cart) == []
    async with database.transaction(tenant.id) as tx:
        assert await broken_invariants(tx, tenant.id) == []


async def test_who_agrees_uses_the_companys_rebates(
    buyer: httpx.AsyncClient, as_dealer: AsDealer, database: Database, tenant: Tenant
) -> None:
    admin = await as_dealer("dealer_admin", "D1", "chen")
    await rule(admin)
    cart = await fill(buyer, change("WATER", "3", "瓶", rebate_goods=True), change("OOLONG", "1", "箱"))
    asked = await buyer.post(f"/portal/v1/drafts/{cart['id']}/ask", json={"revision": cart["revision"]})
    assert asked.status_code == 200, asked.text
    seen = (await admin.get(f"/portal/v1/consents/{cart['id']}")).json()
    assert (seen["rebate"]["most"], seen["rebate"]["goods_used"]) == ("20.00", "29.70")
    path = f"/portal/v1/consents/{cart['id']}/approve"
    greedy = await admin.post(path, json={"revision": seen["revision"], "use_rebate": "20.01"})
    assert [fault["code"] for fault in greedy.json()["faults"]] == ["rebate-short"]
    done = await admin.post(path, json={"revision": seen["revision"], "use_rebate": "20.00"})
    assert done.status_code == 201, done.text
    assert await balances(admin) == {"goods": "0.30", "credit": "0.00"}
    assert (await admin.get(f"/portal/v1/orders/{done.json()['id']}")).json()["rebate"] == "49.70"
    async with database.transaction(tenant.id) as tx:
        assert await broken_invariants(tx, tenant.id) == []


@pytest.mark.parametrize(
    ("wished", "decided", "left"),
    [
        (True, {}, "0.00"),
        (True, {"use_rebate": None}, "20.00"),
        (True, {"use_rebate": "5"}, "15.00"),
        (False, {}, "20.00"),
    ],
)
async def test_what_the_buyer_wants_is_kept_until_somebody_agrees(
    buyer: httpx.AsyncClient, as_dealer: AsDealer, wished: bool, decided: dict[str, Any], left: str
) -> None:
    admin = await as_dealer("dealer_admin", "D1", "chen")
    await rule(admin)
    cart = await fill(buyer, change("OOLONG", "1", "箱"))
    wanted = {"revision": cart["revision"], "use_rebate": wished}
    assert (await buyer.post(f"/portal/v1/drafts/{cart['id']}/ask", json=wanted)).status_code == 200
    seen = (await admin.get(f"/portal/v1/consents/{cart['id']}")).json()
    assert seen["consent"]["uses_rebate"] is wished
    path = f"/portal/v1/consents/{cart['id']}/approve"
    done = await admin.post(path, json={"revision": seen["revision"]} | decided)
    assert done.status_code == 201, done.text
    assert (await balances(admin))["credit"] == left


async def test_who_enters_an_order_for_a_dealer_uses_their_rebates(
    owner: httpx.AsyncClient, as_dealer: AsDealer, database: Database, tenant: Tenant
) -> None:
    admin = await as_dealer("dealer_admin", "D1", "chen")
    lines = [
        {"sku": "WATER", "quantity": "3", "rebate_goods": True},
        {"sku": "OOLONG", "quantity": "1", "unit": "箱"},
    ]
    asked = {"customer": "D1", "lines": lines, "use_rebate": "0"}
    offer = (await owner.post("/api/v1/orders/preview", json=asked)).json()["rebate"]
    assert (offer["most"], offer["goods_used"], offer["owed_at_most_use"]) == ("20.00", "29.70", "58.00")
    draft = (await owner.post("/api/v1/drafts", json={"customer": "D1", "lines": lines})).json()
    path = f"/api/v1/drafts/{draft['id']}/submit"
    refused = await owner.post(path, params={"use_rebate": "20.01"})
    assert [fault["code"] for fault in refused.json()["faults"]] == ["rebate-short"]
    placed = await owner.post(path, params={"use_rebate": offer["most"]})
    assert placed.status_code == 201, placed.text
    assert await balances(admin) == {"goods": "0.30", "credit": "0.00"}
    async with database.transaction(tenant.id) as tx:
        assert await broken_invariants(tx, tenant.id) == []


async def test_a_branch_uses_what_its_group_has_when_that_is_agreed(
    owner: httpx.AsyncClient, as_dealer: AsDealer, database: Database, tenant: Tenant
) -> None:
    branch = {"code": "D1-B", "name": "分店", "parent": "D1", "tier": "GOLD"}
    done = await owner.put("/api/v1/customers", json={"items": [branch]})
    assert done.status_code == 200, done.text
    dealer = await as_dealer("dealer_admin", "D1-B", "fen")
    head = await as_dealer("dealer_admin", "D1", "chen")
    order = {"customer": "D1-B", "lines": [{"sku": "WATER", "quantity": "10"}], "use_rebate": "20"}
    refused = await owner.post("/api/v1/orders", json=order)
    assert [fault["code"] for fault in refused.json()["faults"]] == ["rebate-short"]
    assert await balances(dealer) == {}
    terms = {"customer": "D1-B", "uses_group_rebates": True}
    done = await owner.put("/api/v1/order-terms", json={"items": [terms]})
    assert done.status_code == 200, done.text
    told = (await dealer.get("/portal/v1/rebates")).json()["balances"]
    assert {one["kind"]: (one["free"], one["of_group"]) for one in told} == {
        "credit": ("20.00", True),
        "goods": ("30.00", True),
    }
    placed = await owner.post("/api/v1/orders", json=order)
    assert placed.status_code == 201, placed.text
    assert (await balances(head))["credit"] == "0.00"
    exposure = (await owner.get("/api/v1/accounts", params={"customer": "D1-B"})).json()["items"][0]["exposure"]
    assert exposure == "79.00"
    gone = await owner.post(f"/api/v1/orders/{placed.json()['id']}/cancel", json={})
    assert gone.status_code == 200, gone.text
    assert (await balances(head))["credit"] == "20.00"
    async with database.transaction(tenant.id) as tx:
        assert await broken_invariants(tx, tenant.id) == []
