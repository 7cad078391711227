"""To WeCom's door and back: the address to go to, and who came back, once, soon, with the same browser.

Written to what WeCom publishes: in its own browser `open.weixin.qq.com/connect/oauth2/authorize` with `snsapi_base`,
elsewhere the page with a code to scan, `login.work.weixin.qq.com/wwlogin/sso/login`. Both come back to the console
with `code` and `state`; a state may have letters and digits only, 128 of them at most.
"""

import hashlib
import hmac
import re
import secrets
from datetime import timedelta
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from sqlalchemy import delete, insert

from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, UNAUTHENTICATED, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.notices.tables import wecom_visit
from dinghuo.notices.wecom import WeComKeys

LASTS = timedelta(minutes=10)
# Where in the console people come back to.
PAGE = "/sign-in/wecom"

NOT_SET_UP = Message(
    "wecom-not-set-up", "此企业尚未开通企业微信登录", "This company has not set up signing in by WeCom", CONFLICT
)
STATE_INVALID = Message(
    "wecom-state-invalid",
    "企业微信登录已过期、已使用或不是在此浏览器发起的，请重新开始",
    "This way back from WeCom has expired, was used, or was begun in another browser: begin again",
    UNAUTHENTICATED,
)

_STATE = re.compile(r"([1-9][0-9]{0,18})x([0-9a-f]{32})([0-9a-f]{48})")


class Leaving(msgspec.Struct, frozen=True):
    """Where to go, and what the browser keeps meanwhile."""

    url: str
    browser: str

    def __repr__(self) -> str:
        return "Leaving(…)"


class State(msgspec.Struct, frozen=True):
    """A `state` as it came back."""

    tenant_id: int
    id: UUID
    secret: str

    def __repr__(self) -> str:
        return f"State({self.tenant_id}, {self.id}, …)"


async def leave(
    tx: Tx, keys: WeComKeys, *, site: str, in_wecom: bool, language: str, user_id: UUID | None = None
) -> Leaving:
    """Note that somebody goes to WeCom; those who did not come back in time are forgotten.

    `user_id` is who is signed in and wants to be known there.
    """
    v = wecom_visit.c
    await tx.execute(delete(wecom_visit).where(v.tenant_id == tx.tenant_id, v.expires_at <= tx.now))
    id, secret, browser = new_id(), secrets.token_hex(24), secrets.token_urlsafe(32)
    await tx.execute(
        insert(wecom_visit).values(
            tenant_id=tx.tenant_id,
            id=id,
            secret_hash=hashed(secret),
            browser_hash=hashed(browser),
            user_id=user_id,
            expires_at=tx.now + LASTS,
        )
    )
    state = f"{tx.tenant_id}x{id.hex}{secret}"
    back = f"{site}{PAGE}"
    return Leaving((_in_wecom if in_wecom else _by_scan)(keys, back, state, language), browser)


def read_state(text: str) -> State:
    found = _STATE.fullmatch(text)
    if found is None or int(found[1]) >= 2**63:
        raise Refused(STATE_INVALID("state"))
    return State(int(found[1]), UUID(hex=found[2]), found[3])


async def come_back(tx: Tx, state: State, browser: str | None, *, user_id: UUID | None = None) -> bool:
    """Whether this is somebody who left, with the browser they left with, for what they left. However it turns out,
    the state is used up."""
    v = wecom_visit.c
    used = delete(wecom_visit).where(
        v.tenant_id == tx.tenant_id, v.id == state.id, v.secret_hash == hashed(state.secret)
    )
    row = (await tx.execute(used.returning(v.browser_hash, v.user_id, v.expires_at))).one_or_none()
    if row is None or browser is None or row.expires_at <= tx.now or row.user_id != user_id:
        return False
    return hmac.compare_digest(row.browser_hash, hashed(browser))


def _in_wecom(keys: WeComKeys, back: str, state: str, _language: str) -> str:
    query = {
        "appid": keys.corp_id,
        "redirect_uri": back,
        "response_type": "code",
        "scope": "snsapi_base",
        "state": state,
        "agentid": keys.agent_id,
    }
    return f"https://open.weixin.qq.com/connect/oauth2/authorize?{urlencode(query)}#wechat_redirect"


def _by_scan(keys: WeComKeys, back: str, state: str, language: str) -> str:
    query = {
        "login_type": "CorpApp",
        "appid": keys.corp_id,
        "agentid": keys.agent_id,
        "redirect_uri": back,
        "state": state,
        "lang": language,
    }
    return f"https://login.work.weixin.qq.com/wwlogin/sso/login?{urlencode(query)}"


def hashed(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()
