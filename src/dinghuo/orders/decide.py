"""Decide an order: price every line. Pure: no I/O, no clock.

`price_order` asks master data alone, `admit` also the balances. Both collect every fault they find; one order's
refusal never touches another's.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.accounts.allotments import Take
from dinghuo.accounts.reserve import Credit
from dinghuo.approvals.policies import Policy
from dinghuo.catalogue.facts import Sellable, SkuFacts
from dinghuo.catalogue.quantities import at_least, plain
from dinghuo.identity.facts import OrganisationFacts
from dinghuo.inventory.reserve import Held
from dinghuo.kit.errors import Fault, Message
from dinghuo.kit.money import MAX_MONEY, MAX_QUANTITY, ZERO, base_quantity, round_money, split_tax
from dinghuo.orders import faults as say
from dinghuo.orders.blankets.agreed import agreed_price
from dinghuo.orders.blankets.facts import BlanketFacts
from dinghuo.orders.faults import line_fault
from dinghuo.orders.offers import Offers
from dinghuo.orders.rebate_use import RebateUse
from dinghuo.orders.requests import LineRequest, Placement, ShipTo
from dinghuo.orders.rules.facts import RuleBook
from dinghuo.orders.rules.outcome import Charge, Delivery, Hint
from dinghuo.orders.terms import Terms
from dinghuo.orders.texts import check_written
from dinghuo.parties.facts import CustomerFacts
from dinghuo.pricing.engine import Price, find_price
from dinghuo.pricing.facts import ListFacts
from dinghuo.pricing.grant import Granted

MOST_LINES = 5000
_MANUAL = '{"source":"manual"}'
HISTORY_REASON = '{"source":"history"}'


class LineRow(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """A row of order_line."""

    order_id: UUID
    line_no: int
    sku_id: UUID
    sku_code: str
    sku_name: str
    unit: str
    quantity: Decimal
    base_quantity: Decimal
    deal_price: Decimal
    tax_inclusive: bool
    price_reason: msgspec.Raw
    net: Decimal
    tax: Decimal
    gross: Decimal
    tax_rate: Decimal | None = None
    list_price: Decimal | None = None
    unit_cost: Decimal | None = None
    requested_date: date | None = None
    note: str | None = None
    shipped: Decimal | None = None
    cancelled: Decimal | None = None
    promised_date: date | None = None
    ship_to: ShipTo | None = None
    # Written when promotions gave something (orders.promote).
    kind: str | None = None
    discount: Decimal | None = None
    promotion_id: UUID | None = None
    given_by: list[int] | None = None


class PlainLines(msgspec.Struct):
    """The lines of a plain order of history by columns (see `history`); quantities are in base units."""

    cancelled: Sequence[Decimal]
    skus: list[SkuFacts] = []
    quantities: list[Decimal] = []
    prices: list[Decimal] = []
    nets: list[Decimal] = []
    taxes: list[Decimal] = []


class Priced(msgspec.Struct):
    """One order on its way: its lines and all that was found wrong so far."""

    placement: Placement
    id: UUID
    placed_at: datetime
    day: date
    customer: CustomerFacts
    organisation: OrganisationFacts
    currency: str
    lines: list[LineRow]
    skus: list[SkuFacts]
    faults: list[Fault]
    net: Decimal = ZERO
    tax: Decimal = ZERO
    gross: Decimal = ZERO
    held: list[tuple[LineRow, list[Held]]] = []
    credit: Credit | None = None
    # What it costs beside its lines, takes of quotas and blanket orders, when it can come: see `order_rules`.
    rules: RuleBook | None = None
    placed_local: datetime | None = None
    charges: list[Charge] = []
    takes: list[Take] = []
    hints: list[Hint] = []
    delivery: Delivery | None = None
    blankets: dict[str, BlanketFacts] = {}
    # The promotions that may speak for it, and what they granted.
    offers: Offers | None = None
    # How its customer pays and wants to be served, where that is agreed.
    terms: Terms | None = None
    granted: Granted | None = None
    # The policies that want it approved, the facts that they saw, and whether they take the credit limit's place.
    policies: tuple[Policy, ...] = ()
    facts: dict[str, Any] = {}
    waives_credit: bool = False
    # What of its customer's rebates it uses.
    rebate: RebateUse | None = None
    # Instead of `lines` and `skus`, for plain orders of history.
    plain: PlainLines | None = None

    @property
    def line_count(self) -> int:
        return len(self.lines) if self.plain is None else len(self.plain.skus)

    def reset(self) -> None:
        """Forget what was priced so far."""
        self.lines.clear()
        self.skus.clear()
        self.faults.clear()
        self.takes.clear()

    def sum_up(self) -> None:
        """The order's sums are those of its lines, to the cent."""
        self.net = sum((row.net for row in self.lines), ZERO)
        self.tax = sum((row.tax for row in self.lines), ZERO)
        self.gross = self.net + self.tax

    @property
    def owed(self) -> Decimal:
        """What of its amount rebates do not pay."""
        return self.gross if self.rebate is None else self.gross - self.rebate.total

    @property
    def is_closed_history(self) -> bool:
        history = self.placement.history
        return history is not None and not history.live

    def tracked(self) -> Iterator[tuple[UUID, Decimal]]:
        """What it wants of which stock is kept."""
        for row, sku in zip(self.lines, self.skus, strict=True):
            if sku.supply_policy != "untracked":
                yield row.sku_id, row.base_quantity - (row.cancelled or ZERO)

    def may_wait(self, sku: SkuFacts) -> bool:
        """Whether what is not there is promised all the same."""
        return sku.supply_policy == "backorder" or self.placement.history is not None


def price_order(priced: Priced, *, skus: dict[str, SkuFacts], sellable: Sellable, lists: Sequence[ListFacts]) -> None:
    """Fill in the order's lines and sums, or its faults."""
    request = priced.placement.request
    if not priced.customer.active and priced.placement.history is None:
        priced.faults.append(say.CUSTOMER_BLOCKED("customer", name=priced.customer.name))
    if not request.lines:
        priced.faults.append(say.NO_LINES("lines"))
    priced.faults += check_written(request)
    for number, line in enumerate(request.lines, start=1):
        sku = skus.get(line.sku)
        if sku is None or (priced.placement.history is None and not sellable(sku)):
            priced.faults.append(line_fault(say.UNKNOWN_SKU, number, "sku", code=line.sku))
            continue
        _price_line(priced, number, line, sku, lists)
    priced.sum_up()
    if priced.gross > MAX_MONEY:
        priced.faults.append(say.TOO_LARGE_ORDER("lines"))


def _price_line(priced: Priced, number: int, line: LineRequest, sku: SkuFacts, lists: Sequence[ListFacts]) -> None:
    unit = line.unit or sku.sales_unit
    ratio = sku.units.get(unit)
    wrong = _line_faults(priced.placement, number, line, sku, unit)
    if wrong or ratio is None:
        priced.faults += wrong
        return
    in_base = base_quantity(line.quantity, *ratio)
    if in_base is None:
        priced.faults.append(
            line_fault(
                say.NOT_EXACT,
                number,
                "quantity",
                quantity=line.quantity,
                unit=unit,
                base_unit=sku.base_unit,
                suggested=plain(at_least(sku, unit, line.quantity)),
            )
        )
        return
    if in_base > MAX_QUANTITY:
        largest = f"{MAX_QUANTITY} {sku.base_unit}"
        priced.faults.append(line_fault(say.BAD_QUANTITY, number, "quantity", quantity=line.quantity, most=largest))
        return
    listed = _listed(priced, line, sku, unit, ratio, lists)
    if line.blanket is None:
        price = _deal(priced.placement, line, listed)
    elif not (price := agreed_price(priced, number, line, sku, unit, in_base)):
        return
    if price is None:
        priced.faults.append(line_fault(say.NO_PRICE, number, "sku", code=sku.code, currency=priced.currency))
        return
    amount = round_money(line.quantity * price.price, priced.currency)
    # A list's price for a base unit may be too large for the ordered one.
    if amount > MAX_MONEY or (listed is not None and listed.price > MAX_QUANTITY):
        priced.faults.append(line_fault(say.TOO_LARGE_AMOUNT, number, "quantity"))
        return
    priced.faults += _quantity_rules(priced.placement, number, sku, unit, line.quantity, in_base)
    split = split_tax(amount, sku.tax_rate, tax_inclusive=price.tax_inclusive, currency=priced.currency)
    history = priced.placement.history
    cancelled = history.cancelled[number - 1] if history else ZERO
    priced.skus.append(sku)
    priced.lines.append(
        LineRow(
            priced.id,
            number,
            sku.id,
            sku.code,
            sku.name,
            unit,
            line.quantity,
            in_base,
            price.price,
            price.tax_inclusive,
            msgspec.Raw(price.reason),
            split.net,
            split.tax,
            split.gross,
            sku.tax_rate,
            listed.price if listed else None,
            sku.cost_on(priced.day),
            line.requested_date,
            line.note,
            in_base - cancelled if priced.is_closed_history else None,
            cancelled or None,
            None,
            line.ship_to,
        )
    )


def _listed(
    priced: Priced,
    line: LineRequest,
    sku: SkuFacts,
    unit: str,
    ratio: tuple[int, int],
    lists: Sequence[ListFacts],
) -> Price | None:
    """What the price lists say; history is not measured by today's lists."""
    if priced.placement.history is not None:
        return None
    return find_price(
        lists,
        sku_id=sku.id,
        unit=unit,
        base_unit=sku.base_unit,
        ratio=ratio,
        quantity=line.quantity,
        day=priced.day,
        currency=priced.currency,
    )


def _deal(placement: Placement, line: LineRequest, listed: Price | None) -> Price | None:
    """The price that counts: the caller's own when one is given, else the lists'."""
    if line.rebate_goods and listed is not None:
        return Price(listed.price, listed.tax_inclusive, listed.reason.replace("price_list", "rebate_goods", 1))
    if line.price is None:
        return listed
    if placement.history is not None:
        return Price(line.price, placement.history.tax_inclusive, HISTORY_REASON)
    return Price(line.price, listed.tax_inclusive if listed else True, _MANUAL)


def _line_faults(placement: Placement, number: int, line: LineRequest, sku: SkuFacts, unit: str) -> list[Fault]:
    """What is wrong with a line before it is priced."""
    found = []
    if not sku.active and placement.history is None:
        found.append(line_fault(say.DISCONTINUED, number, "sku", code=sku.code))
    if unit not in sku.units:
        found.append(
            line_fault(say.UNKNOWN_UNIT, number, "unit", code=sku.code, unit=line.unit, units="、".join(sku.units))
        )
    if not _sound(line.quantity, MAX_QUANTITY) or line.quantity <= 0:
        found.append(
            line_fault(
                say.BAD_QUANTITY,
                number,
                "quantity",
                quantity=line.quantity,
                most=MAX_QUANTITY,
                **_nearest(line, sku, unit),
            )
        )
    if line.price is not None:
        if not placement.may_set_prices and placement.history is None:
            found.append(line_fault(say.MAY_NOT_PRICE, number, "price"))
        if not _sound(line.price, MAX_QUANTITY) or line.price < 0:
            found.append(line_fault(say.BAD_PRICE, number, "price", price=line.price, most=MAX_QUANTITY))
    return found


def _nearest(line: LineRequest, sku: SkuFacts, unit: str) -> dict[str, str]:
    """What might be ordered instead of a quantity that is none."""
    if unit not in sku.units or not line.quantity.is_finite() or line.quantity > MAX_QUANTITY:
        return {}
    return {"suggested": plain(at_least(sku, unit, line.quantity))}


def _sound(value: Decimal, most: Decimal) -> bool:
    """A finite number that its column can hold exactly."""
    if not value.is_finite() or value > most:
        return False
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -6


def _quantity_rules(
    placement: Placement, number: int, sku: SkuFacts, unit: str, quantity: Decimal, in_base: Decimal
) -> list[Fault]:
    """Minimum order and multiple, in base units; what was delivered long ago is not measured by them."""
    if placement.history is not None or placement.waives_minimum:
        return []
    broken: list[tuple[Message, dict[str, str]]] = []
    if sku.minimum_quantity is not None and in_base < sku.minimum_quantity:
        broken.append((say.BELOW_MINIMUM, {"minimum": plain(sku.minimum_quantity)}))
    if sku.multiple is not None and in_base % sku.multiple:
        broken.append((say.NOT_A_MULTIPLE, {"multiple": plain(sku.multiple)}))
    if not broken:
        return []
    suggested = plain(at_least(sku, unit, quantity))
    return [
        line_fault(message, number, "quantity", code=sku.code, base_unit=sku.base_unit, suggested=suggested, **bound)
        for message, bound in broken
    ]
