"""The sums by day are the sums over the orders, whatever was placed, taken over and called off, in whatever order."""

import random
from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
from tests.analytics.conftest import Clock
from tests.world import World

from dinghuo.analytics import recount as module
from dinghuo.analytics.recount import RecountDue, note_sales, recount, recount_when_due
from dinghuo.flow.reactions import BY_KIND
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.outbox import Delivery
from dinghuo.kit.outbox_run import drain

pytestmark = pytest.mark.slow

SHANGHAI = ZoneInfo("Asia/Shanghai")
_ORDERS = """
select o.id, o.placed_at, o.customer_id, o.channel, o.currency, o.state, l.sku_id, l.base_quantity, l.cancelled,
  l.net, l.gross
from sales_order o join order_line l on l.tenant_id = $1 and l.order_id = o.id where o.tenant_id = $1
"""


async def by_hand(tx: Tx, *, before: Any) -> tuple[Counter[Any], Counter[Any]]:
    """Sums by day and customer, and by day and SKU, added up here."""
    of_customers: Counter[Any] = Counter()
    of_skus: Counter[Any] = Counter()
    counted: set[Any] = set()
    for row in await tx.fetch(_ORDERS):
        day = row["placed_at"].astimezone(SHANGHAI).date()
        left = row["base_quantity"] - row["cancelled"]
        if row["state"] in ("cancelled", "rejected", "draft") or not left or day >= before:
            continue
        share = left / row["base_quantity"]
        net, gross = ((row[n] * share).quantize(Decimal("0.01"), ROUND_HALF_UP) for n in ("net", "gross"))
        customer = (day, row["customer_id"], row["channel"], row["currency"])
        of_customers[*customer, "lines"] += 1
        of_customers[*customer, "orders"] += row["id"] not in counted
        of_customers[*customer, "net"] += net
        of_customers[*customer, "gross"] += gross
        sku = (day, row["sku_id"], row["currency"])
        of_skus[*sku, "lines"] += 1
        of_skus[*sku, "quantity"] += left
        of_skus[*sku, "net"] += net
        of_skus[*sku, "gross"] += gross
        counted.add(row["id"])
    return of_customers, of_skus


async def rolled_up(tx: Tx) -> tuple[Counter[Any], Counter[Any]]:
    of_customers: Counter[Any] = Counter()
    for row in await tx.fetch("select * from sales_day where tenant_id = $1"):
        key = (row["day"], row["customer_id"], row["channel"], row["currency"])
        of_customers.update({(*key, name): row[name] for name in ("orders", "lines", "net", "gross")})
    of_skus: Counter[Any] = Counter()
    for row in await tx.fetch("select * from sku_day where tenant_id = $1"):
        of_sku = (row["day"], row["sku_id"], row["currency"])
        of_skus.update({(*of_sku, name): row[name] for name in ("lines", "quantity", "net", "gross")})
    return of_customers, of_skus


async def busy_weeks(owner: httpx.AsyncClient, database: Database, world: World, clock: Clock) -> None:
    """Orders on twenty days at any hour, some called off later, some in part."""
    chance = random.Random(7)
    placed: list[str] = []
    for day in range(1, 21):
        for _ in range(chance.randint(0, 4)):
            clock.set(f"2026-03-{day:02}T{chance.randint(0, 23):02}:{chance.randint(0, 59):02}")
            lines = [
                {"sku": chance.choice(("COLA", "GIFT", "BEER")), "quantity": str(chance.randint(1, 9))}
                for _ in range(chance.randint(1, 3))
            ]
            answer = await owner.post(
                "/api/v1/orders", json={"customer": chance.choice(("K1", "K2")), "lines": lines}
            )
            assert answer.status_code == 201, answer.text
            placed.append(answer.json()["id"])
    clock.set("2026-03-21T08:00")
    for order_id in chance.sample(placed, len(placed) // 4):
        await owner.post(f"/api/v1/orders/{order_id}/cancel", json={})
    async with database.transaction(world.tenant.id) as tx:
        await tx.write("update order_line set cancelled = 1 where tenant_id = $1 and cancelled = 0 and line_no = 1")


async def test_the_sums_are_those_of_the_orders(
    owner: httpx.AsyncClient, database: Database, world: World, clock: Clock
) -> None:
    await busy_weeks(owner, database, world, clock)
    await drain(database, world.tenant.id, BY_KIND)
    async with database.transaction(world.tenant.id) as tx:
        assert not await recount(tx)
        found, wanted = await rolled_up(tx), await by_hand(tx, before=clock.now.astimezone(SHANGHAI).date())
        assert found == wanted
        assert len(found[0]) > 40
        # Whatever is delivered again, in whatever order, changes nothing.
        rows = await tx.fetch("select id, kind, subject_id from outbox_event where tenant_id = $1 order by random()")
        news = [Delivery(row["id"], row["kind"], row["subject_id"], {}) for row in rows if "orders." in row["kind"]]
        await note_sales(tx, news)
        await note_sales(tx, news[::-1])
        assert not await recount(tx)
        assert not await recount(tx)
        assert await rolled_up(tx) == wanted


async def test_orders_older_than_the_sums_are_counted_once(
    owner: httpx.AsyncClient, database: Database, world: World, clock: Clock
) -> None:
    await busy_weeks(owner, database, world, clock)
    async with database.transaction(world.tenant.id) as tx:
        assert not await recount(tx)
        assert await rolled_up(tx) == await by_hand(tx, before=clock.now.astimezone(SHANGHAI).date())


async def test_many_days_are_worked_out_in_parts(
    owner: httpx.AsyncClient, database: Database, world: World, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    await busy_weeks(owner, database, world, clock)
    monkeypatch.setattr(module, "_MOST_LINES", 10)
    monkeypatch.setattr(module, "_MOST_DAYS", 3)
    await drain(database, world.tenant.id, BY_KIND)
    async with database.transaction(world.tenant.id) as tx:
        await recount_when_due(tx, [])
        rows = await tx.fetch(
            "select count(*) as n from outbox_event where tenant_id = $1 and kind = $2 and due_at <= $3",
            RecountDue.kind(),
            tx.now,
        )
        assert rows[0]["n"] == 1
    await drain(database, world.tenant.id, BY_KIND)
    async with database.transaction(world.tenant.id) as tx:
        assert await rolled_up(tx) == await by_hand(tx, before=clock.now.astimezone(SHANGHAI).date())
        rows = await tx.fetch("select count(*) as n from counted_day where tenant_id = $1 and dirty")
        assert rows[0]["n"] == 0


async def test_today_waits_until_it_is_over(
    owner: httpx.AsyncClient, database: Database, world: World, clock: Clock
) -> None:
    clock.set("2026-03-05T23:59")
    order = {"customer": "K2", "lines": [{"sku": "GIFT", "quantity": "1"}]}
    await owner.post("/api/v1/orders", json=order)
    await drain(database, world.tenant.id, BY_KIND)
    async with database.transaction(world.tenant.id) as tx:
        assert not await recount(tx)
        assert await tx.fetch("select from sales_day where tenant_id = $1") == []
    clock.set("2026-03-06T00:00")
    async with database.transaction(world.tenant.id) as tx:
        assert not await recount(tx)
        assert len(await tx.fetch("select from sales_day where tenant_id = $1")) == 1
