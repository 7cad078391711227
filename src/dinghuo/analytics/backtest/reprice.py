"""Price what was sold once more, by today's lists and with the draft among them. Pure; the price engine decides."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.analytics.backtest.lines import Sold
from dinghuo.analytics.backtest.sums import Tried
from dinghuo.kit.money import round_money, split_tax
from dinghuo.parties.facts import CustomerFacts
from dinghuo.pricing.engine import find_price
from dinghuo.pricing.facts import ListFacts, scopes_of


class Goods(msgspec.Struct, frozen=True):
    """What a price must know of a SKU."""

    code: str
    name: str
    base_unit: str
    units: Mapping[str, tuple[int, int]]


def with_draft(lists: Sequence[ListFacts], draft: ListFacts, customer: CustomerFacts) -> list[ListFacts]:
    """The lists that would speak for the customer: the draft at its place, without those it takes the place of."""
    others = [each for each in lists if (each.scope, each.currency) != (draft.scope, draft.currency)]
    rank = {scope: place for place, scope in enumerate(scopes_of(customer))}
    if draft.scope not in rank:
        return list(lists)
    return sorted([*others, draft], key=lambda each: rank[each.scope])


def reprice(
    sold: Iterable[Sold],
    *,
    goods: Mapping[UUID, Goods],
    lists: Mapping[UUID, Sequence[ListFacts]],
    drafted: Mapping[UUID, Sequence[ListFacts]],
    today: date,
    on: date,
    currency: str,
) -> list[Tried]:
    """Each of these lines twice: `lists` and `drafted` are what speaks for a customer, today and on the day `on`.

    Lines are rounded one by one, as orders are, and then counted.
    """
    present = _Prices(goods, lists, today, currency)
    after = _Prices(goods, drafted, on, currency)
    return [
        _tried(each, each.net, each.net) if each.is_kept else _tried(each, present.net(each), after.net(each))
        for each in sold
    ]


def _tried(sold: Sold, present: Decimal | None, drafted: Decimal | None) -> Tried:
    """Without a price lines count as they were."""
    return Tried(
        sold.customer_id,
        sold.sku_id,
        sold.month,
        sold.lines,
        sold.net,
        sold.net if present is None else present,
        sold.net if drafted is None else drafted,
        sold.cost,
        sold.costless,
        sold.lines if sold.is_kept else 0,
        sold.lines if drafted is None else 0,
    )


class _Prices:
    """Prices by a set of lists on a day; customers for whom the same lists speak are asked once."""

    def __init__(
        self, goods: Mapping[UUID, Goods], lists: Mapping[UUID, Sequence[ListFacts]], day: date, currency: str
    ) -> None:
        self._goods = goods
        self._lists = {id: [each for each in several if each.currency == currency] for id, several in lists.items()}
        numbers: dict[tuple[UUID, ...], int] = {}
        self._same = {
            id: numbers.setdefault(tuple(each.id for each in several), len(numbers))
            for id, several in self._lists.items()
        }
        self._day = day
        self._currency = currency
        self._known: dict[tuple[object, ...], tuple[Decimal, bool] | None] = {}

    def net(self, sold: Sold) -> Decimal | None:
        """What these lines come to without tax; None when no list has a price."""
        key = (self._same[sold.customer_id], sold.sku_id, sold.unit, sold.quantity)
        if key not in self._known:
            self._known[key] = self._price(sold)
        found = self._known[key]
        if found is None:
            return None
        price, tax_inclusive = found
        amount = round_money(sold.left * price, self._currency)
        split = split_tax(amount, sold.tax_rate, tax_inclusive=tax_inclusive, currency=self._currency)
        return split.net * sold.lines

    def _price(self, sold: Sold) -> tuple[Decimal, bool] | None:
        sku = self._goods[sold.sku_id]
        ratio = sku.units.get(sold.unit)
        if ratio is None:  # a unit it is no longer sold in
            return None
        found = find_price(
            self._lists[sold.customer_id],
            sku_id=sold.sku_id,
            unit=sold.unit,
            base_unit=sku.base_unit,
            ratio=ratio,
            quantity=sold.quantity,
            day=self._day,
            currency=self._currency,
        )
        return (found.price, found.tax_inclusive) if found else None
