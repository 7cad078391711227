"""News of stock."""

from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.kit.outbox import Event


class Changed(Event, frozen=True, tag="inventory.changed"):
    """What is on hand, or may be promised beyond it, is another quantity. `skus` None: too many to name."""

    skus: list[UUID] | None


class SupplyChanged(Event, frozen=True, tag="inventory.supply_changed"):
    """Of these SKUs something else is expected than before."""

    skus: list[UUID]


class ShiftedLine(msgspec.Struct, frozen=True):
    """How much of a document's line changed between held and waiting, in base units."""

    line_no: int
    sku_id: UUID
    warehouse_id: UUID
    quantity: Decimal


class Backordered(Event, frozen=True, tag="inventory.backordered"):
    """Goods that were promised to a document are not there after all; it waits for them."""

    lines: list[ShiftedLine]


class Filled(Event, frozen=True, tag="inventory.filled"):
    """Goods that a document waited for are there now and held for it."""

    lines: list[ShiftedLine]


class PrioritiesChanged(Event, frozen=True, tag="inventory.priorities_changed"):
    """Some customers are served sooner or later than before: what they have ordered is ranked anew."""
