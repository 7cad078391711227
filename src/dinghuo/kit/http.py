"""What every route shares: the language of the caller, problem documents, permissions as data, doing once."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, Protocol, TypeVar
from uuid import UUID

import msgspec
import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException, ValidationException

from dinghuo.kit import idempotency
from dinghuo.kit.database import Database, Tx, sqlstate
from dinghuo.kit.errors import (
    BUSY,
    MALFORMED,
    NOT_FOUND,
    TOO_LARGE,
    Fault,
    Language,
    Message,
    Refused,
    problem,
)
from dinghuo.kit.json_body import INVALID, misfit
from dinghuo.kit.outages import is_away, is_contended
from dinghuo.kit.texts import UNPRINTABLE

log = structlog.get_logger()
T = TypeVar("T")

PROBLEM_JSON = "application/problem+json"

# What PostgreSQL says of a text that holds the character zero. None of ours does: it came with the request.
_UNPRINTABLE = frozenset({"22021", "22P05"})

BODY_NEEDED = Message("body-needed", "请求缺少内容", "The request needs a body", MALFORMED)
BODY_TOO_LARGE = Message(
    "body-too-large",
    "请求内容超过 {most} 字节，请分批发送",
    "The body of the request has more than {most} bytes: send it in parts",
    TOO_LARGE,
)
NO_SUCH_METHOD = Message("method-not-allowed", "此地址不支持 {method}", "This address does not know {method}", 405)
DATABASE_AWAY = Message(
    "database-away",
    "数据库暂时无法访问，请稍后重试",
    "The database cannot be reached at the moment: try again in a while",
    BUSY,
)
CONTENDED = Message(
    "database-contended",
    "多人同时修改同一数据，未保存任何更改，请稍后重试",
    "Too many are changing the same data; nothing was saved: try again in a while",
    BUSY,
)
MISSING_ROUTE = Message("not-found", "没有这个地址或这条记录", "There is no such address or record", NOT_FOUND)
HTTP_REFUSED = Message("http-refused", "请求未被接受：{reason}", "The request was not accepted: {reason}", 400)
BROKE = Message(
    "internal-error",
    "系统出错，未保存任何更改；请稍后重试，并告知编号 {reference}",
    "Something broke here; nothing was saved. Try again, and quote {reference} when you report it",
    500,
)
KEY_TOO_LONG = Message(
    "idempotency-key-too-long", "幂等键应为 1 到 200 个字符", "An idempotency key has 1 to 200 characters", MALFORMED
)


class HasId(Protocol):
    @property
    def id(self) -> UUID: ...

    @property
    def tenant_id(self) -> int: ...


def needs(permission: str) -> dict[str, Any]:
    """The `opt` of a route: which permission its caller needs. The app refuses to start with a route without."""
    return {"permission": permission}


def language_of(request: Request[Any, Any, Any]) -> Language:
    """The caller's language by Accept-Language: Chinese unless English comes first."""
    return language_of_header(request.headers.get("accept-language", ""))


def language_of_header(header: str) -> Language:
    return "en" if header.lower().lstrip().startswith("en") else "zh"


def problem_response(refused: Refused, language: Language) -> Response[Any]:
    headers = {"content-language": "zh-CN" if language == "zh" else "en"}
    if refused.retry_after is not None:
        headers["retry-after"] = str(refused.retry_after)
    return Response(
        content=problem(refused, language), status_code=refused.status, media_type=PROBLEM_JSON, headers=headers
    )


def on_refused(request: Request[Any, Any, Any], refused: Refused) -> Response[Any]:
    return problem_response(refused, language_of(request))


def on_validation(request: Request[Any, Any, Any], error: ValidationException) -> Response[Any]:
    """A parameter that does not fit its schema, or no body at all: every place that Litestar names."""
    extra = error.extra if isinstance(error.extra, list) else []
    faults = [
        _fault(str(item.get("key", "")), str(item.get("message", error.detail)))
        for item in extra
        if isinstance(item, dict)
    ]
    return problem_response(Refused(faults or [INVALID("", reason=error.detail)]), language_of(request))


def _fault(key: str, reason: str) -> Fault:
    """Litestar calls a missing body an error of `data`."""
    return BODY_NEEDED() if key == "data" else misfit(key, reason)


def on_http(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    response = problem_response(Refused(_http_fault(request, error)), language_of(request))
    response.headers.update(error.headers or {})
    return response


def _http_fault(request: Request[Any, Any, Any], error: HTTPException) -> Fault:
    if error.status_code == NOT_FOUND:
        return MISSING_ROUTE()
    if error.status_code == NO_SUCH_METHOD.status:
        return NO_SUCH_METHOD(method=request.method)
    if error.status_code == TOO_LARGE:
        return BODY_TOO_LARGE(most=request.route_handler.resolve_request_max_body_size())
    message = Message(f"http-{error.status_code}", HTTP_REFUSED.zh, HTTP_REFUSED.en, error.status_code)
    return message("", reason=error.detail)


def on_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    return problem_response(refusal_of(error, path=request.url.path), language_of(request))


def refusal_of(error: Exception, *, path: str) -> Refused:
    """What a caller is told of an exception: a database that is away or overrun is worth another try, and a line
    in the log; a text that no database can hold is the sender's to mend; anything else is a bug, logged whole and
    told without its innards."""
    if isinstance(error, Refused):
        return error
    if is_away(error) or is_contended(error):
        log.warning("database away", path=path, reason=f"{type(error).__name__}: {error}")
        return Refused(DATABASE_AWAY() if is_away(error) else CONTENDED(), retry_after=2)
    if sqlstate(error) in _UNPRINTABLE:
        return Refused(UNPRINTABLE())
    reference = hashlib.sha256(repr(error).encode()).hexdigest()[:8]
    log.error("request broke", path=path, reference=reference, exc_info=error)
    return Refused(BROKE(reference=reference))


async def once(
    request: Request[Any, Any, Any],
    database: Database,
    principal: HasId,
    command: Callable[[Tx], Awaitable[T]],
    result: type[T],
) -> T:
    """Run a command in a transaction of its own; with an Idempotency-Key header, at most once for that key.

    The same key with the same body gets the first outcome again; with another body it is refused (409).
    """
    key = request.headers.get("idempotency-key")
    if key is None:
        return await database.run(principal.tenant_id, command)
    if not 0 < len(key) <= 200:
        raise Refused(KEY_TOO_LONG("Idempotency-Key"))
    body = hashlib.sha256(await request.body()).hexdigest()
    wanted = idempotency.Key(principal.id, f"{request.method} {request.url.path}", key, body)

    async def run(tx: Tx) -> T:
        known = (await idempotency.look_up(tx, [wanted])).get(wanted.identity)
        if known is not None:
            if known.body_hash != body:
                raise Refused(idempotency.KEY_REUSED("Idempotency-Key"))
            return msgspec.json.decode(known.outcome, type=result)
        outcome = await command(tx)
        await idempotency.remember(tx, [(wanted, msgspec.json.encode(outcome).decode())])
        return outcome

    return await database.run(principal.tenant_id, run)


EXCEPTION_HANDLERS: dict[Any, Any] = {
    Refused: on_refused,
    ValidationException: on_validation,
    HTTPException: on_http,
    Exception: on_error,
}

__all__ = [
    "EXCEPTION_HANDLERS",
    "Fault",
    "language_of",
    "needs",
    "on_refused",
    "once",
    "problem_response",
]
