import io

import msgspec
import pytest
from rich.console import Console

from dinghuo.entry.bench.machine import Machine, machine_facts
from dinghuo.entry.bench.pairs import Figures, compare
from dinghuo.entry.bench.report import Goal, Report, report, report_worst, show

MACHINE = Machine(
    cores=2,
    processor="P",
    system="Linux",
    python="3.11.7",
    postgresql="18.6",
    settings={"fsync": "on", "shared_buffers": "256MB"},
)
PAIRS = compare(Figures.of("system", "orders/s", [1234.5, 900]), Figures.of("limit", "tps", [1000, 1000]))


def made(goal: float = 1.0, share: float | None = 0.2) -> Report:
    return report(
        "intake",
        PAIRS,
        goal=Goal("at least", goal),
        machine=MACHINE,
        generator_cpu_share=share,
        more=[Figures.of("p99", "ms", [12.34, 15])],
        notes={"connections": 64},
    )


def printed(found: Report) -> list[str]:
    text = io.StringIO()
    show(found, as_json=False, console=Console(file=text, width=120))
    return [line.strip() for line in text.getvalue().splitlines()]


def test_people_get_a_table_with_every_figure_and_the_machine() -> None:
    lines = printed(made())
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if line.startswith("│")]
    assert rows == [
        ["system", "orders/s", "900", "1,067", "1,234"],
        ["limit", "tps", "1,000", "1,000", "1,000"],
        ["p99", "ms", "12.3", "13.7", "15"],
        ["ratio", "", "0.90", "1.07", "1.23"],
    ]
    assert lines[-5:] == [
        "goal at least 1: reached",
        "load generator: 0.20 of a core",
        "connections: 64",
        "2 cores (P), Linux, Python 3.11.7",
        "PostgreSQL 18.6: fsync on, shared_buffers 256MB",
    ]


def test_a_missed_goal_and_a_costly_generator_are_said() -> None:
    lines = printed(made(goal=1.1, share=0.31))
    assert "goal at least 1.1: not reached" in lines
    assert "load generator: 0.31 of a core, more than the 0.3 it may take" in lines


def test_machines_get_one_object(capfdbinary: pytest.CaptureFixture[bytes]) -> None:
    found = made()
    show(found, as_json=True)
    out = capfdbinary.readouterr().out
    assert out.count(b"\n") == 1
    assert msgspec.json.decode(out, type=Report) == found
    assert (found.ratio, found.reached) == (1.06725, True)


def test_goals_look_both_ways() -> None:
    assert [Goal("at least", 1.0).reached(ratio) for ratio in (0.99, 1.0, 1.01)] == [False, True, True]
    assert [Goal("at most", 2.0).reached(ratio) for ratio in (1.99, 2.0, 2.01)] == [True, True, False]


def test_beyond_what_must_be_it_is_not_done() -> None:
    goal = Goal("at least", 1.0, must=0.7)
    assert [goal.verdict(ratio) for ratio in (1.0, 0.7, 0.69)] == [
        "reached",
        "not reached",
        "NOT DONE, it must be at least 0.7",
    ]


def test_a_condition_that_does_not_hold_misses_the_goal_and_is_said() -> None:
    found = report("import", PAIRS, goal=Goal("at least", 1.0), machine=MACHINE, conditions={"adds up": False})
    assert (found.reached, found.verdict) == (False, "reached, not so: adds up")
    assert "adds up: NO" in printed(found)


@pytest.mark.parametrize(("goal", "worst"), [(Goal("at most", 2), "slow"), (Goal("at least", 2), "fast")])
def test_of_several_comparisons_the_one_farthest_from_the_goal_counts(goal: Goal, worst: str) -> None:
    compared = {
        name: compare(Figures.of(f"{name} a", "ms", [figure]), Figures.of(f"{name} b", "ms", [1]))
        for name, figure in {"fast": 1.0, "slow": 3.0}.items()
    }
    found = report_worst("listing", compared, goal=goal, machine=MACHINE, beside={"p50": PAIRS}, notes={"n": 1})
    assert found.ratio == compared[worst].ratio
    other = {"fast": "slow", "slow": "fast"}[worst]
    assert [each.name for each in found.figures] == [
        *(f"{name} {side}" for name in (worst, other) for side in "ab"),
        "system",
        "limit",
    ]
    assert found.notes == {"ratio, fast": 1.0, "ratio, slow": 3.0, "ratio, p50": 1.07, "n": 1}


async def test_the_machine_names_the_servers_settings(bench_url: str) -> None:
    found = await machine_facts(admin_url=bench_url)
    assert found.cores >= 1
    assert found.postgresql.startswith("18.")
    assert found.settings["fsync"] == "off"
    assert found.settings["synchronous_commit"] == "on"
    assert found.settings["shared_buffers"] == "256MB"
