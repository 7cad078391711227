"""An order against a blanket order, said by its lines' numbers."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import msgspec

from dinghuo.kit.errors import MALFORMED, Fault, Message, Refused
from dinghuo.orders.blankets.queries import BlanketView
from dinghuo.orders.requests import LineRequest, OrderRequest, Origin, Placement, ShipTo

UNKNOWN_LINE = Message(
    "blanket-line-unknown",
    "第 {line} 行：框架订单没有第 {line_no} 行",
    "Line {line}: the blanket order has no line {line_no}",
    MALFORMED,
)


class CallOffLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a line, in `unit` or in the line's own."""

    line_no: int
    quantity: Decimal
    unit: str | None = None


class CallOffRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is wanted now."""

    lines: list[CallOffLine]
    requested_date: date | None = None
    ship_to: ShipTo | None = None
    customer_reference: str | None = None
    note: str | None = None


def order_of(blanket: BlanketView, request: CallOffRequest, *, customer: str) -> OrderRequest:
    """The order that it is, for this customer."""
    return OrderRequest(
        customer=customer,
        lines=_lines(blanket, request.lines),
        organisation=blanket.organisation,
        currency=blanket.currency,
        customer_reference=request.customer_reference,
        requested_date=request.requested_date,
        ship_to=request.ship_to,
        note=request.note,
    )


def _lines(blanket: BlanketView, wanted: Sequence[CallOffLine]) -> list[LineRequest]:
    known = {line.line_no: line for line in blanket.lines}
    faults = [
        Fault(UNKNOWN_LINE, f"lines[{i}].line_no", i + 1, {"line": i + 1, "line_no": line.line_no})
        for i, line in enumerate(wanted)
        if line.line_no not in known
    ]
    if faults:
        raise Refused(faults)
    return [
        LineRequest(
            known[line.line_no].sku,
            line.quantity,
            line.unit or known[line.line_no].unit,
            blanket=blanket.number,
        )
        for line in wanted
    ]


def against(blanket: BlanketView, placement: Placement) -> Placement:
    """The placement as one made from this blanket order."""
    return msgspec.structs.replace(placement, origin=Origin("blanket", blanket.id))
