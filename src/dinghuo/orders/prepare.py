"""What comes before any lock: find whose orders these are, and price every line."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from dinghuo.catalogue.facts import Sellable, SkuFacts, load_assortments, load_skus
from dinghuo.identity.facts import TenantFacts, load_tenant
from dinghuo.identity.save_organisations import UNKNOWN_CURRENCY
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault
from dinghuo.kit.ids import new_id_at
from dinghuo.kit.money import MINOR_UNITS
from dinghuo.orders import faults as say
from dinghuo.orders.blankets.facts import load_blankets
from dinghuo.orders.decide import MOST_LINES, Priced, price_order
from dinghuo.orders.history import price_history
from dinghuo.orders.requests import Placement
from dinghuo.parties.facts import CustomerFacts, load_customers
from dinghuo.pricing.engine import EntriesMissing
from dinghuo.pricing.facts import ListFacts, load_entries, load_lists


async def start_orders(tx: Tx, placements: Sequence[Placement]) -> list[Priced | list[Fault]]:
    """Each placement with its customer and organisation; or, without both, why nothing else can be said of it."""
    tenant = await load_tenant(tx)
    customers = await load_customers(tx, [p.request.customer for p in placements])
    return [_start(tx.now, number, tenant, customers, placement) for number, placement in enumerate(placements)]


def _start(
    now: datetime, number: int, tenant: TenantFacts, customers: dict[str, CustomerFacts], placement: Placement
) -> Priced | list[Fault]:
    """Find whose order it is, who sells and in which currency; without these, or with more lines than can be
    looked at, no more is said of it."""
    request, history = placement.request, placement.history
    found: list[Fault] = []
    customer = customers.get(request.customer)
    if customer is None or (placement.may_see is not None and not placement.may_see(customer)):
        found.append(say.UNKNOWN_CUSTOMER("customer", code=request.customer))
    if request.organisation is None:
        organisation = next(iter(tenant.organisations.values()), None)
    else:
        organisation = tenant.organisations.get(request.organisation)
    if organisation is None:
        found.append(say.UNKNOWN_ORGANISATION("organisation", code=request.organisation or ""))
    own = customer.currency if customer else None
    if request.currency is not None and request.currency not in (own, *MINOR_UNITS):
        found.append(UNKNOWN_CURRENCY("currency", currency=request.currency))
    if len(request.lines) > MOST_LINES:
        found.append(say.TOO_MANY_LINES("lines", count=len(request.lines), most=MOST_LINES))
    if found or customer is None or organisation is None:
        return found
    placed_at = history.placed_at if history else now
    return Priced(
        placement=placement,
        # Lists are filtered by day on the id: it tells the very moment that the order does.
        id=new_id_at(placed_at, history.order if history else number),
        placed_at=placed_at,
        day=placed_at.astimezone(tenant.zone).date(),
        customer=customer,
        organisation=organisation,
        currency=request.currency or customer.currency,
        lines=[],
        skus=[],
        faults=[],
    )


async def price_orders(tx: Tx, orders: Sequence[Priced]) -> None:
    """Fill in lines and sums of each order, or its faults; nothing is locked yet."""
    skus = await load_skus(tx, (line.sku for order in orders for line in order.placement.request.lines))
    orders = [order for order in orders if not price_history(order, skus)]
    if not orders:
        return
    lists = await load_lists(tx, (order.customer for order in orders))
    await _find_blankets(tx, orders)
    assortments = await load_assortments(tx)
    for order in orders:
        sellable = Sellable(assortments, order.customer.audience() if assortments else ())
        try:
            price_order(order, skus=skus, sellable=sellable, lists=lists[order.customer.id])
        except EntriesMissing:
            # The first order that needs entries nobody asked for since the lists changed loads the whole batch's.
            await load_entries(tx, _entries_wanted(orders, skus, lists))
            order.reset()
            price_order(order, skus=skus, sellable=sellable, lists=lists[order.customer.id])


async def _find_blankets(tx: Tx, orders: Sequence[Priced]) -> None:
    """The blanket orders that lines name."""
    named = {line.blanket for order in orders for line in order.placement.request.lines if line.blanket is not None}
    if not named:
        return
    known = await load_blankets(tx, named)
    for order in orders:
        own = {line.blanket for line in order.placement.request.lines if line.blanket is not None}
        order.blankets = {number: known[number] for number in own if number in known}


def _entries_wanted(
    orders: Sequence[Priced], skus: dict[str, SkuFacts], lists: dict[UUID, Sequence[ListFacts]]
) -> Iterator[tuple[ListFacts, UUID]]:
    return (
        (price_list, skus[line.sku].id)
        for order in orders
        for line in order.placement.request.lines
        if order.placement.history is None and line.sku in skus
        for price_list in lists[order.customer.id]
    )
