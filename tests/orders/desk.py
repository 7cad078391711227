"""Clients of an order desk over the small world, and short ways to ask for what becomes of orders."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.support import client_of, key_of, make_user
from tests.world import World

from dinghuo.entry.invariants import broken_invariants
from dinghuo.kit.database import Database

Line = tuple[str, str, str]


@dataclass
class Desk:
    """The order desk of a world: its owner's client, and what the tests ask again and again."""

    client: httpx.AsyncClient
    database: Database
    world: World
    app: Litestar
    stack: AsyncExitStack

    async def someone(self, role: str, *, customer: str | None = None) -> httpx.AsyncClient:
        """A client of a new user with this role; of a dealer when a customer is named."""
        login = await make_user(
            self.database,
            self.world.tenant,
            role,
            audience="dealer" if customer else "staff",
            customers=[customer] if customer else (),
        )
        key = await key_of(self.database, self.world.tenant, login)
        return await self.stack.enter_async_context(client_of(self.app, x_api_key=key.text(), accept_language="en"))

    async def place(self, customer: str, *lines: Line, **more: Any) -> dict[str, Any]:
        wanted = [{"sku": sku, "quantity": quantity, "unit": unit} for sku, quantity, unit in lines]
        order: dict[str, Any] = await self.done("orders", {"customer": customer, "lines": wanted, **more}, status=201)
        return order

    async def done(self, path: str, body: Any, *, status: int = 200) -> Any:
        answer = await self.client.post(f"/api/v1/{path}", json=body)
        assert answer.status_code == status, answer.text
        return answer.json()

    async def refused(
        self, path: str, body: Any, *, client: httpx.AsyncClient | None = None
    ) -> list[tuple[str, str]]:
        """The faults of a refused POST: (code, field)."""
        where = path if path.startswith("/") else f"/api/v1/{path}"
        answer = await (client or self.client).post(where, json=body)
        assert answer.status_code >= 400, answer.text
        return [(fault["code"], fault.get("field", "")) for fault in answer.json()["faults"]]

    async def keep_settings(self, **settings: Any) -> httpx.Response:
        """Keep how orders are handled, as they were read."""
        read = await self.client.get("/api/v1/settings/orders")
        return await self.client.put(
            "/api/v1/settings/orders", json=settings, headers={"if-match": read.headers["etag"]}
        )

    async def page(self, order_id: str) -> dict[str, Any]:
        answer = await self.client.get(f"/api/v1/orders/{order_id}")
        assert answer.status_code == 200, answer.text
        page: dict[str, Any] = answer.json()
        return page

    async def rows(self, sql: str, *arguments: object) -> list[tuple[Any, ...]]:
        async with self.database.transaction(self.world.tenant.id) as tx:
            return [tuple(row) for row in await tx.fetch(sql, *arguments)]

    async def write(self, sql: str, *arguments: object) -> None:
        async with self.database.transaction(self.world.tenant.id) as tx:
            await tx.write(sql, *arguments)

    async def open_credit(self, customer: str) -> str:
        rows = await self.rows(
            "select a.open from account a where a.tenant_id = $1 and a.customer_id = $2",
            self.world.customers[customer],
        )
        return f"{rows[0][0]:f}"

    async def reserved(self, sku: str) -> str:
        rows = await self.rows(
            "select sum(s.reserved) from stock s where s.tenant_id = $1 and s.sku_id = $2", self.world.skus[sku]
        )
        return f"{rows[0][0].normalize():f}"

    async def sound(self) -> None:
        async with self.database.transaction(self.world.tenant.id) as tx:
            assert await broken_invariants(tx, self.world.tenant.id) == []


@pytest.fixture
async def desk(app: Litestar, database: Database, world: World) -> AsyncIterator[Desk]:
    async with AsyncExitStack() as stack:
        login = await make_user(database, world.tenant, "owner", login="boss")
        key = await key_of(database, world.tenant, login)
        client = await stack.enter_async_context(client_of(app, x_api_key=key.text(), accept_language="en"))
        yield Desk(client, database, world, app, stack)
