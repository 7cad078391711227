"""The connections: keep-alive, one request in flight each, made again when they end."""

import asyncio
import time
from contextlib import closing, nullcontext, suppress
from typing import cast

import httptools

from dinghuo.entry.bench.load.bodies import NextRequest, requests
from dinghuo.entry.bench.load.config import LoadConfig
from dinghuo.entry.bench.load.journal import Journal
from dinghuo.entry.bench.load.result import LoadResult
from dinghuo.entry.bench.load.tally import Tally

# How long a connection may fail to be made, and how long nothing may happen, before giving up.
CONNECT_SECONDS = 10.0
STILL_SECONDS = 30.0
RECONNECT_PAUSE = 0.05


class Run:
    """What the connections of one run share."""

    def __init__(self, config: LoadConfig, tally: Tally) -> None:
        self.config = config
        self.tally = tally
        self.open: set[Connection] = set()
        self.stopped = False
        self.failure: Exception | None = None
        self.interval = config.connections / config.rate if config.rate else 0.0
        self._next: NextRequest = requests(config)

    @property
    def over(self) -> bool:
        """Whether no more requests are to be sent."""
        return self.stopped or self.tally.sent == self.config.requests

    def next_request(self) -> tuple[str, bytes] | None:
        """The next request with its key, or None when the run is over."""
        if self.over:
            return None
        self.tally.sent += 1
        return self._next()

    def stop(self) -> None:
        """Send nothing more; answers in flight may still come."""
        self.stopped = True
        for connection in list(self.open):
            connection.close_if_idle()


class Connection(asyncio.Protocol):
    """One client. The same object serves again after a reconnect, keeping its place in the schedule."""

    def __init__(self, run: Run, index: int) -> None:
        self._run = run
        self._due = time.perf_counter() + index * run.interval / run.config.connections
        self._timer: asyncio.TimerHandle | None = None
        # The key that an answer is awaited for, and since when.
        self._key: str | None = None
        self._since = 0.0
        self._body: list[bytes] = []

    async def keep_open(self) -> None:
        """Connect, and connect again, until the run is over or nobody listens any more."""
        loop = asyncio.get_running_loop()
        config, reached = self._run.config, time.perf_counter()
        while not self._run.over and time.perf_counter() - reached < CONNECT_SECONDS:
            self._ended: asyncio.Future[bool] = loop.create_future()
            try:
                await loop.create_connection(lambda: self, config.host, config.port)
            except OSError:
                self._run.tally.connects_failed += 1
                await asyncio.sleep(RECONNECT_PAUSE)
                continue
            if not await self._ended:
                await asyncio.sleep(RECONNECT_PAUSE)
            reached = time.perf_counter()

    def close_if_idle(self) -> None:
        """End the connection unless an answer is awaited."""
        if self._key is None:
            self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Send at once, or when this connection's next request is due."""
        self._transport = cast(asyncio.Transport, transport)
        self._parser = httptools.HttpResponseParser(self)
        self._run.open.add(self)
        self._send_when_due()

    def connection_lost(self, _: Exception | None) -> None:
        """Say whether it ended with everything answered."""
        self._run.open.discard(self)
        if self._timer:
            self._timer.cancel()
        self._ended.set_result(self._key is None)
        self._forget()

    def data_received(self, data: bytes) -> None:
        """Scan the answer; what is no HTTP ends the connection, a fault of our own ends the run."""
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError as error:
            self._run.failure = error
            self._run.stop()
            self._transport.abort()
        except httptools.HttpParserError:
            self._transport.abort()

    def on_body(self, body: bytes) -> None:
        """A part of the answer."""
        self._body.append(body)

    def on_message_complete(self) -> None:
        """The end of an answer: count it, then the next request."""
        status = self._parser.get_status_code()
        if status < 200 or self._key is None:
            return
        waited = time.perf_counter() - self._since
        self._run.tally.answer(self._key, status, waited, b"".join(self._body))
        self._forget()
        self._due += self._run.interval
        if self._parser.should_keep_alive():
            self._send_when_due()
        else:
            self._transport.close()

    def _forget(self) -> None:
        self._key = None
        self._body.clear()

    def _send_when_due(self) -> None:
        now = time.perf_counter()
        if self._due > now:
            self._timer = asyncio.get_running_loop().call_later(self._due - now, self._send)
        else:
            # Late: having waited for the answer before is part of this request's latency.
            self._send(self._due if self._run.interval else now)

    def _send(self, since: float | None = None) -> None:
        request = self._run.next_request()
        if request is None:
            self._transport.close()
            return
        self._key, data = request
        self._since = time.perf_counter() if since is None else since
        self._transport.write(data)


async def drive(config: LoadConfig, stop: asyncio.Event | None = None) -> LoadResult:
    """Carry out the run and return what it found. `stop` ends it before its `seconds` are over."""
    journal = Journal(config.journal, config.journal_field) if config.journal else None
    with closing(journal) if journal else nullcontext():
        run = Run(config, Tally(journal))
        tasks = [asyncio.create_task(Connection(run, n).keep_open()) for n in range(config.connections)]
        try:
            await _measure(run, tasks, stop or asyncio.Event())
        finally:
            for task in tasks:
                task.cancel()
    if run.failure:
        raise run.failure
    return run.tally.result()


async def _measure(run: Run, tasks: list[asyncio.Task[None]], stop: asyncio.Event) -> None:
    if run.config.seconds is None:
        run.tally.begin()
        await _until_still(run.tally, tasks)
        run.tally.end()
    else:
        await asyncio.sleep(run.config.warm_up_seconds)
        run.tally.begin()
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), run.config.seconds)
        run.tally.end()
        run.stop()
        await _until_still(run.tally, tasks)


async def _until_still(tally: Tally, tasks: list[asyncio.Task[None]]) -> None:
    """Wait for the connections to end, as long as answers keep coming."""
    pending, answered = set(tasks), -1
    while pending and tally.answered > answered:
        answered = tally.answered
        _, pending = await asyncio.wait(pending, timeout=STILL_SECONDS)
