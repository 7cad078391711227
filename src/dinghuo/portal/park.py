"""Set the cart aside, take a parked one up again, throw one away."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import and_, case, delete, func, or_, select, update

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.identity.tables import app_user
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, page
from dinghuo.orders.save_draft import DRAFT_SUBMITTED
from dinghuo.orders.tables import draft, draft_consent
from dinghuo.portal.cart import DRAFT_WAITS, Cart, Content, ensure_cart, find_cart, find_own, tell, write_cart

NOTHING_TO_PARK = Message(
    "cart-is-empty", "购物车是空的", "The cart is empty: there is nothing to set aside", CONFLICT
)


class DraftSummary(msgspec.Struct, frozen=True, kw_only=True):
    """A cart set aside, and by whom; `refused` says why a colleague did not consent to it."""

    id: UUID
    name: str | None
    lines: int
    by: str | None
    updated_at: datetime
    revision: int
    refused: str | None = None
    refused_by: str | None = None


async def park(tx: Tx, *, name: str | None, dealer: DealerPrincipal) -> DraftSummary:
    """Set the present cart aside under a name; the next change begins a new one."""
    cart = await find_cart(tx, dealer, lock=True)
    if cart is None or not cart.content.lines:
        raise Refused(NOTHING_TO_PARK())
    content = msgspec.structs.replace(cart.content, name=name or cart.content.name)
    parked = await write_cart(tx, dealer, cart, content)
    await _set_cart(tx, cart.id, is_cart=False)
    await tell(tx, dealer, cart.id, "parked")
    return _summary(parked, dealer)


async def resume(tx: Tx, *, draft_id: UUID, dealer: DealerPrincipal) -> Cart:
    """Make a parked draft the cart of this user. One that holds lines is parked in its place, an empty one goes."""
    wanted = await find_own(tx, dealer, draft_id)
    if wanted is None:
        raise missing("draft", draft_id)
    # Both are locked in the order of their ids, as any other who swaps them does.
    present = await find_cart(tx, dealer)
    for each in sorted({draft_id, present.id} if present else {draft_id}):
        await find_own(tx, dealer, each, lock=True)
    wanted, present = await find_own(tx, dealer, draft_id), await find_cart(tx, dealer)
    if wanted is None:
        raise missing("draft", draft_id)
    if wanted.order_id is not None:
        raise Refused(DRAFT_SUBMITTED("id"))
    if wanted.waits:
        raise Refused(DRAFT_WAITS("id"))
    if wanted.is_cart:
        return wanted
    if present is not None and present.content.lines:
        await _set_cart(tx, present.id, is_cart=False)
        await tell(tx, dealer, present.id, "parked")
    elif present is not None:
        await _delete(tx, present.id)
    await _set_cart(tx, draft_id, is_cart=True, created_by=dealer.user_id)
    await tell(tx, dealer, draft_id, "resumed")
    return msgspec.structs.replace(wanted, is_cart=True)


async def discard(tx: Tx, *, draft_id: UUID, dealer: DealerPrincipal) -> None:
    """Throw a draft away."""
    found = await find_own(tx, dealer, draft_id, lock=True)
    if found is None:
        raise missing("draft", draft_id)
    if found.order_id is not None:
        raise Refused(DRAFT_SUBMITTED("id"))
    if found.waits:
        raise Refused(DRAFT_WAITS("id"))
    await _delete(tx, draft_id)
    await tell(tx, dealer, draft_id, "discarded")


async def clear(tx: Tx, *, dealer: DealerPrincipal) -> Cart:
    """Take everything out of the cart. Late changes of lines that were in it do not bring them back."""
    cart = await ensure_cart(tx, dealer)
    at = int(tx.now.timestamp() * 1000)
    marks = {key: msgspec.structs.replace(mark, at=max(mark.at, at)) for key, mark in cart.marks.items()}
    return await write_cart(tx, dealer, cart, Content(), marks)


async def list_parked(
    tx: Tx, *, dealer: DealerPrincipal, cursor: str | None = None, limit: int = 50
) -> Page[DraftSummary]:
    """The company's drafts set aside, the newest first."""
    d, u, c = draft.c, app_user.c, draft_consent.c
    was_refused = c.state == "refused"
    statement = (
        select(
            d.id,
            d.name,
            func.jsonb_array_length(d.lines).label("lines"),
            u.name.label("by"),
            d.updated_at,
            d.revision,
            case((was_refused, c.answer)).label("refused"),
            case((was_refused, c.decided_by_name)).label("refused_by"),
        )
        .outerjoin(app_user, and_(u.tenant_id == d.tenant_id, u.id == d.created_by))
        .outerjoin(draft_consent, and_(c.tenant_id == d.tenant_id, c.draft_id == d.id))
        .where(
            d.tenant_id == tx.tenant_id,
            d.customer_id == dealer.customer_id,
            d.by_dealer,
            d.order_id.is_(None),
            d.is_cart.is_(False),
            or_(c.state.is_(None), c.state != "waiting"),
        )
    )
    if cursor is not None:
        statement = statement.where(d.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement.order_by(d.id.desc()).limit(limit + 1))
    return page(rows, limit, lambda row: (row.id,), lambda row: DraftSummary(**row._mapping))


def _summary(cart: Cart, dealer: DealerPrincipal) -> DraftSummary:
    return DraftSummary(
        id=cart.id,
        name=cart.content.name,
        lines=len(cart.content.lines),
        by=dealer.name,
        updated_at=cart.updated_at,
        revision=cart.revision,
    )


async def _set_cart(tx: Tx, draft_id: UUID, **values: object) -> None:
    d = draft.c
    await tx.execute(update(draft).where(d.tenant_id == tx.tenant_id, d.id == draft_id).values(**values))


async def _delete(tx: Tx, draft_id: UUID) -> None:
    d, c = draft.c, draft_consent.c
    await tx.execute(delete(draft_consent).where(c.tenant_id == tx.tenant_id, c.draft_id == draft_id))
    await tx.execute(delete(draft).where(d.tenant_id == tx.tenant_id, d.id == draft_id))
