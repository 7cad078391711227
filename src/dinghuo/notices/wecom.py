"""WeCom 企业微信: messages of a company's self-built app, and who signed in to it, as its makers describe them.

GET {base}/cgi-bin/gettoken?corpid=…&corpsecret=… answers `access_token` and `expires_in`; the token is the same for
everybody until it expires, and asked for too often it is refused: it is kept. POST {base}/cgi-bin/message/send?
access_token=… takes up to 1,000 users at once. GET {base}/cgi-bin/auth/getuserinfo?access_token=…&code=… says whose
code it is: `userid` of a member, `openid` of a stranger. Every answer is 200 with `errcode`, 0 when it went well.
"""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    import httpx

_SECONDS = 10.0
# What is left of a token's life when another is asked for.
_SPARE = 300
_TOKEN_OVER = frozenset({40001, 40014, 42001})
_NOBODY = frozenset({81013, 82001})
# A code is good once and for five minutes.
_CODE_OVER = frozenset({40029, 42003})
_LONGEST_CODE = 512
MOST_USERS = 1000


class WeComKeys(msgspec.Struct, frozen=True):
    """What WeCom is asked with."""

    corp_id: str
    agent_id: int
    secret: str

    def __repr__(self) -> str:
        return f"WeComKeys({self.corp_id}, {self.agent_id}, …)"


class Card(msgspec.Struct, frozen=True):
    """What somebody is told. The link leads to a page where one has to be signed in: it decides nothing."""

    title: str
    text: str
    url: str | None


class WeComFailed(Exception):
    """WeCom cannot be reached, or says no."""


class CodeOver(Exception):
    """WeCom does not know this code, or not any more."""


class _Answer(msgspec.Struct, frozen=True):
    errcode: int = 0
    errmsg: str = ""
    access_token: str = ""
    expires_in: int = 0
    userid: str = ""


class WeCom:
    """WeCom's server, at the address of the installation's settings. Never called inside a transaction."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._tokens: dict[WeComKeys, tuple[str, float]] = {}
        self._client: httpx.AsyncClient | None = None

    async def send(self, keys: WeComKeys, users: Sequence[str], card: Card) -> None:
        """Tell these users, by their names in WeCom. Who is not there is passed over."""
        body = {
            "touser": "|".join(users[:MOST_USERS]),
            "agentid": keys.agent_id,
            # Told twice within half an hour it is shown once.
            "enable_duplicate_check": 1,
            "duplicate_check_interval": 1800,
            **_content(card),
        }
        answer = await self._with_token(keys, "POST", "/cgi-bin/message/send", {}, body)
        if answer.errcode not in (0, *_NOBODY):
            raise WeComFailed(f"message/send: {answer.errcode}")

    async def user_of(self, keys: WeComKeys, code: str) -> str | None:
        """Who has just signed in at WeCom, by the code it gave the browser; None for who is no member there."""
        if not 0 < len(code) <= _LONGEST_CODE:
            raise CodeOver
        answer = await self._with_token(keys, "GET", "/cgi-bin/auth/getuserinfo", {"code": code}, None)
        if answer.errcode in _CODE_OVER:
            raise CodeOver
        if answer.errcode:
            raise WeComFailed(f"auth/getuserinfo: {answer.errcode}")
        return answer.userid or None

    async def close(self) -> None:
        if self._client is not None:
            await self._client.aclose()
            self._client = None

    async def _with_token(
        self, keys: WeComKeys, method: str, path: str, query: dict[str, str], body: dict[str, Any] | None
    ) -> _Answer:
        """Ask with the token that is known; once more with a new one when that was refused."""
        answer = await self._ask(method, path, {**query, "access_token": await self._token(keys)}, body)
        if answer.errcode in _TOKEN_OVER:
            self._tokens.pop(keys, None)
            answer = await self._ask(method, path, {**query, "access_token": await self._token(keys)}, body)
        return answer

    async def _token(self, keys: WeComKeys) -> str:
        known = self._tokens.get(keys)
        if known is not None and time.monotonic() < known[1]:
            return known[0]
        query = {"corpid": keys.corp_id, "corpsecret": keys.secret}
        answer = await self._ask("GET", "/cgi-bin/gettoken", query, None)
        if answer.errcode or not answer.access_token:
            raise WeComFailed(f"gettoken: {answer.errcode}")
        self._tokens[keys] = (answer.access_token, time.monotonic() + max(answer.expires_in - _SPARE, 0))
        return answer.access_token

    async def _ask(self, method: str, path: str, query: dict[str, str], body: dict[str, Any] | None) -> _Answer:
        import httpx  # a library to load: only for those who need it

        if self._client is None:
            self._client = httpx.AsyncClient(timeout=_SECONDS, follow_redirects=False)
        try:
            answer = await self._client.request(method, self._url + path, params=query, json=body)
            answer.raise_for_status()
            return msgspec.json.decode(answer.content, type=_Answer)
        except (httpx.HTTPError, msgspec.MsgspecError) as error:
            # The message of the error may hold the address, and with it the secret.
            raise WeComFailed(f"{path}: {type(error).__name__}") from None


def _content(card: Card) -> dict[str, Any]:
    if card.url is None:
        return {"msgtype": "text", "text": {"content": cut(f"{card.title}\n{card.text}".strip(), 2048)}}
    return {
        "msgtype": "textcard",
        "textcard": {
            "title": cut(card.title, 128),
            "description": cut(card.text or card.title, 512),
            "url": card.url,
            "btntxt": "查看",
        },
    }


def cut(text: str, most: int) -> str:
    """As much of it as fits into so many bytes, no character broken."""
    raw = text.encode()
    return text if len(raw) <= most else raw[: most - 3].decode(errors="ignore") + "…"
