"""For when goods can be promised, and why lines wait, over HTTP, for staff and systems."""

from functools import partial
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Router, get, post
from litestar.params import JSONBody, Parameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.inventory.promise import CartPromise, Days, Wanted, available_to_promise
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.orders import faults as say
from dinghuo.orders.allocation import Allocation, preview_allocation, run_allocation
from dinghuo.orders.lots import OrderLots, Trace, lots_of_order, trace_lot
from dinghuo.orders.promise_again import Promised, promise_again
from dinghuo.orders.scope import sees
from dinghuo.orders.sourcing import SourcingRoute, try_route
from dinghuo.orders.waiting import WaitingOrder, why_waiting
from dinghuo.orders.waiting_list import WaitingFilter, WaitingRow, list_waiting
from dinghuo.parties.facts import CustomerFacts, load_customers

AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=MOST)]


class CartWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A whole cart. The customer decides from which warehouses; `days` how far `by_day` looks."""

    lines: Wanted
    customer: str | None = None
    days: Days = 90


@post("/available-to-promise", opt=needs("inventory.read"), status_code=200)
async def promise_cart(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: JSONBody[CartWanted]
) -> CartPromise:
    """When each line of a cart can be had, explained. Nothing is reserved or written."""
    async with database.transaction(staff.tenant_id) as tx:
        customer = await _customer(tx, staff, data.customer)
        return await available_to_promise(
            tx, lines=data.lines, customer=customer, days=data.days, language=language_of(request)
        )


async def _customer(tx: Tx, staff: StaffPrincipal, code: str | None) -> CustomerFacts | None:
    if code is None:
        return None
    found = (await load_customers(tx, [code])).get(code)
    may_see = sees(staff)
    if found is None or (may_see is not None and not may_see(found)):
        raise Refused(say.UNKNOWN_CUSTOMER("customer", code=code))
    return found


@get("/orders/{order_id:uuid}/waiting", opt=needs("orders.read"))
async def read_waiting(
    request: AnyRequest, database: Database, staff: StaffPrincipal, order_id: UUID
) -> WaitingOrder:
    """Why each line of an order waits, and until when."""
    async with database.transaction(staff.tenant_id) as tx:
        return await why_waiting(tx, principal=staff, order_id=order_id, language=language_of(request))


@get("/waiting-lines", opt=needs("orders.read"))
async def list_lines(
    request: AnyRequest,
    database: Database,
    staff: StaffPrincipal,
    sku: str | None = None,
    warehouse: str | None = None,
    customer: str | None = None,
    search: str | None = None,
    overdue: bool = False,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[WaitingRow]:
    """The lines of all orders that wait for goods, by SKU and warehouse in the order in which they are served.
    `overdue` leaves what was promised for a day that is over; `search` looks for SKUs."""
    wanted = WaitingFilter(sku=sku, warehouse=warehouse, customer=customer, wanted=search, overdue=overdue)
    async with database.transaction(staff.tenant_id) as tx:
        return await list_waiting(
            tx, staff=staff, wanted=wanted, language=language_of(request), cursor=cursor, limit=limit
        )


class AllocationWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where to deal out anew; `seen` is of the preview, and without it nobody looked."""

    sku: str
    warehouse: str
    seen: str | None = None


@get("/allocation", opt=needs("inventory.adjust"))
async def look_at_allocation(database: Database, staff: StaffPrincipal, sku: str, warehouse: str) -> Allocation:
    """Who holds and waits for a SKU in a warehouse, and who would have what if it were dealt out anew by the
    priorities of today. Nothing is written."""
    async with database.transaction(staff.tenant_id) as tx:
        return await preview_allocation(tx, sku=sku, warehouse_code=warehouse, staff=staff)


@post("/allocation", opt=needs("inventory.adjust"), status_code=200)
async def allocate(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: JSONBody[AllocationWanted]
) -> Allocation:
    """Deal out anew; as the preview said where one was seen, refused when it would be otherwise by now."""
    command = partial(
        run_allocation,
        sku=data.sku,
        warehouse_code=data.warehouse,
        seen=data.seen,
        by=staff.actor(),
        staff=staff,
    )
    return await once(request, database, staff, command, Allocation)


@get("/sourcing", opt=needs("inventory.read"))
async def try_sourcing(
    request: AnyRequest, database: Database, staff: StaffPrincipal, customer: str
) -> SourcingRoute:
    """From which warehouses a customer is served, in which order, and why."""
    async with database.transaction(staff.tenant_id) as tx:
        known = await _customer(tx, staff, customer)
        if known is None:
            raise Refused(say.UNKNOWN_CUSTOMER("customer", code=customer))
        return await try_route(tx, customer=known, language=language_of(request))


@post("/orders/{order_id:uuid}/promise", opt=needs("orders.place"), status_code=200)
async def promise_order(request: AnyRequest, database: Database, staff: StaffPrincipal, order_id: UUID) -> Promised:
    """Promise the waiting lines of an order anew, by what is expected today."""
    command = partial(promise_again, order_id=order_id, by=staff.actor(), principal=staff)
    return await once(request, database, staff, command, Promised)


@get("/orders/{order_id:uuid}/lots", opt=needs("orders.read"))
async def read_lots(request: AnyRequest, database: Database, staff: StaffPrincipal, order_id: UUID) -> OrderLots:
    """Which lots an order would get now."""
    async with database.transaction(staff.tenant_id) as tx:
        return await lots_of_order(tx, order_id, staff=staff, language=language_of(request))


@get("/lots/{lot_id:uuid}/trace", opt=needs("inventory.read"))
async def read_trace(request: AnyRequest, database: Database, staff: StaffPrincipal, lot_id: UUID) -> Trace:
    """Where a lot went: orders, customers within the reader's scope, warehouses."""
    async with database.transaction(staff.tenant_id) as tx:
        return await trace_lot(tx, lot_id, staff=staff, language=language_of(request))


router = Router(
    "/",
    route_handlers=[
        promise_cart,
        list_lines,
        look_at_allocation,
        allocate,
        try_sourcing,
        read_waiting,
        promise_order,
        read_lots,
        read_trace,
    ],
    tags=["orders"],
)
