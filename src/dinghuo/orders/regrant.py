"""Grant an order anew what its promotions give, when its lines have changed: the same promotions, and no others.

What the order holds of their budgets counts as theirs to give; a promotion that it no longer reaches gives nothing
and takes its part of the budget back. Gifts follow the goods, but never below what is released of them.
"""

from collections.abc import Mapping
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.accounts.budgets import Bound, Budget, BudgetEntry, held_of_budgets
from dinghuo.inventory.reserve import Stock
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO, round_money, split_tax
from dinghuo.orders.decide import LineRow, Priced
from dinghuo.orders.offers import Offers, UsedCoupon, bounds_of
from dinghuo.orders.promote import load_gifts, promote
from dinghuo.pricing.coupon_facts import load_coupons
from dinghuo.pricing.promotion_facts import promotions_by_id

_GRANTED = "select promotion_id, coupon from order_promotion where tenant_id = $1 and order_id = $2"


class Regrant(msgspec.Struct, frozen=True):
    """What an order was granted: the budgets behind it, and what it holds of them."""

    bounds: list[Bound]
    held: dict[UUID, BudgetEntry]


async def offer_again(tx: Tx, order: Priced) -> Regrant | None:
    """Let the promotions that the order was granted speak for its lines as they are now (undiscounted, without
    gifts); None when it was granted none."""
    rows = {row["promotion_id"]: row["coupon"] for row in await tx.fetch(_GRANTED, order.id)}
    if not rows:
        return None
    promotions = await promotions_by_id(tx, rows)
    coupons = await load_coupons(tx, [code for code in rows.values() if code])
    found = {}
    bounds: dict[UUID, list[Bound]] = {}
    used: dict[UUID, UsedCoupon] = {}
    for id, promotion in promotions.items():
        places = [place for place, sku in enumerate(order.skus) if promotion.covers(sku)]
        bounds[id] = list(bounds_of(promotion, order.customer.id))
        coupon = coupons.get(rows[id] or "")
        if coupon is not None:
            used[id] = UsedCoupon(0, coupon, promotion)
            if coupon.uses is not None:
                bounds[id].append(Bound("coupon", coupon.id, None, None, coupon.uses))
        if places:
            found[id] = (promotion, places)
    order.offers = Offers(found, bounds, used, is_again=True)
    await load_gifts(tx, [(order, order.offers)])
    held = {entry.budget_id: entry for entry in await held_of_budgets(tx, [order.id])}
    wanted = {bound.id: bound for several in bounds.values() for bound in several}
    return Regrant([bound for id, bound in wanted.items() if id in held], held)


def regrant(
    order: Priced, again: Regrant, budgets: Mapping[UUID, Budget], stock: Stock, held: Mapping[UUID, Decimal]
) -> list[BudgetEntry]:
    """Grant the order anew; what changes of the budgets, as entries and in `budgets` (`move_budgets` takes it).

    `held` is what the order holds of each SKU's stock, which is its own to give. Budgets that the order holds nothing
    of are not drawn on: they came after it.
    """
    if order.offers is None:
        return []
    order.offers.bounds = {
        id: [bound for bound in several if bound.id in budgets] for id, several in order.offers.bounds.items()
    }
    for id, budget in budgets.items():
        entry = again.held.get(id)
        if entry is not None:
            budget.take(-entry.amount, -entry.uses)
    promote(order, budgets, stock, held=held)
    return [
        BudgetEntry(
            id,
            budget.taken_amount,
            budget.taken_uses,
            "release" if budget.taken_amount < ZERO or budget.taken_uses < 0 else "reserve",
            "order",
            order.id,
        )
        for id, budget in budgets.items()
        if budget.taken_amount or budget.taken_uses
    ]


def undiscounted(row: LineRow, currency: str) -> LineRow:
    """The row at its list price, as it was before promotions."""
    if row.discount is None and b'"promotions"' not in bytes(row.price_reason):
        return row
    reason = msgspec.json.decode(row.price_reason)
    reason.pop("amount", None)
    reason.pop("promotions", None)
    price = row.deal_price if row.list_price is None else row.list_price
    amount = round_money(row.quantity * price, currency)
    split = split_tax(amount, row.tax_rate, tax_inclusive=row.tax_inclusive, currency=currency)
    return msgspec.structs.replace(
        row,
        deal_price=price,
        price_reason=msgspec.Raw(msgspec.json.encode(reason)),
        net=split.net,
        tax=split.tax,
        gross=split.gross,
        discount=None,
    )
