"""What suppliers delivered during the weeks: enough that nothing left a warehouse before it was there."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from dinghuo.entry.demo.dealers import DEALER_BY_CODE
from dinghuo.entry.demo.orders import CHINA, DemoOrder
from dinghuo.entry.demo.products import SKU_BY_CODE, SKUS, Sku

Place = tuple[str, str]
"""A SKU in a warehouse, by their codes."""

_FIRST_LORRY: Final = time(5, 30)
_BETWEEN: Final = timedelta(minutes=3)
_LOW_WEEKS = 3.0
_FULL_WEEKS = 7.0


@dataclass(frozen=True, slots=True)
class Delivery:
    """Goods of one brand into one warehouse; `lines` are (SKU, cases)."""

    warehouse: str
    brand: str
    received_at: datetime
    lines: tuple[tuple[str, int], ...]


def deliveries(orders: Iterable[DemoOrder]) -> tuple[Delivery, ...]:
    """Each Monday before work: what runs low is filled up, and what that week's orders take is there.

    SKUs that are short on purpose stay short, and those that may be sold before they come are brought when sold.
    """
    demands = _by_week(orders)
    on_hand = {(sku.code, warehouse): stock for sku in SKUS for warehouse, stock in sku.opening_stock}
    low = {place: _usual(demands, place) for place, stock in on_hand.items() if _is_usual(place, stock)}
    found: list[Delivery] = []
    for monday in sorted(demands):
        wanted = demands[monday]
        cases = {
            place: more
            for place, level in on_hand.items()
            if (more := _missing(SKU_BY_CODE[place[0]], level, wanted[place], low.get(place, 0.0)))
        }
        for place, more in cases.items():
            on_hand[place] += more * SKU_BY_CODE[place[0]].case_unit.numerator
        for place, quantity in wanted.items():
            on_hand[place] -= quantity
        found += _of_brands(monday, cases)
    return tuple(found)


def _by_week(orders: Iterable[DemoOrder]) -> Mapping[date, Counter[Place]]:
    """What orders took, in base units, by the Monday of their week."""
    weeks: defaultdict[date, Counter[Place]] = defaultdict(Counter)
    for order in orders:
        day = order.placed_at.astimezone(CHINA).date()
        demand = weeks[day - timedelta(days=day.weekday())]
        if order.cancelled_at is not None:
            continue
        for line in order.lines:
            sku = SKU_BY_CODE[line.sku]
            if sku.supply_policy != "untracked":
                unit = next(unit for unit in sku.units if unit.code == line.unit)
                demand[sku.code, DEALER_BY_CODE[order.dealer].warehouse] += line.quantity * unit.numerator
    return weeks


def _usual(demands: Mapping[date, Counter[Place]], place: Place) -> float:
    """What a week takes on average."""
    return sum(demand[place] for demand in demands.values()) / max(1, len(demands))


def _is_usual(place: Place, stock: int) -> bool:
    """Not bought in on demand, nor one of those that the catalogue makes sold out or nearly so."""
    sku = SKU_BY_CODE[place[0]]
    return sku.supply_policy == "refuse" and stock > sku.weekly_cases * sku.case_unit.numerator


def _missing(sku: Sku, level: int, wanted: int, a_week: float) -> int:
    """How many cases to bring."""
    case = sku.case_unit.numerator
    if level < _LOW_WEEKS * a_week:
        return max(-(-int(_FULL_WEEKS * a_week - level) // (5 * case)) * 5, -(-(wanted - level) // case))
    return max(0, -(-(wanted - level) // case))


def _of_brands(monday: date, cases: Mapping[Place, int]) -> Sequence[Delivery]:
    """A lorry a brand and warehouse, one after the other."""
    lorries: defaultdict[tuple[str, str], list[tuple[str, int]]] = defaultdict(list)
    for (code, warehouse), more in cases.items():
        lorries[SKU_BY_CODE[code].brand.code, warehouse].append((code, more))
    first = datetime.combine(monday, _FIRST_LORRY, CHINA)
    return [
        Delivery(warehouse, brand, first + number * _BETWEEN, tuple(lines))
        for number, ((brand, warehouse), lines) in enumerate(sorted(lorries.items()))
    ]
