"""A WeCom that answers as its makers describe it, on this machine: tokens that expire, messages, sign-in codes."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

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

    def expire(self) -> None:
        """No token it gave is good any more."""
        self.tokens.append("")

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
            user = query.get("code", "").partition(":")[0]
            if user in self.people:
                return {"errcode": 0, "errmsg": "ok", "userid": user}
            return {"errcode": 0, "errmsg": "ok", "openid": "stranger"}
        return {"errcode": -1, "errmsg": "no such interface"}

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
