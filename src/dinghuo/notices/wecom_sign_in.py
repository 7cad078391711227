"""Signing in by WeCom: whoever it vouches for is the user who is known by that name there.

A second factor stays one: who has enrolled it is asked for it here too, by a ticket that only the same browser can
use.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.exc import DBAPIError

from dinghuo.identity.authenticate import USER_DISABLED
from dinghuo.identity.open_session import Visitor, open_session
from dinghuo.identity.password_check import refuse
from dinghuo.identity.sign_in import WRONG_CODE, use_second_factor
from dinghuo.identity.tables import app_user
from dinghuo.identity.throttle import Attempt, attempt, forget
from dinghuo.identity.tokens import Token
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.bulk import put
from dinghuo.kit.database import Database, Tx, sqlstate
from dinghuo.kit.errors import FORBIDDEN, UNAUTHENTICATED, Fault, Message, Refused
from dinghuo.notices.tables import wecom_app, wecom_person
from dinghuo.notices.wecom_app import PERSON_TAKEN

TICKET_LASTS = timedelta(minutes=5)
TICKET = "wecom ticket"
# The subject of refused attempts by strangers.
_NOBODY = UUID(int=0)

UNKNOWN_PERSON = Message(
    "wecom-person-unknown",
    "您的企业微信账号还没有对应的用户：请先用密码登录并在“我的账号”中绑定，或联系管理员",
    "No user is known by your name in WeCom: sign in with your password and link it in your account, or ask your "
    "administrator",
    FORBIDDEN,
)
TICKET_INVALID = Message(
    "wecom-ticket-invalid",
    "登录已过期，请重新用企业微信登录",
    "This has expired: sign in by WeCom again",
    UNAUTHENTICATED,
)


class Ticket(msgspec.Struct, frozen=True):
    """Whom WeCom has just vouched for, who is still to give their second factor; for one browser."""

    tenant_id: int
    user_id: UUID
    browser: str


class Vouched(msgspec.Struct, frozen=True):
    """A session, or the ticket with which to give the second factor."""

    token: Token | None
    ticket: str | None

    def __repr__(self) -> str:
        return "Vouched(…)"


class OwnWeCom(msgspec.Struct, frozen=True):
    """`available`: the company has set up its app; `wecom_user` is one's name there."""

    available: bool
    wecom_user: str | None


async def sign_in_person(
    database: Database, tenant_id: int, *, wecom_user: str | None, browser: str, visitor: Visitor, attempt: Attempt
) -> Vouched:
    """A session of whoever has this name in WeCom, or a ticket where a second factor is in force. Refusals are
    audited; None is somebody who is no member of the company there."""
    outcome = await database.run(
        tenant_id,
        lambda tx: _open(tx, wecom_user=wecom_user, browser=browser, visitor=visitor, attempt=attempt),
    )
    if isinstance(outcome, _Refusal):
        await refuse(database, tenant_id, outcome.user_id, visitor.address, "console", outcome.fault)
    return outcome


class _Refusal(msgspec.Struct, frozen=True):
    user_id: UUID
    fault: Fault


async def _open(
    tx: Tx, *, wecom_user: str | None, browser: str, visitor: Visitor, attempt: Attempt
) -> Vouched | _Refusal:
    user = await _user(tx, wecom_person.c.wecom_user == wecom_user) if wecom_user is not None else None
    if user is None:
        return _Refusal(_NOBODY, UNKNOWN_PERSON())
    if user.state != "active":
        return _Refusal(user.id, USER_DISABLED())
    await forget(tx, attempt)
    if user.totp_confirmed_at is not None:
        ticket = msgspec.json.encode(Ticket(tx.tenant_id, user.id, browser)).decode()
        return Vouched(None, tx.database.vault.ticket(TICKET, ticket, at=tx.now))
    return Vouched(await open_session(tx, user_id=user.id, name=user.name, audience="staff", visitor=visitor), None)


def read_ticket(database: Database, text: str, browser: str | None) -> Ticket:
    found = database.vault.redeem(TICKET, text, at=database.clock(), within=TICKET_LASTS)
    ticket = msgspec.json.decode(found, type=Ticket) if found is not None else None
    if ticket is None or ticket.browser != browser:
        raise Refused(TICKET_INVALID("ticket"))
    return ticket


async def with_second_factor(database: Database, ticket: Ticket, *, code: str, visitor: Visitor) -> Token:
    """The session of whoever the ticket is of, once their second factor is right; counted like any attempt."""

    async def count(tx: Tx) -> Attempt:
        user = await _user(tx, app_user.c.id == ticket.user_id)
        return await attempt(tx, user.login if user else "", visitor.address)

    made = await database.run(ticket.tenant_id, count)

    async def check(tx: Tx) -> Token | None:
        user = await _user(tx, app_user.c.id == ticket.user_id, locks=True)
        if user is None or user.totp_confirmed_at is None:
            raise Refused(TICKET_INVALID("ticket"))
        if user.state != "active":
            raise Refused(USER_DISABLED())
        if not await use_second_factor(tx, user_id=user.id, secret=user.totp_secret, step=user.totp_step, code=code):
            return None
        await forget(tx, made)
        return await open_session(tx, user_id=user.id, name=user.name, audience="staff", visitor=visitor)

    token = await database.run(ticket.tenant_id, check)
    if token is None:
        await refuse(database, ticket.tenant_id, ticket.user_id, visitor.address, "console", WRONG_CODE("code"))
    return token


async def read_own(tx: Tx, user_id: UUID) -> OwnWeCom:
    w, p = wecom_app.c, wecom_person.c
    app = await tx.one(select(w.active, w.secret).where(w.tenant_id == tx.tenant_id))
    row = await tx.one(select(p.wecom_user).where(p.tenant_id == tx.tenant_id, p.user_id == user_id))
    return OwnWeCom(app is not None and app.active and app.secret is not None, row.wecom_user if row else None)


async def link(tx: Tx, *, user_id: UUID, wecom_user: str, by: Actor) -> OwnWeCom:
    """From now on this user is whoever has that name in WeCom; refused when somebody else is."""
    p = wecom_person.c
    before = (await read_own(tx, user_id)).wecom_user
    taken = await tx.one(
        select(p.user_id).where(p.tenant_id == tx.tenant_id, p.wecom_user == wecom_user, p.user_id != user_id)
    )
    if taken is not None:
        raise Refused(PERSON_TAKEN("wecom_user", wecom_user=wecom_user))
    if before != wecom_user:
        try:
            await put(tx, wecom_person, [{"user_id": user_id, "wecom_user": wecom_user}])
        except DBAPIError as error:
            if sqlstate(error) != "23505":
                raise
            raise Refused(PERSON_TAKEN("wecom_user", wecom_user=wecom_user)) from error
        await record(tx, [Change("app_user", user_id, "updated", by, {"wecom_user": [before, wecom_user]})])
    return await read_own(tx, user_id)


async def unlink(tx: Tx, *, user_id: UUID, by: Actor) -> None:
    """One is told nothing in WeCom any more, and does not sign in by it."""
    p = wecom_person.c
    gone = await tx.execute(
        delete(wecom_person).where(p.tenant_id == tx.tenant_id, p.user_id == user_id).returning(p.wecom_user)
    )
    row = gone.one_or_none()
    if row is not None:
        await record(tx, [Change("app_user", user_id, "updated", by, {"wecom_user": [row.wecom_user, None]})])


async def _user(tx: Tx, which: Any, *, locks: bool = False) -> Any:
    """One of the staff who are known in WeCom."""
    u, p = app_user.c, wecom_person.c
    wanted = (
        select(u.id, u.login, u.name, u.state, u.totp_secret, u.totp_confirmed_at, u.totp_step)
        .join(wecom_person, (p.tenant_id == u.tenant_id) & (p.user_id == u.id))
        .where(u.tenant_id == tx.tenant_id, p.tenant_id == tx.tenant_id, u.audience == "staff", which)
    )
    return await tx.one(wanted.with_for_update(key_share=True, of=app_user) if locks else wanted)
