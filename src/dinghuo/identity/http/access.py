"""Who may call a route: the guard of each audience's router. Everything not allowed is refused."""

import hmac
from collections.abc import Awaitable, Callable, Collection
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from dinghuo.identity.authenticate import UNKNOWN_CREDENTIAL, authenticate
from dinghuo.identity.permissions import OWN_ACCOUNT, PUBLIC, SIGNED_IN, Audience
from dinghuo.identity.principals import Credential, DealerPrincipal, Principal, StaffPrincipal
from dinghuo.identity.tokens import Token, parse_token
from dinghuo.kit.database import Database
from dinghuo.kit.errors import FORBIDDEN, UNAUTHENTICATED, Message, Refused

COOKIE = "dinghuo"
# What a route's `opt` says when a screen calls it by itself, without anybody at it.
BY_ITSELF = "by_itself"
CSRF_HEADER = "x-csrf-token"
CUSTOMER_HEADER = "x-customer"
_SAFE = frozenset({"GET", "HEAD"})

SIGN_IN_FIRST = Message(
    "sign-in-first",
    "请先登录，或在请求中附上接口密钥",
    "Sign in first, or send an API key with the request",
    UNAUTHENTICATED,
)
STAFF_ONLY = Message(
    "staff-only",
    "这里只供企业员工和系统使用；经销商请使用 /portal/v1",
    "This is for the company's own staff and systems; dealers use /portal/v1",
    FORBIDDEN,
)
DEALERS_ONLY = Message(
    "dealers-only",
    "这里只供经销商使用；员工请使用 /api/v1",
    "This is for dealers; the company's own staff use /api/v1",
    FORBIDDEN,
)
FOREIGN_ORIGIN = Message(
    "foreign-origin",
    "请求来自其他网站，已拒绝",
    "This request comes from another site's page and was refused",
    FORBIDDEN,
)
CSRF_MISSING = Message(
    "csrf-token-missing",
    "缺少或不正确的 X-CSRF-Token，请刷新页面后重试",
    "X-CSRF-Token is missing or wrong: reload the page and try again",
    FORBIDDEN,
)
PASSWORD_FIRST = Message("password-change-first", "请先修改初始密码", "Change your initial password first", FORBIDDEN)
TOTP_FIRST = Message(
    "second-factor-first",
    "您的角色要求两步验证，请先绑定验证器",
    "Your role requires a second factor: enrol one first",
    FORBIDDEN,
)
OTHER_CUSTOMER = Message(
    "not-your-customer",
    "X-Customer 所指的客户不存在，或您不属于该客户",
    "X-Customer names a customer you do not belong to",
    FORBIDDEN,
)

Connection = ASGIConnection[Any, Any, Any, Any]
Guard = Callable[[Connection, BaseRouteHandler], Awaitable[None]]


def access(database: Database, audience: Audience, origins: Collection[str] = ()) -> Guard:
    """The guard of an audience's routes. `origins` are further sites whose pages may call, beside our own."""

    async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
        if connection.scope["method"] == "OPTIONS":  # type: ignore[typeddict-item]
            return
        permission = handler.opt["permission"]
        unsafe = connection.scope["method"] not in _SAFE  # type: ignore[typeddict-item]
        if permission == PUBLIC:
            if unsafe:
                _check_origin(connection, origins)
            return
        kind, token, by_cookie = presented(connection)
        if unsafe and by_cookie:
            _check_origin(connection, origins)
        principal = await authenticate(database, token, kind, is_use=not handler.opt.get(BY_ITSELF))
        if unsafe and by_cookie:
            _check_csrf(connection, token)
        acting = _for_audience(connection, principal, audience)
        connection.scope["user"] = acting
        # What they may do in the company they act for now, which may be more or less than elsewhere.
        check_permission(acting, permission)

    return guard


def presented(connection: Connection) -> tuple[Credential, Token, bool]:
    """The credential of a request, and whether it came as a cookie: a key or session in a header goes before.

    A cookie is sent by the browser itself, whoever's page asks for it, and needs the proof that our page did. What
    stands in a header was put there by a program that knows it.
    """
    headers = connection.headers
    scheme, _, value = headers.get("authorization", "").partition(" ")
    key = headers.get("x-api-key") or (value.strip() if scheme.lower() == "bearer" else None)
    session = value.strip() if scheme.lower() == "session" else None
    text = key or session or connection.cookies.get(COOKIE)
    if not text:
        raise Refused(SIGN_IN_FIRST())
    token = parse_token(text)
    if token is None:
        raise Refused(UNKNOWN_CREDENTIAL())
    return ("key" if key else "session"), token, not (key or session)


def check_permission(principal: Principal, permission: str) -> None:
    """Raise unless the principal has the permission and nothing has to be done first."""
    if permission == OWN_ACCOUNT:
        return
    if principal.must is not None:
        raise Refused((PASSWORD_FIRST if principal.must == "password" else TOTP_FIRST)())
    if permission != SIGNED_IN:
        principal.check(permission)


def _for_audience(connection: Connection, principal: Principal, audience: Audience) -> Principal:
    if audience == "staff":
        if not isinstance(principal, StaffPrincipal):
            raise Refused(STAFF_ONLY())
        return principal
    if not isinstance(principal, DealerPrincipal):
        raise Refused(DEALERS_ONLY())
    chosen = connection.headers.get(CUSTOMER_HEADER)
    if chosen is None:
        return principal
    try:
        customer_id = UUID(chosen)
    except ValueError:
        customer_id = None
    if customer_id is None or customer_id not in principal.customer_ids:
        raise Refused(OTHER_CUSTOMER(CUSTOMER_HEADER))
    return principal.acting_for(customer_id)


def _check_origin(connection: Connection, origins: Collection[str]) -> None:
    """Browsers name the page's origin in every unsafe request: it must be ours. Programs send none."""
    origin = connection.headers.get("origin")
    if origin is None:
        if connection.headers.get("sec-fetch-site") in {"cross-site", "same-site"}:
            raise Refused(FOREIGN_ORIGIN("Origin"))
    elif origin not in origins and urlsplit(origin).netloc != connection.headers.get("host"):
        raise Refused(FOREIGN_ORIGIN("Origin"))


def _check_csrf(connection: Connection, token: Token) -> None:
    sent = connection.headers.get(CSRF_HEADER, "")
    if not hmac.compare_digest(sent.encode(), token.csrf().encode()):
        raise Refused(CSRF_MISSING(CSRF_HEADER))
