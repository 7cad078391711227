"""A cart or a proposal becomes an order: once, however often and from wherever it is tapped."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import select

from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import CONFLICT, Message, Refused
from dinghuo.kit.missing import missing
from dinghuo.kit.texts import text_faults
from dinghuo.orders.expected import seen_faults
from dinghuo.orders.intake import Intake
from dinghuo.orders.preview import look
from dinghuo.orders.propose import NOT_PROPOSED, terms_of
from dinghuo.orders.requests import Agreed, Placed, Placement
from dinghuo.orders.submit_drafts import CHANGED_SINCE, submit_key
from dinghuo.orders.tables import sales_order
from dinghuo.parties.facts import load_customer
from dinghuo.portal.cart import DRAFT_WAITS, Cart, find_asked, find_own, find_proposal
from dinghuo.portal.cart_view import placement_of
from dinghuo.portal.consent_rules import load_rule
from dinghuo.portal.consents import NOT_WAITING

# What a line of a request may weigh, as the intake reckons.
_LINE_BYTES = 100
_LONGEST = 2000

CONSENT_NEEDED = Message(
    "consent-needed",
    "本公司规定此单须先经内部审批，请提交审批",
    "Your company wants this order approved by a colleague first: ask for the approval",
    CONFLICT,
)


class OrderPlaced(msgspec.Struct, frozen=True, kw_only=True):
    """The order that a cart has become. Its amounts are absent for those who see no prices."""

    id: UUID
    number: str
    state: str
    currency: str
    lines: int
    placed_at: datetime
    net: Decimal | UnsetType = UNSET
    tax: Decimal | UnsetType = UNSET
    gross: Decimal | UnsetType = UNSET


class Seen(msgspec.Struct, frozen=True):
    """What the user looked at: the revision, and the total if they see prices; and what rebates are to pay
    (UNSET: what was asked for)."""

    revision: int | None = None
    gross: Decimal | None = None
    use_rebate: Decimal | UnsetType | None = None


async def submit(
    database: Database,
    intake: Intake,
    *,
    draft_id: UUID,
    seen: Seen,
    dealer: DealerPrincipal,
    proposal: bool = False,
) -> OrderPlaced:
    """Place the order of a draft of this company, or of a proposal; refused when a colleague's consent is needed."""
    async with database.transaction(dealer.tenant_id) as tx:
        found = await (find_proposal if proposal else find_own)(tx, dealer, draft_id)
        if found is None:
            raise missing("draft", draft_id)
        if found.order_id is not None:
            return await _placed(tx, found.order_id, dealer)
        if found.waits:
            raise Refused(DRAFT_WAITS("id"))
        placement = await _placement(tx, found, seen, dealer)
        placement = await without_consent(tx, placement, dealer)
    return await _place(intake, placement, dealer)


async def consent_to(
    database: Database, intake: Intake, *, draft_id: UUID, seen: Seen, answer: str | None, dealer: DealerPrincipal
) -> OrderPlaced:
    """Place what a colleague asked for."""
    if faults := list(text_faults("answer", answer, _LONGEST)):
        raise Refused(faults)
    async with database.transaction(dealer.tenant_id) as tx:
        found = await find_asked(tx, dealer, draft_id)
        if found is None:
            raise missing("consent", draft_id)
        if found.order_id is not None:
            return await _placed(tx, found.order_id, dealer)
        if not found.waits:
            raise Refused(NOT_WAITING("id"))
        placement = await _placement(tx, found, seen, dealer)
    agreed = Agreed(dealer.user_id, (answer or "").strip() or None)
    return await _place(intake, msgspec.structs.replace(placement, agreed=agreed), dealer)


async def without_consent(tx: Tx, placement: Placement, dealer: DealerPrincipal) -> Placement:
    """The placement as it may go without a colleague's consent; refused when it needs that."""
    rule = await load_rule(tx, dealer.customer_id)
    if not rule.concerns(dealer):
        return placement
    if rule.above is None:
        raise Refused(CONSENT_NEEDED("id"))
    gross = (await look(tx, placement)).priced.gross
    if rule.wants(dealer, gross):
        raise Refused(CONSENT_NEEDED("id"))
    # Should it become dearer in this very moment, it is not placed unseen.
    most = rule.above if placement.most_gross is None else min(placement.most_gross, rule.above)
    return msgspec.structs.replace(placement, most_gross=most)


async def _place(intake: Intake, placement: Placement, dealer: DealerPrincipal) -> OrderPlaced:
    size = _LINE_BYTES * (1 + len(placement.request.lines))
    outcome = await intake.submit(dealer.tenant_id, placement, size=size)
    if outcome.refused is not None:
        raise outcome.refused
    if outcome.body is None:
        raise AssertionError("an outcome is either placed or refused")
    return placed_view(dealer, msgspec.json.decode(outcome.body, type=Placed))


def placed_view(dealer: DealerPrincipal, placed: Placed) -> OrderPlaced:
    """A placed order as this dealer is told."""
    return _told(dealer, **{name: getattr(placed, name) for name in Placed.__struct_fields__ if name != "customer"})


async def _placement(tx: Tx, cart: Cart, seen: Seen, dealer: DealerPrincipal) -> Placement:
    found = list(seen_faults(seen.gross))
    if seen.revision is not None and seen.revision != cart.revision:
        found.append(CHANGED_SINCE("revision"))
    if found:
        raise Refused(found)
    terms = None
    if cart.proposal is not None:
        terms = await terms_of(tx, cart.id)
        if terms is None:
            raise Refused(NOT_PROPOSED("id"))
    customer = await load_customer(tx, dealer.customer_id)
    placement = placement_of(
        dealer,
        customer.code if customer else "",
        cart,
        waives_minimum=terms is not None and terms.waives_minimum,
        use_rebate=None if seen.use_rebate is UNSET else seen.use_rebate,
    )
    if seen.use_rebate is UNSET and cart.consent is not None and cart.consent.uses_rebate:
        request = msgspec.structs.replace(placement.request, use_rebate_most=True)
        placement = msgspec.structs.replace(placement, request=request)
    # Who sees no prices cannot have seen a total, and shall not find it out by asking.
    most = seen.gross if dealer.sees_price else None
    return msgspec.structs.replace(placement, key=submit_key(cart.id), most_gross=most)


async def _placed(tx: Tx, order_id: UUID, dealer: DealerPrincipal) -> OrderPlaced:
    """What was answered to the first tap."""
    o = sales_order.c
    row = await tx.one(
        select(
            o.id, o.number, o.state, o.currency, o.net, o.tax, o.gross, o.line_count.label("lines"), o.placed_at
        ).where(o.tenant_id == tx.tenant_id, o.id == order_id, o.customer_id == dealer.customer_id)
    )
    if row is None:
        raise missing("draft", order_id)
    return _told(dealer, **row._mapping)


def _told(dealer: DealerPrincipal, **values: Any) -> OrderPlaced:
    hidden = () if dealer.sees_price else ("net", "tax", "gross")
    return OrderPlaced(**{name: value for name, value in values.items() if name not in hidden and value is not None})
