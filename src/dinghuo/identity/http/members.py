"""The people of a dealer's company, as its administrator looks after them: under /portal/v1."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import Response, Router, delete, get, post, put
from litestar.params import Parameter

from dinghuo.identity.change_member import remove_member, set_member_roles
from dinghuo.identity.http.invitations import InvitationLink, link_of
from dinghuo.identity.http.own import AnyRequest
from dinghuo.identity.http.site import Site
from dinghuo.identity.invitations import InvitationView, list_invitations
from dinghuo.identity.invite import NewInvitation, invite, revoke_invitation
from dinghuo.identity.members import CompanyMember, MemberRole, list_member_roles, list_members
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs
from dinghuo.kit.paging import Page

_USERS = needs("portal.users")
Limit = Annotated[int, Parameter(ge=1, le=200)]


class RolesBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Codes of the roles from now on."""

    roles: list[str]


@get("/members", opt=_USERS)
async def read_members(
    database: Database, dealer: DealerPrincipal, cursor: str | None = None, limit: Limit = 50
) -> Page[CompanyMember]:
    """The people of the company acted for, by login, with their roles in it."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await list_members(tx, dealer=dealer, cursor=cursor, limit=limit)


@get("/member-roles", opt=_USERS)
async def read_member_roles(database: Database, dealer: DealerPrincipal) -> list[MemberRole]:
    """The roles there are for a dealer's people, and which of them the caller may give."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await list_member_roles(tx, dealer=dealer)


@put("/members/{user_id:uuid}/roles", opt=_USERS, status_code=204)
async def put_roles(database: Database, dealer: DealerPrincipal, user_id: UUID, data: RolesBody) -> Response[None]:
    """Say what somebody is in the company acted for. What they are in other companies stays."""
    await database.run(
        dealer.tenant_id, lambda tx: set_member_roles(tx, user_id=user_id, roles=data.roles, dealer=dealer)
    )
    return Response(None, status_code=204)


@delete("/members/{user_id:uuid}", opt=_USERS, status_code=204)
async def end_membership(database: Database, dealer: DealerPrincipal, user_id: UUID) -> Response[None]:
    """Take somebody out of the company acted for. Who belongs to no other then is disabled."""
    await database.run(dealer.tenant_id, lambda tx: remove_member(tx, user_id=user_id, dealer=dealer))
    return Response(None, status_code=204)


@post("/invitations", opt=_USERS)
async def invite_colleague(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, site: Site, data: NewInvitation
) -> InvitationLink:
    """Invite a colleague to the company acted for. No Idempotency-Key is heeded: the answer holds a secret."""
    token, expires_at = await database.run(
        dealer.tenant_id, lambda tx: invite(tx, customer_id=dealer.customer_id, wanted=data, by=dealer)
    )
    return link_of(request, site, token, expires_at)


@get("/invitations", opt=_USERS)
async def read_own_invitations(
    database: Database, dealer: DealerPrincipal, cursor: str | None = None, limit: Limit = 50
) -> Page[InvitationView]:
    """Invitations to the company acted for, the newest first, without their secrets."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await list_invitations(tx, dealer.customer_id, seen_by=dealer, cursor=cursor, limit=limit)


@delete("/invitations/{invitation_id:uuid}", opt=_USERS, status_code=204)
async def take_own_back(database: Database, dealer: DealerPrincipal, invitation_id: UUID) -> Response[None]:
    """Take an open invitation back."""
    await database.run(dealer.tenant_id, lambda tx: revoke_invitation(tx, invitation_id=invitation_id, by=dealer))
    return Response(None, status_code=204)


router = Router(
    "/",
    route_handlers=[
        read_members,
        read_member_roles,
        put_roles,
        end_membership,
        invite_colleague,
        read_own_invitations,
        take_own_back,
    ],
    tags=["members"],
)
