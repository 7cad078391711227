"""What is said of a blanket order, and what is wrong with it."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit.errors import CONFLICT, MALFORMED, Fault, Message
from dinghuo.kit.money import MAX_QUANTITY, base_quantity, fits
from dinghuo.kit.texts import EMPTY, text_faults
from dinghuo.orders import faults as say

MOST_LINES = 1000

ENDS_EARLY = Message(
    "blanket-ends-early",
    "失效日期 {until} 早于生效日期 {since}",
    "It ends on {until}, before it begins on {since}",
    MALFORMED,
)
SKU_TWICE = Message(
    "blanket-sku-twice",
    "第 {line} 行：{code} 已在第 {other} 行",
    "Line {line}: {code} is on line {other} too",
    MALFORMED,
)
STAYS = Message(
    "blanket-stays",
    "框架订单生效后，客户、销售组织、币种和含税方式不能改变",
    "Customer, selling organisation, currency and tax mode of an active blanket order stay",
    CONFLICT,
)
BELOW_TAKEN = Message(
    "blanket-below-taken",
    "第 {line} 行：{code} 已执行 {taken} {base_unit}，数量不能低于它",
    "Line {line}: {taken} {base_unit} of {code} are called off already: the quantity cannot be less",
    CONFLICT,
)
LINE_USED = Message(
    "blanket-line-used",
    "{code} 已有执行订单，不能删除该行，可把数量改为已执行数量",
    "{code} was called off: its line stays; lower its quantity to what was called off",
    CONFLICT,
)


class BlanketLineRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A quantity of a SKU at a price per `unit` (the SKU's sales unit when none is named)."""

    sku: str
    quantity: Decimal
    price: Decimal
    unit: str | None = None


class BlanketRequest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A blanket order as it should be. Currency and organisation: the customer's, the first, when none is named."""

    customer: str
    name: str
    valid_from: date
    valid_until: date
    lines: list[BlanketLineRequest]
    organisation: str | None = None
    currency: str | None = None
    tax_inclusive: bool = True
    customer_reference: str | None = None
    note: str | None = None


class Line(msgspec.Struct, frozen=True):
    """A line that is right."""

    line_no: int
    sku: SkuFacts
    unit: str
    quantity: Decimal
    base_quantity: Decimal
    price: Decimal


def check_request(request: BlanketRequest) -> list[Fault]:
    """What is wrong with the head."""
    found = list(text_faults("name", request.name, 200))
    found += text_faults("note", request.note, 2000)
    found += text_faults("customer_reference", request.customer_reference, 200)
    if not request.name.strip():
        found.append(EMPTY("name"))
    if request.valid_until < request.valid_from:
        until, since = request.valid_until.isoformat(), request.valid_from.isoformat()
        found.append(ENDS_EARLY("valid_until", until=until, since=since))
    if not request.lines:
        found.append(say.NO_LINES("lines"))
    if len(request.lines) > MOST_LINES:
        found.append(say.TOO_MANY_LINES("lines", count=len(request.lines), most=MOST_LINES))
    return found


def check_lines(lines: Sequence[BlanketLineRequest], skus: Mapping[str, SkuFacts]) -> tuple[list[Line], list[Fault]]:
    """The lines that are right, and everything wrong with the others."""
    right: list[Line] = []
    faults: list[Fault] = []
    first: dict[UUID, int] = {}
    for number, line in enumerate(lines, start=1):
        sku = skus.get(line.sku)
        if sku is None:
            faults.append(_fault(say.UNKNOWN_SKU, number, "sku", code=line.sku))
            continue
        other = first.setdefault(sku.id, number)
        if other != number:
            faults.append(_fault(SKU_TWICE, number, "sku", code=line.sku, other=other))
            continue
        made = _line(number, line, sku, faults)
        if made is not None:
            right.append(made)
    return right, faults


def _line(number: int, line: BlanketLineRequest, sku: SkuFacts, faults: list[Fault]) -> Line | None:
    unit = line.unit or sku.sales_unit
    before = len(faults)
    if unit not in sku.units:
        faults.append(
            _fault(say.UNKNOWN_UNIT, number, "unit", code=sku.code, unit=line.unit, units="、".join(sku.units))
        )
    if not fits(line.quantity) or line.quantity <= 0:
        faults.append(_fault(say.BAD_QUANTITY, number, "quantity", quantity=line.quantity, most=MAX_QUANTITY))
    if not fits(line.price) or line.price < 0:
        faults.append(_fault(say.BAD_PRICE, number, "price", price=line.price, most=MAX_QUANTITY))
    if len(faults) > before:
        return None
    in_base = base_quantity(line.quantity, *sku.units[unit])
    if in_base is None or in_base > MAX_QUANTITY:
        faults.append(_fault(say.BAD_QUANTITY, number, "quantity", quantity=line.quantity, most=MAX_QUANTITY))
        return None
    return Line(number, sku, unit, line.quantity, in_base, line.price)


def _fault(message: Message, number: int, field: str, **params: object) -> Fault:
    return Fault(message, f"lines[{number - 1}].{field}", number, {"line": number, **params})
