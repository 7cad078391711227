"""`dinghuo bench` as somebody types it: real server, real load, tiny numbers; what is measured is not judged."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import psutil
import pytest
from tests.entry.home import until_gone

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("bench")]

_TINY = (
    "--quick",
    "--pairs",
    "1",
    "--seconds",
    "1",
    "--warm-up-orders",
    "20",
    "--connections",
    "4",
    "--workers",
    "1",
)
_PATIENCE = 240


@contextmanager
def started(*arguments: str) -> Iterator["subprocess.Popen[str]"]:
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "DATABASE_APP_URL"}}
    process = subprocess.Popen(
        [sys.executable, "-c", "from dinghuo.entry.cli import main; main()", "bench", *arguments],
        env={**kept, "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()  # it tidies up
        process.communicate()


def serves(process: psutil.Process) -> bool:
    with suppress(psutil.Error):  # it may end while it is looked at
        return "serve" in process.cmdline()
    return False


def figures(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {each["name"]: each for each in report["figures"]}


def test_intake_says_every_rate_and_that_the_books_were_checked(temporary: Path) -> None:
    with started("intake", *_TINY, "--json") as process:
        out, err = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 0, err
    report = json.loads(out)
    assert (report["benchmark"], report["goal"]) == ("intake", {"sense": "at least", "value": 1.0, "must": 0.7})
    assert len(report["ratios"]) == 1
    assert report["ratio"] == report["ratios"][0] > 0
    assert report["reached"] is (report["ratio"] >= 1)
    found = figures(report)
    assert list(found) == ["Dinghuo", "pgbench", "Dinghuo, p50", "Dinghuo, p99", "pgbench, mean"]
    assert [found[name]["unit"] for name in found] == ["orders/s", "tps", "ms", "ms", "ms"]
    [run], [limit] = found["Dinghuo"]["runs"], found["pgbench"]["runs"]
    assert list(run["statuses"]) == ["201"]
    assert (run["unanswered"], limit["failed"], limit["clients"]) == (0, 0, 8)
    assert report["generator_cpu_share"] == run["cpu_share"]
    assert report["notes"]["invariants"].endswith("checked, none broken")
    assert (report["machine"]["settings"]["fsync"], report["machine"]["settings"]["synchronous_commit"]) == (
        "on",
        "on",
    )
    assert list(temporary.iterdir()) == []


def test_with_rules_a_second_ratio_stands_beside_the_plain_one(temporary: Path) -> None:
    with started("intake", *_TINY, "--with-rules", "--json") as process:
        out, err = process.communicate(timeout=_PATIENCE)
    assert process.returncode == 0, err
    report = json.loads(out)
    found = figures(report)
    assert {"Dinghuo", "Dinghuo with rules", "Dinghuo with rules, p99", "pgbench"} <= found.keys()
    ratio = found["Dinghuo with rules"]["median"] / found["pgbench"]["median"]
    assert report["notes"]["ratio with rules"].startswith(f"{ratio:.2f} (")
    # Nearly every order is granted something; one customer in a hundred is asked about, one in twenty pays first.
    rules = report["notes"]["rules"]
    counts = [int(number.replace(",", "")) for number in re.findall(r"(?<![\w.])[\d,]*\d", rules)]
    promotions, applicable, orders, granted, gifts, asked, unpaid, freight = counts
    assert (promotions, applicable) == (100, 7)
    assert min(granted, gifts) > 0
    assert max(granted, asked, unpaid, freight) <= orders
    assert list(temporary.iterdir()) == []


def test_an_interrupted_benchmark_leaves_nothing_running_and_nothing_behind(temporary: Path) -> None:
    with started("hot", *_TINY) as process:
        deadline = time.monotonic() + _PATIENCE
        while not any(map(serves, psutil.Process(process.pid).children())):
            assert time.monotonic() < deadline
            assert process.poll() is None
            time.sleep(0.05)
        below = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=_PATIENCE)
    assert process.returncode == 130
    until_gone(below)
    assert list(temporary.iterdir()) == []


def test_an_order_book_that_is_not_there_is_a_clear_refusal(temporary: Path) -> None:
    with started("import", "--file", str(temporary / "nothing.csv")) as process:
        out, err = process.communicate(timeout=_PATIENCE)
    assert (process.returncode, out) == (1, "")
    assert "nothing.csv" in err
    assert "--file" in err
    assert list(temporary.iterdir()) == []
