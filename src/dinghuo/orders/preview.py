"""What an order would be if it were placed now: every line priced and explained, stock and credit looked at.

Nothing is locked and nothing is written; the same functions decide as when it is placed.
"""

from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.accounts.reserve import find_credit
from dinghuo.catalogue.facts import SkuFacts
from dinghuo.catalogue.unit_names import unit_names, with_unit_names
from dinghuo.inventory.reserve import read_stock
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import FaultView, Language, Refused, fault_view
from dinghuo.kit.money import ZERO
from dinghuo.orders.decide import LineRow, Priced, admit, holder_of
from dinghuo.orders.prepare import price_orders, start_orders
from dinghuo.orders.requests import Placement
from dinghuo.orders.views import Amounts


class PreviewLine(msgspec.Struct, frozen=True, kw_only=True):
    """A line that could be priced. `available` is what could be promised, in base units; null is not limited.

    Price, amounts and reason are null for those who see no prices.
    """

    line_no: int
    sku: str
    name: str
    unit: str
    quantity: Decimal
    base_quantity: Decimal
    base_unit: str
    list_price: Decimal | None
    deal_price: Decimal | None
    tax_inclusive: bool
    amounts: Amounts | None
    reason: dict[str, Any] | None
    available: Decimal | None
    supply_policy: str


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """The order as it would be. `faults` is everything that stands in its way; without any it could be placed.

    `credit_left` is what remains before this order; null is unlimited. It and the amounts are told to those who see
    prices.
    """

    customer: str
    currency: str
    amounts: Amounts | None
    lines: list[PreviewLine]
    faults: list[FaultView]
    credit_left: Decimal | None


class Look(msgspec.Struct, frozen=True):
    """An order as it would be. `available` is what could be promised of each SKU before it, in base units.

    `limit` and `exposure` are the account's before it; without a limit there is none.
    """

    priced: Priced
    available: dict[UUID, Decimal]
    limit: Decimal | None
    exposure: Decimal

    @property
    def room(self) -> Decimal | None:
        return None if self.limit is None else self.limit - self.exposure


async def look(tx: Tx, placement: Placement) -> Look:
    """Price one order and hold it against stock and credit, without a lock; refused only when it is not known whose
    it is."""
    (started,) = await start_orders(tx, [placement])
    if not isinstance(started, Priced):
        raise Refused(started)
    await price_orders(tx, [started])
    stock = await read_stock(tx, (sku.id for sku in started.skus if sku.supply_policy != "untracked"))
    available = {sku.id: max(stock.available(sku.id), ZERO) for sku in started.skus}
    credit = (await find_credit(tx, [holder_of(started)]))[holder_of(started)]
    found = Look(started, available, credit.limit, credit.exposure)
    admit(started, stock, credit)
    return found


async def preview(tx: Tx, *, placement: Placement, language: Language) -> Preview:
    """Look at one order; refused only when it is not known whose it is."""
    looked = await look(tx, placement)
    units = await unit_names(tx)
    started, told = looked.priced, placement.sees_price
    lines = [
        _line(row, sku, looked.available, told=told) for row, sku in zip(started.lines, started.skus, strict=True)
    ]
    return Preview(
        customer=started.customer.code,
        currency=started.currency,
        amounts=Amounts(started.net, started.tax, started.gross) if told else None,
        lines=lines,
        faults=[fault_view(with_unit_names(fault, units), language) for fault in started.faults],
        credit_left=looked.room if told else None,
    )


def _line(row: LineRow, sku: SkuFacts, available: dict[UUID, Decimal], *, told: bool) -> PreviewLine:
    return PreviewLine(
        line_no=row.line_no,
        sku=row.sku_code,
        name=row.sku_name,
        unit=row.unit,
        quantity=row.quantity,
        base_quantity=row.base_quantity,
        base_unit=sku.base_unit,
        list_price=row.list_price if told else None,
        deal_price=row.deal_price if told else None,
        tax_inclusive=row.tax_inclusive,
        amounts=Amounts(row.net, row.tax, row.gross) if told else None,
        reason=msgspec.json.decode(row.price_reason) if told else None,
        available=None if sku.supply_policy == "untracked" else available[sku.id],
        supply_policy=sku.supply_policy,
    )
