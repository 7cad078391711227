"""Order books of a few lines, planned without a database."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from dinghuo.integrations.order_book.known import Known
from dinghuo.integrations.order_book.plan import Plan, plan_order_book
from dinghuo.integrations.sheets import Mapping, NotGoods, Sheet, open_sheet, read_order_lines

HEADER = "number,date,customer,sku,name,quantity,price"
MAPPING = Mapping(
    columns={
        "order_number": "number",
        "placed_at": "date",
        "customer_code": "customer",
        "sku_code": "sku",
        "description": "name",
        "quantity": "quantity",
        "unit_price": "price",
    },
    constants={"currency": "GBP"},
    date_order="ymd",
    cancel_prefix="C",
    not_goods=(NotGoods("carriage", "运费", "Carriage", ("POST",)),),
)
TODAY = date(2026, 7, 1)


def sheet_of(*rows: str, header: str = HEADER) -> Sheet:
    return open_sheet("\n".join([header, *rows, ""]).encode(), name="book.csv", delimiter=",")


def plan_of(
    *rows: str, header: str = HEADER, mapping: Mapping = MAPPING, known: Known | None = None, **options: Any
) -> Plan:
    sheet = sheet_of(*rows, header=header)
    table = read_order_lines(sheet, mapping)
    places = mapping.bind(sheet.header, sheet.width)
    return plan_order_book(table, mapping, places, today=TODAY, known=known or Known(), **options)


def set_aside(plan: Plan) -> dict[int, str]:
    """The reason by the row of the file."""
    return {plan.lines.table.rows[line]: reason for line, reason in sorted(plan.asides.reason_of.items())}


def ordered(plan: Plan) -> dict[str, list[str]]:
    """SKUs by order number."""
    return {order.number: [plan.lines.skus[line] for line in order.lines] for order in plan.invoices.orders}


def cancelled(plan: Plan) -> dict[str, dict[int, Decimal]]:
    return {order.number: order.cancelled for order in plan.invoices.orders if order.cancelled}


def taken_back(plan: Plan) -> Sequence[tuple[str, int, Decimal, str | None]]:
    """Number, line, quantity and the order it cancels of every part."""
    return [
        (part.invoice.number, part.line_no, part.quantity, part.order.number if part.order else None)
        for part in plan.parts
    ]
