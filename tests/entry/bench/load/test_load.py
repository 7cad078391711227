"""The generator as its own process against a small real HTTP server."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from dinghuo.entry.bench.load import Acknowledged, LoadConfig, LoadFailed, Orders, read_journal, run_load
from dinghuo.entry.bench.load.client import drive

pytestmark = pytest.mark.slow

ORDERS = Orders.spread(customers=["C1", "C2"], skus=[f"S{n}" for n in range(10)])


def created(key: str) -> bytes:
    body = json.dumps({"id": f"id-{key}"}).encode()
    return b"HTTP/1.1 201 Created\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body)


class Server:
    """Keeps what it was sent; `answer` makes the bytes for the n-th request, None hangs up."""

    def __init__(self, answer: Callable[[int, str], bytes | None]) -> None:
        self.answer = answer
        self.connections = 0
        self.heads: list[str] = []
        self.keys: list[str] = []
        self.bodies: list[bytes] = []
        self.acknowledged: list[str] = []

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        try:
            while await self._one(reader, writer):
                pass
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    async def _one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        head = (await reader.readuntil(b"\r\n\r\n")).decode()
        fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if line)
        key = fields["Idempotency-Key"]
        self.heads.append(head)
        self.keys.append(key)
        self.bodies.append(await reader.readexactly(int(fields["Content-Length"])))
        answer = self.answer(len(self.keys), key)
        if answer is None:
            return False
        for start in range(0, len(answer), 40):  # in pieces, as a network may deliver it
            writer.write(answer[start : start + 40])
            await writer.drain()
            await asyncio.sleep(0)
        if answer.startswith(b"HTTP/1.1 2"):
            self.acknowledged.append(key)
        return b"connection: close" not in answer


@asynccontextmanager
async def serving(answer: Callable[[int, str], bytes | None]) -> AsyncIterator[tuple[Server, int]]:
    server = Server(answer)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0)
    try:
        yield server, listening.sockets[0].getsockname()[1]
    finally:
        listening.close()


async def test_sends_exactly_as_many_as_asked_over_connections_that_stay_open() -> None:
    async with serving(lambda _, key: created(key)) as (server, port):
        found = await run_load(LoadConfig(port=port, path="/orders", orders=ORDERS, connections=4, requests=203))
    assert (found.sent, found.acknowledged, found.unanswered, found.connects_failed) == (203, 203, 0, 0)
    assert found.statuses == {201: 203}
    assert found.answers == {}
    assert server.connections == 4
    assert len(set(server.keys)) == len(server.keys) == 203


async def test_the_request_carries_headers_and_an_order() -> None:
    async with serving(lambda _, key: created(key)) as (server, port):
        config = LoadConfig(
            port=port, path="/orders?x=1", headers={"X-Api-Key": "1.a.b"}, orders=ORDERS, connections=1, requests=1
        )
        await run_load(config)
    lines = server.heads[0].split("\r\n")
    assert lines[:4] == [
        "POST /orders?x=1 HTTP/1.1",
        f"Host: 127.0.0.1:{port}",
        "Content-Type: application/json",
        "X-Api-Key: 1.a.b",
    ]
    body = json.loads(server.bodies[0])
    assert [line["quantity"] for line in body["lines"]] == ["3", "12", "1", "2", "120"]


async def test_a_request_without_orders_has_no_body() -> None:
    async with serving(lambda _, key: created(key)) as (server, port):
        await run_load(LoadConfig(port=port, path="/orders", method="GET", connections=1, requests=2))
    assert server.bodies == [b"", b""]
    assert server.heads[0].startswith("GET /orders HTTP/1.1\r\n")


async def test_refusals_are_counted_and_the_first_of_each_kind_is_kept() -> None:
    def answer(n: int, key: str) -> bytes:
        if n % 3 == 0:
            return b"HTTP/1.1 503 Busy\r\nRetry-After: 1\r\nContent-Length: 4\r\n\r\nbusy"
        if n % 3 == 1:
            return b"HTTP/1.1 422 No\r\nContent-Length: 2\r\n\r\nno"
        return created(key)

    async with serving(answer) as (_, port):
        found = await run_load(LoadConfig(port=port, path="/", orders=ORDERS, connections=2, requests=30))
    assert found.statuses == {422: 10, 503: 10, 201: 10}
    assert (found.sent, found.acknowledged, found.unanswered) == (30, 10, 0)
    assert found.answers == {422: "no", 503: "busy"}


async def test_chunked_and_interim_and_empty_answers_are_one_answer_each(tmp_path: Path) -> None:
    def answer(n: int, key: str) -> bytes:
        if n % 2:
            return b"HTTP/1.1 204 Nothing\r\n\r\n"
        head = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Created\r\nTransfer-Encoding: chunked\r\n\r\n"
        return head + b'7\r\n{"id":"\r\n6;x=y\r\nviele"\r\n1\r\n}\r\n0\r\nTrailer: t\r\n\r\n'

    async with serving(answer) as (_, port):
        found = await run_load(
            LoadConfig(port=port, path="/", orders=ORDERS, connections=1, requests=4, journal=str(tmp_path / "j"))
        )
    assert found.statuses == {204: 2, 201: 2}
    assert [(entry.status, entry.id) for entry in read_journal(tmp_path / "j")] == [
        (204, None),
        (201, "viele"),
        (204, None),
        (201, "viele"),
    ]


async def test_a_server_that_closes_after_each_answer_gets_a_new_connection() -> None:
    answer = b"HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"
    async with serving(lambda *_: answer) as (server, port):
        found = await run_load(LoadConfig(port=port, path="/", orders=ORDERS, connections=1, requests=7))
    assert (found.statuses, found.unanswered, server.connections) == ({200: 7}, 0, 7)


async def test_the_journal_holds_what_was_acknowledged_and_nothing_else(tmp_path: Path) -> None:
    def answer(n: int, key: str) -> bytes | None:
        if n % 5 == 0:
            return None
        return b"not HTTP at all\r\n\r\n" if n % 7 == 0 else created(key)

    journal = tmp_path / "journal"
    async with serving(answer) as (server, port):
        found = await run_load(
            LoadConfig(port=port, path="/", orders=ORDERS, connections=3, requests=35, journal=str(journal))
        )
    entries = read_journal(journal)
    assert (found.sent, found.acknowledged, found.unanswered) == (35, 24, 11)
    assert sorted(entries, key=lambda entry: entry.key) == [
        Acknowledged(key, 201, f"id-{key}") for key in sorted(server.acknowledged)
    ]
    with journal.open("ab") as file:
        file.write(b'{"key":"torn')
    assert read_journal(journal) == entries


async def test_a_paced_run_waits_until_a_request_is_due_but_not_beyond_its_end() -> None:
    async with serving(lambda _, key: created(key)) as (server, port):
        # The first is due at once, the second after a thousand seconds.
        config = LoadConfig(port=port, path="/", orders=ORDERS, connections=2, rate=0.001, seconds=1.0)
        found = await run_load(config)
    assert (found.sent, found.acknowledged, found.unanswered) == (1, 1, 0)
    assert (len(server.keys), server.connections) == (1, 2)


async def test_the_warm_up_is_sent_but_not_measured() -> None:
    async with serving(lambda _, key: created(key)) as (server, port):
        config = LoadConfig(port=port, path="/", orders=ORDERS, connections=2, warm_up_seconds=0.3, seconds=0.3)
        found = await run_load(config)
    assert found.sent == found.acknowledged == len(server.keys)
    assert 0 < found.statuses[201] < found.sent
    assert found.latency_ms is not None
    assert found.latency_ms.p50 <= found.latency_ms.p99 <= found.latency_ms.max


async def test_nobody_listening_is_reported_not_raised() -> None:
    async with serving(lambda *_: None) as (_, port):
        pass
    found = await run_load(LoadConfig(port=port, path="/", orders=ORDERS, connections=1, seconds=0.2))
    assert (found.sent, found.statuses, found.latency_ms) == (0, {}, None)
    assert found.connects_failed > 0


async def test_a_journal_that_cannot_be_written_fails_the_run(tmp_path: Path) -> None:
    config = LoadConfig(port=1, path="/", orders=ORDERS, requests=1, journal=str(tmp_path / "absent" / "j"))
    with pytest.raises(LoadFailed, match="FileNotFoundError"):
        await run_load(config)


def test_a_wrong_configuration_is_said_and_exits_with_2() -> None:
    command = [sys.executable, "-m", "dinghuo.entry.bench.load"]
    said = subprocess.run(
        command, input=b'{"port":1,"path":"/","requests":1,"x":2}', capture_output=True, check=False
    )
    assert said.returncode == 2
    assert said.stdout == b""
    assert said.stderr.decode().strip() == "Object contains unknown field `x`"


async def test_a_run_can_be_ended_before_its_time() -> None:
    stop = asyncio.Event()
    async with serving(lambda _, key: created(key)) as (server, port):
        config = LoadConfig(port=port, path="/", orders=ORDERS, connections=2, rate=200, seconds=3600)
        running = asyncio.create_task(drive(config, stop))
        while len(server.acknowledged) < 5:  # noqa: ASYNC110 - how many came is known by looking only
            await asyncio.sleep(0.01)
        stop.set()
        found = await running
    assert found.seconds < 3600
    assert found.sent == found.acknowledged == len(server.acknowledged)
