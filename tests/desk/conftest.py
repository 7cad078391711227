"""A company whose owner calls the API."""

from collections.abc import AsyncIterator

import httpx
import pytest
from litestar import Litestar
from tests.support import Tenant, client_of, key_of, make_user
from tests.world import World, make_world

from dinghuo.kit.database import Database


@pytest.fixture
async def world(database: Database, tenant: Tenant) -> World:
    return await make_world(database, tenant)


@pytest.fixture
async def owner(app: Litestar, database: Database, world: World) -> AsyncIterator[httpx.AsyncClient]:
    key = await key_of(database, world.tenant, await make_user(database, world.tenant, "owner", login="boss"))
    async with client_of(app, x_api_key=key.text(), accept_language="en") as client:
        yield client
