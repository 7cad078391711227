"""Around every request: its id, one line in the log, and the headers that keep browsers from harm."""

import re
import time
from collections.abc import Iterable

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from dinghuo.kit.ids import new_id

log = structlog.get_logger("access")

_WELL_FORMED = re.compile(rb"[A-Za-z0-9_.-]{1,64}")
HEADERS = [
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
]
# What a response may say for itself.
DEFAULTS = [
    (b"content-security-policy", b"default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"),
    (b"cache-control", b"no-store"),
]
_HTTPS_ONLY = (b"strict-transport-security", b"max-age=31536000")
_QUIET = frozenset({"/healthz", "/readyz"})


def edge(app: ASGIApp) -> ASGIApp:
    """Wrap the whole application, so that what no route answers is logged and guarded too."""

    async def around(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP:
            await app(scope, receive, send)
            return
        request_id = _request_id(scope)
        status = 500
        began = time.perf_counter()

        async def answer(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = _with_headers(message["headers"], scope["scheme"], request_id, status)
            await send(message)

        tokens = structlog.contextvars.bind_contextvars(request=request_id.decode())
        try:
            await app(scope, receive, answer)
        finally:
            if scope["path"] not in _QUIET:
                _log(scope, status, time.perf_counter() - began)
            structlog.contextvars.reset_contextvars(**tokens)

    return around


def _request_id(scope: Scope) -> bytes:
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _WELL_FORMED.fullmatch(value):
            return value
    return new_id().hex.encode()


def _with_headers(
    headers: Iterable[tuple[bytes, bytes]], scheme: str, request_id: bytes, status: int
) -> list[tuple[bytes, bytes]]:
    own = list(headers)
    given = {name.lower() for name, _ in own}
    own += [(b"x-request-id", request_id), *HEADERS]
    own += [pair for pair in DEFAULTS if pair[0] not in given]
    if scheme == "https":
        own.append(_HTTPS_ONLY)
    if status == 401:
        own.append((b"www-authenticate", b"Bearer"))
    return own


def _log(scope: Scope, status: int, seconds: float) -> None:
    """Never the query, a header or a body: they may hold names and secrets."""
    principal = scope.get("user")
    log.info(
        "request",
        method=scope["method"],  # type: ignore[typeddict-item]
        path=scope["path"],
        status=status,
        ms=round(seconds * 1000, 1),
        tenant=getattr(principal, "tenant_id", None),
        principal=str(principal.id) if principal is not None else None,
    )
