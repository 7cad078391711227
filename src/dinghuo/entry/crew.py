"""The processes of `dinghuo serve`: started, watched, started again when one dies, and stopped together."""

import asyncio
import signal
import socket
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import msgspec
import structlog

from dinghuo.entry.job import Job

_STOP_SECONDS = 40  # longer than a child's own grace
_QUICK_DEATH_SECONDS = 10
_MOST_QUICK_DEATHS = 3

log = structlog.get_logger()


class GaveUp(Exception):
    """A process died again and again as soon as it was started."""


@dataclass
class _Post:
    """One place in the crew, whoever holds it."""

    job: Job
    process: asyncio.subprocess.Process | None = None
    ready: asyncio.Event = field(default_factory=asyncio.Event)


class Crew:
    """Processes for some jobs. `sockets` stay open here, so that nobody is turned away while one starts again."""

    def __init__(self, jobs: Sequence[Job]) -> None:
        self._posts = [_Post(job) for job in jobs]
        self._stopping = asyncio.Event()

    async def run(self, stop: asyncio.Event, ready: Callable[[], None]) -> None:
        """Keep everybody at work until `stop` is set; `ready` is called when all are for the first time."""
        keepers = [asyncio.create_task(self._keep(post)) for post in self._posts]
        readiness = asyncio.gather(*(post.ready.wait() for post in self._posts))
        readiness.add_done_callback(lambda done: None if done.cancelled() else ready())
        stopped = asyncio.create_task(stop.wait())
        try:
            await asyncio.wait([stopped, *keepers], return_when=asyncio.FIRST_COMPLETED)
        finally:
            readiness.cancel()
            stopped.cancel()
            await self._stop(keepers)
        for keeper in keepers:
            keeper.result()

    async def _keep(self, post: _Post) -> None:
        quick = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            code = await self._start(post)
            if self._stopping.is_set():
                return
            quick = quick + 1 if time.monotonic() - started < _QUICK_DEATH_SECONDS else 1
            log.error("process died", job=post.job.kind, code=code)
            if quick == _MOST_QUICK_DEATHS:
                raise GaveUp(f"the {post.job.kind} process died {quick} times as soon as it was started")
            await asyncio.sleep(quick)

    async def _start(self, post: _Post) -> int:
        """Run a process to its end."""
        ours, theirs = socket.socketpair()
        passed = [theirs.fileno(), *([post.job.socket] if post.job.socket >= 0 else [])]
        command = [sys.executable, "-m", "dinghuo.entry.child", str(theirs.fileno())]
        # A session of its own: Ctrl-C reaches this process alone, which then tells the others.
        post.process = await asyncio.create_subprocess_exec(*command, pass_fds=passed, start_new_session=True)
        theirs.close()
        reader, writer = await asyncio.open_connection(sock=ours)
        try:
            with suppress(OSError):
                writer.write(msgspec.json.encode(post.job) + b"\n")
                if self._stopping.is_set():
                    post.process.send_signal(signal.SIGTERM)
                if await reader.readline() == b"ready\n":
                    post.ready.set()
            return await post.process.wait()
        finally:
            writer.close()

    async def _stop(self, keepers: Sequence["asyncio.Task[None]"]) -> None:
        self._stopping.set()
        self._tell(signal.SIGTERM)
        _, late = await asyncio.wait(keepers, timeout=_STOP_SECONDS)
        if late:
            log.error("processes did not stop in time", count=len(late))
            self._tell(signal.SIGKILL)
            await asyncio.wait(late)

    def _tell(self, number: signal.Signals) -> None:
        for post in self._posts:
            if post.process is not None and post.process.returncode is None:
                with suppress(ProcessLookupError):
                    post.process.send_signal(number)
