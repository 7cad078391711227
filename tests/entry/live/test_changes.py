"""The twin of the stream, for clients that ask now and then: the same messages, each told once."""

import asyncio
from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.entry.live.conftest import AsRole, Screens
from tests.entry.live.shop import Shop, open_shop, place
from tests.faults.serving import PATIENCE
from tests.support import Tenant, client_of, key_of, make_user

from dinghuo.kit.database import Database
from dinghuo.kit.outbox import emit
from dinghuo.orders.events import Confirmed

pytestmark = pytest.mark.slow


@pytest.fixture
async def shop(act: AsRole) -> Shop:
    return await open_shop(await act("owner"), act)


async def changes(client: httpx.AsyncClient, since: str | None, base: str = "/portal/v1") -> tuple[list[Any], str]:
    answer = await client.get(f"{base}/changes", params={"since": since} if since else {})
    assert answer.status_code == 200, answer.text
    return answer.json()["items"], answer.json()["cursor"]


async def told(client: httpx.AsyncClient, since: str, kind: str, times: int = 1) -> tuple[list[dict[str, Any]], str]:
    """Ask until something of this kind was told so often; all that was told of orders and prices, and the cursor."""
    found: list[dict[str, Any]] = []
    async with asyncio.timeout(PATIENCE):
        while sum(item["kind"] == kind for item in found) < times:
            items, since = await changes(client, since)
            found += [item for item in items if item["kind"] != "stock.changed"]
            await asyncio.sleep(0.02)
    return found, since


def kinds(items: list[Any]) -> list[str]:
    return sorted(item["kind"] for item in items)


async def told_once(dealer: httpx.AsyncClient, shop: Shop, tenant: Tenant, database: Database) -> None:
    """What both ways of finding out have in common: from the server's memory, and from the database alone."""
    assert (await changes(dealer, None))[0] == []
    _, cursor = await changes(dealer, None)
    placed = await place(shop.owner, "A")
    await place(shop.owner, "B")
    items, cursor = await told(dealer, cursor, "order.placed")
    assert [(item["kind"], item["id"]) for item in items] == [("order.placed", placed["id"])]
    await shop.owner.put("/api/v1/price-lists/BASE/entries", json={"items": [{"sku": "TEA", "price": "11"}]})
    items, cursor = await told(dealer, cursor, "prices.changed")
    assert kinds(items) == ["prices.changed"]
    async with database.transaction(tenant.id) as late:
        await emit(late, [Confirmed(subject_id=placed["id"])])
        between, cursor = await changes(dealer, cursor)
        assert "order.placed" not in kinds(between)
    items, cursor = await told(dealer, cursor, "order.placed")
    assert kinds(items) == ["order.placed"]
    assert (await changes(dealer, "nonsense"))[0] == [{"kind": "refresh"}]


async def test_from_the_memory_of_a_server(shop: Shop, screens: Screens, tenant: Tenant) -> None:
    await told_once(shop.dealer, shop, tenant, screens.database)


async def test_from_the_database_alone(shop: Shop, app: Litestar, database: Database, tenant: Tenant) -> None:
    token = await key_of(database, tenant, await make_user(database, tenant, "dealer_admin", customers=["A"]))
    async with client_of(app, x_api_key=token.text()) as dealer:
        await told_once(dealer, shop, tenant, database)


async def test_who_was_away_for_too_much_starts_afresh(
    shop: Shop, app: Litestar, database: Database, tenant: Tenant
) -> None:
    token = await key_of(database, tenant, await make_user(database, tenant, "owner"))
    placed = await place(shop.owner, "A")
    async with client_of(app, x_api_key=token.text()) as owner:
        _, cursor = await changes(owner, None, "/api/v1")
        async with database.transaction(tenant.id) as tx:
            await emit(tx, [Confirmed(subject_id=placed["id"])] * 501)
        items, cursor = await changes(owner, cursor, "/api/v1")
        assert items == [{"kind": "refresh"}]


async def test_a_user_of_two_companies_hears_of_both_with_the_rights_of_each(
    shop: Shop, app: Litestar, database: Database, tenant: Tenant
) -> None:
    """Of one company they read the orders, in the other they only sign for goods."""
    login = await make_user(database, tenant, audience="dealer", customers=["A", "B"])
    async with database.transaction(tenant.id) as tx:
        sql = (
            "insert into user_customer_role (tenant_id, user_id, customer_id, role_id) "
            "select $1, u.id, c.id, r.id from app_user u, customer c, role r "
            "where u.tenant_id = $1 and c.tenant_id = $1 and r.tenant_id = $1 and u.login = $2 and c.code = $3 "
            "and r.code = $4"
        )
        await tx.write(sql, login, "A", "dealer_buyer")
        await tx.write("insert into role (tenant_id, id, code, name, audience, created_at) "
                       "values ($1, gen_random_uuid(), 'nothing', '无', 'dealer', now())")  # fmt: skip
        await tx.write(sql, login, "B", "nothing")
    token = await key_of(database, tenant, login)
    async with client_of(app, x_api_key=token.text()) as dealer:
        _, cursor = await changes(dealer, None)
        placed = await place(shop.owner, "A")
        await place(shop.owner, "B")
        items, cursor = await changes(dealer, cursor)
        told = [(item["id"], item["customer_id"]) for item in items if item["kind"] == "order.placed"]
        assert told == [(placed["id"], shop.customers["A"])]
