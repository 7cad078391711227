"""What an order would be if it were placed now: every line priced and explained, stock and credit looked at.

Nothing is locked and nothing is written; the same functions decide as when it is placed.
"""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.accounts.budgets import find_budgets
from dinghuo.accounts.rebates import find_wallets
from dinghuo.accounts.reserve import find_credit
from dinghuo.approvals.views import PolicyOfRequest
from dinghuo.catalogue.facts import SkuFacts
from dinghuo.catalogue.unit_names import unit_names, with_unit_names
from dinghuo.inventory.reserve import read_stock
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import FaultView, Language, Refused, fault_view
from dinghuo.kit.money import ZERO
from dinghuo.orders.admit import admit, holder_of
from dinghuo.orders.allotted import claim, find_allotments
from dinghuo.orders.ask_approval import find_policies, hold_to_policies
from dinghuo.orders.charges import charge_view, goods_amounts
from dinghuo.orders.decide import LineRow, Priced
from dinghuo.orders.draw import tracked
from dinghuo.orders.grant_views import GrantView, NextView, grants_of, next_of, saved_of
from dinghuo.orders.offers import bounds_wanted
from dinghuo.orders.order_rules import find_rules, hold_to_rules
from dinghuo.orders.payment import find_dues
from dinghuo.orders.prepare import price_orders, start_orders
from dinghuo.orders.promote import find_promotions, promote
from dinghuo.orders.queries import margin_of
from dinghuo.orders.rebate_views import RebateOffer, offer_of
from dinghuo.orders.requests import Placement
from dinghuo.orders.rules.views import DeliveryView, HintView, delivery_view, hint_views
from dinghuo.orders.use_rebate import find_uses, owners_of, use_rebates
from dinghuo.orders.views import Amounts, ChargeView


class PreviewLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line that could be priced. `available` is what could be promised, in base units; null is not limited.

    Price, amounts and reason are null for those who see no prices.
    """

    line_no: int
    sku: str
    name: str
    unit: str
    quantity: Decimal
    base_quantity: Decimal
    base_unit: str
    list_price: Decimal | None
    deal_price: Decimal | None
    tax_inclusive: bool
    amounts: Amounts | None
    reason: dict[str, Any] | None
    available: Decimal | None
    supply_policy: str
    # What promotions took off, tax-inclusive; of a gift line what it would have cost.
    kind: str = "goods"
    discount: Decimal | None = None
    promotion: str | None = None
    given_by: list[int] | None = None
    # Net minus cost, for those who may see margins.
    margin: Decimal | None = None


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """The order as it would be. `faults` is everything that stands in its way; without any it could be placed.

    `credit_left` is what remains before this order; null is unlimited. It and the amounts are told to those who see
    prices.
    """

    customer: str
    currency: str
    amounts: Amounts | None
    lines: list[PreviewLine]
    faults: list[FaultView]
    credit_left: Decimal | None
    # `amounts` are those of the goods and the charges together.
    goods: Amounts | None
    charges: list[ChargeView]
    delivery: DeliveryView | None
    hints: list[HintView]
    saved: Decimal | None
    promotions: list[GrantView]
    next: list[NextView]
    # The policies that want it approved before it binds, by their names.
    needs_approval: list[PolicyOfRequest]
    # Null unless rebates were asked about and there are some.
    rebate: RebateOffer | None = None


class Look(msgspec.Struct, frozen=True):
    """An order as it would be. `available` is what could be promised of each SKU before it, in base units.

    `limit` and `exposure` are the account's before it; without a limit there is none.
    """

    priced: Priced
    available: dict[UUID, Decimal]
    limit: Decimal | None
    exposure: Decimal

    @property
    def room(self) -> Decimal | None:
        return None if self.limit is None else self.limit - self.exposure


async def look(tx: Tx, placement: Placement, also: Callable[[Priced], Awaitable[None]] | None = None) -> Look:
    """Price one order and hold it against stock and credit, without a lock; refused only when it is not known whose
    it is. `also` may change which promotions speak for it."""
    (started,) = await start_orders(tx, [placement])
    if not isinstance(started, Priced):
        raise Refused(started)
    await price_orders(tx, [started])
    await find_rules(tx, [started])
    await find_promotions(tx, [started])
    allotments = await find_allotments(tx, [started])
    await find_dues(tx, [started])
    await find_uses(tx, [started])
    if also is not None:
        await also(started)
    stock = await read_stock(tx, {sku.id for _, sku in tracked([started])})
    credit = (await find_credit(tx, [holder_of(started)]))[holder_of(started)]
    promote(started, await find_budgets(tx, bounds_wanted([started.offers])), stock, allotments)
    available = {sku.id: max(stock.available(sku.id), ZERO) for sku in started.skus}
    found = Look(started, available, credit.limit, credit.exposure)
    hold_to_rules(started)
    use_rebates(started, await find_wallets(tx, owners_of([started])))
    started.credit = credit
    hold_to_policies(started, await find_policies(tx, [started]))
    claim(started, allotments)
    admit(started, stock, credit)
    return found


async def preview(tx: Tx, *, placement: Placement, language: Language, sees_margin: bool = False) -> Preview:
    """Look at one order; refused only when it is not known whose it is."""
    return await preview_of(
        tx, await look(tx, placement), language=language, told=placement.sees_price, sees_margin=sees_margin
    )


async def preview_of(tx: Tx, looked: Look, *, language: Language, told: bool, sees_margin: bool) -> Preview:
    """What was found, as its readers see it: `told` are prices."""
    units = await unit_names(tx)
    started = looked.priced
    given = started.granted.gifts if started.granted else ()
    codes = {each.promotion.id: each.promotion.code for each in given}
    lines = [
        _line(row, sku, looked.available, codes, told=told, sees_margin=sees_margin)
        for row, sku in zip(started.lines, started.skus, strict=True)
    ]
    return Preview(
        customer=started.customer.code,
        currency=started.currency,
        amounts=Amounts(started.net, started.tax, started.gross) if told else None,
        lines=lines,
        faults=[fault_view(with_unit_names(fault, units), language) for fault in started.faults],
        credit_left=looked.room if told else None,
        goods=goods_amounts(started) if told else None,
        charges=[charge_view(charge, sees_price=told) for charge in started.charges],
        delivery=delivery_view(started.delivery, language),
        hints=hint_views(started.hints, started.currency, language) if told else [],
        saved=saved_of(started) if told else None,
        promotions=grants_of(started, told=told),
        next=next_of(started, told=told),
        needs_approval=[
            PolicyOfRequest(policy.code, policy.name, policy.name_en, policy.version) for policy in started.policies
        ],
        rebate=(offer_of(started) or None) if told else None,
    )


def _line(
    row: LineRow,
    sku: SkuFacts,
    available: dict[UUID, Decimal],
    promotions: dict[UUID, str],
    *,
    told: bool,
    sees_margin: bool,
) -> PreviewLine:
    return PreviewLine(
        line_no=row.line_no,
        sku=row.sku_code,
        name=row.sku_name,
        unit=row.unit,
        quantity=row.quantity,
        base_quantity=row.base_quantity,
        base_unit=sku.base_unit,
        list_price=row.list_price if told else None,
        deal_price=row.deal_price if told else None,
        tax_inclusive=row.tax_inclusive,
        amounts=Amounts(row.net, row.tax, row.gross) if told else None,
        reason=msgspec.json.decode(row.price_reason) if told else None,
        available=None if sku.supply_policy == "untracked" else available[sku.id],
        supply_policy=sku.supply_policy,
        kind=row.kind or "goods",
        discount=(row.discount or ZERO) if told else None,
        promotion=promotions.get(row.promotion_id) if row.promotion_id else None,
        given_by=row.given_by,
        margin=margin_of(row) if sees_margin else None,
    )
