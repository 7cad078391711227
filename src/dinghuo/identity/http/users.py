"""Users, their credentials, and API keys: under /api/v1."""

from datetime import timedelta
from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, delete, get, patch, post, put
from litestar.params import HeaderParameter, Parameter, QueryParameter

from dinghuo.identity.create_key import KeyLimits, NewKey, create_key
from dinghuo.identity.credentials import KeyView, SessionView, list_keys, list_sessions
from dinghuo.identity.edits import code_to_edit
from dinghuo.identity.enrol_totp import remove_totp
from dinghuo.identity.granting import granter_of
from dinghuo.identity.passwords import hash_password, password_faults
from dinghuo.identity.permissions import Audience
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.identity.queries import UserFilter, UserView, get_user, list_users
from dinghuo.identity.revoke_keys import revoke_keys
from dinghuo.identity.revoke_sessions import revoke_sessions
from dinghuo.identity.rotate_key import rotate_key
from dinghuo.identity.save_users import UserFields, UserInput, save_users
from dinghuo.identity.set_password import set_password
from dinghuo.identity.tables import app_user
from dinghuo.identity.tokens import readable_secret
from dinghuo.identity.touchable import check_touchable
from dinghuo.kit.bodies import Items, SavedView, saved_view
from dinghuo.kit.bulk import Saved
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.http import language_of, needs
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page
from dinghuo.kit.revisions import etag, expected_revision

Limit = Annotated[int, Parameter(ge=1, le=200)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_USERS, _KEYS = needs("identity.users"), needs("identity.keys")


class PasswordForUser(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Left out, a password is made up."""

    password: str | None = None

    def __repr__(self) -> str:
        return "PasswordForUser(…)"


class TemporaryPassword(msgspec.Struct, frozen=True):
    """Told only now; the user has to choose their own when they sign in with it."""

    password: str

    def __repr__(self) -> str:
        return "TemporaryPassword(…)"


class KeySecret(msgspec.Struct, frozen=True):
    """The whole key, `tenant.id.secret`. It is told only now."""

    id: UUID
    key: str

    def __repr__(self) -> str:
        return f"KeySecret({self.id}, …)"


class Rotation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How long the old secret works beside the new one: a day, unless said otherwise."""

    overlap_seconds: int = 86_400


@get("/users", opt=_USERS)
async def read_users(
    database: Database,
    staff: StaffPrincipal,
    search: str | None = None,
    audience: Audience | None = None,
    role: str | None = None,
    department: str | None = None,
    in_state: Annotated[Literal["active", "disabled"] | None, QueryParameter(name="state")] = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[UserView]:
    """Users by login. `search` is a part of the login, the name, the mobile number or the e-mail address."""
    wanted = UserFilter(search=search, audience=audience, role=role, department=department, state=in_state)
    async with database.transaction(staff.tenant_id) as tx:
        return await list_users(tx, wanted=wanted, cursor=cursor, limit=limit)


@put("/users", opt=_USERS)
async def put_users(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Items[UserInput]
) -> SavedView:
    """Create or update users by login, all or nothing. Fields left out stay as they are."""
    saved = await database.run(
        staff.tenant_id,
        lambda tx: save_users(tx, items=data.items, by=staff.actor(), granter=granter_of(staff)),
    )
    return saved_view(saved, language_of(request))


@get("/users/{user_id:uuid}", opt=_USERS)
async def read_user(database: Database, staff: StaffPrincipal, user_id: UUID) -> Response[UserView]:
    """One user; the ETag is its revision."""
    async with database.transaction(staff.tenant_id) as tx:
        view = await get_user(tx, user_id)
    if view is None:
        raise missing("user", user_id)
    return Response(view, headers={"etag": etag(view.revision)})


@patch("/users/{user_id:uuid}", opt=_USERS)
async def patch_user(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    user_id: UUID,
    data: UserFields,
    if_match: IfMatch = None,
) -> SavedView:
    """Change what is given of one user, provided that nobody else changed it meanwhile."""
    revision = expected_revision(if_match)

    async def edit(tx: Tx) -> Saved:
        login = await code_to_edit(tx, app_user, user_id, revision=revision, what="user", column="login")
        item = UserInput(login=login, **msgspec.structs.asdict(data))
        return await save_users(tx, items=[item], by=staff.actor(), granter=granter_of(staff), path="")

    return saved_view(await database.run(staff.tenant_id, edit), language_of(request))


@post("/users/{user_id:uuid}/password", opt=_USERS)
async def give_password(
    database: Database, staff: StaffPrincipal, user_id: UUID, data: PasswordForUser
) -> TemporaryPassword:
    """Give a user a temporary password. Their sessions end. Sent twice, the second password counts."""
    password = data.password if data.password is not None else readable_secret()
    faults = password_faults(password, field="password")
    if faults:
        raise Refused(faults)
    hashed = await hash_password(password)
    await database.run(
        staff.tenant_id,
        lambda tx: set_password(
            tx, user_id=user_id, password_hash=hashed, by=staff.actor(), granter=granter_of(staff)
        ),
    )
    return TemporaryPassword(password)


@post("/users/{user_id:uuid}/totp/remove", opt=_USERS, status_code=204)
async def take_second_factor(database: Database, staff: StaffPrincipal, user_id: UUID) -> Response[None]:
    """Take the second factor of a user who lost it. Their sessions end."""

    async def remove(tx: Tx) -> None:
        await check_touchable(tx, user_id, granter_of(staff))
        await remove_totp(tx, user_id=user_id, by=staff.actor())
        await revoke_sessions(tx, user_id=user_id, by=staff.actor())

    await database.run(staff.tenant_id, remove)
    return Response(None, status_code=204)


@get("/users/{user_id:uuid}/sessions", opt=_USERS)
async def read_sessions(database: Database, staff: StaffPrincipal, user_id: UUID) -> list[SessionView]:
    """A user's open sessions."""
    async with database.transaction(staff.tenant_id) as tx:
        if await get_user(tx, user_id) is None:
            raise missing("user", user_id)
        return await list_sessions(tx, user_id=user_id, current=staff.credential_id)


@delete("/users/{user_id:uuid}/sessions", opt=_USERS, status_code=204)
async def end_sessions(database: Database, staff: StaffPrincipal, user_id: UUID) -> Response[None]:
    """End all sessions of a user."""

    async def end(tx: Tx) -> None:
        await check_touchable(tx, user_id, granter_of(staff))
        await revoke_sessions(tx, user_id=user_id, by=staff.actor())

    await database.run(staff.tenant_id, end)
    return Response(None, status_code=204)


@get("/api-keys", opt=_KEYS)
async def read_keys(
    database: Database, staff: StaffPrincipal, cursor: str | None = None, limit: Limit = 50
) -> Page[KeyView]:
    """API keys, the newest first."""
    async with database.transaction(staff.tenant_id) as tx:
        return await list_keys(tx, cursor=cursor, limit=limit)


@post("/api-keys", opt=_KEYS)
async def new_key(database: Database, staff: StaffPrincipal, data: NewKey) -> KeySecret:
    """Make a key. No Idempotency-Key is heeded: the answer holds a secret and is kept nowhere."""
    rights = frozenset(name for name in ("sees_cost", "sees_margin", "sees_price") if getattr(staff, name))
    limits = KeyLimits(granter_of(staff), staff.user_id, staff.scope, rights)
    token = await database.run(staff.tenant_id, lambda tx: create_key(tx, key=data, by=staff.actor(), limits=limits))
    return KeySecret(token.id, token.text())


@post("/api-keys/{key_id:uuid}/rotate", opt=_KEYS)
async def new_secret(database: Database, staff: StaffPrincipal, key_id: UUID, data: Rotation) -> KeySecret:
    """Give a key a new secret; the old one works on for a while."""
    overlap = timedelta(seconds=max(-1, min(data.overlap_seconds, 10**9)))
    token = await database.run(
        staff.tenant_id,
        lambda tx: rotate_key(tx, key_id=key_id, overlap=overlap, by=staff.actor(), granter=granter_of(staff)),
    )
    return KeySecret(token.id, token.text())


@delete("/api-keys/{key_id:uuid}", opt=_KEYS, status_code=204)
async def end_key(database: Database, staff: StaffPrincipal, key_id: UUID) -> Response[None]:
    """Revoke a key for good."""
    await database.run(staff.tenant_id, lambda tx: revoke_keys(tx, ids=[key_id], by=staff.actor()))
    return Response(None, status_code=204)


router = Router(
    "/",
    route_handlers=[
        read_users,
        put_users,
        read_user,
        patch_user,
        give_password,
        take_second_factor,
        read_sessions,
        end_sessions,
        read_keys,
        new_key,
        new_secret,
        end_key,
    ],
    tags=["users"],
)
