"""A seller with three customers: one in the east, one in Hangzhou (which is in the east), one in the north."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.support import Tenant, client_of, key_of, make_user

from dinghuo.kit.database import Database

Ask = Callable[..., Awaitable[httpx.AsyncClient]]
PNG = b"\x89PNG\r\n\x1a\n a picture"
PDF = b"%PDF-1.7 a policy"


@pytest.fixture
async def clients() -> AsyncIterator[AsyncExitStack]:
    async with AsyncExitStack() as stack:
        yield stack


@pytest.fixture
async def owner(app: Litestar, database: Database, tenant: Tenant, clients: AsyncExitStack) -> httpx.AsyncClient:
    """The seller's owner, in English; the customers are there."""
    key = await key_of(database, tenant, await make_user(database, tenant, "owner"))
    client = await clients.enter_async_context(client_of(app, x_api_key=key.text(), accept_language="en"))
    words: dict[str, list[dict[str, Any]]] = {
        "tiers": [{"code": "GOLD", "name": "金牌"}],
        "channels": [{"code": "KA", "name": "大客户"}],
        "regions": [
            {"code": "EAST", "name": "华东"},
            {"code": "HZ", "name": "杭州", "parent": "EAST"},
            {"code": "NORTH", "name": "华北"},
        ],
        "customers": [
            {"code": "E", "name": "东客户", "region": "EAST", "tier": "GOLD"},
            {"code": "H", "name": "杭客户", "region": "HZ", "channel": "KA"},
            {"code": "N", "name": "北客户", "region": "NORTH"},
        ],
    }
    for path, items in words.items():
        answer = await client.put(f"/api/v1/{path}", json={"items": items})
        assert answer.status_code == 200, answer.text
    return client


@pytest.fixture
async def as_dealer(app: Litestar, database: Database, tenant: Tenant, clients: AsyncExitStack) -> Ask:
    """`await as_dealer("E")`: a client of a new user of this customer, in Chinese."""

    async def act(*customers: str, login: str | None = None) -> httpx.AsyncClient:
        name = await make_user(database, tenant, "dealer_buyer", login=login, customers=customers)
        key = await key_of(database, tenant, name)
        return await clients.enter_async_context(client_of(app, x_api_key=key.text()))

    return act


@pytest.fixture
async def as_staff(app: Litestar, database: Database, tenant: Tenant, clients: AsyncExitStack) -> Ask:
    async def act(role: str, **user: Any) -> httpx.AsyncClient:
        key = await key_of(database, tenant, await make_user(database, tenant, role, **user))
        return await clients.enter_async_context(client_of(app, x_api_key=key.text(), accept_language="en"))

    return act


async def written(owner: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    """A draft of the owner's."""
    answer = await owner.post("/api/v1/notices", json={"kind": "notice", "title": "放假通知", **fields})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def published(owner: httpx.AsyncClient, **fields: Any) -> dict[str, Any]:
    draft = await written(owner, **fields)
    answer = await owner.post(f"/api/v1/notices/{draft['id']}/publish")
    assert answer.status_code == 200, answer.text
    made: dict[str, Any] = answer.json()
    return made


async def titles(dealer: httpx.AsyncClient, **query: Any) -> list[str]:
    """What this dealer's list shows."""
    answer = await dealer.get("/portal/v1/notices", params=query)
    assert answer.status_code == 200, answer.text
    return [item["title"] for item in answer.json()["items"]]


def codes(answer: httpx.Response) -> list[tuple[str, str]]:
    return [(fault.get("field", ""), fault["code"]) for fault in answer.json()["faults"]]
