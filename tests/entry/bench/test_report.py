import io

import msgspec
import pytest
from rich.console import Console

from dinghuo.entry.bench.machine import Machine, machine_facts
from dinghuo.entry.bench.pairs import Figures, compare
from dinghuo.entry.bench.report import Goal, Report, report, show

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


async def test_the_machine_names_the_servers_settings(bench_url: str) -> None:
    found = await machine_facts(admin_url=bench_url)
    assert found.cores >= 1
    assert found.postgresql.startswith("18.")
    assert found.settings["fsync"] == "off"
    assert found.settings["synchronous_commit"] == "on"
    assert found.settings["shared_buffers"] == "256MB"
