"""One's own messages, for staff and dealers."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Router, get, post
from litestar.params import Parameter

from dinghuo.identity.permissions import SIGNED_IN
from dinghuo.kit.bulk import MISSING
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.http import needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.notices.messages import MessageView, count_unread, list_messages, mark_read

AnyRequest = Request[Any, Any, Any]
_OWN = needs(SIGNED_IN)


class Unread(msgspec.Struct, frozen=True):
    """How many messages the reader has not read."""

    unread: int


class ReadBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which were read, or all."""

    ids: Annotated[list[UUID], msgspec.Meta(max_length=1000)] | None = None
    all: bool = False


def inbox_router() -> Router:
    """Who calls is the guard's to find out: staff, or a dealer's people, of whom messages are about one company."""

    @get("/inbox", opt=_OWN)
    async def read_inbox(
        request: AnyRequest,
        database: Database,
        unread: bool | None = None,
        cursor: str | None = None,
        limit: Annotated[int, Parameter(ge=1, le=MOST)] = 50,
    ) -> Page[MessageView]:
        """The caller's messages, those of a dealer's people about the company acted for; the newest first."""
        async with database.transaction(request.user.tenant_id) as tx:
            return await list_messages(tx, principal=request.user, unread=unread, cursor=cursor, limit=limit)

    @get("/inbox/count", opt=_OWN)
    async def read_unread(request: AnyRequest, database: Database) -> Unread:
        """How many are unread."""
        async with database.transaction(request.user.tenant_id) as tx:
            return Unread(await count_unread(tx, principal=request.user))

    @post("/inbox/read", opt=_OWN, status_code=200)
    async def read_messages(request: AnyRequest, database: Database, data: ReadBody) -> Unread:
        """Mark messages as read."""
        if data.ids is None and not data.all:
            raise Refused(MISSING("ids"))

        async def read(tx: Tx) -> Unread:
            return Unread(await mark_read(tx, principal=request.user, ids=None if data.all else data.ids))

        return await once(request, database, request.user, read, Unread)

    return Router("/", route_handlers=[read_inbox, read_unread, read_messages], tags=["inbox"])
