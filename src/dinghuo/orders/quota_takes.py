"""What lines take of quotas: goods before anything is locked, gifts, where a quota counts them, once granted."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from dinghuo.accounts.allotments import Allotments, Opening, Take
from dinghuo.kit.money import ZERO
from dinghuo.orders.decide import LineRow, Priced
from dinghuo.orders.rules.facts import QuotaFacts, RuleBook
from dinghuo.pricing.facts import scopes_of
from dinghuo.pricing.grant import Given

GIFT = "gift"


def takes_of(rows: Iterable[LineRow], book: RuleBook, scopes: frozenset[str], day: date) -> Iterator[Take]:
    """What the lines take of every quota that names their SKU and this customer."""
    for row in rows:
        for quota in book.quotas.get(row.sku_id, ()):
            if _names(quota, scopes, day) and (row.kind != GIFT or quota.counts_gifts):
                yield take_of(quota, row.line_no, wanted_of(row), day)


def take_of(quota: QuotaFacts, line_no: int, quantity: Decimal, day: date) -> Take:
    opening = Opening("quota", quota.id, quota.quantity, quota.period_from(day))
    return Take(quota.allotment_id(day), line_no, quantity, opening)


def wanted_of(row: LineRow) -> Decimal:
    """What a line is still to bring, in base units."""
    return row.base_quantity - (row.cancelled or ZERO)


def possible_gift_takes(order: Priced) -> Iterator[UUID]:
    """The allotments that gifts may take of: they are looked at with those of what was ordered."""
    book, offers = order.rules, order.offers
    if book is None or offers is None or not book.counts_gifts:
        return
    scopes = frozenset(scopes_of(order.customer))
    gifts = {sku.id for sku in offers.possible_gifts()} | {sku.id for sku in order.skus}
    for sku_id in gifts:
        for quota in _counting(book, sku_id, scopes, order.day):
            yield quota.allotment_id(order.day)


def first_beyond_quota(order: Priced, gifts: Sequence[Given], allotments: Allotments | None) -> UUID | None:
    """The first promotion whose gift a quota has no room for beside what was ordered."""
    book = order.rules
    if allotments is None or book is None or not book.counts_gifts:
        return None
    wanted: dict[UUID, Decimal] = {}
    for take in order.takes:
        wanted[take.allotment_id] = wanted.get(take.allotment_id, ZERO) + take.quantity
    scopes = frozenset(scopes_of(order.customer))
    for given in gifts:
        for quota in _counting(book, given.gift.sku.id, scopes, order.day):
            take = take_of(quota, 0, given.gift.base_quantity, order.day)
            wanted[take.allotment_id] = wanted.get(take.allotment_id, ZERO) + take.quantity
            if wanted[take.allotment_id] > allotments.left(take):
                return given.promotion.id
    return None


def gift_takes(order: Priced) -> Iterator[Take]:
    """What the gifts that were granted take of quotas."""
    book = order.rules
    if book is not None and book.counts_gifts:
        gifts = [row for row in order.lines if row.kind == GIFT]
        yield from takes_of(gifts, book, frozenset(scopes_of(order.customer)), order.day)


def _counting(book: RuleBook, sku_id: UUID, scopes: frozenset[str], day: date) -> Iterator[QuotaFacts]:
    return (quota for quota in book.quotas.get(sku_id, ()) if quota.counts_gifts and _names(quota, scopes, day))


def _names(quota: QuotaFacts, scopes: frozenset[str], day: date) -> bool:
    return quota.scope in scopes and quota.holds_on(day)
