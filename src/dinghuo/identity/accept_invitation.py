"""Accept an invitation: as somebody new, or as a user who gets a further company."""

import secrets
from uuid import UUID

from msgspec import Struct
from sqlalchemy import insert, select, update

from dinghuo.identity.authenticate import changed
from dinghuo.identity.granting import Granter
from dinghuo.identity.invitations import Open, open_invitation
from dinghuo.identity.narrow_roles import narrow_roles
from dinghuo.identity.open_session import Visitor, open_session
from dinghuo.identity.passwords import password_faults
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.identity.save_dealer_users import LOGIN_TAKEN
from dinghuo.identity.save_users import UserInput, normal_login, save_users
from dinghuo.identity.tables import app_user, invitation, user_customer, user_customer_role
from dinghuo.identity.throttle import Attempt, count_address, forget
from dinghuo.identity.tokens import Token
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.bulk import MISSING
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import CONFLICT, Fault, Message, Refused

ALREADY_THERE = Message(
    "already-in-company",
    "您已经是“{customer}”的用户",
    "You belong to '{customer}' already",
    CONFLICT,
)


class Newcomer(Struct, frozen=True, kw_only=True):
    """Who accepts. Without a login they sign in by WeChat only; the invitation may know their name."""

    login: str | None
    password_hash: str | None
    name: str | None


class Arrived(Struct, frozen=True):
    """A user made of an invitation, with their first session."""

    user_id: UUID
    session: Token
    actor: Actor


def newcomer_faults(login: str | None, password: str | None, name: str | None) -> list[Fault]:
    """What is wrong with what somebody new chose; login and form of the name are checked where users are saved."""
    if login is None and password is None:
        return []
    if login is None or password is None:
        return [MISSING("login" if login is None else "password")]
    return password_faults(password, field="password", known=(normal_login(login), name or ""))


async def count_visit(database: Database, tenant_id: int, address: str) -> Attempt:
    """Links are tried no oftener than passwords are; a good one is forgotten."""
    return await database.run(tenant_id, lambda tx: count_address(tx, address))


async def accept_invitation(
    tx: Tx, *, token: Token, newcomer: Newcomer, visitor: Visitor, attempt: Attempt
) -> Arrived:
    """A new user of the customer, with the roles of the invitation, signed in."""
    found = await open_invitation(tx, token, lock=True)
    login = normal_login(newcomer.login) if newcomer.login is not None else f"wx-{secrets.token_hex(6)}"
    if await tx.one(select(app_user.c.id).where(app_user.c.tenant_id == tx.tenant_id, app_user.c.login == login)):
        raise Refused(LOGIN_TAKEN("login", login=login))
    name = (newcomer.name or found.row.name or "").strip() or (newcomer.login or found.customer_name)[:100]
    item = UserInput(
        login=login,
        audience="dealer",
        name=name,
        mobile=found.row.mobile,
        email=found.row.email,
        roles=sorted(one.code for one in found.roles.values()),
        customers=[found.customer_code],
    )
    by = Actor("dealer", name, "portal")
    user_id = (await save_users(tx, items=[item], by=by, granter=Granter(), path="")).ids[login]
    by = Actor("dealer", name, "portal", user_id)
    if newcomer.password_hash is not None:
        await tx.execute(
            update(app_user)
            .where(app_user.c.tenant_id == tx.tenant_id, app_user.c.id == user_id)
            .values(password_hash=newcomer.password_hash)
        )
    await _close(tx, found, user_id, by)
    await forget(tx, attempt)
    session = await open_session(tx, user_id=user_id, name=name, audience="dealer", visitor=visitor)
    return Arrived(user_id, session, by)


async def join_company(tx: Tx, *, token: Token, dealer: DealerPrincipal, attempt: Attempt) -> UUID:
    """A further company for this user, with the roles of the invitation there; the company's id.

    Roles the user had everywhere hold in their companies until now, and not in this one.
    """
    found = await open_invitation(tx, token, lock=True)
    customer_id: UUID = found.row.customer_id
    link, there = user_customer.c, user_customer_role.c
    # The user's row is the lock of what they belong to.
    await tx.one(
        select(app_user.c.id)
        .where(app_user.c.tenant_id == tx.tenant_id, app_user.c.id == dealer.user_id)
        .with_for_update(key_share=True)
    )
    rows = await tx.rows(
        select(link.customer_id).where(link.tenant_id == tx.tenant_id, link.user_id == dealer.user_id)
    )
    if customer_id in {row.customer_id for row in rows}:
        raise Refused(ALREADY_THERE("token", customer=found.customer_name))
    await narrow_roles(tx, dealer.user_id)
    key = {"tenant_id": tx.tenant_id, "user_id": dealer.user_id, "customer_id": customer_id}
    await tx.execute(insert(user_customer).values(**key))
    await tx.execute(insert(user_customer_role), [key | {there.role_id.name: id} for id in sorted(found.roles)])
    await _close(tx, found, dealer.user_id, dealer.actor())
    joined = {"customers": [None, found.customer_code]}
    await record(tx, [Change("app_user", dealer.user_id, "joined", dealer.actor(), joined)])
    await forget(tx, attempt)
    await changed(tx)
    return customer_id


async def _close(tx: Tx, found: Open, user_id: UUID, by: Actor) -> None:
    i = invitation.c
    await tx.execute(
        update(invitation)
        .where(i.tenant_id == tx.tenant_id, i.id == found.row.id)
        .values(accepted_at=tx.now, accepted_by=user_id)
    )
    await record(tx, [Change("invitation", found.row.id, "accepted", by)])
