import asyncio
import os
import sys

import psutil
import pytest
from tests.entry.home import until_gone

from dinghuo.entry.bench.process import Finished, run_program


async def test_code_and_output_are_kept_apart() -> None:
    program = "import sys; print(sys.stdin.read()); print('e', file=sys.stderr); sys.exit(3)"
    assert await run_program(sys.executable, "-c", program, stdin=b"in") == Finished(3, b"in\n", b"e\n")


async def test_a_cancelled_wait_ends_the_program() -> None:
    marker = f"dinghuo-{os.getpid()}"
    running = asyncio.create_task(run_program(sys.executable, "-c", "import time; time.sleep(600)", marker))
    while not (found := [each for each in psutil.Process().children() if marker in each.cmdline()]):  # noqa: ASYNC110 - its start is an event of the system, not of this loop
        await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    until_gone(found)
