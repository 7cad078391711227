"""Who somebody is to the company's mini-program: WeChat's `code2session`, as its makers describe it.

GET {base}/sns/jscode2session?appid=…&secret=…&js_code=…&grant_type=authorization_code answers 200 with JSON (as
text/plain): `openid`, `session_key`, perhaps `unionid`; or `errcode` and `errmsg`. A code is good once and for five
minutes. The session key is of no use here and not kept.
"""

from typing import TYPE_CHECKING

import msgspec
import structlog

from dinghuo.kit.errors import BUSY, CONFLICT, FORBIDDEN, TOO_MANY, UNAUTHENTICATED, Message, Refused

if TYPE_CHECKING:
    import httpx

_SECONDS = 5.0
_LONGEST_CODE = 200

CODE_INVALID = Message(
    "wechat-code-invalid",
    "微信登录凭证无效或已使用，请重试",
    "WeChat does not know this code, or it was used: try again",
    UNAUTHENTICATED,
)
TOO_OFTEN = Message(
    "wechat-too-often", "微信登录过于频繁，请稍后再试", "Signed in by WeChat too often: wait a moment", TOO_MANY
)
REFUSED = Message(
    "wechat-refused",
    "微信拒绝了此用户登录，请改用账号密码",
    "WeChat refused this user: sign in with account and password",
    FORBIDDEN,
)
WECHAT_BUSY = Message(
    "wechat-busy",
    "暂时无法连接微信，请稍后重试或改用账号密码",
    "WeChat cannot be reached at the moment: try again, or sign in with account and password",
    BUSY,
)
MISCONFIGURED = Message(
    "wechat-misconfigured",
    "小程序的 AppID 或 AppSecret 不正确，请联系您的供应商",
    "The mini-program's AppID or AppSecret is wrong: tell your supplier",
    CONFLICT,
)

# The code is unknown, was used, or is no code at all.
_OF_THE_CODE = frozenset({40029, 40163, 41008})
_OFTEN = frozenset({45009, 45011})
_HIGH_RISK = 40226
# An unknown or missing AppID or AppSecret, or an address that is not on the list of those allowed.
_OF_THE_SETTINGS = frozenset({40001, 40013, 40125, 40164, 41002, 41004})

log = structlog.get_logger()


class _Answer(msgspec.Struct, frozen=True):
    openid: str | None = None
    errcode: int = 0
    errmsg: str = ""


class WeChat:
    """WeChat's server, at the address of the installation's settings."""

    def __init__(self, url: str) -> None:
        self._url = f"{url}/sns/jscode2session"
        self._client: httpx.AsyncClient | None = None

    async def openid(self, app_id: str, secret: str, code: str) -> str:
        """The person behind a code of `wx.login`. Never called inside a transaction."""
        if not 0 < len(code) <= _LONGEST_CODE:
            raise Refused(CODE_INVALID("code"))
        answer = await self._ask(
            {"appid": app_id, "secret": secret, "js_code": code, "grant_type": "authorization_code"}
        )
        if answer.errcode == 0 and answer.openid:
            return answer.openid
        raise _refusal(answer)

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _ask(self, query: dict[str, str]) -> _Answer:
        import httpx  # a library to load: only for those who need it

        if self._client is None:
            self._client = httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False)
        try:
            answer = await self._client.get(self._url, params=query)
            answer.raise_for_status()
            return msgspec.json.decode(answer.content, type=_Answer)
        except (httpx.HTTPError, msgspec.MsgspecError) as error:
            # The message of the error may hold the address, and with it the secret.
            log.warning("wechat did not answer", reason=type(error).__name__)
            raise Refused(WECHAT_BUSY("code"), retry_after=5) from None


def _refusal(answer: _Answer) -> Refused:
    if answer.errcode in _OF_THE_CODE:
        return Refused(CODE_INVALID("code"))
    if answer.errcode in _OFTEN:
        return Refused(TOO_OFTEN("code"), retry_after=60)
    if answer.errcode == _HIGH_RISK:
        return Refused(REFUSED("code"))
    log.warning("wechat refused", errcode=answer.errcode)
    if answer.errcode in _OF_THE_SETTINGS:
        return Refused(MISCONFIGURED("code"))
    return Refused(WECHAT_BUSY("code"), retry_after=5)
