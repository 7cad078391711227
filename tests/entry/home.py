"""An installation and the program on it, as somebody types it."""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import psutil

from dinghuo.kit.embedded import server

_PROGRAM = [sys.executable, "-c", "from dinghuo.entry.cli import main; main()"]
_UNSET = {"DATABASE_URL", "DATABASE_APP_URL", "DINGHUO_SECRET", "HOST", "PORT", "WORKERS", "LC_ALL", "LC_MESSAGES"}
PATIENCE = 120


class Home:
    """An installation: a data directory and an environment."""

    def __init__(self, data: Path) -> None:
        self.data = data
        kept = {name: value for name, value in os.environ.items() if name not in _UNSET}
        self.environment = {**kept, "DINGHUO_DATA": str(data), "LANG": "C.UTF-8", "COLUMNS": "120"}

    def run(self, *arguments: str, stdin: str = "", **environment: str) -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [*_PROGRAM, *arguments],
            env={**self.environment, **environment},
            input=stdin,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
            check=False,
        )

    def told(self, *arguments: str, stdin: str = "") -> Any:
        """What a command that succeeds says with --json."""
        done = self.run(*arguments, "--json", stdin=stdin)
        assert (done.returncode, done.stderr) == (0, "")
        return json.loads(done.stdout)

    @contextmanager
    def running(self, *arguments: str) -> Iterator["subprocess.Popen[str]"]:
        process = subprocess.Popen(
            [*_PROGRAM, *arguments],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
            process.communicate()

    @contextmanager
    def serving(self, *arguments: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
        """A server that answers, and its address."""
        with self.running("serve", "--port", "0", "--json", *arguments) as process:
            assert process.stdout is not None
            line = process.stdout.readline()
            assert line, process.stderr.read() if process.stderr else ""
            told = json.loads(line)
            assert told["pid"] == process.pid
            yield process, told["url"]

    def server_is_down(self) -> bool:
        return not (self.data / "postgres" / "postmaster.pid").exists()

    def as_superuser(self, *statements: str) -> Any:
        """Carry the statements out; the first value of the last one's answer."""

        async def execute(url: str) -> Any:
            connection: Any = await asyncpg.connect(url)
            try:
                return [await connection.fetchval(statement) for statement in statements][-1]
            finally:
                await connection.close()

        with server(self.data) as held:
            return asyncio.run(execute(held.admin_url("dinghuo")))


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)


def is_gone(process: psutil.Process) -> bool:
    """It has ended, whether or not anybody has asked about it since."""
    try:
        return bool(process.status() == psutil.STATUS_ZOMBIE)
    except psutil.NoSuchProcess:
        return True


def until_gone(processes: Iterable[psutil.Process]) -> None:
    for process in processes:
        until(partial(is_gone, process))


def answers(url: str) -> bool:
    try:
        return httpx.get(f"{url}/readyz").status_code == 200
    except httpx.TransportError:
        return False
