"""Promotions as placing an order must know them, and the index by which those that apply are found.

What a line costs to look up grows with the promotions that apply to it, not with those that are stored.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit.database import Tx
from dinghuo.parties.facts import CustomerFacts

PromotionKind = Literal["percent", "amount_off", "fixed_price", "bundle", "spend_save", "buy_get"]
Measure = Literal["amount", "quantity"]
Key = tuple[str, UUID]


class Step(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """From so much on, this is granted; what the value means is said by the promotion's kind."""

    start: Decimal = msgspec.field(name="from")
    value: Decimal


class ItemFacts(msgspec.Struct, frozen=True, gc=False):
    """Goods that a promotion holds for; of a SKU its price per unit, or its part of a bundle."""

    kind: str
    id: UUID
    unit: str | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None


class PromotionFacts(msgspec.Struct, frozen=True):
    """One promotion (docs/promotions.md). Without audience it is for everyone, without items for all goods."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    kind: PromotionKind
    currency: str
    valid_from: datetime
    valid_until: datetime | None
    measure: Measure | None
    steps: tuple[Step, ...]
    repeats: bool
    bundle_price: Decimal | None
    gift_sku: str | None
    gift_unit: str | None
    priority: int
    exclusion_group: str | None
    stackable: bool
    first_order_only: bool
    coupon_required: bool
    budget: Decimal | None
    customer_budget: Decimal | None
    uses: int | None
    customer_uses: int | None
    revision: int
    audience: dict[str, frozenset[UUID]]
    items: tuple[ItemFacts, ...]

    def holds_at(self, moment: datetime) -> bool:
        return self.valid_from <= moment and (self.valid_until is None or moment < self.valid_until)

    def is_for(self, customer: CustomerFacts) -> bool:
        """Whether every kind of audience that is named has this customer; a parent's promotions are its own too."""
        return all(not ids.isdisjoint(_words(customer, kind)) for kind, ids in self.audience.items())

    def covers(self, sku: SkuFacts) -> bool:
        return not self.items or any((item.kind, item.id) in goods_keys(sku) for item in self.items)

    def item(self, sku_id: UUID) -> ItemFacts | None:
        return next((item for item in self.items if item.id == sku_id), None)


def _words(customer: CustomerFacts, kind: str) -> Sequence[UUID]:
    if kind == "customer":
        return customer.parents
    if kind == "region":
        return customer.regions
    one = customer.tier_id if kind == "tier" else customer.channel_id
    return (one,) if one else ()


def goods_keys(sku: SkuFacts) -> list[Key]:
    """The words by which promotions may name a SKU."""
    keys = [("sku", sku.id), ("product", sku.product_id), *(("category", id) for id in sku.category_ids)]
    return [*keys, ("brand", sku.brand_id)] if sku.brand_id else keys


# From the narrowest: a promotion is filed under the first of these kinds that it names.
_FILED_BY = ("customer", "region", "tier", "channel")
_ANYONE: Key = ("everyone", UUID(int=0))
_ANYTHING: Key = ("everything", UUID(int=0))
_Goods = dict[Key, list[PromotionFacts]]


class PromotionIndex:
    """The promotions that hold at some moment from `since` until `until`, by audience and then by goods."""

    def __init__(self, promotions: Iterable[PromotionFacts], since: datetime, until: datetime) -> None:
        self.since, self.until = since, until
        self.with_coupon: dict[UUID, PromotionFacts] = {}
        self._filed: dict[Key, _Goods] = {}
        self._named: set[Key] = set()
        self._keys: dict[UUID, tuple[SkuFacts, list[Key]]] = {}
        self._shelves: dict[UUID, tuple[CustomerFacts, list[_Goods]]] = {}
        for promotion in promotions:
            if promotion.coupon_required:
                self.with_coupon[promotion.id] = promotion
            else:
                self._file(promotion)

    def __bool__(self) -> bool:
        return bool(self._filed)

    def _file(self, promotion: PromotionFacts) -> None:
        kind = next((kind for kind in _FILED_BY if kind in promotion.audience), None)
        audience = [(kind, id) for id in promotion.audience[kind]] if kind else [_ANYONE]
        goods = [(item.kind, item.id) for item in promotion.items] or [_ANYTHING]
        self._named.update(goods)
        for word in audience:
            shelf = self._filed.setdefault(word, {})
            for key in goods:
                shelf.setdefault(key, []).append(promotion)

    def shelves(self, customer: CustomerFacts) -> list[_Goods]:
        """Where the promotions for a customer are filed, by goods."""
        known = self._shelves.get(customer.id)
        if known is None or known[0] is not customer:
            words = [(kind, id) for kind in _FILED_BY for id in _words(customer, kind)]
            known = (customer, [shelf for word in (*words, _ANYONE) if (shelf := self._filed.get(word)) is not None])
            self._shelves[customer.id] = known
        return known[1]

    def keys(self, sku: SkuFacts) -> list[Key]:
        """The words for a SKU that some promotion names."""
        known = self._keys.get(sku.id)
        if known is None or known[0] is not sku:
            known = (sku, [key for key in (*goods_keys(sku), _ANYTHING) if key in self._named])
            self._keys[sku.id] = known
        return known[1]

    def offers(
        self, customer: CustomerFacts, skus: Sequence[SkuFacts], *, now: datetime, currency: str
    ) -> dict[UUID, tuple[PromotionFacts, list[int]]]:
        """The promotions for a customer, without coupons, each with the lines (by place) whose goods it is for."""
        found: dict[UUID, tuple[PromotionFacts, list[int]]] = {}
        shelves = self.shelves(customer)
        for place, sku in enumerate(skus):
            for key in self.keys(sku):
                for shelf in shelves:
                    for promotion in shelf.get(key, ()):
                        known = found.get(promotion.id)
                        if known is None:
                            found[promotion.id] = (promotion, [place])
                        elif known[1][-1] != place:
                            known[1].append(place)
        return {id: each for id, each in found.items() if applies(each[0], customer, now, currency)}


def applies(promotion: PromotionFacts, customer: CustomerFacts, now: datetime, currency: str) -> bool:
    """Whether a published promotion speaks for a customer's order at this moment, whatever is in it."""
    return promotion.currency == currency and promotion.holds_at(now) and promotion.is_for(customer)


# The index is made anew when it is older than this, so that what has ended or is far off costs nothing.
_SPAN = timedelta(hours=1)
# Transactions side by side do not begin in the order of their moments.
_SLACK = timedelta(minutes=1)

_LIVE = """
select id, revision from promotion
where tenant_id = $1 and state = 'published' and valid_from < $3 and (valid_until is null or valid_until > $2)
"""
_FACTS = """
select p.id, p.code, p.name, p.name_en, p.kind, p.currency, p.valid_from, p.valid_until, p.measure,
  p.steps::text as steps, p.repeats, p.bundle_price, s.code as gift_sku, p.gift_unit, p.priority, p.exclusion_group,
  p.stackable, p.first_order_only, p.coupon_required, p.budget, p.customer_budget, p.uses, p.customer_uses,
  p.revision, a.audience::text as audience, i.items::text as items
from promotion p
left join sku s on s.tenant_id = $1 and s.id = p.gift_sku_id
left join lateral (
  select json_agg(json_build_array(kind, target_id)) as audience
  from promotion_audience where tenant_id = $1 and promotion_id = p.id) a on true
left join lateral (
  select json_agg(json_build_object('kind', kind, 'id', target_id, 'unit', unit, 'quantity', quantity::text,
    'price', price::text) order by target_id) as items
  from promotion_item where tenant_id = $1 and promotion_id = p.id) i on true
where p.tenant_id = $1 and p.id = any($2::uuid[])
"""
_steps = msgspec.json.Decoder(tuple[Step, ...])
_items = msgspec.json.Decoder(tuple[ItemFacts, ...])
_audience = msgspec.json.Decoder(list[tuple[str, UUID]])


async def load_promotions(tx: Tx) -> PromotionIndex:
    """Every published promotion that holds about now."""
    memory = await tx.cached("promotions")
    index: PromotionIndex | None = memory.get("index")
    if index is None or not index.since <= tx.now < index.until:
        since, until = tx.now - _SLACK, tx.now + _SPAN
        live = {row["id"]: row["revision"] for row in await tx.fetch(_LIVE, since, until)}
        index = memory["index"] = PromotionIndex((await _facts(tx, live)).values(), since, until)
    return index


async def promotions_by_id(tx: Tx, ids: Iterable[UUID]) -> dict[UUID, PromotionFacts]:
    """These promotions as they stand, whatever their state: what orders were granted stays theirs."""
    return {row["id"]: _fact(row) for row in await tx.fetch(_FACTS, list(ids))}


async def _facts(tx: Tx, live: dict[UUID, int]) -> dict[UUID, PromotionFacts]:
    """Facts of one revision never change: when one promotion does, the others are not read again."""
    known: dict[UUID, PromotionFacts] = tx.database.caches.get(tx.tenant_id, "promotion-facts", 0)
    kept = {id: known[id] for id, revision in live.items() if id in known and known[id].revision == revision}
    changed = live.keys() - kept.keys()
    found = await promotions_by_id(tx, changed) if changed else {}
    known.clear()
    known.update(kept | found)
    return kept | found


def _fact(row: Any) -> PromotionFacts:
    audience: dict[str, set[UUID]] = {}
    for kind, id in _audience.decode(row["audience"] or "[]"):
        audience.setdefault(kind, set()).add(id)
    values = dict(row) | {
        "steps": _steps.decode(row["steps"]),
        "items": _items.decode(row["items"] or "[]"),
        "audience": {kind: frozenset(ids) for kind, ids in audience.items()},
    }
    return PromotionFacts(**values)
