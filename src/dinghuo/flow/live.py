"""What of the news reaches screens, and whose: never data, only what to fetch again.

Who is told is decided for each message: staff need a permission and, where it is a customer's, that customer in
their data scope; dealers a permission in the company it concerns. `entry.live` carries it.
"""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from dinghuo.catalogue.facts import AssortmentFacts, Sellable, SkuFacts, load_assortments, load_skus
from dinghuo.identity.principals import Scope
from dinghuo.integrations.imports import events as imports
from dinghuo.inventory import events as inventory
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery, Event
from dinghuo.notices import events as notices
from dinghuo.orders import events as orders

# A word by which a dealer's company is addressed: itself, its tier, regions and channel, or everyone.
Word = tuple[str, UUID]
EVERYONE: Word = ("everyone", UUID(int=0))
# More SKUs than these are not named.
MOST_SKUS = 100
OPEN = ""  # for everybody signed in


class Reach(msgspec.Struct, frozen=True, gc=False):
    """By what a customer lies in somebody's data scope."""

    customer_id: UUID
    owner_id: UUID | None
    department_id: UUID | None
    region_id: UUID | None

    def is_within(self, scope: Scope) -> bool:
        """The rule of identity.scopes, on what is in memory."""
        return (
            scope.kind == "all"
            or (scope.owner_id is not None and self.owner_id == scope.owner_id)
            or self.department_id in scope.department_ids
            or self.region_id in scope.region_ids
        )


class Shelf:
    """SKUs whose stock changed, and to whom they are sold. Companies that the same assortments address see the
    same of them: what is sold is worked out once for each such group."""

    def __init__(self, skus: Sequence[SkuFacts], assortments: Sequence[AssortmentFacts]) -> None:
        self._skus = skus
        self._assortments = assortments
        self._sold: dict[tuple[bool, ...], tuple[UUID, ...]] = {}

    @classmethod
    def of_all(cls, shelves: Sequence["Shelf"]) -> "Shelf":
        """The newest assortments count."""
        skus = {sku.id: sku for shelf in shelves for sku in shelf._skus}
        return cls(list(skus.values()), shelves[-1]._assortments)

    def sold_to(self, words: Collection[Word]) -> tuple[UUID, ...]:
        group = tuple(assortment.applies_to(words) for assortment in self._assortments)
        if group not in self._sold:
            is_sold = Sellable(self._assortments, words)
            self._sold[group] = tuple(sku.id for sku in self._skus if sku.active and is_sold(sku))
        return self._sold[group]


class Subject(msgspec.Struct, frozen=True):
    """What an event is about: whose, and for which dealers. `words` None: for no dealer."""

    revision: int | None = None
    reach: Reach | None = None
    words: frozenset[Word] | None = None


@dataclass(slots=True)
class Item:
    """A message before it is known who reads it. A permission None: that audience is not told at all.

    `skus`: of stock, those that changed (None: too many to name), on their `shelf`.
    """

    event_id: UUID
    at: datetime
    kind: str
    id: UUID | None = None
    staff: str | None = None
    dealer: str | None = None
    subject: Subject = field(default_factory=Subject)
    is_stock: bool = False
    skus: tuple[UUID, ...] | None = None
    shelf: Shelf | None = None


Resolve = Callable[[Tx, Sequence[Delivery]], Awaitable[Mapping[UUID, Subject]]]


@dataclass(frozen=True, slots=True)
class Shown:
    """How an event is told. `of` finds out about all of a kind at once, by event."""

    kind: str
    of: Resolve
    staff: str | None
    dealer: str | None = None


_REACH = "c.id as customer_id, c.owner_id, c.department_id, c.region_id"
_ORDERS = f"""
select o.id, o.revision, {_REACH} from sales_order o
join customer c on c.tenant_id = $1 and c.id = o.customer_id
where o.tenant_id = $1 and o.id = any($2::uuid[])
"""  # noqa: S608 - constants of this file
_DRAFTS = f"""
select d.id, d.revision, {_REACH} from draft d
join customer c on c.tenant_id = $1 and c.id = d.customer_id
where d.tenant_id = $1 and d.id = any($2::uuid[])
"""  # noqa: S608 - constants of this file
_CUSTOMERS = (
    f"select c.id, null::int as revision, {_REACH} from customer c where c.tenant_id = $1 and c.id = any($2::uuid[])"  # noqa: S608
)
_NOTICES = """
select n.id, n.revision, array(
  select a.kind || ' ' || a.target_id from notice_audience a where a.tenant_id = $1 and a.notice_id = n.id
) as words
from notice n where n.tenant_id = $1 and n.id = any($2::uuid[])
"""


async def _of_order(tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Subject]:
    return await _of_customers(tx, _ORDERS, {d.event_id: d.subject_id for d in deliveries})


async def _of_draft(tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Subject]:
    return await _of_customers(tx, _DRAFTS, {d.event_id: d.subject_id for d in deliveries})


async def _of_cart(tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Subject]:
    """A cart may be gone: the event says whose it was."""
    of = {d.event_id: d.read(orders.DraftChanged).customer_id for d in deliveries}
    return await _of_customers(tx, _CUSTOMERS, of)


async def _of_comment(tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Subject]:
    """Dealers are told of those that are meant for them."""
    found = await _of_order(tx, deliveries)
    internal = {d.event_id for d in deliveries if not d.read(orders.Commented).for_customer}
    return {id: Subject(s.revision, s.reach) if id in internal else s for id, s in found.items()}


async def _of_notice(tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Subject]:
    rows = {row["id"]: row for row in await tx.fetch(_NOTICES, [d.subject_id for d in deliveries])}
    return {
        d.event_id: Subject(rows[d.subject_id]["revision"], None, _words(rows[d.subject_id]["words"]))
        for d in deliveries
        if d.subject_id in rows
    }


async def _of_the_company(_tx: Tx, deliveries: Sequence[Delivery]) -> Mapping[UUID, Subject]:
    return {d.event_id: Subject() for d in deliveries}


async def _of_customers(tx: Tx, sql: str, of: Mapping[UUID, UUID]) -> Mapping[UUID, Subject]:
    rows = {row["id"]: row for row in await tx.fetch(sql, sorted(set(of.values())))}
    found = {}
    for event_id, id in of.items():
        row = rows.get(id)
        if row is not None:
            reach = Reach(row["customer_id"], row["owner_id"], row["department_id"], row["region_id"])
            found[event_id] = Subject(row["revision"], reach, frozenset([("customer", reach.customer_id)]))
    return found


def _words(words: Sequence[str]) -> frozenset[Word]:
    pairs = (word.split(" ", 1) for word in words)
    return frozenset((kind, UUID(id)) for kind, id in pairs)


_READS_ORDERS = ("orders.read", "portal.orders.read")
_PLACES_ORDERS = ("orders.place", "portal.orders.place")
TOLD: Mapping[type[Event], Shown] = {
    orders.Confirmed: Shown("order.placed", _of_order, *_READS_ORDERS),
    orders.Cancelled: Shown("order.cancelled", _of_order, *_READS_ORDERS),
    orders.Commented: Shown("comment.added", _of_comment, *_READS_ORDERS),
    inventory.Backordered: Shown("order.changed", _of_order, *_READS_ORDERS),
    inventory.Filled: Shown("order.changed", _of_order, *_READS_ORDERS),
    orders.DraftChanged: Shown("draft.changed", _of_cart, *_PLACES_ORDERS),
    orders.DraftProposed: Shown("draft.changed", _of_draft, *_PLACES_ORDERS),
    orders.DraftWithdrawn: Shown("draft.changed", _of_draft, *_PLACES_ORDERS),
    orders.DraftDeclined: Shown("draft.changed", _of_draft, *_PLACES_ORDERS),
    notices.Published: Shown("notice.published", _of_notice, "notices.read", OPEN),
    notices.Changed: Shown("notice.changed", _of_notice, "notices.read", OPEN),
    notices.Withdrawn: Shown("notice.withdrawn", _of_notice, "notices.read", OPEN),
    imports.Progressed: Shown("import.progress", _of_the_company, "imports.run"),
}
# What changes the stock: what is ordered and called off, and what is booked.
_MOVES_ORDERED = (orders.Confirmed.kind(), orders.Cancelled.kind())
_BY_KIND = {event.kind(): shown for event, shown in TOLD.items()}
KINDS = sorted({*_BY_KIND, inventory.Changed.kind()})

# A change of master data is told by the version of its kind: (what screens are told, staff need, dealers need).
VERSIONS: Mapping[str, tuple[str, str, str | None]] = {
    "pricing": ("prices.changed", "pricing.read", "portal.catalogue"),
    "catalogue": ("catalogue.changed", "catalogue.read", "portal.catalogue"),
    "parties": ("customers.changed", "parties.read", None),
}

_SKU_CODES = "select code from sku where tenant_id = $1 and id = any($2::uuid[])"
_ORDERED_SKUS = """
select distinct l.sku_id from order_line l where l.tenant_id = $1 and l.order_id = any($2::uuid[]) limit $3
"""


async def items_of(tx: Tx, events: Sequence[tuple[Delivery, datetime]]) -> list[Item]:
    """What screens are told of these events, in their order: a fixed number of statements, whatever there is."""
    by_kind: dict[str, list[Delivery]] = {}
    for delivery, _ in events:
        by_kind.setdefault(delivery.kind, []).append(delivery)
    subjects: dict[UUID, Subject] = {}
    for of, several in _by_resolver(by_kind).items():
        subjects.update(await of(tx, several))
    items = []
    for delivery, at in events:
        shown, subject = _BY_KIND.get(delivery.kind), subjects.get(delivery.event_id)
        if shown is not None and subject is not None:
            items.append(
                Item(delivery.event_id, at, shown.kind, delivery.subject_id, shown.staff, shown.dealer, subject)
            )
    stock = await _stock(tx, by_kind)
    if stock is not False:
        last, at = events[-1][0].event_id, events[-1][1]
        needs = ("inventory.read", "portal.catalogue")
        skus, shelf = await _on_shelf(tx, stock)
        items.append(Item(last, at, "stock.changed", None, *needs, is_stock=True, skus=skus, shelf=shelf))
    return items


def _by_resolver(by_kind: Mapping[str, list[Delivery]]) -> dict[Resolve, list[Delivery]]:
    found: dict[Resolve, list[Delivery]] = {}
    for kind, several in by_kind.items():
        if kind in _BY_KIND:
            found.setdefault(_BY_KIND[kind].of, []).extend(several)
    return found


async def _stock(tx: Tx, by_kind: Mapping[str, list[Delivery]]) -> frozenset[UUID] | Literal[False] | None:
    """The SKUs whose stock changed; None when they are too many to name, False when none did."""
    booked = [delivery.read(inventory.Changed).skus for delivery in by_kind.get(inventory.Changed.kind(), ())]
    found = {sku for named in booked for sku in named or ()}
    ordered = [delivery.subject_id for kind in _MOVES_ORDERED for delivery in by_kind.get(kind, ())]
    if ordered:
        found.update(row["sku_id"] for row in await tx.fetch(_ORDERED_SKUS, ordered, MOST_SKUS + 1))
    if None in booked or len(found) > MOST_SKUS:
        return None
    return frozenset(found) or False


async def _on_shelf(tx: Tx, skus: frozenset[UUID] | None) -> tuple[tuple[UUID, ...] | None, Shelf | None]:
    if skus is None:
        return None, None
    codes = [row["code"] for row in await tx.fetch(_SKU_CODES, sorted(skus))]
    known = await load_skus(tx, codes)
    return tuple(sorted(skus)), Shelf([known[code] for code in codes if code in known], await load_assortments(tx))


def merged_stock(items: Sequence[Item]) -> Item:
    """Several changes of stock as one, of the moment of the last."""
    shelves = [item.shelf for item in items if item.shelf is not None]
    skus = {sku for item in items for sku in item.skus or ()}
    last = replace(items[-1])
    if len(shelves) < len(items) or len(skus) > MOST_SKUS:
        last.skus, last.shelf = None, None
    elif len(items) > 1:
        last.skus, last.shelf = tuple(sorted(skus)), Shelf.of_all(shelves)
    return last
