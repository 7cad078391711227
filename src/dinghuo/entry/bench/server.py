"""The real server as a process of its own, started as people start it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import msgspec

from dinghuo.entry.bench.failure import BenchFailed
from dinghuo.entry.bench.installation import Installation
from dinghuo.entry.bench.process import DINGHUO, started

_START_SECONDS = 60.0
# Longer than the server gives its own processes.
_STOP_SECONDS = 60.0


class _Said(msgspec.Struct):
    url: str


@asynccontextmanager
async def serving(there: Installation, *, workers: int, background: bool = False) -> AsyncIterator[int]:
    """The port of `dinghuo serve` with so many web processes, with or without the background work.

    Raises `BenchFailed` when it does not start, and when it ended in the middle of the block.
    """
    log = there.folder / "serve.log"
    command = [*DINGHUO, "serve", "--host", "127.0.0.1", "--port", "0", "--workers", str(workers), "--json"]
    command.append("--background" if background else "--no-background")
    with log.open("wb") as errors:
        running = started(
            *command,
            grace=_STOP_SECONDS,
            environment=there.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
        )
        async with running as process:
            yield await _port(process, log)
            if process.returncode is not None:
                raise BenchFailed(f"the server ended while it was measured ({process.returncode})\n{tail(log)}")


async def _port(process: asyncio.subprocess.Process, log: Path) -> int:
    if process.stdout is None:
        raise AssertionError("the server's output is not read")
    try:
        line = await asyncio.wait_for(process.stdout.readline(), _START_SECONDS)
        port = urlsplit(msgspec.json.decode(line, type=_Said).url).port
    except (TimeoutError, msgspec.DecodeError):
        port = None
    if port is None:
        raise BenchFailed(f"the server did not start\n{tail(log)}")
    return port


def tail(log: Path) -> str:
    """The last of what a program said."""
    return "\n".join(log.read_text(errors="replace").splitlines()[-20:])
