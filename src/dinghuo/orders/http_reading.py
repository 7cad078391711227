"""Reading orders over HTTP, for staff and systems: the list, the page of one, and what one leads to."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, Router, get, post
from litestar.di import Provide
from litestar.params import Parameter, QueryParameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.orders.drafts import DraftView, told
from dinghuo.orders.filters import OrderFilter
from dinghuo.orders.listing import list_orders
from dinghuo.orders.page import order_page
from dinghuo.orders.reorder import reorder
from dinghuo.orders.usual import Usual, usual_of_customer
from dinghuo.orders.views import OrderPage, OrderSummary

_READ = needs("orders.read")
Limit = Annotated[int, Parameter(ge=1, le=MOST)]


def order_filter(
    in_state: Annotated[list[str] | None, QueryParameter(name="state")] = None,
    customer: str | None = None,
    number: str | None = None,
    channel: str | None = None,
    customer_channel: str | None = None,
    region: str | None = None,
    tier: str | None = None,
    owner: str | None = None,
    department: str | None = None,
    placed_from: date | None = None,
    placed_until: date | None = None,
    amount_from: Decimal | None = None,
    amount_until: Decimal | None = None,
    has_problem: bool = False,
    hold: Literal["any", "manual", "credit", "overdue", "stock", "unpaid"] | None = None,
    search: str | None = None,
) -> OrderFilter:
    """The filters of a list of orders; days are in the tenant's zone, both included, amounts are gross.

    `search` finds what numbers, customers' references and customers' names (pinyin, initials) begin with.
    """
    return OrderFilter(
        states=tuple(in_state or ()),
        customer=customer,
        number=number,
        channel=channel,
        customer_channel=customer_channel,
        region=region,
        tier=tier,
        owner=owner,
        department=department,
        placed_from=placed_from,
        placed_until=placed_until,
        amount_from=amount_from,
        amount_until=amount_until,
        has_problem=has_problem,
        hold=hold,
        search=search,
    )


FILTER = {"wanted": Provide(order_filter, sync_to_thread=False)}


@get("/orders", opt=_READ, dependencies=FILTER)
async def read_orders(
    database: Database,
    staff: StaffPrincipal,
    wanted: OrderFilter,
    sort: Literal["-placed_at", "placed_at"] = "-placed_at",
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[OrderSummary]:
    """Orders the caller may see, by when they were placed, the newest first unless asked otherwise."""
    async with database.transaction(staff.tenant_id) as tx:
        return await list_orders(
            tx, principal=staff, wanted=wanted, newest_first=sort == "-placed_at", cursor=cursor, limit=limit
        )


@get("/orders/{order_id:uuid}", opt=_READ)
async def read_order(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, order_id: UUID
) -> OrderPage:
    """One order with its lines, prices explained, stock, credit, history, and what may be done with it."""
    async with database.transaction(staff.tenant_id) as tx:
        return await order_page(tx, staff=staff, order_id=order_id, language=language_of(request))


@post("/orders/{order_id:uuid}/reorder", opt=needs("orders.place"), status_code=201)
async def reorder_order(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, order_id: UUID
) -> DraftView:
    """A cart with the same lines, at the prices of the day it is placed; what is no longer sold is left out."""
    draft = await once(
        request,
        database,
        staff,
        lambda tx: reorder(tx, order_id=order_id, principal=staff, by=staff.actor()),
        DraftView,
    )
    return told(draft, staff)


@get("/customers/{customer_id:uuid}/usual", opt=_READ)
async def read_usual(database: Database, staff: StaffPrincipal, customer_id: UUID, limit: Limit = 50) -> Page[Usual]:
    """What a customer usually buys, the most often bought first, with the last price and quantity."""
    async with database.transaction(staff.tenant_id) as tx:
        return await usual_of_customer(tx, seen_by=staff, customer_id=customer_id, limit=limit)


router = Router("/", route_handlers=[read_orders, read_order, reorder_order, read_usual], tags=["orders"])
