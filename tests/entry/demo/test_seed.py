"""The demo company in a real database: made once, whole, with books that agree and rules that hold."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any

import httpx
import pytest
from litestar import Litestar
from tests.support import Tenant, client_of, contents, make_tenant

from dinghuo.entry.cli.make_demo import Account, accounts
from dinghuo.entry.demo.orders import CHINA
from dinghuo.entry.demo.products import SKU_BY_CODE, SKUS
from dinghuo.entry.demo.remove import remove
from dinghuo.entry.demo.seed import NOT_THE_DEMO, seed
from dinghuo.entry.demo.steps import Clock
from dinghuo.entry.invariants import broken_invariants
from dinghuo.identity.create_tenant import NewTenant, create_tenant
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.roles import Urls
from dinghuo.orders.faults import UNKNOWN_SKU
from dinghuo.orders.place import place
from dinghuo.orders.preview import preview
from dinghuo.orders.requests import LineRequest, OrderRequest, Outcome, Placement
from dinghuo.rebates.propose import propose_settlements

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("demo")]

ROOTS = {"staff": "api", "dealer": "portal"}
NOW = datetime(2026, 11, 23, 14, 30, tzinfo=CHINA)
LIVE_FROM = datetime(2026, 11, 16, tzinfo=CHINA)
ORDERS = {
    ("closed", True): 532,
    ("cancelled", True): 15,
    ("confirmed", False): 86,
    ("cancelled", False): 3,
    ("pending_approval", False): 3,
}
RECEIPTS = 54


class _Interrupted(Exception):
    """Somebody pressed Ctrl-C."""


@dataclass(frozen=True)
class Demo:
    """The demo tenant, and a database whose time is the demo's."""

    tenant: Tenant
    database: Database

    async def fetch(self, sql: str, *arguments: Any) -> list[tuple[Any, ...]]:
        async with self.database.transaction(self.tenant.id) as tx:
            return [tuple(row) for row in await tx.fetch(sql, *arguments)]

    async def count(self, table: str, condition: str = "true") -> int:
        ((count,),) = await self.fetch(f"select count(*) from {table} where tenant_id = $1 and {condition}")
        return int(count)


@pytest.fixture(scope="module")
async def demo(database: Database) -> AsyncIterator[Demo]:
    """Interrupted twice on the way, and finished a day later."""
    for stage, at in (("company", 3), ("orders", 40)):
        with pytest.raises(_Interrupted):
            await seed(database, now=NOW, progress=_interrupt(stage, at))
    seeded = await seed(database, now=NOW + timedelta(days=1), progress=_watch)
    assert seeded.is_new
    clocked = Database(database.url, guard=True, clock=Clock(NOW))
    try:
        async with clocked.transaction(seeded.tenant_id) as tx:
            (row,) = await tx.fetch(
                "select o.id, u.id as boss from organisation o join app_user u on u.tenant_id = $1 "
                "where o.tenant_id = $1 and u.login = 'boss'"
            )
        yield Demo(Tenant(seeded.tenant_id, "jiangnan", row["id"], row["boss"]), clocked)
    finally:
        await clocked.close()


def _interrupt(stage: str, at: int) -> Any:
    def progress(now_in: str, done: int, _total: int) -> None:
        if (now_in, done) == (stage, at):
            raise _Interrupted

    return progress


def _watch(_stage: str, done: int, total: int) -> None:
    assert done <= total


async def test_what_there_is(demo: Demo) -> None:
    assert {
        table: await demo.count(table)
        for table in (
            "sku", "product", "stored_file", "product_media", "sku_cost", "sku_floor", "brand", "category", "unit",
            "assortment", "customer", "contact", "address", "tier", "region", "channel", "app_user", "department",
            "warehouse", "price_list",
        )
    } == {
        "sku": 200, "product": 58, "stored_file": 204, "product_media": 200, "sku_cost": 200, "sku_floor": 200,
        "brand": 28, "category": 28, "unit": 16, "assortment": 4, "customer": 60, "contact": 60, "address": 60,
        "tier": 4, "region": 6, "channel": 4, "app_user": 22, "department": 7, "warehouse": 2, "price_list": 12,
    }  # fmt: skip
    assert await demo.count("price_list", "state = 'published'") == 11
    assert await demo.count("sku_unit", "barcode is not null") == 200
    assert await demo.count("account", "credit_limit is not null") == 58
    assert await demo.count("customer", "owner_id is not null and tax_number is not null") == 60
    assert await demo.count("department", "head_id is not null") == 5
    assert await demo.count("stock", "allowance > 0") > 0
    assert await demo.count("shopping_list") == 12
    assert (await demo.count("draft", "is_cart"), await demo.count("draft", "by_dealer and not is_cart")) == (6, 7)
    assert await demo.count("draft_consent", "state = 'waiting'") == await demo.count("consent_rule", "active") == 1
    assert await demo.count("draft_proposal", "state = 'proposed'") == 6


async def test_orders_are_closed_and_called_off_long_ago_and_open_now(demo: Demo) -> None:
    rows = await demo.fetch("select state, is_history, placed_at, channel from sales_order where tenant_id = $1")
    assert Counter((state, history) for state, history, _, _ in rows) == ORDERS
    assert all((at < LIVE_FROM) == history for _, history, at, _ in rows)
    assert max(at for _, _, at, _ in rows) <= NOW
    assert {channel for _, _, _, channel in rows} == {"portal", "console", "import"}
    assert len({at.astimezone(CHINA).date() for _, history, at, _ in rows if not history}) >= 6
    numbers = await demo.fetch("select number from sales_order where tenant_id = $1 order by placed_at, id")
    assert numbers[:2] == [("SO-2026-000001",), ("SO-2026-000002",)]
    reasons = await demo.fetch(
        "select distinct o.is_history, l.price_reason ->> 'source' from sales_order o join order_line l "
        "on l.tenant_id = $1 and l.order_id = o.id where o.tenant_id = $1 order by 1"
    )
    assert set(reasons) >= {(False, "price_list"), (False, "blanket"), (True, "history")}


async def test_the_books_agree_with_their_entries(demo: Demo) -> None:
    async with demo.database.transaction(demo.tenant.id) as tx:
        assert await broken_invariants(tx, demo.tenant.id) == []


async def test_no_stock_was_ever_below_nothing(demo: Demo) -> None:
    lowest = await demo.fetch(
        "select min(level) from (select sum(quantity) over (partition by sku_id, warehouse_id order by at, quantity "
        "desc) as level from stock_move where tenant_id = $1) moves"
    )
    assert lowest == [(Decimal(0),)]
    # One more brought the first lots.
    assert await demo.count("goods_receipt") == RECEIPTS + 1
    assert await demo.count("reservation", "backordered > 0") > 0


async def test_goods_are_on_their_way_and_counted(demo: Demo) -> None:
    assert await demo.count("expected_supply") == 12
    assert await demo.fetch("select state, line_count from transfer where tenant_id = $1 order by number") == [
        ("shipped", 3),
        ("draft", 3),
    ]
    assert await demo.fetch("select state, line_count, counted_count, difference_count from stock_count "
                            "where tenant_id = $1") == [("open", 12, 6, 1)]  # fmt: skip
    assert (await demo.count("lot"), await demo.count("lot_stock", "on_hand > 0")) == (6, 6)


async def test_a_second_run_adds_nothing(demo: Demo, database: Database) -> None:
    before = await contents(database, demo.tenant)
    again = await seed(database, now=NOW + timedelta(days=9), progress=_fail)
    assert (again.tenant_id, again.is_new) == (demo.tenant.id, False)
    assert await contents(database, demo.tenant) == before


def _fail(stage: str, done: int, _total: int) -> None:
    raise AssertionError(f"{stage} {done}")


@pytest.mark.parametrize("account", accounts(), ids=lambda account: account.login)
async def test_everybody_signs_in(demo: Demo, app: Litestar, account: Account) -> None:
    async with _signed_in(app, account) as (client, told):
        assert told["me"]["name"] in {account.name, *await _names(demo, account.login)}
        assert told["me"]["company"]["code"] == "jiangnan"
        assert told["me"]["must"] is None
        assert (await client.get(f"/{ROOTS[account.audience]}/v1/me")).status_code == 200


@asynccontextmanager
async def _signed_in(app: Litestar, account: Account) -> AsyncIterator[tuple[httpx.AsyncClient, Any]]:
    async with client_of(app) as client:
        body = {"company": "jiangnan", "login": account.login, "password": account.password}
        answer = await client.post(f"/{ROOTS[account.audience]}/v1/sign-in", json=body)
        assert answer.status_code == 201, answer.text
        yield client, answer.json()


async def _names(demo: Demo, login: str) -> list[str]:
    rows = await demo.fetch("select name from app_user where tenant_id = $1 and login = $2", login)
    return [name for (name,) in rows]


async def test_each_role_sees_what_is_its_own(demo: Demo, app: Litestar) -> None:
    seen = {}
    for account in accounts()[:8]:
        async with _signed_in(app, account) as (client, _):
            wanted = {"limit": "200", "placed_from": LIVE_FROM.date().isoformat()}
            orders = (await client.get("/api/v1/orders", params=wanted)).json()["items"]
            seen[account.login] = (len(orders), all(order["amounts"] is not None for order in orders))
    live = sum(count for (_, history), count in ORDERS.items() if not history)
    assert seen["boss"] == seen["finance"] == (live, True)
    assert seen["warehouse"] == seen["it"] == (live, False)
    assert seen["manager"] == (live, True)  # every sales team lies below her department
    parts = [seen[login] for login in ("sales1", "sales2", "sales3")]
    assert sum(count for count, _ in parts) == live
    assert all(0 < count < live for count, _ in parts)


async def test_a_list_of_a_day_is_that_days(demo: Demo, app: Litestar) -> None:
    async with _signed_in(app, accounts()[0]) as (client, _):
        for day in (date(2026, 10, 20), date(2026, 11, 19), NOW.date()):
            wanted = {"placed_from": day.isoformat(), "placed_until": day.isoformat(), "limit": "200"}
            listed = (await client.get("/api/v1/orders", params=wanted)).json()["items"]
            assert listed
            assert {_day(order["placed_at"]) for order in listed} == {day}
            ((count,),) = await demo.fetch(
                "select count(*) from sales_order where tenant_id = $1 "
                "and (placed_at at time zone 'Asia/Shanghai')::date = $2",
                day,
            )
            assert len(listed) == count


def _day(moment: str) -> date:
    return datetime.fromisoformat(moment).astimezone(CHINA).date()


async def test_pictures_are_served(demo: Demo, app: Litestar) -> None:
    async with _signed_in(app, accounts()[0]) as (client, _):
        page = (await client.get("/api/v1/skus", params={"include": "media", "limit": 200})).json()
        assert len(page["items"]) == len(SKUS)
        for item in page["items"][::40]:
            (picture,) = [media for media in item["media"] if media["sku"] == item["code"]]
            answer = await client.get(f"/api/v1/files/{picture['sha256']}")
            assert (answer.status_code, answer.headers["content-type"]) == (200, "image/svg+xml")
            assert item["name"].split()[0][:2] in answer.text


@pytest.mark.parametrize(
    "dealer, sku, allowed",
    [
        ("D002", "MX-LA-0330-24", True),
        ("D005", "MX-LA-0330-24", False),  # e-commerce: no alcohol
        ("D006", "HT-JC-0500-6", True),
        ("D002", "HT-JC-0500-6", False),  # not in the east
        ("D014", "LP-CO-0330-24", True),
        ("D014", "ST-BC-0500-20", False),  # no cold chain to the north-west
        ("D057", "LP-CO-0330-24", True),
        ("D057", "JB-SC-0500-12", False),  # not on the community store's list
    ],
)
async def test_a_dealer_is_refused_what_is_not_for_it(demo: Demo, dealer: str, sku: str, allowed: bool) -> None:
    outcome = await _try(demo, dealer, sku)
    if allowed:
        assert outcome.refused is None
    else:
        assert outcome.refused is not None
        assert [(fault.message, fault.field, fault.line) for fault in outcome.refused.faults] == [
            (UNKNOWN_SKU, "lines[0].sku", 1)
        ]


class _RollBack(Exception):
    pass


async def _try(demo: Demo, dealer: str, sku: str) -> Outcome:
    """What placing an order would come to; nothing of it stays."""
    outcomes: list[Outcome] = []
    wanted = SKU_BY_CODE[sku]

    async def command(tx: Tx) -> None:
        quantity = (wanted.minimum_order or 1) / wanted.case_unit.numerator
        request = OrderRequest(customer=dealer, lines=[LineRequest(sku, Decimal(ceil(quantity)))])
        outcomes.extend(await place(tx, [Placement(request, SYSTEM)]))
        raise _RollBack

    with pytest.raises(_RollBack):
        await demo.database.run(demo.tenant.id, command)
    return outcomes[0]


async def test_nobody_ever_ordered_what_is_not_for_them(demo: Demo) -> None:
    rows = await demo.fetch(
        "select c.code, l.sku_code from order_line l join sales_order o on o.tenant_id = $1 and o.id = l.order_id "
        "join customer c on c.tenant_id = $1 and c.id = o.customer_id where l.tenant_id = $1"
    )
    alcohol = {sku.code for sku in SKUS if sku.category in {"beer", "baijiu", "wine"}}
    buyers = {code for code, sku in rows if sku in alcohol}
    assert len(buyers) > 40
    assert buyers.isdisjoint({"D005", "D013", "D032", "D042", "D054"})


async def test_dealers_have_something_to_read(demo: Demo) -> None:
    rows = await demo.fetch(
        "select kind, state, count(*) from notice where tenant_id = $1 group by 1, 2 order by 1, 2"
    )
    assert rows == [
        ("banner", "published", 2),
        ("notice", "published", 3),
        ("policy", "draft", 1),
        ("policy", "published", 1),
    ]


async def test_promotions_hold_and_are_granted(demo: Demo) -> None:
    states = await demo.fetch("select state, count(*) from promotion where tenant_id = $1 group by 1 order by 1")
    assert states == [("draft", 1), ("published", 6)]
    juice, soda = ([sku for sku in SKUS if sku.category == category][-1] for category in ("juice", "soda"))
    lines = [LineRequest(juice.code, Decimal(10)), LineRequest(soda.code, Decimal(100))]
    placement = Placement(request=OrderRequest("D005", lines), by=SYSTEM)
    async with demo.database.transaction(demo.tenant.id) as tx:
        seen = await preview(tx, placement=placement, language="zh")
    assert seen.faults == []
    assert {each.code for each in seen.promotions} == {"JUICE-10-1", "SODA-SAVE"}
    assert [(line.sku, line.quantity) for line in seen.lines if line.kind == "gift"] == [(juice.code, Decimal(1))]


async def test_rebates_have_accrued_and_most_are_settled(demo: Demo) -> None:
    rows = await demo.fetch(
        """select g.code, count(*) > 5, sum(a.settled) > 0 from rebate_agreement g
        join rebate_accrual a on a.tenant_id = $1 and a.agreement_id = g.id
        where g.tenant_id = $1 group by 1 order by 1"""
    )
    assert rows == [
        ("INSTANT-GOODS", True, True), ("SNACKS-GROWTH", True, False), ("SODA-MONTH", True, True),
        ("YEAR", True, False),
    ]  # fmt: skip
    async with demo.database.transaction(demo.tenant.id) as tx:
        proposal = await propose_settlements(tx, until=None, seen_by=None)
    assert [(each.agreement.code, each.settle_as, each.periods) for each in proposal.items] == [
        ("SNACKS-GROWTH", "credit", 1)
    ]


async def test_some_orders_are_held_to_be_another_and_wait_for_their_money(demo: Demo) -> None:
    rows = await demo.fetch(
        """select 'hold ' || reason as what from order_hold where tenant_id = $1
        union select 'amendment ' || state from order_amendment where tenant_id = $1
        union select 'slip ' || state from transfer_slip where tenant_id = $1 order by 1"""
    )
    assert [row[0] for row in rows] == [
        "amendment applied",
        "amendment pending",
        "hold credit",
        "hold manual",
        "hold unpaid",
        "slip submitted",
    ]


async def test_it_can_be_taken_away_and_nothing_else(demo: Demo, database: Database, database_urls: Urls) -> None:
    other = await make_tenant(database)
    kept = await contents(database, other)
    assert await remove(database_urls.owner) is True
    assert not any((await contents(database, demo.tenant)).values())
    assert await contents(database, other) == kept
    assert await remove(database_urls.owner) is False


@pytest.mark.parametrize("day", ["2026-11-24T08:10", "2026-09-29T23:30"])
async def test_any_day_will_do(database: Database, database_urls: Urls, day: str) -> None:
    """Four days later is a Saturday, or in the middle of a holiday."""
    await remove(database_urls.owner)
    made = await seed(database, now=datetime.fromisoformat(day).replace(tzinfo=CHINA), progress=_watch)
    assert made.is_new
    assert await remove(database_urls.owner) is True


async def test_a_company_that_only_has_its_code_stays(database: Database, database_urls: Urls) -> None:
    await remove(database_urls.owner)
    made = await create_tenant(database, NewTenant(code="jiangnan", name="江南春"), password=None, by=SYSTEM)
    tenant = Tenant(made.id, "jiangnan", made.organisation_id, made.owner_id)
    before = await contents(database, tenant)
    with pytest.raises(Refused) as refused:
        await seed(database, now=datetime.now(UTC), progress=_fail)
    assert [fault.message for fault in refused.value.faults] == [NOT_THE_DEMO]
    assert await remove(database_urls.owner) is False
    assert await contents(database, tenant) == before
