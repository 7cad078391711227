"""Goods as a dealer sees them. Every price is absent, not null, for those who see none."""

from datetime import datetime
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, UnsetType

from dinghuo.catalogue.attachments import AttachmentView
from dinghuo.catalogue.queries import MediaView
from dinghuo.kit.refs import Ref
from dinghuo.portal.prices import UnitPrice
from dinghuo.portal.promoted import PromotionOffer
from dinghuo.portal.rhythm import Beat

Level = Literal["in_stock", "low", "none", "to_order", "always"]


class UnitView(msgspec.Struct, frozen=True, kw_only=True):
    """What a unit is called."""

    unit: str
    name: str
    name_en: str | None


class UnitOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A unit to order by: `ratio` base units each; at least `minimum`, and from there by `step`."""

    unit: str
    name: str
    name_en: str | None
    ratio: Decimal
    is_base: bool
    barcode: str | None
    minimum: Decimal
    step: Decimal


class UnitChoice(UnitOffer, frozen=True, kw_only=True):
    """A unit with the dealer's price; null when it cannot be ordered by this unit."""

    price: UnitPrice | UnsetType | None = UNSET


class Availability(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`none` cannot be ordered now, `to_order` can without being there, `always` is not counted.

    `quantity` (in base units) is absent where the seller tells words only, or it bounds nothing.
    """

    state: Level
    unit: str
    quantity: Decimal | UnsetType = UNSET


class LastBought(msgspec.Struct, frozen=True, kw_only=True):
    """The last time the dealer ordered it."""

    at: datetime
    quantity: Decimal
    unit: str
    order_id: UUID


class SkuCard(msgspec.Struct, frozen=True, kw_only=True):
    """What is ordered. `image` is to be had at /files/{image}; units run from the smallest."""

    id: UUID
    product_id: UUID
    code: str
    name: str
    name_en: str | None
    specification: str | None
    image: str | None
    base_unit: str
    default_unit: str
    units: list[UnitChoice]
    availability: Availability
    last_bought: LastBought | None
    # Those that may be granted on it; none for those who see no prices.
    promotions: list[PromotionOffer]


class Card(msgspec.Struct, frozen=True, kw_only=True):
    """A product with what can be ordered of it."""

    id: UUID
    code: str
    name: str
    name_en: str | None
    image: str | None
    is_new: bool
    category: Ref | None
    brand: Ref | None
    skus: list[SkuCard]


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """A line of an earlier order of this dealer."""

    order_id: UUID
    number: str
    at: datetime
    sku: str
    sku_name: str
    quantity: Decimal
    unit: str
    price: Decimal | UnsetType = UNSET


class ProductPage(Card, frozen=True, kw_only=True):
    """A product with everything about it, and what this dealer bought of it before, the newest first."""

    description: str | None
    images: list[MediaView]
    attributes: dict[str, Any]
    attachments: list[AttachmentView]
    purchases: list[Purchase]


class UsualLine(msgspec.Struct, frozen=True, kw_only=True):
    """What the dealer usually orders, and how much of it: the unit and quantity of most of the last orders.

    `suggested` is how much they want by now, by their own rhythm (docs/portal.md); zero: none yet, or no longer.
    `every_days` null: too little was bought to tell.
    """

    product_id: UUID
    sku: SkuCard
    unit: str
    quantity: Decimal
    times: int
    last_at: datetime
    rhythm: Beat
    every_days: Decimal | None
    days_since: int
    suggested: Decimal
