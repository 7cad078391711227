"""Carts over HTTP, for staff and systems: `/api/v1/drafts`."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, Response, Router, delete, get, post, put
from litestar.params import HeaderParameter, Parameter

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Database
from dinghuo.kit.errors import Refused
from dinghuo.kit.http import needs, once
from dinghuo.kit.paging import MOST, Page
from dinghuo.kit.revisions import expected_revision
from dinghuo.orders.drafts import DraftView, ProposalState, get_draft, list_drafts, told
from dinghuo.orders.http import placement_of
from dinghuo.orders.intake import Intake
from dinghuo.orders.propose import propose, withdraw
from dinghuo.orders.requests import FromDraft, OrderRequest, Placed
from dinghuo.orders.save_draft import DRAFT_PROPOSED, DraftRequest, begin_draft, discard_draft, save_draft
from dinghuo.orders.submit_drafts import submit_key

IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", description="The revision that was read")]


@post("/drafts", opt=needs("orders.place"), status_code=201)
async def create_draft(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, data: DraftRequest
) -> DraftView:
    """Begin a cart."""
    draft = await once(
        request,
        database,
        staff,
        lambda tx: begin_draft(tx, request=data, principal=staff, by=staff.actor()),
        DraftView,
    )
    return told(draft, staff)


@get("/drafts", opt=needs("orders.read"))
async def read_drafts(
    database: Database,
    staff: StaffPrincipal,
    customer: str | None = None,
    proposal: ProposalState | None = None,
    cursor: str | None = None,
    limit: Annotated[int, Parameter(ge=1, le=MOST)] = 50,
) -> Page[DraftView]:
    """Carts not yet submitted, the newest first; with `proposal`, what was proposed to dealers and came to this."""
    async with database.transaction(staff.tenant_id) as tx:
        drafts = await list_drafts(
            tx, principal=staff, customer_code=customer, proposal=proposal, cursor=cursor, limit=limit
        )
    return Page([told(draft, staff) for draft in drafts.items], drafts.cursor)


@get("/drafts/{draft_id:uuid}", opt=needs("orders.read"))
async def read_draft(database: Database, staff: StaffPrincipal, draft_id: UUID) -> DraftView:
    """One cart."""
    async with database.transaction(staff.tenant_id) as tx:
        return told(await get_draft(tx, principal=staff, draft_id=draft_id), staff)


@put("/drafts/{draft_id:uuid}", opt=needs("orders.place"))
async def replace_draft(
    database: Database,
    staff: StaffPrincipal,
    draft_id: UUID,
    data: DraftRequest,
    if_match: IfMatch = None,
) -> DraftView:
    """Save a cart; `If-Match` is the revision that was read."""
    revision = expected_revision(if_match)
    draft = await database.run(
        staff.tenant_id,
        lambda tx: save_draft(
            tx, draft_id=draft_id, request=data, revision=revision, principal=staff, by=staff.actor()
        ),
    )
    return told(draft, staff)


@delete("/drafts/{draft_id:uuid}", opt=needs("orders.place"))
async def remove_draft(database: Database, staff: StaffPrincipal, draft_id: UUID) -> None:
    """Throw a cart away."""
    await database.run(
        staff.tenant_id, lambda tx: discard_draft(tx, draft_id=draft_id, principal=staff, by=staff.actor())
    )


@post("/drafts/{draft_id:uuid}/submit", opt=needs("orders.place"), status_code=201)
async def submit_draft(
    database: Database, intake: Intake, staff: StaffPrincipal, draft_id: UUID, use_rebate: Decimal | None = None
) -> Response[Placed]:
    """Place the cart's order, so much of it paid from the customer's rebates.

    However often it is tapped, one cart is one order: the draft is the key.
    """
    async with database.transaction(staff.tenant_id) as tx:
        draft = await get_draft(tx, principal=staff, draft_id=draft_id)
    if draft.is_proposed:
        raise Refused(DRAFT_PROPOSED("id"))
    placement = msgspec.structs.replace(
        placement_of(staff, msgspec.structs.replace(order_of(draft), use_rebate=use_rebate), submit_key(draft_id)),
        draft=FromDraft(draft_id, draft.revision),
    )
    outcome = await intake.submit(staff.tenant_id, placement, size=100 * len(draft.lines))
    if outcome.body is None:
        raise outcome.refused or AssertionError("an outcome is either placed or refused")
    placed = msgspec.json.decode(outcome.body, type=Placed)
    # It may be the answer to somebody else's tap.
    if not staff.sees_price:
        placed = msgspec.structs.replace(placed, net=None, tax=None, gross=None)
    return Response(placed, status_code=201)


class ProposeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the dealer is told with it."""

    message: str | None = None


@post("/drafts/{draft_id:uuid}/propose", opt=needs("orders.place"), status_code=200)
async def propose_draft(
    request: Request[Any, Any, Any],
    database: Database,
    staff: StaffPrincipal,
    draft_id: UUID,
    data: ProposeRequest,
) -> DraftView:
    """Ask the dealer to confirm the draft in the portal. It changes no more until they decide or it is withdrawn."""
    draft = await once(
        request,
        database,
        staff,
        lambda tx: propose(tx, draft_id=draft_id, message=data.message, principal=staff, by=staff.actor()),
        DraftView,
    )
    return told(draft, staff)


@post("/drafts/{draft_id:uuid}/withdraw", opt=needs("orders.place"), status_code=200)
async def withdraw_draft(
    request: Request[Any, Any, Any], database: Database, staff: StaffPrincipal, draft_id: UUID
) -> DraftView:
    """Take a proposal back before the dealer has decided."""
    draft = await once(
        request,
        database,
        staff,
        lambda tx: withdraw(tx, draft_id=draft_id, principal=staff, by=staff.actor()),
        DraftView,
    )
    return told(draft, staff)


def order_of(draft: DraftView) -> OrderRequest:
    """What a cart asks for."""
    return OrderRequest(
        customer=draft.customer,
        lines=[*draft.lines],
        customer_reference=draft.customer_reference,
        requested_date=draft.requested_date,
        ship_to=draft.ship_to,
        note=draft.note,
        coupons=draft.coupons,
    )


router = Router(
    "/",
    route_handlers=[
        create_draft,
        read_drafts,
        read_draft,
        replace_draft,
        remove_draft,
        submit_draft,
        propose_draft,
        withdraw_draft,
    ],
)
