"""What became of some of the demo company's latest orders: held, to be another, waiting for their money."""

from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any, Final

from dinghuo.entry.demo.orders import CHINA
from dinghuo.entry.demo.people import STAFF
from dinghuo.entry.demo.seed_company import people
from dinghuo.entry.demo.steps import NOTHING, Command, Outcome
from dinghuo.identity.permissions import permissions_of
from dinghuo.identity.principals import EVERYTHING, DealerPrincipal, StaffPrincipal
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.orders.amend import amend
from dinghuo.orders.amend_request import AmendRequest, LineChange
from dinghuo.orders.attach import upload
from dinghuo.orders.hold import HoldReason, hold
from dinghuo.orders.place import place
from dinghuo.orders.requests import LineRequest, OrderRequest, Placement
from dinghuo.orders.rules.decide import delivery_of
from dinghuo.orders.rules.facts import rule_book
from dinghuo.orders.rules.terms import DeliveryTerms
from dinghuo.orders.save_terms import TermsInput, save_terms
from dinghuo.orders.slips import SlipRequest, submit_slip
from dinghuo.parties.facts import load_customers_by_id
from dinghuo.pricing.facts import scopes_of

# The latest orders that nothing has become of yet.
_LATEST: Final = """
select o.id, o.revision, o.customer_id, o.organisation_id, c.code as customer, c.name, l.sku_code, l.unit, l.quantity
from sales_order o
join customer c on c.tenant_id = $1 and c.id = o.customer_id
join order_line l on l.tenant_id = $1 and l.order_id = o.id and l.line_no = 1 and l.kind = 'goods'
where o.tenant_id = $1 and o.state = 'confirmed' and not o.is_history and o.revision = 1
  and c.payment_terms = any($2)
order by o.id desc limit 1 offset $3
"""
_PAPER: Final = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
_ON_CREDIT: Final = ["monthly", "credit_days", "on_delivery"]
_ANY: Final = ["prepaid", *_ON_CREDIT]
# Which of the latest orders is of the dealer who pays beforehand.
_PAYS: Final = 10


def order_life() -> dict[str, Command]:
    """The steps, each a transaction of its own."""
    return {
        "hold by hand": partial(_held, reason="manual", note="客户确认收货地址后再发", skip=0),
        "hold for credit": partial(_held, reason="credit", note="超期未付，财务跟进", skip=3),
        "amended by the seller": _amended,
        "asked by a dealer": _asked,
        "terms of payment": _terms,
        "waits for its money": _unpaid,
        "transfer slip": _slip,
    }


async def _held(tx: Tx, *, reason: HoldReason, note: str, skip: int) -> Outcome:
    order = await _latest(tx, _ON_CREDIT, skip)
    if order is not None:
        staff, by = await _finance(tx)
        await hold(tx, ids=[order["id"]], reason=reason, note=note, by=by, principal=staff)
    return NOTHING


async def _amended(tx: Tx) -> Outcome:
    """A line less than was ordered, as somebody said on the telephone."""
    order = await _latest(tx, _ON_CREDIT, 5)
    if order is not None:
        staff, by = await _finance(tx)
        await _change(tx, order, staff, by, "电话确认：改期并备注")
    return NOTHING


async def _asked(tx: Tx) -> Outcome:
    order = await _latest(tx, _ON_CREDIT, 8)
    if order is not None:
        dealer = _dealer(tx, order)
        await _change(tx, order, dealer, dealer.actor(), "仓库已满，晚两天送", asks_seller=True)
    return NOTHING


async def _change(
    tx: Tx, order: Any, principal: StaffPrincipal | DealerPrincipal, by: Actor, reason: str, **how: Any
) -> None:
    request = AmendRequest(
        revision=order["revision"],
        reason=reason,
        requested_date=await _delivered_from(tx, order, timedelta(days=4)),
        lines=[LineChange(line_no=1, note=reason)],
    )
    await amend(tx, order_id=order["id"], request=request, principal=principal, by=by, **how)


async def _delivered_from(tx: Tx, order: Any, later: timedelta) -> date:
    """The first day, so much later than now, on which goods can come to an order's customer."""
    now = tx.now.astimezone(CHINA)
    day = (now + later).date()
    book = await rule_book(tx)
    customer = (await load_customers_by_id(tx, {order["customer_id"]}))[order["customer_id"]]
    if book is None:
        return day
    rule = book.winner(
        "delivery", scopes_of(customer), organisation_id=order["organisation_id"], day=now.date(), currency=None
    )
    terms = rule.terms if rule and isinstance(rule.terms, DeliveryTerms) else None
    route = book.route_of(customer)
    delivery = delivery_of(terms, route, book.calendar(terms, route), now)
    if delivery is None or delivery.earliest is None:
        return day
    return delivery.next_from(max(day, delivery.earliest)) or day


async def _terms(tx: Tx) -> Outcome:
    """One dealer pays all of it beforehand, another one a deposit."""
    agreed: list[dict[str, Any]] = [
        {"payment": "before_delivery", "expire_days": 3},
        {"payment": "deposit", "deposit_percent": Decimal(30), "expire_days": 5},
    ]
    customers = [order["customer"] for skip in (_PAYS, _PAYS + 2) if (order := await _latest(tx, _ANY, skip))]
    staff, by = await _finance(tx)
    items = [
        TermsInput(customer=code, **terms) for code, terms in zip(dict.fromkeys(customers), agreed, strict=False)
    ]
    await save_terms(tx, items=items, by=by, seen_by=staff)
    return NOTHING


async def _unpaid(tx: Tx) -> Outcome:
    """A little of the same again as their last order."""
    order = await _latest(tx, _ANY, _PAYS)
    if order is not None:
        line = LineRequest(order["sku_code"], order["quantity"], order["unit"])
        request = OrderRequest(order["customer"], [line])
        await place(tx, [Placement(request, _dealer(tx, order).actor(), waives_minimum=True)])
    return NOTHING


_WAITING: Final = """
select p.order_id, p.customer_id, p.due, c.name from order_payment p
join customer c on c.tenant_id = $1 and c.id = p.customer_id
where p.tenant_id = $1 and p.settled_at is null order by p.order_id desc limit 1
"""


async def _slip(tx: Tx) -> Outcome:
    """The paper of the bank for it, that finance has not seen yet."""
    order = next(iter(await tx.fetch(_WAITING)), None)
    if order is None:
        return NOTHING
    dealer = _dealer(tx, order)
    file = await upload(tx, order_id=order["order_id"], content=_PAPER, principal=dealer)
    slip = SlipRequest(
        amount=order["due"],
        paid_on=(tx.now - timedelta(days=1)).date(),
        payer=order["name"],
        sha256=file.sha256,
        name="银行回单.pdf",
        bank_reference="ICBC20260000123",
    )
    await submit_slip(tx, order_id=order["order_id"], request=slip, principal=dealer, by=dealer.actor())
    return NOTHING


async def _latest(tx: Tx, terms: list[str], skip: int) -> Any:
    return next(iter(await tx.fetch(_LATEST, terms, skip)), None)


async def _finance(tx: Tx) -> tuple[StaffPrincipal, Actor]:
    """Who looks after orders and money here."""
    logins = await people(tx)
    member = next(each for each in STAFF if each.login in logins and each.login != "warehouse")
    staff = StaffPrincipal(
        id=logins[member.login],
        tenant_id=tx.tenant_id,
        name=member.zh,
        user_id=logins[member.login],
        permissions=permissions_of("staff"),
        scope=EVERYTHING,
        sees_price=True,
    )
    return staff, staff.actor()


def _dealer(tx: Tx, order: Any) -> DealerPrincipal:
    """Somebody of the company that ordered."""
    return DealerPrincipal(
        id=order["customer_id"],
        tenant_id=tx.tenant_id,
        user_id=order["customer_id"],
        name=order["name"],
        customer_id=order["customer_id"],
        customer_ids=frozenset([order["customer_id"]]),
        permissions=permissions_of("dealer"),
        sees_price=True,
    )
