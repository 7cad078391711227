"""Place orders: the hot path. One order or five hundred, always the same few statements (DESIGN §5)."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from dinghuo.accounts.reserve import find_credit, lock_credit
from dinghuo.catalogue.facts import Sellable, SkuFacts, load_assortments, load_skus
from dinghuo.identity.facts import TenantFacts, load_tenant
from dinghuo.inventory.reserve import lock_stock
from dinghuo.kit import idempotency
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault, Refused
from dinghuo.kit.ids import new_id, new_id_at
from dinghuo.orders import faults as say
from dinghuo.orders.decide import Priced, admit, holder_of, price_order
from dinghuo.orders.requests import Outcome, Placement
from dinghuo.orders.write import write_orders
from dinghuo.parties.facts import CustomerFacts, load_customers
from dinghuo.pricing.engine import EntriesMissing
from dinghuo.pricing.facts import ListFacts, load_entries, load_lists

_Identity = tuple[UUID, str, str]


async def place(tx: Tx, placements: Sequence[Placement]) -> list[Outcome]:
    """Place each order or say why not, in the order they came. A refused one leaves no trace, its key included.

    The outcome of a known key is given again; the same key twice in one batch is one order.
    """
    outcomes: list[Outcome | None] = [None] * len(placements)
    first_of: dict[_Identity, int] = {}
    known = await idempotency.look_up(tx, [p.key for p in placements if p.key is not None])
    fresh: list[int] = []
    for i, placement in enumerate(placements):
        key = placement.key
        if key is None:
            fresh.append(i)
        elif key.identity in known:
            outcomes[i] = _replay(key, known[key.identity].body_hash, known[key.identity].outcome)
        elif first_of.setdefault(key.identity, i) == i:
            fresh.append(i)
    placed = await _place_fresh(tx, [placements[i] for i in fresh])
    for i, outcome in zip(fresh, placed, strict=True):
        outcomes[i] = outcome
    return [
        outcome if outcome is not None else _follow(placements, outcomes, first_of, i)
        for i, outcome in enumerate(outcomes)
    ]


def _replay(key: idempotency.Key, body_hash: str, outcome: str) -> Outcome:
    if body_hash != key.body_hash:
        return Outcome(refused=Refused(idempotency.KEY_REUSED("Idempotency-Key")))
    return Outcome(body=outcome, replayed=True)


def _follow(
    placements: Sequence[Placement], outcomes: list[Outcome | None], first_of: dict[_Identity, int], i: int
) -> Outcome:
    """A duplicate inside the batch has the outcome of the first with its key."""
    key = placements[i].key
    if key is None:
        raise AssertionError("an order without a key was left undecided")
    first = first_of[key.identity]
    leader_key, leader = placements[first].key, outcomes[first]
    if leader is None or leader_key is None:
        raise AssertionError("the first order of a key was left undecided")
    if leader.body is None:
        return leader
    return _replay(key, leader_key.body_hash, leader.body)


async def _place_fresh(tx: Tx, placements: Sequence[Placement]) -> list[Outcome]:
    tenant = await load_tenant(tx)
    customers = await load_customers(tx, [p.request.customer for p in placements])
    started = [_start(tx.now, tenant, customers, placement) for placement in placements]
    orders = [priced for priced in started if isinstance(priced, Priced)]
    await _price(tx, orders)
    await _admit(tx, orders)
    admitted = [priced for priced in orders if not priced.faults]
    bodies = await write_orders(tx, admitted)
    return [
        Outcome(refused=Refused(item if isinstance(item, list) else item.faults))
        if isinstance(item, list) or item.faults
        else Outcome(body=bodies[item.id])
        for item in started
    ]


def _start(
    now: datetime, tenant: TenantFacts, customers: dict[str, CustomerFacts], placement: Placement
) -> Priced | list[Fault]:
    """Find whose order it is and who sells; without both nothing else can be said of it."""
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
    if found or customer is None or organisation is None:
        return found
    placed_at = history.placed_at if history else now
    return Priced(
        placement=placement,
        id=new_id_at(placed_at, history.order) if history else new_id(),
        placed_at=placed_at,
        day=placed_at.astimezone(tenant.zone).date(),
        customer=customer,
        organisation=organisation,
        currency=request.currency or customer.currency,
        lines=[],
        skus=[],
        faults=[],
    )


async def _price(tx: Tx, orders: Sequence[Priced]) -> None:
    skus = await load_skus(tx, (line.sku for order in orders for line in order.placement.request.lines))
    lists = await load_lists(tx, (order.customer for order in orders))
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


async def _admit(tx: Tx, orders: Sequence[Priced]) -> None:
    """Lock accounts, then stock, each in key order, and decide against them one order after the other.

    History leaves its accounts as they are, and has no need to hold them.
    """
    present = [order for order in orders if not order.is_closed_history]
    credit = await lock_credit(tx, [holder_of(order) for order in present]) if present else {}
    past = [holder for order in orders if (holder := holder_of(order)) not in credit]
    if past:
        credit |= await find_credit(tx, past)
    for order in orders:
        order.credit = credit[holder_of(order)]
    if not present:
        return
    tracked = [(order, sku) for order in present for sku in order.skus if sku.supply_policy != "untracked"]
    stock = await lock_stock(
        tx,
        (sku.id for _, sku in tracked),
        open_missing=(sku.id for order, sku in tracked if order.may_wait(sku)),
    )
    for order in present:
        admit(order, stock, credit[holder_of(order)])
