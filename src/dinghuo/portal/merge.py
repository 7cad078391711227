"""How changes from several devices, some late and some sent twice, become one cart. Pure.

A line is known by its SKU and unit, and by the name of the part where several lines of them go to several places. A
change sets it, and never adds to it. Each line bears a mark: when it was
changed last, by which device, and the device's own number of that change. Of one device the higher number wins,
of different devices the later moment; what loses changes nothing. Lines that were removed keep their marks, so that a
change that comes late does not bring them back.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

from dinghuo.kit.money import ZERO, fits
from dinghuo.orders.requests import DraftLine, ShipTo

# What a change may say of a line beside its goods.
_SAID = ("requested_date", "note", "blanket", "ship_to", "rebate_goods")

# No phone is offline for longer; and marks of lines that are gone are kept as long.
OLDEST_MS = 60 * 24 * 3600 * 1000
_MOST_MARKS = 20_000


class LineChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What a line shall be. `quantity` zero removes it; `unit` null is the SKU's own; `new_unit` moves it there.

    `part` is any name for a further line of the same goods, by which a part of them goes elsewhere.

    `blanket` is the number of a blanket order to call it off from, `ship_to` where it goes when that is not where the
    order does, or `address_id` one of the company's addresses; null none. `rebate_goods`: goods rebate pays the line.
    `seq` is the device's growing number of the change, `age_ms` how long ago it was made, when it is sent.
    """

    sku: str
    quantity: Decimal
    unit: str | None = None
    new_unit: str | None = None
    part: str | None = None
    note: str | UnsetType | None = UNSET
    requested_date: date | UnsetType | None = UNSET
    blanket: str | UnsetType | None = UNSET
    ship_to: ShipTo | UnsetType | None = UNSET
    address_id: UUID | UnsetType = UNSET
    rebate_goods: bool | UnsetType = UNSET
    seq: Annotated[int, Meta(ge=0, le=2**53)] = 0
    age_ms: Annotated[int, Meta(ge=0, le=2**53)] = 0


class Mark(msgspec.Struct, frozen=True, array_like=True):
    """Who changed a line last, and when (milliseconds since 1970)."""

    at: int
    device: str | None = None
    seq: int = 0


class Ignored(msgspec.Struct, frozen=True):
    """A change that came too late, or for the second time."""

    sku: str
    unit: str | None
    seq: int


class Merged(msgspec.Struct, frozen=True):
    lines: list[DraftLine]
    marks: dict[str, Mark]
    ignored: list[LineChange]


def key_of(sku: str, unit: str | None, part: str | None = None) -> str:
    return f"{sku}\t{unit or ''}\t{part}" if part else f"{sku}\t{unit or ''}"


def key_of_line(line: DraftLine) -> str:
    return key_of(line.sku, line.unit, line.part)


def is_known(marks: dict[str, Mark], change: LineChange, device: str | None) -> bool:
    """Whether a cart has taken this change, or a later one of the same device."""
    mark = marks.get(key_of(change.sku, change.unit, change.part))
    return mark is not None and device is not None and mark.device == device and change.seq <= mark.seq


def merge(
    lines: Sequence[DraftLine],
    marks: dict[str, Mark],
    changes: Iterable[LineChange],
    *,
    device: str | None,
    now_ms: int,
) -> Merged:
    """The cart after these changes. Their units are named."""
    found = {key_of_line(line): line for line in lines}
    if len(found) < len(lines):
        found = _joined(lines)
    marked, ignored = dict(marks), []
    for change in changes:
        key = key_of(change.sku, change.unit, change.part)
        stamp = now_ms - min(change.age_ms, OLDEST_MS)
        if _loses(marked.get(key), device, change.seq, stamp):
            ignored.append(change)
            continue
        marked[key] = Mark(stamp, device, change.seq)
        target = key_of(change.sku, change.new_unit, change.part) if change.new_unit else key
        if target != key:
            marked[target] = Mark(stamp, device, change.seq)
        _apply(found, key, target, change)
    return Merged(list(found.values()), _pruned(marked, found, now_ms), ignored)


def _loses(mark: Mark | None, device: str | None, seq: int, stamp: int) -> bool:
    if mark is None:
        return False
    if device is not None and mark.device == device:
        return seq <= mark.seq
    return stamp < mark.at


def _apply(found: dict[str, DraftLine], key: str, target: str, change: LineChange) -> None:
    old = found.get(key)
    if change.quantity.is_finite() and change.quantity == ZERO:
        found.pop(key, None)
        return
    line = old or DraftLine(sku=change.sku, quantity=change.quantity, part=change.part or None)
    said = {name: given for name in _SAID if (given := getattr(change, name)) is not UNSET}
    price = line.price if target == key else None
    unit = change.new_unit or change.unit
    line = msgspec.structs.replace(line, quantity=change.quantity, unit=unit, price=price, **said)
    if target == key:
        found[key] = line
        return
    other = found.get(target)
    if other is not None and old is None:
        # The move was made before: nothing is left to be moved.
        return
    if other is not None:
        found[target] = _one_of(line, other)
        del found[key]
        return
    _move(found, key, target, line)


def _move(found: dict[str, DraftLine], key: str, target: str, line: DraftLine) -> None:
    """In the place that the line had."""
    moved = {target if each == key else each: line if each == key else kept for each, kept in found.items()}
    moved.setdefault(target, line)
    found.clear()
    found.update(moved)


def _one_of(line: DraftLine, other: DraftLine) -> DraftLine:
    """Both as one line, which says what either says; where they differ, what the first does."""
    kept = {name: getattr(line, name) or getattr(other, name) for name in _SAID}
    return msgspec.structs.replace(line, quantity=together(line.quantity, other.quantity), **kept)


def together(one: Decimal, other: Decimal) -> Decimal:
    """Their sum; the first, where one is no number that can be reckoned with."""
    return one + other if fits(one) and fits(other) else one


def _joined(lines: Sequence[DraftLine]) -> dict[str, DraftLine]:
    """Lines of one SKU and unit that go to one place, as staff may write them, as one; others are parts."""
    found: dict[str, DraftLine] = {}
    for each in lines:
        line, number = each, 1
        while (before := found.get(key_of_line(line))) is not None and before.ship_to != line.ship_to:
            number += 1
            line = msgspec.structs.replace(each, part=str(number))
        found[key_of_line(line)] = _one_of(before, line) if before else line
    return found


def _pruned(marks: dict[str, Mark], found: dict[str, DraftLine], now_ms: int) -> dict[str, Mark]:
    kept = {key: mark for key, mark in marks.items() if key in found or mark.at > now_ms - OLDEST_MS}
    if len(kept) <= _MOST_MARKS:
        return kept
    newest = sorted(kept.items(), key=lambda item: item[1].at, reverse=True)
    return dict(newest[:_MOST_MARKS])
