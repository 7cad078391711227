"""What the rules make of an order: its charges, when it can be delivered, what would make it better."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.kit.errors import Message
from dinghuo.orders.rules.calendar import Calendar, days_from, is_driven

_ALL_DAYS = frozenset(range(1, 8))

FREE_FREIGHT = Message(
    "free-freight", "再买 {missing} {currency} 免运费", "{missing} {currency} more and delivery is free"
)


class Charge(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A row of order_charge. One that comes to nothing is told, but not kept."""

    order_id: UUID
    charge_no: int
    kind: str
    rule: str
    name: str
    net: Decimal
    tax: Decimal
    gross: Decimal
    reason: dict[str, str]
    name_en: str | None = None
    tax_rate: Decimal | None = None


class Hint(msgspec.Struct, frozen=True):
    """What would make the order better."""

    message: Message
    missing: Decimal
    start: Decimal


class Delivery(msgspec.Struct, frozen=True):
    """When an order can come. It counts for `counts_for`, the next worked day when it came after the cut-off."""

    counts_for: date
    after_cut_off: bool
    cut_off: str | None
    earliest: date | None
    calendar: Calendar
    weekdays: frozenset[int] = _ALL_DAYS
    route: str | None = None
    route_en: str | None = None

    def is_driven(self, day: date) -> bool:
        return is_driven(self.weekdays, self.calendar, day)

    def next_from(self, day: date) -> date | None:
        """The day itself if goods come on it, else the next on which they do."""
        return next((each for each in days_from(day) if self.is_driven(each)), None)

    def upcoming(self, count: int) -> Iterator[date]:
        """The first days on which this order can come."""
        if self.earliest is None:
            return
        for day in days_from(self.earliest):
            if count and self.is_driven(day):
                count -= 1
                yield day
