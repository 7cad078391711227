"""A shop with two dealers, and clients of everybody in it."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack

import httpx
import pytest
from litestar import Litestar
from tests.portal.shop import Shop, open_shop
from tests.support import Tenant, client_of, key_of, make_user

from dinghuo.kit.database import Database

AsDealer = Callable[..., Awaitable[httpx.AsyncClient]]


@pytest.fixture
async def clients() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
async def owner(app: Litestar, database: Database, tenant: Tenant, clients: AsyncExitStack) -> httpx.AsyncClient:
    """The seller's owner, in English."""
    key = await key_of(database, tenant, await make_user(database, tenant, "owner"))
    return await clients.enter_async_context(client_of(app, x_api_key=key.text(), accept_language="en"))


@pytest.fixture
async def shop(owner: httpx.AsyncClient, tenant: Tenant) -> Shop:
    return await open_shop(owner, tenant)


@pytest.fixture
async def as_dealer(
    app: Litestar, database: Database, tenant: Tenant, shop: Shop, clients: AsyncExitStack
) -> AsDealer:
    """`await as_dealer("dealer_buyer", "D1")`: a client of a new user of a dealer, in Chinese."""

    async def act(role: str = "dealer_admin", dealer: str = "D1", login: str | None = None) -> httpx.AsyncClient:
        name = await make_user(database, tenant, role, login=login, audience="dealer", customers=[dealer])
        key = await key_of(database, tenant, name)
        return await clients.enter_async_context(client_of(app, x_api_key=key.text()))

    return act


@pytest.fixture
async def buyer(as_dealer: AsDealer) -> httpx.AsyncClient:
    """Somebody who buys for D1."""
    return await as_dealer("dealer_buyer", "D1")


@pytest.fixture
async def admin(as_dealer: AsDealer) -> httpx.AsyncClient:
    """Who looks after D1's account."""
    return await as_dealer("dealer_admin", "D1", "chen")


@pytest.fixture
async def approver(as_dealer: AsDealer) -> httpx.AsyncClient:
    """Who agrees to what colleagues of D1 order."""
    return await as_dealer("dealer_approver", "D1", "lin")
