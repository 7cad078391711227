"""A WeCom that answers as its makers describe it, on this machine: tokens that expire, messages, sign-in codes."""

import json
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.faults.serving import listening

CORP_ID = "ww0123456789abcdef"
AGENT_ID = 1000002
SECRET = "abcdefghijklmnopqrstuvwxyz0123456789_-ABCDE"


@dataclass
class FakeWeCom:
    url: str = ""
    # What it answers to messages, when not 0; whether it is down.
    errcode: int = 0
    is_down: bool = False
    tokens: list[str] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)
    people: set[str] = field(default_factory=lambda: {"Boss", "Manager"})
    # The codes it gave browsers, and whose they are; each is good once.
    codes: dict[str, str] = field(default_factory=dict)
    # For tests that never were at its pages: any code is good, and says whose it is before its first colon.
    takes_any_code: bool = False

    def expire(self) -> None:
        """No token it gave is good any more."""
        self.tokens.append("")

    def agree(self, url: str, user: str) -> str:
        """Somebody follows a link to WeCom's own pages and says yes: where the browser is sent back to.

        `user` is a member of the company, or `stranger`.
        """
        parts = urlsplit(url)
        query = {name: values[0] for name, values in parse_qs(parts.query).items()}
        assert (query["appid"], query["agentid"]) == (CORP_ID, str(AGENT_ID))
        assert re.fullmatch(r"[a-zA-Z0-9]{1,128}", query["state"])
        where = f"{parts.scheme}://{parts.netloc}{parts.path}"
        if where == "https://open.weixin.qq.com/connect/oauth2/authorize":
            assert (query["response_type"], query["scope"]) == ("code", "snsapi_base")
            assert parts.fragment == "wechat_redirect"
        else:
            assert where == "https://login.work.weixin.qq.com/wwlogin/sso/login"
            assert query["login_type"] == "CorpApp"
        code = f"code-{len(self.codes)}"
        self.codes[code] = user
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}"

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        body = b""
        while True:
            message = await receive()
            body += message.get("body", b"")
            if not message.get("more_body"):
                break
        status = 502 if self.is_down else 200
        answer = self._answer(scope["method"], scope["path"], query, body)
        headers = [(b"content-type", b"application/json; charset=UTF-8")]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(answer).encode()})

    def _answer(self, method: str, path: str, query: dict[str, str], body: bytes) -> dict[str, Any]:
        if (method, path) == ("GET", "/cgi-bin/gettoken"):
            return self._token(query)
        if not self.tokens or query.get("access_token") != self.tokens[-1]:
            return {"errcode": 40014, "errmsg": "invalid access_token"}
        if (method, path) == ("POST", "/cgi-bin/message/send"):
            return self._message(json.loads(body))
        if (method, path) == ("GET", "/cgi-bin/auth/getuserinfo"):
            return self._user(query.get("code", ""))
        return {"errcode": -1, "errmsg": "no such interface"}

    def _user(self, code: str) -> dict[str, Any]:
        if self.errcode:
            return {"errcode": self.errcode, "errmsg": "as told"}
        user = code.partition(":")[0] if self.takes_any_code else self.codes.pop(code, None)
        if user is None:
            return {"errcode": 40029, "errmsg": "invalid code"}
        name = "openid" if user == "stranger" else "userid"
        return {"errcode": 0, "errmsg": "ok", name: user}

    def _token(self, query: dict[str, str]) -> dict[str, Any]:
        if query.get("corpid") != CORP_ID:
            return {"errcode": 40013, "errmsg": "invalid corpid"}
        if query.get("corpsecret") != SECRET:
            return {"errcode": 40001, "errmsg": "invalid credential"}
        self.tokens.append(f"token-{len(self.tokens)}")
        return {"errcode": 0, "errmsg": "ok", "access_token": self.tokens[-1], "expires_in": 7200}

    def _message(self, said: dict[str, Any]) -> dict[str, Any]:
        if self.errcode:
            return {"errcode": self.errcode, "errmsg": "as told"}
        if said.get("agentid") != AGENT_ID:
            return {"errcode": 40056, "errmsg": "invalid agentid"}
        users = said["touser"].split("|")
        unknown = [user for user in users if user not in self.people]
        if len(unknown) == len(users):
            return {"errcode": 81013, "errmsg": "user & party & tag all invalid"}
        content = said[said["msgtype"]]
        most = {"title": 128, "description": 512, "content": 2048}
        if any(len(content.get(name, "").encode()) > size for name, size in most.items()):
            return {"errcode": 45002, "errmsg": "content size out of limit"}
        self.sent.append(said)
        return {"errcode": 0, "errmsg": "ok", "invaliduser": "|".join(unknown), "msgid": str(len(self.sent))}


@asynccontextmanager
async def fake_wecom() -> AsyncIterator[FakeWeCom]:
    fake = FakeWeCom()
    async with listening(fake, lifespan="off") as fake.url:
        yield fake
