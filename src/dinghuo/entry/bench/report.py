"""One report, for people as a table and for machines as one JSON object."""

import sys
from typing import Literal

import msgspec
from rich.console import Console
from rich.table import Table

from dinghuo.entry.bench.machine import Machine
from dinghuo.entry.bench.pairs import Figures, Pairs

# Above this the generator itself takes the machine away from what it measures.
GENERATOR_LIMIT = 0.3


class Goal(msgspec.Struct, frozen=True):
    """What the ratio should be."""

    sense: Literal["at least", "at most"]
    value: float

    def reached(self, ratio: float) -> bool:
        """Whether a ratio is as it should be."""
        return ratio >= self.value if self.sense == "at least" else ratio <= self.value


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A benchmark's outcome: the ratio, every figure behind it, and the machine."""

    benchmark: str
    ratio: float
    ratios: list[float]
    goal: Goal
    reached: bool
    figures: list[Figures]
    machine: Machine
    generator_cpu_share: float | None = None
    notes: dict[str, float | str] = {}


def report(
    benchmark: str,
    pairs: Pairs,
    *,
    goal: Goal,
    machine: Machine,
    generator_cpu_share: float | None = None,
    more: list[Figures] | None = None,
    notes: dict[str, float | str] | None = None,
) -> Report:
    """A report of one comparison; `more` are figures measured beside it."""
    return Report(
        benchmark=benchmark,
        ratio=pairs.ratio,
        ratios=pairs.ratios,
        goal=goal,
        reached=goal.reached(pairs.ratio),
        figures=[pairs.a, pairs.b, *(more or [])],
        machine=machine,
        generator_cpu_share=generator_cpu_share,
        notes=notes or {},
    )


def show(found: Report, *, as_json: bool, console: Console | None = None) -> None:
    """Print the report on stdout."""
    if as_json:
        sys.stdout.buffer.write(msgspec.json.encode(found) + b"\n")
        sys.stdout.flush()
        return
    console = console or Console()
    console.print(_table(found))
    for line in _sentences(found):
        console.print(line, highlight=False, markup=False)


def _table(found: Report) -> Table:
    table = Table(title=f"{found.benchmark} (n = {len(found.ratios)})", title_justify="left")
    table.add_column("figure")
    table.add_column("unit")
    for column in ("min", "median", "max"):
        table.add_column(column, justify="right")
    for each in found.figures:
        table.add_row(each.name, each.unit, *map(_number, (each.minimum, each.median, each.maximum)))
    ratios = (min(found.ratios), found.ratio, max(found.ratios))
    table.add_section()
    table.add_row(
        "ratio", "", *(f"{ratio:.2f}" for ratio in ratios), style="bold green" if found.reached else "bold red"
    )
    return table


def _sentences(found: Report) -> list[str]:
    """What stands below the table."""
    machine = found.machine
    verdict = "reached" if found.reached else "not reached"
    lines = [f"goal {found.goal.sense} {found.goal.value:g}: {verdict}"]
    share = found.generator_cpu_share
    if share is not None:
        too_much = "" if share < GENERATOR_LIMIT else f", more than the {GENERATOR_LIMIT} it may take"
        lines.append(f"load generator: {share:.2f} of a core{too_much}")
    lines += [f"{name}: {value}" for name, value in found.notes.items()]
    settings = ", ".join(f"{name} {value}" for name, value in machine.settings.items())
    lines.append(f"{machine.cores} cores ({machine.processor}), {machine.system}, Python {machine.python}")
    return [*lines, f"PostgreSQL {machine.postgresql}: {settings}"]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
