"""Days of the tenant's zone, and the orders placed on them: ids are UUIDv7 of the moment of placing."""

from datetime import UTC, date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from dinghuo.kit.ids import first_id_at, last_id_at

# An order that counts as sold, in SQL; drafts are none yet, and what was called off or turned down never was.
SOLD = "o.state in ('confirmed', 'closed', 'pending_approval')"
# What is left of a line when what was cancelled of it is taken out.
QUANTITY = "(l.base_quantity - l.cancelled)"
NET, GROSS = (
    f"(case when l.cancelled = 0 then l.{name} else round(l.{name} * {QUANTITY} / l.base_quantity, 2) end)"
    for name in ("net", "gross")
)

Range = tuple[UUID, UUID]
"""The first and the last id of a span of time."""


def starts(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


def day_of(order_id: UUID, zone: ZoneInfo) -> date:
    """The day on which the order with this id was placed."""
    return datetime.fromtimestamp((order_id.int >> 80) / 1000, UTC).astimezone(zone).date()


def range_of(day: date, zone: ZoneInfo) -> Range:
    """The ids of a day."""
    end = starts(day + timedelta(days=1), zone) - timedelta(milliseconds=1)
    return first_id_at(starts(day, zone)), last_id_at(end)


def range_until(day: date, moment: datetime) -> Range:
    """The ids of a day up to a moment of it."""
    zone = moment.tzinfo
    return first_id_at(datetime.combine(day, time.min, zone)), last_id_at(moment)
