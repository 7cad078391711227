"""Whose stock changed, and to whom of the dealers it is sold: the others are not told that it exists."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from uuid import UUID

import msgspec

from dinghuo.catalogue.facts import AssortmentFacts, Sellable, SkuFacts, load_assortments, load_skus
from dinghuo.inventory.events import Changed
from dinghuo.kit.database import Tx
from dinghuo.kit.outbox import Delivery

# A word by which a dealer's company is addressed: itself, its tier, regions and channel, or everyone.
Word = tuple[str, UUID]
# More SKUs than these are not named.
MOST_SKUS = 100


class Shelf:
    """SKUs, and to whom they are sold. Companies that the same assortments address see the same of them: what is sold
    is worked out once for each such group."""

    def __init__(self, skus: Iterable[SkuFacts], assortments: Sequence[AssortmentFacts]) -> None:
        self.skus = {sku.id: sku for sku in skus}
        self.assortments = assortments
        self._sold: dict[tuple[bool, ...], frozenset[UUID]] = {}

    def sold_to(self, words: Collection[Word]) -> frozenset[UUID]:
        group = tuple(assortment.applies_to(words) for assortment in self.assortments)
        if group not in self._sold:
            is_sold = Sellable(self.assortments, words)
            self._sold[group] = frozenset(sku.id for sku in self.skus.values() if sku.active and is_sold(sku))
        return self._sold[group]


class StockChange(msgspec.Struct, frozen=True):
    """The SKUs whose stock changed; None: too many to name."""

    skus: frozenset[UUID] | None
    shelf: Shelf

    def sold_to(self, words: Collection[Word]) -> frozenset[UUID]:
        return self.skus & self.shelf.sold_to(words) if self.skus is not None else frozenset()


_SKU_CODES = "select code from sku where tenant_id = $1 and id = any($2::uuid[])"
_ORDERED = """
select distinct l.order_id, l.sku_id from order_line l where l.tenant_id = $1 and l.order_id = any($2::uuid[])
"""


async def stock_changes(
    tx: Tx, deliveries: Sequence[Delivery], *, ordered: Collection[str]
) -> Mapping[UUID, StockChange]:
    """By event, what it changed: bookings say it; `ordered` are kinds whose subject is an order."""
    found: dict[UUID, set[UUID] | None] = {}
    by_order: dict[UUID, list[UUID]] = {}
    for delivery in deliveries:
        if delivery.kind == Changed.kind():
            named = delivery.read(Changed).skus
            found[delivery.event_id] = None if named is None else set(named)
        elif delivery.kind in ordered:
            by_order.setdefault(delivery.subject_id, []).append(delivery.event_id)
    for row in await tx.fetch(_ORDERED, list(by_order)) if by_order else ():
        for event_id in by_order[row["order_id"]]:
            skus = found.setdefault(event_id, set())
            if skus is not None:
                skus.add(row["sku_id"])
    named_skus = {sku for skus in found.values() for sku in skus or ()}
    codes = [row["code"] for row in await tx.fetch(_SKU_CODES, sorted(named_skus))] if named_skus else []
    known = await load_skus(tx, codes)
    shelf = Shelf((known[code] for code in codes if code in known), await load_assortments(tx))
    return {id: StockChange(_named(skus), shelf) for id, skus in found.items()}


def merged(changes: Sequence[StockChange]) -> StockChange:
    """Several changes as one; the newest assortments count."""
    if len(changes) == 1:
        return changes[0]
    skus: set[UUID] | None = set()
    for change in changes:
        skus = None if skus is None or change.skus is None else skus | change.skus
    goods = {id: sku for change in changes for id, sku in change.shelf.skus.items()}
    return StockChange(_named(skus), Shelf(goods.values(), changes[-1].shelf.assortments))


def _named(skus: set[UUID] | None) -> frozenset[UUID] | None:
    return None if skus is None or len(skus) > MOST_SKUS else frozenset(skus)
