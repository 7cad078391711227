from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.orders.paste.numerals import parse


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ("3", "3"), ("1.5", "1.5"), ("三", "3"), ("两", "2"), ("十", "10"), ("十二", "12"), ("二十", "20"),
        ("二十五", "25"), ("一百", "100"), ("一百二", "120"), ("三百五", "350"), ("一百零五", "105"), ("两百", "200"),
        ("一千二", "1200"), ("两千零五十", "2050"), ("一万二", "12000"), ("两万五千", "25000"), ("半", "0.5"),
        ("百八十", "180"), ("廿五", "25"), ("二四", "24"), ("three", "3"), ("twelve", "12"),
    ],
)  # fmt: skip
def test_numbers_as_people_write_them(written: str, value: str) -> None:
    assert parse(written) == (Decimal(value), False)


@pytest.mark.parametrize(("written", "value"), [("三四", "3"), ("五六", "5"), ("两三", "2")])
def test_two_that_follow_each_other_are_a_rough_number(written: str, value: str) -> None:
    assert parse(written) == (Decimal(value), True)


@pytest.mark.parametrize("written", ["", "箱", "半百", "三箱", "-1"])
def test_what_is_no_number_is_none(written: str) -> None:
    assert parse(written) is None


@given(st.integers(1, 9999))
def test_every_number_is_read_as_it_is_spelt(number: int) -> None:
    assert parse(_spelt(number)) in {(Decimal(number), False), (Decimal(number), True)}


def _spelt(number: int) -> str:
    digits, spelt, gap = "零一二三四五六七八九", "", False
    for scale, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, scale)
        if digit:
            spelt += ("零" if gap and spelt else "") + digits[digit] + name
            gap = False
        elif spelt:
            gap = True
    return spelt
