"""The cart, parked drafts and proposals, over HTTP: under /portal/v1."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import Request, delete, get, post, put
from litestar.params import Parameter, QueryParameter

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.http import language_of, needs, once
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import MOST, Page
from dinghuo.orders.drafts import ProposalState
from dinghuo.orders.intake import Intake
from dinghuo.orders.propose import decline
from dinghuo.portal.cart import find_cart, find_own, find_proposal
from dinghuo.portal.cart_view import CartView, show_cart
from dinghuo.portal.change_lines import LineChanges, change_lines
from dinghuo.portal.edit_cart import CartFields, edit_cart
from dinghuo.portal.park import DraftSummary, clear, discard, list_parked, park, resume
from dinghuo.portal.proposals import ProposalSummary, ProposalView, list_proposals, show_proposal, summary_of
from dinghuo.portal.shopping_lists import ListView, content_of, make_list
from dinghuo.portal.submit import OrderPlaced, Seen, submit

AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, Parameter(ge=1, le=MOST)]
_PLACE = needs("portal.orders.place")


class NameRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What it shall be called."""

    name: str | None = None


class ListName(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    name: str


class SubmitRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The revision and the total that the user saw: when it has become more, they are asked again. Left out, whatever
    it holds is ordered at whatever it costs. `use_rebate` is paid from the company's rebates."""

    revision: int | None = None
    expected_gross: Decimal | None = None
    use_rebate: Decimal | None = None

    @property
    def seen(self) -> Seen:
        return Seen(self.revision, self.expected_gross, self.use_rebate)


class DeclineRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is not wanted."""

    reason: str | None = None


@get("/cart", opt=_PLACE)
async def read_cart(request: AnyRequest, database: Database, dealer: DealerPrincipal) -> CartView:
    """The present cart as it would be ordered now: prices, problems at their lines, credit."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await show_cart(tx, await find_cart(tx, dealer), dealer=dealer, language=language_of(request))


@put("/cart", opt=_PLACE)
async def put_cart(request: AnyRequest, database: Database, dealer: DealerPrincipal, data: CartFields) -> CartView:
    """Write above the lines: own order number, wanted day, where to, a note. The last one wins."""

    async def edit(tx: Tx) -> CartView:
        cart = await edit_cart(tx, fields=data, dealer=dealer)
        return await show_cart(tx, cart, dealer=dealer, language=language_of(request))

    return await database.run(dealer.tenant_id, edit)


@put("/cart/lines", opt=_PLACE)
async def put_lines(request: AnyRequest, database: Database, dealer: DealerPrincipal, data: LineChanges) -> CartView:
    """Set lines of the cart, however late and however often it is sent: see `LineChange`."""

    async def change(tx: Tx) -> CartView:
        changed = await change_lines(tx, request=data, dealer=dealer)
        return await show_cart(
            tx, changed.cart, dealer=dealer, language=language_of(request), ignored=changed.ignored
        )

    return await database.run(dealer.tenant_id, change)


@post("/cart/clear", opt=_PLACE, status_code=200)
async def clear_cart(request: AnyRequest, database: Database, dealer: DealerPrincipal) -> CartView:
    """Take everything out of the cart."""

    async def empty(tx: Tx) -> CartView:
        return await show_cart(tx, await clear(tx, dealer=dealer), dealer=dealer, language=language_of(request))

    return await database.run(dealer.tenant_id, empty)


@post("/cart/park", opt=_PLACE, status_code=200)
async def park_cart(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, data: NameRequest
) -> DraftSummary:
    """Set the cart aside; the next change begins a new one."""
    return await once(request, database, dealer, lambda tx: park(tx, name=data.name, dealer=dealer), DraftSummary)


@post("/cart/save-as-list", opt=_PLACE, status_code=201)
async def save_as_list(request: AnyRequest, database: Database, dealer: DealerPrincipal, data: ListName) -> ListView:
    """Keep what is in the cart as a shopping list."""

    async def save(tx: Tx) -> ListView:
        cart = await find_cart(tx, dealer)
        lines = cart.content.lines if cart else []
        content = content_of(data.name, [(line.sku, line.unit, line.quantity) for line in lines])
        return await make_list(tx, content=content, dealer=dealer)

    return await once(request, database, dealer, save, ListView)


@get("/drafts", opt=_PLACE)
async def read_drafts(
    database: Database, dealer: DealerPrincipal, cursor: str | None = None, limit: Limit = 50
) -> Page[DraftSummary]:
    """The company's carts set aside, the newest first."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await list_parked(tx, dealer=dealer, cursor=cursor, limit=limit)


@get("/drafts/{draft_id:uuid}", opt=_PLACE)
async def read_draft(request: AnyRequest, database: Database, dealer: DealerPrincipal, draft_id: UUID) -> CartView:
    """One draft of the company, as it would be ordered now."""
    async with database.transaction(dealer.tenant_id) as tx:
        found = await find_own(tx, dealer, draft_id)
        if found is None:
            raise missing("draft", draft_id)
        return await show_cart(tx, found, dealer=dealer, language=language_of(request))


@post("/drafts/{draft_id:uuid}/resume", opt=_PLACE, status_code=200)
async def resume_draft(request: AnyRequest, database: Database, dealer: DealerPrincipal, draft_id: UUID) -> CartView:
    """Make a parked draft this user's cart; a cart with lines is parked in its place."""

    async def take_up(tx: Tx) -> CartView:
        cart = await resume(tx, draft_id=draft_id, dealer=dealer)
        return await show_cart(tx, cart, dealer=dealer, language=language_of(request))

    return await database.run(dealer.tenant_id, take_up)


@delete("/drafts/{draft_id:uuid}", opt=_PLACE, status_code=204)
async def delete_draft(database: Database, dealer: DealerPrincipal, draft_id: UUID) -> None:
    """Throw a draft away."""
    await database.run(dealer.tenant_id, lambda tx: discard(tx, draft_id=draft_id, dealer=dealer))


@post("/drafts/{draft_id:uuid}/submit", opt=_PLACE, status_code=201)
async def submit_draft(
    database: Database, intake: Intake, dealer: DealerPrincipal, draft_id: UUID, data: SubmitRequest
) -> OrderPlaced:
    """Place the cart's order. However often it is tapped, one cart is one order."""
    return await submit(database, intake, draft_id=draft_id, seen=data.seen, dealer=dealer)


@get("/proposals", opt=_PLACE)
async def read_proposals(
    database: Database,
    dealer: DealerPrincipal,
    in_state: Annotated[ProposalState | None, QueryParameter(name="state")] = None,
    cursor: str | None = None,
    limit: Limit = 50,
) -> Page[ProposalSummary]:
    """What the seller's people propose to the company, the newest first."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await list_proposals(tx, dealer=dealer, state=in_state, cursor=cursor, limit=limit)


@get("/proposals/{draft_id:uuid}", opt=_PLACE)
async def read_proposal(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, draft_id: UUID
) -> ProposalView:
    """One proposal, as it would be ordered now."""
    async with database.transaction(dealer.tenant_id) as tx:
        return await show_proposal(tx, draft_id, dealer=dealer, language=language_of(request))


@post("/proposals/{draft_id:uuid}/confirm", opt=_PLACE, status_code=201)
async def confirm_proposal(
    database: Database, intake: Intake, dealer: DealerPrincipal, draft_id: UUID, data: SubmitRequest
) -> OrderPlaced:
    """Place the order that was proposed; once, however often it is tapped."""
    return await submit(database, intake, draft_id=draft_id, seen=data.seen, dealer=dealer, proposal=True)


@post("/proposals/{draft_id:uuid}/decline", opt=_PLACE, status_code=200)
async def decline_proposal(
    request: AnyRequest, database: Database, dealer: DealerPrincipal, draft_id: UUID, data: DeclineRequest
) -> ProposalSummary:
    """Say that it is not wanted, and why."""

    async def refuse(tx: Tx) -> ProposalSummary:
        await decline(tx, draft_id=draft_id, reason=data.reason, principal=dealer, by=dealer.actor())
        found = await find_proposal(tx, dealer, draft_id)
        if found is None:
            raise missing("draft", draft_id)
        return summary_of(found)

    return await once(request, database, dealer, refuse, ProposalSummary)


HANDLERS = [
    read_cart,
    put_cart,
    put_lines,
    clear_cart,
    park_cart,
    save_as_list,
    read_drafts,
    read_draft,
    resume_draft,
    delete_draft,
    submit_draft,
    read_proposals,
    read_proposal,
    confirm_proposal,
    decline_proposal,
]
