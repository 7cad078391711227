"""The real order book, and its import as a process of its own."""

import asyncio
import gzip
import os
import subprocess
import sys
import time
from itertools import islice
from pathlib import Path
from typing import Any

import msgspec

from dinghuo.entry.bench.failure import BenchFailed
from dinghuo.entry.bench.installation import Installation
from dinghuo.entry.bench.process import DINGHUO
from dinghuo.entry.bench.server import tail
from dinghuo.identity.create_tenant import NewTenant, create_tenant
from dinghuo.kit.actor import SYSTEM
from dinghuo.kit.database import Database

# Where a checkout has it beside itself: 240,007 lines of a wholesaler's half year.
DEFAULT_FILE = Path("../shared/data/online-retail/order-lines-2010-12-to-2011-06.csv.gz")
_BYTES_OF_MAXRSS = 1 if sys.platform == "darwin" else 1024


class ImportRun(msgspec.Struct, frozen=True, kw_only=True):
    """One import. `seconds` are from starting the program to its end, `said` is the report it printed."""

    seconds: float
    lines: int
    lines_per_second: float
    peak_mb: float
    said: dict[str, Any]

    @property
    def adds_up(self) -> bool:
        """Every line is in an order or set aside."""
        return bool(self.said["lines_ordered"] + self.said["lines_set_aside"] == self.lines)


def chosen_file(path: Path, *, lines: int | None, folder: Path) -> Path:
    """The file, or one in the folder with only its first lines. Raises `BenchFailed` when it is not there."""
    if not path.is_file():
        raise BenchFailed(
            f"{path}: 找不到该文件，请用 --file 指定订单明细文件（.csv 或 .csv.gz） / "
            "not found: name a file of order lines (.csv or .csv.gz) with --file"
        )
    if lines is None:
        return path
    first = folder / "first-lines.csv.gz"
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as source, gzip.open(first, "wb") as target:
        target.writelines(islice(source, lines + 1))
    return first


async def open_importer(database: Database, code: str) -> int:
    """A tenant with nothing in it: its id."""
    new = NewTenant(code=code, name=code, language="en", currency="GBP", time_zone="Europe/London")
    return (await create_tenant(database, new, password=None, by=SYSTEM)).id


async def import_book(there: Installation, *, file: Path, tenant: str) -> ImportRun:
    """`dinghuo import order-lines`, timed, with the most memory it had."""
    said, log = there.folder / "import.json", there.folder / "import.log"
    command = [*DINGHUO, "import", "order-lines", str(file), "--tenant", tenant, "--json"]
    with said.open("wb") as out, log.open("wb") as errors:
        began = time.perf_counter()
        code, peak = await _run(command, env=there.environment, stdout=out, stderr=errors)
        seconds = time.perf_counter() - began
    if code != 0:
        raise BenchFailed(f"the import ended with {code}\n{tail(log)}")
    report = msgspec.json.decode(said.read_bytes(), type=dict[str, Any])
    lines = int(report["lines_read"])
    return ImportRun(seconds=seconds, lines=lines, lines_per_second=lines / seconds, peak_mb=peak / 1e6, said=report)


async def _run(command: list[str], **streams: Any) -> tuple[int, int]:
    """The exit code and the peak memory in bytes, which only the wait for the process itself tells."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, start_new_session=True, **streams)  # noqa: ASYNC220, S603
    waiting = asyncio.ensure_future(asyncio.to_thread(os.wait4, process.pid, 0))
    try:
        await asyncio.shield(waiting)
    finally:
        if not waiting.done():
            os.kill(process.pid, 9)
        _, status, used = await waiting
        process.returncode = os.waitstatus_to_exitcode(status)
    return process.returncode, used.ru_maxrss * _BYTES_OF_MAXRSS
