"""The demo company's orders: old ones are taken over as closed, those of the last days placed as it happened."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final
from uuid import UUID

import msgspec

from dinghuo.catalogue.facts import Sellable, SkuFacts, load_assortments, load_skus
from dinghuo.entry.demo.dealers import DEALER_BY_CODE
from dinghuo.entry.demo.orders import CHINA, DemoLine, DemoOrder
from dinghuo.entry.demo.people import DEALER_USERS, STAFF
from dinghuo.entry.demo.seed_company import people
from dinghuo.entry.demo.steps import NOTHING, Outcome, outcome_of
from dinghuo.identity.principals import EVERYTHING, StaffPrincipal
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO
from dinghuo.orders.cancel import cancel
from dinghuo.orders.place import place
from dinghuo.orders.requests import History, LineRequest, OrderRequest, Placed, Placement, ShipTo
from dinghuo.orders.write import KIND
from dinghuo.parties.facts import CustomerFacts, load_customers
from dinghuo.pricing.engine import find_price
from dinghuo.pricing.facts import ListFacts, load_entries, load_lists

_NAMES: Final = {user.login: user.zh for user in (*STAFF, *DEALER_USERS)}
_DAYS_TO_DELIVER: Final = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Cast:
    """Who and where, by the codes with which orders name them."""

    people: Mapping[str, UUID]
    warehouses: Mapping[str, UUID]

    def actor(self, order: DemoOrder) -> Actor:
        """Who placed an order. Most dealers' people are known by name only."""
        login = order.placed_by or ""
        if order.origin == "import":
            return Actor("system", "order file", "import")
        if order.origin == "sales":
            return Actor("staff", _NAMES[login], "console", self.people[login])
        name = _NAMES.get(login, DEALER_BY_CODE[order.dealer].contact)
        return Actor("dealer", name, "portal", self.people.get(login))

    def keeper(self) -> Actor:
        """Who books what arrives."""
        return Actor("staff", _NAMES["warehouse"], "console", self.people["warehouse"])


async def load_cast(tx: Tx) -> Cast:
    rows = await tx.fetch("select code, id from warehouse where tenant_id = $1")
    return Cast(
        people=await people(tx),
        warehouses={row["code"]: row["id"] for row in rows},
    )


@dataclass(frozen=True, slots=True)
class _Facts:
    """What the master data says of some orders: read once for all of them."""

    skus: Mapping[str, SkuFacts]
    customers: Mapping[str, CustomerFacts]
    lists: Mapping[UUID, Sequence[ListFacts]]
    sellable: Mapping[str, Sellable]

    def lines(self, order: DemoOrder) -> list[DemoLine]:
        """Those that the dealer may buy."""
        return [line for line in order.lines if self.sellable[order.dealer](self.skus[line.sku])]

    def priced(self, order: DemoOrder, line: DemoLine) -> LineRequest:
        """A line at the price of its day, by the same engine that prices orders now."""
        sku, customer = self.skus[line.sku], self.customers[order.dealer]
        price = find_price(
            self.lists[customer.id],
            sku_id=sku.id,
            unit=line.unit,
            base_unit=sku.base_unit,
            ratio=sku.units[line.unit],
            quantity=Decimal(line.quantity),
            day=order.placed_at.astimezone(CHINA).date(),
            currency=customer.currency,
        )
        if price is None or not price.tax_inclusive:
            raise AssertionError(f"the demo's price lists have no price with tax for {line.sku}")
        return LineRequest(line.sku, Decimal(line.quantity), line.unit, price.price)


async def _look(tx: Tx, orders: Sequence[DemoOrder]) -> _Facts:
    codes = {line.sku for order in orders for line in order.lines}
    known, customers = await load_skus(tx, codes), await load_customers(tx, {order.dealer for order in orders})
    assortments = await load_assortments(tx)
    lists = await load_lists(tx, customers.values())
    each = {item.id: item for several in lists.values() for item in several}
    await load_entries(tx, ((item, known[code].id) for item in each.values() for code in codes))
    sellable = {code: Sellable(assortments, customer.audience()) for code, customer in customers.items()}
    return _Facts(known, customers, lists, sellable)


async def past(tx: Tx, orders: Sequence[DemoOrder], cast: Cast) -> Outcome:
    """Take over orders that were delivered, or called off, long ago; in the order in which they were placed."""
    facts = await _look(tx, orders)
    kept = [(order, lines) for order in orders if (lines := facts.lines(order))]
    numbers = await _numbers(tx, [order for order, _ in kept])
    outcomes = await place(
        tx,
        [
            Placement(
                request=_request(order, [facts.priced(order, line) for line in lines]),
                by=cast.actor(order),
                history=History(
                    number=number,
                    placed_at=order.placed_at,
                    tax_inclusive=True,
                    cancelled=_cancelled(order, lines, facts),
                    warehouse_id=cast.warehouses[DEALER_BY_CODE[order.dealer].warehouse],
                ),
            )
            for (order, lines), number in zip(kept, numbers, strict=True)
        ],
    )
    for outcome in outcomes:
        if outcome.refused is not None:
            raise outcome.refused
    return NOTHING


def _cancelled(order: DemoOrder, lines: Sequence[DemoLine], facts: _Facts) -> tuple[Decimal, ...]:
    """Of each line, in base units: all or nothing."""
    if order.cancelled_at is None:
        return (ZERO,) * len(lines)
    ratios = [facts.skus[line.sku].units[line.unit] for line in lines]
    return tuple(Decimal(line.quantity * n) / d for line, (n, d) in zip(lines, ratios, strict=True))


async def _numbers(tx: Tx, orders: Sequence[DemoOrder]) -> list[str]:
    """The numbers that orders of those years get anyway."""
    years = [order.placed_at.astimezone(CHINA).year for order in orders]
    drawn = {
        year: iter(await tx.database.numbers.take(tx.tenant_id, KIND, "", year, count))
        for year, count in Counter(years).items()
    }
    return [next(drawn[year]) for year in years]


async def present(tx: Tx, order: DemoOrder, cast: Cast) -> Outcome:
    """Place an order as its dealer did; what is refused is left out, as a dealer would.

    What it came to: the JSON of `Placed`, or nothing when the dealer could not order at all.
    """
    lines = [
        LineRequest(line.sku, Decimal(line.quantity), line.unit) for line in (await _look(tx, [order])).lines(order)
    ]
    while lines:
        [outcome] = await place(tx, [Placement(_request(order, lines), cast.actor(order))])
        if outcome.refused is None:
            return outcome.body or NOTHING
        wrong = {fault.line for fault in outcome.refused.faults}
        if None in wrong:
            break
        lines = [line for number, line in enumerate(lines, start=1) if number not in wrong]
    return NOTHING


async def called_off(tx: Tx, order: DemoOrder, cast: Cast, *, placed_as: str) -> Outcome:
    """Cancel the order that the step `placed_as` placed, if it did."""
    outcome = await outcome_of(tx, placed_as)
    if outcome == NOTHING:
        return NOTHING
    placed = msgspec.json.decode(outcome, type=Placed)
    by = cast.actor(order)
    everybody = StaffPrincipal(id=placed.id, tenant_id=tx.tenant_id, name=by.name, scope=EVERYTHING)
    await cancel(tx, ids=[placed.id], by=by, principal=everybody, reason="客户改单重下")
    return NOTHING


def _request(order: DemoOrder, lines: list[LineRequest]) -> OrderRequest:
    dealer = DEALER_BY_CODE[order.dealer]
    return OrderRequest(
        customer=order.dealer,
        lines=lines,
        customer_reference=order.reference,
        requested_date=(order.placed_at.astimezone(CHINA) + _DAYS_TO_DELIVER).date(),
        ship_to=ShipTo(
            recipient=dealer.contact,
            street=dealer.street,
            mobile=dealer.mobile,
            province=dealer.province,
            city=dealer.city,
            district=dealer.district,
        ),
    )
