"""Orders as the people of the company that placed them see them. Prices are absent for those who see none."""

from datetime import date, datetime
from decimal import Decimal
from typing import Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from dinghuo.approvals.views import DealerApproval
from dinghuo.orders.requests import ShipTo
from dinghuo.orders.views import Amounts, ChargeView

Stage = Literal["pending_approval", "to_ship", "partly_shipped", "shipped", "done", "cancelled", "rejected"]
OrderAction = Literal["cancel", "amend", "pay", "attach", "reorder"]


class DealerOrder(msgspec.Struct, frozen=True, kw_only=True):
    """An order in a list. `stage` says in one word how far it is; `pictures` are of its first goods."""

    id: UUID
    number: str
    state: str
    stage: Stage
    placed_at: datetime
    placed_by: str | None
    customer_reference: str | None
    requested_date: date | None
    line_count: int
    currency: str
    on_hold: bool
    pictures: list[str]
    actions: list[OrderAction]
    amounts: Amounts | UnsetType = UNSET


class DealerProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a line is, in base units; `waiting` is not there yet."""

    ordered: Decimal
    released: Decimal
    shipped: Decimal
    returned: Decimal
    cancelled: Decimal
    waiting: Decimal


class DealerOrderLine(msgspec.Struct, frozen=True, kw_only=True):
    """One line as it was agreed, and what became of it."""

    line_no: int
    sku: str
    sku_id: UUID
    product_id: UUID
    name: str
    name_en: str | None
    image: str | None
    unit: str
    quantity: Decimal
    base_unit: str
    note: str | None
    requested_date: date | None
    promised_date: date | None
    # Where it goes, when that is not where the order does.
    ship_to: ShipTo | None
    progress: DealerProgress
    # `gift` was given by a promotion for other lines, and costs nothing.
    kind: str
    promotion: str | None
    given_by: list[int] | None
    # The promotions that were granted on it, by name.
    promotions: list[str] = []
    discount: Decimal | UnsetType = UNSET
    price: Decimal | UnsetType = UNSET
    list_price: Decimal | UnsetType | None = UNSET
    tax_rate: Decimal | UnsetType | None = UNSET
    tax_inclusive: bool | UnsetType = UNSET
    price_kind: str | UnsetType = UNSET
    amounts: Amounts | UnsetType = UNSET


class OrderConsent(msgspec.Struct, frozen=True, kw_only=True):
    """Who of the company asked for the order, and who consented to it; what each said."""

    state: str
    message: str | None
    asked_at: datetime
    asked_by: str
    decided_at: datetime | None
    decided_by: str | None
    answer: str | None


class OrderStep(msgspec.Struct, frozen=True, kw_only=True):
    """Who did what, when. The seller's people have no names here."""

    at: datetime
    action: str
    side: Literal["own", "seller"]
    by: str | None
    channel: str
    reason: str | None


class DealerOrderDetail(DealerOrder, frozen=True, kw_only=True):
    """An order with everything that its company may know of it. `refused_actions` says why something may not be."""

    goods: Amounts | UnsetType = UNSET
    # What rebates pay of it.
    rebate: Decimal | UnsetType = UNSET
    charges: list[ChargeView]
    earliest_date: date | None
    revision: int
    ship_to: ShipTo | None
    note: str | None
    # What the company wants when not all of it is there.
    partial_delivery: str
    substitution: str
    lines: list[DealerOrderLine]
    timeline: list[OrderStep]
    # While the seller has still to approve it.
    approval: DealerApproval | None
    # What a colleague said to it before it was placed.
    consent: OrderConsent | None
    refused_actions: dict[str, str]
