"""One entry of what is on hand."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec


class Move(msgspec.Struct, frozen=True, gc=False):
    """What was added to what is on hand at a place, in base units, and why. `unit_cost` is per base unit."""

    id: UUID
    at: datetime
    kind: str
    sku_id: UUID
    warehouse_id: UUID
    quantity: Decimal
    document_kind: str | None = None
    document_id: UUID | None = None
    line_no: int | None = None
    unit_cost: Decimal | None = None
    reason: str | None = None
    note: str | None = None
    actor_id: UUID | None = None
