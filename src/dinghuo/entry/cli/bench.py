"""`dinghuo bench …`"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import rich_click as click

_Command = Callable[..., Any]


@click.group()
def bench() -> None:
    """Measure Dinghuo against limits taken on the same machine in the same run.

    Each benchmark makes an installation of its own and removes it: with DATABASE_URL a database on that server,
    else an embedded PostgreSQL. The ratio is what counts; docs/performance.md explains it.
    """


def _options(*options: _Command) -> _Command:
    """The options of a benchmark, before those they all have."""
    everywhere = (
        click.option("--quick", is_flag=True, help="A short try: whether it works, not how fast it is."),
        click.option("--json", "as_json", is_flag=True, help="Say it as one JSON object."),
    )

    def with_options(command: _Command) -> _Command:
        for option in reversed((*options, *everywhere)):
            command = option(command)
        return command

    return with_options


_FILE = click.option(
    "--file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="The order book.  [default: the one in ../shared/data]",
)
_PAIRS = click.option("--pairs", type=click.IntRange(1), help="How often both sides are measured by turns.")
_INTAKE = (
    _PAIRS,
    click.option("--seconds", type=click.IntRange(1), help="How long each run is.  [default: 10]"),
    click.option("--warm-up-orders", type=click.IntRange(1), help="Orders for each web process before measuring."),
    click.option(
        "--workers", type=click.IntRange(1), multiple=True, help="Web processes.  [default: 1 and 2 are tried]"
    ),
    click.option("--connections", type=click.IntRange(1), multiple=True, help="[default: 64 and 128 are tried]"),
    click.option("--background", is_flag=True, help="Do the background work meanwhile, on the same machine."),
    click.option(
        "--with-rules",
        is_flag=True,
        help="Also with 100 promotions, an approval policy, order rules and payment policies, by turns.",
    ),
)


@bench.command(epilog="Example:  dinghuo bench intake --json")
@_options(*_INTAKE)
def intake(**given: Any) -> None:
    """Orders of 5 lines through HTTP, over 10,000 SKUs, against pgbench doing the bare minimum."""
    _measure("intake", **given)


@bench.command(epilog="Example:  dinghuo bench hot --workers 1")
@_options(*_INTAKE)
def hot(**given: Any) -> None:
    """Everybody orders one SKU, against pgbench doing the same."""
    _measure("hot", **given)


@bench.command("long-order", epilog="Example:  dinghuo bench long-order --pairs 50")
@_options(_PAIRS)
def long_order(**given: Any) -> None:
    """An order of 1,000 lines against one of 5: statements and time."""
    _measure("long-order", **given)


@bench.command("import", epilog="Example:  dinghuo bench import --file order-lines.csv.gz")
@_options(_FILE, _PAIRS, click.option("--lines", type=click.IntRange(1), help="Only the first lines of the file."))
def import_(**given: Any) -> None:
    """The import of an order book against COPY of the same file."""
    _measure("import", **given)


@bench.command(epilog="Example:  dinghuo bench listing --many 200000")
@_options(_PAIRS, click.option("--many", type=click.IntRange(20_000), help="Orders stored.  [default: 1,000,000]"))
def listing(**given: Any) -> None:
    """Pages of the list of orders with a million stored, against ten thousand."""
    _measure("listing", **given)


@bench.command(epilog="Example:  dinghuo bench promotions --pairs 5")
@_options(_PAIRS)
def promotions(**given: Any) -> None:
    """Orders with 10,000 promotions stored against 100, when as many of them apply."""
    _measure("promotions", **given)


@bench.command(epilog="Example:  dinghuo bench backtest --pairs 3")
@_options(_FILE, _PAIRS, click.option("--lines", type=click.IntRange(1), help="Only the first lines of the file."))
def backtest(**given: Any) -> None:
    """A price list tried on half a year of orders, against a statement that adds up the same lines."""
    _measure("backtest", **given)


@bench.command(epilog="Example:  dinghuo bench beside --pairs 3")
@_options(
    _FILE,
    _PAIRS,
    click.option("--lines", type=click.IntRange(1), help="Only the first lines of the file."),
    click.option("--workers", type=click.IntRange(1), help="Web processes.  [default: 1]"),
)
def beside(**given: Any) -> None:
    """Single orders while a big import runs, against the same orders without it."""
    _measure("beside", **given)


@bench.command("all", epilog="Example:  dinghuo bench all --quick")
@_options(
    _FILE,
    click.option(
        "--out",
        type=click.Path(path_type=Path, dir_okay=False),
        default=Path("build/bench.json"),
        show_default=True,
        help="Where every figure is written.",
    ),
)
def all_(file: Path | None, out: Path, quick: bool, as_json: bool) -> int:
    """All of them, one after the other: one table, and a file with every figure."""
    from msgspec.structs import replace

    from dinghuo.entry.bench.report import show
    from dinghuo.entry.bench.suite import BENCHMARKS, show_suite, until_told_to_end, write_suite
    from dinghuo.entry.cli import OK, REFUSED
    from dinghuo.entry.cli.installation import progress

    plans = {name: each.quick if quick else each.full for name, each in BENCHMARKS.items()}
    plans |= {name: replace(plans[name], with_rules=True) for name in ("intake", "hot")}
    if file is not None:
        plans |= {name: replace(plans[name], file=file) for name in ("import", "backtest", "beside")}
    measuring = _bench().measure_all(
        plans, quick=quick, shown=lambda report: show(report, as_json=False, console=progress)
    )
    found = until_told_to_end(measuring)
    write_suite(found, out)
    show_suite(found, as_json=as_json)
    return REFUSED if found.failed else OK


def _measure(name: str, *, quick: bool, as_json: bool, **given: Any) -> None:
    """One benchmark; of its plan, what was given goes before."""
    from msgspec.structs import replace

    from dinghuo.entry.bench.failure import BenchFailed
    from dinghuo.entry.bench.report import show
    from dinghuo.entry.bench.suite import BENCHMARKS, until_told_to_end

    plan = BENCHMARKS[name].quick if quick else BENCHMARKS[name].full
    chosen = {option: value for option, value in given.items() if value}
    try:
        found = until_told_to_end(_bench().measure(name, replace(plan, **chosen)))
    except BenchFailed as failed:
        raise click.ClickException(f"{name}: {failed}") from failed
    show(found, as_json=as_json)


def _bench() -> Any:
    from dinghuo.entry.bench.suite import Bench
    from dinghuo.entry.cli.installation import progress, reachable, settings
    from dinghuo.entry.logs import configure_logging

    configure_logging("warning")
    return Bench(settings(), reachable, progress)
