"""Pages of the list of orders with a million orders stored, against the same pages with ten thousand."""

from datetime import datetime, timedelta

import msgspec

from dinghuo.entry.bench.fill_orders import BIG_CUSTOMER, SMALL_CUSTOMER, SPAN, fill_orders
from dinghuo.entry.bench.installation import Installation, file_system
from dinghuo.entry.bench.load import LoadResult
from dinghuo.entry.bench.load.client import drive
from dinghuo.entry.bench.machine import machine_facts
from dinghuo.entry.bench.pairs import Pairs, Side, alternate
from dinghuo.entry.bench.report import Goal, Report, report_worst
from dinghuo.entry.bench.server import serving
from dinghuo.entry.bench.shop import Shop, all_answered, check_books, open_shop
from dinghuo.entry.bench.steps import Steps
from dinghuo.kit.database import Database
from dinghuo.kit.paging import encode_cursor

GOAL = Goal("at most", 2)
# As many rows as the smaller customer has among ten thousand: every page is full on both sides.
LIMIT = 20


class ListingPlan(msgspec.Struct, frozen=True, kw_only=True):
    """Each of `pairs` turns of a page is the median of `requests` requests."""

    few: int = 10_000
    many: int = 1_000_000
    pairs: int = 15
    requests: int = 10


QUICK = ListingPlan(many=50_000, pairs=3, requests=5)


async def listing(there: Installation, plan: ListingPlan, steps: Steps) -> Report:
    """Fill two tenants of one server and read the same pages of both."""
    until = there.database.clock()
    shops = {}
    for orders in (plan.few, plan.many):
        with steps.step(f"Filling a tenant with {orders:,} orders"):
            shops[orders] = await _filled(there.database, orders, until)
    with steps.step("Gathering statistics"):
        await there.as_owner("vacuum (analyze) sales_order")
    async with serving(there, workers=1) as port:
        compared = {}
        for page, queries in (await _pages(there.database, shops, until)).items():
            with steps.step(f"Reading {page}"):
                compared[page] = await _compare(port, shops, queries, page, plan)
            steps.figure(page, "× the time", compared[page].ratio)
    with steps.step("Checking the books"):
        books = await check_books(there, *(shop.id for shop in shops.values()))
    return report_worst(
        "listing",
        compared,
        goal=GOAL,
        machine=await machine_facts(admin_url=there.urls.admin),
        notes={
            "one connection": f"{plan.pairs} turns of {plan.requests} requests on each side, {LIMIT} orders a page",
            "invariants": books,
            "files": file_system(there.folder),
        },
    )


async def _filled(database: Database, orders: int, until: datetime) -> Shop:
    shop = await open_shop(database, f"orders-{orders}")
    await fill_orders(database, shop.id, orders=orders, until=until)
    return shop


async def _pages(database: Database, shops: dict[int, Shop], until: datetime) -> dict[str, dict[int, str]]:
    """The query string of each page, for each tenant: the cursor is that of its own middle."""
    middle = (until - SPAN / 2).date()
    dates = f"placed_from={middle - timedelta(days=180)}&placed_until={middle}"
    same = {
        "first page": "",
        "by state": "state=cancelled",
        "by customer": f"customer={SMALL_CUSTOMER}",
        "by dates": dates,
        "by customer and dates": f"customer={BIG_CUSTOMER}&{dates}",
        "by customer and state": f"customer={BIG_CUSTOMER}&state=cancelled",
    }
    cursors = {orders: f"cursor={await _middle(database, shop)}" for orders, shop in shops.items()}
    pages = {page: dict.fromkeys(shops, query) for page, query in same.items()} | {"far down": cursors}
    return {page: {n: f"limit={LIMIT}&{query}" for n, query in queries.items()} for page, queries in pages.items()}


async def _middle(database: Database, shop: Shop) -> str:
    async with database.transaction(shop.id) as tx:
        (row,) = await tx.fetch(
            "select id from sales_order where tenant_id = $1 order by id offset "
            "(select count(*) / 2 from sales_order where tenant_id = $1) limit 1"
        )
    return encode_cursor((row["id"],))


async def _compare(port: int, shops: dict[int, Shop], queries: dict[int, str], page: str, plan: ListingPlan) -> Pairs:
    def side(orders: int) -> Side[LoadResult]:
        config = shops[orders].reading(port, queries[orders], requests=plan.requests)

        async def run() -> LoadResult:
            return all_answered(await drive(config), 200)

        return Side(name=f"{page}, {orders:,} orders", unit="ms", run=run, figure=_milliseconds)

    return await alternate(side(plan.many), side(plan.few), pairs=plan.pairs)


def _milliseconds(run: LoadResult) -> float:
    return run.latency_ms.p50 if run.latency_ms else 0.0
