"""Sheets of SKUs: one SKU a row, with its base unit, a larger unit and a barcode."""

from collections.abc import Hashable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import msgspec
from msgspec import UNSET
from sqlalchemy import Table, select

from dinghuo.catalogue.rules import UnitInput
from dinghuo.catalogue.save_skus import SkuInput, save_skus
from dinghuo.catalogue.tables import brand, category, sku, sku_unit, unit
from dinghuo.integrations.plain_sheets.kind import SheetKind, Values, Written
from dinghuo.integrations.plain_sheets.messages import CASE_INCOMPLETE, NOT_A_RATE, NOT_WHOLE, UNKNOWN_POLICY
from dinghuo.integrations.plain_sheets.words import codes_of
from dinghuo.integrations.sheets import field, shape
from dinghuo.integrations.sheets.values import number_of
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault
from dinghuo.kit.texts import storable

_SHAPE = shape(
    (
        field(
            "code",
            "code",
            "货号 商品编码 商品编号 商品代码 产品编码 产品编号 产品代码 物料编码 物料号 存货编码 规格编码 款号 品号 "
            "料号 编码 编号",
            "sku code, sku, stock code, item code, item number, item no, product code, product id, product no, "
            "part number, article no, article, material, code",
        ),
        field(
            "name",
            "text",
            "商品名称 品名 产品名称 物料名称 存货名称 货品名称 名称 商品 产品",
            "name, product name, item name, description, item description, product description, product, item",
            200,
        ),
        field("name_en", "text", "英文名称 英文名 外文名称", "english name, name in english, name en", 200),
        field("specification", "text", "规格 规格型号 型号", "specification, spec, size, model", 200),
        field(
            "barcode", "code", "条码 商品条码 条形码 国际条码 69码", "barcode, bar code, ean, ean13, upc, gtin", 48
        ),
        field("product", "code", "款式编码 SPU编码 SPU 商品组编码", "product group, spu, style, style no"),
        field("product_name", "text", "款式名称 SPU名称 商品组名称", "product group name, style name", 200),
        field("category", "text", "商品分类 分类 类别 品类 商品类别", "category, product category, group, class"),
        field("brand", "text", "品牌 商标", "brand, make, manufacturer"),
        field(
            "base_unit",
            "text",
            "基本单位 单位 计量单位 小单位 库存单位",
            "base unit, unit, uom, unit of measure, stock unit",
            64,
        ),
        field(
            "case_unit",
            "text",
            "大单位 包装单位 箱单位 辅助单位",
            "case unit, larger unit, pack unit, outer unit",
            64,
        ),
        field(
            "case_quantity",
            "text",
            "每大单位数量 箱规 装箱数 换算率 每箱数量 包装数量 箱入数",
            "case quantity, units per case, pack size, case size, inner quantity, conversion",
        ),
        field("sales_unit", "text", "销售单位 订货单位", "sales unit, order unit, selling unit", 64),
        field(
            "minimum_quantity", "quantity", "起订量 最小起订量 起订", "minimum quantity, minimum order, moq, min qty"
        ),
        field("multiple", "quantity", "订货倍数 倍数 订购倍数", "multiple, order multiple, step"),
        field("tax_rate", "text", "税率 增值税率", "tax rate, vat rate, vat, tax"),
        field("weight_grams", "integer", "重量克 克重 重量(克) 毛重克", "weight grams, weight g, grams"),
        field("supply_policy", "text", "缺货处理 库存策略 供货方式", "supply policy, stock policy, backorder"),
    ),
    key="code",
    required=(("code",),),
)

Policy = Literal["refuse", "backorder", "presell", "untracked"]
_POLICIES: dict[Policy, tuple[str, ...]] = {
    "refuse": ("refuse", "不可超卖", "缺货不卖", "现货"),
    "backorder": ("backorder", "缺货待发", "可欠发", "允许欠货"),
    "presell": ("presell", "预售"),
    "untracked": ("untracked", "不管库存", "不限库存", "不管理库存"),
}
_POLICY_OF = {word: policy for policy, words in _POLICIES.items() for word in words}
_EXEMPT = frozenset(["免税", "exempt", "none", "不征税"])
_PLAIN = ("name", "name_en", "specification", "product", "product_name", "category", "brand", "base_unit",
          "sales_unit", "minimum_quantity", "multiple", "weight_grams")  # fmt: skip


class SkuRow(msgspec.Struct, frozen=True):
    """A SKU as a row says it; its units are put together with those it has already."""

    item: SkuInput
    barcode: str | None
    case_unit: str | None
    case_quantity: int | None


def _read(values: Values) -> SkuRow | list[Fault]:
    faults: list[Fault] = []
    item = SkuInput(code=values["code"])
    for name in _PLAIN:
        if values.get(name) is not None:
            setattr(item, name, values[name])
    if rate := values.get("tax_rate"):
        item.tax_rate = _rate(rate, faults)
    if policy := values.get("supply_policy"):
        known = _POLICY_OF.get("".join(policy.casefold().split()))
        if known is None:
            faults.append(UNKNOWN_POLICY("supply_policy", value=policy))
        else:
            item.supply_policy = known
    case_unit, several = values.get("case_unit"), values.get("case_quantity")
    case_quantity = _whole(several, faults) if several else None
    if (case_unit is None) != (several is None):
        faults.append(CASE_INCOMPLETE("case_quantity" if several is None else "case_unit"))
    return faults or SkuRow(item, values.get("barcode"), case_unit, case_quantity)


def _rate(text: str, faults: list[Fault]) -> Decimal | None:
    """13 % is written as 13%, 0.13 or 13; exempt is not 0."""
    if text.casefold() in _EXEMPT:
        return None
    number = number_of(text, percent=True)
    if number is not None and number >= 1:
        number = number.scaleb(-2)
    if number is None or not 0 <= number < 1:
        faults.append(NOT_A_RATE("tax_rate", value=text))
        return None
    return number


def _whole(text: str, faults: list[Fault]) -> int | None:
    number = number_of(text)
    if number is None or number != int(number) or number < 1:
        faults.append(NOT_WHOLE("case_quantity", value=text))
        return None
    return int(number)


def _key(row: SkuRow) -> Hashable:
    return row.item.code


async def _write(tx: Tx, rows: Sequence[SkuRow], by: Actor, make: bool) -> Written:
    made: dict[str, list[str]] = {}

    async def codes(name: str, table: Table, texts: Sequence[Any]) -> dict[str, str]:
        found, made[name] = await codes_of(tx, table, texts, kind="catalogue", make=make, by=by)
        return found

    brands = await codes("brand", brand, [row.item.brand for row in rows])
    categories = await codes("category", category, [row.item.category for row in rows])
    named = [text for row in rows for text in (row.item.base_unit, row.item.sales_unit, row.case_unit)]
    units = await codes("unit", unit, named)
    known = await _known(tx, [row.item.code for row in rows])
    items = []
    for row in rows:
        item = msgspec.structs.replace(row.item)
        for name, found in (("brand", brands), ("category", categories), ("base_unit", units), ("sales_unit", units)):
            text = getattr(item, name)
            setattr(item, name, found.get(text, text) if isinstance(text, str) else text)
        case_unit = units.get(row.case_unit, row.case_unit) if row.case_unit else None
        item.units = _units(item, row, case_unit, known.get(item.code))
        items.append(item)
    saved = await save_skus(tx, skus=items, by=by)
    return Written(saved.created, saved.updated, saved.unchanged, made, saved.warnings)


class _Had(msgspec.Struct, frozen=True):
    base_unit: str
    units: dict[str, UnitInput]


async def _known(tx: Tx, codes: Sequence[str]) -> Mapping[str, _Had]:
    """The units that SKUs have already."""
    rows = await tx.rows(
        select(sku.c.code, sku.c.base_unit, sku_unit.c.unit, sku_unit.c.numerator, sku_unit.c.denominator,
               sku_unit.c.barcode)
        .join(sku_unit, (sku_unit.c.tenant_id == sku.c.tenant_id) & (sku_unit.c.sku_id == sku.c.id))
        .where(sku.c.tenant_id == tx.tenant_id, among(sku.c.code, storable(codes)))
    )  # fmt: skip
    found: dict[str, _Had] = {}
    for row in rows:
        had = found.setdefault(row.code, _Had(row.base_unit, {}))
        had.units[row.unit] = UnitInput(
            unit=row.unit, numerator=row.numerator, denominator=row.denominator, barcode=row.barcode
        )
    return found


def _units(item: SkuInput, row: SkuRow, case_unit: str | None, had: _Had | None) -> Any:
    """All units the SKU shall have: the base unit first, then the row's larger one, then those it has already."""
    base = item.base_unit if isinstance(item.base_unit, str) else had.base_unit if had else None
    if base is None or not (row.barcode or case_unit):
        return UNSET
    # With another base unit the old ratios mean nothing.
    units = dict(had.units) if had and had.base_unit == base else {}
    barcode = row.barcode or (units[base].barcode if base in units else None)
    first = {base: UnitInput(unit=base, barcode=barcode)}
    if case_unit is not None and case_unit != base:
        outer = units[case_unit].barcode if case_unit in units else None
        first[case_unit] = UnitInput(unit=case_unit, numerator=row.case_quantity or 1, barcode=outer)
    return [*first.values(), *(one for name, one in units.items() if name not in first)]


def _field_of(path: str) -> str:
    head, _, rest = path.partition("[")
    if head != "units":
        return head
    number, _, part = rest.partition("].")
    if part == "barcode":
        return "barcode"
    if number == "0":
        return "base_unit"
    return "case_unit" if part == "unit" else "case_quantity"


SKUS = SheetKind(
    name="skus",
    shape=_SHAPE,
    examples={
        "code": "YUZU-330",
        "name": "柚子气泡水",
        "specification": "330ml",
        "barcode": "6901234567892",
        "category": "饮料",
        "brand": "示例",
        "base_unit": "瓶",
        "case_unit": "箱",
        "case_quantity": "24",
        "sales_unit": "箱",
        "minimum_quantity": "1",
        "tax_rate": "13%",
    },
    needed_for_new=frozenset({"name", "base_unit", "tax_rate"}),
    read=_read,
    key=_key,
    write=_write,
    field_of=_field_of,
    makes_words=True,
)
