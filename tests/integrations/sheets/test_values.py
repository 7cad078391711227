"""Texts, codes and numbers: what a cell says, exactly."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dinghuo.integrations.sheets.values import (
    NumberForm,
    code_of,
    exact_number,
    guess_number_form,
    has_lost_digits,
    is_scientific,
    number_of,
    text_of,
)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1,234.50", "1234.50"),
        ("1234.5", "1234.5"),
        ("１２３", "123"),
        ("１，２３４．５", "1234.5"),
        ("¥28.50", "28.50"),
        ("￥ 28.50", "28.50"),
        ("28.50元", "28.50"),
        ("RMB 28.50", "28.50"),
        ("US$1,000", "1000"),
        ("-£3.20", "-3.20"),
        ("£-3.20", "-3.20"),
        ("(12)", "-12"),
        ("（12.5）", "-12.5"),
        ("12-", "-12"),
        ("−7", "-7"),
        ("+7", "7"),
        (" 42 ", "42"),
        ("1 234 567", "1234567"),
        ("1\u00a0234.5", "1234.5"),
        ("1'234.50", "1234.50"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1.5E+3", "1500"),
        ("0", "0"),
        ('="12"', "12"),
    ],
)
def test_numbers_as_people_write_them(text: str, number: str) -> None:
    assert number_of(text) == Decimal(number)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,50", "1234.50"),
        ("1 234,5", "1234.5"),
        ("12,5", "12.5"),
        ("0,125", "0.125"),
        ("-1.234", "-1234"),
        ("€ 7,-", None),
    ],
)
def test_numbers_with_a_decimal_comma(text: str, number: str | None) -> None:
    assert number_of(text, "comma") == (None if number is None else Decimal(number))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        "abc",
        "12 箱",
        "12箱",
        "1,23",
        "1,2345",
        "0,123",
        "1.2.3",
        "12%",
        "1/2",
        "٣",
        "--5",
        "(5",
        "1e9999",
        "N/A",
        "1" + " " * 32_000 + "x",
        "9" * 65,
    ],
)
def test_what_is_no_number(text: str) -> None:
    assert number_of(text) is None


def test_a_percentage_is_a_hundredth_where_one_is_expected() -> None:
    assert number_of("13%", percent=True) == Decimal("0.13")
    assert number_of("１３％", percent=True) == Decimal("0.13")
    assert number_of("13%") is None


def test_a_ticked_box_is_no_number() -> None:
    assert number_of(True) is None


@pytest.mark.parametrize(
    ("number", "exact"),
    [(2.55, "2.55"), (0.1 + 0.2, "0.3"), (1e15, "1000000000000000"), (-0.0, "0"), (85123.0, "85123"), (1e-7, "1E-7")],
)
def test_a_float_is_the_decimal_that_was_typed(number: float, exact: str) -> None:
    assert exact_number(number) == Decimal(exact)


@pytest.mark.parametrize("number", [float("nan"), float("inf"), float("-inf")])
def test_a_float_that_is_no_number(number: float) -> None:
    assert exact_number(number) is None


@pytest.mark.parametrize(
    ("cell", "code"),
    [
        (85123.0, "85123"),
        (85123, "85123"),
        (85123.5, "85123.5"),
        ("85123A", "85123A"),
        (" 00123 ", "00123"),
        ("\t6901234567890\t", "6901234567890"),
        ("'00123", "00123"),
        ('="00123"', "00123"),
        ("ＡＢ１２", "AB12"),
        ("\ufeffX1\u200b", "X1"),
        (6901234567890.0, "6901234567890"),
        ("①Ⅱ", "①Ⅱ"),
    ],
)
def test_codes(cell: str | float, code: str) -> None:
    assert code_of(cell) == code


def test_codes_that_excel_has_spoilt() -> None:
    assert has_lost_digits(202603051234567890.0)
    assert not has_lost_digits(999999999999999.0)
    assert not has_lost_digits("202603051234567890")
    assert is_scientific("6.90123E+12")
    assert not is_scientific("6E12")


def test_a_text_is_trimmed_and_otherwise_left_alone() -> None:
    assert text_of("  Ｗhite　hanging\nheart ") == "Ｗhite　hanging\nheart"


@pytest.mark.parametrize(
    ("texts", "form", "sure", "ambiguous"),
    [
        (["1,234.50", "2"], "point", 1.0, ()),
        (["1.234,50", "2"], "comma", 1.0, ()),
        (["12,5", "1.234"], "comma", 1.0, ("1.234",)),
        (["0.125", "1.234"], "point", 1.0, ("1.234",)),
        (["1.234", "2.500"], "point", 0.5, ("1.234", "2.500")),
        (["1,5", "2.5", "3.5"], "point", 2 / 3, ()),
        (["1", "2"], "point", 1.0, ()),
        ([], "point", 1.0, ()),
    ],
)
def test_how_a_column_writes_numbers(texts: list[str], form: str, sure: float, ambiguous: tuple[str, ...]) -> None:
    guess = guess_number_form(texts)
    assert (guess.form, guess.sure, guess.ambiguous) == (form, sure, ambiguous)


decimals = st.decimals(min_value=-(10**12), max_value=10**12, places=4, allow_nan=False, allow_infinity=False)


@given(decimals, st.sampled_from(["point", "comma"]), st.sampled_from(["", ",", "'", " "]))
def test_every_number_comes_back_as_it_was_written(number: Decimal, form: NumberForm, groups: str) -> None:
    text = f"{number:,f}".replace(",", "_").replace(".", "." if form == "point" else ",")
    if groups == "," and form == "comma":
        groups = "."
    assert number_of(text.replace("_", groups), form) == number


@given(decimals)
@example(Decimal("2.55"))
def test_every_number_of_fifteen_digits_survives_a_float(number: Decimal) -> None:
    if len(number.normalize().as_tuple().digits) <= 15:
        assert exact_number(float(number)) == number


@given(st.integers(min_value=0, max_value=10**15 - 1))
def test_every_code_of_digits_survives_a_float(number: int) -> None:
    assert code_of(float(number)) == str(number)


@given(st.text(max_size=80), st.sampled_from(["point", "comma"]))
def test_any_text_is_a_finite_number_or_none(text: str, form: NumberForm) -> None:
    number = number_of(text, form, percent=True)
    assert number is None or number.is_finite()
    assert isinstance(code_of(text), str)
