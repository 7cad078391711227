"""The dealer's first page, composed of what this user may see."""

from datetime import date

import msgspec
from msgspec import UNSET, UnsetType
from sqlalchemy import and_, func, literal, select

from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.catalogue.quantities import at_least
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import DealerPrincipal
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO
from dinghuo.kit.refs import Ref
from dinghuo.orders.tables import draft, draft_consent, draft_proposal, sales_order
from dinghuo.portal.bought import Usual, usual
from dinghuo.portal.cards import Card, SkuCard, UsualLine
from dinghuo.portal.cart import find_cart
from dinghuo.portal.consent_views import still_open
from dinghuo.portal.credit import CreditView, read_credit
from dinghuo.portal.order_views import DealerOrder
from dinghuo.portal.orders import OPEN_STATES, OrderFilter, list_orders
from dinghuo.portal.products import new_products
from dinghuo.portal.rebates import DealerRebates, read_rebates
from dinghuo.portal.rhythm import rhythm_of
from dinghuo.portal.shelf import Shelf, open_shelf, sku_cards

_NEW, _USUAL, _ORDERS = 12, 20, 5
_MOST_COUNTED = 99


class Counts(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """What waits, as far as this user may see it; none is counted beyond 99."""

    orders_open: int | UnsetType = UNSET
    proposals: int | UnsetType = UNSET
    drafts: int | UnsetType = UNSET
    # What waits for a colleague's consent, for those who ask for it or give it.
    consents: int | UnsetType = UNSET
    cart_lines: int | UnsetType = UNSET


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """Parts that this user may not see are absent."""

    customer: Ref
    currency: str
    counts: Counts
    new_products: list[Card] | UnsetType = UNSET
    usual: list[UsualLine] | UnsetType = UNSET
    credit: CreditView | UnsetType = UNSET
    orders: list[DealerOrder] | UnsetType = UNSET
    rebates: DealerRebates | UnsetType = UNSET


async def read_home(tx: Tx, *, dealer: DealerPrincipal) -> Home:
    shelf = await open_shelf(tx, dealer)
    customer = shelf.customer
    browses, reads = dealer.may("portal.catalogue"), dealer.may("portal.orders.read")
    owes = dealer.may("portal.account.read") and dealer.sees_price
    under_way = OrderFilter(stage="open")
    return Home(
        customer=Ref(customer.id, customer.code, customer.name),
        currency=customer.currency,
        counts=await _counts(tx, dealer),
        new_products=await new_products(tx, shelf, most=_NEW) if browses else UNSET,
        usual=await usual_lines(tx, shelf, most=_USUAL) if browses else UNSET,
        credit=await read_credit(tx, dealer) if owes else UNSET,
        rebates=(await read_rebates(tx, dealer) or UNSET) if owes else UNSET,
        orders=(await list_orders(tx, dealer=dealer, wanted=under_way, limit=_ORDERS)).items if reads else UNSET,
    )


async def usual_lines(tx: Tx, shelf: Shelf, *, most: int) -> list[UsualLine]:
    """What is ordered most often, as far as it is still sold in that unit."""
    found = await usual(tx, shelf.customer.id, most=3 * most)
    facts = await load_skus(tx, [each.sku for each in found])
    kept = [each for each in found if shelf.sells(facts.get(each.sku)) and each.unit in facts[each.sku].units][:most]
    cards = await sku_cards(tx, shelf, [facts[each.sku] for each in kept])
    today = tx.now.astimezone((await load_tenant(tx)).zone).date()
    return [_usual_line(each, facts[each.sku], cards[facts[each.sku].id], today) for each in kept]


def _usual_line(each: Usual, sku: SkuFacts, card: SkuCard, today: date) -> UsualLine:
    rhythm = rhythm_of(days=each.days, first=each.first_day, last=each.last_day, today=today)
    wanted = each.quantity * rhythm.times
    return UsualLine(
        product_id=sku.product_id,
        sku=card,
        unit=each.unit,
        quantity=each.quantity,
        times=each.times,
        last_at=each.last_at,
        rhythm=rhythm.beat,
        every_days=rhythm.every_days,
        days_since=rhythm.days_since,
        suggested=at_least(sku, each.unit, wanted) if wanted else ZERO,
    )


async def _counts(tx: Tx, dealer: DealerPrincipal) -> Counts:
    d, o, p, c = draft.c, sales_order.c, draft_proposal.c, draft_consent.c
    parked = (d.tenant_id == tx.tenant_id, d.customer_id == dealer.customer_id, d.by_dealer, d.is_cart.is_(False))
    of = {
        "orders_open": select(o.id).where(
            o.tenant_id == tx.tenant_id, o.customer_id == dealer.customer_id, o.state.in_(OPEN_STATES)
        ),
        "proposals": select(p.draft_id).where(
            p.tenant_id == tx.tenant_id, p.customer_id == dealer.customer_id, p.state == "proposed"
        ),
        "drafts": select(d.id)
        .outerjoin(draft_consent, and_(c.tenant_id == d.tenant_id, c.draft_id == d.id, c.state == "waiting"))
        .where(*parked, d.order_id.is_(None), c.draft_id.is_(None)),
        "consents": select(c.draft_id)
        .outerjoin(draft_proposal, and_(p.tenant_id == c.tenant_id, p.draft_id == c.draft_id))
        .where(c.tenant_id == tx.tenant_id, c.customer_id == dealer.customer_id, c.state == "waiting", *still_open()),
    }
    wanted = {"orders_open"} if dealer.may("portal.orders.read") else set()
    wanted |= {"proposals", "drafts"} if dealer.may("portal.orders.place") else set()
    wanted |= {"consents"} if dealer.may("portal.orders.place") or dealer.may("portal.orders.approve") else set()
    if not wanted:
        return Counts()
    columns = [
        select(func.count()).select_from(of[name].limit(_MOST_COUNTED).subquery(name)).scalar_subquery().label(name)
        for name in sorted(wanted)
    ]
    counted = (await tx.execute(select(*columns, literal(1)))).one()._mapping
    told = {name: int(counted[name]) for name in wanted}
    if "drafts" in told:
        cart = await find_cart(tx, dealer)
        told["cart_lines"] = len(cart.content.lines) if cart else 0
    return Counts(**told)
