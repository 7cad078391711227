"""Single orders while a big import runs, against the same orders without it."""

import asyncio
from pathlib import Path

import msgspec

from dinghuo.entry.bench.installation import Installation, file_system
from dinghuo.entry.bench.load import Latency, LoadConfig, LoadResult, Orders
from dinghuo.entry.bench.load.client import drive
from dinghuo.entry.bench.machine import machine_facts
from dinghuo.entry.bench.order_book import DEFAULT_FILE, ImportRun, chosen_file, import_book
from dinghuo.entry.bench.pairs import Figures, Pairs, compare
from dinghuo.entry.bench.report import Goal, Report, report_worst
from dinghuo.entry.bench.seed import customer_codes, sku_codes
from dinghuo.entry.bench.server import serving
from dinghuo.entry.bench.shop import Shop, all_answered, check_books, open_shop, place
from dinghuo.entry.bench.steps import Steps

GOAL = Goal("at most", 5)
RATE, CONNECTIONS = 20.0, 4
# What dealers order again and again: few enough SKUs that prices are in memory before anything is measured.
SKUS = 1_000
_LONGEST = 3600.0

# One run: by whose orders, what came back.
Runs = dict[str, LoadResult]


class BesidePlan(msgspec.Struct, frozen=True, kw_only=True):
    """`lines` cuts the file short."""

    file: Path = DEFAULT_FILE
    lines: int | None = None
    pairs: int = 1
    workers: int = 1
    quiet_seconds: int = 40
    warm_up_orders: int = 5_000


QUICK = BesidePlan(lines=5_000, quiet_seconds=4, warm_up_orders=300)


async def beside(there: Installation, plan: BesidePlan, steps: Steps) -> Report:
    """Orders come in to two tenants at a steady rate: one that has nothing to do with the import, and its own."""
    file = chosen_file(plan.file, lines=plan.lines, folder=there.folder)
    with steps.step("Seeding the tenant beside"):
        other = await open_shop(there.database, "bench")
    quiet: list[Runs] = []
    busy: list[Runs] = []
    imports: list[ImportRun] = []
    tenants = [other.id]
    async with serving(there, workers=plan.workers, background=True) as port:
        for number in range(1, plan.pairs + 1):
            with steps.step("Seeding the tenant to import into, warming up"):
                own = await open_shop(there.database, f"import-{number}")
                tenants.append(own.id)
                loads = {"another tenant": _load(other, port), "the importing tenant": _load(own, port)}
                for shop in (other, own):
                    await place(shop.ordering(port, _orders(), connections=16, requests=plan.warm_up_orders))
            with steps.step(f"{RATE * 2:g} orders a second without an import"):
                quiet.append(await _for(loads, plan.quiet_seconds))
            with steps.step(f"{RATE * 2:g} orders a second while {file.name} is imported"):
                runs, imported = await _while_importing(loads, there, file, own.code)
            busy.append(runs)
            imports.append(imported)
    with steps.step("Checking the books"):
        books = await check_books(there, *tenants)
    p99, p50 = ({f"{name}, {at}": _compared(name, at, busy, quiet) for name in busy[0]} for at in ("p99", "p50"))
    return report_worst(
        "beside",
        p99,
        beside=p50,
        goal=GOAL,
        machine=await machine_facts(admin_url=there.urls.admin),
        more=[Figures.of("import beside orders", "lines/s", [run.lines_per_second for run in imports])],
        notes={
            "orders": f"{RATE:g} a second to each tenant, {CONNECTIONS} connections, timed from when each was due",
            "server": f"{plan.workers} web process(es), background work on",
            "invariants": books,
            "files": file_system(there.folder),
        },
    )


def _orders() -> Orders:
    return Orders.spread(customers=customer_codes(), skus=sku_codes()[:SKUS])


def _load(shop: Shop, port: int) -> LoadConfig:
    return shop.ordering(port, _orders(), connections=CONNECTIONS, rate=RATE, seconds=_LONGEST, warm_up_seconds=1)


async def _while_importing(
    loads: dict[str, LoadConfig], there: Installation, file: Path, tenant: str
) -> tuple[Runs, ImportRun]:
    stop = asyncio.Event()
    ordering = asyncio.create_task(_until(loads, stop))
    try:
        imported = await import_book(there, file=file, tenant=tenant)
    finally:
        stop.set()
        runs = await ordering
    return runs, imported


async def _for(loads: dict[str, LoadConfig], seconds: float) -> Runs:
    stop = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, stop.set)
    return await _until(loads, stop)


async def _until(loads: dict[str, LoadConfig], stop: asyncio.Event) -> Runs:
    results = await asyncio.gather(*(drive(load, stop) for load in loads.values()))
    return {name: all_answered(result, 201) for name, result in zip(loads, results, strict=True)}


def _compared(name: str, percentile: str, busy: list[Runs], quiet: list[Runs]) -> Pairs:
    def figures(when: str, runs: list[Runs]) -> Figures:
        results = [run[name] for run in runs]
        milliseconds = [_at(percentile, result.latency_ms) for result in results]
        return Figures.of(f"{name}, {percentile} {when}", "ms", milliseconds, list(results))

    return compare(figures("beside the import", busy), figures("without", quiet))


def _at(percentile: str, latency: Latency | None) -> float:
    if latency is None:
        raise AssertionError("a run without an answer is refused before")
    found: float = getattr(latency, percentile)
    return found
