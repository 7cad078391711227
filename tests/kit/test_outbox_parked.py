"""What fails is found, tried again, parked, and then an operator's to replay or drop."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest
from tests.kit.outbox_world import Clock, Noted, Notes, T, emitted, marks, unsettled
from tests.support import Tenant, make_tenant

from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.outbox import Delivery
from dinghuo.kit.outbox_parked import Chosen, drop, failures, replay
from dinghuo.kit.outbox_purge import KEPT, purge
from dinghuo.kit.outbox_run import ATTEMPTS, Reactions, drain, pause, turn
from dinghuo.kit.roles import Urls

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


async def test_a_poisoned_event_fails_alone(timed: Database, tenant: Tenant, clock: Clock) -> None:
    subjects = await emitted(timed, tenant.id, 64)
    culprit = subjects[37]
    healthy, ill = Notes("healthy"), Notes("ill", poisoned=[culprit])
    await drain(timed, tenant.id, {Noted.kind(): [("healthy", healthy), ("ill", ill)]})
    assert await healthy.counts(timed, tenant.id) == dict.fromkeys(subjects, 1)
    assert await ill.counts(timed, tenant.id) == dict.fromkeys(set(subjects) - {culprit}, 1)
    assert await marks(timed, tenant.id) == {("healthy", "done"): 64, ("ill", "done"): 63, ("ill", "failed"): 1}
    async with timed.transaction(tenant.id) as tx:
        [failed] = (await failures(tx, state="failed")).items
    assert (failed.subject_id, failed.reaction, failed.attempts) == (culprit, "ill", 1)
    assert failed.error == "ValueError: poisoned  subject"
    assert failed.due_at is not None and timedelta(seconds=7) < failed.due_at - clock.now < timedelta(seconds=13)


async def test_retries_then_parks_then_replays(timed: Database, tenant: Tenant, clock: Clock) -> None:
    [culprit] = await emitted(timed, tenant.id, 1)
    ill = Notes("ill", poisoned=[culprit])
    reactions: Reactions = {Noted.kind(): [("ill", ill)]}
    for _ in range(ATTEMPTS + 2):
        await drain(timed, tenant.id, reactions)
        await drain(timed, tenant.id, reactions)  # before its time it is left alone
        clock.forward(hours=4)
    assert len(ill.lists) == ATTEMPTS
    assert await marks(timed, tenant.id) == {("ill", "parked"): 1}
    assert await unsettled(timed, tenant.id) == 0
    async with timed.transaction(tenant.id) as tx:
        [parked] = (await failures(tx)).items
        assert (await failures(tx, state="failed")).items == []
    assert (parked.attempts, parked.due_at, parked.state) == (ATTEMPTS, None, "parked")

    ill.poisoned.clear()
    chosen = [Chosen(parked.event_id, "ill")] * 2
    assert await timed.run(tenant.id, partial(replay, chosen=chosen, by=SYSTEM)) == 1
    await drain(timed, tenant.id, reactions)
    assert await ill.counts(timed, tenant.id) == {culprit: 1}
    assert await marks(timed, tenant.id) == {("ill", "done"): 1}
    assert await unsettled(timed, tenant.id) == 0
    with pytest.raises(Refused, match="No such reaction is parked"):
        await timed.run(tenant.id, partial(replay, chosen=chosen, by=SYSTEM))


async def test_dropping_is_for_good_and_audited(timed: Database, tenant: Tenant, clock: Clock) -> None:
    subjects = await emitted(timed, tenant.id, 2)
    ill = Notes("ill", poisoned=subjects)
    for _ in range(ATTEMPTS):
        await drain(timed, tenant.id, {Noted.kind(): [("ill", ill)]})
        clock.forward(hours=4)
    async with timed.transaction(tenant.id) as tx:
        first = await failures(tx, limit=1)
        rest = await failures(tx, limit=1, cursor=first.cursor)
    assert [item.subject_id for item in first.items + rest.items] == sorted(subjects)
    assert rest.cursor is None
    event_id = first.items[0].event_id
    bad = [Chosen(event_id, "ill"), Chosen(event_id, "other"), Chosen(new_id(), "ill")]
    with pytest.raises(Refused) as refused:
        await timed.run(tenant.id, partial(drop, chosen=bad, by=SYSTEM))
    assert [fault.line for fault in refused.value.faults] == [2, 3]
    assert await marks(timed, tenant.id) == {("ill", "parked"): 2}

    assert await timed.run(tenant.id, partial(drop, chosen=bad[:1], by=SYSTEM)) == 1
    assert await marks(timed, tenant.id) == {("ill", "parked"): 1, ("ill", "dropped"): 1}
    async with timed.transaction(tenant.id) as tx:
        rows = await tx.fetch(
            "select subject_id, action, changes from audit_entry "
            "where tenant_id = $1 and subject_kind = 'outbox_event'"
        )
    assert [tuple(row) for row in rows] == [(event_id, "dropped", {"ill": ["parked", "dropped"]})]


async def test_another_tenants_failures_are_out_of_reach(timed: Database, tenant: Tenant, clock: Clock) -> None:
    subjects = await emitted(timed, tenant.id, 1)
    for _ in range(ATTEMPTS):
        await drain(timed, tenant.id, {Noted.kind(): [("ill", Notes(poisoned=subjects))]})
        clock.forward(hours=4)
    async with timed.transaction(tenant.id) as tx:
        [parked] = (await failures(tx)).items
    other = await make_tenant(timed)
    async with timed.transaction(other.id) as tx:
        assert (await failures(tx)).items == []
    with pytest.raises(Refused, match="No such reaction is parked"):
        await timed.run(other.id, partial(replay, chosen=[Chosen(parked.event_id, "ill")], by=SYSTEM))
    assert await marks(timed, tenant.id) == {("ill", "parked"): 1}


async def test_a_reaction_that_no_longer_exists_keeps_no_event_open(
    timed: Database, tenant: Tenant, clock: Clock
) -> None:
    subjects = await emitted(timed, tenant.id, 1)
    old = Notes(poisoned=subjects)
    await drain(timed, tenant.id, {Noted.kind(): [("kept", Notes("kept")), ("removed", old)]})
    assert await unsettled(timed, tenant.id) == 1
    clock.forward(hours=1)
    await drain(timed, tenant.id, {Noted.kind(): [("kept", Notes("kept"))]})
    assert await unsettled(timed, tenant.id) == 0


async def test_nobody_is_blamed_while_the_database_is_away(
    database: Database, database_urls: Urls, tenant: Tenant
) -> None:
    await emitted(database, tenant.id, 4)

    class Away(Database):
        """Loses its server in the middle of the reaction and does not find it again."""

        gone = False

        async def run(self, tenant_id: int, command: Callable[[Tx], Awaitable[T]]) -> T:
            if self.gone:
                raise ConnectionRefusedError
            return await super().run(tenant_id, command)

    away = Away(database_urls.app, guard=True, pool_size=1)

    async def cut(tx: Tx, _deliveries: Sequence[Delivery]) -> None:
        away.gone = True
        await tx.fetch("select pg_terminate_backend(pg_backend_pid()) where $1 > 0")

    with pytest.raises(ConnectionRefusedError):
        await turn(away, tenant.id, Noted.kind(), {Noted.kind(): [("a", cut)]})
    await away.close()
    assert await marks(database, tenant.id) == {}
    notes = Notes()
    await drain(database, tenant.id, {Noted.kind(): [("a", notes)]})
    assert notes.lists == [4]


def test_pauses_grow() -> None:
    for attempts in range(1, ATTEMPTS):
        for _ in range(20):
            middle = 10 * 3 ** (attempts - 1)
            assert middle * 0.75 <= pause(attempts).total_seconds() <= middle * 1.25


async def test_old_events_are_purged_but_not_what_is_parked(timed: Database, tenant: Tenant, clock: Clock) -> None:
    clock.now = datetime.now(UTC)
    subjects = await emitted(timed, tenant.id, 3)
    ill = Notes(poisoned=subjects[:1])
    for _ in range(ATTEMPTS):
        await drain(timed, tenant.id, {Noted.kind(): [("ill", ill)]})
        clock.forward(hours=4)
    clock.now += KEPT
    await emitted(timed, tenant.id, 1)
    assert await timed.run(tenant.id, purge) == 2
    assert await marks(timed, tenant.id) == {("ill", "parked"): 1}
    async with timed.transaction(tenant.id) as tx:
        rows = await tx.fetch("select subject_id from outbox_event where tenant_id = $1 order by id")
    assert rows[0]["subject_id"] == subjects[0]
    assert len(rows) == 2
