"""Try a price list on the orders of the last months: revenue and margin before and after, by customer, SKU, month."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from uuid import UUID

import msgspec

from dinghuo.analytics.backtest.lines import sold_lines
from dinghuo.analytics.backtest.lists import fill, goods_of, present_lists
from dinghuo.analytics.backtest.period import Period, period_of
from dinghuo.analytics.backtest.reprice import Goods, reprice, with_draft
from dinghuo.analytics.backtest.sums import (
    TrialAmounts,
    TrialEffect,
    TrialMonth,
    Tried,
    amounts_of,
    effects_of,
    months_of,
    sums_by,
    total_of,
)
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.kit.database import Tx
from dinghuo.parties.facts import CustomerFacts
from dinghuo.pricing.locked import check_sees_price
from dinghuo.pricing.look_through import customers_of, day_of_trial, draft_facts
from dinghuo.pricing.queries import get_price_list


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


async def prepare_backtest(
    tx: Tx, *, code: str, months: int, until: date | None = None, seen_by: StaffPrincipal
) -> Callable[[], Backtest]:
    """Read what trying the list with this code needs: on the orders of so many months up to a day, today when none is
    named. What comes back reckons, for seconds: to be called when the transaction is over, beside other work."""
    check_sees_price(seen_by)
    view = await get_price_list(tx, code, seen_by=seen_by)
    draft = await draft_facts(tx, view.id)
    period = await period_of(tx, months, until)
    customers = await customers_of(tx, draft, seen_by=seen_by)
    orders, sold = await sold_lines(
        tx, span=period.ids, currency=draft.currency, customers=list(customers), zone=period.zone
    )
    on = day_of_trial(draft, period.today)
    bought = {each.customer_id for each in sold}
    sku_ids = list({each.sku_id for each in sold})
    lists = await present_lists(tx, [customers[id] for id in bought])
    drafted = {id: with_draft(several, draft, customers[id]) for id, several in lists.items()}
    # What is tried may be published already: then it is there twice, before and after.
    asked = {id(each): each for several in (*lists.values(), *drafted.values()) for each in several}
    await fill(tx, list(asked.values()), sku_ids)
    goods = await goods_of(tx, sku_ids)

    def reckon() -> Backtest:
        lines = reprice(
            sold, goods=goods, lists=lists, drafted=drafted, today=period.today, on=on, currency=draft.currency
        )
        head = _Head(draft.code, draft.currency, period, on, orders, told=seen_by.sees_margin)
        return _told(head, lines, customers, goods)

    return reckon


class _Head(msgspec.Struct, frozen=True):
    code: str
    currency: str
    period: Period
    on: date
    orders: int
    told: bool


def _told(
    head: _Head, lines: Sequence[Tried], customers: Mapping[UUID, CustomerFacts], goods: Mapping[UUID, Goods]
) -> Backtest:
    total, told = total_of(lines), head.told
    by_customer = sums_by(lines, lambda line: line.customer_id)
    by_sku = sums_by(lines, lambda line: line.sku_id)
    return Backtest(
        list=head.code,
        currency=head.currency,
        first=head.period.first,
        until=head.period.until,
        tried_on=head.on,
        customers=len(by_customer),
        orders=head.orders,
        kept=total.kept,
        unpriced=total.unpriced,
        total=amounts_of(total, told=told),
        by_month=months_of(lines, told=told),
        by_customer=effects_of(by_customer, {id: (c.code, c.name) for id, c in customers.items()}, told=told),
        by_sku=effects_of(by_sku, {id: (g.code, g.name) for id, g in goods.items()}, told=told),
    )
