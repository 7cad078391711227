"""A promotion as people write it, by codes."""

from datetime import datetime
from decimal import Decimal
from typing import Literal

import msgspec
from msgspec import UNSET, UnsetType

from dinghuo.pricing.promotion_facts import Measure, PromotionKind, Step


class AudienceMember(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Whom a promotion is for; a region means all below it too, a customer its branches."""

    kind: Literal["customer", "tier", "region", "channel"]
    code: str


class PromotionItem(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Goods that a promotion holds for; a category means all below it too.

    A special price names SKUs with their `price` per `unit`, a bundle SKUs with the `quantity` in `unit` that belongs
    to one set; the sales unit when none is named.
    """

    kind: Literal["sku", "product", "category", "brand"]
    code: str
    unit: str | None = None
    quantity: Decimal | None = None
    price: Decimal | None = None


class GiftInput(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is given, by which unit: the sales unit when none is named."""

    sku: str
    unit: str | None = None


class PromotionFields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a promotion says of itself; what is left out stays as it is. Amounts are tax-inclusive.

    `steps` say what is granted from which `measure` on, rising. Without `audience` it is for everyone, without
    `items` for all goods; both, when given, are all there are. It ends at the moment `valid_until`.
    """

    name: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    kind: PromotionKind | UnsetType = UNSET
    currency: str | UnsetType = UNSET
    valid_from: datetime | UnsetType = UNSET
    valid_until: datetime | UnsetType | None = UNSET
    audience: list[AudienceMember] | UnsetType = UNSET
    items: list[PromotionItem] | UnsetType = UNSET
    measure: Measure | UnsetType | None = UNSET
    steps: list[Step] | UnsetType = UNSET
    repeats: bool | UnsetType = UNSET
    bundle_price: Decimal | UnsetType | None = UNSET
    gift: GiftInput | UnsetType | None = UNSET
    priority: int | UnsetType = UNSET
    exclusion_group: str | UnsetType | None = UNSET
    stackable: bool | UnsetType = UNSET
    first_order_only: bool | UnsetType = UNSET
    coupon_required: bool | UnsetType = UNSET
    budget: Decimal | UnsetType | None = UNSET
    customer_budget: Decimal | UnsetType | None = UNSET
    uses: int | UnsetType | None = UNSET
    customer_uses: int | UnsetType | None = UNSET


class PromotionInput(PromotionFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A promotion by its code. A new one needs `name`, `kind` and `valid_from`."""

    code: str
