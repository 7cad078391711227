"""What is known of an invitation: whether it may still be accepted, and what staff see of it."""

import hmac
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Row, select

from dinghuo.identity.authenticate import TENANT_SUSPENDED
from dinghuo.identity.principals import Principal, StaffPrincipal
from dinghuo.identity.save_users import CUSTOMER
from dinghuo.identity.scopes import visible_customers
from dinghuo.identity.tables import app_user, invitation, role, tenant
from dinghuo.identity.tokens import Token, parse_token
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import CONFLICT, NOT_FOUND, Message, Refused
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.refs import Ref, ref, ref_columns

State = Literal["open", "accepted", "expired", "revoked"]

UNKNOWN_INVITATION = Message(
    "unknown-invitation",
    "没有这个邀请，请确认链接完整",
    "There is no such invitation: is the link complete?",
    NOT_FOUND,
)
INVITATION_USED = Message("invitation-used", "此邀请已被接受", "This invitation has been accepted", CONFLICT)
INVITATION_REVOKED = Message(
    "invitation-revoked",
    "此邀请已被撤销，请联系邀请您的人",
    "This invitation was revoked: ask whoever invited you",
    CONFLICT,
)
INVITATION_EXPIRED = Message(
    "invitation-expired",
    "此邀请已过期，请让邀请您的人重新发送",
    "This invitation has expired: ask whoever invited you for another",
    CONFLICT,
)
ROLES_GONE = Message(
    "invitation-roles-gone",
    "邀请中的角色已被删除，请让邀请您的人重新发送",
    "The roles of this invitation are gone: ask whoever invited you for another",
    CONFLICT,
)


class InvitationView(msgspec.Struct, frozen=True, kw_only=True):
    """Without its secret, which nobody is told twice. `roles` are codes; `accepted_by` has a login for its code."""

    id: UUID
    name: str | None
    mobile: str | None
    email: str | None
    roles: list[str]
    state: State
    invited_by: str
    created_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    accepted_by: Ref | None


class InvitedTo(msgspec.Struct, frozen=True):
    code: str
    name: str


class Invited(msgspec.Struct, frozen=True):
    """What whoever holds the link is told: which company invites to act for which customer, and as what."""

    company: InvitedTo
    customer: str
    invited_by: str
    name: str | None
    roles: list[str]
    expires_at: datetime


class Open(msgspec.Struct, frozen=True):
    """An invitation that may be accepted, with its customer and the roles it gives, by id."""

    row: Any
    customer_code: str
    customer_name: str
    roles: dict[UUID, Any]


async def invitation_token(database: Database, text: str) -> Token:
    """The link's token, of a company that is there and in business."""
    token = parse_token(text.strip())
    if token is None:
        raise Refused(UNKNOWN_INVITATION("token"))
    async with database.untenanted() as connection:
        state = await connection.scalar(select(tenant.c.state).where(tenant.c.id == token.tenant_id))
    if state is None:
        raise Refused(UNKNOWN_INVITATION("token"))
    if state != "active":
        raise Refused(TENANT_SUSPENDED())
    return token


async def open_invitation(tx: Tx, token: Token, *, lock: bool) -> Open:
    """The invitation, locked for whoever accepts it. Refused unless it is still open."""
    i = invitation.c
    found = (
        select(invitation, CUSTOMER.c.code.label("customer_code"), CUSTOMER.c.name.label("customer_name"))
        .join(CUSTOMER, (CUSTOMER.c.tenant_id == i.tenant_id) & (CUSTOMER.c.id == i.customer_id))
        .where(i.tenant_id == tx.tenant_id, i.id == token.id)
    )
    row = await tx.one(found.with_for_update(key_share=True, of=invitation) if lock else found)
    if row is None or not hmac.compare_digest(row.secret_hash, token.hash):
        raise Refused(UNKNOWN_INVITATION("token"))
    closed = {"accepted": INVITATION_USED, "revoked": INVITATION_REVOKED, "expired": INVITATION_EXPIRED}
    state = state_of(row, tx.now)
    if state != "open":
        raise Refused(closed[state]("token"))
    roles = await tx.rows(
        select(role.c.id, role.c.code, role.c.name, role.c.name_en).where(
            role.c.tenant_id == tx.tenant_id, among(role.c.id, row.role_ids)
        )
    )
    if len(roles) != len(row.role_ids):
        raise Refused(ROLES_GONE("token"))
    return Open(row, row.customer_code, row.customer_name, {one.id: one for one in roles})


async def look(tx: Tx, token: Token, *, english: bool) -> Invited:
    """What the holder of the link is told before they accept it."""
    found = await open_invitation(tx, token, lock=False)
    company = (await tx.rows(select(tenant.c.code, tenant.c.name).where(tenant.c.id == tx.tenant_id)))[0]
    return Invited(
        company=InvitedTo(company.code, company.name),
        customer=found.customer_name,
        invited_by=found.row.invited_by,
        name=found.row.name,
        roles=sorted((one.name_en if english else None) or one.name for one in found.roles.values()),
        expires_at=found.row.expires_at,
    )


async def list_invitations(
    tx: Tx, customer_id: UUID, *, seen_by: Principal, cursor: str | None, limit: int
) -> Page[InvitationView]:
    """A customer's invitations, the newest first."""
    await check_customer(tx, customer_id, seen_by=seen_by)
    i = invitation.c
    found = (
        select(invitation, *ref_columns(app_user, "accepted", code="login"))
        .outerjoin(app_user, (app_user.c.tenant_id == i.tenant_id) & (app_user.c.id == i.accepted_by))
        .where(i.tenant_id == tx.tenant_id, i.customer_id == customer_id)
        .order_by(i.id.desc())
        .limit(limit + 1)
    )
    if cursor is not None:
        found = found.where(i.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(found)
    wanted = {id for row in rows for id in row.role_ids}
    roles = await tx.rows(
        select(role.c.id, role.c.code).where(role.c.tenant_id == tx.tenant_id, among(role.c.id, sorted(wanted)))
    )
    codes = {row.id: row.code for row in roles}
    return page(rows, limit, lambda row: (row.id,), lambda row: _view(row, codes, tx.now))


def inviting(principal: Principal) -> ColumnElement[bool]:
    """Of which customers this one sees invitations: staff of those in their scope, dealers of the one acted for."""
    if isinstance(principal, StaffPrincipal):
        return visible_customers(principal, CUSTOMER)
    own: ColumnElement[bool] = CUSTOMER.c.id == principal.customer_id
    return own


async def check_customer(tx: Tx, customer_id: UUID, *, seen_by: Principal) -> None:
    c = CUSTOMER.c
    seen = [c.tenant_id == tx.tenant_id, c.id == customer_id, inviting(seen_by)]
    if await tx.one(select(c.id).where(*seen)) is None:
        raise missing("customer", customer_id)


def state_of(row: Any, now: datetime) -> State:
    if row.accepted_at is not None:
        return "accepted"
    if row.revoked_at is not None:
        return "revoked"
    return "open" if now < row.expires_at else "expired"


_PLAIN = ("id", "name", "mobile", "email", "invited_by", "created_at", "expires_at", "accepted_at")


def _view(row: Row[Any], codes: dict[UUID, str], now: datetime) -> InvitationView:
    return InvitationView(
        **{name: row._mapping[name] for name in _PLAIN},
        roles=sorted(codes[id] for id in row.role_ids if id in codes),
        state=state_of(row, now),
        accepted_by=ref(row._mapping, "accepted"),
    )
