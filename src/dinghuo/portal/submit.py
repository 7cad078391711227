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
from dinghuo.kit.errors import Refused
from dinghuo.kit.missing import missing
from dinghuo.orders.intake import Intake
from dinghuo.orders.propose import NOT_PROPOSED, terms_of
from dinghuo.orders.requests import Placed, Placement
from dinghuo.orders.submit_drafts import CHANGED_SINCE, submit_key
from dinghuo.orders.tables import sales_order
from dinghuo.parties.facts import load_customer
from dinghuo.portal.cart import Cart, find_own, find_proposal
from dinghuo.portal.cart_view import placement_of

# What a line of a request may weigh, as the intake reckons.
_LINE_BYTES = 100


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


async def submit(
    database: Database,
    intake: Intake,
    *,
    draft_id: UUID,
    revision: int | None,
    dealer: DealerPrincipal,
    proposal: bool = False,
) -> OrderPlaced:
    """Place the order of a draft of this company, or of a proposal. `revision` is the one that they saw."""
    async with database.transaction(dealer.tenant_id) as tx:
        found = await (find_proposal if proposal else find_own)(tx, dealer, draft_id)
        if found is None:
            raise missing("draft", draft_id)
        if found.order_id is not None:
            return await _placed(tx, found.order_id, dealer)
        placement = await _placement(tx, found, revision, dealer)
    outcome = await intake.submit(dealer.tenant_id, placement, size=_LINE_BYTES * (1 + len(placement.request.lines)))
    if outcome.refused is not None:
        raise outcome.refused
    if outcome.body is None:
        raise AssertionError("an outcome is either placed or refused")
    return placed_view(dealer, msgspec.json.decode(outcome.body, type=Placed))


def placed_view(dealer: DealerPrincipal, placed: Placed) -> OrderPlaced:
    """A placed order as this dealer is told."""
    return _told(dealer, **{name: getattr(placed, name) for name in Placed.__struct_fields__ if name != "customer"})


async def _placement(tx: Tx, cart: Cart, revision: int | None, dealer: DealerPrincipal) -> Placement:
    if revision is not None and revision != cart.revision:
        raise Refused(CHANGED_SINCE("revision"))
    terms = None
    if cart.proposal is not None:
        terms = await terms_of(tx, cart.id)
        if terms is None:
            raise Refused(NOT_PROPOSED("id"))
    customer = await load_customer(tx, dealer.customer_id)
    placement = placement_of(
        dealer, customer.code if customer else "", cart, waives_minimum=terms is not None and terms.waives_minimum
    )
    return msgspec.structs.replace(placement, key=submit_key(cart.id))


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
