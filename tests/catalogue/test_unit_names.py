"""Units in what the server says, as people call them and as many as there are."""

from decimal import Decimal

import pytest

from dinghuo.catalogue.unit_names import UnitName, unit_for, with_unit_names
from dinghuo.kit.errors import Message

UNITS = {"case": UnitName("箱", "case"), "bottle": UnitName("瓶", "bottle"), "kg": UnitName("千克", "kg")}


@pytest.mark.parametrize(
    ("quantity", "name", "said"),
    [
        ("1", "case", "case"),
        ("-1.000", "case", "case"),
        ("0", "case", "cases"),
        ("1.5", "box", "boxes"),
        ("2", "tray", "trays"),
        ("2", "Family", "Families"),
        ("2", "kg", "kg"),
        ("2", "箱", "箱"),
    ],
)
def test_a_unit_beside_a_quantity(quantity: str, name: str, said: str) -> None:
    assert unit_for(Decimal(quantity), name) == said


SHORT = Message(
    "test-units-short",
    "缺 {waiting} {unit}，前面 {ahead} {unit}，按 {base_unit} 计",
    "{waiting} {unit} are missing, {ahead} {unit} go first, counted by {base_unit}",
)


@pytest.mark.parametrize(
    ("waiting", "ahead", "said"),
    [
        ("1", "1.000", "1 case are missing, 1.000 case go first, counted by bottle"),
        ("1", "12", "1 cases are missing, 12 cases go first, counted by bottle"),
        (Decimal(3), "?", "3 cases are missing, ? cases go first, counted by bottle"),
    ],
)
def test_a_sentence_says_as_many(waiting: object, ahead: str, said: str) -> None:
    fault = SHORT("quantity", waiting=waiting, ahead=ahead, unit="case", base_unit="bottle")
    told = with_unit_names(fault, UNITS)
    assert told.sentence("en") == said
    assert told.sentence("zh") == f"缺 {waiting} 箱，前面 {ahead} 箱，按 瓶 计"
    assert told.params == fault.params
