"""What promotions gave an order, and what is missing to the next step, as readers see it."""

from decimal import Decimal

import msgspec

from dinghuo.kit.money import ZERO
from dinghuo.orders.decide import Priced


class GrantView(msgspec.Struct, frozen=True, kw_only=True):
    """A promotion that was granted, and on which lines; `saved` is null for those who see no prices."""

    code: str
    name: str
    name_en: str | None
    kind: str
    saved: Decimal | None
    lines: list[int]


class NextView(msgspec.Struct, frozen=True, kw_only=True):
    """How much more of the lines' goods, by amount or by sales units, until a promotion grants `value`: per cent off,
    money off, or so many of the gift (null: of what is bought)."""

    code: str
    name: str
    name_en: str | None
    kind: str
    measure: str
    missing: Decimal
    value: Decimal
    gift: str | None
    lines: list[int]


def grants_of(order: Priced, *, told: bool) -> list[GrantView]:
    """What the order was granted."""
    return [
        GrantView(
            code=each.promotion.code,
            name=each.promotion.name,
            name_en=each.promotion.name_en,
            kind=each.promotion.kind,
            saved=each.saved if told else None,
            lines=each.lines,
        )
        for each in (order.granted.grants if order.granted else ())
    ]


def next_of(order: Priced, *, told: bool) -> list[NextView]:
    """What is missing to the next steps, of those that this reader may be told of."""
    return [
        NextView(
            code=each.promotion.code,
            name=each.promotion.name,
            name_en=each.promotion.name_en,
            kind=each.promotion.kind,
            measure=each.promotion.measure or "amount",
            missing=each.missing,
            value=each.value,
            gift=each.promotion.gift_sku,
            lines=each.lines,
        )
        for each in (order.granted.next if order.granted else ())
        if told or each.promotion.measure == "quantity"
    ]


def saved_of(order: Priced) -> Decimal:
    """What promotions save the order in all, the value of gifts included."""
    return sum((each.saved for each in order.granted.grants), ZERO) if order.granted else ZERO
