"""Every benchmark by name, in full and as a short try, each on an installation of its own."""

import asyncio
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import msgspec
from rich.console import Console
from rich.table import Table

from dinghuo.entry.bench import backtest, beside, import_lines, intake, listing, long_order, promotions
from dinghuo.entry.bench.failure import BenchFailed
from dinghuo.entry.bench.installation import Installation, Reach, installation
from dinghuo.entry.bench.report import Report, machine_lines
from dinghuo.entry.bench.steps import Steps
from dinghuo.kit.config import Settings

T = TypeVar("T")

_ENDING = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Benchmark(NamedTuple):
    """How to measure, and the plans to choose from."""

    measure: Callable[[Installation, Any, Steps], Awaitable[Report]]
    full: Any
    quick: Any


BENCHMARKS: dict[str, Benchmark] = {
    "intake": Benchmark(partial(intake.intake, "spread"), intake.IntakePlan(), intake.QUICK),
    "hot": Benchmark(partial(intake.intake, "hot"), intake.HOT, intake.QUICK),
    "long-order": Benchmark(long_order.long_order, long_order.LongOrderPlan(), long_order.QUICK),
    "import": Benchmark(import_lines.import_lines, import_lines.ImportPlan(), import_lines.QUICK),
    "listing": Benchmark(listing.listing, listing.ListingPlan(), listing.QUICK),
    "promotions": Benchmark(promotions.promotions, promotions.PromotionsPlan(), promotions.QUICK),
    "backtest": Benchmark(backtest.backtest, backtest.BacktestPlan(), backtest.QUICK),
    "beside": Benchmark(beside.beside, beside.BesidePlan(), beside.QUICK),
}


class Suite(msgspec.Struct, frozen=True, kw_only=True):
    """What a run of several benchmarks gave; `failed` says why one gave nothing."""

    began: datetime
    quick: bool
    reports: list[Report]
    failed: dict[str, str]


class Bench(NamedTuple):
    """Where and to whom: the settings whose server is used, the way to reach it, the progress."""

    base: Settings
    reach: Reach
    console: Console

    async def measure(self, name: str, plan: Any) -> Report:
        """One benchmark on an installation made for it and gone afterwards."""
        self.console.rule(name, align="left")
        async with installation(self.base, reach=self.reach) as there:
            return await BENCHMARKS[name].measure(there, plan, Steps(self.console))

    async def measure_all(self, plans: dict[str, Any], *, quick: bool, shown: Callable[[Report], None]) -> Suite:
        """One after the other; one that fails does not keep the others from running."""
        began, reports, failed = datetime.now(UTC), [], {}
        for name, plan in plans.items():
            try:
                reports.append(await self.measure(name, plan))
                shown(reports[-1])
            except BenchFailed as error:
                failed[name] = str(error)
                self.console.print(f"{name}: {error}", style="red", markup=False)
        return Suite(began=began, quick=quick, reports=reports, failed=failed)


def until_told_to_end(work: Coroutine[Any, Any, T]) -> T:
    """Run it. Ctrl-C and SIGTERM end it in order, and again and again do not disturb that."""

    async def watched() -> T:
        task = asyncio.ensure_future(work)
        loop = asyncio.get_running_loop()

        def end() -> None:
            for number in _ENDING:
                loop.add_signal_handler(number, lambda: None)
            task.cancel()

        for number in _ENDING:
            loop.add_signal_handler(number, end)
        return await task

    try:
        return asyncio.run(watched())
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None


def write_suite(found: Suite, path: Path) -> None:
    """Keep it as JSON for people to read and machines to compare."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(msgspec.json.format(msgspec.json.encode(found), indent=2) + b"\n")


def show_suite(found: Suite, *, as_json: bool) -> None:
    """Print it on stdout: one table, or one JSON object."""
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
        sys.stdout.flush()
        return
    console = Console()
    console.print(_table(found))
    for line in _machines(found.reports):
        console.print(line, highlight=False, markup=False)


def _table(found: Suite) -> Table:
    table = Table(title="short try: its figures mean little" if found.quick else None, title_justify="left")
    for column in ("benchmark", "compared", "ratio", "goal", ""):
        table.add_column(column, justify="right" if column == "ratio" else "left")
    for report in found.reports:
        compared = f"{report.figures[0].name} ÷ {report.figures[1].name}"
        goal = f"{'≥' if report.goal.sense == 'at least' else '≤'} {report.goal.value:g}"
        style = "green" if report.reached else "red"
        table.add_row(report.benchmark, compared, f"{report.ratio:.2f}", goal, report.verdict, style=style)
    for name in found.failed:
        table.add_row(name, "", "", "", "failed", style="bold red")
    return table


def _machines(reports: Iterable[Report]) -> list[str]:
    return list(dict.fromkeys(line for report in reports for line in machine_lines(report.machine)))
