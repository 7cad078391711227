"""Signing in by WeChat: at once for whoever is bound to a user; for others a ticket, to be bound with."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec
from sqlalchemy import delete, insert, select
from sqlalchemy.exc import DBAPIError

from dinghuo.identity.authenticate import NO_CUSTOMER, USER_DISABLED
from dinghuo.identity.grants import user_grants
from dinghuo.identity.open_session import Visitor, open_session
from dinghuo.identity.tables import app_user, wechat_app, wechat_binding
from dinghuo.identity.throttle import Attempt, forget
from dinghuo.identity.tokens import Token
from dinghuo.identity.wechat_app import WeChatKeys
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.database import Database, Tx, constraint_name, sqlstate
from dinghuo.kit.errors import CONFLICT, UNAUTHENTICATED, Message, Refused
from dinghuo.kit.missing import missing

TICKET_LASTS = timedelta(minutes=10)
TICKET = "wechat ticket"

TICKET_INVALID = Message(
    "ticket-invalid",
    "微信绑定凭证已过期，请重新进入小程序",
    "This ticket is not valid any more: open the mini-program again",
    UNAUTHENTICATED,
)
WECHAT_TAKEN = Message(
    "wechat-bound-to-another",
    "此微信已绑定其他用户，请先解绑",
    "This WeChat account is bound to another user: unbind it first",
    CONFLICT,
)
USER_TAKEN = Message(
    "user-bound-to-another-wechat",
    "此用户已绑定其他微信，请先解绑",
    "This user is bound to another WeChat account: unbind it first",
    CONFLICT,
)
ONLY_WAY_IN = Message(
    "only-way-in",
    "您还没有密码，解绑后将无法登录；请先请管理员设置密码",
    "You have no password and could not sign in any more: have your administrator give you one first",
    CONFLICT,
)


class Ticket(msgspec.Struct, frozen=True):
    """Whom WeChat has just vouched for, to the company and mini-program that asked."""

    tenant_id: int
    app_id: str
    openid: str


class BindingView(msgspec.Struct, frozen=True):
    """`available`: the company has set up its mini-program."""

    available: bool
    bound: bool
    bound_at: datetime | None


def write_ticket(database: Database, ticket: Ticket) -> tuple[str, datetime]:
    """The ticket and until when it is good."""
    now = database.clock()
    text = database.vault.ticket(TICKET, msgspec.json.encode(ticket).decode(), at=now)
    return text, now + TICKET_LASTS


def read_ticket(database: Database, text: str) -> Ticket:
    found = database.vault.redeem(TICKET, text, at=database.clock(), within=TICKET_LASTS)
    if found is None:
        raise Refused(TICKET_INVALID("ticket"))
    return msgspec.json.decode(found, type=Ticket)


async def sign_in_bound(tx: Tx, *, keys: WeChatKeys, openid: str, visitor: Visitor, attempt: Attempt) -> Token | None:
    """A session of the user this person is bound to; None when there is none."""
    await forget(tx, attempt)
    b = wechat_binding.c
    row = await tx.one(
        select(app_user.c.id, app_user.c.name, app_user.c.state)
        .join(wechat_binding, (b.tenant_id == app_user.c.tenant_id) & (b.user_id == app_user.c.id))
        .where(app_user.c.tenant_id == tx.tenant_id, b.app_id == keys.app_id, b.openid == openid)
    )
    if row is None:
        return None
    if row.state != "active":
        raise Refused(USER_DISABLED())
    if not (await user_grants(tx, row.id)).customer_ids:
        raise Refused(NO_CUSTOMER())
    return await open_session(tx, user_id=row.id, name=row.name, audience="dealer", visitor=visitor)


async def bind(tx: Tx, *, ticket: Ticket, user_id: UUID, by: Actor) -> None:
    """Bind person and user to each other, once; the same again is no fault."""
    b = wechat_binding.c
    rows = await tx.rows(
        select(b.app_id, b.openid, b.user_id).where(
            b.tenant_id == tx.tenant_id,
            ((b.app_id == ticket.app_id) & (b.openid == ticket.openid)) | (b.user_id == user_id),
        )
    )
    for row in rows:
        if row.user_id != user_id:
            raise Refused(WECHAT_TAKEN("ticket"))
        if (row.app_id, row.openid) == (ticket.app_id, ticket.openid):
            return
        if row.app_id == ticket.app_id:
            raise Refused(USER_TAKEN("ticket"))
    if rows:  # of a mini-program that the company no longer has
        await tx.execute(delete(wechat_binding).where(b.tenant_id == tx.tenant_id, b.user_id == user_id))
    try:
        await tx.execute(
            insert(wechat_binding).values(
                tenant_id=tx.tenant_id,
                app_id=ticket.app_id,
                openid=ticket.openid,
                user_id=user_id,
                bound_at=tx.now,
            )
        )
    except DBAPIError as error:
        if sqlstate(error) != "23505":
            raise
        taken = USER_TAKEN if (constraint_name(error) or "").startswith("uq_") else WECHAT_TAKEN
        raise Refused(taken("ticket")) from error
    await record(tx, [Change("app_user", user_id, "wechat_bound", by)])


async def binding(tx: Tx, user_id: UUID) -> BindingView:
    w, b = wechat_app.c, wechat_binding.c
    app = await tx.one(select(w.app_id, w.active).where(w.tenant_id == tx.tenant_id))
    row = await tx.one(select(b.app_id, b.bound_at).where(b.tenant_id == tx.tenant_id, b.user_id == user_id))
    if app is None or row is None or row.app_id != app.app_id:
        return BindingView(app is not None and app.active, bound=False, bound_at=None)
    return BindingView(app.active, bound=True, bound_at=row.bound_at)


async def unbind(tx: Tx, *, user_id: UUID, by: Actor, own: bool = False) -> None:
    """Part them; refused to whoever would lock themselves out by it."""
    b = wechat_binding.c
    if own:
        user = await tx.one(
            select(app_user.c.password_hash).where(app_user.c.tenant_id == tx.tenant_id, app_user.c.id == user_id)
        )
        if user is not None and user.password_hash is None:
            raise Refused(ONLY_WAY_IN())
    gone = await tx.execute(delete(wechat_binding).where(b.tenant_id == tx.tenant_id, b.user_id == user_id))
    if not gone.rowcount:
        if own:
            return
        raise missing("WeChat binding", user_id)
    await record(tx, [Change("app_user", user_id, "wechat_unbound", by)])
