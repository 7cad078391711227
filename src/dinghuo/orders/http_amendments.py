"""Amendments of orders over HTTP, for staff and systems."""

from typing import Annotated, Any, Literal
from uuid import UUID

import msgspec
from litestar import Request, Router, get, post
from litestar.params import Parameter, QueryParameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.orders.amend import amend
from dinghuo.orders.amend_decide import accept, reject, withdraw
from dinghuo.orders.amend_preview import AmendmentPreview, preview_amendment
from dinghuo.orders.amend_request import AmendRequest
from dinghuo.orders.amendments import Amendment, AmendmentSummary, amendments_of, get_amendment, list_amendments

AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=MOST)]
_READ, _AMEND = needs("orders.read"), needs("orders.amend")
_ONE = "/orders/{order_id:uuid}/amendments"


class RejectRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is not agreed to."""

    reason: str | None = None


@post(f"{_ONE}/preview", opt=_AMEND, status_code=200)
async def preview(
    request: AnyRequest, database: Database, staff: StaffPrincipal, order_id: UUID, data: AmendRequest
) -> AmendmentPreview:
    """What an amendment would make of the order, old and new side by side. Writes nothing."""
    async with database.transaction(staff.tenant_id) as tx:
        return await preview_amendment(
            tx,
            order_id=order_id,
            request=data,
            principal=staff,
            by=staff.actor(),
            language=language_of(request),
        )


@post(_ONE, opt=_AMEND, status_code=201)
async def amend_order(
    request: AnyRequest, database: Database, staff: StaffPrincipal, order_id: UUID, data: AmendRequest
) -> Amendment:
    """Amend an order: at once, or when those who must have agreed."""

    async def run(tx: Tx) -> Amendment:
        amendment_id = await amend(tx, order_id=order_id, request=data, principal=staff, by=staff.actor())
        return await get_amendment(tx, principal=staff, order_id=order_id, amendment_id=amendment_id)

    return await once(request, database, staff, run, Amendment)


@get(_ONE, opt=_READ)
async def read_amendments(database: Database, staff: StaffPrincipal, order_id: UUID) -> list[AmendmentSummary]:
    """The amendments of an order, the newest first."""
    async with database.transaction(staff.tenant_id) as tx:
        return await amendments_of(tx, principal=staff, order_id=order_id)


@get("/amendments", opt=_READ)
async def read_all(
    database: Database,
    staff: StaffPrincipal,
    in_state: Annotated[
        Literal["pending", "applied", "rejected", "withdrawn"], QueryParameter(name="state")
    ] = "pending",
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[AmendmentSummary]:
    """Amendments of all orders the caller may see, the newest first: those that wait, unless asked otherwise."""
    async with database.transaction(staff.tenant_id) as tx:
        return await list_amendments(tx, principal=staff, state=in_state, cursor=cursor, limit=limit)


@get(_ONE + "/{amendment_id:uuid}", opt=_READ)
async def read_amendment(database: Database, staff: StaffPrincipal, order_id: UUID, amendment_id: UUID) -> Amendment:
    """One amendment with all that it changes."""
    async with database.transaction(staff.tenant_id) as tx:
        return await get_amendment(tx, principal=staff, order_id=order_id, amendment_id=amendment_id)


@post(_ONE + "/{amendment_id:uuid}/accept", opt=_AMEND, status_code=200)
async def accept_amendment(
    request: AnyRequest, database: Database, staff: StaffPrincipal, order_id: UUID, amendment_id: UUID
) -> Amendment:
    """Agree to what a dealer asked for."""

    async def run(tx: Tx) -> Amendment:
        await accept(tx, order_id=order_id, amendment_id=amendment_id, principal=staff, by=staff.actor())
        return await get_amendment(tx, principal=staff, order_id=order_id, amendment_id=amendment_id)

    return await once(request, database, staff, run, Amendment)


@post(_ONE + "/{amendment_id:uuid}/reject", opt=_AMEND, status_code=200)
async def reject_amendment(
    request: AnyRequest,
    database: Database,
    staff: StaffPrincipal,
    order_id: UUID,
    amendment_id: UUID,
    data: RejectRequest,
) -> Amendment:
    """Do not agree to what a dealer asked for."""

    async def run(tx: Tx) -> Amendment:
        await reject(
            tx,
            order_id=order_id,
            amendment_id=amendment_id,
            reason=data.reason,
            principal=staff,
            by=staff.actor(),
        )
        return await get_amendment(tx, principal=staff, order_id=order_id, amendment_id=amendment_id)

    return await once(request, database, staff, run, Amendment)


@post(_ONE + "/{amendment_id:uuid}/withdraw", opt=_AMEND, status_code=200)
async def withdraw_amendment(
    request: AnyRequest, database: Database, staff: StaffPrincipal, order_id: UUID, amendment_id: UUID
) -> Amendment:
    """Take back what the seller's own people asked for."""

    async def run(tx: Tx) -> Amendment:
        await withdraw(tx, order_id=order_id, amendment_id=amendment_id, principal=staff, by=staff.actor())
        return await get_amendment(tx, principal=staff, order_id=order_id, amendment_id=amendment_id)

    return await once(request, database, staff, run, Amendment)


router = Router(
    "/",
    route_handlers=[
        preview,
        amend_order,
        read_amendments,
        read_all,
        read_amendment,
        accept_amendment,
        reject_amendment,
        withdraw_amendment,
    ],
    tags=["orders"],
)
