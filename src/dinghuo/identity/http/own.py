"""One's own account, alike for staff and dealers: the routes of both audiences call these."""

from typing import Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response
from litestar.datastructures import Cookie
from sqlalchemy import select

from dinghuo.identity.authenticate import authenticate
from dinghuo.identity.change_password import change_password
from dinghuo.identity.credentials import Me, SessionView, list_sessions, me
from dinghuo.identity.enrol_totp import Enrolment, confirm_totp, enrol_totp, remove_totp
from dinghuo.identity.http.access import COOKIE, presented
from dinghuo.identity.open_session import LONGEST, Visitor
from dinghuo.identity.password_check import Account, check_password
from dinghuo.identity.permissions import Audience
from dinghuo.identity.principals import Principal
from dinghuo.identity.revoke_sessions import revoke_sessions
from dinghuo.identity.sign_in import SignIn, sign_in
from dinghuo.identity.tables import app_user
from dinghuo.identity.throttle import forget
from dinghuo.identity.tokens import Token
from dinghuo.identity.which_tenant import which_tenant
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import FORBIDDEN, Message, Refused
from dinghuo.kit.missing import missing

PATHS: dict[Audience, Literal["/api", "/portal"]] = {"staff": "/api", "dealer": "/portal"}

SESSION_ONLY = Message(
    "session-only",
    "此操作须登录后进行，不能使用接口密钥",
    "This needs a person who signed in, not an API key",
    FORBIDDEN,
)

AnyRequest = Request[Any, Any, Any]


class SignInBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """`company` may be left out where the host name tells it. `code` is of the authenticator, or a recovery code.

    `with_token` is for programs without cookies: the session comes as a token, to be sent as
    `Authorization: Session <token>`.
    """

    login: str
    password: str
    company: str | None = None
    code: str | None = None
    with_token: bool = False

    def __repr__(self) -> str:
        return f"SignInBody({self.login!r}, …)"


class SignedIn(msgspec.Struct, frozen=True):
    """`csrf` goes back as X-CSRF-Token with every request that changes something; who has a `token` sends that."""

    csrf: str
    me: Me
    token: str | None = None

    def __repr__(self) -> str:
        return f"SignedIn(…, {self.me!r})"


class PasswordBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The present password, to show that it is really you."""

    password: str

    def __repr__(self) -> str:
        return "PasswordBody(…)"


class NewPasswordBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The present password and the new one, of 10 to 256 characters."""

    old: str
    new: str

    def __repr__(self) -> str:
        return "NewPasswordBody(…)"


class CodeBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A code of the authenticator."""

    code: str


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Each stands in for the authenticator once. They are told only now."""

    recovery_codes: list[str]


async def open_session(
    request: AnyRequest, database: Database, body: SignInBody, audience: Audience
) -> Response[SignedIn]:
    company = await which_tenant(database, host=request.headers.get("host", ""), company=body.company)
    token = await sign_in(
        database,
        SignIn(
            tenant_id=company.id,
            audience=audience,
            login=body.login,
            password=body.password,
            code=body.code,
            address=address_of(request),
            agent=request.headers.get("user-agent", ""),
        ),
    )
    return await signed_in(request, database, token, audience, with_token=body.with_token)


async def signed_in(
    request: AnyRequest, database: Database, token: Token, audience: Audience, *, with_token: bool
) -> Response[SignedIn]:
    """The answer to whom a session was opened for: it goes along as a cookie, or stands in it as a token."""
    answer = await session_view(database, token, with_token=with_token)
    return Response(answer, status_code=201, cookies=[] if with_token else [session_cookie(request, audience, token)])


async def session_view(database: Database, token: Token, *, with_token: bool) -> SignedIn:
    principal = await authenticate(database, token, "session")
    async with database.transaction(token.tenant_id) as tx:
        return SignedIn(token.csrf(), await me(tx, principal), token.text() if with_token else None)


async def close_session(
    request: AnyRequest, database: Database, principal: Principal, audience: Audience
) -> Response[None]:
    session_id = session_of(principal)
    await database.run(
        principal.tenant_id,
        lambda tx: revoke_sessions(tx, user_id=principal.id, by=principal.actor(), only=[session_id]),
    )
    return Response(None, status_code=204, cookies=[session_cookie(request, audience, None)])


async def read_me(request: AnyRequest, database: Database, principal: Principal) -> Response[Me]:
    """Me; a browser that lost the csrf token finds it in the header X-CSRF-Token."""
    async with database.transaction(principal.tenant_id) as tx:
        view = await me(tx, principal)
    _, token, by_cookie = presented(request)
    return Response(view, headers={"x-csrf-token": token.csrf()} if by_cookie else {})


async def new_password(
    request: AnyRequest, database: Database, principal: Principal, body: NewPasswordBody
) -> Response[None]:
    session_id = session_of(principal)
    account = await _reauthenticate(request, database, principal, body.old)
    await change_password(
        database,
        principal.tenant_id,
        account=account,
        old=body.old,
        new=body.new,
        session_id=session_id,
        by=principal.actor(),
    )
    return Response(None, status_code=204)


async def enrol(request: AnyRequest, database: Database, principal: Principal, body: PasswordBody) -> Enrolment:
    session_of(principal)
    account = await _reauthenticate(request, database, principal, body.password)
    return await database.run(principal.tenant_id, lambda tx: enrol_totp(tx, account=account))


async def confirm(database: Database, principal: Principal, body: CodeBody) -> RecoveryCodes:
    session_of(principal)
    codes = await database.run(
        principal.tenant_id,
        lambda tx: confirm_totp(tx, user_id=principal.id, code=body.code, by=principal.actor()),
    )
    return RecoveryCodes(codes)


async def unenrol(
    request: AnyRequest, database: Database, principal: Principal, body: PasswordBody
) -> Response[None]:
    session_of(principal)
    account = await _reauthenticate(request, database, principal, body.password)

    async def remove(tx: Tx) -> None:
        await forget(tx, account.attempt)
        await remove_totp(tx, user_id=principal.id, by=principal.actor())

    await database.run(principal.tenant_id, remove)
    return Response(None, status_code=204)


async def own_sessions(database: Database, principal: Principal) -> list[SessionView]:
    session_id = session_of(principal)
    async with database.transaction(principal.tenant_id) as tx:
        return await list_sessions(tx, user_id=principal.id, current=session_id)


async def end_own_session(database: Database, principal: Principal, session_id: UUID) -> Response[None]:
    session_of(principal)
    ended = await database.run(
        principal.tenant_id,
        lambda tx: revoke_sessions(tx, user_id=principal.id, by=principal.actor(), only=[session_id]),
    )
    if not ended:
        raise missing("session", session_id)
    return Response(None, status_code=204)


def session_of(principal: Principal) -> UUID:
    """The session of somebody who signed in; a key is refused."""
    if principal.credential != "session" or principal.credential_id is None:
        raise Refused(SESSION_ONLY())
    return principal.credential_id


def address_of(request: AnyRequest) -> str:
    return request.client.host if request.client else "unknown"


def visitor_of(request: AnyRequest) -> Visitor:
    return Visitor(address_of(request), request.headers.get("user-agent", ""))


async def _reauthenticate(request: AnyRequest, database: Database, principal: Principal, password: str) -> Account:
    async with database.transaction(principal.tenant_id) as tx:
        login: str = (
            await tx.execute(
                select(app_user.c.login).where(app_user.c.tenant_id == tx.tenant_id, app_user.c.id == principal.id)
            )
        ).scalar_one()
    return await check_password(
        database,
        principal.tenant_id,
        login=login,
        password=password,
        address=address_of(request),
        channel=principal.actor().channel,
    )


def session_cookie(request: AnyRequest, audience: Audience, token: Token | None) -> Cookie:
    """Sent only to this audience's routes; a script cannot read it and another site's form cannot send it."""
    return Cookie(
        key=COOKIE,
        value=token.text() if token else "",
        path=PATHS[audience],
        max_age=int(LONGEST.total_seconds()) if token else 0,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )
