"""The entries of what is on hand: written once, never changed."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from dinghuo.inventory.lots.book import move_lots
from dinghuo.inventory.move import Move
from dinghuo.kit.database import Tx

__all__ = ["Move", "write_moves"]

_WRITE = """
insert into stock_move (tenant_id, id, at, kind, sku_id, warehouse_id, quantity, document_kind, document_id, line_no,
  unit_cost, reason, note, actor_id)
select $1, id, at, kind, sku_id, warehouse_id, quantity, document_kind, document_id, line_no, unit_cost, reason, note,
  actor_id
from json_to_recordset($2::json) as m(id uuid, at timestamptz, kind text, sku_id uuid, warehouse_id uuid,
  quantity numeric, document_kind text, document_id uuid, line_no int, unit_cost numeric, reason text, note text,
  actor_id uuid)
"""


async def write_moves(
    tx: Tx,
    moves: Sequence[Move],
    *,
    lots: Mapping[UUID, UUID] | None = None,
    days: Mapping[UUID, int] | None = None,
) -> None:
    """Write those of these moves that move something; their balances are moved and locked already.

    `lots` says by move which lot it is of, `days` by document for how long its goods must be good (`move_lots`).
    """
    moving = [move for move in moves if move.quantity]
    if moving:
        await tx.write_rows(_WRITE, moving)
        await move_lots(tx, moving, named=lots, days=days)
