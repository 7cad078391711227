"""The agreed price of a line that names a blanket order, or why there is none. Pure."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from dinghuo.accounts.allotments import Take
from dinghuo.catalogue.facts import SkuFacts
from dinghuo.kit.errors import CONFLICT, MALFORMED, Fault, Message
from dinghuo.orders.blankets.facts import BlanketFacts, BlanketLineFacts
from dinghuo.orders.requests import LineRequest
from dinghuo.parties.facts import CustomerFacts
from dinghuo.pricing.engine import Price

if TYPE_CHECKING:
    from dinghuo.orders.decide import Priced

UNKNOWN = Message(
    "blanket-unknown",
    "第 {line} 行：没有编号为 {number} 的框架订单",
    "Line {line}: there is no blanket order {number}",
    MALFORMED,
)
NOT_ACTIVE = Message(
    "blanket-not-active",
    "第 {line} 行：框架订单 {number} 未生效或已结束",
    "Line {line}: blanket order {number} is not active",
    CONFLICT,
)
NOT_VALID = Message(
    "blanket-not-valid",
    "第 {line} 行：框架订单 {number} 的有效期为 {since} 至 {until}",
    "Line {line}: blanket order {number} holds from {since} to {until}",
    CONFLICT,
)
LACKS_SKU = Message(
    "blanket-lacks-sku",
    "第 {line} 行：框架订单 {number} 不含 {code}",
    "Line {line}: {code} is not in blanket order {number}",
    CONFLICT,
)
OTHER_TERMS = Message(
    "blanket-currency",
    "第 {line} 行：框架订单 {number} 属于另一币种或销售组织",
    "Line {line}: blanket order {number} is in another currency or of another selling organisation",
    CONFLICT,
)
NO_OWN_PRICE = Message(
    "blanket-own-price",
    "第 {line} 行：框架订单的价格已约定，不能另行指定",
    "Line {line}: the price is agreed in the blanket order and cannot be set",
    CONFLICT,
)


class Buyer(msgspec.Struct, frozen=True):
    """Who orders, of whom, when."""

    customer: CustomerFacts
    organisation_id: UUID
    currency: str
    day: date


def blanket_faults(
    number: int, named: str, blanket: BlanketFacts | None, sku: SkuFacts, buyer: Buyer, *, has_price: bool
) -> Iterator[Fault]:
    """Why this line cannot be called off. A blanket order of a company above the customer is its own."""

    def fault(message: Message, **params: object) -> Fault:
        said = {"line": number, "number": named, **params}
        return Fault(message, f"lines[{number - 1}].blanket", number, said)

    if blanket is None or blanket.customer_id not in buyer.customer.parents:
        yield fault(UNKNOWN)
        return
    if blanket.state != "active":
        yield fault(NOT_ACTIVE)
    elif not blanket.holds_on(buyer.day):
        yield fault(NOT_VALID, since=blanket.valid_from.isoformat(), until=blanket.valid_until.isoformat())
    if (blanket.organisation_id, blanket.currency) != (buyer.organisation_id, buyer.currency):
        yield fault(OTHER_TERMS)
    if sku.id not in blanket.lines:
        yield fault(LACKS_SKU, code=sku.code)
    if has_price:
        yield fault(NO_OWN_PRICE)


def agreed_price(
    priced: "Priced", number: int, line: LineRequest, sku: SkuFacts, unit: str, in_base: Decimal
) -> Price | None:
    """The price agreed in the blanket order that a line names, of which it takes its quantity; or its faults."""
    named = line.blanket or ""
    blanket = priced.blankets.get(named)
    buyer = Buyer(priced.customer, priced.organisation.id, priced.currency, priced.day)
    wrong = list(blanket_faults(number, named, blanket, sku, buyer, has_price=line.price is not None))
    if wrong or blanket is None:
        priced.faults += wrong
        return None
    agreed = blanket.lines[sku.id]
    priced.takes.append(Take(agreed.id, number, in_base))
    return price_of(blanket, agreed, unit, sku.units[unit])


def price_of(blanket: BlanketFacts, line: BlanketLineFacts, unit: str, ratio: tuple[int, int]) -> Price:
    """The price of a unit as it was agreed, and the reason kept on the line."""
    price = line.price_in(unit, ratio)
    reason = {
        "source": "blanket",
        "blanket": blanket.number,
        "blanket_id": str(blanket.id),
        "line_no": line.line_no,
        "unit": line.unit,
        "price": f"{line.price:f}",
    }
    return Price(price, blanket.tax_inclusive, msgspec.json.encode(reason).decode())
