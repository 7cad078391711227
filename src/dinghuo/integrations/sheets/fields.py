"""Fields of sheets, those of an order line, and the words by which spreadsheets call them."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

Kind = Literal["code", "text", "integer", "quantity", "price", "amount", "rate", "date"]

NUMBERS: frozenset[Kind] = frozenset(["integer", "quantity", "price", "amount", "rate"])


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `words` are headers it goes by, the surest first."""

    name: str
    kind: Kind
    zh: str
    en: str
    words: tuple[str, ...]
    longest: int = 64

    @property
    def label(self) -> str:
        return f"{self.name} {self.zh}"


@dataclass(frozen=True)
class Shape:
    """What the rows of a sheet are. `key` is the field that no row which says something leaves empty.

    Each row needs a value for one field of each group of `required`. Of `named` a column, but not every row, has to
    give one: what a row without means, the importer decides. `constants` can only be said for all rows.
    """

    fields: dict[str, Field]
    key: str
    required: tuple[tuple[str, ...], ...]
    named: tuple[str, ...] = ()
    constants: frozenset[str] = frozenset()

    @cached_property
    def needs(self) -> tuple[tuple[str, ...], ...]:
        """Of each group at least one field needs a column or a constant."""
        return (*self.required, self.named) if self.named else self.required

    def knows(self, name: str, *, constant: bool = False) -> bool:
        return name in self.fields or (constant and name in self.constants)


def shape(
    fields: tuple[Field, ...],
    *,
    key: str,
    required: tuple[tuple[str, ...], ...],
    named: tuple[str, ...] = (),
    constants: tuple[str, ...] = (),
) -> Shape:
    return Shape({field.name: field for field in fields}, key, required, named, frozenset(constants))


def field(name: str, kind: Kind, chinese: str, english: str, longest: int = 64) -> Field:
    """The first words are what the field is called here."""
    words = (*chinese.split(), *english.split(", "))
    return Field(name, kind, chinese.split()[0], english.split(", ")[0], words, longest)


_FIELDS = (
    field(
        "order_number",
        "code",
        "订单号 订单编号 单号 单据编号 单据号 销售订单号 发票号 出库单号",
        "order number, order no, order id, order, invoice number, invoice no, invoice, document no, so number, "
        "po number",
    ),
    field("line_no", "integer", "行号 序号 项次", "line number, line no, line, no"),
    field(
        "placed_at",
        "date",
        "下单日期 下单时间 订单日期 订货日期 单据日期 制单日期 开单日期 销售日期 日期 时间",
        "order date, invoice date, placed at, ordered at, document date, created at, date",
    ),
    field(
        "customer_code",
        "code",
        "客户编码 客户编号 客户代码 客户号 经销商编码 经销商编号 往来单位编码",
        "customer code, customer id, customer no, customer number, account code, account no, client id",
    ),
    field(
        "customer_name",
        "text",
        "客户名称 客户 经销商名称 经销商 购货单位 往来单位 往来单位名称 门店 店名",
        "customer name, customer, client, client name, dealer, account name, store, bill to",
        255,
    ),
    field("country", "text", "国家 国别 国家/地区", "country, country code, nation", 255),
    field("region", "text", "地区 区域 大区 省份 省", "region, area, state, province", 255),
    field(
        "sku_code",
        "code",
        "货号 商品编码 商品编号 商品代码 产品编码 产品编号 产品代码 物料编码 物料号 存货编码 规格编码 款号 品号 料号 "
        "编码 编号",
        "sku code, sku, stock code, item code, item number, item no, product code, product id, product no, "
        "part number, article no, article, material, item",
    ),
    field("barcode", "code", "条码 商品条码 条形码 国际条码", "barcode, bar code, ean, ean13, upc, gtin"),
    field(
        "description",
        "text",
        "商品名称 品名 产品名称 物料名称 存货名称 货品名称 商品 产品 名称",
        "description, product name, item name, item description, product description, product, name, goods",
        500,
    ),
    field(
        "quantity",
        "quantity",
        "数量 订货数量 订购数量 销售数量 下单数量 订单数量 件数",
        "quantity, qty, order qty, ordered quantity, quantity ordered, units, pcs",
    ),
    field("unit", "text", "单位 计量单位 销售单位", "unit, uom, unit of measure, sales unit", 32),
    field(
        "unit_price",
        "price",
        "单价 含税单价 不含税单价 未税单价 无税单价 销售单价 成交价 成交单价 售价 价格 折后价",
        "unit price, price, sales price, deal price, price each, unit cost, rate",
    ),
    field(
        "amount",
        "amount",
        "金额 含税金额 不含税金额 价税合计 总金额 小计 行金额 销售额 总价",
        "amount, line total, line amount, total, subtotal, total price, extended price, sales amount, value",
    ),
    field("tax_rate", "rate", "税率 增值税率", "tax rate, vat rate, vat, tax"),
    field("currency", "code", "币种 币别 货币", "currency, currency code", 3),
    field("note", "text", "备注 说明 行备注 附言", "note, notes, remark, remarks, comment", 2_000),
)

# What a line without a customer means, the importer decides.
ORDER_LINES = shape(
    _FIELDS,
    key="sku_code",
    required=(("order_number",), ("placed_at",), ("sku_code",), ("quantity",), ("unit_price", "amount")),
    named=("customer_code", "customer_name"),
    constants=("tax_mode",),
)
