"""Let go of everything that documents hold: their reservations and what waits for stock."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.inventory.reserve import move_reserved
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO

_LOCK = """
select r.sku_id, r.warehouse_id, r.held from reservation r
where r.tenant_id = $1 and r.document_id = any($2::uuid[])
order by r.document_id, r.line_no, r.warehouse_id for no key update
"""
_LOCK_STOCK = """
select s.sku_id from stock s
where s.tenant_id = $1 and s.sku_id = any($2::uuid[]) and s.warehouse_id = any($3::uuid[])
order by s.sku_id, s.warehouse_id for no key update
"""
_RELEASE = """
update reservation r set released = r.released + r.held + r.backordered, held = 0, backordered = 0
where r.tenant_id = $1 and r.document_id = any($2::uuid[])
"""


class Holdings(msgspec.Struct, frozen=True):
    """What documents hold, their reservations locked: by (SKU, warehouse), in base units."""

    document_ids: list[UUID]
    held: dict[tuple[UUID, UUID], Decimal]


async def lock_holdings(tx: Tx, document_ids: Sequence[UUID]) -> Holdings:
    """Lock the documents' reservations. Accounts, if any, are locked between this and `release_holdings`."""
    ids = list(document_ids)
    held: dict[tuple[UUID, UUID], Decimal] = {}
    for row in await tx.fetch(_LOCK, ids):
        if row["held"]:
            key = (row["sku_id"], row["warehouse_id"])
            held[key] = held.get(key, ZERO) + row["held"]
    return Holdings(ids, held)


async def release_holdings(tx: Tx, holdings: Holdings) -> None:
    """Release all that the documents still hold or wait for; what was consumed stays consumed."""
    await tx.write(_RELEASE, holdings.document_ids)
    if holdings.held:
        await tx.fetch(
            _LOCK_STOCK,
            list({sku_id for sku_id, _ in holdings.held}),
            list({warehouse_id for _, warehouse_id in holdings.held}),
        )
        await move_reserved(tx, {key: -quantity for key, quantity in holdings.held.items()})
