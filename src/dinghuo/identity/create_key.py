"""A new API key. Its secret is told once and never again."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from msgspec import Struct
from sqlalchemy import insert, select

from dinghuo.identity.granting import BEYOND_OWN, Granter
from dinghuo.identity.permissions import PERMISSIONS, Audience
from dinghuo.identity.principals import EVERYTHING, Scope
from dinghuo.identity.save_users import REGION, normal_login
from dinghuo.identity.tables import api_key, app_user, department
from dinghuo.identity.tokens import Token, new_token
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.bulk import UNKNOWN_CODE, resolve
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, FORBIDDEN, MALFORMED, Fault, Message, Refused
from dinghuo.kit.ids import new_id

KEY_NAME = Message("key-name", "密钥名称为 1 到 100 个字符", "A key's name has 1 to 100 characters", MALFORMED)
UNKNOWN_PERMISSION = Message(
    "unknown-permission", "没有“{permission}”这个权限", "There is no permission '{permission}'", MALFORMED
)
PERMISSION_OF_OTHERS = Message(
    "permission-of-others",
    "权限“{permission}”不适用于此类用户",
    "The permission '{permission}' is not for this kind of user",
    CONFLICT,
)
KEY_WITHOUT_PERMISSIONS = Message(
    "key-without-permissions", "密钥至少要有一个权限", "A key needs at least one permission", MALFORMED
)
UNKNOWN_USER = Message("unknown-user", "没有用户“{login}”", "There is no user '{login}'", MALFORMED)
EXPIRES_IN_PAST = Message("expires-in-past", "到期时间必须晚于现在", "The time of expiry must lie ahead", MALFORMED)
EXPIRES_TOO_LATE = Message(
    "expires-too-late", "到期时间须早于 9999 年", "The time of expiry must lie before the year 9999", MALFORMED
)
SCOPE_WITHOUT_PARTS = Message(
    "scope-without-parts",
    "数据范围为部门或区域时，须列出至少一个，其他范围不列",
    "A scope of departments or regions names at least one of them, and no other scope does",
    MALFORMED,
)
SCOPE_OF_USER = Message(
    "key-scope-of-user",
    "属于用户的密钥沿用该用户的数据范围与字段权限",
    "A user's key has the data scope and field rights of its user",
    CONFLICT,
)
KEY_OF_ANOTHER = Message(
    "key-of-another-user",
    "只有能管理角色的人才能为其他员工建立密钥",
    "Only somebody who may edit roles makes keys of other staff users",
    FORBIDDEN,
)
SCOPE_BEYOND_OWN = Message(
    "scope-beyond-own",
    "不能授予超出您自己的数据范围或字段权限",
    "This goes beyond your own data scope or field rights",
    FORBIDDEN,
)


# West of Greenwich, the last hours of the calendar have no moment in UTC.
_END_OF_TIME = datetime(9999, 1, 1, tzinfo=UTC)


class NewKey(Struct, kw_only=True, forbid_unknown_fields=True):
    """Without `user` it is a system's key with a scope of its own; with one it does what that user may, no more."""

    name: str
    permissions: list[str]
    user: str | None = None
    scope: Literal["all", "department", "region"] = "all"
    departments: list[str] = []
    regions: list[str] = []
    sees_cost: bool = False
    sees_margin: bool = False
    sees_price: bool = False
    expires_at: datetime | None = None


class KeyLimits(Struct, frozen=True):
    """What whoever makes a key may give it. `user_id` is their own."""

    granter: Granter = Granter()
    user_id: UUID | None = None
    scope: Scope = EVERYTHING
    rights: frozenset[str] = frozenset({"sees_cost", "sees_margin", "sees_price"})


async def create_key(tx: Tx, *, key: NewKey, by: Actor, limits: KeyLimits) -> Token:
    """Make a key and return its secret."""
    faults = _faults_of_form(tx.now, key)
    user = await _user(tx, key.user, faults)
    audience: Audience = user[1] if user else "staff"
    if user and audience == "staff" and limits.granter.permissions is not None and user[0] != limits.user_id:
        faults.append(KEY_OF_ANOTHER("user"))
    faults += _faults_of_permissions(key.permissions, audience, limits.granter)
    departments = await _ids(tx, "departments", key.departments, faults)
    regions = await _ids(tx, "regions", key.regions, faults)
    faults += _faults_of_scope(key, limits, Scope(key.scope, None, departments, regions))
    if faults:
        raise Refused(faults)
    token = new_token(tx.tenant_id, new_id())
    await tx.execute(
        insert(api_key).values(
            tenant_id=tx.tenant_id,
            id=token.id,
            name=key.name,
            user_id=user[0] if user else None,
            permissions=sorted(set(key.permissions)),
            scope=key.scope,
            department_ids=sorted(departments),
            region_ids=sorted(regions),
            sees_cost=key.sees_cost,
            sees_margin=key.sees_margin,
            sees_price=key.sees_price,
            secret_hash=token.hash,
            expires_at=key.expires_at,
            created_by=by.id if by.kind == "staff" else None,
            created_at=tx.now,
        )
    )
    told = {"name": [None, key.name], "user": [None, key.user], "permissions": [None, sorted(set(key.permissions))]}
    await record(tx, [Change("api_key", token.id, "created", by, told)])
    return token


def _faults_of_form(now: datetime, key: NewKey) -> list[Fault]:
    faults: list[Fault] = []
    if not (len(key.name.strip()) >= 1 and len(key.name) <= 100 and key.name.isprintable()):
        faults.append(KEY_NAME("name"))
    if not key.permissions:
        faults.append(KEY_WITHOUT_PERMISSIONS("permissions"))
    if key.expires_at is not None and (key.expires_at.tzinfo is None or key.expires_at <= now):
        faults.append(EXPIRES_IN_PAST("expires_at"))
    elif key.expires_at is not None and key.expires_at >= _END_OF_TIME:
        faults.append(EXPIRES_TOO_LATE("expires_at"))
    if (key.scope == "department") != bool(key.departments) or (key.scope == "region") != bool(key.regions):
        faults.append(SCOPE_WITHOUT_PARTS("scope"))
    return faults


def _faults_of_permissions(permissions: Sequence[str], audience: Audience, granter: Granter) -> list[Fault]:
    faults = [
        UNKNOWN_PERMISSION(f"permissions[{number}]", permission=name)
        if name not in PERMISSIONS
        else PERMISSION_OF_OTHERS(f"permissions[{number}]", permission=name)
        for number, name in enumerate(permissions)
        if name not in PERMISSIONS or PERMISSIONS[name].audience != audience
    ]
    known = [name for name in permissions if name in PERMISSIONS]
    return faults + [BEYOND_OWN("permissions", permission=name) for name in granter.beyond(known)]


async def _user(tx: Tx, login: str | None, faults: list[Fault]) -> tuple[UUID, Audience] | None:
    if login is None:
        return None
    row = await tx.one(
        select(app_user.c.id, app_user.c.audience).where(
            app_user.c.tenant_id == tx.tenant_id, app_user.c.login == normal_login(login)
        )
    )
    if row is None:
        faults.append(UNKNOWN_USER("user", login=login))
        return None
    return row.id, row.audience


async def _ids(tx: Tx, field: str, codes: Sequence[str], faults: list[Fault]) -> frozenset[UUID]:
    of: Any = department if field == "departments" else REGION
    known = (await resolve(tx, {field: (of, "code", codes)}))[field]
    faults += [
        UNKNOWN_CODE(f"{field}[{number}]", code=code) for number, code in enumerate(codes) if code not in known
    ]
    return frozenset(known.values())


def _faults_of_scope(key: NewKey, limits: KeyLimits, wanted: Scope) -> list[Fault]:
    rights = [name for name in ("sees_cost", "sees_margin", "sees_price") if getattr(key, name)]
    if key.user is not None:
        return [SCOPE_OF_USER("scope")] if key.scope != "all" or rights else []
    faults: list[Fault] = []
    own = limits.scope
    within = own.kind == "all" or (
        wanted.kind != "all" and wanted.department_ids <= own.department_ids and wanted.region_ids <= own.region_ids
    )
    if not within:
        faults.append(SCOPE_BEYOND_OWN("scope"))
    return faults + [SCOPE_BEYOND_OWN(name) for name in rights if name not in limits.rights]
