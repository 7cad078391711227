"""Signing in and one's own account: the same routes under /api/v1 for staff and under /portal/v1 for dealers."""

from uuid import UUID

from litestar import Response, Router, delete, get, post

from dinghuo.identity.credentials import Me, SessionView
from dinghuo.identity.enrol_totp import Enrolment
from dinghuo.identity.http import own
from dinghuo.identity.http.own import (
    AnyRequest,
    CodeBody,
    NewPasswordBody,
    PasswordBody,
    RecoveryCodes,
    SignedIn,
    SignInBody,
)
from dinghuo.identity.permissions import OWN_ACCOUNT, PUBLIC, Audience
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs

_ME = needs(OWN_ACCOUNT)


def account_router(audience: Audience) -> Router:
    """Who calls is the guard's to find out: `request.user` is of this audience."""

    @post("/sign-in", opt=needs(PUBLIC), security=[{}])
    async def sign_in(request: AnyRequest, database: Database, data: SignInBody) -> Response[SignedIn]:
        """Open a session: it comes as a cookie. Asked again with `code` where a second factor is in force."""
        return await own.open_session(request, database, data, audience)

    @post("/sign-out", opt=_ME, status_code=204)
    async def sign_out(request: AnyRequest, database: Database) -> Response[None]:
        """End this session."""
        return await own.close_session(request, database, request.user, audience)

    @get("/me", opt=_ME)
    async def read_me(request: AnyRequest, database: Database) -> Response[Me]:
        """Who is asking and what they may do; the header X-CSRF-Token tells a browser its token."""
        return await own.read_me(request, database, request.user)

    @post("/me/password", opt=_ME, status_code=204)
    async def change_password(request: AnyRequest, database: Database, data: NewPasswordBody) -> Response[None]:
        """Choose a new password. All other sessions end."""
        return await own.new_password(request, database, request.user, data)

    @post("/me/totp", opt=_ME)
    async def enrol(request: AnyRequest, database: Database, data: PasswordBody) -> Enrolment:
        """Begin to enrol a second factor: what the authenticator app needs."""
        return await own.enrol(request, database, request.user, data)

    @post("/me/totp/confirm", opt=_ME)
    async def confirm(request: AnyRequest, database: Database, data: CodeBody) -> RecoveryCodes:
        """Put the second factor in force by a code of it."""
        return await own.confirm(database, request.user, data)

    @post("/me/totp/remove", opt=_ME, status_code=204)
    async def unenrol(request: AnyRequest, database: Database, data: PasswordBody) -> Response[None]:
        """Take the second factor away."""
        return await own.unenrol(request, database, request.user, data)

    @get("/me/sessions", opt=_ME)
    async def own_sessions(request: AnyRequest, database: Database) -> list[SessionView]:
        """One's open sessions."""
        return await own.own_sessions(database, request.user)

    @delete("/me/sessions/{session_id:uuid}", opt=_ME, status_code=204)
    async def end_own_session(request: AnyRequest, database: Database, session_id: UUID) -> Response[None]:
        """End one of one's sessions."""
        return await own.end_own_session(database, request.user, session_id)

    handlers = [sign_in, sign_out, read_me, change_password, enrol, confirm, unenrol, own_sessions, end_own_session]
    return Router("/", route_handlers=handlers, tags=["sign-in"])
