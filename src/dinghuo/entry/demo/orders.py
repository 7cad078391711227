"""A few weeks of believable orders: each dealer in its own rhythm, from its usual basket, by season and weekday."""

import math
from bisect import bisect
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, timezone
from itertools import accumulate
from random import Random
from typing import Final, Literal

from dinghuo.entry.demo.dealers import DEALERS, Dealer
from dinghuo.entry.demo.people import DEALER_USERS
from dinghuo.entry.demo.products import SKUS, Sku, Unit

Origin = Literal["portal", "sales", "import"]
SEED: Final = 2026
CHINA: Final = timezone(timedelta(hours=8), "Asia/Shanghai")


@dataclass(frozen=True, slots=True)
class DemoLine:
    """`quantity` whole units of one SKU."""

    sku: str
    unit: str
    quantity: int


@dataclass(frozen=True, slots=True)
class DemoOrder:
    """An order as its dealer placed it; `placed_by` is a login, None where an import or a phone call made it."""

    reference: str
    dealer: str
    placed_at: datetime
    origin: Origin
    placed_by: str | None
    cancelled_at: datetime | None
    lines: tuple[DemoLine, ...]


@dataclass(frozen=True, slots=True)
class _Habit:
    """How dealers of a tier buy: visits a week, lines an order, SKUs in the basket, cases of an ordinary line."""

    visits: float
    lines: tuple[int, int]
    basket: int
    cases: float


_HABITS: Final = {
    "diamond": _Habit(3.4, (16, 40), 96, 22),
    "gold": _Habit(2.2, (10, 28), 64, 9),
    "silver": _Habit(1.35, (6, 18), 44, 4.5),
    "standard": _Habit(0.75, (3, 11), 24, 2.2),
}
_WEEKDAYS: Final = (1.25, 1.0, 1.0, 1.2, 1.0, 0.5, 0.12)
_HOURS: Final = (
    (8, 5), (9, 12), (10, 13), (11, 8), (12, 3), (13, 5), (14, 11), (15, 12), (16, 9), (17, 6), (18, 3), (20, 4),
    (21, 5), (22, 2),
)  # fmt: skip

# What a channel buys more, or less, of than others; 1 where nothing is said.
_TASTES: Final[Mapping[str, Mapping[str, float]]] = {
    "modern": {"dairy": 1.6, "frozen": 1.3, "biscuit": 1.3, "household": 1.4, "staples": 0.8},
    "wholesale": {"water": 1.5, "soda": 1.4, "noodles": 1.5, "beer": 1.3, "frozen": 0.4, "wine": 0.5},
    "catering": {
        "soy": 4.0, "vinegar": 4.0, "oil": 3.5, "staples": 3.0, "beer": 2.2, "frozen": 2.0, "baijiu": 1.6,
        "biscuit": 0.1, "candy": 0.1, "nuts": 0.3, "household": 0.8, "noodles": 0.4,
    },
    "ecommerce": {"nuts": 3.0, "biscuit": 2.0, "candy": 2.0, "canned": 1.6, "wine": 1.8, "frozen": 0.1, "water": 0.5},
}  # fmt: skip

# How much more, or less, than in an average month, January first.
_SEASONS: Final = {
    "soda": (0.7, 0.7, 0.8, 0.9, 1.1, 1.4, 1.6, 1.6, 1.2, 0.9, 0.7, 0.7),
    "water": (0.7, 0.7, 0.8, 0.9, 1.1, 1.4, 1.6, 1.5, 1.2, 0.9, 0.8, 0.7),
    "tea": (0.7, 0.7, 0.8, 1.0, 1.1, 1.3, 1.5, 1.5, 1.2, 0.9, 0.8, 0.7),
    "beer": (0.6, 0.6, 0.7, 0.9, 1.2, 1.5, 1.7, 1.6, 1.1, 0.8, 0.6, 0.7),
    "juice": (1.2, 1.0, 0.8, 0.9, 1.0, 1.1, 1.2, 1.2, 1.1, 0.9, 0.8, 1.0),
    "baijiu": (1.7, 1.2, 0.7, 0.7, 0.8, 0.7, 0.6, 0.8, 1.5, 1.1, 1.0, 1.4),
    "wine": (1.5, 1.1, 0.8, 0.8, 0.9, 0.8, 0.7, 0.8, 1.2, 1.1, 1.2, 1.4),
    "candy": (1.8, 1.3, 0.7, 0.8, 0.9, 0.7, 0.6, 0.7, 1.1, 1.1, 1.0, 1.3),
    "nuts": (1.9, 1.2, 0.7, 0.7, 0.8, 0.8, 0.7, 0.8, 1.1, 1.0, 1.1, 1.4),
    "frozen": (1.3, 1.3, 0.9, 0.9, 0.8, 0.9, 0.8, 0.8, 0.9, 1.0, 1.2, 1.4),
}

_BUYERS: Final = {user.dealer: user.login for user in DEALER_USERS}


def demo_orders(
    *, today: date, until: datetime | None = None, weeks: int = 7, seed: int = SEED
) -> tuple[DemoOrder, ...]:
    """The orders of the last `weeks`, in the order in which they were placed.

    They end before `until`, which is midnight at the start of `today` unless said otherwise. Taken together they
    never ask for more than the opening stock (and pre-sale allowance) of the dealer's warehouse, except of SKUs
    that may be backordered.
    """
    end = until or datetime.combine(today, time(), CHINA)
    first = today - timedelta(days=7 * weeks)
    visits = sorted(
        (placed_at, dealer.code, dealer)
        for dealer in DEALERS
        for placed_at in _visits(Random(f"{seed}/{dealer.code}"), dealer, first, today)  # noqa: S311 - a demo, not a secret
    )
    baskets = {dealer.code: _basket(dealer, seed) for dealer in DEALERS}
    shelf = _Shelf()
    orders = [
        _order(dealer, placed_at, baskets[dealer.code], shelf, seed)
        for placed_at, _, dealer in visits
        if placed_at < end
    ]
    return tuple(order for order in orders if order.lines)


def _visits(random: Random, dealer: Dealer, first: date, last: date) -> list[datetime]:
    """When the dealer orders: each weekday has its own likelihood for it, the same every week."""
    a_week = _HABITS[dealer.tier].visits
    likely = [weight * random.uniform(0.2, 1.8) for weight in _WEEKDAYS]
    scale = a_week / sum(likely)
    found = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if random.random() < likely[day.weekday()] * scale:
            (hour,) = random.choices([hour for hour, _ in _HOURS], [weight for _, weight in _HOURS])
            found.append(datetime.combine(day, time(hour, random.randrange(60), random.randrange(60)), CHINA))
    return found


def _basket(dealer: Dealer, seed: int) -> tuple[tuple[Sku, float], ...]:
    """What the dealer usually buys, and how many cases of each at a time."""
    random = Random(f"{seed}/{dealer.code}/basket")  # noqa: S311 - a demo, not a secret
    habit, tastes = _HABITS[dealer.tier], _TASTES[dealer.channel]
    keyed = [
        (random.random() ** (1 / (math.pow(sku.weekly_cases, 0.6) * tastes.get(sku.category, 1.0))), sku)
        for sku in SKUS
        if sku.weekly_cases
    ]
    # Largest keys first: a weighted sample without replacement (Efraimidis and Spirakis).
    keyed.sort(key=lambda pair: (-pair[0], pair[1].code))
    return tuple((sku, _usual(sku, habit.cases) * random.uniform(0.6, 1.6)) for _, sku in keyed[: habit.basket])


def _usual(sku: Sku, cases: float) -> float:
    """Popular goods by the many, dear ones by the few."""
    case_price = float(sku.list_price) * sku.case_unit.numerator / sku.case_unit.denominator
    return cases * math.pow(sku.weekly_cases / 120, 0.45) * math.pow(70 / case_price, 0.4)


def _order(
    dealer: Dealer, placed_at: datetime, basket: tuple[tuple[Sku, float], ...], shelf: "_Shelf", seed: int
) -> DemoOrder:
    random = Random(f"{seed}/{dealer.code}/{placed_at:%Y%m%d}")  # noqa: S311 - a demo, not a secret
    least, most = _HABITS[dealer.tier].lines
    wanted = random.randint(least, min(most, len(basket)))
    origin = _origin(random, dealer)
    late = placed_at + timedelta(minutes=random.randint(12, 240))
    cancelled = random.random() < 0.03
    lines = []
    for sku, usual in _picked(random, basket, wanted):
        line, in_base = _line(random, sku, usual, placed_at.month)
        if shelf.take(sku, dealer.warehouse, in_base, keep=not cancelled):
            lines.append(line)
    return DemoOrder(
        reference=f"{dealer.code}-{placed_at:%y%m%d}",
        dealer=dealer.code,
        placed_at=placed_at.astimezone(UTC),
        origin=origin,
        placed_by={"portal": _BUYERS.get(dealer.code), "sales": dealer.owner, "import": None}[origin],
        cancelled_at=late.astimezone(UTC) if cancelled else None,
        lines=tuple(lines) if len(lines) >= 3 else (),
    )


def _origin(random: Random, dealer: Dealer) -> Origin:
    """Chains send files, the small ones are visited, everybody uses the portal."""
    imports = 0.35 if dealer.channel in {"modern", "ecommerce"} and dealer.tier in {"diamond", "gold"} else 0.0
    draw = random.random()
    if draw < imports:
        return "import"
    return "portal" if draw < imports + (1 - imports) * 0.68 else "sales"


def _picked(random: Random, basket: tuple[tuple[Sku, float], ...], wanted: int) -> list[tuple[Sku, float]]:
    """So many of the basket, the front of it most often."""
    left = list(basket)
    chosen = []
    for _ in range(wanted):
        bounds = list(accumulate(1 / (8 + place) for place in range(len(left))))
        chosen.append(left.pop(min(bisect(bounds, random.random() * bounds[-1]), len(left) - 1)))
    return chosen


def _line(random: Random, sku: Sku, usual: float, month: int) -> tuple[DemoLine, int]:
    """A line in whole units, and what it is in base units."""
    season = _SEASONS.get(sku.category, (1.0,) * 12)[month - 1]
    cases = max(1, round(usual * season * random.uniform(0.7, 1.35)))
    unit = sku.case_unit
    # Where there is a bundle below the case, small orders are in bundles.
    if len(sku.units) > 2 and sku.units[1].denominator == 1 and cases <= 2 and random.random() < 0.4:
        unit = sku.units[1]
        cases = random.randint(1, 4)
    quantity = _whole(cases, sku, unit)
    return DemoLine(sku.code, unit.code, quantity), quantity * unit.numerator


def _whole(quantity: int, sku: Sku, unit: Unit) -> int:
    """As people write it (fives and tens), at least the minimum and a multiple where the SKU asks for it."""
    step = 10 if quantity > 60 else 5 if quantity > 20 else 1
    if sku.order_multiple:
        step = max(step, sku.order_multiple // unit.numerator)
    least = -(-(sku.minimum_order or 1) // unit.numerator)
    return max(-(-least // step) * step, round(quantity / step) * step)


class _Shelf:
    """What is left to promise, by SKU and warehouse."""

    def __init__(self) -> None:
        self._left = {
            (sku.code, warehouse): stock + sku.presell_allowance
            for sku in SKUS
            for warehouse, stock in sku.opening_stock
        }

    def take(self, sku: Sku, warehouse: str, quantity: int, *, keep: bool) -> bool:
        """Whether there is enough; taken off when the order is kept."""
        if sku.supply_policy in {"backorder", "untracked"}:
            return True
        left = self._left[sku.code, warehouse]
        if left < quantity:
            return False
        if keep:
            self._left[sku.code, warehouse] = left - quantity
        return True
