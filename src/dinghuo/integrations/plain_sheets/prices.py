"""Sheets of prices: one price of one SKU in one list a row."""

from collections.abc import Hashable, Sequence
from typing import Any

from dinghuo.integrations.plain_sheets.kind import SheetKind, Values, Written
from dinghuo.integrations.sheets import field, shape
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault
from dinghuo.kit.money import ZERO
from dinghuo.pricing.save_entries import EntryInput, save_entries

_SHAPE = shape(
    (
        field(
            "list",
            "code",
            "价目表编码 价目表 价目表编号 价格表 价格表编码 价格本",
            "price list, price list code, list, list code, price book",
        ),
        field(
            "sku",
            "code",
            "货号 商品编码 商品编号 商品代码 产品编码 产品编号 产品代码 物料编码 物料号 存货编码 款号 品号 料号 "
            "编码 编号",
            "sku, sku code, stock code, item code, item number, item no, product code, product no, part number, "
            "article no, material, item, code",
        ),
        field("unit", "text", "单位 计量单位 销售单位", "unit, uom, unit of measure, sales unit", 32),
        field(
            "minimum_quantity",
            "quantity",
            "起始数量 起订量 起批量 阶梯数量 数量从 最小数量 数量",
            "minimum quantity, from quantity, minimum, min qty, break quantity, quantity, qty",
        ),
        field(
            "price",
            "price",
            "单价 价格 含税单价 不含税单价 批发价 供货价 成交价 售价 销售价 协议价",
            "price, unit price, list price, net price, sales price, deal price, wholesale price",
        ),
    ),
    key="sku",
    required=(("list",), ("sku",), ("price",)),
)


def _read(values: Values) -> EntryInput | list[Fault]:
    return EntryInput(
        list=values["list"],
        sku=values["sku"],
        unit=values.get("unit"),
        minimum_quantity=values.get("minimum_quantity") or ZERO,
        price=values["price"],
    )


def _key(item: EntryInput) -> Hashable:
    return (item.list, item.sku, item.unit, item.minimum_quantity)


async def _write(tx: Tx, items: Sequence[Any], by: Actor, _make: bool) -> Written:
    saved = await save_entries(tx, entries=items, by=by)
    return Written(saved.created, saved.updated, saved.unchanged)


PRICES = SheetKind(
    name="prices",
    shape=_SHAPE,
    examples={"list": "BASE-2026", "sku": "YUZU-330", "unit": "箱", "minimum_quantity": "10", "price": "66.00"},
    needed_for_new=frozenset(),
    read=_read,
    key=_key,
    write=_write,
    field_of=lambda name: name,
)
