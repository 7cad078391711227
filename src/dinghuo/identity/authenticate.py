"""From a credential to a principal. What was verified is remembered by this process, for two seconds at most."""

import hmac
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.identity.grants import Grants, scope_of_parts, user_grants
from dinghuo.identity.principals import (
    Credential,
    DealerPrincipal,
    Principal,
    Rights,
    Scope,
    StaffPrincipal,
)
from dinghuo.identity.tokens import Token
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import FORBIDDEN, UNAUTHENTICATED, Message, Refused

REMEMBERED = timedelta(seconds=2)
# Use is noted no finer than this, so that reading costs no write.
NOTED = timedelta(minutes=1)
SLIDES = timedelta(hours=12)
_MOST = 20_000
_MEMORY = "identity.principals"

UNKNOWN_CREDENTIAL = Message(
    "unknown-credential",
    "登录凭证或密钥无效，请重新登录",
    "This session or key is not valid: sign in again",
    UNAUTHENTICATED,
)
CREDENTIAL_EXPIRED = Message(
    "credential-expired",
    "登录已过期或密钥已到期，请重新登录或更换密钥",
    "This session or key has expired: sign in again, or use a new key",
    UNAUTHENTICATED,
)
CREDENTIAL_REVOKED = Message(
    "credential-revoked",
    "此登录或密钥已被撤销，请重新登录或更换密钥",
    "This session or key was revoked: sign in again, or use a new key",
    UNAUTHENTICATED,
)
USER_DISABLED = Message(
    "user-disabled", "此用户已停用，请联系管理员", "This user is disabled: ask your administrator", FORBIDDEN
)
TENANT_SUSPENDED = Message(
    "tenant-suspended", "此企业的服务已暂停", "The service of this company is suspended", FORBIDDEN
)
NO_CUSTOMER = Message(
    "user-without-customer",
    "此用户尚未关联任何客户，请联系您的供应商",
    "This user belongs to no customer yet: ask your supplier",
    FORBIDDEN,
)

_SESSION = """
select s.secret_hash, s.user_id, s.seen_at, s.expires_at, s.ends_at, s.revoked_at,
       (select t.state from tenant t where t.id = $1) as tenant_state
from session s where s.tenant_id = $1 and s.id = $2
"""
_KEY = """
select k.*, (select t.state from tenant t where t.id = $1) as tenant_state
from api_key k where k.tenant_id = $1 and k.id = $2
"""
_SEEN = "update session set seen_at = $3, expires_at = $4 where tenant_id = $1 and id = $2 and seen_at < $3"
_USED = "update api_key set used_at = $3 where tenant_id = $1 and id = $2 and (used_at is null or used_at < $3)"


async def authenticate(database: Database, token: Token, credential: Credential, *, is_use: bool = True) -> Principal:
    """The principal of a session or an API key; refused when it is unknown, expired, revoked or disabled.

    What a screen does by itself is no use: an unused session ends, however long a page stays open.
    """
    memory = _memory(database, token.tenant_id)
    name = (credential, token.id, token.hash)
    known = memory.get(name)
    if known is not None and database.clock() < known[1]:
        return known[0]

    async def read(tx: Tx) -> tuple[Principal, datetime]:
        by = _by_session if credential == "session" else _by_key
        principal, until = await by(tx, token, is_use)
        return principal, min(until, tx.now + REMEMBERED)

    principal, until = await database.run(token.tenant_id, read)
    if len(memory) >= _MOST:
        memory.clear()
    memory[name] = (principal, until)
    return principal


def _memory(database: Database, tenant_id: int) -> dict[Any, tuple[Principal, datetime]]:
    return database.caches.get(tenant_id, _MEMORY, 0)


async def changed(tx: Tx) -> None:
    """Say that principals may have changed: this process forgets them at the commit, others within two seconds."""
    await touch(tx, "identity")
    database, tenant_id = tx.database, tx.tenant_id
    tx.after_commit(lambda: forget_principals(database, tenant_id))


def forget_principals(database: Database, tenant_id: int) -> None:
    """Look at credentials of this tenant anew: something about its people changed."""
    _memory(database, tenant_id).clear()


async def _by_session(tx: Tx, token: Token, is_use: bool) -> tuple[Principal, datetime]:
    row = _only(await tx.fetch(_SESSION, token.id))
    if not hmac.compare_digest(row["secret_hash"], token.hash):
        raise Refused(UNKNOWN_CREDENTIAL())
    _check_life(tx.now, row)
    until: datetime = row["expires_at"]
    if is_use and tx.now - row["seen_at"] >= NOTED:
        until = min(tx.now + SLIDES, row["ends_at"])
        await tx.write(_SEEN, token.id, tx.now, until)
    grants = await _active(tx, row["user_id"])
    return _user_principal(tx.tenant_id, grants, token.id), until


async def _by_key(tx: Tx, token: Token, is_use: bool) -> tuple[Principal, datetime]:
    row = _only(await tx.fetch(_KEY, token.id))
    current = hmac.compare_digest(row["secret_hash"], token.hash)
    previous = hmac.compare_digest(row["previous_hash"] or b"", token.hash)
    if not (current or previous):
        raise Refused(UNKNOWN_CREDENTIAL())
    _check_life(tx.now, row)
    if not current and not tx.now < row["previous_until"]:
        raise Refused(CREDENTIAL_EXPIRED())
    if is_use and (row["used_at"] is None or tx.now - row["used_at"] >= NOTED):
        await tx.write(_USED, token.id, tx.now)
    limits = [row["expires_at"], None if current else row["previous_until"]]
    until = min((limit for limit in limits if limit is not None), default=tx.now + REMEMBERED)
    if row["user_id"] is None:
        scope = await scope_of_parts(tx, row["scope"], row["department_ids"], row["region_ids"])
        return _system_principal(tx.tenant_id, row, scope), until
    grants = await _active(tx, row["user_id"])
    person = _user_principal(tx.tenant_id, _limited(grants, frozenset(row["permissions"])))
    return msgspec.structs.replace(
        person, id=token.id, name=f"{grants.name} · {row['name']}", credential="key", credential_id=token.id
    ), until


def _limited(grants: Grants, permissions: frozenset[str]) -> Grants:
    """What a key may do of what its user may."""
    return msgspec.structs.replace(
        grants,
        permissions=grants.permissions & permissions,
        rights={id: Rights(r.permissions & permissions, r.sees_price) for id, r in grants.rights.items()},
        must=None,
    )


def _only(rows: list[Any]) -> Any:
    if not rows:
        raise Refused(UNKNOWN_CREDENTIAL())
    return rows[0]


def _check_life(now: datetime, row: Any) -> None:
    if row["tenant_state"] != "active":
        raise Refused(TENANT_SUSPENDED())
    if row["revoked_at"] is not None:
        raise Refused(CREDENTIAL_REVOKED())
    if row["expires_at"] is not None and now >= row["expires_at"]:
        raise Refused(CREDENTIAL_EXPIRED())


async def _active(tx: Tx, user_id: UUID) -> Grants:
    grants = await user_grants(tx, user_id)
    if grants.state != "active":
        raise Refused(USER_DISABLED())
    return grants


def _user_principal(tenant_id: int, grants: Grants, session_id: UUID | None = None) -> Principal:
    if grants.audience == "staff":
        return StaffPrincipal(
            id=grants.id,
            tenant_id=tenant_id,
            user_id=grants.id,
            name=grants.name,
            language=grants.language,
            permissions=grants.permissions,
            scope=grants.scope,
            department_id=grants.department_id,
            sees_cost=grants.sees_cost,
            sees_margin=grants.sees_margin,
            sees_price=grants.sees_price,
            credential_id=session_id,
            must=grants.must,
        )
    if not grants.customer_ids:
        raise Refused(NO_CUSTOMER())
    first = min(grants.customer_ids)
    return DealerPrincipal(
        id=grants.id,
        tenant_id=tenant_id,
        user_id=grants.id,
        name=grants.name,
        language=grants.language,
        customer_id=first,
        customer_ids=grants.customer_ids,
        everywhere=Rights(grants.permissions, grants.sees_price),
        rights=grants.rights,
        credential_id=session_id,
        must=grants.must,
    ).acting_for(first)


def _system_principal(tenant_id: int, row: Any, scope: Scope) -> StaffPrincipal:
    return StaffPrincipal(
        id=row["id"],
        tenant_id=tenant_id,
        name=row["name"],
        permissions=frozenset(row["permissions"]),
        scope=scope,
        sees_cost=row["sees_cost"],
        sees_margin=row["sees_margin"],
        sees_price=row["sees_price"],
        credential="key",
        credential_id=row["id"],
    )
