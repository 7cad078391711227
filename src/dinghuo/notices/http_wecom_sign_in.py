"""Signing in by WeCom, and being known there, over HTTP.

The browser is sent away with a cookie of its own; what it comes back with is of no use in any other.
"""

import msgspec
import structlog
from litestar import Response, Router, delete, get, post
from litestar.datastructures import Cookie

from dinghuo.identity.accept_invitation import count_visit
from dinghuo.identity.http.own import (
    AnyRequest,
    SignedIn,
    address_of,
    session_cookie,
    session_of,
    session_view,
    signed_in,
    visitor_of,
)
from dinghuo.identity.http.site import Site
from dinghuo.identity.permissions import OWN_ACCOUNT, PUBLIC
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.throttle import PER_ADDRESS, Attempt, count
from dinghuo.identity.which_tenant import COMPANY_NEEDED, which_tenant
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import BUSY, UNAUTHENTICATED, Message, Refused
from dinghuo.kit.http import language_of, needs
from dinghuo.notices.wecom import CodeOver, WeCom, WeComFailed, WeComKeys
from dinghuo.notices.wecom_app import wecom_keys
from dinghuo.notices.wecom_door import (
    LASTS,
    NOT_SET_UP,
    STATE_INVALID,
    Leaving,
    State,
    come_back,
    leave,
    read_state,
)
from dinghuo.notices.wecom_sign_in import (
    UNKNOWN_PERSON,
    OwnWeCom,
    link,
    read_own,
    read_ticket,
    sign_in_person,
    unlink,
    with_second_factor,
)

_PUBLIC, _ME = needs(PUBLIC), needs(OWN_ACCOUNT)
_COOKIE = "dinghuo_wecom"
_PATH = "/api/v1"

CODE_INVALID = Message(
    "wecom-code-invalid",
    "企业微信登录凭证无效或已使用，请重试",
    "WeCom does not know this code, or it was used: try again",
    UNAUTHENTICATED,
)
WECOM_BUSY = Message(
    "wecom-busy",
    "暂时无法连接企业微信，请稍后重试或改用密码登录",
    "WeCom cannot be reached at the moment: try again, or sign in with your password",
    BUSY,
)

log = structlog.get_logger()


class WeComDoor(msgspec.Struct, frozen=True):
    """Whether one may sign in by WeCom here; with `asks_company` that depends on the company, which is not told."""

    available: bool
    asks_company: bool = False


class CompanyBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`company` may be left out where the host name tells it."""

    company: str | None = None


class WeComLeaving(msgspec.Struct, frozen=True):
    """Where the browser is to go now: a page of WeCom's."""

    url: str

    def __repr__(self) -> str:
        return "WeComLeaving(…)"


class CameBack(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What WeCom gave the browser on its way back."""

    code: str
    state: str

    def __repr__(self) -> str:
        return "CameBack(…)"


class WeComSignedIn(msgspec.Struct, frozen=True):
    """Signed in, with the session as a cookie; or a ticket with which to give the second factor."""

    signed_in: SignedIn | None
    ticket: str | None

    def __repr__(self) -> str:
        return "WeComSignedIn(…)"


class WeComSecondFactor(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`code` is of the authenticator, or a recovery code."""

    ticket: str
    code: str

    def __repr__(self) -> str:
        return "WeComSecondFactor(…)"


@get("/wecom/door", opt=_PUBLIC, security=[{}])
async def read_door(request: AnyRequest, database: Database, company: str | None = None) -> WeComDoor:
    """Whether the company has set up its app in WeCom; of one that is not there no more is said."""
    try:
        found = await which_tenant(database, host=request.headers.get("host", ""), company=company)
    except Refused as refused:
        return WeComDoor(False, any(fault.message is COMPANY_NEEDED for fault in refused.faults))
    async with database.transaction(found.id) as tx:
        return WeComDoor(await wecom_keys(tx) is not None)


@post("/wecom/begin", opt=_PUBLIC, status_code=200, security=[{}])
async def begin(request: AnyRequest, database: Database, site: Site, data: CompanyBody) -> Response[WeComLeaving]:
    """Begin to sign in by WeCom: in its own browser without a question, elsewhere by a code to scan."""
    company = await which_tenant(database, host=request.headers.get("host", ""), company=data.company)
    return await _leave(request, database, site, company.id)


@post("/wecom/sign-in", opt=_PUBLIC, status_code=200, security=[{}])
async def by_wecom(request: AnyRequest, database: Database, wecom: WeCom, data: CameBack) -> Response[WeComSignedIn]:
    """Sign in as whom WeCom vouches for, in the browser that began, once."""
    state, browser = read_state(data.state), request.cookies.get(_COOKIE)
    attempt = await count_visit(database, state.tenant_id, address_of(request))
    keys = await _returned(database, state, browser)
    person = await _ask(wecom, keys, data.code)
    vouched = await sign_in_person(
        database,
        state.tenant_id,
        wecom_user=person,
        browser=browser or "",
        visitor=visitor_of(request),
        attempt=attempt,
    )
    if vouched.token is None:
        return Response(WeComSignedIn(None, vouched.ticket))
    view = await session_view(database, vouched.token, with_token=False)
    cookies = [session_cookie(request, "staff", vouched.token), _cookie(request, None)]
    return Response(WeComSignedIn(view, None), cookies=cookies)


@post("/wecom/second-factor", opt=_PUBLIC, security=[{}])
async def give_second_factor(request: AnyRequest, database: Database, data: WeComSecondFactor) -> Response[SignedIn]:
    """The second factor of whom WeCom vouched for a moment ago, from the same browser."""
    ticket = read_ticket(database, data.ticket, request.cookies.get(_COOKIE))
    token = await with_second_factor(database, ticket, code=data.code, visitor=visitor_of(request))
    return await signed_in(request, database, token, "staff", with_token=False)


@get("/me/wecom", opt=_ME)
async def read_own_wecom(database: Database, staff: StaffPrincipal) -> OwnWeCom:
    """By which name one is known in WeCom, and whether one may be."""
    async with database.transaction(staff.tenant_id) as tx:
        return await read_own(tx, staff.id)


@post("/me/wecom/begin", opt=_ME, status_code=200)
async def begin_link(
    request: AnyRequest, database: Database, staff: StaffPrincipal, site: Site
) -> Response[WeComLeaving]:
    """Go to WeCom to be known there from then on."""
    session_of(staff)
    return await _leave(request, database, site, staff.tenant_id, staff)


@post("/me/wecom", opt=_ME, status_code=200)
async def link_own(
    request: AnyRequest, database: Database, staff: StaffPrincipal, wecom: WeCom, data: CameBack
) -> Response[OwnWeCom]:
    """Be known by the name that WeCom gives: told there what waits, and signed in by it."""
    session_of(staff)
    state = read_state(data.state)
    if state.tenant_id != staff.tenant_id:
        raise Refused(STATE_INVALID("state"))
    keys = await _returned(database, state, request.cookies.get(_COOKIE), staff)
    person = await _ask(wecom, keys, data.code)
    if person is None:
        raise Refused(UNKNOWN_PERSON("code"))
    own = await database.run(
        staff.tenant_id, lambda tx: link(tx, user_id=staff.id, wecom_user=person, by=staff.actor())
    )
    return Response(own, cookies=[_cookie(request, None)])


@delete("/me/wecom", opt=_ME, status_code=204)
async def unlink_own(database: Database, staff: StaffPrincipal) -> Response[None]:
    """Be known in WeCom no longer."""
    session_of(staff)
    await database.run(staff.tenant_id, lambda tx: unlink(tx, user_id=staff.id, by=staff.actor()))
    return Response(None, status_code=204)


async def _leave(
    request: AnyRequest, database: Database, site: Site, tenant_id: int, staff: StaffPrincipal | None = None
) -> Response[WeComLeaving]:
    async def command(tx: Tx) -> Leaving:
        keys = await wecom_keys(tx)
        if keys is None:
            raise Refused(NOT_SET_UP())
        await _count(tx, address_of(request))
        return await leave(
            tx,
            keys,
            site=site.url(request),
            in_wecom="wxwork" in request.headers.get("user-agent", "").lower(),
            language=language_of(request),
            user_id=staff.id if staff else None,
        )

    leaving = await database.run(tenant_id, command)
    return Response(WeComLeaving(leaving.url), cookies=[_cookie(request, leaving.browser)])


async def _count(tx: Tx, address: str) -> Attempt:
    """Setting out is no attempt to sign in, and counted apart."""
    return await count(tx, {f"wecom {address}": PER_ADDRESS})


async def _returned(
    database: Database, state: State, browser: str | None, staff: StaffPrincipal | None = None
) -> WeComKeys:
    """What to ask WeCom with, once the state is found to be of this browser; it is used up in any case."""

    async def command(tx: Tx) -> WeComKeys | None:
        is_theirs = await come_back(tx, state, browser, user_id=staff.id if staff else None)
        return await wecom_keys(tx) if is_theirs else None

    keys = await database.run(state.tenant_id, command)
    if keys is None:
        raise Refused(STATE_INVALID("state"))
    return keys


async def _ask(wecom: WeCom, keys: WeComKeys, code: str) -> str | None:
    """Whose code it is. No transaction is open meanwhile."""
    try:
        return await wecom.user_of(keys, code)
    except CodeOver:
        raise Refused(CODE_INVALID("code")) from None
    except WeComFailed as error:
        log.warning("wecom did not say who signed in", reason=str(error))
        raise Refused(WECOM_BUSY("code"), retry_after=5) from None


def _cookie(request: AnyRequest, browser: str | None) -> Cookie:
    """What ties the way there to the way back; gone with the second of them."""
    return Cookie(
        key=_COOKIE,
        value=browser or "",
        path=_PATH,
        max_age=int(LASTS.total_seconds()) if browser else 0,
        httponly=True,
        samesite="lax",
        secure=request.url.scheme == "https",
    )


router = Router(
    "/",
    route_handlers=[
        read_door,
        begin,
        by_wecom,
        give_second_factor,
        read_own_wecom,
        begin_link,
        link_own,
        unlink_own,
    ],
    tags=["wecom"],
)
