"""Stock balances under the lock of the command that changes them."""

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO

Place = tuple[UUID, UUID]
"""One SKU in one warehouse: (sku_id, warehouse_id)."""


class Level(msgspec.Struct, frozen=True, gc=False):
    """What is on hand at a place, what may be promised beyond it, and what is promised."""

    on_hand: Decimal
    allowance: Decimal
    reserved: Decimal
    safety: Decimal = ZERO
    # Of lots that are blocked or expired. It follows the lots (`lots.bar`), and is not written here.
    barred: Decimal = ZERO

    @property
    def free(self) -> Decimal:
        """What can still be promised; below zero when more is promised than can be. What is kept back is not free."""
        uncommitted = self.on_hand + self.allowance - self.reserved
        return min(uncommitted, max(uncommitted - self.safety - self.barred, ZERO))


_OPEN = """
insert into stock (tenant_id, sku_id, warehouse_id)
select $1, p.sku_id, p.warehouse_id from unnest($2::uuid[], $3::uuid[]) as p(sku_id, warehouse_id)
order by p.sku_id, p.warehouse_id
on conflict (tenant_id, sku_id, warehouse_id) do nothing
"""
_LOCK = """
select s.sku_id, s.warehouse_id, s.on_hand, s.allowance, s.reserved, s.safety, s.barred
from unnest($2::uuid[], $3::uuid[]) as p(sku_id, warehouse_id)
join stock s on s.tenant_id = $1 and s.sku_id = p.sku_id and s.warehouse_id = p.warehouse_id
order by s.sku_id, s.warehouse_id for no key update of s
"""
_WRITE = """
update stock s set on_hand = l.on_hand, allowance = l.allowance, reserved = l.reserved, safety = l.safety
from json_to_recordset($2::json)
  as l(sku_id uuid, warehouse_id uuid, on_hand numeric, allowance numeric, reserved numeric,
    safety numeric)
where s.tenant_id = $1 and s.sku_id = l.sku_id and s.warehouse_id = l.warehouse_id
"""


class _Row(msgspec.Struct, frozen=True, gc=False):
    sku_id: UUID
    warehouse_id: UUID
    on_hand: Decimal
    allowance: Decimal
    reserved: Decimal
    safety: Decimal


async def lock_levels(tx: Tx, places: Iterable[Place], *, open_missing: bool) -> dict[Place, Level]:
    """The levels of these places, locked in key order. `open_missing` makes those that are not there, at zero."""
    wanted = list(set(places))
    columns = [sku_id for sku_id, _ in wanted], [warehouse_id for _, warehouse_id in wanted]
    if open_missing:
        await tx.write(_OPEN, *columns)
    rows = await tx.fetch(_LOCK, *columns)
    return {
        (row["sku_id"], row["warehouse_id"]): Level(
            row["on_hand"], row["allowance"], row["reserved"], row["safety"], row["barred"]
        )
        for row in rows
    }


async def write_levels(tx: Tx, before: Mapping[Place, Level], after: Mapping[Place, Level]) -> None:
    """Write the locked levels that have changed."""
    changed = [
        _Row(*place, level.on_hand, level.allowance, level.reserved, level.safety)
        for place, level in after.items()
        if before[place] != level
    ]
    if changed:
        await tx.write_rows(_WRITE, changed)
