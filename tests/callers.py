"""Fixtures of staff who call the API with keys of their own."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import httpx
import pytest
from litestar import Litestar
from tests.support import Tenant, client_of, key_of, make_user, principal_of

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database


class Staff:
    """Makes users with a role and speaks for them, in English."""

    def __init__(self, database: Database, app: Litestar, tenant: Tenant, stack: AsyncExitStack) -> None:
        self._database = database
        self._app = app
        self._tenant = tenant
        self._stack = stack

    async def principal(
        self, role: str, *, login: str | None = None, department: str | None = None
    ) -> StaffPrincipal:
        name = await make_user(self._database, self._tenant, role, login=login, department=department)
        principal = await principal_of(self._database, await key_of(self._database, self._tenant, name))
        assert isinstance(principal, StaffPrincipal)
        return principal

    async def __call__(self, role: str, *, tenant: Tenant | None = None) -> httpx.AsyncClient:
        tenant = tenant or self._tenant
        name = await make_user(self._database, tenant, role)
        token = await key_of(self._database, tenant, name)
        client = client_of(self._app, authorization=f"Bearer {token.text()}", accept_language="en")
        return await self._stack.enter_async_context(client)


@pytest.fixture
async def staff(database: Database, app: Litestar, tenant: Tenant) -> AsyncIterator[Staff]:
    async with AsyncExitStack() as stack:
        yield Staff(database, app, tenant, stack)


@pytest.fixture
async def owner(staff: Staff) -> httpx.AsyncClient:
    """A client of the tenant's owner."""
    return await staff("owner")
