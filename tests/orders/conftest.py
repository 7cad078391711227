import pytest
from tests.orders.desk import desk  # noqa: F401 - a fixture
from tests.support import Tenant
from tests.world import World, make_world

from dinghuo.kit.database import Database


@pytest.fixture
async def world(database: Database, tenant: Tenant) -> World:
    return await make_world(database, tenant)
