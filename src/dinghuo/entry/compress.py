"""Answers in text go out compressed, where the caller takes it and it pays.

Only an answer that is there as a whole: a stream of events, or any other that comes in parts, passes untouched and at
once. Small ones too, so that the many short answers cost nothing. The clients' own files are compressed when they are
built (`entry/clients.py`), and the hot lane's answers never come here.
"""

import asyncio
import zlib
from collections.abc import Iterable

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPResponseStartEvent, Message, Receive, Scope, Send

# Below this a packet carries it anyway.
LEAST_BYTES = 1_000
# From here on it is worth another thread, lest others wait (zlib lets go of the interpreter).
_ELSEWHERE = 200_000
_LEVEL = 5
_GZIP = 16 + zlib.MAX_WBITS
_BODILESS = frozenset({204, 206, 304})
_TYPES = frozenset({b"application/json", b"application/xml", b"application/javascript", b"image/svg+xml"})


def compressed(app: ASGIApp) -> ASGIApp:
    """Wrap the application."""

    async def around(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["method"] == "HEAD":
            await app(scope, receive, send)
            return
        takes_gzip = _takes_gzip(scope["headers"])
        waiting: HTTPResponseStartEvent | None = None

        async def answer(message: Message) -> None:
            nonlocal waiting
            if message["type"] == "http.response.start":
                if not _is_text(message):
                    await send(message)
                    return
                message["headers"] = [*message["headers"], (b"vary", b"accept-encoding")]
                if takes_gzip:
                    waiting = message
                    return
            elif waiting is not None and message["type"] == "http.response.body":
                start, waiting = waiting, None
                body = message["body"]
                if not message.get("more_body") and len(body) >= LEAST_BYTES:
                    message["body"] = await _gzip(body)
                    start["headers"] = _as_gzip(start["headers"], len(message["body"]))
                await send(start)
            await send(message)

        await app(scope, receive, answer)

    return around


def _takes_gzip(headers: Iterable[tuple[bytes, bytes]]) -> bool:
    for name, value in headers:
        if name == b"accept-encoding":
            for part in value.lower().split(b","):
                coding, _, weight = part.partition(b";")
                if coding.strip() in (b"gzip", b"*"):
                    return weight.replace(b" ", b"") not in (b"q=0", b"q=0.0", b"q=0.00", b"q=0.000")
    return False


def _is_text(start: HTTPResponseStartEvent) -> bool:
    if start["status"] in _BODILESS:
        return False
    kind = b""
    for name, value in start["headers"]:
        lower = name.lower()
        if lower == b"content-encoding":
            return False
        if lower == b"content-type":
            kind = value.partition(b";")[0].strip().lower()
    if kind == b"text/event-stream":
        return False
    return kind in _TYPES or kind.startswith(b"text/") or kind.endswith((b"+json", b"+xml"))


async def _gzip(body: bytes) -> bytes:
    return _packed(body) if len(body) < _ELSEWHERE else await asyncio.to_thread(_packed, body)


def _packed(body: bytes) -> bytes:
    return zlib.compress(body, _LEVEL, _GZIP)


def _as_gzip(headers: Iterable[tuple[bytes, bytes]], length: int) -> list[tuple[bytes, bytes]]:
    """An ETag stays as it is: it names a revision or a content, which is what callers send back."""
    kept = [(name, value) for name, value in headers if name.lower() != b"content-length"]
    return [*kept, (b"content-encoding", b"gzip"), (b"content-length", str(length).encode())]
