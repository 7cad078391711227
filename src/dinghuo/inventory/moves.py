"""The entries of what is on hand: written once, never changed."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.kit.database import Tx


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


_WRITE = """
insert into stock_move (tenant_id, id, at, kind, sku_id, warehouse_id, quantity, document_kind, document_id, line_no,
  unit_cost, reason, note, actor_id)
select $1, id, at, kind, sku_id, warehouse_id, quantity, document_kind, document_id, line_no, unit_cost, reason, note,
  actor_id
from json_to_recordset($2::json) as m(id uuid, at timestamptz, kind text, sku_id uuid, warehouse_id uuid,
  quantity numeric, document_kind text, document_id uuid, line_no int, unit_cost numeric, reason text, note text,
  actor_id uuid)
"""


async def write_moves(tx: Tx, moves: Sequence[Move]) -> None:
    """Write those of these moves that move something."""
    moving = [move for move in moves if move.quantity]
    if moving:
        await tx.write_rows(_WRITE, moving)
