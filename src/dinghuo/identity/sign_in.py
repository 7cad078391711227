"""Signing in: password, second factor where there is one, and a session on the server."""

from collections.abc import Awaitable, Callable
from typing import Any
from uuid import UUID

from msgspec import Struct
from sqlalchemy import delete, select, update

from dinghuo.identity.authenticate import NO_CUSTOMER, USER_DISABLED
from dinghuo.identity.grants import user_grants
from dinghuo.identity.open_session import Visitor, channel_of, open_session
from dinghuo.identity.password_check import Account, check_password, refuse
from dinghuo.identity.permissions import Audience
from dinghuo.identity.save_users import normal_login
from dinghuo.identity.tables import app_user, recovery_code
from dinghuo.identity.throttle import forget
from dinghuo.identity.tokens import Token
from dinghuo.identity.totp import hash_recovery_code, is_code, matching_step
from dinghuo.identity.totp import purpose as totp_purpose
from dinghuo.kit.actor import Channel
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import FORBIDDEN, UNAUTHENTICATED, Message, Refused
from dinghuo.kit.vault import is_sealed

CODE_NEEDED = Message(
    "second-factor-needed",
    "请输入验证器上的 6 位动态码，或一个恢复码",
    "Give the 6-digit code of your authenticator, or a recovery code",
    UNAUTHENTICATED,
)
WRONG_CODE = Message(
    "wrong-second-factor",
    "动态码或恢复码不正确，或已使用过",
    "The code is wrong or was used before",
    UNAUTHENTICATED,
)
DEALER_AT_STAFF_DOOR = Message(
    "dealer-at-staff-door",
    "这是经销商用户，请从订货门户登录",
    "This is a dealer's user: sign in at the ordering portal",
    FORBIDDEN,
)
STAFF_AT_DEALERS_DOOR = Message(
    "staff-at-dealers-door",
    "这是员工用户，请从企业后台登录",
    "This is a staff user: sign in at the console",
    FORBIDDEN,
)
PASSWORD_JUST_CHANGED = Message(
    "password-just-changed",
    "密码刚刚被修改，请用新密码登录",
    "The password has just been changed: sign in with the new one",
    UNAUTHENTICATED,
)


class SignIn(Struct, frozen=True, kw_only=True):
    """What somebody gave, and from where. `code` is of the authenticator, or a recovery code."""

    tenant_id: int
    audience: Audience
    login: str
    password: str
    code: str | None
    address: str
    agent: str

    def __repr__(self) -> str:
        return f"SignIn({self.tenant_id}, {self.login!r}, …)"

    @property
    def channel(self) -> Channel:
        return channel_of(self.audience)


Also = Callable[[Tx, Account], Awaitable[None]]


async def sign_in(database: Database, wanted: SignIn, *, also: Also | None = None) -> Token:
    """Open a session. Every refusal is counted and audited, but for the one that only asks for the code.

    `also` is done in the transaction that opens it.
    """
    account = await check_password(
        database,
        wanted.tenant_id,
        login=normal_login(wanted.login),
        password=wanted.password,
        address=wanted.address,
        channel=wanted.channel,
    )
    if account.audience != wanted.audience:
        fault = (DEALER_AT_STAFF_DOOR if wanted.audience == "staff" else STAFF_AT_DEALERS_DOOR)("login")
        await refuse(database, wanted.tenant_id, account.id, wanted.address, wanted.channel, fault)
    if account.state != "active":
        await refuse(database, wanted.tenant_id, account.id, wanted.address, wanted.channel, USER_DISABLED("login"))
    if account.totp_secret is not None and not wanted.code:
        await database.run(wanted.tenant_id, lambda tx: forget(tx, account.attempt))
        raise Refused(CODE_NEEDED("code"))
    token = await database.run(wanted.tenant_id, lambda tx: _open(tx, account, wanted, also))
    if token is None:
        await refuse(database, wanted.tenant_id, account.id, wanted.address, wanted.channel, WRONG_CODE("code"))
    return token


async def _open(tx: Tx, account: Account, wanted: SignIn, also: Also | None) -> Token | None:
    """The session; None when the second factor is wrong."""
    current = await tx.one(
        select(app_user.c.password_hash, app_user.c.totp_step)
        .where(app_user.c.tenant_id == tx.tenant_id, app_user.c.id == account.id)
        .with_for_update(key_share=True)
    )
    if current is None or current.password_hash != account.password_hash:
        raise Refused(PASSWORD_JUST_CHANGED("password"))
    if account.totp_secret is not None and not await use_second_factor(
        tx, user_id=account.id, secret=account.totp_secret, step=current.totp_step, code=wanted.code or ""
    ):
        return None
    if account.stronger is not None:
        await _change(tx, account.id, {"password_hash": account.stronger})
    if account.audience == "dealer" and not (await user_grants(tx, account.id)).customer_ids:
        raise Refused(NO_CUSTOMER("login"))
    await forget(tx, account.attempt)
    if also is not None:
        await also(tx, account)
    visitor = Visitor(wanted.address, wanted.agent)
    return await open_session(tx, user_id=account.id, name=account.name, audience=account.audience, visitor=visitor)


async def use_second_factor(tx: Tx, *, user_id: UUID, secret: str, step: int | None, code: str) -> bool:
    """Whether the code is right: of the authenticator, whose `step` was the last used, or one for recovery. It is
    used up with that."""
    code = code.strip()
    if not is_code(code):
        return await _use_recovery_code(tx, user_id, code)
    vault, purpose = tx.database.vault, totp_purpose(user_id)
    opened = vault.open(purpose, secret)
    matching = matching_step(opened, code, tx.now, step)
    if matching is None:
        return False
    values: dict[str, Any] = {"totp_step": matching}
    if not is_sealed(secret):
        values["totp_secret"] = vault.seal(purpose, opened)
    await _change(tx, user_id, values)
    return True


async def _change(tx: Tx, user_id: UUID, values: dict[str, Any]) -> None:
    of_account = (app_user.c.tenant_id == tx.tenant_id) & (app_user.c.id == user_id)
    await tx.execute(update(app_user).where(of_account).values(**values))


async def _use_recovery_code(tx: Tx, user_id: UUID, code: str) -> bool:
    used = await tx.execute(
        delete(recovery_code).where(
            recovery_code.c.tenant_id == tx.tenant_id,
            recovery_code.c.user_id == user_id,
            recovery_code.c.code_hash == hash_recovery_code(code),
        )
    )
    return bool(used.rowcount)
