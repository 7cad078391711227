"""Installations to break: each test ends only what it started."""

from collections.abc import AsyncIterator

import pytest
from tests.faults.buying import Shop, open_shop
from tests.faults.serving import Here, Program, serve, serve_here
from tests.support import Tenant

from dinghuo.kit.database import Database
from dinghuo.kit.embedded import EmbeddedServer
from dinghuo.kit.roles import Urls, database_of


@pytest.fixture
async def shop(database: Database, tenant: Tenant) -> Shop:
    return await open_shop(database, tenant)


@pytest.fixture
async def here(database: Database) -> AsyncIterator[Here]:
    """The application on a real socket, in this process, where tests can reach into it."""
    async with serve_here(database) as here:
        yield here


@pytest.fixture(scope="session")
def environment(postgres: EmbeddedServer, database_urls: Urls) -> dict[str, str]:
    """What leads the program to the database of these tests."""
    url = postgres.admin_url(database_of(database_urls.app))
    return {"DATABASE_URL": url, "DATABASE_APP_URL": "", "DINGHUO_SECRET": "test"}


@pytest.fixture(scope="package")
async def crew(environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Program]:
    """`dinghuo serve` with four web processes."""
    log = tmp_path_factory.mktemp("crew") / "serve.log"
    async with serve(environment, log, workers=4) as program:
        yield program
