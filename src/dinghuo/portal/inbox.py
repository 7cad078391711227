"""One's own messages about the company one acts for, over HTTP: under /portal/v1."""

from typing import Annotated, Any

from litestar import Request, Router, get, post
from litestar.params import Parameter

from dinghuo.identity.permissions import SIGNED_IN
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.bulk import MISSING
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.http import needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.notices.http_inbox import ReadBody, Unread
from dinghuo.notices.messages import MessageView, count_unread, list_messages, mark_read

_OWN = needs(SIGNED_IN)


@get("/inbox", opt=_OWN)
async def read_inbox(
    database: Database,
    dealer: DealerPrincipal,
    unread: bool | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Parameter(ge=1, le=MOST)] = 50,
) -> Page[MessageView]:
    """The caller's messages about this company, the newest first."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await list_messages(tx, principal=dealer, unread=unread, cursor=cursor, limit=limit)


@get("/inbox/count", opt=_OWN)
async def count_inbox(database: Database, dealer: DealerPrincipal) -> Unread:
    """How many are unread."""
    async with database.transaction(dealer.tenant_id) as tx:
        return Unread(await count_unread(tx, principal=dealer))


@post("/inbox/read", opt=_OWN, status_code=200)
async def read_messages(
    request: Request[Any, Any, Any], database: Database, dealer: DealerPrincipal, data: ReadBody
) -> Unread:
    """Mark messages as read."""
    if data.ids is None and not data.all:
        raise Refused(MISSING("ids"))

    async def read(tx: Tx) -> Unread:
        return Unread(await mark_read(tx, principal=dealer, ids=None if data.all else data.ids))

    return await once(request, database, dealer, read, Unread)


router = Router("/", route_handlers=[read_inbox, count_inbox, read_messages], tags=["inbox"])
