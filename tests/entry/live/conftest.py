"""A server that keeps screens, on a real socket in this process, and clients that listen to it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx
import msgspec
import pytest
from litestar import Litestar
from tests.faults.serving import PATIENCE, listening
from tests.support import VAULT, Tenant, key_of, make_user

from dinghuo.entry.app import create_app
from dinghuo.entry.live.hub import Hub
from dinghuo.kit.database import Database
from dinghuo.kit.roles import Urls
from dinghuo.kit.wake import Waker

AsRole = Callable[..., Awaitable[httpx.AsyncClient]]


@dataclass
class Ear:
    """Who listens to a stream. `heard` are the messages so far, but for the greeting; `place` where it is."""

    client: httpx.AsyncClient
    path: str
    heard: list[dict[str, Any]] = field(default_factory=list)
    place: str | None = None
    greeted: asyncio.Event = field(default_factory=asyncio.Event)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    _news: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self, since: str | None = None) -> None:
        headers = {"last-event-id": since} if since else {}
        try:
            async with self.client.stream("GET", self.path, headers=headers, timeout=None) as answer:
                assert answer.status_code == 200, await answer.aread()
                assert answer.headers["content-type"].startswith("text/event-stream")
                async for line in answer.aiter_lines():
                    self._take(line)
        except httpx.RemoteProtocolError:
            pass
        finally:
            self.ended.set()
            self._news.set()

    def _take(self, line: str) -> None:
        name, _, value = line.partition(": ")
        if name == "id":
            self.place = value
        elif name == "data":
            message = msgspec.json.decode(value)
            if message["kind"] == "hello":
                self.greeted.set()
            else:
                self.heard.append(message)
                self._news.set()

    async def until(self, *kinds: str) -> list[dict[str, Any]]:
        """Wait for messages of these kinds, in this order among others; those messages."""
        while len(found := list(self._match(kinds))) < len(kinds):
            await self._more()
        return found

    async def until_about(self, kind: str, id: str) -> None:
        """Wait for a message of this kind about this subject."""
        while (kind, id) not in [(message["kind"], message.get("id")) for message in self.heard]:
            await self._more()

    async def _more(self) -> None:
        assert not self.ended.is_set(), self.heard
        self._news.clear()
        async with asyncio.timeout(PATIENCE):
            await self._news.wait()

    def _match(self, kinds: tuple[str, ...]) -> Any:
        waiting = iter(self.heard)
        for kind in kinds:
            for message in waiting:
                if message["kind"] == kind:
                    yield message
                    break

    @property
    def kinds(self) -> list[str]:
        return [message["kind"] for message in self.heard]


@asynccontextmanager
async def hearing(client: httpx.AsyncClient, base: str = "/api/v1", since: str | None = None) -> AsyncIterator[Ear]:
    """Somebody who listens, from the moment the body begins."""
    ear = Ear(client, f"{base}/events")
    task = asyncio.create_task(ear.listen(since))
    try:
        async with asyncio.timeout(PATIENCE):
            await asyncio.wait([asyncio.create_task(ear.greeted.wait()), task], return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            task.result()
        yield ear
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@dataclass(frozen=True)
class Screens:
    """The server: where it is, and what keeps its screens."""

    url: str
    hub: Hub
    database: Database


@asynccontextmanager
async def keeping(urls: Urls) -> AsyncIterator[Screens]:
    database = Database(urls.app, guard=True, vault=VAULT)
    hub, waker = Hub(database), Waker(urls.app)
    database.wake = waker.ring

    @asynccontextmanager
    async def running(_app: Litestar) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(waker.run()), asyncio.create_task(hub.run())]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    try:
        async with listening(create_app(database, hub=hub, lifespan=[running])) as url:
            try:
                yield Screens(url, hub, database)
            finally:
                hub.close()
    finally:
        await database.close()


@pytest.fixture(scope="module")
async def screens(database_urls: Urls) -> AsyncIterator[Screens]:
    async with keeping(database_urls) as there:
        yield there


@pytest.fixture
async def act(screens: Screens, database: Database, tenant: Tenant) -> AsyncIterator[AsRole]:
    """`await act("sales")`: a client of the server, with the key of a new user with this role."""
    async with AsyncExitStack() as stack:

        async def client(*roles: str, **user: Any) -> httpx.AsyncClient:
            token = await key_of(database, tenant, await make_user(database, tenant, *roles, **user))
            return await stack.enter_async_context(
                httpx.AsyncClient(base_url=screens.url, headers={"x-api-key": token.text()}, timeout=PATIENCE)
            )

        yield client
