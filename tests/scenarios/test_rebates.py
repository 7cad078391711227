"""A rebate agreement over quarters: it accrues, is settled, used on orders, given back, and corrected afterwards."""

from typing import Any

import httpx
import pytest
from tests.portal.conftest import AsDealer
from tests.portal.shop import Shop, change, fill
from tests.support import Tenant

from dinghuo.entry.invariants import broken_invariants
from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.database import Database
from dinghuo.kit.outbox_run import drain

pytestmark = pytest.mark.slow

PORTAL = "/portal/v1"
REBATES = "/api/v1/rebates"
# What was ordered this way was ordered in the quarter before this one.
_LONG_AGO = """
update sales_order o set placed_at = date_trunc('quarter', o.placed_at) - interval '30 days'
where o.tenant_id = $1 and o.number = $2
"""

_A_YEAR_BEFORE = """
update sales_order o set placed_at = o.placed_at - interval '1 year' where o.tenant_id = $1 and o.number = $2
"""


async def test_a_quarter_of_tea(
    database: Database, tenant: Tenant, shop: Shop, owner: httpx.AsyncClient, as_dealer: AsDealer
) -> None:
    story = Story(database, tenant, owner, await as_dealer("dealer_admin", "D1"))
    await story.they_agree()
    first = await story.order_long_ago(("OOLONG", "10", "箱"), ("WATER", "20", "瓶"))
    second = await story.order_long_ago(("OOLONG", "5", "箱"))
    # 10 × 75 + 5 × 78; the water does not count.
    assert await story.accrued() == ("1140.00", "22.80", "0.00")
    await story.cancel(second)
    assert await story.accrued() == ("750.00", "0.00", "0.00")
    third = await story.order_long_ago(("OOLONG", "6", "箱"))
    assert await story.accrued() == ("1218.00", "24.36", "0.00")
    await story.finance_settles("24.36")
    assert await story.accrued() == ("1218.00", "24.36", "24.36")
    placed = await story.the_dealer_uses_it()
    await story.cancel(placed)
    assert await story.free() == "24.36"
    await story.used_again_and_amended()
    await story.cancel(third)
    assert await story.accrued() == ("750.00", "0.00", "24.36")
    await story.what_was_settled_too_much_is_taken_back()
    await story.holds_true()
    sales = (await owner.get(f"{REBATES}/accruals/{await story.accrual_id()}/sales")).json()["items"]
    assert [(sale["number"], sale["amount"]) for sale in reversed(sales)][:5] == [
        (first["number"], "750.00"),
        (second["number"], "390.00"),
        (second["number"], "-390.00"),
        (third["number"], "468.00"),
        (third["number"], "-468.00"),
    ]


class Story:
    def __init__(
        self, database: Database, tenant: Tenant, owner: httpx.AsyncClient, dealer: httpx.AsyncClient
    ) -> None:
        self.database, self.tenant, self.owner, self.dealer = database, tenant, owner, dealer

    async def they_agree(self) -> None:
        tea = {
            "code": "TEA",
            "name": "茶叶季度返利",
            "name_en": "Tea by quarter",
            "measure": "gross",
            "period": "quarter",
            "valid_from": "2024-01-01",
            "steps": [{"from": "1000", "value": "2"}, {"from": "3000", "value": "3.5"}],
            "audience": [{"kind": "tier", "code": "GOLD"}],
            "items": [{"kind": "category", "code": "TEA"}, {"kind": "sku", "code": "MATCHA", "excluded": True}],
        }
        done = await self.owner.put(f"{REBATES}/agreements", json={"items": [tea]})
        assert (done.status_code, done.json()["created"]) == (200, 1), done.text
        wrong = tea | {
            "code": "BAD",
            "period": "term",
            "steps": [{"from": "5", "value": "101"}, {"from": "5", "value": "1"}],
        }
        done = await self.owner.put(f"{REBATES}/agreements", json={"items": [wrong]})
        assert [fault["field"] for fault in done.json()["faults"]] == [
            "items[0].valid_until",
            "items[0].steps[0].value",
            "items[0].steps[1].from",
        ]
        done = await self.owner.put(
            f"{REBATES}/agreements", json={"items": [tea | {"code": "AGAIN", "active": True}]}
        )
        assert [each["params"]["other"] for each in done.json()["warnings"]] == ["TEA"]
        done = await self.owner.put(f"{REBATES}/agreements", json={"items": [{"code": "AGAIN", "active": False}]})
        assert (done.json()["updated"], done.json()["warnings"]) == (1, [])
        await self.settle_down()

    async def order_long_ago(self, *lines: tuple[str, str, str]) -> Any:
        placed = await self.order(*lines)
        async with self.database.transaction(self.tenant.id) as tx:
            await tx.write(_LONG_AGO, placed["number"])
        await self.settle_down()
        return placed

    async def order(self, *lines: tuple[str, str, str], **more: Any) -> Any:
        body = {"customer": "D1", "lines": [{"sku": s, "quantity": q, "unit": u} for s, q, u in lines], **more}
        done = await self.owner.post("/api/v1/orders", json=body)
        assert done.status_code == 201, done.text
        return done.json()

    async def cancel(self, placed: Any) -> None:
        done = await self.owner.post(f"/api/v1/orders/{placed['id']}/cancel", json={})
        assert done.is_success, done.text
        await self.settle_down()

    async def settle_down(self) -> None:
        await drain(self.database, self.tenant.id, BY_KIND)
        await self.holds_true()

    async def holds_true(self) -> None:
        async with self.database.transaction(self.tenant.id) as tx:
            assert await broken_invariants(tx, self.tenant.id) == []

    async def accrued(self) -> tuple[str, str, str]:
        found = (await self.owner.get(f"{REBATES}/accruals", params={"running": False})).json()["items"]
        return (found[0]["measured"], found[0]["earned"], found[0]["settled"])

    async def accrual_id(self) -> str:
        id: str = (await self.owner.get(f"{REBATES}/accruals", params={"running": False})).json()["items"][0]["id"]
        return id

    async def free(self) -> str:
        free: str = (await self.owner.get(f"{REBATES}/balances")).json()["items"][0]["free"]
        return free

    async def until(self) -> str:
        until: str = (await self.owner.get(f"{REBATES}/accruals")).json()["items"][0]["period_until"]
        return until

    async def finance_settles(self, total: str) -> None:
        """Looked at first; once, and not another time."""
        wanted: dict[str, Any] = {"until": await self.until()}
        seen = (await self.owner.post(f"{REBATES}/settlements/preview", json=wanted)).json()
        assert (seen["total"], [line["customer"]["code"] for line in seen["lines"]]) == (total, ["D1"])
        (due,) = (await self.owner.get(f"{REBATES}/settlements/proposal")).json()["items"]
        assert (due["agreement"]["code"], due["amount"], due["customers"], due["periods"]) == ("TEA", total, 1, 1)
        none = (await self.owner.get(f"{REBATES}/settlements/proposal", params={"until": "2024-01-31"})).json()
        assert none == {"until": "2024-01-31", "items": [], "more": False}
        some = await self.owner.post(f"{REBATES}/settlements/preview", json=wanted | {"agreements": ["NONE", "TEA"]})
        assert [(fault["code"], fault["field"]) for fault in some.json()["faults"]] == [
            ("unknown-code", "agreements[0]")
        ]
        wanted["agreements"] = ["TEA"]
        done = await self.owner.post(f"{REBATES}/settlements", json=wanted | {"expected": "99.00"})
        assert (done.status_code, done.json()["faults"][0]["code"]) == (409, "rebate-not-as-previewed")
        done = await self.owner.post(f"{REBATES}/settlements", json=wanted | {"expected": total, "note": "三季度"})
        assert (done.status_code, done.json()["lines"]) == (201, 1), done.text
        again = await self.owner.post(f"{REBATES}/settlements", json=wanted | {"expected": "0"})
        assert (again.status_code, again.json()["faults"][0]["code"]) == (409, "rebate-nothing-to-settle")
        early = await self.owner.post(f"{REBATES}/settlements/preview", json={"until": "2999-01-01"})
        assert early.json()["faults"][0]["code"] == "rebate-period-not-over"
        await self.settle_down()

    async def the_dealer_uses_it(self) -> Any:
        """30 % of an order at most; what rebates pay is not owed."""
        home = (await self.dealer.get(f"{PORTAL}/home")).json()
        assert [each["free"] for each in home["rebates"]["balances"]] == ["24.36"]
        cart = await fill(self.dealer, change("WATER", "5", "瓶"))
        assert (cart["rebate"]["free"], cart["rebate"]["most"], cart["rebate"]["owed_at_most_use"]) == (
            "24.36",
            "14.85",
            "34.65",
        )
        path = f"{PORTAL}/drafts/{cart['id']}/submit"
        for amount, code in (("14.86", "rebate-beyond-share"), ("30", "rebate-short"), ("-1", "rebate-amount")):
            done = await self.dealer.post(path, json={"revision": cart["revision"], "use_rebate": amount})
            assert [fault["code"] for fault in done.json()["faults"]] == [code], done.text
        before = await self.exposure()
        done = await self.dealer.post(path, json={"revision": cart["revision"], "use_rebate": "14.85"})
        assert (done.status_code, done.json()["gross"]) == (201, "49.50"), done.text
        assert (await self.free(), f"{await self.exposure() - before:.2f}") == ("9.51", "34.65")
        order = (await self.owner.get(f"/api/v1/orders/{done.json()['id']}")).json()
        assert order["rebate"] == "14.85"
        await self.settle_down()
        return done.json()

    async def exposure(self) -> float:
        return float(
            (await self.owner.get("/api/v1/accounts", params={"customer": "D1"})).json()["items"][0]["exposure"]
        )

    async def used_again_and_amended(self) -> None:
        """All that may be is used; a smaller order uses less, and one that is closed has used it for good."""
        seen = await self.owner.post(
            "/api/v1/orders/preview",
            json={"customer": "D1", "lines": [{"sku": "WATER", "quantity": "10"}], "use_rebate_most": True},
        )
        assert seen.json()["rebate"]["used"] == "24.36", seen.text
        placed = await self.order(("WATER", "10", "瓶"), use_rebate_most=True)
        assert await self.free() == "0.00"
        lines = [{"line_no": 1, "quantity": "4"}]
        done = await self.owner.post(
            f"/api/v1/orders/{placed['id']}/amendments", json={"revision": 1, "lines": lines, "reason": "少要"}
        )
        assert done.status_code == 201, done.text
        # 30 % of 39.60.
        assert await self.free() == "12.48"
        await self.settle_down()

    async def what_was_settled_too_much_is_taken_back(self) -> None:
        """Only what is free is; the rest is set off against what comes."""
        wanted = {"until": await self.until()}
        seen = (await self.owner.post(f"{REBATES}/settlements/preview", json=wanted)).json()
        assert (seen["total"], seen["lines"][0]["amount"], seen["lines"][0]["left"]) == ("-12.48", "-12.48", "11.88")
        done = await self.owner.post(f"{REBATES}/settlements", json=wanted | {"expected": "-12.48"})
        assert done.status_code == 201, done.text
        assert await self.free() == "0.00"
        assert await self.accrued() == ("750.00", "0.00", "11.88")
        await self.order_long_ago(("OOLONG", "10", "箱"))
        # 1,500 × 2 % = 30.00, of which 11.88 were settled before.
        seen = (await self.owner.post(f"{REBATES}/settlements/preview", json=wanted)).json()
        assert seen["total"] == "18.12"
        placed = (await self.owner.get("/api/v1/orders", params={"customer": "D1"})).json()["items"][0]
        await self.cancel(placed)


async def test_growth_over_last_year_is_what_counts(
    database: Database, tenant: Tenant, shop: Shop, owner: httpx.AsyncClient, as_dealer: AsDealer
) -> None:
    """Thirty cases in last quarter, ten of them a year before: twenty have grown."""
    story = Story(database, tenant, owner, await as_dealer("dealer_admin", "D1"))
    growth = {
        "code": "GROWTH",
        "name": "增长返利",
        "measure": "quantity",
        "period": "quarter",
        "valid_from": "2024-01-01",
        "steps": [{"from": "100", "value": "0.5"}],
        "over_last_year": True,
        "items": [{"kind": "sku", "code": "WATER"}],
    }
    done = await owner.put(f"{REBATES}/agreements", json={"items": [growth]})
    assert done.status_code == 200, done.text
    assert (await owner.get(f"{REBATES}/agreements/GROWTH")).json()["over_last_year"] is True
    this = await story.order_long_ago(("WATER", "300", "瓶"))
    then = await story.order_long_ago(("WATER", "120", "瓶"))
    assert await story.accrued() == ("420.000000", "210.00", "0.00")
    async with database.transaction(tenant.id) as tx:
        await tx.write(_A_YEAR_BEFORE, then["number"])
    # Told anew, as every six hours.
    done = await owner.put(f"{REBATES}/agreements", json={"items": [{"code": "GROWTH", "name": "同比增长返利"}]})
    assert done.status_code == 200, done.text
    await story.settle_down()
    rows = (await owner.get(f"{REBATES}/accruals", params={"agreement": "GROWTH"})).json()["items"]
    told = {row["period_from"][:4]: (row["measured"], row["earned"]) for row in rows}
    assert sorted(told.values()) == [("120.000000", "60.00"), ("180.000000", "90.00")]
    await story.cancel(this)
    rows = (await owner.get(f"{REBATES}/accruals", params={"agreement": "GROWTH"})).json()["items"]
    assert sorted((row["measured"], row["earned"]) for row in rows) == [
        ("-120.000000", "0.00"), ("120.000000", "60.00"),
    ]  # fmt: skip
    await story.holds_true()
