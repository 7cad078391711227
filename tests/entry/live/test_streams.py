"""What screens are told, at once and no more than they may see, by a real server."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any

import asyncpg
import httpx
import pytest
from tests.entry.live.conftest import AsRole, Screens, hearing
from tests.entry.live.shop import Shop, open_shop, place
from tests.faults.serving import PATIENCE, until
from tests.support import Tenant, key_of, make_tenant, make_user

from dinghuo.entry.live.hub import MOST_OF_ONE
from dinghuo.kit.database import Database
from dinghuo.kit.outbox import emit
from dinghuo.kit.roles import Urls, database_of
from dinghuo.notices.events import Published
from dinghuo.orders.events import Confirmed

pytestmark = pytest.mark.slow


@pytest.fixture
async def shop(act: AsRole) -> Shop:
    return await open_shop(await act("owner"), act)


async def test_an_order_is_on_every_screen_that_may_show_it_and_on_no_other(act: AsRole, shop: Shop) -> None:
    own = await act("sales", login="wang")
    assert (
        await shop.owner.put("/api/v1/customers", json={"items": [{"code": "A", "owner": "wang"}]})
    ).status_code == 200
    other, warehouse = await act("sales"), await act("warehouse")
    async with (
        hearing(shop.owner) as owners,
        hearing(own) as owns,
        hearing(other) as others,
        hearing(warehouse) as stockers,
        hearing(shop.dealer, "/portal/v1") as dealers,
        hearing(shop.stranger, "/portal/v1") as strangers,
    ):
        placed = await place(shop.owner, "A")
        for ear in (owners, owns, stockers, dealers):
            (told,) = await ear.until("order.placed")
            assert told == {
                "kind": "order.placed",
                "id": placed["id"],
                "customer_id": shop.customers["A"],
                "revision": 1,
                "at": told["at"],
            }
        (stock,) = await stockers.until("stock.changed")
        assert (stock["id"], stock["skus"]) == (None, [shop.skus["TEA"]])
        await strangers.until("stock.changed")
        await others.until("stock.changed")
        assert "order.placed" not in strangers.kinds + others.kinds
        cancelled = await shop.owner.post(f"/api/v1/orders/{placed['id']}/cancel", json={})
        assert cancelled.status_code == 200, cancelled.text
        for ear in (owns, dealers):
            (told,) = await ear.until("order.cancelled")
            assert (told["id"], told["revision"]) == (placed["id"], 2)


async def test_stock_is_told_to_those_it_is_sold_to(act: AsRole, shop: Shop) -> None:
    goods = [{"kind": "sku", "code": "WINE"}]
    only = {"code": "WINES", "name": "酒", "mode": "deny", "audience": [{"kind": "customer", "code": "B"}]}
    assert (await shop.owner.put("/api/v1/assortments", json={"items": [only | {"items": goods}]})).status_code == 200
    async with (
        hearing(shop.dealer, "/portal/v1") as allowed,
        hearing(shop.stranger, "/portal/v1") as denied,
    ):
        for code in ("WINE", "TEA"):
            await shop.receive(code)
        await until(lambda: shop.skus["TEA"] in _skus(denied.heard) and len(_skus(allowed.heard)) == 2)
        assert _skus(denied.heard) == {shop.skus["TEA"]}
        assert _skus(allowed.heard) == {shop.skus["WINE"], shop.skus["TEA"]}


def _skus(heard: list[dict[str, Any]]) -> set[str]:
    return {sku for message in heard if message["kind"] == "stock.changed" for sku in message["skus"]}


async def test_a_notice_reaches_those_it_is_for_and_prices_all_who_see_them(act: AsRole, shop: Shop) -> None:
    warehouse = await act("warehouse")
    async with (
        hearing(shop.dealer, "/portal/v1") as dealers,
        hearing(shop.stranger, "/portal/v1") as strangers,
        hearing(warehouse) as stockers,
    ):
        draft = {"kind": "notice", "title": "涨价", "audience": [{"kind": "customer", "code": "A"}]}
        id = (await shop.owner.post("/api/v1/notices", json=draft)).json()["id"]
        await shop.owner.post(f"/api/v1/notices/{id}/publish")
        (told,) = await dealers.until("notice.published")
        assert (told["id"], told["revision"]) == (id, 2)
        price = {"items": [{"sku": "TEA", "price": "12"}]}
        saved = await shop.owner.put("/api/v1/price-lists/BASE/entries", json=price)
        assert saved.status_code == 200, saved.text
        for ear in (dealers, strangers):
            (prices,) = await ear.until("prices.changed")
            assert prices["version"] > 0 and "id" not in prices
        await stockers.until("notice.published")
        assert "notice.published" not in strangers.kinds
        await shop.owner.put("/api/v1/tiers", json={"items": [{"code": "T", "name": "级"}]})
        await stockers.until("customers.changed")
        assert "prices.changed" not in stockers.kinds


async def test_another_company_hears_nothing(act: AsRole, shop: Shop, screens: Screens, database: Database) -> None:
    elsewhere = await make_tenant(database)
    token = await key_of(database, elsewhere, await make_user(database, elsewhere, "owner"))
    headers = {"x-api-key": token.text()}
    async with (
        httpx.AsyncClient(base_url=screens.url, headers=headers) as stranger,
        hearing(stranger) as strangers,
        hearing(shop.owner) as owners,
    ):
        await place(shop.owner, "A")
        await owners.until("order.placed")
        await owners.until("stock.changed")
        assert strangers.heard == []


async def test_who_comes_back_hears_what_was_missed(act: AsRole, shop: Shop) -> None:
    async with hearing(shop.dealer, "/portal/v1") as before:
        first = await place(shop.owner, "A")
        await before.until("order.placed")
        was = before.place
    missed = await place(shop.owner, "A")
    await place(shop.owner, "B")
    await shop.owner.put("/api/v1/price-lists/BASE/entries", json={"items": [{"sku": "TEA", "price": "13"}]})
    async with hearing(shop.dealer, "/portal/v1", since=was) as after:
        # Prices are told of by another way, which may be the quicker one.
        await after.until_about("order.placed", missed["id"])
        (moved,) = await after.until("prices.changed")
        assert moved["version"] > 0
        ids = [message["id"] for message in after.heard if message["kind"] == "order.placed"]
        assert set(ids) <= {first["id"], missed["id"]}
    async with hearing(shop.dealer, "/portal/v1", since="nonsense") as lost:
        assert [await lost.until("refresh")] == [[{"kind": "refresh"}]]


async def test_a_transaction_that_commits_late_is_not_missed(
    act: AsRole, shop: Shop, screens: Screens, tenant: Tenant
) -> None:
    """Its event is older than others that were told long before."""
    placed = [(await place(shop.owner, "A"))["id"] for _ in range(2)]
    async with hearing(shop.owner) as ear:
        async with screens.database.transaction(tenant.id) as late:
            await emit(late, [Confirmed(subject_id=placed[0])])
            async with screens.database.transaction(tenant.id) as early:
                await emit(early, [Confirmed(subject_id=placed[1])])
            (told,) = await ear.until("order.placed")
            assert told["id"] == placed[1]
        told_both = await ear.until("order.placed", "order.placed")
        assert [message["id"] for message in told_both] == [placed[1], placed[0]]


@pytest.mark.slow
async def test_news_that_nobody_rang_for_is_found(
    act: AsRole, shop: Shop, screens: Screens, database: Database, tenant: Tenant
) -> None:
    """The ring of a process that died is lost: the hub looks for itself every few seconds."""
    id = (await shop.owner.post("/api/v1/notices", json={"kind": "notice", "title": "t"})).json()["id"]
    async with hearing(shop.owner) as ear:
        async with database.transaction(tenant.id) as tx:  # nobody rings for this database
            await emit(tx, [Published(subject_id=id)])
        (told,) = await ear.until("notice.published")
        assert told["id"] == id


async def test_it_outlives_its_connections(act: AsRole, shop: Shop, screens: Screens, database_urls: Urls) -> None:
    async with hearing(shop.dealer, "/portal/v1") as ear:
        admin: Any = await asyncpg.connect(database_urls.admin)
        await admin.execute(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where application_name in ('dinghuo-listen', 'dinghuo-wake') and datname = $1",
            database_of(database_urls.app),
        )
        await admin.close()
        placed = await place(shop.owner, "A")
        (told,) = await ear.until("order.placed")
        assert told["id"] == placed["id"]


@pytest.mark.slow
async def test_who_is_locked_out_hears_no_more(act: AsRole, shop: Shop) -> None:
    login = await act("sales", login="leaver")
    async with hearing(login) as ear:
        answer = await shop.owner.put("/api/v1/users", json={"items": [{"login": "leaver", "state": "disabled"}]})
        assert answer.status_code == 200, answer.text
        await asyncio.wait_for(ear.ended.wait(), PATIENCE)
    assert (await login.get("/api/v1/events")).status_code == 403


async def test_other_rights_are_told_and_hold_at_once(act: AsRole, shop: Shop) -> None:
    """The owner sees it all: a role taken away takes its messages with it."""
    seller = await act("sales", "warehouse", login="both")
    async with hearing(seller) as ear:
        item = {"login": "both", "roles": ["sales"]}
        assert (await shop.owner.put("/api/v1/users", json={"items": [item]})).status_code == 200
        await ear.until("me.changed")
        await shop.owner.post("/api/v1/notices", json={"kind": "notice", "title": "t"})
    async with hearing(seller) as ear:
        item = {"login": "both", "roles": []}
        assert (await shop.owner.put("/api/v1/users", json={"items": [item]})).status_code == 200
        await ear.until("me.changed")
        await place(shop.owner, "A")
        await shop.owner.put("/api/v1/users", json={"items": [item | {"roles": ["sales"]}]})
        await ear.until("me.changed", "me.changed")
        assert ear.kinds == ["me.changed", "me.changed"]


async def test_a_burst_is_told_as_one(act: AsRole, shop: Shop, screens: Screens, tenant: Tenant) -> None:
    ids = [(await place(shop.owner, "A"))["id"] for _ in range(2)]
    async with hearing(shop.owner) as ear:
        async with screens.database.transaction(tenant.id) as tx:
            await emit(tx, [Confirmed(subject_id=id) for id in ids * 15])
        told = await ear.until("order.placed", "order.placed")
        assert {message["id"] for message in told} == set(ids)
    many = await shop.owner.post(
        "/api/v1/orders/bulk",
        json={"orders": [{"customer": "A", "lines": [{"sku": "TEA", "quantity": "1"}]}] * 30},
    )
    assert many.status_code in (200, 201), many.text
    async with hearing(shop.owner) as ear:
        async with screens.database.transaction(tenant.id) as tx:
            rows = await tx.fetch("select id from sales_order where tenant_id = $1")
            await emit(tx, [Confirmed(subject_id=row["id"]) for row in rows])
        (told_once,) = await ear.until("order.placed")
        assert told_once == {"kind": "order.placed", "id": None}


async def test_too_many_streams_of_one_session_are_refused(act: AsRole, shop: Shop, screens: Screens) -> None:
    before = screens.hub.streams
    async with AsyncExitStack() as stack:
        for _ in range(MOST_OF_ONE):
            await stack.enter_async_context(hearing(shop.owner))
        refused = await shop.owner.get("/api/v1/events")
        assert (refused.status_code, refused.headers["retry-after"]) == (429, "60")
    await until(lambda: screens.hub.streams == before)


async def test_a_stranger_gets_no_stream(screens: Screens, act: AsRole, shop: Shop) -> None:
    async with httpx.AsyncClient(base_url=screens.url) as nobody:
        assert (await nobody.get("/api/v1/events")).status_code == 401
    assert (await shop.dealer.get("/api/v1/events")).status_code == 403
    assert (await shop.owner.get("/portal/v1/events")).status_code == 403
