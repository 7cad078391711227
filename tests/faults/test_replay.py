"""Every event delivered again, twice and in any order, changes nothing."""

import random
from collections import defaultdict
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from tests.faults.buying import Shop, open_shop
from tests.faults.day import a_day
from tests.support import contents, make_tenant

from dinghuo.analytics.recount import recount
from dinghuo.flow.reactions import BY_KIND, PERIODS
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.outbox import Delivery
from dinghuo.kit.outbox_run import Reaction, drain
from dinghuo.kit.periodic import schedule_all
from dinghuo.kit.roles import Urls

pytestmark = pytest.mark.slow


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
        await a_day(shop)
        tenant_id = shop.world.tenant.id
        await database.run(tenant_id, lambda tx: schedule_all(tx, PERIODS))
        clock.now += timedelta(hours=2)
        await drain(database, tenant_id, BY_KIND)
        # Long enough for whatever comes back to have come once, the daily things included.
        clock.now += timedelta(days=1)
        await drain(database, tenant_id, BY_KIND)
        # And for what followed from that to be counted and sealed, rebates included.
        clock.now += timedelta(hours=6)
        await drain(database, tenant_id, BY_KIND)
        async with database.transaction(tenant_id) as tx:
            await tx.write("update counted_day set dirty = true where tenant_id = $1")
        await _settle(shop)
        yield shop
    finally:
        await database.close()


async def _events(shop: Shop) -> list[Delivery]:
    rows = await shop.rows("select id, kind, subject_id, data from outbox_event where tenant_id = $1 order by id")
    return [Delivery(row["id"], row["kind"], row["subject_id"], row["data"] or {}) for row in rows]


async def test_the_day_has_news_of_every_kind_that_is_reacted_to(shop: Shop) -> None:
    reacted_to = {kind for kind, reactions in BY_KIND.items() if reactions}
    assert sorted(reacted_to - {event.kind for event in await _events(shop)}) == []


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
