"""The company's own app in WeCom: its settings, and who of the staff is who there."""

import re
from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from dinghuo.identity.save_users import normal_login
from dinghuo.identity.tables import app_user
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.bulk import UNKNOWN_CODE, check_codes, drop, put
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Fault, Message, Refused
from dinghuo.kit.faults import Faults
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.kit.periodic import TENANT
from dinghuo.kit.texts import storable
from dinghuo.notices.tables import wecom_app, wecom_person
from dinghuo.notices.wecom import WeComKeys

CORP_ID_FORM = Message(
    "wecom-corp-id", "企业 ID 形如 ww1234567890abcdef", "A corp ID looks like ww1234567890abcdef", MALFORMED
)
SECRET_FORM = Message(
    "wecom-secret",
    "应用 Secret 由 20 到 100 个字母、数字、- 和 _ 组成",
    "An app's secret has 20 to 100 letters, digits, - and _",
    MALFORMED,
)
SECRET_NEEDED = Message(
    "wecom-secret-needed", "启用前请填写应用 Secret", "Give the app's secret before it is switched on", CONFLICT
)
PERSON_FORM = Message(
    "wecom-user",
    "企业微信账号为 1 到 64 个字符，不含空格",
    "A WeCom user ID has 1 to 64 characters, no spaces",
    MALFORMED,
)
PERSON_TAKEN = Message(
    "wecom-user-taken",
    "企业微信账号“{wecom_user}”已属于另一用户",
    "The WeCom user '{wecom_user}' belongs to somebody else",
    CONFLICT,
)

_CORP_ID = re.compile(r"w[wx][0-9a-f]{16}")
_SECRET = re.compile(r"[A-Za-z0-9_-]{20,100}")
_PERSON = re.compile(r"[A-Za-z0-9_.@-]{1,64}")


class WeComAppInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret, left out, stays as it is; of another app it has to be given."""

    corp_id: str
    agent_id: Annotated[int, msgspec.Meta(ge=1, le=2_000_000_000)]
    active: bool
    secret: str | UnsetType = UNSET

    def __repr__(self) -> str:
        return f"WeComAppInput({self.corp_id!r}, …)"


class WeComAppView(msgspec.Struct, frozen=True):
    """The secret is never told."""

    corp_id: str | None
    agent_id: int | None
    has_secret: bool
    active: bool
    revision: int


class WeComPerson(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A user by login and their name in WeCom; null: they are told nothing there."""

    login: str
    wecom_user: str | None


async def read_wecom_app(tx: Tx) -> WeComAppView:
    row = await tx.one(select(wecom_app).where(wecom_app.c.tenant_id == tx.tenant_id))
    if row is None:
        return WeComAppView(None, None, has_secret=False, active=False, revision=0)
    return WeComAppView(row.corp_id, row.agent_id, row.secret is not None, row.active, row.revision)


async def save_wecom_app(tx: Tx, *, item: WeComAppInput, by: Actor) -> WeComAppView:
    """Say which app it is. The secret is stored encrypted."""
    w = wecom_app.c
    old = await tx.one(select(wecom_app).where(w.tenant_id == tx.tenant_id).with_for_update(key_share=True))
    is_same = old is not None and (old.corp_id, old.agent_id) == (item.corp_id, item.agent_id)
    secret = old.secret if is_same and old is not None else None
    faults: list[Fault] = []
    if not _CORP_ID.fullmatch(item.corp_id):
        faults.append(CORP_ID_FORM("corp_id"))
    if item.secret is not UNSET:
        if not _SECRET.fullmatch(item.secret):
            faults.append(SECRET_FORM("secret"))
        secret = item.secret if faults else tx.database.vault.seal(_purpose(item.corp_id), item.secret)
    if item.active and secret is None:
        faults.append(SECRET_NEEDED("secret"))
    if faults:
        raise Refused(faults)
    values = {
        "corp_id": item.corp_id,
        "agent_id": item.agent_id,
        "secret": secret,
        "active": item.active,
        "updated_at": tx.now,
        "revision": old.revision + 1 if old is not None else 1,
    }
    written = insert(wecom_app).values(tenant_id=tx.tenant_id, **values)
    await tx.execute(written.on_conflict_do_update(index_elements=["tenant_id"], set_=values))
    told = {
        name: [getattr(old, name, None), values[name]]
        for name in ("corp_id", "agent_id", "active")
        if getattr(old, name, None) != values[name]
    }
    if item.secret is not UNSET:
        told["secret"] = ["…", "…"]
    await record(tx, [Change("wecom_app", TENANT, "updated", by, told)])
    return await read_wecom_app(tx)


async def wecom_keys(tx: Tx) -> WeComKeys | None:
    """What to ask WeCom with; None where it is not set up or switched off."""
    row = await tx.one(select(wecom_app).where(wecom_app.c.tenant_id == tx.tenant_id))
    if row is None or not row.active or row.secret is None:
        return None
    return WeComKeys(row.corp_id, row.agent_id, tx.database.vault.open(_purpose(row.corp_id), row.secret))


async def save_people(tx: Tx, *, items: Sequence[WeComPerson], by: Actor) -> int:
    """Say who is who in WeCom, all or nothing."""
    faults = Faults("items")
    logins = [normal_login(item.login) for item in items]
    check_codes(faults, logins, "login")
    check_codes(faults, [item.wecom_user for item in items if item.wecom_user], "wecom_user")
    u, p = app_user.c, wecom_person.c
    rows = await tx.rows(
        select(u.id, u.login).where(u.tenant_id == tx.tenant_id, u.audience == "staff", u.login.in_(storable(logins)))
    )
    ids: dict[str, UUID] = {row.login: row.id for row in rows}
    names = [item.wecom_user for item in items if item.wecom_user]
    taken = {
        row.wecom_user: row.user_id
        for row in await tx.rows(
            select(p.user_id, p.wecom_user).where(
                p.tenant_id == tx.tenant_id, p.wecom_user.in_(storable(names)), p.user_id.not_in(ids.values())
            )
        )
    }
    for line, (item, login) in enumerate(zip(items, logins, strict=True)):
        if login not in ids:
            faults.add(line, "login", UNKNOWN_CODE, code=item.login)
        if item.wecom_user is not None and not _PERSON.fullmatch(item.wecom_user):
            faults.add(line, "wecom_user", PERSON_FORM)
        elif item.wecom_user in taken:
            faults.add(line, "wecom_user", PERSON_TAKEN, wecom_user=item.wecom_user)
    faults.check()
    await drop(tx, wecom_person, [(ids[login],) for login in logins])
    await put(
        tx,
        wecom_person,
        [
            {"user_id": ids[login], "wecom_user": item.wecom_user}
            for item, login in zip(items, logins, strict=True)
            if item.wecom_user is not None
        ],
    )
    await record(
        tx,
        [
            Change("app_user", ids[login], "updated", by, {"wecom_user": [None, item.wecom_user]})
            for item, login in zip(items, logins, strict=True)
        ],
    )
    return len(items)


async def list_people(tx: Tx, *, cursor: str | None, limit: int) -> Page[WeComPerson]:
    """Staff by login, with their names in WeCom."""
    u, p = app_user.c, wecom_person.c
    wanted = (
        select(u.login, p.wecom_user)
        .outerjoin(wecom_person, (p.tenant_id == tx.tenant_id) & (p.user_id == u.id))
        .where(u.tenant_id == tx.tenant_id, u.audience == "staff", u.state == "active")
    )
    if cursor is not None:
        wanted = wanted.where(u.login > decode_cursor(cursor, (str,))[0])
    rows = await tx.rows(wanted.order_by(u.login).limit(limit + 1))
    return page(rows, limit, lambda row: (row.login,), lambda row: WeComPerson(row.login, row.wecom_user))


def _purpose(corp_id: str) -> str:
    return f"wecom {corp_id}"
