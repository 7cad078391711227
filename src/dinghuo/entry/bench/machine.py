"""What the figures were measured on."""

import os
import platform
from pathlib import Path

import asyncpg
import msgspec

from dinghuo.entry.bench.postgres import plain_url

SETTINGS = (
    "fsync",
    "synchronous_commit",
    "full_page_writes",
    "wal_sync_method",
    "shared_buffers",
    "max_wal_size",
    "checkpoint_timeout",
    "jit",
    "max_connections",
)


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """Facts to read beside every figure. `settings` are those of the server under test."""

    cores: int
    processor: str
    system: str
    python: str
    postgresql: str
    settings: dict[str, str]


async def machine_facts(*, admin_url: str) -> Machine:
    """This machine, and the PostgreSQL at the address."""
    connection = await asyncpg.connect(plain_url(admin_url))
    try:
        found = await connection.fetch(
            "select name, current_setting(name) from unnest($1::text[]) name", ["server_version", *SETTINGS]
        )
    finally:
        await connection.close()
    settings = dict(found)
    return Machine(
        cores=_cores(),
        processor=_processor(),
        system=platform.platform(terse=True),
        python=platform.python_version(),
        postgresql=settings.pop("server_version"),
        settings=settings,
    )


def _cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _processor() -> str:
    """The processor's own name; on Linux only the kernel's list has it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.processor())
