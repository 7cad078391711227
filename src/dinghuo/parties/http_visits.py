"""Visits to customers over HTTP, for sales people."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.params import Parameter, QueryParameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.files import MOST_BYTES, StoredFile, store_files
from dinghuo.kit.http import BODY_NEEDED, needs, once
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import MOST, Page
from dinghuo.parties.check_in import VisitRequest, check_in
from dinghuo.parties.queries import find_customer_id
from dinghuo.parties.visits import VisitFilter, VisitView
from dinghuo.parties.visits import list_visits as page_of_visits

_VISIT = needs("parties.visit")


@post("/visits", opt=_VISIT, status_code=201)
async def note_visit(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: VisitRequest
) -> VisitView:
    """Check in at a customer's."""
    return await once(
        request, database, staff, lambda tx: check_in(tx, request=data, staff=staff, by=staff.actor()), VisitView
    )


@post("/visits/photos", opt=_VISIT, status_code=201, request_max_body_size=MOST_BYTES)
async def upload_photo(request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal) -> StoredFile:
    """Keep a picture, sent as the body, for a visit that names it."""
    content = await request.body()
    if not content:
        raise Refused(BODY_NEEDED())

    async def keep(tx: Tx) -> StoredFile:
        return (await store_files(tx, [content]))[0]

    return await database.run(staff.tenant_id, keep)


@get("/visits", opt=_VISIT)
async def list_visits(
    database: Database,
    staff: StaffPrincipal,
    mine: bool = False,
    customer: str | None = None,
    by: str | None = None,
    since: Annotated[date | None, QueryParameter(name="from")] = None,
    until: date | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Parameter(ge=1, le=MOST)] = 50,
) -> Page[VisitView]:
    """Visits at customers the caller may see, the newest first."""
    async with database.transaction(staff.tenant_id) as tx:
        customer_id = await _customer(tx, staff, customer)
        wanted = VisitFilter(mine=mine, customer_id=customer_id, by=by, since=since, until=until)
        return await page_of_visits(tx, seen_by=staff, wanted=wanted, cursor=cursor, limit=limit)


async def _customer(tx: Tx, staff: StaffPrincipal, code: str | None) -> UUID | None:
    if code is None:
        return None
    found = await find_customer_id(tx, code, seen_by=staff)
    if found is None:
        raise missing("customer", code)
    return found


router = Router("/", route_handlers=[note_visit, upload_photo, list_visits], tags=["parties"])
