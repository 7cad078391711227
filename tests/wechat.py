"""A WeChat that answers `code2session` as its makers describe it, on this machine.

A code is `<openid>:<anything>`, good once. What is wrong with a request is told by `errcode`, always with status 200
and as text/plain. `errcode` of the fake makes it answer that to everything.
"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs

from tests.faults.serving import listening

APP_ID = "wx0123456789abcdef"
SECRET = "0123456789abcdef0123456789abcdef"


@dataclass
class FakeWeChat:
    url: str = ""
    errcode: int = 0
    # What was asked so far.
    asked: list[dict[str, str]] = field(default_factory=list)
    _used: set[str] = field(default_factory=set)

    async def __call__(self, scope: Any, _receive: Any, send: Any) -> None:
        query = {name: values[0] for name, values in parse_qs(scope["query_string"].decode()).items()}
        body: Any = {"errcode": 404}
        if (scope["method"], scope["path"]) == ("GET", "/sns/jscode2session"):
            self.asked.append(query)
            body = self._answer(query)
        headers = [(b"content-type", b"text/plain")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": json.dumps(body).encode()})

    def _answer(self, query: dict[str, str]) -> dict[str, Any]:
        code = query.get("js_code", "")
        if self.errcode:
            return {"errcode": self.errcode, "errmsg": "as told"}
        if query.get("appid") != APP_ID:
            return {"errcode": 40013, "errmsg": "invalid appid"}
        if query.get("secret") != SECRET:
            return {"errcode": 40125, "errmsg": "invalid appsecret"}
        if query.get("grant_type") != "authorization_code" or ":" not in code:
            return {"errcode": 40029, "errmsg": "invalid code"}
        if code in self._used:
            return {"errcode": 40163, "errmsg": "code been used"}
        self._used.add(code)
        return {"openid": code.partition(":")[0], "session_key": "HyVFkGl5F5OQWJZZaNzBBg==", "unionid": "u"}


@asynccontextmanager
async def fake_wechat() -> AsyncIterator[FakeWeChat]:
    fake = FakeWeChat()
    async with listening(fake, lifespan="off") as fake.url:
        yield fake
