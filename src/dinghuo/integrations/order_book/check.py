"""Ask the database whether it holds what the report says."""

from collections import Counter
from decimal import Decimal, localcontext
from itertools import chain, repeat

import msgspec

from dinghuo.integrations.order_book.lines import EXACT
from dinghuo.integrations.order_book.plan import Plan
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO, round_money

_ORDERED = """
select count(*) as lines, coalesce(sum(case when l.tax_inclusive then l.gross else l.net end), 0) as amount
from unnest($2::text[]) as w(number)
join sales_order o on o.tenant_id = $1 and o.number = w.number
join order_line l on l.tenant_id = $1 and l.order_id = o.id
"""
_RETURNED = """
select count(distinct (r.number, r.line_no)) as lines, coalesce(sum(r.price * r.quantity), 0) as amount
from unnest($2::text[]) as w(number)
join historical_return r on r.tenant_id = $1 and r.number = w.number
"""


class Held(msgspec.Struct, frozen=True):
    """Lines and amounts of a book: of its orders, rounded as they are booked, and of what they took back, exactly."""

    lines: int
    amount: Decimal
    returned_lines: int
    returned_amount: Decimal


async def held(tx: Tx, plan: Plan) -> Held:
    """What the database holds of a plan's orders and returns."""
    ordered = (await tx.fetch(_ORDERED, [order.number for order in plan.invoices.orders]))[0]
    returned = (await tx.fetch(_RETURNED, [each.number for each in plan.invoices.returns]))[0]
    return Held(ordered["lines"], ordered["amount"], returned["lines"], returned["amount"])


def planned(plan: Plan) -> Held:
    """What the database has to hold once the plan is carried out."""
    lines, orders = plan.lines, plan.invoices.orders
    ordered = [line for order in orders for line in order.lines]
    returned = [line for each in plan.invoices.returns for line in each.lines]
    currencies = chain.from_iterable(repeat(order.currency, len(order.lines)) for order in orders)
    quantities, prices = map(lines.quantities.__getitem__, ordered), map(lines.prices.__getitem__, ordered)
    # The same quantity at the same price is there many times over.
    kinds = Counter(zip(quantities, prices, currencies, strict=True))
    with localcontext(EXACT):
        booked = (
            round_money(quantity * price, currency) * count for (quantity, price, currency), count in kinds.items()
        )
        return Held(
            len(ordered),
            sum(booked, ZERO),
            len(returned),
            -sum((lines.quantities[line] * lines.prices[line] for line in returned), ZERO),
        )
