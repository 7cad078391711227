"""How much of what is usually bought is wanted by now."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.portal.rhythm import Rhythm, rhythm_of

LAST = date(2024, 6, 30)


@pytest.mark.parametrize(
    ("since", "beat", "times"),
    [(0, "early", 0), (7, "early", 0), (8, "due", 1), (14, "due", 1), (15, "due", 2), (30, "due", 3), (40, "due", 3),
     (41, "lapsed", 0)],
)  # fmt: skip
def test_every_ten_days(since: int, beat: str, times: int) -> None:
    """On four days within a month: every ten days."""
    found = rhythm_of(days=4, first=LAST - timedelta(30), last=LAST, today=LAST + timedelta(since))
    assert found == Rhythm(beat, Decimal("10.0"), since, times)  # type: ignore[arg-type]


def test_two_days_make_no_rhythm() -> None:
    found = rhythm_of(days=2, first=date(2024, 1, 1), last=LAST, today=LAST + timedelta(400))
    assert found == Rhythm("unknown", None, 400, 1)


@given(days=st.integers(1, 100), span=st.integers(0, 2000), since=st.integers(-3, 2000))
def test_never_more_than_three_times_and_never_before_it_is_due(days: int, span: int, since: int) -> None:
    # As many days as were ordered on lie between the first and the last.
    first = LAST - timedelta(max(span, days - 1))
    found = rhythm_of(days=days, first=first, last=LAST, today=LAST + timedelta(since))
    assert 0 <= found.times <= 3
    assert found.days_since == max(since, 0)
    assert (found.times == 0) == (found.beat in ("early", "lapsed"))
