"""Notices, policies and banners, for staff: under /api/v1."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response, Router, delete, get, patch, post
from litestar.params import HeaderParameter, Parameter, QueryParameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.attachments import MOST_BYTES, file_headers, store_attachment
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.files import StoredFile
from dinghuo.kit.http import needs, once
from dinghuo.kit.paging import Page
from dinghuo.kit.pictures import Width, in_size
from dinghuo.kit.revisions import etag, expected_revision
from dinghuo.notices.publish import publish_notice
from dinghuo.notices.queries import NoticeFilter, NoticeSummary, NoticeView, get_notice, list_notices
from dinghuo.notices.readership import Readership, ReaderView, list_readers, readership
from dinghuo.notices.save import NoticeFields, NoticeInput, edit_notice, write_notice
from dinghuo.notices.shown import file_of
from dinghuo.notices.withdraw import delete_notice, withdraw_notice

Limit = Annotated[int, Parameter(ge=1, le=200)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_READ, _WRITE = needs("notices.read"), needs("notices.write")
Command = Callable[..., Awaitable[None]]


@get("/notices", opt=_READ)
async def read_notices(
    database: Database,
    staff: StaffPrincipal,
    kind: Literal["notice", "policy", "banner"] | None = None,
    in_state: Annotated[Literal["draft", "published", "withdrawn"] | None, QueryParameter(name="state")] = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[NoticeSummary]:
    """Notices, policies and banners, the newest first."""
    wanted = NoticeFilter(kind=kind, state=in_state)
    async with database.transaction(staff.tenant_id) as tx:
        return await list_notices(tx, seen_by=staff, wanted=wanted, cursor=cursor, limit=limit)


@post("/notices", opt=_WRITE)
async def new_notice(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: NoticeInput
) -> NoticeView:
    """Write a draft: dealers see it once it is published."""

    async def write(tx: Tx) -> NoticeView:
        return await get_notice(tx, await write_notice(tx, item=data, staff=staff), seen_by=staff)

    return await once(request, database, staff, write, NoticeView)


@get("/notices/{notice_id:uuid}", opt=_READ)
async def read_notice(database: Database, staff: StaffPrincipal, notice_id: UUID) -> Response[NoticeView]:
    """One notice; the ETag is its revision."""
    async with database.transaction(staff.tenant_id) as tx:
        view = await get_notice(tx, notice_id, seen_by=staff)
    return Response(view, headers={"etag": etag(view.revision)})


@patch("/notices/{notice_id:uuid}", opt=_WRITE)
async def patch_notice(
    database: Database, staff: StaffPrincipal, notice_id: UUID, data: NoticeFields, if_match: IfMatch = None
) -> NoticeView:
    """Change what is given, also of one that is published, provided that nobody else changed it meanwhile."""
    revision = expected_revision(if_match)

    async def edit(tx: Tx) -> NoticeView:
        await edit_notice(tx, notice_id=notice_id, fields=data, revision=revision, staff=staff)
        return await get_notice(tx, notice_id, seen_by=staff)

    return await database.run(staff.tenant_id, edit)


@post("/notices/{notice_id:uuid}/publish", opt=_WRITE, status_code=200)
async def publish(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, notice_id: UUID
) -> NoticeView:
    """Show a draft to those it is for: at once, or from `valid_from` on."""
    return await _moved(request, database, staff, notice_id, publish_notice)


@post("/notices/{notice_id:uuid}/withdraw", opt=_WRITE, status_code=200)
async def withdraw(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, notice_id: UUID
) -> NoticeView:
    """Take a published notice away for good."""
    return await _moved(request, database, staff, notice_id, withdraw_notice)


@delete("/notices/{notice_id:uuid}", opt=_WRITE, status_code=204)
async def throw_away(database: Database, staff: StaffPrincipal, notice_id: UUID) -> Response[None]:
    """Throw a draft away."""
    await database.run(staff.tenant_id, lambda tx: delete_notice(tx, notice_id=notice_id, staff=staff))
    return Response(None, status_code=204)


@get("/notices/{notice_id:uuid}/readership", opt=_READ)
async def read_readership(database: Database, staff: StaffPrincipal, notice_id: UUID) -> Readership:
    """How many it is for, and how many of them have read it."""
    async with database.transaction(staff.tenant_id) as tx:
        return await readership(tx, notice_id, seen_by=staff)


@get("/notices/{notice_id:uuid}/readers", opt=_READ)
async def read_readers(
    database: Database,
    staff: StaffPrincipal,
    notice_id: UUID,
    read: bool | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[ReaderView]:
    """Users of the customers it is for, by customer and login, and when they read it."""
    async with database.transaction(staff.tenant_id) as tx:
        return await list_readers(tx, notice_id, read=read, seen_by=staff, cursor=cursor, limit=limit)


@post("/notices/files", opt=_WRITE, status_code=201, request_max_body_size=MOST_BYTES)
async def upload(request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal) -> StoredFile:
    """Keep a picture or document: the body is its bytes, the answer the hash to name it by."""
    content = await request.body()
    return await once(request, database, staff, lambda tx: store_attachment(tx, content), StoredFile)


@get("/notices/{notice_id:uuid}/files/{sha256:str}", opt=_READ)
async def read_file(
    database: Database, staff: StaffPrincipal, notice_id: UUID, sha256: str, width: Width | None = None
) -> Response[bytes]:
    """The picture, no wider than asked for, or an attachment of a notice."""
    async with database.transaction(staff.tenant_id) as tx:
        view = await get_notice(tx, notice_id, seen_by=staff)
        found, name = await file_of(tx, sha256, width, picture=view.picture, attachments=view.attachments)
    file = await in_size(database, staff.tenant_id, sha256, found)
    return Response(file.content, media_type=file.content_type, headers=file_headers(sha256, file.content_type, name))


async def _moved(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, notice_id: UUID, command: Command
) -> NoticeView:
    async def move(tx: Tx) -> NoticeView:
        await command(tx, notice_id=notice_id, staff=staff)
        return await get_notice(tx, notice_id, seen_by=staff)

    return await once(request, database, staff, move, NoticeView)


router = Router(
    "/",
    route_handlers=[
        read_notices,
        new_notice,
        read_notice,
        patch_notice,
        publish,
        withdraw,
        throw_away,
        read_readership,
        read_readers,
        upload,
        read_file,
    ],
    tags=["notices"],
)
