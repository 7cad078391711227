"""Servers on 127.0.0.1: one inside this process, and `dinghuo serve` with processes of its own."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
import psutil
import uvicorn

from dinghuo.entry.app import create_app
from dinghuo.entry.listening import bind, url_of
from dinghuo.kit.database import Database
from dinghuo.orders.intake import Intake
from dinghuo.orders.requests import Outcome, Placement

# Long enough for the slowest machine; reaching it fails the test.
PATIENCE = 60.0
_PROGRAM = (sys.executable, "-c", "from dinghuo.entry.cli import main; main()")


async def until(true: Callable[[], bool | Awaitable[bool]]) -> None:
    """Wait for something to become true."""
    async with asyncio.timeout(PATIENCE):
        while True:
            answer = true()
            if answer if isinstance(answer, bool) else await answer:
                return
            await asyncio.sleep(0.02)


class CountingIntake(Intake):
    """Says how many orders it has taken in, answered or not."""

    taken = 0

    def enqueue(self, tenant_id: int, placement: Placement, *, size: int) -> "asyncio.Future[Outcome]":
        answer = super().enqueue(tenant_id, placement, size=size)
        self.taken += 1
        return answer


@dataclass(frozen=True)
class Here:
    url: str
    intake: CountingIntake


@asynccontextmanager
async def serve_here(database: Database, **limits: Any) -> AsyncIterator[Here]:
    """The application in this process; `limits` are those of its intake."""
    intake = CountingIntake(database, **limits)
    async with listening(create_app(database, intake=intake)) as url:
        yield Here(url, intake)


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


@asynccontextmanager
async def listening(app: Any, *, lifespan: Literal["on", "off"] = "on") -> AsyncIterator[str]:
    """An application on a real socket in this process; its address."""
    (socket,) = bind("127.0.0.1", 0, 1)
    config = uvicorn.Config(app, http="httptools", ws="none", lifespan=lifespan, access_log=False, log_config=None)
    server = _Server(config)
    running = asyncio.create_task(server.serve(sockets=[socket]))
    try:
        await until(lambda: server.started)
        yield url_of(socket)
    finally:
        server.should_exit = True
        await running


class Program:
    """`dinghuo serve` as people start it."""

    def __init__(self, process: asyncio.subprocess.Process, url: str) -> None:
        self._process = process
        self.url = url
        self.children: list[psutil.Process] = psutil.Process(process.pid).children()

    @property
    def port(self) -> int:
        return httpx.URL(self.url).port or 0

    def stop(self) -> None:
        """Ask it to end, in order."""
        self._process.terminate()

    async def ended(self) -> None:
        await asyncio.wait_for(self._process.wait(), PATIENCE)

    async def kill(self) -> None:
        """kill -9, all of it at once."""
        for process in (*self.children, self._process):
            process.kill()
        await self._process.wait()
        psutil.wait_procs(self.children, timeout=PATIENCE)


@asynccontextmanager
async def serve(
    environment: Mapping[str, str], log: Path, *, workers: int, port: int = 0, background: bool = False
) -> AsyncIterator[Program]:
    """Started, answering, and stopped in order unless it was killed."""
    options = ["--port", str(port), "--workers", str(workers), "--json"]
    options.append("--background" if background else "--no-background")
    with log.open("ab") as errors:
        process = await asyncio.create_subprocess_exec(
            *_PROGRAM,
            "serve",
            *options,
            env={**os.environ, "DINGHUO_LOG": "warning", **environment},
            stdout=asyncio.subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
    try:
        assert process.stdout is not None
        line = await asyncio.wait_for(process.stdout.readline(), PATIENCE)
        assert line, log.read_text()
        yield Program(process, json.loads(line)["url"])
    finally:
        if process.returncode is None:
            process.terminate()
            await asyncio.wait_for(process.wait(), PATIENCE)
