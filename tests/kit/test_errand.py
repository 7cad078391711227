"""Errands: carried outside of every transaction, at least once, tried again when it failed."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import pytest
from tests.kit.outbox_world import Clock, Noted, emitted, marks, unsettled
from tests.support import VAULT, Tenant

from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errand import UNDER_WAY, Errand
from dinghuo.kit.outbox import Delivery
from dinghuo.kit.outbox_run import ATTEMPTS, Reactions, drain, turn
from dinghuo.kit.roles import Urls

pytestmark = pytest.mark.slow


class Post:
    """Somebody outside, who takes parcels or is away."""

    def __init__(self, database: Database, tenant: Tenant) -> None:
        self.database, self.tenant = database, tenant
        self.got: list[UUID] = []
        self.away: set[UUID] = set()
        self.dies = False
        self.unwanted: set[UUID] = set()

    @property
    def reactions(self) -> Reactions:
        return {Noted.kind(): [("test.post", Errand(self.pack, self.carry))]}

    async def pack(self, _tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, UUID]:
        return {d.event_id: d.subject_id for d in deliveries if d.subject_id not in self.unwanted}

    async def carry(self, tenant_id: int, parcels: Mapping[UUID, UUID]) -> Mapping[UUID, Exception]:
        # No transaction holds the events: another can lock them at once.
        async with self.database.transaction(tenant_id) as tx:
            locked = await tx.fetch(
                "select id from outbox_event where tenant_id = $1 and id = any($2::uuid[]) for update nowait",
                list(parcels),
            )
        assert len(locked) == len(parcels)
        self.got += [subject for subject in parcels.values() if subject not in self.away]
        if self.dies:
            raise KeyboardInterrupt
        return {id: OSError("away\0") for id, subject in parcels.items() if subject in self.away}


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def post(database_urls: Urls, tenant: Tenant, clock: Clock) -> Post:
    return Post(Database(database_urls.app, guard=True, clock=clock, vault=VAULT), tenant)


async def test_what_is_carried_is_done_once(post: Post) -> None:
    subjects = await emitted(post.database, post.tenant.id, 120)
    post.unwanted = set(subjects[:20])
    await drain(post.database, post.tenant.id, post.reactions)
    await drain(post.database, post.tenant.id, post.reactions)
    assert sorted(post.got) == sorted(subjects[20:])
    assert await marks(post.database, post.tenant.id) == {("test.post", "done"): 120}
    assert await unsettled(post.database, post.tenant.id) == 0
    await post.database.close()


async def test_what_failed_is_tried_again_and_at_last_parked(post: Post, clock: Clock) -> None:
    good, bad = await emitted(post.database, post.tenant.id, 2)
    post.away = {bad}
    await drain(post.database, post.tenant.id, post.reactions)
    assert (post.got, await marks(post.database, post.tenant.id)) == (
        [good], {("test.post", "done"): 1, ("test.post", "failed"): 1},
    )  # fmt: skip
    for _ in range(ATTEMPTS - 1):
        clock.forward(hours=3)
        await drain(post.database, post.tenant.id, post.reactions)
    assert await marks(post.database, post.tenant.id) == {("test.post", "done"): 1, ("test.post", "parked"): 1}
    assert (post.got, await unsettled(post.database, post.tenant.id)) == ([good], 0)
    await post.database.close()


async def test_who_dies_on_the_way_leaves_it_to_the_next(post: Post, clock: Clock) -> None:
    (subject,) = await emitted(post.database, post.tenant.id, 1)
    post.dies = True
    with pytest.raises(KeyboardInterrupt):
        await turn(post.database, post.tenant.id, Noted.kind(), post.reactions)
    post.dies = False
    await drain(post.database, post.tenant.id, post.reactions)
    assert post.got == [subject]  # not yet: somebody may still be on the way
    clock.forward(seconds=UNDER_WAY.total_seconds() + 1)
    await drain(post.database, post.tenant.id, post.reactions)
    assert post.got == [subject, subject]
    assert await marks(post.database, post.tenant.id) == {("test.post", "done"): 1}
    await post.database.close()
