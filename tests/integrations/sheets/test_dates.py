"""Dates in many forms; the order of day and month is a matter of the whole column."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.integrations.sheets.dates import DateOrder, date_of, guess_date_order
from dinghuo.integrations.sheets.sheet import Cell


def at(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


@pytest.mark.parametrize(
    ("cell", "moment"),
    [
        ("2010-12-01 08:26", at(2010, 12, 1, 8, 26)),
        ("2010-12-01T08:26", at(2010, 12, 1, 8, 26)),
        ("2010-12-01T08:26:15.5", at(2010, 12, 1, 8, 26, 15, 500_000)),
        ("2010-12-1 8:26", at(2010, 12, 1, 8, 26)),
        ("2010/12/1 8:26:07", at(2010, 12, 1, 8, 26, 7)),
        ("2010.12.1", at(2010, 12, 1)),
        ("2026年3月5日", at(2026, 3, 5)),
        ("2026年03月05日 8时26分", at(2026, 3, 5, 8, 26)),
        ("2026年3月5日 下午3:05", at(2026, 3, 5, 15, 5)),
        ("26年3月5号", at(2026, 3, 5)),
        ("２０２６－０３－０５ ８：２６", at(2026, 3, 5, 8, 26)),
        ("20260305", at(2026, 3, 5)),
        ("20260305082607", at(2026, 3, 5, 8, 26, 7)),
        ("202603050826", at(2026, 3, 5, 8, 26)),
        ("1 Dec 2010", at(2010, 12, 1)),
        ("01-Dec-10 08:26", at(2010, 12, 1, 8, 26)),
        ("Dec 1, 2010 3:05 PM", at(2010, 12, 1, 15, 5)),
        ("December 1st, 2010", at(2010, 12, 1)),
        ("Wed, 01 Dec 2010", at(2010, 12, 1)),
        ("2010-12-01 12:05 AM", at(2010, 12, 1, 0, 5)),
        ("2010-12-01 12:05 pm", at(2010, 12, 1, 12, 5)),
        (40513.35138888889, at(2010, 12, 1, 8, 26)),
        (40513, at(2010, 12, 1)),
        ("40513.5", at(2010, 12, 1, 12)),
        (20260305.0, at(2026, 3, 5)),
        (date(2010, 12, 1), at(2010, 12, 1)),
        (at(2010, 12, 1, 8, 26), at(2010, 12, 1, 8, 26)),
        ("31.12.2010", at(2010, 12, 31)),
    ],
)
def test_dates_as_people_write_them(cell: Cell, moment: datetime) -> None:
    assert date_of(cell) == moment


@pytest.mark.parametrize(
    ("text", "dmy", "mdy", "ymd"),
    [
        ("01/12/2010 8:26", at(2010, 12, 1, 8, 26), at(2010, 1, 12, 8, 26), None),
        ("13/12/2010", at(2010, 12, 13), None, None),
        ("12/13/10", None, at(2010, 12, 13), None),
        ("26-3-5", None, None, at(2026, 3, 5)),
        ("11/12/10", at(2010, 12, 11), at(2010, 11, 12), at(2011, 12, 10)),
    ],
)
def test_day_and_month_by_the_order_of_the_column(
    text: str, dmy: datetime | None, mdy: datetime | None, ymd: datetime | None
) -> None:
    assert (date_of(text, "dmy"), date_of(text, "mdy"), date_of(text, "ymd")) == (dmy, mdy, ymd)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "abc",
        "2010-13-01",
        "2010-02-30",
        "31/02/2010",
        "1/2/3",
        "2010-12-01 25:00",
        "2010-12-01 8:61",
        "7",
        "123456789",
        "2010-12-01 and more",
        "1/12/201",
        0.5,
        -3.0,
        1e9,
        float("nan"),
        float("inf"),
        "0001-01-01T00:00:00+14:00",
        "2026-03-05 08:26 +9900",
        True,
        time(8),
        timedelta(1),
        "1" * 70,
    ],
)
def test_what_is_no_date(cell: Cell) -> None:
    assert date_of(cell) is None


def test_the_calendar_of_1904() -> None:
    assert date_of(40513.0 - 1462, epoch_1904=True) == at(2010, 12, 1)


def test_an_offset_of_its_own_becomes_the_wall_clock_of_the_zone() -> None:
    shanghai = ZoneInfo("Asia/Shanghai")
    assert date_of("2026-03-05T00:26:00Z", zone=shanghai) == at(2026, 3, 5, 8, 26)
    assert date_of("2026-03-05 08:26:00 +0800", zone=UTC) == at(2026, 3, 5, 0, 26)
    assert date_of("2026-03-05T08:26:00+08:00", zone=shanghai) == at(2026, 3, 5, 8, 26)


@pytest.mark.parametrize(
    ("texts", "order", "sure", "other"),
    [
        (["01/12/2010 8:26", "13/12/2010"], "dmy", 1.0, None),
        (["12/1/2010 8:26", "12/13/2010"], "mdy", 1.0, None),
        (["2010-12-01", "20101202"], "dmy", 1.0, None),
        (["12/1/2010", "12/2/2010", "12/9/2010"], "mdy", 0.75, "dmy"),
        (["1/12/2010", "2/12/2010", "9/12/2010"], "dmy", 0.75, "mdy"),
        (["26/03/05", "26/03/30", "26/12/01"], "ymd", 0.75, "dmy"),
        (["26/3/5", "26/3/30", "26/12/1"], "ymd", 1.0, None),
        (["3/4/2010", "4/3/2010"], "dmy", 0.5, "mdy"),
        (["5/5/2010", "6/6/2010"], "dmy", 1.0, None),
        (["13/12/2010", "14/12/2010", "12/31/2010"], "dmy", 2 / 3, None),
        (["nothing", "99/99/9999"], "dmy", 1.0, None),
    ],
)
def test_the_order_is_decided_by_the_whole_column(
    texts: list[str], order: str, sure: float, other: str | None
) -> None:
    guess = guess_date_order(texts)
    assert (guess.order, guess.sure, guess.other) == (order, sure, other)
    assert bool(guess.ambiguous) == (other is not None)


def test_dates_that_a_program_has_half_converted() -> None:
    swapped: list[Cell] = [at(2010, 1, 12), at(2010, 2, 12), "13/12/2010 8:26", "31/12/2010 9:00"]
    assert guess_date_order(swapped).half_converted == "13/12/2010 8:26"
    sound: list[Cell] = [at(2010, 12, 28), "13/12/2010 8:26"]
    assert guess_date_order(sound).half_converted is None


minutes = st.datetimes(min_value=at(1900, 3, 1), max_value=at(2199, 12, 31)).map(
    lambda moment: moment.replace(second=0, microsecond=0)
)
SETTLED = [
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M",
    "%Y年%m月%d日 %H:%M",
    "%Y%m%d%H%M",
    "%d %b %Y %H:%M",
    "%Y-%m-%dT%H:%M:%S",
]


@given(minutes, st.sampled_from(SETTLED), st.sampled_from(["dmy", "mdy", "ymd"]))
def test_every_settled_form_comes_back(moment: datetime, form: str, order: DateOrder) -> None:
    assert date_of(moment.strftime(form), order) == moment


@given(
    st.lists(minutes, min_size=1, max_size=20),
    st.sampled_from([("dmy", "%d/%m/%Y %H:%M"), ("mdy", "%m/%d/%Y %H:%M")]),
)
def test_a_day_after_the_twelfth_settles_the_column(moments: list[datetime], shape: tuple[DateOrder, str]) -> None:
    order, form = shape
    texts = [moment.strftime(form) for moment in (*moments, at(2010, 12, 13))]
    guess = guess_date_order(texts)
    assert (guess.order, guess.sure) == (order, 1.0)
    assert [date_of(text, guess.order) for text in texts[:-1]] == moments


@given(minutes, st.booleans())
def test_every_serial_number_comes_back(moment: datetime, epoch_1904: bool) -> None:
    start = at(1904, 1, 1) if epoch_1904 else at(1899, 12, 30)
    serial = (moment - start) / timedelta(days=1)
    if serial >= 1:
        assert date_of(serial, epoch_1904=epoch_1904) == moment


@given(st.text(max_size=70), st.sampled_from(["dmy", "mdy", "ymd"]))
def test_any_text_is_a_naive_date_or_none(text: str, order: DateOrder) -> None:
    moment = date_of(text, order)
    assert moment is None or moment.tzinfo is None
