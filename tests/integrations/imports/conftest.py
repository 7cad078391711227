"""An owner at the import wizard."""

import pytest
from tests import callers
from tests.integrations.imports.desk import Desk
from tests.support import Tenant, make_tenant

from dinghuo.kit.database import Database

staff = callers.staff


@pytest.fixture
async def desk(staff: callers.Staff, database: Database, tenant: Tenant) -> Desk:
    return Desk(await staff("owner"), database, tenant)


@pytest.fixture
async def other_desk(staff: callers.Staff, database: Database) -> Desk:
    """The same in another company."""
    other = await make_tenant(database)
    return Desk(await staff("owner", tenant=other), database, other)
