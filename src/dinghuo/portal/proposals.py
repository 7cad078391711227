"""What the seller's people propose to this company, as its users see it."""

from datetime import datetime
from uuid import UUID

import msgspec

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Language
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.orders.drafts import ProposalState
from dinghuo.orders.propose import terms_of
from dinghuo.orders.tables import draft, draft_proposal
from dinghuo.portal.cart import Cart, cart_of, carts, find_proposal
from dinghuo.portal.cart_view import CartView, show_cart

_TOLD = ("proposed", "confirmed", "declined")
_SHOWN = ("proposed", "confirmed")


class ProposalSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A draft that a sales person made for this company; `reason` says why it was declined."""

    id: UUID
    name: str | None
    lines: int
    message: str | None
    proposed_at: datetime
    proposed_by: str
    state: ProposalState
    reason: str | None
    order_id: UUID | None
    revision: int


class ProposalView(CartView, frozen=True, kw_only=True):
    """A proposal as it would be ordered now."""

    proposal: ProposalSummary


async def list_proposals(
    tx: Tx,
    *,
    dealer: DealerPrincipal,
    state: ProposalState | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ProposalSummary]:
    """Proposals, the newest first. One that was withdrawn is the seller's own affair again."""
    d, p = draft.c, draft_proposal.c
    statement = carts(tx, dealer).where(p.state.in_(_TOLD))
    if state is not None:
        statement = statement.where(p.state == state)
    if cursor is not None:
        statement = statement.where(d.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement.order_by(d.id.desc()).limit(limit + 1))
    return page(rows, limit, lambda row: (row.id,), lambda row: summary_of(cart_of(row)))


async def show_proposal(tx: Tx, draft_id: UUID, *, dealer: DealerPrincipal, language: Language) -> ProposalView:
    """One that waits, or has become an order. What was declined may be something else by now."""
    found = await find_proposal(tx, dealer, draft_id)
    if found is None or found.proposal is None or found.proposal.state not in _SHOWN:
        raise missing("draft", draft_id)
    terms = await terms_of(tx, draft_id)
    waives = terms is not None and terms.waives_minimum
    view = await show_cart(tx, found, dealer=dealer, language=language, waives_minimum=waives)
    fields = {name: getattr(view, name) for name in CartView.__struct_fields__}
    return ProposalView(**fields, proposal=summary_of(found))


def summary_of(cart: Cart) -> ProposalSummary:
    proposal = cart.proposal
    if proposal is None:
        raise AssertionError("this draft was never proposed")
    return ProposalSummary(
        id=cart.id,
        name=cart.content.name,
        lines=len(cart.content.lines),
        message=proposal.message,
        proposed_at=proposal.proposed_at,
        proposed_by=proposal.proposed_by,
        state=proposal.state,
        reason=proposal.reason,
        order_id=cart.order_id,
        revision=cart.revision,
    )
