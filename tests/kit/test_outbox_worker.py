"""Every event meets every reaction once in effect, whatever fails on the way."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import asyncpg
import pytest
from tests.kit.outbox_world import (
    Clock,
    Late,
    Noted,
    Notes,
    Unheard,
    emitted,
    marks,
    unsettled,
    until_settled,
    working,
)
from tests.support import Tenant, make_tenant

from dinghuo.kit.database import Database, Tx
from dinghuo.kit.ids import new_id
from dinghuo.kit.outbox import Delivery, emit
from dinghuo.kit.outbox_run import Reactions, drain, turn
from dinghuo.kit.outbox_watch import Lag, Watch
from dinghuo.kit.outbox_worker import Rounds
from dinghuo.kit.periodic import TENANT, next_slot, schedule
from dinghuo.kit.roles import Urls, database_of
from dinghuo.kit.wake import Waker

pytestmark = pytest.mark.slow


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def timed(database_urls: Urls, clock: Clock) -> AsyncIterator[Database]:
    """The database at a time of the test's choosing."""
    database = Database(database_urls.app, guard=True, clock=clock, pool_size=4)
    yield database
    await database.close()


async def test_every_event_meets_every_reaction_once(database: Database, tenant: Tenant) -> None:
    subjects = await emitted(database, tenant.id, 450)
    first, second = Notes("first"), Notes("second")
    reactions: Reactions = {Noted.kind(): [("a", first), ("b", second)]}
    await drain(database, tenant.id, reactions)
    await drain(database, tenant.id, reactions)
    assert await first.counts(database, tenant.id) == dict.fromkeys(subjects, 1)
    assert await second.counts(database, tenant.id) == dict.fromkeys(subjects, 1)
    assert await marks(database, tenant.id) == {("a", "done"): 450, ("b", "done"): 450}
    assert first.lists == [200, 200, 50]
    assert await unsettled(database, tenant.id) == 0


async def test_a_reaction_reads_the_event_it_was_emitted_as(database: Database, tenant: Tenant) -> None:
    event = Noted(subject_id=new_id(), word="你好")
    got: list[Noted] = []

    async def read(_tx: Tx, deliveries: Sequence[Delivery]) -> None:
        got.extend(delivery.read(Noted) for delivery in deliveries)

    await database.run(tenant.id, partial(emit, events=[event]))
    await drain(database, tenant.id, {Noted.kind(): [("a", read)]})
    assert got == [event]


async def test_what_nobody_reacts_to_is_settled_and_what_nobody_knows_is_left(
    database: Database, tenant: Tenant
) -> None:
    await database.run(tenant.id, partial(emit, events=[Unheard(subject_id=new_id()) for _ in range(3)]))
    await emitted(database, tenant.id, 2)
    await drain(database, tenant.id, {Unheard.kind(): []})
    assert await unsettled(database, tenant.id) == 2
    assert await turn(database, tenant.id, Noted.kind(), {}) is False
    assert await unsettled(database, tenant.id) == 2


async def test_two_workers_share_the_work(database: Database, database_urls: Urls, tenant: Tenant) -> None:
    subjects = await emitted(database, tenant.id, 600)
    first, second = Notes("first"), Notes("second")
    reactions: Reactions = {Noted.kind(): [("a", first), ("b", second)]}
    async with (
        working(database, database_urls, reactions, batch=20),
        working(database, database_urls, reactions, batch=20),
    ):
        await until_settled(database, tenant.id)
    assert await first.counts(database, tenant.id) == dict.fromkeys(subjects, 1)
    assert await second.counts(database, tenant.id) == dict.fromkeys(subjects, 1)
    assert await marks(database, tenant.id) == {("a", "done"): 600, ("b", "done"): 600}


async def test_killed_before_the_commit_nothing_is_lost_or_done_twice(database: Database, tenant: Tenant) -> None:
    subjects = await emitted(database, tenant.id, 10)
    notes = Notes()
    reached = asyncio.Event()

    async def hangs(tx: Tx, deliveries: Sequence[Delivery]) -> None:
        await notes(tx, deliveries)
        reached.set()
        await asyncio.Event().wait()

    killed = asyncio.create_task(turn(database, tenant.id, Noted.kind(), {Noted.kind(): [("a", hangs)]}))
    await reached.wait()
    # Whoever comes meanwhile finds everything taken.
    await turn(database, tenant.id, Noted.kind(), {Noted.kind(): [("a", notes)]})
    assert notes.lists == [10]
    killed.cancel()
    with pytest.raises(asyncio.CancelledError):
        await killed
    assert await notes.counts(database, tenant.id) == {}
    assert await marks(database, tenant.id) == {}
    await drain(database, tenant.id, {Noted.kind(): [("a", notes)]})
    assert await notes.counts(database, tenant.id) == dict.fromkeys(subjects, 1)


async def test_the_worker_hears_the_ring(database_urls: Urls, tenant: Tenant) -> None:
    database = Database(database_urls.app, guard=True, pool_size=4)
    waker = Waker(database_urls.app)
    database.wake = waker.ring
    ringing = asyncio.create_task(waker.run())
    notes = Notes()
    # An hour between looks: only the ring can make it look again.
    async with working(database, database_urls, {Noted.kind(): [("a", notes)]}, poll=3600):
        for _ in range(3):
            subjects = await emitted(database, tenant.id, 2)
            await until_settled(database, tenant.id)
            assert (await notes.counts(database, tenant.id)).keys() >= set(subjects)
    ringing.cancel()
    await asyncio.gather(ringing, return_exceptions=True)
    await database.close()


async def test_a_rollback_does_not_ring(database_urls: Urls, tenant: Tenant) -> None:
    database = Database(database_urls.app, guard=True, pool_size=1)
    rings: list[tuple[int, int]] = []
    database.wake = lambda tenant_id, events, _kinds: rings.append((tenant_id, len(events)))
    with pytest.raises(ZeroDivisionError):
        async with database.transaction(tenant.id) as tx:
            await emit(tx, [Noted(subject_id=new_id())])
            raise ZeroDivisionError
    assert rings == []
    await emitted(database, tenant.id, 1)
    assert rings == [(tenant.id, 1)]
    await database.close()


@pytest.mark.slow
async def test_the_worker_outlives_its_connections(database: Database, database_urls: Urls, tenant: Tenant) -> None:
    notes = Notes()
    async with working(database, database_urls, {Noted.kind(): [("a", notes)]}, poll=0.05):
        await emitted(database, tenant.id, 1)
        await until_settled(database, tenant.id)
        admin: Any = await asyncpg.connect(database_urls.admin)
        await admin.execute(
            # Only this test's own: workers of a test run share the server, each with a database of its own.
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name = 'dinghuo-watch' and datname = $1",
            database_of(database_urls.app),
        )
        await admin.close()
        await emitted(database, tenant.id, 1)
        await until_settled(database, tenant.id)
    assert sum((await notes.counts(database, tenant.id)).values()) == 2


async def test_without_a_role_of_its_own_the_worker_looks_tenant_by_tenant(
    timed: Database, database_urls: Urls, tenant: Tenant, clock: Clock
) -> None:
    other = await make_tenant(timed)
    clock.now = datetime(2019, 1, 1, tzinfo=UTC)  # before whatever other tests left behind
    for tenant_id in (tenant.id, other.id):
        await timed.run(tenant_id, partial(emit, events=[Late(subject_id=new_id()) for _ in range(2)]))
    clock.forward(minutes=1)

    async def tenants() -> list[int]:
        return [tenant.id, other.id]

    by_role, by_tenant = Watch(database_urls.worker), Watch(database_urls.app, tenants=tenants)
    blind = Watch(database_urls.app)
    assert await by_role.due(clock.now) == sorted([(tenant.id, Late.kind()), (other.id, Late.kind())])
    assert await by_tenant.due(clock.now) == await by_role.due(clock.now)
    assert await blind.due(clock.now) == []
    expected = Lag(Late.kind(), 4, clock.now - timedelta(minutes=1), 0)
    assert [lag for lag in await by_role.lag(clock.now) if lag.due] == [expected]
    assert [lag for lag in await by_tenant.lag(clock.now) if lag.due] == [expected]
    for watch in (by_role, by_tenant, blind):
        await watch.close()


async def test_the_workers_role_reads_no_contents(database_urls: Urls) -> None:
    connection: Any = await asyncpg.connect(database_urls.worker)
    for refused in (
        "select data from outbox_event",
        "select subject_id from outbox_event",
        "select error from outbox_mark",
        "select id from sales_order",
        "update outbox_event set settled_at = now()",
        "delete from outbox_mark",
    ):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await connection.fetch(refused)
    await connection.close()


def test_rounds_give_every_tenant_its_turn() -> None:
    rounds = Rounds()
    rounds.add([(1, "a"), (1, "b"), (1, "c"), (2, "a"), (3, "a")])
    first = [rounds.take(), rounds.take(), rounds.take()]
    assert first == [(1, "a"), (2, "a"), (3, "a")]
    assert rounds.take() is None  # a tenant has one turn at a time
    rounds.add([(1, "a"), (2, "a")])  # seen again while running
    rounds.give_back(1, "a", more=True)
    rounds.give_back(3, "a", more=False)
    rounds.give_back(2, "a", more=False)
    order = []
    while (taken := rounds.take()) is not None:
        order.append(taken)
        rounds.give_back(*taken, more=False)
    assert order == [(1, "b"), (2, "a"), (1, "c"), (1, "a")]


async def test_what_comes_back_has_one_event_a_slot(timed: Database, tenant: Tenant, clock: Clock) -> None:
    event, every = Noted(subject_id=TENANT), timedelta(minutes=10)
    runs: list[datetime] = []

    async def again(tx: Tx, deliveries: Sequence[Delivery]) -> None:
        runs.append(tx.now)
        for delivery in deliveries:
            await schedule(tx, delivery.read(Noted), every)

    due = next_slot(tenant.id, event, every, clock.now)
    assert clock.now < due <= clock.now + every
    looks = [clock.now + timedelta(minutes=minute) for minute in range(40)]
    for _ in range(3):
        await timed.run(tenant.id, partial(schedule, event=event, every=every))
    for look in looks:
        clock.now = look
        await drain(timed, tenant.id, {Noted.kind(): [("again", again)]})
    # Where a tenant's slots lie is its own: three or four of them fall into the time looked at.
    slots = [due + every * n for n in range(4)]
    assert runs == [min(look for look in looks if look >= slot) for slot in slots if slot <= looks[-1]]
    assert await unsettled(timed, tenant.id) == 1
    assert next_slot(tenant.id, event, every, due) == due + every


async def test_finding_work_uses_the_index(database: Database, database_urls: Urls, tenant: Tenant) -> None:
    """As the role that asks, since row-level security changes plans; by statistics of these events."""
    await emitted(database, tenant.id, 2000)
    owner = await asyncpg.connect(database_urls.owner)
    try:
        await owner.execute("analyze outbox_event")
    finally:
        await owner.close()
    async with database.transaction(tenant.id) as tx:
        await tx.fetch("select set_config('enable_seqscan', 'off', $1 > 0)")
        plan = await tx.fetch(
            "explain select id from outbox_event where tenant_id = $1 and kind = 'test.noted' "
            "and settled_at is null and due_at <= now() order by due_at, id limit 10"
        )
    text = "\n".join(row[0] for row in plan)
    assert "using ix_outbox_event_due" in text
    assert "Index Cond: ((tenant_id = " in text and "(kind = 'test.noted'::text) AND (due_at <= now())" in text
    assert "Sort" not in text
