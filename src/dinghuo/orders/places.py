"""To which places an order goes: its own address, and those of its lines. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TypeVar

from dinghuo.orders.decide import LineRow
from dinghuo.orders.requests import ShipTo

Line = TypeVar("Line")


def place_of_gift(given_by: Iterable[int] | None, goods: Mapping[int, LineRow]) -> ShipTo | None:
    """Where a gift goes: with the first of the goods that it is given for."""
    return next((goods[number].ship_to for number in given_by or () if number in goods), None)


def by_place(
    lines: Sequence[Line], ship_to_of: Callable[[Line], ShipTo | None], order_to: ShipTo | None
) -> list[list[Line]]:
    """The lines that go to each place; where the order itself goes is one of them."""
    found: dict[ShipTo | None, list[Line]] = {}
    for line in lines:
        to = ship_to_of(line)
        found.setdefault(None if to == order_to else to, []).append(line)
    return list(found.values())
