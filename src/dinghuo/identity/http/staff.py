"""Signing in and one's own account, for staff: under /api/v1."""

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
from dinghuo.identity.permissions import OWN_ACCOUNT, PUBLIC
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs

_ME = needs(OWN_ACCOUNT)


@post("/sign-in", opt=needs(PUBLIC), security=[{}])
async def sign_in(request: AnyRequest, database: Database, data: SignInBody) -> Response[SignedIn]:
    """Open a session: it comes as a cookie. Asked again with `code` where a second factor is in force."""
    return await own.open_session(request, database, data, "staff")


@post("/sign-out", opt=_ME, status_code=204)
async def sign_out(request: AnyRequest, database: Database, staff: StaffPrincipal) -> Response[None]:
    """End this session."""
    return await own.close_session(request, database, staff, "staff")


@get("/me", opt=_ME)
async def read_me(request: AnyRequest, database: Database, staff: StaffPrincipal) -> Response[Me]:
    """Who is asking and what they may do; the header X-CSRF-Token tells a browser its token."""
    return await own.read_me(request, database, staff)


@post("/me/password", opt=_ME, status_code=204)
async def change_password(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: NewPasswordBody
) -> Response[None]:
    """Choose a new password. All other sessions end."""
    return await own.new_password(request, database, staff, data)


@post("/me/totp", opt=_ME)
async def enrol(request: AnyRequest, database: Database, staff: StaffPrincipal, data: PasswordBody) -> Enrolment:
    """Begin to enrol a second factor: what the authenticator app needs."""
    return await own.enrol(request, database, staff, data)


@post("/me/totp/confirm", opt=_ME)
async def confirm(database: Database, staff: StaffPrincipal, data: CodeBody) -> RecoveryCodes:
    """Put the second factor in force by a code of it."""
    return await own.confirm(database, staff, data)


@post("/me/totp/remove", opt=_ME, status_code=204)
async def unenrol(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: PasswordBody
) -> Response[None]:
    """Take the second factor away."""
    return await own.unenrol(request, database, staff, data)


@get("/me/sessions", opt=_ME)
async def own_sessions(database: Database, staff: StaffPrincipal) -> list[SessionView]:
    """One's open sessions."""
    return await own.own_sessions(database, staff)


@delete("/me/sessions/{session_id:uuid}", opt=_ME, status_code=204)
async def end_own_session(database: Database, staff: StaffPrincipal, session_id: UUID) -> Response[None]:
    """End one of one's sessions."""
    return await own.end_own_session(database, staff, session_id)


router = Router(
    "/",
    route_handlers=[
        sign_in,
        sign_out,
        read_me,
        change_password,
        enrol,
        confirm,
        unenrol,
        own_sessions,
        end_own_session,
    ],
    tags=["sign-in"],
)
