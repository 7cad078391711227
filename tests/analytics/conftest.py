"""A company whose orders lie on days of the test's choosing."""

from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime

import httpx
import pytest
from litestar import Litestar
from tests.support import Tenant, client_of, key_of, make_user
from tests.world import World, make_world

from dinghuo.kit.database import Database, utc_now


class Clock:
    """What the application takes for now: a moment in Shanghai, where the company is."""

    def __init__(self) -> None:
        self.now = utc_now()

    def set(self, text: str) -> None:
        """`2026-03-05T10:30` in Shanghai."""
        self.now = datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(database: Database) -> Iterator[Clock]:
    before, clock = database.clock, Clock()
    database.clock = clock
    yield clock
    database.clock = before


@pytest.fixture
async def world(database: Database, tenant: Tenant) -> World:
    return await make_world(database, tenant)


@pytest.fixture
async def owner(app: Litestar, database: Database, world: World) -> AsyncIterator[httpx.AsyncClient]:
    key = await key_of(database, world.tenant, await make_user(database, world.tenant, "owner", login="boss"))
    async with client_of(app, x_api_key=key.text(), accept_language="en") as client:
        yield client
