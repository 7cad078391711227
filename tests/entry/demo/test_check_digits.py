"""Check digits against numbers worked out by hand or by the standards' own examples."""

import pytest
from stdnum import ean
from stdnum.cn import uscc

from dinghuo.entry.demo.check_digits import credit_code, ean13, organisation_code


def test_ean13_appends_the_check_digit() -> None:
    assert ean13("400638133393") == "4006381333931"
    assert ean13("699110100101") == "6991101001017"
    assert ean.is_valid("6991101001017")


def test_ean13_refuses_what_is_not_twelve_digits() -> None:
    for body in ("", "69911010010", "6991101001017", "69911010010X"):
        with pytest.raises(ValueError, match="12 digits"):
            ean13(body)


def test_organisation_code_of_the_standard() -> None:
    """GB 11714-1997 works out D2143569 as having the check digit X."""
    assert organisation_code("D2143569") == "D2143569X"


def test_credit_code_has_both_check_digits() -> None:
    code = credit_code(district="330110", organisation="MAXAAC49")
    assert len(code) == 18
    assert code.startswith("91330110MAXAAC49")
    assert uscc.is_valid(code)
