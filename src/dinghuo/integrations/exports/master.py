"""Customers, SKUs, stock and price lists as workbooks."""

from uuid import UUID

from dinghuo.catalogue.queries import SkuFilter, SkuInclude, SkuView, list_skus
from dinghuo.identity.principals import StaffPrincipal
from dinghuo.integrations.exports.export import PAGE, Export, Field
from dinghuo.integrations.exports.words import word
from dinghuo.inventory.queries import StockView, list_stock
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Language
from dinghuo.kit.paging import Page
from dinghuo.kit.refs import Ref
from dinghuo.orders.lots import LotIssue, list_issues
from dinghuo.parties.queries import CustomerFilter, CustomerView, list_customers
from dinghuo.pricing.queries import PriceEntryView, list_entries


def customers_export(*, staff: StaffPrincipal, wanted: CustomerFilter, language: Language) -> Export[CustomerView]:
    async def page(tx: Tx, cursor: str | None) -> Page[CustomerView]:
        return await list_customers(
            tx, seen_by=staff, wanted=wanted, cursor=cursor, limit=PAGE, include=("contacts", "addresses")
        )

    fields: list[Field[CustomerView]] = [
        Field("客户编码", "Code", lambda c: c.code),
        Field("客户名称", "Name", lambda c: c.name),
        Field("英文名称", "English name", lambda c: c.name_en),
        Field("税号", "Tax number", lambda c: c.tax_number),
        Field("国家", "Country", lambda c: c.country),
        Field("等级", "Tier", lambda c: _code(c.tier)),
        Field("区域", "Region", lambda c: _code(c.region)),
        Field("渠道", "Channel", lambda c: _code(c.channel)),
        Field("上级客户", "Parent", lambda c: _code(c.parent)),
        Field("业务员", "Sales person", lambda c: c.owner.name if c.owner else None),
        Field("部门", "Department", lambda c: _code(c.department)),
        Field("币种", "Currency", lambda c: c.currency),
        Field("收款条件", "Payment terms", lambda c: word(language, c.payment_terms)),
        Field("账期天数", "Payment days", lambda c: c.payment_days, "integer"),
        Field("状态", "State", lambda c: word(language, c.state)),
        Field("联系人", "Contact", lambda c: _main(c, "name")),
        Field("手机", "Mobile", lambda c: _main(c, "mobile")),
        Field("收货地址", "Address", _address),
        Field("备注", "Note", lambda c: c.note),
        Field("创建时间", "Created", lambda c: c.created_at, "moment"),
    ]
    return Export("客户", "Customers", fields, page)


def skus_export(*, staff: StaffPrincipal, wanted: SkuFilter, language: Language) -> Export[SkuView]:
    async def page(tx: Tx, cursor: str | None) -> Page[SkuView]:
        include: list[SkuInclude] = ["units", "cost"] if staff.sees_cost else ["units"]
        return await list_skus(
            tx, seen_by=staff, sellable_to=None, wanted=wanted, cursor=cursor, limit=PAGE, include=include
        )

    fields: list[Field[SkuView]] = [
        Field("单品编码", "Code", lambda s: s.code),
        Field("单品名称", "Name", lambda s: s.name),
        Field("英文名称", "English name", lambda s: s.name_en),
        Field("规格", "Specification", lambda s: s.specification),
        Field("商品", "Product", lambda s: _code(s.product)),
        Field("分类", "Category", lambda s: _code(s.category)),
        Field("品牌", "Brand", lambda s: _code(s.brand)),
        Field("基本单位", "Base unit", lambda s: s.base_unit),
        Field("销售单位", "Sales unit", lambda s: s.sales_unit),
        Field("单位换算", "Units", _units),
        Field("条码", "Barcodes", _barcodes),
        Field("起订量", "Minimum order", lambda s: s.minimum_quantity, "quantity"),
        Field("倍数", "Multiple", lambda s: s.multiple, "quantity"),
        Field("税率", "Tax rate", lambda s: s.tax_rate, "rate"),
        Field("供货方式", "Supply", lambda s: word(language, s.supply_policy)),
        Field("重量(克)", "Weight (g)", lambda s: s.weight_grams, "integer"),
        Field("状态", "State", lambda s: word(language, s.state)),
        Field("成本", "Cost", lambda s: s.cost or None, "price", "cost"),
    ]
    return Export("单品", "SKUs", fields, page)


def stock_export(*, wanted: str | None, sku: str | None, warehouse: str | None, short: bool) -> Export[StockView]:
    async def page(tx: Tx, cursor: str | None) -> Page[StockView]:
        return await list_stock(
            tx, wanted=wanted, sku_code=sku, warehouse_code=warehouse, short=short, cursor=cursor, limit=PAGE
        )

    fields: list[Field[StockView]] = [
        Field("单品编码", "SKU", lambda s: s.sku),
        Field("单品名称", "SKU name", lambda s: s.sku_name),
        Field("仓库", "Warehouse", lambda s: s.warehouse),
        Field("基本单位", "Base unit", lambda s: s.base_unit),
        Field("现存量", "On hand", lambda s: s.on_hand, "quantity"),
        Field("预占", "Reserved", lambda s: s.reserved, "quantity"),
        Field("预售额度", "Pre-sale allowance", lambda s: s.allowance, "quantity"),
        Field("可用量", "Available", lambda s: s.available, "quantity"),
        Field("缺货待发", "Waiting", lambda s: s.waiting, "quantity"),
    ]
    return Export("库存", "Stock", fields, page)


def lot_export(*, staff: StaffPrincipal, lot_id: UUID) -> Export[LotIssue]:
    async def page(tx: Tx, cursor: str | None) -> Page[LotIssue]:
        return await list_issues(tx, lot_id, staff=staff, cursor=cursor, limit=PAGE)

    fields: list[Field[LotIssue]] = [
        Field("客户编码", "Customer", lambda i: i.customer),
        Field("客户名称", "Customer name", lambda i: i.customer_name),
        Field("订单号", "Order", lambda i: i.number),
        Field("客户单号", "Their number", lambda i: i.customer_reference),
        Field("订单行", "Line", lambda i: i.line_no, "integer"),
        Field("数量", "Quantity", lambda i: i.quantity, "quantity"),
        Field("仓库", "Warehouse", lambda i: i.warehouse),
        Field("发出时间", "Left at", lambda i: i.at, "moment"),
    ]
    return Export("批次去向", "Where the lot went", fields, page)


def prices_export(*, staff: StaffPrincipal, code: str, wanted: str | None, sku: str | None) -> Export[PriceEntryView]:
    async def page(tx: Tx, cursor: str | None) -> Page[PriceEntryView]:
        return await list_entries(tx, code, seen_by=staff, wanted=wanted, sku_code=sku, cursor=cursor, limit=PAGE)

    fields: list[Field[PriceEntryView]] = [
        Field("价目表", "Price list", lambda _: code),
        Field("单品编码", "SKU", lambda p: p.sku),
        Field("单品名称", "SKU name", lambda p: p.sku_name),
        Field("单位", "Unit", lambda p: p.unit),
        Field("起始数量", "From quantity", lambda p: p.minimum_quantity, "quantity"),
        Field("价格", "Price", lambda p: p.price, "price", "price"),
    ]
    return Export("价目表", "Price list", fields, page)


def _code(ref: Ref | None) -> str | None:
    return None if ref is None else ref.code


def _main(customer: CustomerView, name: str) -> str | None:
    contacts = sorted(customer.contacts or (), key=lambda contact: not contact.is_main)
    return getattr(contacts[0], name) if contacts else None


def _address(customer: CustomerView) -> str | None:
    addresses = sorted(customer.addresses or (), key=lambda address: not address.is_default)
    if not addresses:
        return None
    first = addresses[0]
    return " ".join(filter(None, (first.province, first.city, first.district, first.street, first.recipient)))


def _units(sku: SkuView) -> str | None:
    others = [unit for unit in sku.units or () if unit.unit != sku.base_unit]
    ratios = ((unit, f"/{unit.denominator}" if unit.denominator != 1 else "") for unit in others)
    return "; ".join(f"1{unit.unit}={unit.numerator}{over}{sku.base_unit}" for unit, over in ratios) or None


def _barcodes(sku: SkuView) -> str | None:
    return "; ".join(unit.barcode for unit in sku.units or () if unit.barcode) or None
