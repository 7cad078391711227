"""Orders as their readers see them. Prices, costs and margins are left out for those without the right to them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from msgspec import UnsetType

from dinghuo.approvals.views import ApprovalProgress
from dinghuo.kit.actions import Action
from dinghuo.orders.requests import ShipTo


class CustomerName(msgspec.Struct, frozen=True):
    """Who ordered: the customer's code, and its name when the order was placed; in English the present one."""

    id: UUID
    code: str
    name: str
    name_en: str | None = None


class Amounts(msgspec.Struct, frozen=True):
    """Net + tax = gross (价税合计)."""

    net: Decimal
    tax: Decimal
    gross: Decimal


class OrderSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An order in a list. `amounts` is null for those who see no prices.

    `placed_by` is a person's or key's name, `owner` that of the sales person who answers for the customer;
    `problems` are `on_hold` and `waiting` (for goods).
    """

    id: UUID
    number: str
    state: str
    customer: CustomerName
    currency: str
    amounts: Amounts | None
    line_count: int
    channel: str
    customer_reference: str | None
    requested_date: date | None
    holds: list[str]
    is_history: bool
    placed_at: datetime
    revision: int
    placed_by: str | None
    owner: str | None
    problems: list[str]


class Deal(msgspec.Struct, frozen=True, kw_only=True):
    """What a line costs, per its unit, and why: `reason` names the list that won, those passed over, and what became
    of each promotion. `discount` is what promotions took off, tax-inclusive; of a gift what it would have cost."""

    list_price: Decimal | None
    deal_price: Decimal
    tax_inclusive: bool
    tax_rate: Decimal | None
    amounts: Amounts
    reason: dict[str, Any] | None
    discount: Decimal


class Held(msgspec.Struct, frozen=True):
    """What a line holds in one warehouse, in base units; `why` there, where there are rules (inventory.sourcing)."""

    warehouse: str
    held: Decimal
    backordered: Decimal
    consumed: Decimal
    released: Decimal
    why: str | None = None


class Progress(msgspec.Struct, frozen=True):
    """How far a line is, in base units."""

    ordered: Decimal
    released: Decimal
    shipped: Decimal
    returned: Decimal
    cancelled: Decimal


class OrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line as it was agreed, and what became of it. `margin` is net minus cost, for those who may see it."""

    line_no: int
    sku_id: UUID
    sku: str
    name: str
    name_en: str | None
    unit: str
    quantity: Decimal
    deal: Deal | None
    unit_cost: Decimal | None
    margin: Decimal | None
    requested_date: date | None
    promised_date: date | None
    note: str | None
    # Where it goes, when that is not where the order does.
    ship_to: ShipTo | None
    progress: Progress
    stock: list[Held]
    # `gift` is given by a promotion for other lines, and costs nothing.
    kind: str
    promotion: str | None
    given_by: list[int] | None
    # What could still be promised of the SKU now, in base units; null where it is not asked for.
    available: Decimal | None = None


class Happening(msgspec.Struct, frozen=True, kw_only=True):
    """One entry of an order's history: who did what, when, through which channel, and what it changed."""

    at: datetime
    action: str
    by: str
    by_kind: str
    channel: str
    changes: dict[str, Any] | None


class ChargeView(msgspec.Struct, frozen=True, kw_only=True):
    """A charge of an order; its amounts are null for staff who see no prices, absent for dealers who see none. `said`
    is why it is what it is, `said_en` the same in English."""

    kind: str
    rule: str
    name: str
    name_en: str | None
    net: Decimal | UnsetType | None
    tax: Decimal | UnsetType | None
    gross: Decimal | UnsetType | None
    tax_rate: Decimal | UnsetType | None
    said: str | None
    said_en: str | None


class Goods(msgspec.Struct, frozen=True):
    """What an order's lines come to, and its charges."""

    amounts: Amounts | None
    charges: list[ChargeView]


class Origin(msgspec.Struct, frozen=True):
    """What an order was made from; `name` is its number or what people call it."""

    kind: str
    id: UUID
    name: str | None


class OrderDetail(OrderSummary, frozen=True, kw_only=True):
    """An order with everything that is known of it. Its amounts are those of `goods` and `charges` together."""

    goods: Amounts | None
    charges: list[ChargeView]
    origin: Origin | None
    earliest_date: date | None
    organisation: str
    ship_to: dict[str, Any] | None
    note: str | None
    # What the customer wants when not all of it is there.
    partial_delivery: str
    substitution: str
    lines: list[OrderLine]
    # What rebates pay of it; null to those who see no prices.
    rebate: Decimal | None
    history: list[Happening]
    # How far the approval is that it waits for, or waited.
    approval: ApprovalProgress | None


class CreditNow(msgspec.Struct, frozen=True):
    """The customer's account as it stands; null is unlimited."""

    account_id: UUID
    currency: str
    credit_limit: Decimal | None
    exposure: Decimal
    room: Decimal | None


class OrderPage(OrderDetail, frozen=True, kw_only=True):
    """All that an order desk needs of one order. `credit` is null for those who may not see credit."""

    credit: CreditNow | None
    comments: int
    actions: list[Action]
