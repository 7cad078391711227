"""Blanket orders over HTTP, for staff and systems: `/api/v1/blanket-orders`."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, get, post, put
from litestar.params import HeaderParameter, Parameter, QueryParameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.kit.revisions import etag, expected_revision
from dinghuo.orders.blankets.activate import activate, close
from dinghuo.orders.blankets.call_off import CallOffRequest, against, order_of
from dinghuo.orders.blankets.queries import (
    BlanketFilter,
    BlanketSummary,
    BlanketView,
    CallOffView,
    State,
    get_blanket,
    list_blankets,
    list_call_offs,
)
from dinghuo.orders.blankets.requests import BlanketRequest
from dinghuo.orders.blankets.save_blanket import begin_blanket, change_blanket
from dinghuo.orders.http import key_of, placement_of
from dinghuo.orders.intake import Intake
from dinghuo.orders.preview import Preview, preview
from dinghuo.orders.requests import Placed
from dinghuo.pricing.locked import check_sees_price

AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=MOST)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]
_READ, _WRITE, _PLACE = needs("blankets.read"), needs("blankets.write"), needs("orders.place")


class CloseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why nothing more is called off."""

    reason: str | None = None


@get("/blanket-orders", opt=_READ)
async def list_blanket_orders(
    database: Database,
    staff: StaffPrincipal,
    customer: str | None = None,
    in_state: Annotated[State | None, QueryParameter(name="state")] = None,
    search: str | None = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[BlanketSummary]:
    """Blanket orders, the newest first."""
    wanted = BlanketFilter(customer=customer, state=in_state, search=search)
    async with database.transaction(staff.tenant_id) as tx:
        return await list_blankets(tx, principal=staff, wanted=wanted, cursor=cursor, limit=limit)


@post("/blanket-orders", opt=_WRITE, status_code=201)
async def create_blanket_order(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: BlanketRequest
) -> BlanketView:
    """Begin a blanket order, as a draft."""
    check_sees_price(staff)

    async def begin(tx: Tx) -> BlanketView:
        blanket_id = await begin_blanket(tx, request=data, principal=staff, by=staff.actor())
        return await get_blanket(tx, principal=staff, blanket_id=blanket_id)

    return await once(request, database, staff, begin, BlanketView)


@get("/blanket-orders/{blanket_id:uuid}", opt=_READ)
async def read_blanket_order(database: Database, staff: StaffPrincipal, blanket_id: UUID) -> Response[BlanketView]:
    """One blanket order with what is left of each line; the ETag is its revision."""
    async with database.transaction(staff.tenant_id) as tx:
        view = await get_blanket(tx, principal=staff, blanket_id=blanket_id)
    return Response(view, headers={"etag": etag(view.revision)})


@put("/blanket-orders/{blanket_id:uuid}", opt=_WRITE)
async def replace_blanket_order(
    database: Database, staff: StaffPrincipal, blanket_id: UUID, data: BlanketRequest, if_match: IfMatch = None
) -> BlanketView:
    """Change a blanket order; of an active one its terms stay, and no line falls below what was called off."""
    check_sees_price(staff)
    revision = expected_revision(if_match)

    async def change(tx: Tx) -> BlanketView:
        await change_blanket(
            tx, blanket_id=blanket_id, request=data, revision=revision, principal=staff, by=staff.actor()
        )
        return await get_blanket(tx, principal=staff, blanket_id=blanket_id)

    return await database.run(staff.tenant_id, change)


@post("/blanket-orders/{blanket_id:uuid}/activate", opt=_WRITE, status_code=200)
async def activate_blanket_order(
    request: AnyRequest, database: Database, staff: StaffPrincipal, blanket_id: UUID
) -> BlanketView:
    """From now on, within its days, it can be called off."""

    async def command(tx: Tx) -> BlanketView:
        await activate(tx, blanket_id=blanket_id, principal=staff, by=staff.actor())
        return await get_blanket(tx, principal=staff, blanket_id=blanket_id)

    return await once(request, database, staff, command, BlanketView)


@post("/blanket-orders/{blanket_id:uuid}/close", opt=_WRITE, status_code=200)
async def close_blanket_order(
    request: AnyRequest, database: Database, staff: StaffPrincipal, blanket_id: UUID, data: CloseRequest
) -> BlanketView:
    """Nothing more is called off; what was goes its way."""

    async def command(tx: Tx) -> BlanketView:
        await close(tx, blanket_id=blanket_id, reason=data.reason, principal=staff, by=staff.actor())
        return await get_blanket(tx, principal=staff, blanket_id=blanket_id)

    return await once(request, database, staff, command, BlanketView)


@get("/blanket-orders/{blanket_id:uuid}/call-offs", opt=_READ)
async def read_call_offs(
    database: Database, staff: StaffPrincipal, blanket_id: UUID, cursor: str | None = None, limit: Limit = 50
) -> Page[CallOffView]:
    """What orders took of it, the newest order first."""
    async with database.transaction(staff.tenant_id) as tx:
        return await list_call_offs(tx, principal=staff, blanket_id=blanket_id, cursor=cursor, limit=limit)


@post("/blanket-orders/{blanket_id:uuid}/call-offs", opt=_PLACE, status_code=201)
async def call_off(
    request: AnyRequest,
    database: Database,
    intake: Intake,
    staff: StaffPrincipal,
    blanket_id: UUID,
    data: CallOffRequest,
) -> Response[Placed]:
    """Place an order against a blanket order, at the prices agreed there. Send an Idempotency-Key."""
    async with database.transaction(staff.tenant_id) as tx:
        blanket = await get_blanket(tx, principal=staff, blanket_id=blanket_id)
    order = order_of(blanket, data, customer=blanket.customer.code)
    body = msgspec.json.encode(order)
    key = key_of(staff, request.headers.get("idempotency-key"), body)
    placement = against(blanket, placement_of(staff, order, key))
    outcome = await intake.submit(staff.tenant_id, placement, size=len(body))
    if outcome.body is None:
        raise outcome.refused or AssertionError("an outcome is either placed or refused")
    return Response(msgspec.json.decode(outcome.body, type=Placed), status_code=201)


@post("/blanket-orders/{blanket_id:uuid}/call-offs/preview", opt=_PLACE, status_code=200)
async def preview_call_off(
    request: AnyRequest, database: Database, staff: StaffPrincipal, blanket_id: UUID, data: CallOffRequest
) -> Preview:
    """What the order would be if it were placed now. Writes nothing."""
    async with database.transaction(staff.tenant_id) as tx:
        blanket = await get_blanket(tx, principal=staff, blanket_id=blanket_id)
        order = order_of(blanket, data, customer=blanket.customer.code)
        placement = against(blanket, placement_of(staff, order, None))
        return await preview(tx, placement=placement, language=language_of(request))


router = Router(
    "/",
    route_handlers=[
        list_blanket_orders,
        create_blanket_order,
        read_blanket_order,
        replace_blanket_order,
        activate_blanket_order,
        close_blanket_order,
        read_call_offs,
        call_off,
        preview_call_off,
    ],
    tags=["blanket orders"],
)
