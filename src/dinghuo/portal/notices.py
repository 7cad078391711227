"""Notices, policies and banners as a dealer sees them."""

from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Response, Router, get, post
from litestar.params import Parameter

from dinghuo.identity.permissions import SIGNED_IN
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.attachments import file_headers
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Language
from dinghuo.kit.http import language_of, needs
from dinghuo.kit.paging import Page
from dinghuo.kit.pictures import Width, in_size
from dinghuo.notices.shown import (
    Banner,
    Reader,
    Shown,
    ShownWhole,
    Unread,
    banners,
    mark_read,
    shown_file,
    shown_notice,
    shown_notices,
    unread_notices,
)
from dinghuo.parties.facts import load_customer

_SIGNED_IN = needs(SIGNED_IN)
AnyRequest = Request[Any, Any, Any]


async def reader_of(tx: Tx, dealer: DealerPrincipal, language: Language) -> Reader:
    """The dealer as a reader of notices, for the company they act for now."""
    customer = await load_customer(tx, dealer.customer_id)
    return Reader(dealer.user_id, customer.audience() if customer else [], language)


@get("/notices", opt=_SIGNED_IN)
async def read_notices(
    request: AnyRequest,
    database: Database,
    dealer: DealerPrincipal,
    kind: Literal["notice", "policy"] | None = None,
    unread: bool = False,
    cursor: str | None = None,
    limit: Annotated[int, Parameter(ge=1, le=200)] = 50,
) -> Page[Shown]:
    """Current notices and policies for this company: pinned ones first, then the newest."""
    async with database.transaction(dealer.tenant_id) as tx:
        reader = await reader_of(tx, dealer, language_of(request))
        return await shown_notices(tx, reader, kind=kind, unread=unread, cursor=cursor, limit=limit)


@get("/notices/unread", opt=_SIGNED_IN)
async def read_unread(request: AnyRequest, database: Database, dealer: DealerPrincipal) -> Unread:
    """How many are unread, and those to be read before anything else."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await unread_notices(tx, await reader_of(tx, dealer, language_of(request)))


@get("/notices/{notice_id:uuid}", opt=_SIGNED_IN)
async def read_notice(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, notice_id: UUID
) -> ShownWhole:
    """One of them with its text and files."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await shown_notice(tx, await reader_of(tx, dealer, language_of(request)), notice_id)


@post("/notices/{notice_id:uuid}/read", opt=_SIGNED_IN, status_code=204)
async def read(request: AnyRequest, database: Database, dealer: DealerPrincipal, notice_id: UUID) -> Response[None]:
    """The caller has read it. The first time counts."""

    async def mark(tx: Tx) -> None:
        await mark_read(tx, await reader_of(tx, dealer, language_of(request)), notice_id)

    await database.run(dealer.tenant_id, mark)
    return Response(None, status_code=204)


@get("/notices/{notice_id:uuid}/files/{sha256:str}", opt=_SIGNED_IN)
async def read_file(
    request: AnyRequest,
    database: Database,
    dealer: DealerPrincipal,
    notice_id: UUID,
    sha256: str,
    width: Width | None = None,
) -> Response[bytes]:
    """The picture, no wider than asked for, or an attachment of a notice or banner."""
    async with database.transaction(dealer.tenant_id) as tx:
        reader = await reader_of(tx, dealer, language_of(request))
        found, name = await shown_file(tx, reader, notice_id, sha256, width)
    file = await in_size(database, dealer.tenant_id, sha256, found)
    return Response(file.content, media_type=file.content_type, headers=file_headers(sha256, file.content_type, name))


@get("/banners", opt=_SIGNED_IN)
async def read_banners(request: AnyRequest, database: Database, dealer: DealerPrincipal) -> list[Banner]:
    """The banners of the home page."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await banners(tx, await reader_of(tx, dealer, language_of(request)))


router = Router(
    "/",
    route_handlers=[read_notices, read_unread, read_notice, read, read_file, read_banners],
    tags=["notices"],
)
