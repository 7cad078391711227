"""A process of `dinghuo serve`: some of the web, or the background work. `python -m dinghuo.entry.child FD`

FD is a socket to the parent. It brings the job as a line of JSON and takes `ready` back; when the parent is gone,
however it went, the socket ends and so does this process.
"""

import asyncio
import gc
import signal
import socket
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from typing import Any

import msgspec
import uvicorn
import uvloop
from litestar import Litestar

from dinghuo.entry.job import Job
from dinghuo.entry.logs import configure_logging
from dinghuo.kit.database import Database
from dinghuo.kit.vault import Vault
from dinghuo.kit.wake import Waker

_GRACE_SECONDS = 30
# Longer than proxies keep an idle connection (60 s): else they send into one that is just being closed.
_KEEP_ALIVE_SECONDS = 75


def main() -> None:
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_follow(socket.socket(fileno=int(sys.argv[1]))))


async def _follow(parent: socket.socket) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    reader, writer = await asyncio.open_connection(sock=parent)
    job = msgspec.json.decode(await reader.readline(), type=Job)
    configure_logging(job.log_level)
    gone = asyncio.create_task(_until_gone(reader, stop))

    def ready() -> None:
        writer.write(b"ready\n")

    try:
        await (_web(job, stop, ready) if job.kind == "web" else _worker(job, stop, ready))
    finally:
        gone.cancel()
        writer.close()


async def _until_gone(parent: asyncio.StreamReader, stop: asyncio.Event) -> None:
    with suppress(OSError):
        await parent.read()
    stop.set()


async def _worker(job: Job, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    from dinghuo.entry.worker import work

    ready()
    await work(job.urls, stop, job.web)


async def _web(job: Job, stop: asyncio.Event, ready: Callable[[], None]) -> None:
    from dinghuo.entry.app import create_app
    from dinghuo.entry.live.hub import Hub

    database = Database(job.urls.app, pool_size=job.connections, name="dinghuo-web", vault=Vault(job.urls.keys))
    waker, hub = Waker(job.urls.app), Hub(database)
    database.wake = waker.ring

    @asynccontextmanager
    async def waking(_app: Litestar) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(waker.run()), asyncio.create_task(hub.run())]
        yield
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    app: Any = create_app(database, web=job.web, hub=hub, lifespan=[waking])
    _calm_collector()
    config = uvicorn.Config(
        app, http="httptools", ws="none", lifespan="on", access_log=False, log_config=None, server_header=False,
        proxy_headers=False,  # the application looks at them itself
        timeout_graceful_shutdown=_GRACE_SECONDS, timeout_keep_alive=_KEEP_ALIVE_SECONDS,
        log_level=job.log_level,
    )  # fmt: skip
    server = _Server(config, ready, hub.close)
    stopping = asyncio.create_task(server.stop_after(stop))
    try:
        await server.serve(sockets=[socket.socket(fileno=job.socket)])
    finally:
        stopping.cancel()
        await database.close()


def _calm_collector() -> None:
    """Look for reference cycles less often: what a process remembers of prices and SKUs is large and has none.

    With Python's own thresholds a tenth of the time of taking orders went into walking through it again and again.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


class _Server(uvicorn.Server):
    """Says when it is ready, and leaves signals to `_follow`, so that what comes after serving is done too."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None], end_streams: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready
        self._end_streams = end_streams

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def stop_after(self, stop: asyncio.Event) -> None:
        await stop.wait()
        # A stream ends when it is told to: the server would wait for it as for any answer.
        self._end_streams()
        self.should_exit = True

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


if __name__ == "__main__":
    main()
