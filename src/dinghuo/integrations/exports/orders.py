"""Orders and order lines as workbooks."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.integrations.exports.export import PAGE, Export, Field
from dinghuo.integrations.exports.words import word
from dinghuo.kit.bulk import among
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Language
from dinghuo.kit.paging import Page
from dinghuo.orders.filters import OrderFilter
from dinghuo.orders.listing import list_orders
from dinghuo.orders.queries import margin_of
from dinghuo.orders.tables import order_line
from dinghuo.orders.views import OrderSummary

# Orders whose lines are read at once.
_ORDERS_OF_LINES = 500


class LineOfOrder(msgspec.Struct, frozen=True, gc=False):
    """A line with its order."""

    order: OrderSummary
    line: Any


def orders_export(
    *, staff: StaffPrincipal, wanted: OrderFilter, newest_first: bool, language: Language
) -> Export[OrderSummary]:
    async def page(tx: Tx, cursor: str | None) -> Page[OrderSummary]:
        return await list_orders(
            tx, principal=staff, wanted=wanted, newest_first=newest_first, cursor=cursor, limit=PAGE
        )

    fields: list[Field[OrderSummary]] = [
        *_of_order(lambda order: order, language),
        Field("行数", "Lines", lambda order: order.line_count, "integer"),
        Field("币种", "Currency", lambda order: order.currency),
        Field("不含税金额", "Net", lambda order: _amount(order, "net"), "money", "price"),
        Field("税额", "Tax", lambda order: _amount(order, "tax"), "money", "price"),
        Field("价税合计", "Gross", lambda order: _amount(order, "gross"), "money", "price"),
    ]
    return Export("订单", "Orders", fields, page)


def order_lines_export(
    *, staff: StaffPrincipal, wanted: OrderFilter, newest_first: bool, language: Language
) -> Export[LineOfOrder]:
    async def page(tx: Tx, cursor: str | None) -> Page[LineOfOrder]:
        orders = await list_orders(
            tx, principal=staff, wanted=wanted, newest_first=newest_first, cursor=cursor, limit=_ORDERS_OF_LINES
        )
        lines = await _lines(tx, [order.id for order in orders.items])
        return Page([LineOfOrder(order, line) for order in orders.items for line in lines[order.id]], orders.cursor)

    fields: list[Field[LineOfOrder]] = [
        *_of_order(lambda row: row.order, language),
        Field("行号", "Line", lambda row: row.line.line_no, "integer"),
        Field("单品编码", "SKU", lambda row: row.line.sku_code),
        Field("单品名称", "SKU name", lambda row: row.line.sku_name),
        Field("单位", "Unit", lambda row: row.line.unit),
        Field("数量", "Quantity", lambda row: row.line.quantity, "quantity"),
        Field("基本单位数量", "Base quantity", lambda row: row.line.base_quantity, "quantity"),
        Field("已发货", "Shipped", lambda row: row.line.shipped, "quantity"),
        Field("已取消", "Cancelled", lambda row: row.line.cancelled, "quantity"),
        Field("要求日期", "Requested", lambda row: row.line.requested_date, "date"),
        Field("行备注", "Line note", lambda row: row.line.note),
        Field("行收货地址", "Line address", lambda row: _address(row.line.ship_to)),
        Field("币种", "Currency", lambda row: row.order.currency),
        Field("标准价", "List price", lambda row: row.line.list_price, "price", "price"),
        Field("成交价", "Deal price", lambda row: row.line.deal_price, "price", "price"),
        Field("税率", "Tax rate", lambda row: row.line.tax_rate, "rate", "price"),
        Field("不含税金额", "Net", lambda row: row.line.net, "money", "price"),
        Field("税额", "Tax", lambda row: row.line.tax, "money", "price"),
        Field("价税合计", "Gross", lambda row: row.line.gross, "money", "price"),
        Field("单位成本", "Unit cost", lambda row: row.line.unit_cost, "price", "cost"),
        Field("毛利", "Margin", lambda row: margin_of(row.line), "money", "margin"),
    ]
    return Export("订单行", "Order lines", fields, page)


def _of_order(order: Any, language: Language) -> list[Field[Any]]:
    """What both tell of an order; `order` finds it in a row."""
    return [
        Field("订单号", "Number", lambda row: order(row).number),
        Field("下单时间", "Placed at", lambda row: order(row).placed_at, "moment"),
        Field("状态", "State", lambda row: word(language, order(row).state)),
        Field("客户编码", "Customer", lambda row: order(row).customer.code),
        Field("客户名称", "Customer name", lambda row: order(row).customer.name),
        Field("客户单号", "Customer's reference", lambda row: order(row).customer_reference),
        Field("来源", "Came in by", lambda row: word(language, order(row).channel)),
        Field("下单人", "Placed by", lambda row: order(row).placed_by),
        Field("业务员", "Sales person", lambda row: order(row).owner),
    ]


def _address(ship_to: dict[str, Any] | None) -> str | None:
    """Where a line goes when its order goes elsewhere."""
    if ship_to is None:
        return None
    place = "".join(ship_to.get(name) or "" for name in ("province", "city", "district", "street"))
    return " ".join(filter(None, (place, ship_to["recipient"], ship_to.get("mobile"))))


def _amount(order: OrderSummary, name: str) -> Decimal | None:
    return None if order.amounts is None else getattr(order.amounts, name)


_LINE = [
    order_line.c[name]
    for name in (
        "order_id", "line_no", "sku_code", "sku_name", "unit", "quantity", "base_quantity", "shipped", "cancelled",
        "requested_date", "note", "ship_to", "list_price", "deal_price", "tax_rate", "net", "tax", "gross",
        "unit_cost",
    )
]  # fmt: skip


async def _lines(tx: Tx, order_ids: Sequence[UUID]) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = {order_id: [] for order_id in order_ids}
    for row in await tx.rows(
        select(*_LINE)
        .where(order_line.c.tenant_id == tx.tenant_id, among(order_line.c.order_id, order_ids))
        .order_by(order_line.c.order_id, order_line.c.line_no)
    ):
        found[row.order_id].append(row)
    return found
