"""The import of an order book against COPY of the same file into a bare table."""

from itertools import count
from pathlib import Path

import msgspec

from dinghuo.entry.bench.copy_limit import CopyResult, copy_limit
from dinghuo.entry.bench.installation import Installation, file_system
from dinghuo.entry.bench.machine import machine_facts
from dinghuo.entry.bench.order_book import DEFAULT_FILE, ImportRun, chosen_file, import_book, open_importer
from dinghuo.entry.bench.pairs import Figures, Side, alternate
from dinghuo.entry.bench.report import Goal, Report, report
from dinghuo.entry.bench.shop import check_books
from dinghuo.entry.bench.steps import Steps

GOAL = Goal("at most", 25)
MOST_MEMORY_MB = 600
# COPY takes a second: the middle one of several counts.
_COPIES = 3


class ImportPlan(msgspec.Struct, frozen=True, kw_only=True):
    """`lines` cuts the file short."""

    file: Path = DEFAULT_FILE
    lines: int | None = None
    pairs: int = 3


QUICK = ImportPlan(lines=5_000, pairs=1)


async def import_lines(there: Installation, plan: ImportPlan, steps: Steps) -> Report:
    """Import into a fresh tenant each time, COPY by turns."""
    file = chosen_file(plan.file, lines=plan.lines, folder=there.folder)
    tenants: list[int] = []
    numbers = count(1)

    async def into_new_tenant() -> ImportRun:
        code = f"book-{next(numbers)}"
        tenants.append(await open_importer(there.database, code))
        return await import_book(there, file=file, tenant=code)

    async def copy() -> CopyResult:
        runs = [await copy_limit(admin_url=there.urls.admin, path=file) for _ in range(_COPIES)]
        return sorted(runs, key=lambda run: run.seconds)[_COPIES // 2]

    with steps.step(f"Importing {file.name}, {plan.pairs} × by turns with COPY"):
        lines = (await copy()).lines
        pairs = await alternate(
            Side(name="import", unit="s", run=into_new_tenant, figure=lambda run: run.seconds),
            Side(name="COPY", unit="s", run=copy, figure=lambda run: run.seconds),
            pairs=plan.pairs,
            warm_up=False,
            done=lambda side, figure: steps.figure(side, "s", figure),
        )
    with steps.step("Checking the books"):
        books = await check_books(there, *tenants)
    runs: list[ImportRun] = pairs.a.runs
    peak = Figures.of("import, peak memory", "MB", [run.peak_mb for run in runs])
    return report(
        "import",
        pairs,
        goal=GOAL,
        machine=await machine_facts(admin_url=there.urls.admin),
        more=[
            Figures.of("import", "lines/s", [run.lines_per_second for run in runs]),
            Figures.of("COPY", "lines/s", [run.lines_per_second for run in pairs.b.runs]),
            peak,
        ],
        conditions={
            f"peak memory under {MOST_MEMORY_MB} MB": peak.maximum < MOST_MEMORY_MB,
            "every line in an order or set aside": all(run.adds_up and run.lines == lines for run in runs),
        },
        notes={"lines": lines, "invariants": books, "files": file_system(there.folder)},
    )
