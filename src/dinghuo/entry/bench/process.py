"""Running a program to its end, or ending it with us."""

import asyncio
from collections.abc import Mapping
from typing import NamedTuple


class Finished(NamedTuple):
    """What a program left."""

    code: int
    out: bytes
    err: bytes


async def run_program(*command: str, stdin: bytes = b"", environment: Mapping[str, str] | None = None) -> Finished:
    """Run it and wait. A cancelled wait kills the program: no measurement goes on behind the next one."""
    process = await asyncio.create_subprocess_exec(
        *command,
        env=environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        out, err = await process.communicate(stdin)
        return Finished(await process.wait(), out, err)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
