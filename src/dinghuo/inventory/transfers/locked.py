"""A transfer and its lines, locked for whoever moves it on."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.inventory.tables import transfer
from dinghuo.kit.database import Tx
from dinghuo.kit.missing import missing


class Sent(msgspec.Struct, frozen=True, gc=False):
    """A line of a transfer, in base units."""

    line_no: int
    sku_id: UUID
    sku: str
    quantity: Decimal


_LINES = """
select l.line_no, l.sku_id, s.code as sku, l.base_quantity as quantity
from transfer_line l join sku s on s.tenant_id = $1 and s.id = l.sku_id
where l.tenant_id = $1 and l.transfer_id = $2 order by l.line_no
"""


async def lock_transfer(tx: Tx, transfer_id: UUID) -> Any:
    """The transfer's row; refused as missing when it is not there."""
    t = transfer.c
    row = await tx.one(
        select(transfer).where(t.tenant_id == tx.tenant_id, t.id == transfer_id).with_for_update(key_share=True)
    )
    if row is None:
        raise missing("transfer", transfer_id)
    return row


async def lines_of(tx: Tx, transfer_id: UUID) -> Sequence[Sent]:
    return [Sent(**dict(row)) for row in await tx.fetch(_LINES, transfer_id)]
