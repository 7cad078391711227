"""What waits for a colleague's consent, or did, as the people of the company see it."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import or_

from dinghuo.catalogue.facts import load_skus
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Language
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.orders.propose import terms_of
from dinghuo.orders.tables import draft, draft_consent, draft_proposal
from dinghuo.portal.cart import Cart, ConsentChange, ConsentState, cart_of, carts, find_asked
from dinghuo.portal.cart_view import CartView, show_cart
from dinghuo.portal.shelf import load_products

Deed = Literal["approve", "change", "reject", "take_back"]
_PICTURES = 4


class ConsentSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An order that somebody asks a colleague's consent for. `gross` is what it came to then; `answer` is what the
    colleague said, `order_id` the order it became."""

    id: UUID
    name: str | None
    lines: int
    pictures: list[str]
    message: str | None
    state: ConsentState
    asked_at: datetime
    asked_by: str
    gross: Decimal | UnsetType = UNSET
    decided_at: datetime | None
    decided_by: str | None
    answer: str | None
    changes: list[ConsentChange]
    # Whether whoever asks wants as much as may be paid by rebates.
    uses_rebate: bool
    order_id: UUID | None
    revision: int
    actions: list[Deed]


class ConsentView(CartView, frozen=True, kw_only=True):
    """The same with its lines, as they would be ordered now."""

    consent: ConsentSummary


def deeds(cart: Cart, dealer: DealerPrincipal, *, orderable: bool = True) -> list[Deed]:
    """What this user may do with it now."""
    consent = cart.consent
    if consent is None or consent.state != "waiting" or cart.order_id is not None:
        return []
    found: list[Deed] = []
    if dealer.may("portal.orders.approve"):
        found += ["approve", "reject"] if orderable else ["reject"]
        # A proposal is what the seller offers: it is agreed to as it is, or not.
        if cart.proposal is None:
            found.append("change")
    if consent.asked_by == dealer.user_id:
        found.append("take_back")
    return found


async def list_consents(
    tx: Tx,
    *,
    dealer: DealerPrincipal,
    state: ConsentState | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ConsentSummary]:
    """What was asked in this company, the newest draft first."""
    statement = carts(tx, dealer).where(draft_consent.c.customer_id == dealer.customer_id, *still_open())
    if state is not None:
        statement = statement.where(draft_consent.c.state == state)
    if cursor is not None:
        statement = statement.where(draft.c.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement.order_by(draft.c.id.desc()).limit(limit + 1))
    found = [cart_of(row) for row in rows]
    pictures = await _pictures(tx, found)
    return page(found, limit, lambda cart: (cart.id,), lambda cart: summary_of(cart, dealer, pictures[cart.id]))


def still_open() -> list[Any]:
    """Not what the seller's people took back meanwhile, or a colleague declined."""
    p = draft_proposal.c
    return [or_(p.state.is_(None), p.state.in_(("proposed", "confirmed")))]


async def show_consent(tx: Tx, draft_id: UUID, *, dealer: DealerPrincipal, language: Language) -> ConsentView:
    found = await find_asked(tx, dealer, draft_id)
    if found is None:
        raise missing("consent", draft_id)
    terms = await terms_of(tx, draft_id) if found.proposal is not None else None
    view = await show_cart(
        tx, found, dealer=dealer, language=language, waives_minimum=terms is not None and terms.waives_minimum
    )
    orderable = not view.problems and not any(line.problems for line in view.lines)
    fields = {name: getattr(view, name) for name in CartView.__struct_fields__}
    pictures = (await _pictures(tx, [found]))[found.id]
    return ConsentView(**fields, consent=summary_of(found, dealer, pictures, orderable=orderable))


def summary_of(
    cart: Cart, dealer: DealerPrincipal, pictures: Sequence[str] = (), *, orderable: bool = True
) -> ConsentSummary:
    consent = cart.consent
    if consent is None:
        raise AssertionError("nobody was asked about this draft")
    return ConsentSummary(
        id=cart.id,
        name=cart.content.name,
        lines=len(cart.content.lines),
        pictures=list(pictures),
        message=consent.message,
        state=consent.state,
        asked_at=consent.asked_at,
        asked_by=consent.asked_by_name,
        gross=consent.gross if dealer.sees_price else UNSET,
        decided_at=consent.decided_at,
        decided_by=consent.decided_by_name,
        answer=consent.answer,
        changes=consent.changes,
        uses_rebate=consent.uses_rebate,
        order_id=cart.order_id,
        revision=cart.revision,
        actions=deeds(cart, dealer, orderable=orderable),
    )


async def _pictures(tx: Tx, found: Sequence[Cart]) -> dict[UUID, list[str]]:
    """Of the first goods of each."""
    first = {cart.id: [line.sku for line in cart.content.lines[:_PICTURES]] for cart in found}
    skus = await load_skus(tx, [code for codes in first.values() for code in codes])
    products = await load_products(tx, {sku.product_id for sku in skus.values()})
    return {
        id: [
            image
            for code in codes
            if (sku := skus.get(code)) is not None and (image := products[sku.product_id].image(sku.id)) is not None
        ]
        for id, codes in first.items()
    }
