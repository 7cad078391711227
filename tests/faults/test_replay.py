"""Every event delivered again, twice and in any order, changes nothing."""

import random
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial

import httpx
import pytest
from tests.faults.buying import Shop, client, open_shop, order, place
from tests.faults.serving import serve_here
from tests.orders.asking import BY, line
from tests.support import contents, make_tenant

from dinghuo.analytics.recount import recount
from dinghuo.flow.reactions import BY_KIND, PERIODS
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.outbox import Delivery
from dinghuo.kit.outbox_run import Reaction, drain
from dinghuo.kit.periodic import schedule_all
from dinghuo.kit.roles import Urls
from dinghuo.orders.place import place as place_orders
from dinghuo.orders.requests import History, OrderRequest, Placement


class Clock:
    def __init__(self) -> None:
        self.now = datetime(2026, 7, 1, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
async def shop(database_urls: Urls) -> AsyncIterator[Shop]:
    """After a day's business and all that follows from it, with the clock standing still."""
    clock = Clock()
    database = Database(database_urls.app, guard=True, clock=clock)
    try:
        shop = await open_shop(database, await make_tenant(database))
        await _a_day(shop)
        tenant_id = shop.world.tenant.id
        await database.run(tenant_id, lambda tx: schedule_all(tx, PERIODS))
        clock.now += timedelta(hours=2)
        await drain(database, tenant_id, BY_KIND)
        # Long enough for whatever comes back to have come once, the daily things included.
        clock.now += timedelta(days=1)
        await drain(database, tenant_id, BY_KIND)
        # And for what followed from that to be counted and sealed.
        clock.now += timedelta(hours=2)
        await drain(database, tenant_id, BY_KIND)
        async with database.transaction(tenant_id) as tx:
            await tx.write("update counted_day set dirty = true where tenant_id = $1")
        await _settle(shop)
        yield shop
    finally:
        await database.close()


async def _a_day(shop: Shop) -> None:
    """Orders placed, some cancelled, some short until goods come in; and one of long ago.

    Two customers that are one, and a notice for later.
    """
    async with serve_here(shop.database) as here, client(here.url, shop) as staff:
        twins = [{"code": code, "name": "同一家公司"} for code in ("K8", "K9")]
        assert (await staff.put("/api/v1/customers", json={"items": twins})).status_code == 200
        assert (await place(staff, order(("COLA", 1), customer="K9"))).status_code == 201
        merged = await staff.post("/api/v1/customers/merge", json={"from": "K9", "into": "K8"})
        assert merged.status_code == 200, merged.text
        later = {"kind": "notice", "title": "放假通知", "valid_from": "2026-07-01T01:00:00Z"}
        notice = (await staff.post("/api/v1/notices", json=later)).json()["id"]
        assert (await staff.post(f"/api/v1/notices/{notice}/publish")).status_code == 200
        placed = [
            (await place(staff, order(("COLA", 1), ("BEER", n), customer="K1" if n % 3 else "K2"))).json()["id"]
            for n in range(1, 9)
        ]
        for order_id in placed[::3]:
            assert (await staff.post(f"/api/v1/orders/{order_id}/cancel", json={})).status_code == 200
        counted = [{"warehouse": "main", "sku": "COLA", "quantity": "2"}]
        assert (await staff.post("/api/v1/stock/counts", json={"items": counted})).status_code == 201
        received = {"warehouse": "main", "lines": [{"sku": "BEER", "quantity": "100"}]}
        assert (await staff.post("/api/v1/goods-receipts", json={"items": [received]})).status_code == 201
        await _changed_minds(staff, placed[1], placed[2])
        await _approvals(staff, shop, here.url)
    long_ago = History("OLD-1", datetime(2020, 1, 1, tzinfo=UTC), True, (Decimal(0),))
    old = Placement(OrderRequest("K2", [line("BEER", 2, price="3")]), BY, history=long_ago)
    (outcome,) = await shop.database.run(shop.world.tenant.id, lambda tx: place_orders(tx, [old]))
    assert outcome.body is not None


async def _changed_minds(staff: httpx.AsyncClient, amended: str, closed: str) -> None:
    """An order grows, of another the rest is not to come; who is served first, and what is agreed for the year."""
    first = [{"kind": "customer", "code": "K1", "priority": 10}]
    answer = await staff.put("/api/v1/allocation-priorities", json={"items": first})
    assert answer.status_code == 200, answer.text
    lines = [{"line_no": 1, "quantity": "2"}]
    answer = await staff.post(f"/api/v1/orders/{amended}/amendments", json={"revision": 1, "lines": lines})
    assert answer.status_code == 201, answer.text
    answer = await staff.post(f"/api/v1/orders/{closed}/short-close", json={"reason": "不再需要"})
    assert answer.status_code == 200, answer.text
    agreed = {"sku": "COLA", "quantity": "10", "price": "2"}
    year = {"name": "年度", "valid_from": "2026-01-01", "valid_until": "2027-12-31"}
    blanket = await staff.post("/api/v1/blanket-orders", json={"customer": "K1", "lines": [agreed], **year})
    assert blanket.status_code == 201, blanket.text
    answer = await staff.post(f"/api/v1/blanket-orders/{blanket.json()['id']}/activate", json={})
    assert answer.status_code == 200, answer.text


async def _approvals(staff: httpx.AsyncClient, shop: Shop, url: str) -> None:
    """Two orders that have to be approved: one is, one is forgotten until its time is over."""
    boss = await shop.with_another_key()
    step = {"name": "老板", "approvers": [{"by": "role", "code": "owner"}], "due_hours": 1}
    policy = {"code": "long", "subject_kind": "order", "name": "三行", "condition": "lines > 2", "steps": [step]}
    answer = await staff.put("/api/v1/approval-policies", json={"items": [policy | {"expires_hours": 20}]})
    assert answer.status_code == 200, answer.text
    for _ in range(2):
        placed = (await place(staff, order(("COLA", 1), ("BEER", 1), ("GIFT", 1), customer="K2"))).json()
        assert placed["state"] == "pending_approval"
    (first, _) = await shop.rows("select id from approval_request where tenant_id = $1 order by id")
    async with client(url, boss) as other:
        decided = await other.post(f"/api/v1/approvals/{first['id']}/decide", json={"verdict": "approve"})
        assert decided.status_code == 200, decided.text


async def _events(shop: Shop) -> list[Delivery]:
    rows = await shop.rows("select id, kind, subject_id, data from outbox_event where tenant_id = $1 order by id")
    return [Delivery(row["id"], row["kind"], row["subject_id"], row["data"] or {}) for row in rows]


async def test_the_day_has_news_of_every_kind_that_is_reacted_to(shop: Shop) -> None:
    reacted_to = {kind for kind, reactions in BY_KIND.items() if reactions}
    assert reacted_to - {event.kind for event in await _events(shop)} == set()


async def _settle(shop: Shop) -> None:
    """News of an order marks its day to be counted again; that is done when it is due."""
    await shop.database.run(shop.world.tenant.id, recount)


async def _react(reaction: Reaction, deliveries: Sequence[Delivery], tx: Tx) -> None:
    await reaction(tx, deliveries)


@pytest.mark.parametrize("seed", range(3))
async def test_reactions_called_again_in_any_order_change_nothing(shop: Shop, seed: int) -> None:
    before = await contents(shop.database, shop.world.tenant)
    dice = random.Random(seed)
    events = await _events(shop) * 2
    dice.shuffle(events)
    while events:
        some, events = events[: (size := dice.randint(1, 9))], events[size:]
        together = defaultdict(list)
        for event in some:
            together[event.kind].append(event)
        for kind, deliveries in together.items():
            for _, reaction in BY_KIND[kind]:
                await shop.database.run(shop.world.tenant.id, partial(_react, reaction, deliveries))
    await _settle(shop)
    assert await contents(shop.database, shop.world.tenant) == before
    await shop.check_books()


async def test_an_outbox_delivered_all_over_again_changes_nothing(shop: Shop) -> None:
    before = await contents(shop.database, shop.world.tenant)
    async with shop.database.transaction(shop.world.tenant.id) as tx:
        await tx.write("delete from outbox_mark where tenant_id = $1")
        await tx.write("update outbox_event set due_at = $2, settled_at = null where tenant_id = $1", tx.now)
    await drain(shop.database, shop.world.tenant.id, BY_KIND)
    await _settle(shop)
    after = await contents(shop.database, shop.world.tenant)
    outbox = {"outbox_event", "outbox_mark"}
    assert {name: rows for name, rows in after.items() if name not in outbox} == {
        name: rows for name, rows in before.items() if name not in outbox
    }
    assert len(after["outbox_event"]) == len(before["outbox_event"])
    await shop.check_books()
