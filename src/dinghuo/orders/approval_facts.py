"""What policies may ask of an order, and how it is answered from the order as it is priced. Pure.

Gift lines have no part in discounts: what promotions give was decided when they were written.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.approvals.kinds import Fact, Waiver
from dinghuo.kit.money import ZERO, round_money
from dinghuo.orders.decide import LineRow, Priced
from dinghuo.orders.floor import shortfall

_FOUR = Decimal("0.0001")

FACTS = (
    Fact("gross", "number", "价税合计", "Amount with tax", "price"),
    Fact("net", "number", "不含税金额", "Amount without tax", "price"),
    Fact("currency", "text", "币种", "Currency"),
    Fact("lines", "integer", "行数", "Number of lines"),
    Fact(
        "discount",
        "number",
        "最大行折扣（0.15 即低于价目表 15%）",
        "Largest discount of a line against its list",
        "price",
    ),
    Fact("order_discount", "number", "整单折扣", "Discount of the whole order against the lists", "price"),
    Fact("manual_price", "flag", "有手工价格", "Some price was set by hand"),
    Fact("manual_discount", "number", "手工价格的最大折扣", "Largest discount of a price set by hand", "price"),
    Fact("margin", "number", "毛利", "Margin", "margin"),
    Fact("margin_rate", "number", "毛利率（0.08 即 8%）", "Margin rate", "margin"),
    Fact("lowest_margin_rate", "number", "最低行毛利率", "Lowest margin rate of a line", "margin"),
    Fact("below_cost", "flag", "有低于成本的行", "Some line is below cost", "margin"),
    Fact("below_floor", "integer", "低于最低限价的行数", "Lines below their floor price", "cost"),
    Fact("floor_shortfall", "number", "低于最低限价的最大幅度", "Largest part by which a line is below it", "cost"),
    Fact("cost_unknown", "flag", "有无成本的商品", "Some cost is not known", "cost"),
    Fact("prepaid", "flag", "先款后货", "Paid for beforehand"),
    Fact("payment_terms", "text", "付款条件", "Payment terms"),
    Fact("credit_limit", "number", "信用额度", "Credit limit", "price"),
    Fact("exposure", "number", "已占用信用", "Credit taken up before this order", "price"),
    Fact("credit_overrun", "number", "超出信用额度的金额", "By how much it exceeds the credit limit", "price"),
    Fact("overdue_days", "integer", "最长逾期天数", "Days that the oldest debt is overdue"),
    Fact("new_customer", "flag", "首次下单的客户", "The customer's first order"),
    Fact("customer", "text", "客户编码", "Customer's code"),
    Fact("tier", "text", "客户等级编码", "Customer's tier"),
    Fact("channel", "text", "客户渠道编码", "Customer's sales channel"),
    Fact("regions", "texts", "客户区域编码（含上级）", "Customer's region with those above it"),
    Fact("came_by", "text", "下单渠道（portal、console、api）", "How it came in (portal, console, api)"),
)
WAIVERS = (Waiver("credit", "超信用额度", "Over the credit limit"),)

# Facts that stand in other tables than what placing an order reads anyway.
BESIDE = frozenset({"overdue_days", "new_customer"})
WORDS = frozenset({"tier", "channel", "regions"})


class Beside(msgspec.Struct, frozen=True):
    """What is known of a customer's account and past."""

    oldest_due: date | None = None
    is_new: bool = False


class Seen(msgspec.Struct, frozen=True):
    """An order with what stands beside it: codes by id of tiers, channels and regions."""

    order: Priced
    words: Mapping[UUID, str]
    beside: Beside


def facts_of(seen: Seen, names: Collection[str]) -> dict[str, Any]:
    """These facts of an order."""
    return {name: _ANSWERS[name](seen) for name in names if name in _ANSWERS}


def all_facts(seen: Seen) -> dict[str, Any]:
    return facts_of(seen, [fact.name for fact in FACTS])


def is_by_hand(order: Priced, row: LineRow) -> bool:
    """Whether the line's price was set by whoever placed the order."""
    lines = order.placement.request.lines
    return row.line_no <= len(lines) and lines[row.line_no - 1].price is not None


def _goods(order: Priced) -> Iterator[LineRow]:
    return (row for row in order.lines if row.kind != "gift")


def _discount(row: LineRow) -> Decimal:
    """What part of its list price a line is below it; nothing without a list price."""
    if not row.list_price:
        return ZERO
    return max(1 - row.deal_price / row.list_price, ZERO).quantize(_FOUR)


def _largest_discount(seen: Seen) -> Decimal:
    return max((_discount(row) for row in _goods(seen.order)), default=ZERO)


def _manual_discount(seen: Seen) -> Decimal:
    return max((_discount(row) for row in _goods(seen.order) if is_by_hand(seen.order, row)), default=ZERO)


def _order_discount(seen: Seen) -> Decimal:
    listed = dealt = ZERO
    for row in _goods(seen.order):
        if row.list_price:
            listed += row.list_price * row.quantity
            dealt += row.deal_price * row.quantity
    return max(1 - dealt / listed, ZERO).quantize(_FOUR) if listed else ZERO


def _line_margin(row: LineRow) -> Decimal | None:
    return None if row.unit_cost is None else row.net - round_money(row.unit_cost * row.base_quantity)


def _margin(seen: Seen) -> Decimal:
    return sum((margin for row in seen.order.lines if (margin := _line_margin(row)) is not None), ZERO)


def _margin_rate(seen: Seen) -> Decimal:
    net = sum((row.net for row in seen.order.lines if row.unit_cost is not None), ZERO)
    return (_margin(seen) / net).quantize(_FOUR) if net else ZERO


def _lowest_margin_rate(seen: Seen) -> Decimal:
    rates = [
        (margin / row.net).quantize(_FOUR)
        for row in _goods(seen.order)
        if row.net and (margin := _line_margin(row)) is not None
    ]
    return min(rates, default=ZERO)


def _below_cost(seen: Seen) -> bool:
    return any((margin := _line_margin(row)) is not None and margin < 0 for row in _goods(seen.order))


def _shortfalls(seen: Seen) -> list[Decimal]:
    order = seen.order
    found = (shortfall(row, sku, order.day) for row, sku in zip(order.lines, order.skus, strict=True))
    return [each for each in found if each]


def _limit(seen: Seen) -> Decimal | None:
    return seen.order.credit.limit if seen.order.credit is not None else None


def _exposure(seen: Seen) -> Decimal:
    """Orders of the same batch that come before this one count."""
    credit = seen.order.credit
    return credit.exposure + credit.taken if credit is not None else ZERO


def _overrun(seen: Seen) -> Decimal:
    limit = _limit(seen)
    if limit is None or seen.order.customer.payment_terms == "prepaid":
        return ZERO
    return max(_exposure(seen) + seen.order.owed - limit, ZERO)


def _overdue_days(seen: Seen) -> int:
    due = seen.beside.oldest_due
    return max((seen.order.day - due).days, 0) if due is not None else 0


def _word(seen: Seen, id: UUID | None) -> str:
    return seen.words.get(id, "") if id is not None else ""


_ANSWERS: Mapping[str, Callable[[Seen], Any]] = {
    "gross": lambda seen: seen.order.gross,
    "net": lambda seen: seen.order.net,
    "currency": lambda seen: seen.order.currency,
    "lines": lambda seen: seen.order.line_count,
    "discount": _largest_discount,
    "order_discount": _order_discount,
    "manual_price": lambda seen: any(is_by_hand(seen.order, row) for row in seen.order.lines),
    "manual_discount": _manual_discount,
    "margin": _margin,
    "margin_rate": _margin_rate,
    "lowest_margin_rate": _lowest_margin_rate,
    "below_cost": _below_cost,
    "below_floor": lambda seen: len(_shortfalls(seen)),
    "floor_shortfall": lambda seen: max(_shortfalls(seen), default=ZERO),
    "cost_unknown": lambda seen: any(row.unit_cost is None for row in seen.order.lines),
    "prepaid": lambda seen: seen.order.customer.payment_terms == "prepaid",
    "payment_terms": lambda seen: seen.order.customer.payment_terms,
    "credit_limit": _limit,
    "exposure": _exposure,
    "credit_overrun": _overrun,
    "overdue_days": _overdue_days,
    "new_customer": lambda seen: seen.beside.is_new,
    "customer": lambda seen: seen.order.customer.code,
    "tier": lambda seen: _word(seen, seen.order.customer.tier_id),
    "channel": lambda seen: _word(seen, seen.order.customer.channel_id),
    "regions": lambda seen: [_word(seen, id) for id in seen.order.customer.regions],
    "came_by": lambda seen: seen.order.placement.by.channel,
}
