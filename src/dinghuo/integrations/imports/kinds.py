"""The kinds of imports as people choose among them."""

from typing import Literal

import msgspec

from dinghuo.integrations.plain_sheets import KINDS as PLAIN
from dinghuo.integrations.sheets import ORDER_LINES, Shape
from dinghuo.kit.errors import Language

KindName = Literal["order_book", "customers", "skus", "prices", "stock"]
NAMES: tuple[KindName, ...] = ("order_book", "customers", "skus", "prices", "stock")

_WORDS: dict[KindName, dict[Language, tuple[str, str]]] = {
    "order_book": {
        "zh": ("历史订单", "每行一个订单行；一并建立客户、商品、价格和期初库存"),
        "en": ("Order book", "An order line a row; creates the customers, SKUs, prices and opening stock it needs"),
    },
    "customers": {
        "zh": ("客户", "每行一个客户，按编码新建或更新，可带联系人和地址"),
        "en": ("Customers", "A customer a row, made or changed by code, with a contact and an address"),
    },
    "skus": {
        "zh": ("商品", "每行一个单品，按货号新建或更新，可带大单位和条码"),
        "en": ("SKUs", "A SKU a row, made or changed by code, with a larger unit and a barcode"),
    },
    "prices": {
        "zh": ("价格", "每行一个价格，写入已有的价目表"),
        "en": ("Prices", "A price a row, set in a price list that is there"),
    },
    "stock": {
        "zh": ("期初库存", "每行一个单品在一个仓库的期初数量"),
        "en": ("Opening stock", "What of a SKU was in a warehouse, a row each"),
    },
}
# Of these a value for all rows makes sense.
_CONSTANT = frozenset(
    ["currency", "country", "region", "unit", "tax_rate", "tax_mode", "customer_code", "customer_name", "tier",
     "channel", "owner", "department", "payment_terms", "payment_days", "category", "brand", "base_unit",
     "sales_unit", "supply_policy", "list", "warehouse", "placed_at", "minimum_quantity", "multiple"]
)  # fmt: skip
_EXAMPLES = {
    "order_number": "SO-1001",
    "placed_at": "2026-01-31 09:30",
    "customer_code": "D001",
    "customer_name": "杭州示例商贸有限公司",
    "sku_code": "YUZU-330",
    "description": "柚子气泡水 330ml",
    "quantity": "24",
    "unit": "瓶",
    "unit_price": "2.75",
    "currency": "CNY",
    "note": "",
}


class FieldView(msgspec.Struct, frozen=True):
    """A field of a kind. `needed_for_new`: a record that is not there yet cannot do without."""

    name: str
    label: str
    value: str
    needed: bool
    needed_for_new: bool
    constant: bool
    example: str | None


class KindView(msgspec.Struct, frozen=True):
    """A kind of import. Of each group of `needs` one field at least needs a column or a constant."""

    kind: str
    label: str
    description: str
    template: str
    fields: list[FieldView]
    needs: list[list[str]]
    settings: list[str]


class KindsView(msgspec.Struct, frozen=True):
    """All kinds, in the order in which people need them."""

    items: list[KindView]


def shape_of(kind: str) -> Shape:
    return ORDER_LINES if kind == "order_book" else PLAIN[kind].shape


def examples_of(kind: str) -> dict[str, str]:
    return dict(_EXAMPLES if kind == "order_book" else PLAIN[kind].examples)


def kind_label(kind: KindName, language: Language) -> str:
    return _WORDS[kind][language][0]


def kinds_view(language: Language) -> KindsView:
    return KindsView([_view(kind, language) for kind in NAMES])


def _view(kind: KindName, language: Language) -> KindView:
    label, description = _WORDS[kind][language]
    shape = shape_of(kind)
    needed = {group[0] for group in shape.needs if len(group) == 1}
    for_new = PLAIN[kind].needed_for_new if kind in PLAIN else frozenset()
    examples = examples_of(kind)
    settings = ["live_from", "cancel_prefix", "not_goods", "tax_mode"] if kind == "order_book" else []
    if kind in PLAIN and PLAIN[kind].makes_words:
        settings = ["create_missing"]
    return KindView(
        kind,
        label,
        description,
        f"/api/v1/imports/templates/{kind}.xlsx",
        [
            FieldView(
                field.name,
                label_of(field.zh, field.en, language),
                field.kind,
                field.name in needed,
                field.name in needed or field.name in for_new,
                field.name in _CONSTANT,
                examples.get(field.name) or None,
            )
            for field in shape.fields.values()
        ],
        [list(group) for group in shape.needs],
        settings,
    )


def label_of(zh: str, en: str, language: Language) -> str:
    return zh if language == "zh" else en[:1].upper() + en[1:]
