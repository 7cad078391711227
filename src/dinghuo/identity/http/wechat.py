"""Signing in by WeChat, and the company's settings for it."""

from datetime import datetime
from uuid import UUID

import msgspec
from litestar import Response, Router, delete, get, post, put

from dinghuo.identity.accept_invitation import Newcomer, accept_invitation, count_visit, newcomer_faults
from dinghuo.identity.granting import granter_of
from dinghuo.identity.http.own import (
    AnyRequest,
    SignedIn,
    address_of,
    session_of,
    session_view,
    visitor_of,
)
from dinghuo.identity.http.site import Site
from dinghuo.identity.invitations import invitation_token
from dinghuo.identity.password_check import Account
from dinghuo.identity.passwords import hash_password
from dinghuo.identity.permissions import OWN_ACCOUNT, PUBLIC
from dinghuo.identity.principals import DealerPrincipal, StaffPrincipal
from dinghuo.identity.sign_in import SignIn, sign_in
from dinghuo.identity.throttle import Attempt
from dinghuo.identity.tokens import Token
from dinghuo.identity.touchable import check_touchable
from dinghuo.identity.wechat_app import (
    WeChatAppInput,
    WeChatAppView,
    WeChatKeys,
    read_wechat_app,
    save_wechat_app,
    wechat_keys,
)
from dinghuo.identity.wechat_sign_in import (
    TICKET_INVALID,
    BindingView,
    Ticket,
    bind,
    binding,
    read_ticket,
    sign_in_bound,
    unbind,
    write_ticket,
)
from dinghuo.identity.which_tenant import which_tenant
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import MISSING
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.http import needs

_SETTINGS, _USERS = needs("settings.write"), needs("identity.users")
_PUBLIC, _ME = needs(PUBLIC), needs(OWN_ACCOUNT)


class CodeOfWeChat(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What `wx.login` gave. `company` may be left out where the host name tells it."""

    code: str
    company: str | None = None

    def __repr__(self) -> str:
        return "CodeOfWeChat(…)"


class WeChatSignIn(msgspec.Struct, frozen=True):
    """Signed in, or a ticket with which to bind this person to a user."""

    signed_in: SignedIn | None
    ticket: str | None
    expires_at: datetime | None

    def __repr__(self) -> str:
        return "WeChatSignIn(…)"


class BindBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """To bind with an account: login, password and, where it is asked for, code. To come by invitation: its token,
    and a login and password of one's own choice, or neither: then one signs in by WeChat only."""

    ticket: str
    login: str | None = None
    password: str | None = None
    code: str | None = None
    invitation: str | None = None
    name: str | None = None

    def __repr__(self) -> str:
        return f"BindBody({self.login!r}, …)"


@get("/settings/wechat", opt=_SETTINGS)
async def read_settings(database: Database, staff: StaffPrincipal) -> WeChatAppView:
    """The company's mini-program. The secret is never told."""
    async with database.transaction(staff.tenant_id) as tx:
        return await read_wechat_app(tx)


@put("/settings/wechat", opt=_SETTINGS)
async def put_settings(database: Database, staff: StaffPrincipal, data: WeChatAppInput) -> WeChatAppView:
    """Say which mini-program it is. The secret is stored encrypted."""
    return await database.run(staff.tenant_id, lambda tx: save_wechat_app(tx, item=data, by=staff.actor()))


@post("/users/{user_id:uuid}/wechat/unbind", opt=_USERS, status_code=204)
async def unbind_user(database: Database, staff: StaffPrincipal, user_id: UUID) -> Response[None]:
    """Part a user from their WeChat account."""

    async def part(tx: Tx) -> None:
        await check_touchable(tx, user_id, granter_of(staff))
        await unbind(tx, user_id=user_id, by=staff.actor())

    await database.run(staff.tenant_id, part)
    return Response(None, status_code=204)


@post("/wechat/sign-in", opt=_PUBLIC, status_code=200, security=[{}])
async def by_wechat(request: AnyRequest, database: Database, site: Site, data: CodeOfWeChat) -> WeChatSignIn:
    """Sign in by WeChat. Who is bound to no user yet gets a ticket to bind with."""
    company = await which_tenant(database, host=request.headers.get("host", ""), company=data.company)
    async with database.transaction(company.id) as tx:
        keys = await wechat_keys(tx)
    attempt = await count_visit(database, company.id, address_of(request))
    openid = await site.wechat.openid(keys.app_id, keys.secret, data.code)
    token = await _session_of(request, database, company.id, keys, openid, attempt)
    if token is not None:
        return WeChatSignIn(await session_view(database, token, with_token=True), None, None)
    ticket, until = write_ticket(database, Ticket(company.id, keys.app_id, openid))
    return WeChatSignIn(None, ticket, until)


@post("/wechat/bind", opt=_PUBLIC, security=[{}])
async def bind_user(request: AnyRequest, database: Database, data: BindBody) -> SignedIn:
    """Bind whoever the ticket vouches for to a user: an account of theirs, or a new one by invitation."""
    ticket = read_ticket(database, data.ticket)
    token = await (_by_invitation if data.invitation is not None else _by_account)(request, database, ticket, data)
    return await session_view(database, token, with_token=True)


@get("/wechat", opt=_ME)
async def read_binding(database: Database, dealer: DealerPrincipal) -> BindingView:
    """Whether one may sign in by WeChat, and does."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await binding(tx, dealer.user_id)


@delete("/wechat", opt=_ME, status_code=204)
async def unbind_self(database: Database, dealer: DealerPrincipal) -> Response[None]:
    """Sign in by WeChat no longer."""
    session_of(dealer)
    await database.run(dealer.tenant_id, lambda tx: unbind(tx, user_id=dealer.user_id, by=dealer.actor(), own=True))
    return Response(None, status_code=204)


async def _session_of(
    request: AnyRequest, database: Database, tenant_id: int, keys: WeChatKeys, openid: str, attempt: Attempt
) -> Token | None:
    return await database.run(
        tenant_id,
        lambda tx: sign_in_bound(tx, keys=keys, openid=openid, visitor=visitor_of(request), attempt=attempt),
    )


async def _by_account(request: AnyRequest, database: Database, ticket: Ticket, data: BindBody) -> Token:
    if data.login is None or data.password is None:
        raise Refused(MISSING("login" if data.login is None else "password"))
    visitor = visitor_of(request)
    wanted = SignIn(
        tenant_id=ticket.tenant_id,
        audience="dealer",
        login=data.login,
        password=data.password,
        code=data.code,
        address=visitor.address,
        agent=visitor.agent,
    )

    async def bound(tx: Tx, account: Account) -> None:
        by = Actor("dealer", account.name, "portal", account.id)
        await bind(tx, ticket=ticket, user_id=account.id, by=by)

    return await sign_in(database, wanted, also=bound)


async def _by_invitation(request: AnyRequest, database: Database, ticket: Ticket, data: BindBody) -> Token:
    token = await invitation_token(database, data.invitation or "")
    if token.tenant_id != ticket.tenant_id:
        raise Refused(TICKET_INVALID("ticket"))
    faults = newcomer_faults(data.login, data.password, data.name)
    if faults:
        raise Refused(faults)
    attempt = await count_visit(database, token.tenant_id, address_of(request))
    hashed = await hash_password(data.password) if data.password is not None else None
    newcomer = Newcomer(login=data.login, password_hash=hashed, name=data.name)

    async def arrive(tx: Tx) -> Token:
        arrived = await accept_invitation(
            tx, token=token, newcomer=newcomer, visitor=visitor_of(request), attempt=attempt
        )
        await bind(tx, ticket=ticket, user_id=arrived.user_id, by=arrived.actor)
        return arrived.session

    return await database.run(token.tenant_id, arrive)


router = Router("/", route_handlers=[read_settings, put_settings, unbind_user], tags=["wechat"])
portal = Router("/", route_handlers=[by_wechat, bind_user, read_binding, unbind_self], tags=["wechat"])
