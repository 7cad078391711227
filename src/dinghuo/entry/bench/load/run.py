"""Starting the generator as a process of its own."""

import asyncio
import sys

import msgspec

from dinghuo.entry.bench.load.config import LoadConfig
from dinghuo.entry.bench.load.result import LoadResult


class LoadFailed(Exception):
    """The generator did not finish: what it said is the message."""


async def run_load(config: LoadConfig) -> LoadResult:
    """Run the load in another process, so that its cost is known and none of it is the caller's."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "dinghuo.entry.bench.load",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await process.communicate(msgspec.json.encode(config))
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if process.returncode != 0:
        raise LoadFailed(err.decode().strip())
    return msgspec.json.decode(out, type=LoadResult)
