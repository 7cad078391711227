"""One report, for people as a table and for machines as one JSON object."""

import sys
from collections.abc import Iterable
from typing import Literal

import msgspec
from rich.console import Console
from rich.table import Table

from dinghuo.entry.bench.machine import Machine
from dinghuo.entry.bench.pairs import Figures, Pairs

# Above this the generator itself takes the machine away from what it measures.
GENERATOR_LIMIT = 0.3


class Goal(msgspec.Struct, frozen=True):
    """What the ratio should be; beyond `must` the work is not done, short of the goal or not."""

    sense: Literal["at least", "at most"]
    value: float
    must: float | None = None

    def reached(self, ratio: float) -> bool:
        """Whether a ratio is as it should be."""
        return self._holds(ratio, self.value)

    def verdict(self, ratio: float) -> str:
        """The same in words."""
        if self.must is not None and not self._holds(ratio, self.must):
            return f"NOT DONE, it must be {self.sense} {self.must:g}"
        return "reached" if self.reached(ratio) else "not reached"

    def worst(self, ratios: Iterable[float]) -> float:
        """The ratio farthest from the goal."""
        return min(ratios) if self.sense == "at least" else max(ratios)

    def _holds(self, ratio: float, bound: float) -> bool:
        return ratio >= bound if self.sense == "at least" else ratio <= bound


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """A benchmark's outcome: the ratio, every figure behind it, and the machine.

    `reached` when the ratio is as the goal says and all `conditions` hold.
    """

    benchmark: str
    ratio: float
    ratios: list[float]
    goal: Goal
    reached: bool
    figures: list[Figures]
    machine: Machine
    generator_cpu_share: float | None = None
    conditions: dict[str, bool] = {}
    notes: dict[str, float | str] = {}

    @property
    def verdict(self) -> str:
        """Whether it is as it should be, in words."""
        missed = [f"not so: {name}" for name, holds in self.conditions.items() if not holds]
        return ", ".join([self.goal.verdict(self.ratio), *missed])


def report(
    benchmark: str,
    pairs: Pairs,
    *,
    goal: Goal,
    machine: Machine,
    generator_cpu_share: float | None = None,
    more: list[Figures] | None = None,
    conditions: dict[str, bool] | None = None,
    notes: dict[str, float | str] | None = None,
) -> Report:
    """A report of one comparison; `more` are figures measured beside it."""
    conditions = conditions or {}
    return Report(
        benchmark=benchmark,
        ratio=pairs.ratio,
        ratios=pairs.ratios,
        goal=goal,
        reached=goal.reached(pairs.ratio) and all(conditions.values()),
        figures=[pairs.a, pairs.b, *(more or [])],
        machine=machine,
        generator_cpu_share=generator_cpu_share,
        conditions=conditions,
        notes=notes or {},
    )


def report_worst(
    benchmark: str,
    compared: dict[str, Pairs],
    *,
    goal: Goal,
    machine: Machine,
    beside: dict[str, Pairs] | None = None,
    more: list[Figures] | None = None,
    notes: dict[str, float | str] | None = None,
) -> Report:
    """A report of several comparisons: the one farthest from the goal counts. `beside` are shown, without a goal."""
    worst = goal.worst(pairs.ratio for pairs in compared.values())
    name = next(name for name, pairs in compared.items() if pairs.ratio == worst)
    shown = compared | (beside or {})
    others = [figures for each, pairs in shown.items() if each != name for figures in (pairs.a, pairs.b)]
    return report(
        benchmark,
        compared[name],
        goal=goal,
        machine=machine,
        more=[*others, *(more or [])],
        notes={**{f"ratio, {each}": round(pairs.ratio, 2) for each, pairs in shown.items()}, **(notes or {})},
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
    lines = [f"goal {found.goal.sense} {found.goal.value:g}: {found.verdict}"]
    share = found.generator_cpu_share
    if share is not None:
        too_much = "" if share < GENERATOR_LIMIT else f", more than the {GENERATOR_LIMIT} it may take"
        lines.append(f"load generator: {share:.2f} of a core{too_much}")
    lines += [f"{name}: {'yes' if holds else 'NO'}" for name, holds in found.conditions.items()]
    lines += [f"{name}: {value}" for name, value in found.notes.items()]
    return lines + machine_lines(found.machine)


def machine_lines(machine: Machine) -> list[str]:
    """The machine in words."""
    settings = ", ".join(f"{name} {value}" for name, value in machine.settings.items())
    return [
        f"{machine.cores} cores ({machine.processor}), {machine.system}, Python {machine.python}",
        f"PostgreSQL {machine.postgresql}: {settings}",
    ]


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
