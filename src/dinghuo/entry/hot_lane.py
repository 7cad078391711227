"""The one route that is measured in thousands a second, `POST /api/v1/orders`, past the general machinery.

It takes a request only when everything about it is in order: an API key, a body that decodes, a caller who may.
Anything else is handed on, body and all, to the application, whose route says what is wrong; so every refusal
has one source. Business outcomes are the same either way (tests send the same requests down both lanes).
"""

import msgspec
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPReceiveMessage, Receive, Scope, Send

from dinghuo.entry.edge import DEFAULTS, HEADERS
from dinghuo.identity.authenticate import authenticate
from dinghuo.identity.http.access import check_permission
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.tokens import parse_token
from dinghuo.kit.database import Database
from dinghuo.kit.errors import Language, Refused, problem
from dinghuo.kit.http import PROBLEM_JSON, language_of_header, refusal_of
from dinghuo.kit.ids import new_id
from dinghuo.kit.json_body import is_json
from dinghuo.orders.http import key_of, place_order, placement_of
from dinghuo.orders.intake import Intake
from dinghuo.orders.requests import OrderRequest, Outcome

PATH = "/api/v1/orders"
_PERMISSION: str = place_order.opt["permission"]
_decode = msgspec.json.Decoder(OrderRequest).decode
_encode = msgspec.json.Encoder().encode
_LONGEST_KEY = 200


def hot_lane(app: ASGIApp, *, database: Database, intake: Intake, body_bytes: int) -> ASGIApp:
    """Wrap the application; `body_bytes` is the largest body taken here."""

    async def lane(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != ScopeType.HTTP or scope["path"] != PATH or scope["method"] != "POST":
            await app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        secret = headers.get(b"x-api-key")
        token = parse_token(secret.decode("latin-1")) if secret else None
        if token is None:
            await app(scope, receive, send)
            return
        body = await _read(receive, body_bytes)
        sent = headers.get(b"idempotency-key")
        try:
            if not isinstance(body, bytes) or (sent is not None and not 0 < len(sent) <= _LONGEST_KEY):
                raise _NotHere
            if not is_json(headers.get(b"content-type", b"").decode("latin-1")):
                raise _NotHere
            order = _decode(body)
            principal = await authenticate(database, token, "key")
            if not isinstance(principal, StaffPrincipal):
                raise _NotHere
            check_permission(principal, _PERMISSION)
        except Exception:  # whatever it is, the application meets it again and says so
            await app(scope, _again(body, receive), send)
            return
        key = key_of(principal, sent.decode("latin-1") if sent else None, body)
        try:
            outcome = await intake.enqueue(principal.tenant_id, placement_of(principal, order, key), size=len(body))
        except Exception as error:
            outcome = Outcome(refused=refusal_of(error, path=PATH))
        await _answer(
            send, outcome, key.key, language_of_header(headers.get(b"accept-language", b"").decode("latin-1"))
        )

    return lane


class _NotHere(Exception):
    """Not a request for this lane."""


async def _read(receive: Receive, most: int) -> bytes | list[HTTPReceiveMessage]:
    """The body; or, when it is larger than that or the client is gone, the messages it came in so far."""
    messages: list[HTTPReceiveMessage] = []
    size = 0
    while True:
        message = await receive()
        messages.append(message)  # type: ignore[arg-type]
        if message["type"] != "http.request":
            return messages
        size += len(message["body"])
        if size > most:
            return messages
        if not message.get("more_body"):
            return b"".join(part["body"] for part in messages if part["type"] == "http.request")


def _again(body: bytes | list[HTTPReceiveMessage], receive: Receive) -> Receive:
    """A `receive` that begins with what was read already."""
    messages: list[HTTPReceiveMessage] = (
        [{"type": "http.request", "body": body, "more_body": False}] if isinstance(body, bytes) else body
    )
    waiting = iter(messages)

    async def replay() -> HTTPReceiveMessage:
        message = next(waiting, None)
        return message if message is not None else await receive()  # type: ignore[return-value]

    return replay


async def _answer(send: Send, outcome: Outcome, key: str, language: Language) -> None:
    headers = [
        *HEADERS,
        *DEFAULTS,
        (b"x-request-id", new_id().hex.encode()),
        (b"idempotency-key", key.encode("latin-1")),
    ]
    if outcome.body is not None:
        status, content = 201, outcome.body.encode()
        headers.append((b"content-type", b"application/json"))
        if outcome.replayed:
            headers.append((b"idempotency-replayed", b"true"))
    else:
        refused = outcome.refused or Refused(())
        status, content = refused.status, _encode(problem(refused, language))
        headers += [
            (b"content-type", PROBLEM_JSON.encode()),
            (b"content-language", b"zh-CN" if language == "zh" else b"en"),
        ]
        if refused.retry_after is not None:
            headers.append((b"retry-after", str(refused.retry_after).encode()))
    headers.append((b"content-length", str(len(content)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": content, "more_body": False})
