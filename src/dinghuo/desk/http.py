"""The console's pages that stand across modules: customers whole, the palette."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Router, get, post
from litestar.params import Parameter

from dinghuo.desk.customer_page import CustomerPage, customer_page
from dinghuo.desk.duplicates import duplicates_with_orders
from dinghuo.desk.merge_customers import Merged, MergePreview, MergeRequest, merge_customers, preview_merge
from dinghuo.desk.palette import Hits, find
from dinghuo.identity.permissions import SIGNED_IN
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.parties.duplicates import LikelyDuplicate, dismiss_duplicate

_MERGE = needs("parties.merge")


class Pair(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Two customers, by their codes."""

    one: str
    other: str


class Dismissed(msgspec.Struct, frozen=True):
    dismissed: int


@get("/customers/{customer_id:uuid}/page", opt=needs("parties.read"))
async def read_customer_page(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, customer_id: UUID
) -> CustomerPage:
    """One customer with orders, credit, price lists, people and visits, and what may be done."""
    async with database.transaction(staff.tenant_id) as tx:
        return await customer_page(tx, staff=staff, customer_id=customer_id, language=language_of(request))


@get("/customers/duplicates", opt=_MERGE)
async def read_duplicates(
    database: Database,
    staff: StaffPrincipal,
    customer: str | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Parameter(ge=1, le=MOST)] = 50,
) -> Page[LikelyDuplicate]:
    """Customers that are likely one, the likeliest first."""
    async with database.transaction(staff.tenant_id) as tx:
        return await duplicates_with_orders(tx, seen_by=staff, customer_code=customer, cursor=cursor, limit=limit)


@post("/customers/duplicates/dismiss", opt=_MERGE, status_code=200)
async def dismiss(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: Pair
) -> Dismissed:
    """Say that two customers are not one."""
    command = partial(dismiss_duplicate, one=data.one, other=data.other, by=staff.actor(), seen_by=staff)
    return Dismissed(await once(request, database, staff, command, int))


@post("/customers/merge/preview", opt=_MERGE, status_code=200)
async def preview(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: MergeRequest
) -> MergePreview:
    """What merging would move, and what stands in its way. Writes nothing."""
    async with database.transaction(staff.tenant_id) as tx:
        return await preview_merge(tx, request=data, seen_by=staff, language=language_of(request))


@post("/customers/merge", opt=_MERGE, status_code=200)
async def merge(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: MergeRequest
) -> Merged:
    """Merge one customer into another: the survivor has all that was the other's, and answers to both codes."""
    command = partial(merge_customers, request=data, by=staff.actor(), seen_by=staff)
    return await once(request, database, staff, command, Merged)


@get("/search", opt=needs(SIGNED_IN))
async def search(
    database: Database, staff: StaffPrincipal, q: str = "", limit: Annotated[int, Parameter(ge=1, le=20)] = 5
) -> Hits:
    """A few orders, customers and SKUs by what was typed."""
    async with database.transaction(staff.tenant_id) as tx:
        return await find(tx, staff=staff, wanted=q, limit=limit)


router = Router(
    "/", route_handlers=[read_customer_page, read_duplicates, dismiss, preview, merge, search], tags=["desk"]
)
