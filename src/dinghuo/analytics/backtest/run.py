"""Try a price list on the orders of the last months: revenue and margin before and after, by customer, SKU, month."""

import asyncio
from collections.abc import Sequence
from datetime import date
from uuid import UUID

import msgspec

from dinghuo.analytics.backtest.lines import Sold, sold_lines
from dinghuo.analytics.backtest.lists import customers_of, day_of_trial, draft_facts, fill, goods_of, present_lists
from dinghuo.analytics.backtest.period import period_of
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
from dinghuo.pricing.facts import ListFacts
from dinghuo.pricing.locked import check_sees_price
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


async def backtest(tx: Tx, *, code: str, months: int, until: date | None = None, seen_by: StaffPrincipal) -> Backtest:
    """Try the list with this code on the orders of so many months up to a day, today when none is named."""
    check_sees_price(seen_by)
    view = await get_price_list(tx, code, seen_by=seen_by)
    draft = await draft_facts(tx, view.id)
    period = await period_of(tx, months, until)
    customers = await customers_of(tx, draft, seen_by=seen_by)
    orders, sold = await sold_lines(
        tx, span=period.ids, currency=draft.currency, customers=list(customers), zone=period.zone
    )
    on = day_of_trial(draft, period.today)
    goods, lines = await _repriced(tx, draft, customers, sold, today=period.today, on=on)
    total, told = total_of(lines), seen_by.sees_margin
    by_customer = sums_by(lines, lambda line: line.customer_id)
    by_sku = sums_by(lines, lambda line: line.sku_id)
    return Backtest(
        list=draft.code,
        currency=draft.currency,
        first=period.first,
        until=period.until,
        tried_on=on,
        customers=len(by_customer),
        orders=orders,
        kept=total.kept,
        unpriced=total.unpriced,
        total=amounts_of(total, told=told),
        by_month=months_of(lines, told=told),
        by_customer=effects_of(by_customer, {id: (c.code, c.name) for id, c in customers.items()}, told=told),
        by_sku=effects_of(by_sku, {id: (g.code, g.name) for id, g in goods.items()}, told=told),
    )


async def _repriced(
    tx: Tx,
    draft: ListFacts,
    customers: dict[UUID, CustomerFacts],
    sold: Sequence[Sold],
    *,
    today: date,
    on: date,
) -> tuple[dict[UUID, Goods], list[Tried]]:
    bought = {each.customer_id for each in sold}
    sku_ids = list({each.sku_id for each in sold})
    lists = await present_lists(tx, [customers[id] for id in bought])
    drafted = {id: with_draft(several, draft, customers[id]) for id, several in lists.items()}
    asked = {each.id: each for several in (*lists.values(), *drafted.values()) for each in several}
    await fill(tx, list(asked.values()), sku_ids)
    goods = await goods_of(tx, sku_ids)
    # Beside whatever else is answered meanwhile: it reckons for seconds.
    lines = await asyncio.to_thread(
        reprice, sold, goods=goods, lists=lists, drafted=drafted, today=today, on=on, currency=draft.currency
    )
    return goods, lines
