"""What an agreement's tiers grant for what was bought. Pure (docs/rebates.md).

Of `whole` the highest tier reached holds for all that was bought (全额累进), of `slice` each tier for what lies
between its threshold and the next (超额累进). A value is percent of an amount, or an amount for each base unit.
"""

from collections.abc import Sequence
from decimal import Decimal
from typing import Literal

import msgspec

from dinghuo.kit.money import ZERO, round_money

Measure = Literal["net", "gross", "quantity"]
Method = Literal["whole", "slice"]

_HUNDRED = Decimal(100)


class Tier(msgspec.Struct, frozen=True, gc=False, forbid_unknown_fields=True):
    """From so much on, this is granted; the last tier reached counts."""

    start: Decimal = msgspec.field(name="from")
    value: Decimal


class NextTier(msgspec.Struct, frozen=True):
    """The next tier, how much is missing to it, and what would be earned on reaching it exactly."""

    start: Decimal = msgspec.field(name="from")
    value: Decimal
    missing: Decimal
    earns: Decimal


def earned(tiers: Sequence[Tier], method: Method, measure: Measure, measured: Decimal, currency: str) -> Decimal:
    """What this much earns, rounded once, half up. Nothing is earned by less than nothing."""
    if measured <= ZERO:
        return ZERO
    granted = _whole(tiers, measured) if method == "whole" else _slices(tiers, measured)
    return round_money(granted if measure == "quantity" else granted / _HUNDRED, currency)


def _whole(tiers: Sequence[Tier], measured: Decimal) -> Decimal:
    reached = reached_of(tiers, measured)
    return ZERO if reached is None else measured * reached.value


def _slices(tiers: Sequence[Tier], measured: Decimal) -> Decimal:
    granted = ZERO
    for i, tier in enumerate(tiers):
        if measured <= tier.start:
            break
        end = min(tiers[i + 1].start, measured) if i + 1 < len(tiers) else measured
        granted += (end - tier.start) * tier.value
    return granted


def reached_of(tiers: Sequence[Tier], measured: Decimal) -> Tier | None:
    """The highest tier reached."""
    found = None
    for tier in tiers:
        if measured < tier.start:
            break
        found = tier
    return found


def next_of(
    tiers: Sequence[Tier], method: Method, measure: Measure, measured: Decimal, currency: str
) -> NextTier | None:
    """The first tier not reached yet; None beyond the last one."""
    for tier in tiers:
        if measured < tier.start:
            then = earned(tiers, method, measure, tier.start, currency)
            return NextTier(tier.start, tier.value, tier.start - max(measured, ZERO), then)
    return None
