"""Who gets what becomes free, and who makes way when there is not enough (docs/inventory.md). Pure.

Whoever waits longer than the seller's patience comes first; then it goes by the customer's priority, then by the time
of the document. In fair shares, all who are not beyond that patience get their part of what is free at once.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import ROUND_DOWN, Decimal
from uuid import UUID

import msgspec

from dinghuo.inventory.levels import Level, Place
from dinghuo.inventory.promises import Change, Promise
from dinghuo.kit.money import ZERO

_ONE, _LEAST = Decimal(1), Decimal("0.000001")
_FIRST = -1


class Rule(msgspec.Struct, frozen=True):
    """`patience`: documents before this id have waited longer than anybody shall; ids rise with time."""

    fair_share: bool = False
    patience: UUID = UUID(int=0)

    def rank(self, promise: Promise) -> tuple[int, UUID, int]:
        """The lower, the sooner it is served, and the later it loses."""
        waited_too_long = promise.document_id < self.patience
        return (_FIRST if waited_too_long else promise.priority, promise.document_id, promise.line_no)


BY_PRIORITY = Rule()


def shift(levels: Mapping[Place, Level], promises: Sequence[Promise], rule: Rule = BY_PRIORITY) -> list[Change]:
    """Which of these promises change, so that no place holds more than it can give and nothing free is waited for."""
    by_place: dict[Place, list[Promise]] = defaultdict(list)
    for promise in promises:
        by_place[promise.place].append(promise)
    changes: list[Change] = []
    for place, several in by_place.items():
        several.sort(key=rule.rank)
        free = levels[place].free
        if free < 0:
            changes += _take_away(several, -free)
        elif free > 0:
            changes += _give(several, free, rule)
    return changes


def deal_anew(promises: Sequence[Promise], free: Decimal, rule: Rule = BY_PRIORITY) -> list[Change]:
    """Who holds what at one place, if all that these hold there and what is free were given out once more."""
    several = sorted(promises, key=rule.rank)
    pool = max(free, ZERO) + sum((promise.held for promise in several), ZERO)
    whole = [
        Promise(p.document_id, p.line_no, p.sku_id, p.warehouse_id, ZERO, p.held + p.backordered, p.priority)
        for p in several
    ]
    shares = _in_shares(whole, pool, rule) if rule.fair_share else _in_turn(whole, pool)
    return [
        promise.change(held=part - promise.held, backordered=promise.held - part)
        for promise, part in zip(several, shares, strict=True)
        if part != promise.held
    ]


def _take_away(several: Sequence[Promise], missing: Decimal) -> list[Change]:
    changes = []
    for promise in reversed(several):
        if part := min(promise.held, missing):
            missing -= part
            changes.append(promise.change(held=-part, backordered=part))
    return changes


def _give(several: Sequence[Promise], free: Decimal, rule: Rule) -> list[Change]:
    waiting = [promise for promise in several if promise.backordered]
    shares = _in_shares(waiting, free, rule) if rule.fair_share else _in_turn(waiting, free)
    return [
        promise.change(held=part, backordered=-part) for promise, part in zip(waiting, shares, strict=True) if part
    ]


def _in_turn(waiting: Sequence[Promise], free: Decimal) -> list[Decimal]:
    parts = []
    for promise in waiting:
        part = min(promise.backordered, free)
        free -= part
        parts.append(part)
    return parts


def _in_shares(waiting: Sequence[Promise], free: Decimal, rule: Rule) -> list[Decimal]:
    first = [promise for promise in waiting if promise.document_id < rule.patience]
    parts = _in_turn(first, free)
    return parts + share([promise.backordered for promise in waiting[len(first) :]], free - sum(parts, ZERO))


def share(wanted: Sequence[Decimal], free: Decimal) -> list[Decimal]:
    """Parts of `free` in proportion to what each wants, none more than that, all of it given that is wanted.

    In whole units where all is whole; what is left over goes to those who were cut most, the first of them first.
    """
    total = sum(wanted, ZERO)
    if total <= free:
        return list(wanted)
    step = _ONE if all(value == value.to_integral_value() for value in (free, *wanted)) else _LEAST
    exact = [value * free / total for value in wanted]
    parts = [value.quantize(step, ROUND_DOWN) for value in exact]
    left = free - sum(parts, ZERO)
    for i in sorted(range(len(wanted)), key=lambda i: (parts[i] - exact[i], i)):
        part = min(step, left, wanted[i] - parts[i])
        parts[i] += part
        left -= part
    return parts
