"""An order of 1,000 lines against one of 5: as many statements, and nowhere near 200 times the time."""

from decimal import Decimal
from uuid import uuid4

import msgspec

from dinghuo.entry.bench.installation import Installation, file_system
from dinghuo.entry.bench.load import LoadConfig, LoadResult, Orders
from dinghuo.entry.bench.load.client import drive
from dinghuo.entry.bench.machine import machine_facts
from dinghuo.entry.bench.pairs import Pairs, Side, alternate
from dinghuo.entry.bench.report import Goal, Report, report
from dinghuo.entry.bench.seed import customer_codes, sku_codes
from dinghuo.entry.bench.server import serving
from dinghuo.entry.bench.shop import Shop, all_answered, check_books, open_shop, place
from dinghuo.entry.bench.statements import counted
from dinghuo.entry.bench.steps import Steps
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.idempotency import Key
from dinghuo.orders.place import place as place_orders
from dinghuo.orders.requests import LineRequest, OrderRequest, Placement

SHORT, LONG = 5, 1000
GOAL = Goal("at most", 20)


class LongOrderPlan(msgspec.Struct, frozen=True, kw_only=True):
    """`warm_up_orders` long orders come first, so that the process has met the prices it is asked for."""

    pairs: int = 25
    warm_up_orders: int = 60


QUICK = LongOrderPlan(pairs=3, warm_up_orders=3)


async def long_order(there: Installation, plan: LongOrderPlan, steps: Steps) -> Report:
    """Count the statements in this process, then measure through HTTP on a quiet server."""
    with steps.step("Seeding 500 customers, 10,000 SKUs, 150,000 prices"):
        shop = await open_shop(there.database, "bench")
    with steps.step("Counting statements"):
        statements = {lines: await _statements(there.database, shop, lines) for lines in (1, SHORT, LONG)}
    async with serving(there, workers=1) as port:
        pairs = await _compare(port, shop, plan, steps)
    with steps.step("Checking the books"):
        books = await check_books(there, shop.id)
    return report(
        "long-order",
        pairs,
        goal=GOAL,
        machine=await machine_facts(admin_url=there.urls.admin),
        conditions={"same number of statements": len(set(statements.values())) == 1},
        notes={
            **{f"statements, {lines:,} line{'s' * (lines > 1)}": count for lines, count in statements.items()},
            "one connection, one request at a time": f"{plan.pairs} of each by turns",
            "invariants": books,
            "files": file_system(there.folder),
        },
    )


async def _statements(database: Database, shop: Shop, lines: int) -> int:
    """What one order sends, when the same was ordered before: prices and master data are in memory."""
    request = OrderRequest(customer_codes()[0], [LineRequest(sku, Decimal(3)) for sku in sku_codes()[:lines]])

    async def order(tx: Tx) -> None:
        key = Key(uuid4(), "bench", uuid4().hex, "")
        (outcome,) = await place_orders(tx, [Placement(request=request, by=SYSTEM, key=key)])
        if outcome.refused is not None:
            raise outcome.refused

    await database.run(shop.id, order)
    async with counted(database.engine) as sent:
        await database.run(shop.id, order)
    return len(sent)


async def _compare(port: int, shop: Shop, plan: LongOrderPlan, steps: Steps) -> Pairs:
    def ordering(lines: int, requests: int) -> LoadConfig:
        orders = Orders(customers=customer_codes()[:1], skus=sku_codes(), quantities=("3",) * lines)
        return shop.ordering(port, orders, connections=1, requests=requests)

    def side(lines: int) -> Side[LoadResult]:
        async def run() -> LoadResult:
            return all_answered(await drive(ordering(lines, 1)), 201)

        return Side(name=f"{lines:,} lines", unit="ms", run=run, figure=_milliseconds)

    with steps.step(f"Warming up with {plan.warm_up_orders} orders of {LONG:,} lines"):
        await place(ordering(LONG, plan.warm_up_orders))
    with steps.step(f"Comparing, {plan.pairs} pairs"):
        return await alternate(side(LONG), side(SHORT), pairs=plan.pairs)


def _milliseconds(run: LoadResult) -> float:
    return run.latency_ms.p50 if run.latency_ms else 0.0
