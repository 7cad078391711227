"""What a trial comes to: tried lines put together by month, customer and SKU. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import TypeVar
from uuid import UUID

import msgspec

from dinghuo.kit.money import CENT, ZERO

MOST_SHOWN = 100
K = TypeVar("K")


class Tried(msgspec.Struct, frozen=True, gc=False):
    """Lines of one customer, SKU and month: what they came to without tax, would come to as things are at present,
    and with the draft.

    `costless` counts those whose cost is not known, `kept` those that no draft has a say in, `unpriced` those that
    have no price with the draft. Gifts are what the goods cost that were given for nothing on top.
    """

    customer_id: UUID
    sku_id: UUID
    month: date
    lines: int
    actual: Decimal
    present: Decimal
    drafted: Decimal
    cost: Decimal
    costless: int
    kept: int = 0
    unpriced: int = 0
    present_gifts: Decimal = ZERO
    drafted_gifts: Decimal = ZERO


class TrialAmounts(msgspec.Struct, frozen=True):
    """Without tax: what was sold came to, would come to as things are at present, and with the draft.

    Margins are revenue less cost and gifts, null for those who see none; lines of unknown cost count with a cost of
    zero (`costless`). Gifts are what the goods given by promotions cost.
    """

    lines: int
    actual: Decimal
    present: Decimal
    drafted: Decimal
    change: Decimal
    cost: Decimal | None
    present_gifts: Decimal | None
    drafted_gifts: Decimal | None
    present_margin: Decimal | None
    drafted_margin: Decimal | None
    costless: int


class TrialEffect(msgspec.Struct, frozen=True):
    """What the draft would do to one customer or SKU."""

    code: str
    name: str
    amounts: TrialAmounts


class TrialMonth(msgspec.Struct, frozen=True):
    month: date
    amounts: TrialAmounts


class Sums(msgspec.Struct):
    """Tried lines put together."""

    lines: int = 0
    actual: Decimal = ZERO
    present: Decimal = ZERO
    drafted: Decimal = ZERO
    cost: Decimal = ZERO
    present_gifts: Decimal = ZERO
    drafted_gifts: Decimal = ZERO
    costless: int = 0
    kept: int = 0
    unpriced: int = 0

    def add(self, line: Tried) -> None:
        self.lines += line.lines
        self.actual += line.actual
        self.present += line.present
        self.drafted += line.drafted
        self.cost += line.cost
        self.present_gifts += line.present_gifts
        self.drafted_gifts += line.drafted_gifts
        self.costless += line.costless
        self.kept += line.kept
        self.unpriced += line.unpriced

    @property
    def change(self) -> Decimal:
        """What the draft does to the revenue, and to what is left of it."""
        return self.drafted - self.present

    @property
    def weight(self) -> Decimal:
        """How much the draft does, whichever way."""
        return abs(self.change) + abs(self.drafted_gifts - self.present_gifts)


def sums_by(lines: Iterable[Tried], key: Callable[[Tried], K]) -> dict[K, Sums]:
    found: dict[K, Sums] = {}
    for line in lines:
        place = key(line)
        if place not in found:
            found[place] = Sums()
        found[place].add(line)
    return found


def total_of(lines: Iterable[Tried]) -> Sums:
    return sums_by(lines, lambda _: None).get(None, Sums())


def amounts_of(sums: Sums, *, told: bool) -> TrialAmounts:
    """As its readers see it: `told` are costs and margins."""
    cost, before, after = (each.quantize(CENT) for each in (sums.cost, sums.present_gifts, sums.drafted_gifts))
    return TrialAmounts(
        lines=sums.lines,
        actual=sums.actual,
        present=sums.present,
        drafted=sums.drafted,
        change=sums.change,
        cost=cost if told else None,
        present_gifts=before if told else None,
        drafted_gifts=after if told else None,
        present_margin=sums.present - cost - before if told else None,
        drafted_margin=sums.drafted - cost - after if told else None,
        costless=sums.costless,
    )


def months_of(lines: Iterable[Tried], *, told: bool) -> list[TrialMonth]:
    by_month = sums_by(lines, lambda line: line.month)
    return [TrialMonth(month, amounts_of(by_month[month], told=told)) for month in sorted(by_month)]


def effects_of(
    sums: Mapping[UUID, Sums], names: Mapping[UUID, tuple[str, str]], *, told: bool
) -> Sequence[TrialEffect]:
    """Those to whom the draft does something, the most first."""
    changed = [(id, each) for id, each in sums.items() if each.weight]
    changed.sort(key=lambda item: (-item[1].weight, names[item[0]][0]))
    return [TrialEffect(*names[id], amounts_of(each, told=told)) for id, each in changed[:MOST_SHOWN]]
