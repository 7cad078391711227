"""Orders over HTTP, for staff and systems: `/api/v1/orders`."""

import asyncio
import hashlib
from typing import Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, post

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.errors import MALFORMED, Message, Problem, Refused, problem
from dinghuo.kit.http import KEY_TOO_LONG, language_of, needs, once, refusal_of
from dinghuo.kit.idempotency import Key
from dinghuo.kit.ids import new_id
from dinghuo.orders.cancel import Cancelled, cancel
from dinghuo.orders.intake import Intake
from dinghuo.orders.preview import Preview, preview
from dinghuo.orders.requests import OrderRequest, Outcome, Placed, Placement
from dinghuo.orders.scope import sees

_ROUTE = "POST /api/v1/orders"
_BULK = "/api/v1/orders/bulk"
_MOST_ORDERS = 500

TOO_MANY_ORDERS = Message("too-many-orders", "一次最多 {most} 张订单", "At most {most} orders at once", MALFORMED)
NO_ORDERS = Message("no-orders", "没有任何订单", "There are no orders", MALFORMED)


class BulkRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Many orders, each decided for itself."""

    orders: list[OrderRequest]


class BulkItem(msgspec.Struct, frozen=True):
    """What became of one of them: `order` when it was placed, `problem` when not."""

    order: Placed | None = None
    problem: Problem | None = None


class BulkResult(msgspec.Struct, frozen=True):
    """The outcomes in the order of the request."""

    placed: int
    refused: int
    items: list[BulkItem]


class CancelRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why the order is called off."""

    reason: str | None = None


@post("/orders", opt=needs("orders.place"), status_code=201)
async def place_order(
    request: Request[Any, Any, Any], intake: Intake, staff: StaffPrincipal, data: OrderRequest
) -> Response[Placed]:
    """Place one order. Send an Idempotency-Key: the same key with the same body is answered again, not done again."""
    body = await request.body()
    key = key_of(staff, request.headers.get("idempotency-key"), body)
    outcome = await intake.submit(staff.tenant_id, placement_of(staff, data, key), size=len(body))
    if outcome.body is None:
        raise _refusal(outcome)
    headers = {"idempotency-key": key.key}
    if outcome.replayed:
        headers["idempotency-replayed"] = "true"
    # The outcome is JSON already, the very bytes that the key remembers.
    return Response(
        content=outcome.body.encode(),  # type: ignore[arg-type]
        status_code=201,
        media_type="application/json",
        headers=headers,
    )


@post("/orders/bulk", opt=needs("orders.place"), status_code=200)
async def place_orders(
    request: Request[Any, Any, Any], intake: Intake, staff: StaffPrincipal, data: BulkRequest
) -> BulkResult:
    """Place many orders, each for itself. With an Idempotency-Key, order n is remembered under `key/n`."""
    if not data.orders:
        raise Refused(NO_ORDERS("orders"))
    if len(data.orders) > _MOST_ORDERS:
        raise Refused(TOO_MANY_ORDERS("orders", most=_MOST_ORDERS))
    base = request.headers.get("idempotency-key")
    waiting = []
    for number, order in enumerate(data.orders):
        body = msgspec.json.encode(order)
        key = key_of(staff, f"{base}/{number}" if base else None, body)
        waiting.append(intake.submit(staff.tenant_id, placement_of(staff, order, key), size=len(body)))
    language = language_of(request)
    items = []
    # What befalls one, a full queue included, says nothing of the others: some may be placed already.
    for outcome in await asyncio.gather(*waiting, return_exceptions=True):
        if isinstance(outcome, Outcome) and outcome.body is not None:
            items.append(BulkItem(order=msgspec.json.decode(outcome.body, type=Placed)))
        elif isinstance(outcome, (Outcome, Exception)):
            refused = _refusal(outcome) if isinstance(outcome, Outcome) else refusal_of(outcome, path=_BULK)
            items.append(BulkItem(problem=problem(refused, language)))
        else:
            raise outcome
    placed = sum(item.order is not None for item in items)
    return BulkResult(placed=placed, refused=len(items) - placed, items=items)


@post("/orders/preview", opt=needs("orders.place"), status_code=200)
async def preview_order(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: OrderRequest
) -> Preview:
    """What the order would be if it were placed now, with everything that stands in its way. Writes nothing."""
    placement = placement_of(staff, data, None)
    async with database.transaction(staff.tenant_id) as tx:
        return await preview(tx, placement=placement, language=language_of(request), sees_margin=staff.sees_margin)


@post("/orders/{order_id:uuid}/cancel", opt=needs("orders.cancel"), status_code=200)
async def cancel_order(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    order_id: UUID,
    data: CancelRequest,
) -> Cancelled:
    """Call an order off: what it held of stock and credit is free again."""
    cancelled = await once(
        request,
        database,
        staff,
        lambda tx: cancel(tx, ids=[order_id], by=staff.actor(), principal=staff, reason=data.reason),
        list[Cancelled],
    )
    return cancelled[0] if staff.sees_price else msgspec.structs.replace(cancelled[0], freed=None)


def key_of(staff: StaffPrincipal, sent: str | None, body: bytes) -> Key:
    """The caller's key, or one made here: after a lost connection the outcome is looked up, never guessed."""
    if sent is not None and not 0 < len(sent) <= 200:
        raise Refused(KEY_TOO_LONG("Idempotency-Key"))
    return Key(staff.id, _ROUTE, sent or new_id().hex, hashlib.sha256(body).hexdigest())


def placement_of(staff: StaffPrincipal, order: OrderRequest, key: Key | None) -> Placement:
    return Placement(
        request=order,
        by=staff.actor(),
        key=key,
        may_see=sees(staff),
        may_set_prices=staff.may("orders.set_price"),
        waives_minimum=staff.may("orders.waive_minimum"),
        sees_price=staff.sees_price,
    )


def _refusal(outcome: Outcome) -> Refused:
    if outcome.refused is None:
        raise AssertionError("an outcome is either placed or refused")
    return outcome.refused


router = Router("/", route_handlers=[place_order, place_orders, preview_order, cancel_order])
