"""Try a price list on the orders of the last months: revenue and margin before and after, by customer, SKU, month."""

from calendar import monthrange
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

import msgspec

from dinghuo.analytics.backtest.lines import Sold, sold_lines
from dinghuo.analytics.backtest.lists import customers_of, day_of_trial, draft_facts, fill, goods_of, present_lists
from dinghuo.analytics.backtest.reprice import Goods, Repriced, Sums, reprice, with_draft
from dinghuo.analytics.days import range_of, starts
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import first_id_at
from dinghuo.parties.facts import CustomerFacts
from dinghuo.pricing.facts import ListFacts
from dinghuo.pricing.locked import check_sees_price
from dinghuo.pricing.queries import get_price_list

MOST_SHOWN = 100
# Nothing was sold before; ids tell no moment before 1970.
_EARLIEST = date(2000, 1, 1)
K = TypeVar("K")


class TrialAmounts(msgspec.Struct, frozen=True):
    """Without tax: what was sold came to, would come to by the lists of today, and with the draft.

    Margins are present and drafted revenue less cost, null for those who see none; lines of unknown cost count with
    a cost of zero (`costless`).
    """

    lines: int
    actual: Decimal
    present: Decimal
    drafted: Decimal
    change: Decimal
    cost: Decimal | None
    present_margin: Decimal | None
    drafted_margin: Decimal | None
    costless: int


class TrialEffect(msgspec.Struct, frozen=True):
    """What the draft would do to one customer or SKU."""

    code: str
    name: str
    amounts: TrialAmounts


class TrialMonth(msgspec.Struct, frozen=True):
    month: date
    amounts: TrialAmounts


class Backtest(msgspec.Struct, frozen=True, kw_only=True):
    """A price list tried on what was sold from a day through another to the customers it is for.

    `kept` lines have prices that no list has a say in; `unpriced` ones have none with the draft, and count as they
    were. Of customers and SKUs those are told whose revenue changes most, the largest change first.
    """

    list: str
    currency: str
    first: date = msgspec.field(name="from")
    until: date
    tried_on: date
    customers: int
    orders: int
    kept: int
    unpriced: int
    total: TrialAmounts
    by_month: Sequence[TrialMonth]
    by_customer: Sequence[TrialEffect]
    by_sku: Sequence[TrialEffect]


async def backtest(tx: Tx, *, code: str, months: int, until: date | None = None, seen_by: StaffPrincipal) -> Backtest:
    """Try the list with this code on the orders of so many months up to a day, today when none is named."""
    check_sees_price(seen_by)
    view = await get_price_list(tx, code, seen_by=seen_by)
    draft = await draft_facts(tx, view.id)
    zone = (await load_tenant(tx)).zone
    today = tx.now.astimezone(zone).date()
    until = min(max(until or today, _EARLIEST), today)
    first = _months_before(until, months)
    customers = await customers_of(tx, draft, seen_by=seen_by)
    span = (first_id_at(starts(first, zone)), range_of(until, zone)[1])
    orders, sold = await sold_lines(tx, span=span, currency=draft.currency, customers=list(customers), zone=zone)
    on = day_of_trial(draft, today)
    goods, lines = await _repriced(tx, draft, customers, sold, today=today, on=on)
    total = _sums(lines, lambda _: None).get(None, Sums())
    told = seen_by.sees_margin
    by_month = _sums(lines, lambda line: line.sold.month)
    by_customer = _sums(lines, lambda line: line.sold.customer_id)
    by_sku = _sums(lines, lambda line: line.sold.sku_id)
    return Backtest(
        list=draft.code,
        currency=draft.currency,
        first=first,
        until=until,
        tried_on=on,
        customers=len(by_customer),
        orders=orders,
        kept=total.kept,
        unpriced=total.unpriced,
        total=_amounts(total, told=told),
        by_month=[TrialMonth(month, _amounts(by_month[month], told=told)) for month in sorted(by_month)],
        by_customer=_effects(by_customer, {id: (c.code, c.name) for id, c in customers.items()}, told=told),
        by_sku=_effects(by_sku, {id: (g.code, g.name) for id, g in goods.items()}, told=told),
    )


async def _repriced(
    tx: Tx,
    draft: ListFacts,
    customers: dict[UUID, CustomerFacts],
    sold: Sequence[Sold],
    *,
    today: date,
    on: date,
) -> tuple[dict[UUID, Goods], list[Repriced]]:
    bought = {each.customer_id for each in sold}
    sku_ids = list({each.sku_id for each in sold})
    lists = await present_lists(tx, [customers[id] for id in bought])
    drafted = {id: with_draft(several, draft, customers[id]) for id, several in lists.items()}
    asked = {each.id: each for several in (*lists.values(), *drafted.values()) for each in several}
    await fill(tx, list(asked.values()), sku_ids)
    goods = await goods_of(tx, sku_ids)
    lines = reprice(sold, goods=goods, lists=lists, drafted=drafted, today=today, on=on, currency=draft.currency)
    return goods, lines


def _months_before(day: date, months: int) -> date:
    """The same day so many months ago, or the last of that month when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _sums(lines: Iterable[Repriced], key: Callable[[Repriced], K]) -> dict[K, Sums]:
    found: dict[K, Sums] = {}
    for line in lines:
        place = key(line)
        if place not in found:
            found[place] = Sums()
        found[place].add(line)
    return found


def _amounts(sums: Sums, *, told: bool) -> TrialAmounts:
    cents = Decimal("0.01")
    cost = sums.cost.quantize(cents)
    return TrialAmounts(
        lines=sums.lines,
        actual=sums.actual,
        present=sums.present,
        drafted=sums.drafted,
        change=sums.drafted - sums.present,
        cost=cost if told else None,
        present_margin=sums.present - cost if told else None,
        drafted_margin=sums.drafted - cost if told else None,
        costless=sums.costless,
    )


def _effects(sums: dict[UUID, Sums], names: dict[UUID, tuple[str, str]], *, told: bool) -> list[TrialEffect]:
    changed = [(id, each) for id, each in sums.items() if each.drafted != each.present]
    changed.sort(key=lambda item: (-abs(item[1].drafted - item[1].present), names[item[0]][0]))
    return [TrialEffect(*names[id], _amounts(each, told=told)) for id, each in changed[:MOST_SHOWN]]
