"""`python -m dinghuo.entry.bench.load`: a LoadConfig as JSON on stdin, a LoadResult as JSON on stdout."""

import asyncio
import gc
import sys

import msgspec
import uvloop

from dinghuo.entry.bench.load.client import drive
from dinghuo.entry.bench.load.config import LoadConfig


def main() -> int:
    """Run one load; exit code 2 says that the configuration is wrong."""
    try:
        config = msgspec.json.decode(sys.stdin.buffer.read(), type=LoadConfig)
    except msgspec.DecodeError as error:
        print(error, file=sys.stderr)
        return 2
    gc.freeze()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        result = runner.run(drive(config))
    sys.stdout.buffer.write(msgspec.json.encode(result) + b"\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
