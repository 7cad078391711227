"""Rebates as their readers see them."""

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.kit.refs import Ref
from dinghuo.rebates.tiers import NextTier, Tier


class AgreementMember(msgspec.Struct, frozen=True):
    """Whom an agreement is with."""

    kind: str
    code: str
    name: str


class AgreementGoods(msgspec.Struct, frozen=True):
    """Goods that count, or that are excluded."""

    kind: str
    code: str
    name: str
    excluded: bool


class AgreementView(msgspec.Struct, frozen=True, kw_only=True):
    """An agreement (docs/rebates.md). Customers that may not be seen are not told among its audience; `overlaps` are
    the codes of other active agreements that hold for the same."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    organisation: str
    currency: str
    measure: str
    method: str
    period: str
    steps: list[Tier]
    settle_as: str
    with_branches: bool
    over_last_year: bool
    valid_from: date
    valid_until: date | None
    active: bool
    audience: list[AgreementMember]
    items: list[AgreementGoods]
    overlaps: list[str]
    counted_at: datetime | None
    created_at: datetime
    updated_at: datetime
    revision: int


class AgreementName(msgspec.Struct, frozen=True):
    id: UUID
    code: str
    name: str
    name_en: str | None


class AccrualView(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer has bought in a period of what counts, and what that earns.

    `measured` is what the tiers are held against; `due` is what a settlement would credit (or take back) now.
    `is_over` when the period has ended. `reached` and `next` are tiers; null below the first and beyond the last.
    """

    id: UUID
    agreement: AgreementName
    customer: Ref
    period_from: date
    period_until: date
    is_over: bool
    currency: str
    measure: str
    method: str
    settle_as: str
    steps: list[Tier]
    measured: Decimal
    amount: Decimal
    quantity: Decimal
    earned: Decimal
    settled: Decimal
    due: Decimal
    reached: Tier | None
    next: NextTier | None
    updated_at: datetime


class RebateSale(msgspec.Struct, frozen=True, kw_only=True):
    """What a document brought or took back, and when that was found."""

    id: UUID
    at: datetime
    document_kind: str
    document_id: UUID
    number: str | None
    amount: Decimal
    quantity: Decimal


class RebateBalance(msgspec.Struct, frozen=True, kw_only=True):
    """What a customer was granted: `reserved` is held by open orders, `used` gone for good, `free` may be used."""

    id: UUID
    customer: Ref
    organisation: str
    kind: str
    currency: str
    credited: Decimal
    reserved: Decimal
    used: Decimal
    free: Decimal
    updated_at: datetime


class RebateMovement(msgspec.Struct, frozen=True, kw_only=True):
    """One change of one bucket of a balance, and the document that caused it; `free` is what became free by it."""

    id: UUID
    at: datetime
    bucket: str
    verb: str
    amount: Decimal
    free: Decimal
    document_kind: str
    document_id: UUID
    number: str | None


class SettlementView(msgspec.Struct, frozen=True, kw_only=True):
    """A settlement: what was credited in all, to how many customers' periods."""

    id: UUID
    until: date
    total: Decimal
    lines: int
    note: str | None
    settled_at: datetime
    settled_by: str


class SettledLine(msgspec.Struct, frozen=True, kw_only=True):
    """What one customer's period came to: `amount` brought what was settled from `before` towards `earned`."""

    accrual_id: UUID
    agreement: Ref
    customer: Ref
    currency: str
    settle_as: str
    period_from: date
    period_until: date
    before: Decimal
    earned: Decimal
    amount: Decimal
