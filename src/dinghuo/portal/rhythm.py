"""How often a dealer buys something, and how much of it they want by now. Pure; in prose: docs/portal.md.

The rhythm is the mean number of days between the days on which it was ordered. Once three quarters of it have passed
the usual quantity is suggested; when several rhythms have passed as often as that, three times at most. What was not
ordered for more than four rhythms is no longer usual. Fewer than three days make no rhythm: then the usual quantity
is suggested as it is.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

import msgspec

Beat = Literal["unknown", "early", "due", "lapsed"]
FEWEST_DAYS = 3
_SOON = Decimal("0.75")
_MOST_TIMES = Decimal(3)
_LAPSED = Decimal(4)
_TENTH = Decimal("0.1")


class Rhythm(msgspec.Struct, frozen=True):
    """`every_days` null: too little was bought to tell. `times` is how many usual quantities are wanted by now."""

    beat: Beat
    every_days: Decimal | None
    days_since: int
    times: int


def rhythm_of(*, days: int, first: date, last: date, today: date) -> Rhythm:
    """Of what was ordered on so many different days, from the first to the last of them."""
    since = max((today - last).days, 0)
    if days < FEWEST_DAYS:
        return Rhythm("unknown", None, since, 1)
    every = Decimal((last - first).days) / (days - 1)
    told = every.quantize(_TENTH, ROUND_HALF_UP)
    passed = since / every
    if passed > _LAPSED:
        return Rhythm("lapsed", told, since, 0)
    if passed < _SOON:
        return Rhythm("early", told, since, 0)
    times = min(max(passed.quantize(Decimal(1), ROUND_HALF_UP), Decimal(1)), _MOST_TIMES)
    return Rhythm("due", told, since, int(times))
