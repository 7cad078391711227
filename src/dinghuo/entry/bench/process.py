"""Running a program to its end, or ending it with us."""

import asyncio
import sys
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, NamedTuple

# The command line of this installation, whatever the PATH is.
DINGHUO = (sys.executable, "-c", "from dinghuo.entry.cli import main; main()")


class Finished(NamedTuple):
    """What a program left."""

    code: int
    out: bytes
    err: bytes


@asynccontextmanager
async def started(
    *command: str, grace: float = 0.0, environment: Mapping[str, str] | None = None, **streams: Any
) -> AsyncIterator[asyncio.subprocess.Process]:
    """A program that does not outlive the block: asked to stop when there is `grace`, killed after so many seconds.

    It has a session of its own: Ctrl-C reaches us alone, and then it is ended in order.
    """
    process = await asyncio.create_subprocess_exec(*command, env=environment, start_new_session=True, **streams)
    try:
        yield process
    finally:
        if process.returncode is None and grace:
            process.terminate()
            await asyncio.wait([asyncio.ensure_future(process.wait())], timeout=grace)
        if process.returncode is None:
            process.kill()
            await process.wait()


async def run_program(*command: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> Finished:
    """Run it and wait. A cancelled wait kills the program: no measurement goes on behind the next one."""
    pipe = asyncio.subprocess.PIPE
    async with started(*command, environment=environment, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        out, err = await process.communicate(stdin)
        return Finished(await process.wait(), out, err)
