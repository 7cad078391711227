"""By what customers are alike."""

import pytest

from dinghuo.parties.likeness import core_name, likenesses, phone


@pytest.mark.parametrize(
    ("name", "core"),
    [
        ("北京华联商贸有限公司", "北京华联商贸"),
        ("北京华联商贸（有限公司）", "北京华联商贸"),
        ("北京 华联 商贸 有限责任公司", "北京华联商贸"),
        ("ＡＣＭＥ Trading Co., Ltd.", "acmetrading"),
        ("公司", "公司"),
        ("李记商行", "李记"),
        ("!!!", ""),
    ],
)
def test_a_name_is_told_by_its_core(name: str, core: str) -> None:
    assert core_name(name) == core


@pytest.mark.parametrize(
    ("number", "digits"),
    [
        ("138 0013 8000", "13800138000"),
        ("+86-138-0013-8000", "13800138000"),
        ("0086 13800138000", "0086" + "13800138000"),
        ("(010) 6512 3456", "01065123456"),
        ("12345", None),
        ("nein", None),
    ],
)
def test_a_telephone_is_its_digits(number: str, digits: str | None) -> None:
    assert phone(number) == digits


def test_each_way_of_being_alike_is_named_once() -> None:
    found = sorted(likenesses("华联商贸有限公司", "91110000MA01", ["13800138000", "138-0013-8000", None, "x"]))
    assert found == [
        ("mobile", "13800138000"),
        ("name", "华联商贸"),
        ("pinyin", "hualianshangmao"),
        ("tax_number", "91110000MA01"),
    ]
    assert list(likenesses("Acme Ltd", None, [])) == [("name", "acme")]
