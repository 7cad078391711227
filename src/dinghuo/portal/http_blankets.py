"""Blanket orders over HTTP, for dealers: /portal/v1/blanket-orders."""

import hashlib
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request, get, post
from litestar.params import Parameter, QueryParameter

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.errors import Refused
from dinghuo.kit.http import KEY_TOO_LONG, language_of, needs
from dinghuo.kit.idempotency import Key
from dinghuo.kit.paging import MOST, Page
from dinghuo.orders.blankets.call_off import CallOffRequest
from dinghuo.orders.blankets.queries import (
    BlanketFilter,
    BlanketSummary,
    BlanketView,
    get_blanket,
    list_blankets,
)
from dinghuo.orders.intake import Intake
from dinghuo.portal import blankets
from dinghuo.portal.blankets import CallOffPreview
from dinghuo.portal.submit import OrderPlaced

AnyRequest = Request[Any, Any, Any]
_READ, _PLACE = needs("portal.orders.read"), needs("portal.orders.place")
_ROUTE = "POST /portal/v1/blanket-orders/call-offs"


@get("/blanket-orders", opt=_READ)
async def read_blankets(
    database: Database,
    dealer: DealerPrincipal,
    in_state: Annotated[Literal["active", "closed", "expired"] | None, QueryParameter(name="state")] = None,
    cursor: str | None = None,
    limit: Annotated[int, Parameter(ge=1, le=MOST)] = 50,
) -> Page[BlanketSummary]:
    """What was agreed with the company, or with one above it, the newest first."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await list_blankets(
            tx, principal=dealer, wanted=BlanketFilter(state=in_state), cursor=cursor, limit=limit
        )


@get("/blanket-orders/{blanket_id:uuid}", opt=_READ)
async def read_blanket(database: Database, dealer: DealerPrincipal, blanket_id: UUID) -> BlanketView:
    """One of them with what is left of each line."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await get_blanket(tx, principal=dealer, blanket_id=blanket_id)


@post("/blanket-orders/{blanket_id:uuid}/call-offs", opt=_PLACE, status_code=201)
async def call_off(
    request: AnyRequest,
    database: Database,
    intake: Intake,
    dealer: DealerPrincipal,
    blanket_id: UUID,
    data: CallOffRequest,
) -> OrderPlaced:
    """Order against it, at the prices agreed. Send an Idempotency-Key."""
    sent = request.headers.get("idempotency-key")
    if sent is not None and not 0 < len(sent) <= 200:
        raise Refused(KEY_TOO_LONG("Idempotency-Key"))
    body = hashlib.sha256(blanket_id.bytes + await request.body()).hexdigest()
    return await blankets.call_off(
        database,
        intake,
        blanket_id=blanket_id,
        request=data,
        key=Key(dealer.id, _ROUTE, sent, body) if sent else None,
        dealer=dealer,
    )


@post("/blanket-orders/{blanket_id:uuid}/call-offs/preview", opt=_PLACE, status_code=200)
async def preview_call_off(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, blanket_id: UUID, data: CallOffRequest
) -> CallOffPreview:
    """What the order would be. Writes nothing."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await blankets.preview_call_off(
            tx, blanket_id=blanket_id, request=data, dealer=dealer, language=language_of(request)
        )


HANDLERS = [read_blankets, read_blanket, call_off, preview_call_off]
