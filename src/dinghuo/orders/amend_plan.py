"""Work out which lines an amendment names, and what it asks of them. Pure.

What cannot be said of a line is a fault at its place in the request, by the number that the line has in the order.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import UNSET

from dinghuo.kit.errors import Fault, Message
from dinghuo.kit.money import ZERO
from dinghuo.orders import amend_faults as say
from dinghuo.orders.amend_request import AmendRequest, LineChange
from dinghuo.orders.diff import DiffLine, OldLine, with_texts
from dinghuo.orders.requests import LineRequest

# Prices that were agreed for this line, not found in a list.
_AGREED = frozenset({"manual", "blanket", "history"})


_UNNAMED: tuple[int | None, LineChange | None] = (None, None)


class Wanted(msgspec.Struct):
    """A line that is to be priced: by today's lists or by those of the order's day, or at the price it has."""

    line: DiffLine
    request: LineRequest
    today: bool
    keeps_price: bool = False


class Plan(msgspec.Struct):
    """Every line, and those of them that are to be priced."""

    lines: list[DiffLine]
    wanted: list[Wanted]
    faults: list[Fault]


def plan(
    old: Mapping[int, OldLine],
    request: AmendRequest,
    *,
    codes: Mapping[Any, str],
    next_no: int,
    base_units: Mapping[Any, str],
) -> Plan:
    """What the request makes of the lines `old`, by their numbers; `codes` and `base_units` are by SKU."""
    made = Plan([], [], [])
    named: dict[int, tuple[int | None, LineChange | None]] = {}
    for i, change in enumerate(request.lines):
        if (change.line_no is None) == (change.sku is None):
            made.faults.append(say.LINE_OR_SKU(f"lines[{i}]", line=change.line_no))
        elif change.line_no is not None and change.line_no not in old:
            made.faults.append(say.UNKNOWN_LINE(f"lines[{i}].line_no", line=change.line_no, line_no=change.line_no))
        elif change.line_no is not None and change.line_no in named:
            made.faults.append(say.LINE_TWICE(f"lines[{i}].line_no", line=change.line_no, line_no=change.line_no))
        elif change.line_no is not None:
            named[change.line_no] = (i, change)
    for line_no, line in old.items():
        place, asked = named.get(line_no, _UNNAMED)
        sku = line.row.sku_id
        _plan_old(made, DiffLine(line_no, "kept", line, line.row, place), asked, request, codes[sku], base_units[sku])
    for i, change in enumerate(request.lines):
        if change.sku is not None and change.line_no is None:
            _plan_new(made, DiffLine(next_no, "added", None, None, i), change, change.sku)
            next_no += 1
    return made


def _plan_old(
    made: Plan, line: DiffLine, asked: LineChange | None, request: AmendRequest, code: str, base_unit: str
) -> None:
    made.lines.append(line)
    old = line.old
    if old is None:
        raise AssertionError("a line that is there was left without what it is")
    may_reprice = request.reprice and not old.cancelled and not old.shipped and _source(old) != "gift"
    if asked is None:
        if may_reprice:
            line.change = "changed"
            row = old.row
            again = LineRequest(code, row.quantity, row.unit, None, row.requested_date, row.note, ship_to=row.ship_to)
            made.wanted.append(Wanted(line, again, today=True))
        return
    if faults := _against(line, old, asked, base_unit):
        made.faults += faults
        return
    if asked.remove:
        line.change, line.new = "removed", None
        return
    line.change = "changed"
    day = old.row.requested_date if asked.requested_date is UNSET else asked.requested_date
    note = old.row.note if asked.note is UNSET else asked.note
    ship_to = old.row.ship_to if asked.ship_to is UNSET else asked.ship_to
    if not _touches_price(asked, old) and not may_reprice:
        line.new = with_texts(old.row, requested_date=day, note=note, ship_to=ship_to)
        return
    unit = asked.unit or old.row.unit
    quantity = old.row.quantity if asked.quantity is UNSET else asked.quantity
    keeps = asked.price is UNSET and not may_reprice and unit == old.row.unit and _keeps(old)
    price: Decimal | None = None if asked.price is UNSET else asked.price
    if keeps:
        price = old.row.deal_price
    wanted = LineRequest(code, quantity, unit, price, day, note, ship_to=ship_to)
    made.wanted.append(Wanted(line, wanted, today=may_reprice, keeps_price=keeps))


def _plan_new(made: Plan, line: DiffLine, asked: LineChange, code: str) -> None:
    if asked.quantity is UNSET:
        made.faults.append(say.QUANTITY_NEEDED(f"{line.path}.quantity", line=line.line_no))
        return
    made.lines.append(line)
    price = None if asked.price is UNSET else asked.price
    day = None if asked.requested_date is UNSET else asked.requested_date
    note = None if asked.note is UNSET else asked.note
    ship_to = None if asked.ship_to is UNSET else asked.ship_to
    wanted = LineRequest(code, asked.quantity, asked.unit or None, price, day, note, ship_to=ship_to)
    made.wanted.append(Wanted(line, wanted, today=True))


def _against(line: DiffLine, old: OldLine, asked: LineChange, base_unit: str) -> list[Fault]:
    """What of a line that is there forbids what is asked of it, whatever the price and the stock."""
    touched = asked.remove or _touches_price(asked, old)
    if not touched:
        return []
    if _source(old) == "gift":
        return [_fault(say.LINE_GIVEN, line, "line_no")]
    if old.cancelled:
        return [_fault(say.LINE_CLOSED, line, "line_no")]
    if asked.remove and old.least:
        return [_fault(say.BELOW_RELEASED, line, "remove", least=plainly(old.least), base_unit=base_unit)]
    other_unit = asked.unit is not UNSET and asked.unit != old.row.unit
    if old.shipped and (other_unit or asked.price is not UNSET):
        return [_fault(say.LINE_SHIPPED, line, "unit" if other_unit else "price")]
    return []


def below(lines: Sequence[DiffLine], base_units: Mapping[Any, str]) -> list[Fault]:
    """The lines that would be less than what is released or shipped of them."""
    return [
        _fault(
            say.BELOW_RELEASED,
            line,
            "quantity",
            least=plainly(line.old.least),
            base_unit=base_units[line.old.row.sku_id],
        )
        for line in lines
        if line.old and line.new and line.new.base_quantity < line.old.least
    ]


def _touches_price(asked: LineChange, old: OldLine) -> bool:
    """Whether another quantity, unit or price is asked for; to say what is there already asks for nothing."""
    quantity, row = asked.quantity, old.row
    same = quantity is UNSET or (quantity.is_finite() and quantity == row.quantity)
    return not (same and asked.unit in (UNSET, row.unit) and asked.price is UNSET)


def _keeps(old: OldLine) -> bool:
    """Whether a change of quantity leaves the price alone: agreed by hand, or some of it has left at that price."""
    return old.shipped > ZERO or _source(old) in _AGREED


def _source(old: OldLine) -> str:
    reason = msgspec.json.decode(old.row.price_reason)
    return str(reason.get("source")) if isinstance(reason, dict) else ""


def plainly(quantity: Decimal) -> str:
    return f"{quantity.normalize():f}"


def _fault(message: Message, line: DiffLine, field: str, **params: Any) -> Fault:
    return Fault(message, f"{line.path}.{field}", line.line_no, {"line": line.line_no, **params})
