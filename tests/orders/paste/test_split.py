"""Taking a text apart, before it is known which goods it means."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.orders.paste.source import read_source
from dinghuo.orders.paste.split import split

MONDAY = date(2026, 11, 23)


def items(text: str) -> list[str]:
    """Each item as `deed name [quantity unit …]`."""
    found = []
    for item in split(read_source(text), MONDAY).items:
        said = [f"{each.value.normalize():f}{each.unit or ''}" for each in item.quantities]
        said += [f"{value:f}" for value in item.marked]
        found.append(" ".join(filter(None, ["" if item.deed == "new" else item.deed, item.phrase, *said])))
    return found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("可乐 330 三箱，雪碧5箱 明天送", ["可乐 330 3箱", "雪碧 5箱"]),
        ("5箱可乐3箱雪碧", ["可乐 5箱", "雪碧 3箱"]),
        ("2x AR-5381", ["ar-5381 2"]),
        ("可乐、雪碧各3箱", ["可乐 3箱", "雪碧 3箱"]),
        ("可乐，330ml的，三箱", ["可乐 330ml 3箱"]),
        ("1、可乐5箱\n2、雪碧3箱", ["可乐 5箱", "雪碧 3箱"]),
        ("可乐5箱，雪碧3箱，不要雪碧了", ["可乐 5箱", "雪碧 3箱", "drop 雪碧"]),
        ("可乐5箱。可乐改成8箱", ["可乐 5箱", "set 可乐 8箱"]),
        ("可乐5箱，说错了，8箱", ["可乐 5箱", "set 可乐 8箱"]),
        ("可乐5箱再加2箱", ["可乐 5箱", "add 可乐 2箱"]),
        ("可乐一箱半", ["可乐 1.5箱"]),
        ("可乐三乡", ["可乐 3箱"]),
        ("cola 330ml x 3 cases", ["cola 330ml 3cases"]),
        ("老板好，谢谢", []),
        ("可乐5箱 电话13800000000 单价47.5", ["可乐 5箱"]),
    ],
)
def test_items(text: str, said: list[str]) -> None:
    assert items(text) == said


@given(st.text(alphabet="可乐雪碧三五箱瓶件不要改成各再加 ，。、\n()x*-.:0123456789abLP明天周五号的", max_size=80))
def test_any_text_can_be_taken_apart(text: str) -> None:
    source = read_source(text)
    for item in split(source, MONDAY).items:
        assert 0 <= item.start < item.end <= len(source.clean)
