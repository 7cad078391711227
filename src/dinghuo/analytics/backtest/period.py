"""The months whose orders a draft is tried on."""

from calendar import monthrange
from datetime import date
from zoneinfo import ZoneInfo

import msgspec

from dinghuo.analytics.days import Range, range_of, starts
from dinghuo.identity.facts import load_tenant
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import first_id_at

# Nothing was sold before; ids tell no moment before 1970.
_EARLIEST = date(2000, 1, 1)


class Period(msgspec.Struct, frozen=True):
    """From a day through another, in the tenant's zone, and the ids of the orders placed in between."""

    first: date
    until: date
    today: date
    zone: ZoneInfo
    ids: Range


async def period_of(tx: Tx, months: int, until: date | None) -> Period:
    """So many months up to a day, today when none is named."""
    zone = (await load_tenant(tx)).zone
    today = tx.now.astimezone(zone).date()
    last = min(max(until or today, _EARLIEST), today)
    first = _months_before(last, months)
    return Period(first, last, today, zone, (first_id_at(starts(first, zone)), range_of(last, zone)[1]))


def _months_before(day: date, months: int) -> date:
    """The same day so many months ago, or the last of that month when it has no such day."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
