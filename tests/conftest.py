"""What every test stands on: a real PostgreSQL, the application's role on it, and a fresh tenant."""

import os
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest
import structlog
from hypothesis import HealthCheck, settings
from litestar import Litestar
from tests.support import VAULT, Tenant, client_of, key_of, make_tenant, make_user

from dinghuo.entry.app import create_app
from dinghuo.entry.migrate import migrate
from dinghuo.kit.config import Web
from dinghuo.kit.database import Database
from dinghuo.kit.embedded import EmbeddedServer, server
from dinghuo.kit.roles import Urls, prepare

AsRole = Callable[..., Awaitable[httpx.AsyncClient]]

structlog.configure(
    processors=[
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.dev.ConsoleRenderer(colors=False, exception_formatter=structlog.dev.plain_traceback),
    ]
)

# How long an example takes says how busy the machine is.
settings.register_profile("steady", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("steady")

_CHINA = ZoneInfo("Asia/Shanghai")
_LONGEST = timedelta(seconds=90)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """What a test calls today is today until it ends: none begins just before midnight, where the companies are."""
    now = datetime.now(_CHINA)
    if (now + _LONGEST).date() != now.date():
        time.sleep(_LONGEST.total_seconds())


_FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "200"}


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[EmbeddedServer]:
    """One server for all workers of a run; the last one stops it."""
    base = tmp_path_factory.getbasetemp()
    with server((base.parent if _worker() else base) / "postgres", options=_FAST) as running:
        yield running


@pytest.fixture(scope="session")
async def database_urls(postgres: EmbeddedServer) -> Urls:
    """A migrated database of this worker's own."""
    urls = await prepare(postgres.admin_url(), database=f"dinghuo_{_worker() or 'test'}", secret="test")
    await migrate(urls.owner)
    return urls


@pytest.fixture(scope="module")
async def urls_apart(postgres: EmbeddedServer, request: pytest.FixtureRequest) -> Urls:
    """A migrated database of this file's own, for what other tests' rows and statistics would disturb."""
    name = request.module.__name__.rsplit(".", 1)[-1]
    urls = await prepare(postgres.admin_url(), database=f"dinghuo_{_worker() or 'test'}_{name}", secret="test")
    await migrate(urls.owner)
    return urls


@pytest.fixture(scope="session")
async def database(database_urls: Urls) -> AsyncIterator[Database]:
    """The database as the application sees it, every statement held to the rules of `kit.guard`."""
    database = Database(database_urls.app, guard=True, vault=VAULT)
    yield database
    await database.close()


@pytest.fixture
async def tenant(database: Database) -> Tenant:
    return await make_tenant(database)


@pytest.fixture(scope="session")
def app(database: Database) -> Litestar:
    """What it calls itself is nowhere: a test that needs WeChat brings its own."""
    return create_app(database, web=Web(wechat_url="http://127.0.0.1:9"))


@pytest.fixture
async def client(app: Litestar) -> AsyncIterator[httpx.AsyncClient]:
    """Someone the application does not know."""
    async with client_of(app) as client:
        yield client


@pytest.fixture
async def as_role(app: Litestar, database: Database, tenant: Tenant) -> AsyncIterator[AsRole]:
    """`await as_role("finance")`: a client that acts, by API key, as a new user with this role (or these).

    Keywords are those of `support.make_user`; `tenant=` names another tenant than the test's own.
    """
    async with AsyncExitStack() as clients:

        async def act(*roles: str, tenant: Tenant = tenant, **user: Any) -> httpx.AsyncClient:
            token = await key_of(database, tenant, await make_user(database, tenant, *roles, **user))
            return await clients.enter_async_context(client_of(app, authorization=f"Bearer {token.text()}"))

        yield act


def _worker() -> str | None:
    return os.environ.get("PYTEST_XDIST_WORKER")
