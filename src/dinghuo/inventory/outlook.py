"""What can be promised of one SKU, and for when (docs/inventory.md). Pure: no I/O, no clock.

At a warehouse there is, on a day, what is there now and still good then, less what is promised, waited for and kept
back, and all that is expected by then. What should have come already is not counted: it has no day.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec

from dinghuo.inventory.lots.outlook import Shelf, lost
from dinghuo.inventory.lots.pick import NEVER
from dinghuo.inventory.supply import Supply
from dinghuo.kit.money import ZERO

_DAY = timedelta(days=1)


class Standing(msgspec.Struct, frozen=True, gc=False):
    """A SKU in one warehouse as it stands. `waiting` is backordered there."""

    warehouse_id: UUID
    on_hand: Decimal
    allowance: Decimal
    reserved: Decimal
    safety: Decimal
    waiting: Decimal
    barred: Decimal = ZERO
    # Where lots are kept of it.
    shelf: Shelf | None = None

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

    def __init__(
        self, standings: Sequence[Standing], supplies: Iterable[Supply], *, today: date, life: int = 0
    ) -> None:
        """`life`: for how many days more goods must be good on the day they are promised for."""
        self.today, self.life = today, life
        self._shelves = {one.warehouse_id: (one, one.shelf) for one in standings if one.shelf is not None}
        self._takes: dict[UUID, list[tuple[date, Decimal]]] = {}
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
        """Those on which there is more than before, or less, today first."""
        more = {step.on for steps in self._steps.values() for step in steps}
        return sorted({self.today, *more, *self._losing_days()})

    def _losing_days(self) -> Iterator[date]:
        for warehouse_id, (_, shelf) in self._shelves.items():
            for expires_on, _ in shelf.lots:
                if expires_on < NEVER:
                    on = expires_on - timedelta(days=self.life - 1)
                    if on > self.today and self._lost(warehouse_id, on) > self._lost(warehouse_id, on - _DAY):
                        yield on

    def lost(self, on: date) -> Decimal:
        """What of the stock is not good any more on a day."""
        return sum((self._lost(warehouse_id, on) for warehouse_id in self._shelves), ZERO)

    def _lost(self, warehouse_id: UUID, on: date) -> Decimal:
        if warehouse_id not in self._shelves:
            return ZERO
        standing, shelf = self._shelves[warehouse_id]
        return lost(
            shelf,
            standing.on_hand - shelf.in_lots,
            self._takes.get(warehouse_id, ()),
            today=self.today,
            reserved=standing.reserved,
            life=self.life,
            on=on,
        )

    def available(self, on: date) -> Decimal:
        """What can be promised for a day, all warehouses together, less what was taken."""
        return sum((self._free(warehouse_id, on, on) for warehouse_id in self._steps), ZERO)

    def take(self, quantity: Decimal, *, wanted_on: date) -> list[Part]:
        """Promise so much as early as can be from the day it is wanted on; from one warehouse when one can."""
        parts: list[Part] = []
        for day in self.days():
            on = max(day, wanted_on)
            for warehouse_id in self._order(quantity, day, on):
                part = min(self._free(warehouse_id, day, on), quantity)
                if part > 0:
                    parts += self._promised(warehouse_id, part, day, on)
                    self._taken[warehouse_id] += part
                    self._takes.setdefault(warehouse_id, []).append((on, part))
                    quantity -= part
        if quantity:
            parts.append(Part(None, quantity, "unknown"))
        return parts

    def _order(self, quantity: Decimal, day: date, on: date) -> list[UUID]:
        one = next((id for id in self._steps if self._free(id, day, on) >= quantity), None)
        return list(self._steps) if one is None else [one]

    def _free(self, warehouse_id: UUID, day: date, on: date) -> Decimal:
        """What has come by a day and is still good on another."""
        there = [step.there for step in self._steps[warehouse_id] if step.on <= day]
        return max(there[-1] - self._lost(warehouse_id, on) - self._taken[warehouse_id], ZERO)

    def _promised(self, warehouse_id: UUID, quantity: Decimal, day: date, on: date) -> list[Part]:
        """A part that a warehouse can give on a day, by what it is made of: stock first, then one delivery after
        the other."""
        found: list[Part] = []
        taken = self._taken[warehouse_id] + self._lost(warehouse_id, on)
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
