"""What can be promised of one SKU, and for when (docs/inventory.md). Pure: no I/O, no clock.

At a warehouse there is, on a day, what is there now, less what is promised, waited for and kept back, and all that is
expected by then. What should have come already is not counted: it has no day.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from dinghuo.inventory.supply import Supply
from dinghuo.kit.money import ZERO


class Standing(msgspec.Struct, frozen=True, gc=False):
    """A SKU in one warehouse as it stands. `waiting` is backordered there."""

    warehouse_id: UUID
    on_hand: Decimal
    allowance: Decimal
    reserved: Decimal
    safety: Decimal
    waiting: Decimal
    barred: Decimal = ZERO

    @property
    def uncommitted(self) -> Decimal:
        """What is there for newcomers; below zero when supply goes to others first."""
        return self.on_hand - self.reserved - self.safety - self.barred - self.waiting

    @property
    def may_be_held(self) -> Decimal:
        """What an order could hold at once: pre-sale too, whenever it comes."""
        return max(self.on_hand + self.allowance - self.reserved - self.safety - self.barred, ZERO)


class Part(msgspec.Struct, frozen=True):
    """So much of a line can be had on a day; None: nobody knows when."""

    on: date | None
    quantity: Decimal
    source: Literal["stock", "supply", "unknown", "untracked"]
    warehouse_id: UUID | None = None
    supply: str | None = None


class _Step(msgspec.Struct):
    """From a day on there is so much at a warehouse, because of what comes then."""

    on: date
    there: Decimal
    supply: str | None


class Outlook:
    """One SKU's days to come, in the warehouses a customer is served from, the preferred first."""

    def __init__(self, standings: Sequence[Standing], supplies: Iterable[Supply], *, today: date) -> None:
        self.today = today
        self.may_be_held = sum((standing.may_be_held for standing in standings), ZERO)
        self._steps: dict[UUID, list[_Step]] = {
            standing.warehouse_id: [_Step(today, standing.uncommitted, None)] for standing in standings
        }
        self._taken = dict.fromkeys(self._steps, ZERO)
        for supply in sorted(supplies, key=lambda supply: (supply.expected_on, supply.code)):
            if supply.expected_on < today or supply.quantity <= 0:
                continue
            # A warehouse that never had any may be sent some.
            steps = self._steps.setdefault(supply.warehouse_id, [_Step(today, ZERO, None)])
            self._taken.setdefault(supply.warehouse_id, ZERO)
            steps.append(_Step(supply.expected_on, steps[-1].there + supply.quantity, supply.code))

    def days(self) -> list[date]:
        """Those on which there is more than before, today first."""
        return sorted({self.today, *(step.on for steps in self._steps.values() for step in steps)})

    def available(self, on: date) -> Decimal:
        """What can be promised for a day, all warehouses together, less what was taken."""
        return sum((self._free(warehouse_id, on) for warehouse_id in self._steps), ZERO)

    def take(self, quantity: Decimal, *, wanted_on: date) -> list[Part]:
        """Promise so much as early as can be from the day it is wanted on; from one warehouse when one can."""
        parts: list[Part] = []
        for day in self.days():
            on = max(day, wanted_on)
            for warehouse_id in self._order(quantity, day):
                part = min(self._free(warehouse_id, day), quantity)
                if part > 0:
                    parts += self._promised(warehouse_id, part, day, on)
                    self._taken[warehouse_id] += part
                    quantity -= part
        if quantity:
            parts.append(Part(None, quantity, "unknown"))
        return parts

    def _order(self, quantity: Decimal, day: date) -> list[UUID]:
        one = next((id for id in self._steps if self._free(id, day) >= quantity), None)
        return list(self._steps) if one is None else [one]

    def _free(self, warehouse_id: UUID, on: date) -> Decimal:
        there = [step.there for step in self._steps[warehouse_id] if step.on <= on]
        return max(there[-1] - self._taken[warehouse_id], ZERO)

    def _promised(self, warehouse_id: UUID, quantity: Decimal, day: date, on: date) -> list[Part]:
        """A part that a warehouse can give on a day, by what it is made of: stock first, then one delivery after
        the other."""
        found: list[Part] = []
        taken = self._taken[warehouse_id]
        for step in self._steps[warehouse_id]:
            part = min(max(step.there - taken, ZERO), quantity) if step.on <= day else ZERO
            if part:
                found.append(Part(on, part, "supply" if step.supply else "stock", warehouse_id, step.supply))
                taken += part
                quantity -= part
        return found


def promised_on(parts: Iterable[Part]) -> date | None:
    """When all of it can be had; None when nobody knows."""
    days = [part.on for part in parts]
    return None if not days or None in days else max(day for day in days if day is not None)


def covered_on(
    ahead: Decimal, own: Decimal, free: Decimal, supplies: Iterable[Supply], *, today: date
) -> date | None:
    """When deliveries, in the order of their days, have served those ahead and this; None when nobody knows."""
    there = free
    if there >= ahead + own:
        return today
    for supply in supplies:
        if supply.expected_on >= today:
            there += supply.quantity
            if there >= ahead + own:
                return supply.expected_on
    return None


def deliveries_for(ahead: Decimal, own: Decimal, supplies: Iterable[Supply], *, today: date) -> list[Supply]:
    """The deliveries that serve this, when those ahead are served first; late ones are named but promise nothing."""
    found, there = [], ZERO
    for supply in supplies:
        if supply.expected_on < today:
            found.append(supply)
        elif there < ahead + own:
            there += supply.quantity
            if there > ahead:
                found.append(supply)
    return found
