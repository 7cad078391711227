"""Starting the generator as a process of its own."""

import sys

import msgspec

from dinghuo.entry.bench.failure import BenchFailed
from dinghuo.entry.bench.load.config import LoadConfig
from dinghuo.entry.bench.load.result import LoadResult
from dinghuo.entry.bench.process import run_program


class LoadFailed(BenchFailed):
    """The generator did not finish: what it said is the message."""


async def run_load(config: LoadConfig) -> LoadResult:
    """Run the load in another process, so that its cost is known and none of it is the caller's."""
    finished = await run_program(sys.executable, "-m", "dinghuo.entry.bench.load", stdin=msgspec.json.encode(config))
    if finished.code != 0:
        raise LoadFailed(finished.err.decode().strip())
    return msgspec.json.decode(finished.out, type=LoadResult)
