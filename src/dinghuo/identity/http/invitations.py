"""Invitations: made by staff under /api/v1, looked at and accepted under /portal/v1."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, Router, delete, get, post
from litestar.params import Parameter

from dinghuo.identity.accept_invitation import (
    Newcomer,
    accept_invitation,
    count_visit,
    join_company,
    newcomer_faults,
)
from dinghuo.identity.authenticate import authenticate
from dinghuo.identity.credentials import Me, me
from dinghuo.identity.http.access import check_permission, presented
from dinghuo.identity.http.own import AnyRequest, SignedIn, address_of, session_of, signed_in, visitor_of
from dinghuo.identity.http.site import Site
from dinghuo.identity.invitations import (
    InvitationView,
    Invited,
    invitation_token,
    list_invitations,
    look,
)
from dinghuo.identity.invite import NewInvitation, invite, revoke_invitation
from dinghuo.identity.passwords import hash_password
from dinghuo.identity.permissions import OWN_ACCOUNT, PUBLIC, SIGNED_IN
from dinghuo.identity.principals import DealerPrincipal, StaffPrincipal
from dinghuo.identity.throttle import forget
from dinghuo.identity.tokens import Token
from dinghuo.identity.totp import qr_svg
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused
from dinghuo.kit.http import language_of, needs
from dinghuo.kit.paging import Page

OTHER_COMPANY = Message(
    "invitation-of-another-company",
    "此邀请来自另一家企业，请先退出登录再接受",
    "This invitation is of another company: sign out first, then accept it",
    CONFLICT,
)

_INVITE, _READ, _PUBLIC = needs("parties.invite"), needs("parties.read"), needs(PUBLIC)
# Behind the mark, where no server's log ever sees it.
_PAGE = "/portal/#/pages/invitation/index?token="


class InvitationLink(msgspec.Struct, frozen=True):
    """What to send to the person invited. It is told only now."""

    id: UUID
    url: str
    token: str
    qr_svg: str
    expires_at: datetime

    def __repr__(self) -> str:
        return f"InvitationLink({self.id}, …)"


class InvitationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of the link."""

    token: str

    def __repr__(self) -> str:
        return "InvitationBody(…)"


class AcceptBody(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The token of the link, and what to sign in with from now on. `name` may be left out where it is known.

    `with_token` is for programs without cookies.
    """

    token: str
    login: str
    password: str
    name: str | None = None
    with_token: bool = False

    def __repr__(self) -> str:
        return f"AcceptBody({self.login!r}, …)"


def link_of(request: AnyRequest, site: Site, token: Token, expires_at: datetime) -> InvitationLink:
    """The link and its code for a phone's camera."""
    url = f"{site.url(request)}{_PAGE}{token.text()}"
    return InvitationLink(token.id, url, token.text(), qr_svg(url), expires_at)


@post("/customers/{customer_id:uuid}/invitations", opt=_INVITE)
async def new_invitation(
    request: AnyRequest,
    database: Database,
    staff: StaffPrincipal,
    site: Site,
    customer_id: UUID,
    data: NewInvitation,
) -> InvitationLink:
    """Invite a person to this customer's portal. No Idempotency-Key is heeded: the answer holds a secret."""
    token, expires_at = await database.run(
        staff.tenant_id, lambda tx: invite(tx, customer_id=customer_id, wanted=data, by=staff)
    )
    return link_of(request, site, token, expires_at)


@get("/customers/{customer_id:uuid}/invitations", opt=_READ)
async def read_invitations(
    database: Database,
    staff: StaffPrincipal,
    customer_id: UUID,
    cursor: str | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
) -> Page[InvitationView]:
    """A customer's invitations, the newest first, without their secrets."""
    async with database.transaction(staff.tenant_id) as tx:
        return await list_invitations(tx, customer_id, seen_by=staff, cursor=cursor, limit=limit)


@delete("/invitations/{invitation_id:uuid}", opt=_INVITE, status_code=204)
async def take_back(database: Database, staff: StaffPrincipal, invitation_id: UUID) -> Response[None]:
    """Take an open invitation back."""
    await database.run(staff.tenant_id, lambda tx: revoke_invitation(tx, invitation_id=invitation_id, by=staff))
    return Response(None, status_code=204)


@post("/invitations/look", opt=_PUBLIC, status_code=200, security=[{}])
async def look_at(request: AnyRequest, database: Database, data: InvitationBody) -> Invited:
    """Who invites to what, for whoever holds the link."""
    token = await invitation_token(database, data.token)
    attempt = await count_visit(database, token.tenant_id, address_of(request))

    async def read(tx: Tx) -> Invited:
        found = await look(tx, token, english=language_of(request) == "en")
        await forget(tx, attempt)
        return found

    return await database.run(token.tenant_id, read)


@post("/invitations/accept", opt=_PUBLIC, security=[{}])
async def accept(request: AnyRequest, database: Database, data: AcceptBody) -> Response[SignedIn]:
    """Accept an invitation as a new user, who is signed in by it."""
    token = await invitation_token(database, data.token)
    faults = newcomer_faults(data.login, data.password, data.name)
    if faults:
        raise Refused(faults)
    attempt = await count_visit(database, token.tenant_id, address_of(request))
    newcomer = Newcomer(login=data.login, password_hash=await hash_password(data.password), name=data.name)
    arrived = await database.run(
        token.tenant_id,
        lambda tx: accept_invitation(
            tx, token=token, newcomer=newcomer, visitor=visitor_of(request), attempt=attempt
        ),
    )
    return await signed_in(request, database, arrived.session, "dealer", with_token=data.with_token)


@post("/invitations/join", opt=needs(OWN_ACCOUNT), status_code=200)
async def join(request: AnyRequest, database: Database, dealer: DealerPrincipal, data: InvitationBody) -> Me:
    """Accept an invitation as the present user, who gets a further company by it."""
    session_of(dealer)
    check_permission(dealer, SIGNED_IN)
    token = await invitation_token(database, data.token)
    if token.tenant_id != dealer.tenant_id:
        raise Refused(OTHER_COMPANY("token"))
    attempt = await count_visit(database, token.tenant_id, address_of(request))
    customer_id = await database.run(
        token.tenant_id, lambda tx: join_company(tx, token=token, dealer=dealer, attempt=attempt)
    )
    kind, credential, _ = presented(request)
    renewed = await authenticate(database, credential, kind)
    if not isinstance(renewed, DealerPrincipal):
        raise TypeError("a dealer's session became another's")
    async with database.transaction(dealer.tenant_id) as tx:
        return await me(tx, renewed.acting_for(customer_id))


router = Router("/", route_handlers=[new_invitation, read_invitations, take_back], tags=["invitations"])
portal = Router("/", route_handlers=[look_at, accept, join], tags=["invitations"])
