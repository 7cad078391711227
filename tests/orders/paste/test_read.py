"""Reading with goods at hand, without a database."""

from decimal import Decimal
from uuid import UUID, uuid5

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.orders.paste.messages import TODAY

from dinghuo.entry.demo.products import PRODUCTS, SKUS, Sku
from dinghuo.orders.paste.goods import Goods, goods_of
from dinghuo.orders.paste.rank import Habit, Known, Ranker
from dinghuo.orders.paste.read import Reading, read
from dinghuo.orders.paste.source import read_source
from dinghuo.orders.paste.split import split
from dinghuo.orders.paste.units import UnitName, packing

_SPACE = UUID("0198c1f0-0000-7000-8000-000000000000")
_NAMES = {unit.code: UnitName(unit.zh, unit.en) for sku in SKUS for unit in sku.units}
_PRODUCTS = {product.code: product.name_zh for product in PRODUCTS}


def _id(code: str) -> UUID:
    return uuid5(_SPACE, code)


def _goods(sku: Sku) -> Goods:
    ratios = {unit.code: (unit.numerator, unit.denominator) for unit in sku.units}
    return goods_of(
        id=_id(sku.code),
        code=sku.code,
        name=sku.name_zh,
        name_en=sku.name_en,
        specification=None,
        product_id=_id(sku.product),
        product_name=_PRODUCTS[sku.product],
        category_name=None,
        packing=packing(sku.base_unit.code, sku.case_unit.code, ratios, _NAMES),
    )


_GOODS = [_goods(sku) for sku in SKUS]
_HABITS = {_id("LP-CO-0330-24"): Habit("case", Decimal(5), 9)}
_RANKER = Ranker(_GOODS, Known(habits=_HABITS))


def reading(text: str) -> Reading:
    source = read_source(text)
    return read(source, split(source, TODAY), _RANKER)


def lines(text: str) -> list[tuple[str | None, str | None, str | None]]:
    return [
        (
            line.fit.goods.code if line.fit else None,
            line.unit,
            f"{line.quantity:f}" if line.quantity is not None else None,
        )
        for line in reading(text).lines
    ]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("可乐3箱", [("LP-CO-0330-24", "case", "3")]),
        ("可乐 500 3箱", [("LP-CO-0500-15", "case", "3")]),
        ("半箱可乐", [("LP-CO-0330-24", "can", "12")]),
        ("可乐两箱零六罐", [("LP-CO-0330-24", "can", "54")]),
        ("可乐两打", [("LP-CO-0330-24", "can", "24")]),
        ("大米半吨 散装的", [("JL-SZ-KG-25", "kg", "500")]),
        ("可乐3箱，不要可乐了", []),
        ("可乐3箱，红烧牛肉面 桶装 2箱，可乐0箱", [("XY-HS-0110-12", "case", "2")]),
        ("可乐3箱，再加2箱", [("LP-CO-0330-24", "case", "5")]),
        ("可乐3箱，可乐改成8箱", [("LP-CO-0330-24", "case", "8")]),
        ("lp-co-0330-24 x2", [("LP-CO-0330-24", "case", "2")]),
        ("老板在吗，谢谢", []),
    ],
)
def test_what_is_meant(text: str, meant: list[tuple[str | None, str | None, str | None]]) -> None:
    assert lines(text) == meant


def test_without_a_quantity_the_usual_one_is_proposed_and_marked() -> None:
    (line,) = reading("可乐也来点").lines
    assert (line.quantity, line.unit, line.doubts, line.doubtful) == (Decimal(5), "case", ("no-quantity",), True)


def test_goods_nobody_knows_are_told_with_their_quantity() -> None:
    (line,) = reading("火星砖头 3箱").lines
    assert (line.fit, line.quantity, line.doubts) == (None, Decimal(3), ("not-found",))


def test_what_is_taken_back_is_told() -> None:
    found = reading("可乐3箱，可乐不要了")
    assert [phrase for _, _, phrase in found.withdrawn] == ["可乐"]


_SAID = (
    "可乐 雪碧 水 330 500ml 3 0 三 半 箱 瓶 打 各 不要 改成 再加 说错了 x * ， 。 ( ) ： LP-CO-0330-24 cola cases "
    "明天 6900000000000 的 都 🙏"
)
_PIECES = st.sampled_from([" ", "\n", *_SAID.split()])


@pytest.mark.slow
@settings(max_examples=300)
@given(st.lists(_PIECES, max_size=25).map("".join))
def test_any_text_is_read_without_fault(text: str) -> None:
    for line in reading(text).lines:
        assert 0 <= line.confidence <= 1
        if line.fit is not None:
            assert line.unit in line.fit.goods.packing.ratios
            assert line.quantity is not None and line.quantity > 0
            assert all(other.goods is not line.fit.goods for other in line.alternatives)
