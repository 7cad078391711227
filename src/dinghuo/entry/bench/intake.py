"""Intake through HTTP against pgbench: orders over all SKUs (`spread`), or everybody on one SKU (`hot`)."""

import statistics
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import NamedTuple

import msgspec

from dinghuo.entry.bench.installation import Installation, file_system
from dinghuo.entry.bench.limit import Kind, drop_limit, prepare_limit, run_limit
from dinghuo.entry.bench.limit.limit import CLIENTS, JOBS
from dinghuo.entry.bench.load import LoadConfig, LoadResult, Orders
from dinghuo.entry.bench.machine import machine_facts
from dinghuo.entry.bench.pairs import PAIRS, Figures, Pairs, Side, alternate
from dinghuo.entry.bench.report import Goal, Report, report
from dinghuo.entry.bench.seed import customer_codes, sku_codes
from dinghuo.entry.bench.server import serving
from dinghuo.entry.bench.shop import Shop, check_books, open_shop, place
from dinghuo.entry.bench.steps import Steps

# The SKU of hot.pgbench.
HOT_SKU = "SKU00007"
GOALS: dict[Kind, Goal] = {"spread": Goal("at least", 1.0, must=0.7), "hot": Goal("at least", 4.0)}
NAMES: dict[Kind, str] = {"spread": "intake", "hot": "hot"}


class IntakePlan(msgspec.Struct, frozen=True, kw_only=True):
    """How long and with what. `warm_up_orders` are placed for each web process after every start of the server,
    so that it has met the prices it is asked for; a third of them before calibration.
    """

    pairs: int = PAIRS
    seconds: int = 10
    warm_up_orders: int = 15_000
    calibration_seconds: int = 5
    workers: tuple[int, ...] = (1, 2)
    connections: tuple[int, ...] = (64, 128)
    background: bool = False

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
    bench = _Intake(there, plan, kind, steps, shop)
    try:
        setup, tried = await bench.calibrate()
        pairs = await bench.compare(setup)
    finally:
        await drop_limit(admin_url=there.urls.admin)
    with steps.step("Checking the books"):
        books = await check_books(there, shop.id)
    machine = await machine_facts(admin_url=there.urls.admin)
    return report(
        NAMES[kind],
        pairs,
        goal=GOALS[kind],
        machine=machine,
        generator_cpu_share=statistics.fmean(run.cpu_share for run in pairs.a.runs),
        more=[*_latencies(pairs), *tried],
        notes={
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
    shop: Shop

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
                        found = await self._load(port, connections, plan.calibration_seconds)
                    rates[setup] = found.accepted_per_second
                    self.steps.figure(str(setup), "orders/s", rates[setup])
        tried = [Figures.of(f"calibration: {setup}", "orders/s", [rate]) for setup, rate in rates.items()]
        return max(rates, key=lambda setup: rates[setup]), tried

    async def compare(self, setup: Setup) -> Pairs:
        """Dinghuo and pgbench by turns."""
        plan = self.plan
        limit = partial(run_limit, admin_url=self.there.urls.admin, kind=self.kind, seconds=plan.seconds)
        async with self._warm(setup.workers, plan.warm_up_orders * setup.workers) as port:
            load = partial(self._load, port, setup.connections, plan.seconds)
            with self.steps.step(f"Comparing, {plan.pairs} pairs after a warm-up of both: {setup}"):
                return await alternate(
                    Side(name="Dinghuo", unit="orders/s", run=load, figure=lambda run: run.accepted_per_second),
                    Side(name="pgbench", unit="tps", run=limit, figure=lambda run: run.tps),
                    pairs=plan.pairs,
                    done=lambda side, figure: self.steps.figure(side, "a second", figure),
                )

    @asynccontextmanager
    async def _warm(self, workers: int, orders: int) -> AsyncIterator[int]:
        async with serving(self.there, workers=workers, background=self.plan.background) as port:
            with self.steps.step(f"Warming up {workers} web process{'es' * (workers > 1)} with {orders:,} orders"):
                await place(self._config(port, 64, requests=orders))
            yield port

    async def _load(self, port: int, connections: int, seconds: int) -> LoadResult:
        return await place(self._config(port, connections, seconds=seconds, warm_up_seconds=1))

    def _config(self, port: int, connections: int, **more: float) -> LoadConfig:
        orders = (
            Orders.spread(customers=customer_codes(), skus=sku_codes())
            if self.kind == "spread"
            else Orders.hot(customers=customer_codes(), sku=HOT_SKU)
        )
        return self.shop.ordering(port, orders, connections=connections, **more)


def _latencies(pairs: Pairs) -> list[Figures]:
    return [
        Figures.of("Dinghuo, p50", "ms", [run.latency_ms.p50 for run in pairs.a.runs]),
        Figures.of("Dinghuo, p99", "ms", [run.latency_ms.p99 for run in pairs.a.runs]),
        Figures.of("pgbench, mean", "ms", [run.latency_ms for run in pairs.b.runs]),
    ]
