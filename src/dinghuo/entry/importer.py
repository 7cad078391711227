"""A process that carries out one import for the worker. `python -m dinghuo.entry.importer`

A file can ask for much memory, or end the program that reads it: here that ends nothing else. Standard input brings
the errand as a line of JSON, and ends with the worker, however that went; then, or on SIGTERM, the import stops
between two slices and is taken up again later.
"""

import asyncio
import contextlib
import gc
import os
import signal
import sys
from collections.abc import Awaitable, Callable

import msgspec
import structlog

# Every table, whoever declares it: what is asked of one may follow its references to any other.
import dinghuo.entry.tables  # noqa: F401
from dinghuo.entry.logs import configure_logging
from dinghuo.integrations.imports.claim import Claim
from dinghuo.kit.database import Database
from dinghuo.kit.roles import Urls
from dinghuo.kit.wake import Waker

_CONNECTIONS = 4
# People's requests go first where the machine is short of time.
_NICE = 10
_STOP_SECONDS = 25

log = structlog.get_logger()


class Errand(msgspec.Struct, frozen=True):
    """Which import, and where."""

    claim: Claim
    url: str
    log_level: str


def in_a_process(urls: Urls) -> Callable[[Claim], Awaitable[None]]:
    """Carry claims out, each in a process of its own; cancelling one stops it in order."""

    async def carry_out(claim: Claim) -> None:
        command = [sys.executable, "-m", "dinghuo.entry.importer"]
        process = await asyncio.create_subprocess_exec(
            *command, stdin=asyncio.subprocess.PIPE, start_new_session=True
        )
        try:
            if process.stdin is None:
                raise AssertionError("a pipe was asked for")
            level = os.environ.get("DINGHUO_LOG", "info").lower()
            process.stdin.write(msgspec.json.encode(Errand(claim, urls.app, level)) + b"\n")
            code = await process.wait()
            if code != 0:
                log.error("an importer died", import_id=str(claim.import_id), code=code)
        finally:
            await _stop(process)

    return carry_out


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), _STOP_SECONDS)
    except TimeoutError:
        process.kill()
        await process.wait()


def main() -> None:
    import uvloop

    with contextlib.suppress(OSError):
        os.nice(_NICE)
    # This process ends with the import, and needs to its end what it holds: there is no garbage worth looking for.
    gc.disable()
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_follow())


async def _follow() -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    errand = msgspec.json.decode(await reader.readline(), type=Errand)
    configure_logging(errand.log_level)
    beside = [asyncio.create_task(_until_gone(reader, stop))]
    from dinghuo.integrations.imports.work import carry_out

    database = Database(errand.url, pool_size=_CONNECTIONS, name="dinghuo-importer")
    waker = Waker(errand.url)
    database.wake = waker.ring
    beside.append(asyncio.create_task(waker.run()))
    try:
        await carry_out(database, errand.claim, stop=stop)
        await asyncio.sleep(0.1)  # the last ring goes out
    finally:
        for task in beside:
            task.cancel()
        await asyncio.gather(*beside, return_exceptions=True)
        await database.close()


async def _until_gone(worker: asyncio.StreamReader, stop: asyncio.Event) -> None:
    await worker.read()
    stop.set()


if __name__ == "__main__":
    main()
