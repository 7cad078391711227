"""Buyers: they place orders over HTTP and keep a journal of what was acknowledged."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import httpx
from sqlalchemy import text
from tests.faults.serving import PATIENCE
from tests.support import Tenant, key_of, make_user
from tests.world import World, make_world

from dinghuo.entry.hot_lane import PATH
from dinghuo.entry.invariants import broken_invariants
from dinghuo.identity.tokens import Token
from dinghuo.kit.database import Database
from dinghuo.kit.ids import new_id


@dataclass(frozen=True)
class Shop:
    """A small company and the key of somebody who may place orders there."""

    database: Database
    world: World
    token: Token

    @property
    def headers(self) -> dict[str, str]:
        return {"x-api-key": self.token.text(), "accept-language": "en"}

    async def with_another_key(self) -> "Shop":
        """The same shop in the hands of somebody else."""
        return replace(self, token=await _owner_key(self.database, self.world.tenant))

    async def with_key_of(self, role: str, customer: str) -> "Shop":
        """The same shop as somebody of this customer comes to it."""
        login = await make_user(self.database, self.world.tenant, role, customers=[customer])
        return replace(self, token=await key_of(self.database, self.world.tenant, login))

    async def rows(self, sql: str, *arguments: Any) -> list[dict[str, Any]]:
        async with self.database.transaction(self.world.tenant.id) as tx:
            return [dict(row) for row in await tx.fetch(sql, *arguments)]

    async def check_books(self) -> None:
        """Everything that must be true whatever happened."""
        async with self.database.transaction(self.world.tenant.id) as tx:
            assert await broken_invariants(tx, self.world.tenant.id) == []


async def open_shop(database: Database, tenant: Tenant) -> Shop:
    world = await make_world(database, tenant)
    return Shop(database, world, await _owner_key(database, tenant))


async def _owner_key(database: Database, tenant: Tenant) -> Token:
    return await key_of(database, tenant, await make_user(database, tenant, "owner"))


@asynccontextmanager
async def stock_held(shop: Shop) -> AsyncIterator[None]:
    """Nobody gets at the shop's stock: orders that were begun wait, those behind them queue up."""
    async with shop.database.transaction(shop.world.tenant.id) as tx:
        await tx.fetch("select from stock where tenant_id = $1 order by sku_id, warehouse_id for no key update")
        yield


async def somebody_waits(database: Database) -> bool:
    """Whether a transaction waits for rows that another holds."""
    sql = (
        "select exists (select from pg_stat_activity where wait_event_type = 'Lock' and datname = current_database())"
    )
    async with database.untenanted() as connection:
        return bool(await connection.scalar(text(sql)))


@asynccontextmanager
async def client(url: str, shop: Shop, *, connections: int = 100, **headers: str) -> AsyncIterator[httpx.AsyncClient]:
    """Connections to the server that are kept, as many as there are requests at once."""
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    async with httpx.AsyncClient(
        base_url=url, headers={**shop.headers, **headers}, timeout=PATIENCE, limits=limits
    ) as made:
        yield made


def order(*lines: tuple[str, int | str], customer: str = "K2", **more: Any) -> dict[str, Any]:
    return {"customer": customer, "lines": [{"sku": sku, "quantity": str(n)} for sku, n in lines], **more}


async def place(to: httpx.AsyncClient, body: Any, *, key: str | None = None, **headers: str) -> httpx.Response:
    return await to.post(
        PATH, json=body, headers={"idempotency-key": new_id().hex if key is None else key, **headers}
    )


def problem(response: httpx.Response, status: int) -> dict[str, Any]:
    """The problem document of a refusal."""
    assert (response.status_code, response.headers["content-type"]) == (status, "application/problem+json"), response
    document: dict[str, Any] = response.json()
    assert document["status"] == status
    return document


LINES = (("BEER", 1), ("GIFT", 2))


@dataclass
class Journal:
    """What was sent, what was acknowledged, and how often what else came back.

    `cut` requests ended without an answer: nobody knows what became of them.
    """

    sent: set[str] = field(default_factory=set)
    acknowledged: dict[str, str] = field(default_factory=dict)
    refused: dict[str, int] = field(default_factory=dict)
    cut: int = 0
    turned_away: int = 0

    @property
    def unacknowledged(self) -> set[str]:
        return self.sent - self.acknowledged.keys()

    async def send(self, to: httpx.AsyncClient, key: str) -> httpx.Response | None:
        """Send the order of this key, for the first time or again; None when no answer came."""
        if key not in self.acknowledged:
            self.sent.add(key)
        try:
            response = await place(to, order(*LINES, customer_reference=key), key=key)
        except httpx.TimeoutException:
            raise  # a server that hangs
        except httpx.ConnectError:
            self.sent.discard(key)
            self.turned_away += 1
            return None
        except httpx.TransportError:
            self.cut += 1
            return None
        if response.status_code == 201:
            self.acknowledged[key] = response.json()["id"]
        else:
            document = problem(response, 503)
            assert int(response.headers["retry-after"]) > 0
            (fault,) = document["faults"]
            self.refused[fault["code"]] = self.refused.get(fault["code"], 0) + 1
        return response

    async def buy(self, to: httpx.AsyncClient, stop: asyncio.Event) -> None:
        """Order after order, each with a key of its own; what fails is left for later."""
        while not stop.is_set():
            response = await self.send(to, new_id().hex)
            if response is None or response.status_code != 201:
                await asyncio.sleep(0.2)

    async def settle(self, to: httpx.AsyncClient) -> None:
        """Send again what was not acknowledged, until everything is."""
        answers = await asyncio.gather(*(self.send(to, key) for key in self.unacknowledged))
        assert {answer and answer.status_code for answer in answers} == {201}


@asynccontextmanager
async def buyers(to: httpx.AsyncClient, journal: Journal, count: int) -> AsyncIterator[None]:
    """So many at once, for as long as the block lasts; then each finishes what it began."""
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        for _ in range(count):
            group.create_task(journal.buy(to, stop))
        try:
            yield
        finally:
            stop.set()


async def check_journal(shop: Shop, journal: Journal) -> None:
    """Every acknowledged order is there once, as told, with its lines; every key made exactly one."""
    rows = await shop.rows(
        """select o.customer_reference as key, o.id::text as id,
          array(select sku_code || ' ' || trunc(quantity) from order_line l
                where l.tenant_id = $1 and l.order_id = o.id order by line_no) as lines
        from sales_order o where o.tenant_id = $1"""
    )
    assert len(rows) == len({row["key"] for row in rows}) == len(journal.sent)
    assert {row["key"]: row["id"] for row in rows} == journal.acknowledged
    assert {tuple(row["lines"]) for row in rows} == {tuple(f"{sku} {quantity}" for sku, quantity in LINES)}
    await shop.check_books()
