"""What becomes of orders once they are placed, over HTTP, for staff and systems: holds, and closing what is left."""

from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Router, get, post
from msgspec import Meta

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.http import needs, once
from dinghuo.orders.hold import HoldReason, OrderHolds, hold, lift
from dinghuo.orders.holds import HoldView, list_holds
from dinghuo.orders.lock_orders import MOST_ORDERS
from dinghuo.orders.short_close import ShortClosedOrder, short_close

AnyRequest = Request[Any, Any, Any]
Ids = Annotated[list[UUID], Meta(min_length=1, max_length=MOST_ORDERS)]
_HOLD, _AMEND = needs("orders.hold"), needs("orders.amend")


class HoldRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the goods shall not go."""

    reason: HoldReason
    note: str | None = None


class HoldsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the goods of these orders shall not go."""

    ids: Ids
    reason: HoldReason
    note: str | None = None


class LiftRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which holds are lifted: all that the caller may lift, when none is named."""

    reasons: list[HoldReason] | None = None
    note: str | None = None


class LiftsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which holds of these orders are lifted."""

    ids: Ids
    reasons: list[HoldReason] | None = None
    note: str | None = None


class ShortCloseRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which lines are not to come any more, all that are left when none is named, and why."""

    lines: Annotated[list[int], Meta(min_length=1, max_length=5000)] | None = None
    reason: str | None = None


class ShortClosesRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which orders are to be closed, and why."""

    ids: Ids
    reason: str | None = None


class HeldOrders(msgspec.Struct, frozen=True):
    items: list[OrderHolds]


class ShortClosedOrders(msgspec.Struct, frozen=True):
    items: list[ShortClosedOrder]


@post("/orders/{order_id:uuid}/hold", opt=_HOLD, status_code=200)
async def hold_order(
    request: AnyRequest, database: Database, staff: StaffPrincipal, order_id: UUID, data: HoldRequest
) -> OrderHolds:
    """Hold an order: it keeps its stock and credit, its goods do not go."""
    wanted = HoldsRequest([order_id], data.reason, data.note)
    return (await _hold(request, database, staff, wanted)).items[0]


@post("/orders/hold", opt=_HOLD, status_code=200)
async def hold_orders(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: HoldsRequest
) -> HeldOrders:
    """Hold many orders, all or none."""
    return await _hold(request, database, staff, data)


async def _hold(request: AnyRequest, database: Database, staff: StaffPrincipal, wanted: HoldsRequest) -> HeldOrders:
    items = await once(
        request,
        database,
        staff,
        lambda tx: hold(
            tx, ids=wanted.ids, reason=wanted.reason, note=wanted.note, by=staff.actor(), principal=staff
        ),
        list[OrderHolds],
    )
    return HeldOrders(items)


@post("/orders/{order_id:uuid}/release", opt=_HOLD, status_code=200)
async def lift_hold(
    request: AnyRequest, database: Database, staff: StaffPrincipal, order_id: UUID, data: LiftRequest
) -> OrderHolds:
    """Lift holds of an order."""
    wanted = LiftsRequest([order_id], data.reasons, data.note)
    return (await _lift(request, database, staff, wanted)).items[0]


@post("/orders/release", opt=_HOLD, status_code=200)
async def lift_holds(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: LiftsRequest
) -> HeldOrders:
    """Lift holds of many orders, of all or none."""
    return await _lift(request, database, staff, data)


async def _lift(request: AnyRequest, database: Database, staff: StaffPrincipal, wanted: LiftsRequest) -> HeldOrders:
    items = await once(
        request,
        database,
        staff,
        lambda tx: lift(
            tx, ids=wanted.ids, reasons=wanted.reasons, note=wanted.note, by=staff.actor(), principal=staff
        ),
        list[OrderHolds],
    )
    return HeldOrders(items)


@get("/orders/{order_id:uuid}/holds", opt=needs("orders.read"))
async def read_holds(database: Database, staff: StaffPrincipal, order_id: UUID) -> list[HoldView]:
    """What held an order, the oldest first: who held it, why, and who lifted it."""
    async with database.transaction(staff.tenant_id) as tx:
        return await list_holds(tx, principal=staff, order_id=order_id)


@post("/orders/{order_id:uuid}/short-close", opt=_AMEND, status_code=200)
async def close_lines(
    request: AnyRequest, database: Database, staff: StaffPrincipal, order_id: UUID, data: ShortCloseRequest
) -> ShortClosedOrder:
    """Close what is left of an order's lines; what is released for shipping already still goes."""
    closed = await once(
        request,
        database,
        staff,
        lambda tx: short_close(
            tx, ids=[order_id], lines=data.lines, reason=data.reason, by=staff.actor(), principal=staff
        ),
        list[ShortClosedOrder],
    )
    return _told(staff)(closed[0])


@post("/orders/short-close", opt=_AMEND, status_code=200)
async def close_orders(
    request: AnyRequest, database: Database, staff: StaffPrincipal, data: ShortClosesRequest
) -> ShortClosedOrders:
    """Close what is left of many orders, of all or none."""
    closed = await once(
        request,
        database,
        staff,
        lambda tx: short_close(tx, ids=data.ids, reason=data.reason, by=staff.actor(), principal=staff),
        list[ShortClosedOrder],
    )
    return ShortClosedOrders(list(map(_told(staff), closed)))


def _told(staff: StaffPrincipal) -> Callable[[ShortClosedOrder], ShortClosedOrder]:
    """Who sees no prices is not told what came free."""
    if staff.sees_price:
        return lambda closed: closed
    return lambda closed: msgspec.structs.replace(closed, freed=None)


router = Router(
    "/",
    route_handlers=[hold_order, hold_orders, lift_hold, lift_holds, read_holds, close_lines, close_orders],
    tags=["orders"],
)
