"""Comments on orders over HTTP, for staff and systems."""

from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, delete, get, patch, post
from litestar.params import HeaderParameter, Parameter

from dinghuo.comments.queries import CommentView
from dinghuo.comments.write import CommentRequest
from dinghuo.identity.permissions import SIGNED_IN
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.kit.revisions import expected_revision
from dinghuo.orders.order_comments import TALK, MentionView
from dinghuo.orders.order_comments import mentions as page_of_mentions

Limit = Annotated[int, Parameter(ge=1, le=MOST)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_WRITE = needs("orders.comment")


@get("/orders/{order_id:uuid}/comments", opt=needs("orders.read"))
async def read_comments(
    database: Database, staff: StaffPrincipal, order_id: UUID, cursor: str | None = None, limit: Limit = 50
) -> Page[CommentView]:
    """What was said on an order, the oldest first."""
    async with database.transaction(staff.tenant_id) as tx:
        return await TALK.read(tx, order_id, principal=staff, cursor=cursor, limit=limit)


@post("/orders/{order_id:uuid}/comments", opt=_WRITE, status_code=201)
async def write_comment(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    order_id: UUID,
    data: CommentRequest,
) -> CommentView:
    """Say something on an order."""
    return await once(request, database, staff, lambda tx: TALK.say(tx, order_id, data, principal=staff), CommentView)


@patch("/orders/{order_id:uuid}/comments/{comment_id:uuid}", opt=_WRITE)
async def edit_comment(
    database: Database,
    staff: StaffPrincipal,
    order_id: UUID,
    comment_id: UUID,
    data: CommentRequest,
    if_match: IfMatch = None,
) -> CommentView:
    """Say it otherwise: one's own, while it is new, provided that nothing changed meanwhile."""
    revision = expected_revision(if_match)
    return await database.run(
        staff.tenant_id,
        lambda tx: TALK.change(tx, order_id, comment_id, data, revision=revision, principal=staff),
    )


@delete("/orders/{order_id:uuid}/comments/{comment_id:uuid}", opt=_WRITE)
async def take_comment_back(database: Database, staff: StaffPrincipal, order_id: UUID, comment_id: UUID) -> None:
    """Take one's own comment back while it is new; that there was one stays to be seen."""
    await database.run(staff.tenant_id, lambda tx: TALK.take_back(tx, order_id, comment_id, principal=staff))


@get("/mentions", opt=needs(SIGNED_IN))
async def read_mentions(
    database: Database, staff: StaffPrincipal, cursor: str | None = None, limit: Limit = 50
) -> Page[MentionView]:
    """Where the caller was mentioned, the newest first."""
    async with database.transaction(staff.tenant_id) as tx:
        return await page_of_mentions(tx, principal=staff, cursor=cursor, limit=limit)


router = Router(
    "/",
    route_handlers=[read_comments, write_comment, edit_comment, take_comment_back, read_mentions],
    tags=["orders"],
)
