"""Tea runs short: two dealers order more than there is, one of them dearer to the seller; a delivery comes, another
warehouse helps out, a lot is called back. Everybody is told what they may expect, and it comes true."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.portal.conftest import AsDealer
from tests.portal.shop import Shop
from tests.support import Tenant

from dinghuo.entry.invariants import broken_invariants
from dinghuo.flow.reactions import BY_KIND
from dinghuo.inventory.consume import Use, consume
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.outbox_run import drain
from dinghuo.orders.lots import days_of_orders

pytestmark = pytest.mark.slow

API, PORTAL = "/api/v1", "/portal/v1"


def day(number: int) -> str:
    return (datetime.now(ZoneInfo("Asia/Shanghai")).date() + timedelta(days=number)).isoformat()


async def test_tea_runs_short_and_comes(
    database: Database, tenant: Tenant, shop: Shop, owner: httpx.AsyncClient, as_dealer: AsDealer
) -> None:
    gold, other = await as_dealer("dealer_buyer", "D1"), await as_dealer("dealer_buyer", "D2")
    await _put(owner, "lot-tracking", {"sku": "JASMINE", "shelf_life_days": 180})
    await _put(owner, "minimum-life", {"kind": "tier", "code": "GOLD", "days": 60})
    await _put(owner, "expected-supply", _supply("PO-7/1", 5, 40))
    # Who orders first is promised the first delivery.
    theirs = await _order(owner, "D2", 30)
    mine = await _order(owner, "D1", 24)
    assert await _expected(other, theirs) == (day(5), False)
    assert await _expected(gold, mine) == (None, False)
    # The seller decides that gold goes first, and orders more.
    await _put(owner, "allocation-priorities", {"kind": "tier", "code": "GOLD", "priority": 10})
    await _put(owner, "expected-supply", _supply("PO-8/1", 12, 60))
    await drain(database, tenant.id, BY_KIND)
    assert await _expected(gold, mine) == (day(5), False)
    # The other is told the new day, which is now the day to keep.
    assert await _expected(other, theirs) == (day(12), False)
    assert f"{day(5)} → {day(12)}" in await _last_news(other)
    # The delivery brings a lot that is fresh and one that is not.
    lines = [_received("FRESH", 20, 170), _received("OLD", 20, 20)]
    receipt = {"warehouse": "MAIN", "lines": lines}
    assert (await owner.post(f"{API}/goods-receipts", json={"items": [receipt]})).is_success
    assert await _held(owner, mine) == (24, 0)
    assert await _held(owner, theirs) == (26, 4)
    # Gold wants sixty days: four bottles of what it holds are not that fresh.
    plan = (await owner.get(f"{API}/orders/{mine}/lots")).json()
    assert plan["days"] == 60
    assert [(lot["number"], float(lot["quantity"])) for lot in plan["lines"][0]["lots"]] == [("FRESH", 20)]
    assert (float(plan["lines"][0]["missing"]), plan["lines"][0]["reasons"][0]["code"]) == (4, "lot-not-fresh")
    await _ship(database, tenant, theirs, 20)
    await _ship(database, tenant, mine, 20)
    # Another warehouse helps out with what it has.
    await _put(owner, "warehouses", {"code": "WEST", "name": "西仓", "priority": 200})
    spare = {"warehouse": "WEST", "lines": [_received("WEST", 10, 90) | {"supply": None}]}
    assert (await owner.post(f"{API}/goods-receipts", json={"items": [spare]})).is_success
    body = {"from": "WEST", "to": "MAIN", "expected_on": day(2), "lines": [{"sku": "JASMINE", "quantity": "10"}]}
    (transfer,) = (await owner.post(f"{API}/transfers", json={"items": [body]})).json()
    assert (await owner.post(f"{API}/transfers/{transfer['id']}/ship", json={})).is_success
    assert await _expected(other, theirs) == (day(2), False)
    assert (await owner.post(f"{API}/transfers/{transfer['id']}/receive", json={})).is_success
    assert await _held(owner, theirs) == (10, 0)
    assert (await _expected(other, theirs))[0] == day(0)
    # The fresh lot is called back: to whom did it go?
    (lot,) = [row for row in (await owner.get(f"{API}/lots")).json()["items"] if row["number"] == "FRESH"]
    assert (await owner.post(f"{API}/lots/{lot['id']}/block", json={"reason": "召回"})).is_success
    trace = (await owner.get(f"{API}/lots/{lot['id']}/trace")).json()
    assert [(who["code"], float(who["quantity"]), who["orders"]) for who in trace["customers"]] == [("D1", 20, 1)]
    assert (float(trace["received"]), float(trace["issued"]), float(trace["on_hand"])) == (20, 20, 0)
    async with database.transaction(tenant.id) as tx:
        assert await broken_invariants(tx, tenant.id) == []


def _supply(code: str, days: int, quantity: int) -> dict[str, Any]:
    of = {"sku": "JASMINE", "warehouse": "MAIN", "quantity": str(quantity)}
    return {"code": code, "expected_on": day(days), **of}


def _received(lot: str, quantity: int, days: int) -> dict[str, Any]:
    named = {"number": lot, "expires_on": day(days)}
    return {"sku": "JASMINE", "quantity": str(quantity), "supply": "PO-7/1", "lot": named}


async def _put(owner: httpx.AsyncClient, path: str, item: dict[str, Any]) -> None:
    done = await owner.put(f"{API}/{path}", json={"items": [item]})
    assert done.status_code == 200, done.text


async def _order(owner: httpx.AsyncClient, dealer: str, bottles: int) -> str:
    body = {"customer": dealer, "lines": [{"sku": "JASMINE", "quantity": str(bottles), "unit": "瓶"}]}
    placed = await owner.post(f"{API}/orders", json=body)
    assert placed.status_code == 201, placed.text
    return str(placed.json()["id"])


async def _expected(dealer: httpx.AsyncClient, order_id: str) -> tuple[str | None, bool]:
    (line,) = (await dealer.get(f"{PORTAL}/orders/{order_id}/waiting")).json()["lines"]
    return line["expected_on"], line["late"]


async def _last_news(dealer: httpx.AsyncClient) -> str:
    return str((await dealer.get(f"{PORTAL}/inbox")).json()["items"][0]["body"])


async def _held(owner: httpx.AsyncClient, order_id: str) -> tuple[int, int]:
    (line,) = (await owner.get(f"{API}/orders/{order_id}/waiting")).json()["lines"]
    return int(float(line["held"])), int(float(line["waiting"]))


async def _ship(database: Database, tenant: Tenant, order_id: str, bottles: int) -> None:
    """What goods issues will do; there are none yet."""
    id = UUID(order_id)

    async def ship(tx: Tx) -> None:
        await consume(tx, uses=[Use(id, 1, Decimal(bottles))], by=SYSTEM, days=await days_of_orders(tx, [id]))

    await database.run(tenant.id, ship)
