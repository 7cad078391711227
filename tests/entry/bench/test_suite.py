import asyncio
import os
import signal
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
from tests.entry.bench.test_report import made

from dinghuo.entry.bench.suite import BENCHMARKS, Suite, show_suite, until_told_to_end, write_suite

SUITE = Suite(began=datetime(2026, 6, 30, tzinfo=UTC), quick=False, reports=[made()], failed={"import": "no file"})


def test_every_benchmark_of_the_command_line_has_two_plans_of_one_kind() -> None:
    assert list(BENCHMARKS) == [
        "intake",
        "hot",
        "long-order",
        "import",
        "listing",
        "promotions",
        "backtest",
        "beside",
    ]
    assert all(type(each.full) is type(each.quick) for each in BENCHMARKS.values())


def test_one_table_names_every_benchmark_and_the_machine_once(capsys: pytest.CaptureFixture[str]) -> None:
    show_suite(SUITE, as_json=False)
    lines = capsys.readouterr().out.splitlines()
    rows = [[cell.strip() for cell in line.split("│")[1:-1]] for line in lines if line.startswith("│")]
    assert rows == [
        ["intake", "system ÷ limit", "1.07", "≥ 1", "reached"],
        ["import", "", "", "", "failed"],
    ]
    assert lines[-2:] == ["2 cores (P), Linux, Python 3.11.7", "PostgreSQL 18.6: fsync on, shared_buffers 256MB"]


def test_the_file_holds_the_same_object_as_the_output(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    show_suite(SUITE, as_json=True)
    out = capfdbinary.readouterr().out
    write_suite(SUITE, tmp_path / "new" / "bench.json")
    assert msgspec.json.decode(out, type=Suite) == SUITE
    assert msgspec.json.decode((tmp_path / "new" / "bench.json").read_bytes(), type=Suite) == SUITE


def test_being_told_to_end_twice_does_not_disturb_the_tidying_up() -> None:
    tidied: list[str] = []

    async def work() -> None:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
            await asyncio.sleep(60)
        finally:
            os.kill(os.getpid(), signal.SIGINT)
            await asyncio.sleep(0.05)
            tidied.append("done")

    with pytest.raises(KeyboardInterrupt):
        until_told_to_end(work())
    assert tidied == ["done"]


def test_what_is_not_told_to_end_gives_its_result() -> None:
    async def work() -> int:
        return 7

    assert until_told_to_end(work()) == 7
