"""Prepare, run and drop the limit. The schema `bench_limit` is made by limit.sql and is all it touches."""

import os
import re
import resource
from pathlib import Path
from typing import Literal

import asyncpg
import msgspec
import psutil

from dinghuo.entry.bench.failure import BenchFailed
from dinghuo.entry.bench.postgres import plain_url, tool, url_and_password
from dinghuo.entry.bench.process import run_program

Kind = Literal["spread", "hot"]

HERE = Path(__file__).parent
SCHEMA = "bench_limit"
# The protocol's own counts: five lines over 10,000 SKUs, and everybody on one SKU.
CLIENTS: dict[Kind, int] = {"spread": 8, "hot": 32}
JOBS = 2

_FIGURES = {
    "transactions": r"number of transactions actually processed: (\d+)",
    "failed": r"number of failed transactions: (\d+)",
    "latency_ms": r"latency average = ([\d.]+) ms",
    "tps": r"tps = ([\d.]+) \(without initial connection time\)",
}


class LimitFailed(BenchFailed):
    """pgbench did not finish a run: what it said is the message."""


class LimitResult(msgspec.Struct, frozen=True, kw_only=True):
    """One run of pgbench. `cpu_share` is its own cost in cores, `machine_busy` that of everything running."""

    kind: Kind
    seconds: float
    clients: int
    jobs: int
    transactions: int
    failed: int
    tps: float
    latency_ms: float
    cpu_share: float
    machine_busy: float


async def prepare_limit(*, admin_url: str) -> None:
    """Make the schema, its rows and the function anew."""
    connection = await asyncpg.connect(plain_url(admin_url))
    try:
        await connection.execute((HERE / "limit.sql").read_text())
    finally:
        await connection.close()


async def drop_limit(*, admin_url: str) -> None:
    """Remove all that `prepare_limit` made."""
    connection = await asyncpg.connect(plain_url(admin_url))
    try:
        await connection.execute(f"drop schema if exists {SCHEMA} cascade")
    finally:
        await connection.close()


async def run_limit(
    *,
    admin_url: str,
    kind: Kind,
    seconds: int,
    clients: int | None = None,
    jobs: int = JOBS,
    pg_bin: Path | None = None,
) -> LimitResult:
    """One run of pgbench: prepared statements, no vacuum, the protocol's clients unless told otherwise."""
    clients = CLIENTS[kind] if clients is None else clients
    url, password = url_and_password(admin_url)
    command = [str(tool("pgbench", pg_bin)), "-n", "-M", "prepared", "-f", str(HERE / f"{kind}.pgbench")]
    command += ["-c", str(clients), "-j", str(jobs), "-T", str(seconds), url]
    environment = os.environ | {"PGOPTIONS": f"-c search_path={SCHEMA}", "LC_ALL": "C"}
    if password is not None:
        environment["PGPASSWORD"] = password
    own_before, busy_before = _children_cpu(), _machine_cpu()
    finished = await run_program(*command, environment=environment)
    own, busy = _children_cpu() - own_before, _machine_cpu() - busy_before
    said = finished.out.decode()
    figures = read_figures(said)
    if finished.code != 0 or figures is None:
        raise LimitFailed(f"pgbench {kind} ({finished.code}): {finished.err.decode().strip() or said}")
    return LimitResult(
        kind=kind,
        seconds=seconds,
        clients=clients,
        jobs=jobs,
        transactions=int(figures["transactions"]),
        failed=int(figures["failed"]),
        tps=figures["tps"],
        latency_ms=figures["latency_ms"],
        cpu_share=own / seconds,
        machine_busy=busy / seconds,
    )


def read_figures(output: str) -> dict[str, float] | None:
    """The figures of pgbench's summary, or None when one is missing."""
    found = {name: re.search(pattern, output) for name, pattern in _FIGURES.items()}
    return {name: float(match[1]) for name, match in found.items() if match} if all(found.values()) else None


def _children_cpu() -> float:
    """CPU seconds of the child processes that have ended: pgbench is the only one to end in a run."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _machine_cpu() -> float:
    """CPU seconds spent by everything on the machine."""
    times = psutil.cpu_times()
    return float(sum(getattr(times, kind, 0.0) for kind in ("user", "nice", "system", "irq", "softirq")))
