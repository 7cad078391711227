"""Stock counts as documents, over HTTP, for staff and systems."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any
from uuid import UUID

from litestar import Request, Router, get, post, put
from litestar.params import JSONBody, Parameter, QueryParameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.inventory.counts import queries
from dinghuo.inventory.counts.enter import enter_counted
from dinghuo.inventory.counts.queries import CountDetail, CountLineView, CountSummary, LineFilter, StateFilter
from dinghuo.inventory.counts.sheet import CountedLine, CountInput, CountOpened, cancel_count, open_count
from dinghuo.inventory.counts.submit import submit_count
from dinghuo.inventory.http_promise import Changed
from dinghuo.kit.bodies import Items
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page

AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=MOST)]
_READ, _COUNT = needs("inventory.read"), needs("inventory.count")


@post("/stock-counts", opt=_COUNT)
async def open_sheet(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: JSONBody[CountInput]
) -> CountOpened:
    """Write a count sheet, which freezes what the books say."""
    return await once(request, database, staff, partial(open_count, wanted=data, by=staff.actor()), CountOpened)


@get("/stock-counts", opt=_READ)
async def list_counts(
    database: Database,
    staff: StaffPrincipal,
    in_state: Annotated[StateFilter | None, QueryParameter(name="state")] = None,
    warehouse: str | None = None,
    search: str | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[CountSummary]:
    """Counts, the last opened first; `search` looks for numbers and notes."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_counts(
            tx, state=in_state, warehouse_code=warehouse, wanted=search, cursor=cursor, limit=limit
        )


@get("/stock-counts/{count_id:uuid}", opt=_READ)
async def read_count(request: AnyRequest, database: Database, staff: StaffPrincipal, count_id: UUID) -> CountDetail:
    """One count and what may be done with it; worth only for those who may see costs."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.get_count(tx, count_id, staff=staff, language=language_of(request))


@get("/stock-counts/{count_id:uuid}/lines", opt=_READ)
async def list_lines(
    database: Database,
    staff: StaffPrincipal,
    count_id: UUID,
    only: LineFilter = "all",
    search: str | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[CountLineView]:
    """The lines of a count; `search` looks for SKUs."""
    async with database.transaction(staff.tenant_id) as tx:
        return await queries.list_lines(tx, count_id, only=only, wanted=search, cursor=cursor, limit=limit)


@put("/stock-counts/{count_id:uuid}/lines", opt=_COUNT)
async def enter_lines(database: Database, staff: StaffPrincipal, count_id: UUID, data: Items[CountedLine]) -> Changed:
    """Enter what was counted, all or nothing. A SKU that is not on the sheet is added."""
    command = partial(enter_counted, count_id=count_id, counted=data.items, by=staff.actor())
    return Changed(await database.run(staff.tenant_id, command))


async def _move(
    request: AnyRequest,
    database: Database,
    staff: StaffPrincipal,
    count_id: UUID,
    command: Callable[[Tx], Awaitable[object]],
) -> CountDetail:
    async def run(tx: Tx) -> CountDetail:
        await command(tx)
        return await queries.get_count(tx, count_id, staff=staff, language=language_of(request))

    return await once(request, database, staff, run, CountDetail)


@post("/stock-counts/{count_id:uuid}/submit", opt=_COUNT, status_code=200)
async def submit(request: AnyRequest, database: Database, staff: StaffPrincipal, count_id: UUID) -> CountDetail:
    """Book the differences, or ask for approval where a policy wants it. What was not counted stays as it is."""
    return await _move(request, database, staff, count_id, partial(submit_count, count_id=count_id, by=staff.actor()))


@post("/stock-counts/{count_id:uuid}/cancel", opt=_COUNT, status_code=200)
async def cancel(request: AnyRequest, database: Database, staff: StaffPrincipal, count_id: UUID) -> CountDetail:
    """Call an open count off: nothing is booked."""
    return await _move(request, database, staff, count_id, partial(cancel_count, count_id=count_id, by=staff.actor()))


router = Router(
    "/",
    route_handlers=[open_sheet, list_counts, read_count, list_lines, enter_lines, submit, cancel],
    tags=["inventory"],
)
