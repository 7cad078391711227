"""Intake through HTTP against pgbench: orders over all SKUs (`spread`), or everybody on one SKU (`hot`).

With rules the same orders go to a second company by turns, which has promotions, an approval policy, order rules and
payment policies (`rules.py`): its ratio stands beside the plain one.
"""

import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any, NamedTuple

import msgspec

from dinghuo.entry.bench.installation import Installation, file_system
from dinghuo.entry.bench.limit import Kind, drop_limit, prepare_limit, run_limit
from dinghuo.entry.bench.limit.limit import CLIENTS, JOBS
from dinghuo.entry.bench.load import LoadConfig, LoadResult, Orders
from dinghuo.entry.bench.machine import machine_facts
from dinghuo.entry.bench.pairs import PAIRS, Figures, Pairs, Side, compare, take_turns
from dinghuo.entry.bench.report import Goal, Report, report
from dinghuo.entry.bench.rules import APPLICABLE, OF_GOODS, OF_TIERS, set_rules
from dinghuo.entry.bench.seed import customer_codes, sku_codes
from dinghuo.entry.bench.server import serving
from dinghuo.entry.bench.shop import Shop, check_books, open_shop, place
from dinghuo.entry.bench.steps import Steps

# The SKU of hot.pgbench.
HOT_SKU = "SKU00007"
GOALS: dict[Kind, Goal] = {"spread": Goal("at least", 1.0, must=0.7), "hot": Goal("at least", 4.0)}
NAMES: dict[Kind, str] = {"spread": "intake", "hot": "hot"}
WITH_RULES = "Dinghuo with rules"

_COUNTED = """
select count(*) as orders, count(*) filter (where state = 'pending_approval') as asked,
  count(*) filter (where 'unpaid' = any(holds)) as unpaid,
  count(promotions) as granted,
  (select count(*) from order_line where tenant_id = $1 and kind = 'gift') as gifts,
  (select count(distinct order_id) from order_charge where tenant_id = $1) as freight
from sales_order where tenant_id = $1
"""


class IntakePlan(msgspec.Struct, frozen=True, kw_only=True):
    """How long and with what. `warm_up_orders` are placed for each web process after every start of the server,
    so that it has met the prices it is asked for; a third of them before calibration.
    """

    pairs: int = PAIRS
    seconds: int = 10
    warm_up_orders: int = 15_000
    calibration_seconds: int = 5
    workers: tuple[int, ...] = (1, 2)
    connections: tuple[int, ...] = (64, 128, 256)
    background: bool = False
    with_rules: bool = False

    @property
    def is_settled(self) -> bool:
        """Whether there is nothing to calibrate."""
        return len(self.workers) == len(self.connections) == 1


HOT = IntakePlan(warm_up_orders=3_000)
QUICK = IntakePlan(pairs=2, seconds=2, warm_up_orders=1_000, calibration_seconds=1)


class Setup(NamedTuple):
    """What calibration chooses."""

    workers: int
    connections: int

    def __str__(self) -> str:
        return f"{self.workers} web process{'es' * (self.workers > 1)}, {self.connections} connections"


async def intake(kind: Kind, there: Installation, plan: IntakePlan, steps: Steps) -> Report:
    """Compare, and leave the limit's schema behind no longer."""
    with steps.step("Seeding 500 customers, 10,000 SKUs, 150,000 prices"):
        shop = await open_shop(there.database, "bench")
        await prepare_limit(admin_url=there.urls.admin)
    shops = [shop]
    if plan.with_rules:
        with steps.step("Seeding another with 100 promotions, an approval policy, order rules, payment policies"):
            shops.append(await open_shop(there.database, "bench-rules"))
            await set_rules(there.database, shops[-1].id)
    bench = _Intake(there, plan, kind, steps, shops)
    try:
        setup, tried = await bench.calibrate()
        pairs, with_rules = await bench.compare(setup)
    finally:
        await drop_limit(admin_url=there.urls.admin)
    with steps.step("Checking the books"):
        books = await check_books(there, *(each.id for each in shops))
    machine = await machine_facts(admin_url=there.urls.admin)
    beside = [with_rules.a, *_latencies(with_rules)] if with_rules else []
    return report(
        NAMES[kind],
        pairs,
        goal=GOALS[kind],
        machine=machine,
        generator_cpu_share=statistics.fmean(run.cpu_share for run in pairs.a.runs),
        more=[*_latencies(pairs), _latency_of_limit(pairs), *beside, *tried],
        notes=await _with_rules(there, kind, pairs, with_rules, shops[-1])
        | {
            "Dinghuo": f"{setup}, each run {plan.seconds} s, background work {'on' if plan.background else 'off'}",
            "pgbench": f"{CLIENTS[kind]} clients, {JOBS} threads, prepared statements",
            "invariants": books,
            "files": file_system(there.folder),
        },
    )


class _Intake(NamedTuple):
    there: Installation
    plan: IntakePlan
    kind: Kind
    steps: Steps
    shops: list[Shop]

    async def calibrate(self) -> tuple[Setup, list[Figures]]:
        """The setup that takes the most orders a second in one short run, and what each took."""
        plan = self.plan
        if plan.is_settled:
            return Setup(plan.workers[0], plan.connections[0]), []
        rates: dict[Setup, float] = {}
        for workers in plan.workers:
            async with self._warm(workers, plan.warm_up_orders * workers // 3) as port:
                for connections in plan.connections:
                    setup = Setup(workers, connections)
                    with self.steps.step(f"Calibrating: {setup}"):
                        found = await self._load(self.shops[0], port, connections, plan.calibration_seconds)
                    rates[setup] = found.accepted_per_second
                    self.steps.figure(str(setup), "orders/s", rates[setup])
        tried = [Figures.of(f"calibration: {setup}", "orders/s", [rate]) for setup, rate in rates.items()]
        return max(rates, key=lambda setup: rates[setup]), tried

    async def compare(self, setup: Setup) -> tuple[Pairs, Pairs | None]:
        """Dinghuo and pgbench by turns; and what there is between them with rules, by the same pgbench."""
        plan = self.plan
        limit = partial(run_limit, admin_url=self.there.urls.admin, kind=self.kind, seconds=plan.seconds)
        async with self._warm(setup.workers, plan.warm_up_orders * setup.workers) as port:
            sides: list[Side[Any]] = [
                Side(
                    name=name,
                    unit="orders/s",
                    run=partial(self._load, shop, port, setup.connections, plan.seconds),
                    figure=lambda run: run.accepted_per_second,
                )
                for name, shop in zip(("Dinghuo", WITH_RULES), self.shops, strict=False)
            ]
            sides.append(Side(name="pgbench", unit="tps", run=limit, figure=lambda run: run.tps))
            with self.steps.step(f"Comparing, {plan.pairs} pairs after a warm-up of all: {setup}"):
                plain, *with_rules, bare = await take_turns(
                    *sides,
                    turns=plan.pairs,
                    done=lambda side, figure: self.steps.figure(side, "a second", figure),
                )
        return compare(plain, bare), compare(with_rules[0], bare) if with_rules else None

    @asynccontextmanager
    async def _warm(self, workers: int, orders: int) -> AsyncIterator[int]:
        async with serving(self.there, workers=workers, background=self.plan.background) as port:
            with self.steps.step(f"Warming up {workers} web process{'es' * (workers > 1)} with {orders:,} orders"):
                for shop in self.shops:
                    await place(self._config(shop, port, 64, requests=orders))
            yield port

    async def _load(self, shop: Shop, port: int, connections: int, seconds: int) -> LoadResult:
        return await place(self._config(shop, port, connections, seconds=seconds, warm_up_seconds=1))

    def _config(self, shop: Shop, port: int, connections: int, **more: float) -> LoadConfig:
        orders = (
            Orders.spread(customers=customer_codes(), skus=sku_codes())
            if self.kind == "spread"
            else Orders.hot(customers=customer_codes(), sku=HOT_SKU)
        )
        return shop.ordering(port, orders, connections=connections, **more)


def _latencies(pairs: Pairs) -> list[Figures]:
    name = pairs.a.name
    return [
        Figures.of(f"{name}, p50", "ms", [run.latency_ms.p50 for run in pairs.a.runs]),
        Figures.of(f"{name}, p99", "ms", [run.latency_ms.p99 for run in pairs.a.runs]),
    ]


def _latency_of_limit(pairs: Pairs) -> Figures:
    return Figures.of("pgbench, mean", "ms", [run.latency_ms for run in pairs.b.runs])


async def _with_rules(
    there: Installation, kind: Kind, plain: Pairs, found: Pairs | None, shop: Shop
) -> dict[str, float | str]:
    """The ratio with rules beside the plain one, and that they did something."""
    if found is None:
        return {}
    between, goal = compare(found.a, plain.a), GOALS[kind]
    async with there.database.transaction(shop.id) as tx:
        (n,) = await tx.fetch(_COUNTED)
    return {
        "ratio with rules": f"{_spread(found)}, goal {goal.sense} {goal.value:g}: {goal.verdict(found.ratio)}",
        "with rules against without": _spread(between),
        "rules": f"{OF_GOODS + OF_TIERS} promotions, up to {APPLICABLE} for an order; of {n['orders']:,} orders "
        f"{n['granted']:,} were granted one, {n['gifts']:,} gifts given, {n['asked']:,} wait for approval, "
        f"{n['unpaid']:,} for their payment, {n['freight']:,} pay freight",
    }


def _spread(pairs: Pairs) -> str:
    return f"{pairs.ratio:.2f} ({min(pairs.ratios):.2f} to {max(pairs.ratios):.2f})"
