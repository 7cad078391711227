"""How this installation is reached from outside, and whom it calls itself."""

from typing import Any

from litestar import Request

from dinghuo.identity.wechat import WeChat
from dinghuo.kit.config import Web


class Site:
    """One for a process. `close` ends its connections."""

    def __init__(self, web: Web) -> None:
        self._url = web.url
        self.wechat = WeChat(web.wechat_url)

    def url(self, request: Request[Any, Any, Any]) -> str:
        """What links that leave the house begin with: as it was set, or as the caller came."""
        return self._url or str(request.base_url).rstrip("/")

    async def close(self) -> None:
        await self.wechat.close()
