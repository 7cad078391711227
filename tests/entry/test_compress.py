"""What goes out compressed, and what must not."""

import asyncio
import gzip
from typing import Any

import httpx
import pytest
from litestar.types import Receive, Scope, Send

from dinghuo.entry.compress import LEAST_BYTES, compressed

LONG = b'{"items": [' + b'"abc", ' * 400 + b'"end"]}'
SHORT = b'{"items": []}'


def answering(
    *parts: bytes, kind: str = "application/json", status: int = 200, more: dict[str, str] | None = None
) -> Any:
    told = {"content-type": kind, **(more or {})}
    headers = [(name.encode(), text.encode()) for name, text in told.items()]

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        await send({"type": "http.response.start", "status": status, "headers": headers})
        for number, part in enumerate(parts, 1):
            await send({"type": "http.response.body", "body": part, "more_body": number < len(parts)})

    return compressed(app)


async def raw(app: Any, method: str = "GET", accepts: str = "br, gzip") -> tuple[httpx.Headers, bytes]:
    async with (
        httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://dinghuo.test") as client,
        client.stream(method, "/", headers={"accept-encoding": accepts}) as answer,
    ):
        return answer.headers, b"".join([part async for part in answer.aiter_raw()])


@pytest.mark.parametrize(
    "kind", ["application/json", "application/problem+json", "text/html; charset=utf-8", "image/svg+xml"]
)
async def test_a_long_text_is_compressed(kind: str) -> None:
    headers, body = await raw(answering(LONG, kind=kind, more={"etag": '"7"', "content-length": str(len(LONG))}))
    assert (headers["content-encoding"], headers["vary"], headers["etag"]) == ("gzip", "accept-encoding", '"7"')
    assert headers.get_list("content-length") == [str(len(body))]
    assert len(body) < len(LONG) / 5
    assert gzip.decompress(body) == LONG


async def test_a_very_long_one_too() -> None:
    headers, body = await raw(answering(LONG * 200))
    assert (headers["content-encoding"], gzip.decompress(body)) == ("gzip", LONG * 200)


@pytest.mark.parametrize("accepts", ["", "identity", "br", "gzip;q=0", "gzip; q=0.0, br"])
async def test_who_cannot_read_it_gets_it_plain(accepts: str) -> None:
    headers, body = await raw(answering(LONG), accepts=accepts)
    assert "content-encoding" not in headers
    assert (headers["vary"], body) == ("accept-encoding", LONG)


@pytest.mark.parametrize(
    "app",
    [
        answering(SHORT),
        answering(b"x" * (LEAST_BYTES - 1), kind="text/plain"),
        answering(LONG, kind="image/webp"),
        answering(LONG, kind="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        answering(LONG, more={"content-encoding": "br"}),
        answering(LONG, LONG),
        answering(LONG, kind="text/event-stream"),
        answering(LONG, status=206),
    ],
    ids=["short", "just too short", "picture", "sheet", "compressed already", "in parts", "events", "a part"],
)
async def test_the_rest_passes_untouched(app: Any) -> None:
    headers, body = await raw(app)
    assert headers.get("content-encoding") in (None, "br")
    assert "content-length" not in headers
    assert body in (SHORT, LONG, LONG * 2, b"x" * (LEAST_BYTES - 1))


async def test_a_head_has_no_body_to_compress() -> None:
    headers, body = await raw(answering(b""), method="HEAD")
    assert ("content-encoding" in headers, body) == (False, b"")


async def test_events_are_not_held_back() -> None:
    """Each is sent before the next is there."""
    sent: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
    go_on = asyncio.Event()

    async def stream(scope: Scope, receive: Receive, send: Send) -> None:
        headers = [(b"content-type", b"text/event-stream")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        await go_on.wait()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    receive: Any = None
    scope: Any = {"type": "http", "method": "GET", "headers": [(b"accept-encoding", b"gzip")]}
    send: Any = sent.put

    async def run() -> None:
        await compressed(stream)(scope, receive, send)

    running = asyncio.create_task(run())
    assert (await sent.get())["type"] == "http.response.start"
    assert (await sent.get())["body"] == b"data: 1\n\n"
    go_on.set()
    await running
