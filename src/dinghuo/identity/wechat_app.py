"""The company's own mini-program: its AppID, and its secret, which is sealed and never shown again."""

import re

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert

from dinghuo.identity.tables import wechat_app
from dinghuo.kit.actor import Actor
from dinghuo.kit.audit import Change, record
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Fault, Message, Refused
from dinghuo.kit.periodic import TENANT

APP_ID_FORM = Message(
    "wechat-app-id", "AppID 形如 wx1234567890abcdef", "An AppID looks like wx1234567890abcdef", MALFORMED
)
SECRET_FORM = Message(
    "wechat-secret",
    "AppSecret 为 32 位小写十六进制字符",
    "An AppSecret has 32 lower-case hexadecimal digits",
    MALFORMED,
)
SECRET_NEEDED = Message(
    "wechat-secret-needed", "启用前请填写 AppSecret", "Give the AppSecret before it is switched on", CONFLICT
)
NOT_SET_UP = Message(
    "wechat-not-set-up", "此企业尚未开通微信登录", "This company has not set up signing in by WeChat", CONFLICT
)

_APP_ID = re.compile(r"wx[0-9a-f]{16}")
_SECRET = re.compile(r"[0-9a-f]{32}")


class WeChatAppInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The secret, left out, stays as it is; of another AppID it has to be given."""

    app_id: str
    active: bool
    secret: str | UnsetType = UNSET

    def __repr__(self) -> str:
        return f"WeChatAppInput({self.app_id!r}, …)"


class WeChatAppView(msgspec.Struct, frozen=True):
    app_id: str | None
    has_secret: bool
    active: bool
    revision: int


class WeChatKeys(msgspec.Struct, frozen=True):
    """What WeChat is asked with."""

    app_id: str
    secret: str

    def __repr__(self) -> str:
        return f"WeChatKeys({self.app_id}, …)"


async def read_wechat_app(tx: Tx) -> WeChatAppView:
    row = await tx.one(select(wechat_app).where(wechat_app.c.tenant_id == tx.tenant_id))
    if row is None:
        return WeChatAppView(None, has_secret=False, active=False, revision=0)
    return WeChatAppView(row.app_id, row.secret is not None, row.active, row.revision)


async def save_wechat_app(tx: Tx, *, item: WeChatAppInput, by: Actor) -> WeChatAppView:
    """With another AppID everybody has to bind again: WeChat knows them by other names there."""
    w = wechat_app.c
    old = await tx.one(select(wechat_app).where(w.tenant_id == tx.tenant_id).with_for_update(key_share=True))
    secret = old.secret if old is not None and old.app_id == item.app_id else None
    faults: list[Fault] = []
    if not _APP_ID.fullmatch(item.app_id):
        faults.append(APP_ID_FORM("app_id"))
    if item.secret is not UNSET:
        if not _SECRET.fullmatch(item.secret):
            faults.append(SECRET_FORM("secret"))
        secret = item.secret if faults else tx.database.vault.seal(_purpose(item.app_id), item.secret)
    if item.active and secret is None:
        faults.append(SECRET_NEEDED("secret"))
    if faults:
        raise Refused(faults)
    values = {"app_id": item.app_id, "secret": secret, "active": item.active, "updated_at": tx.now}
    revision = old.revision + 1 if old is not None else 1
    written = insert(wechat_app).values(tenant_id=tx.tenant_id, revision=revision, **values)
    await tx.execute(
        written.on_conflict_do_update(index_elements=["tenant_id"], set_={**values, "revision": revision})
    )
    told = {
        name: [getattr(old, name, None), value]
        for name, value in (("app_id", item.app_id), ("active", item.active))
        if getattr(old, name, None) != value
    }
    if item.secret is not UNSET:
        told["secret"] = ["…", "…"]
    await record(tx, [Change("wechat_app", TENANT, "updated", by, told)])
    return WeChatAppView(item.app_id, secret is not None, item.active, revision)


async def wechat_keys(tx: Tx) -> WeChatKeys:
    """Refused unless the company has set it up and switched it on."""
    row = await tx.one(select(wechat_app).where(wechat_app.c.tenant_id == tx.tenant_id))
    if row is None or not row.active or row.secret is None:
        raise Refused(NOT_SET_UP())
    return WeChatKeys(row.app_id, tx.database.vault.open(_purpose(row.app_id), row.secret))


def _purpose(app_id: str) -> str:
    return f"wechat {app_id}"
