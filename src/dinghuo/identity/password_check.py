"""Whether somebody knows an account's password: counted, checked beside the event loop, refused without a hint."""

from typing import Any, NoReturn
from uuid import UUID

import msgspec
from sqlalchemy import Row, select

from dinghuo.identity.passwords import verify_password
from dinghuo.identity.permissions import Audience
from dinghuo.identity.tables import app_user
from dinghuo.identity.throttle import Attempt, attempt
from dinghuo.kit.actor import Actor, Channel
from dinghuo.kit.audit import Change, record
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import UNAUTHENTICATED, Fault, Message, Refused

WRONG_PASSWORD = Message(
    "wrong-login-or-password", "登录名或密码不正确", "The login or the password is wrong", UNAUTHENTICATED
)

# The subject of refused attempts at logins that do not exist.
_NOBODY = UUID(int=0)


class Account(msgspec.Struct, frozen=True, kw_only=True):
    """A user who has just proved to know the password. `stronger` is a new hash of it, where one is due."""

    id: UUID
    audience: Audience
    login: str
    name: str
    state: str
    password_hash: str
    stronger: str | None
    totp_secret: str | None
    totp_step: int | None
    attempt: Attempt


async def check_password(
    database: Database, tenant_id: int, *, login: str, password: str, address: str, channel: Channel
) -> Account:
    """The account of this login and password; refused, after the same work, when there is none."""

    async def count_and_load(tx: Tx) -> tuple[Attempt, Row[Any] | None]:
        made = await attempt(tx, login, address)
        of_login = (app_user.c.tenant_id == tx.tenant_id) & (app_user.c.login == login)
        return made, await tx.one(select(app_user).where(of_login))

    made, row = await database.run(tenant_id, count_and_load)
    known, stronger = await verify_password(password, row.password_hash if row else None)
    if row is None or not known:
        await refuse(database, tenant_id, row.id if row else _NOBODY, address, channel, WRONG_PASSWORD("login"))
    confirmed = row.totp_confirmed_at is not None
    return Account(
        id=row.id,
        audience=row.audience,
        login=row.login,
        name=row.name,
        state=row.state,
        password_hash=row.password_hash,
        stronger=stronger,
        totp_secret=row.totp_secret if confirmed else None,
        totp_step=row.totp_step,
        attempt=made,
    )


async def refuse(
    database: Database, tenant_id: int, user_id: UUID, address: str, channel: Channel, fault: Fault
) -> NoReturn:
    """Note the attempt in the audit, whether or not the login exists, and raise. What was typed is not noted."""
    by = Actor("system", "sign-in", channel)
    change = Change(
        "sign_in", user_id, "refused", by, {"address": [None, address], "why": [None, fault.message.code]}
    )
    await database.run(tenant_id, lambda tx: record(tx, [change]))
    raise Refused(fault)
