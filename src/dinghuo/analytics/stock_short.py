"""Goods that somebody waits for, or that nothing is left of."""

from decimal import Decimal

import msgspec

from dinghuo.kit.database import Tx

_MOST = 10


class ShortOf(msgspec.Struct, frozen=True, kw_only=True):
    """One SKU in one warehouse, in base units. `waiting` is promised and not there yet."""

    sku: str
    name: str
    name_en: str | None
    warehouse: str
    available: Decimal
    waiting: Decimal


class StockShort(msgspec.Struct, frozen=True):
    """Those that most is waited for first."""

    count: int
    items: list[ShortOf]


_SHORT = """
with waiting as (
  select r.sku_id, r.warehouse_id, sum(r.backordered) as quantity from reservation r
  where r.tenant_id = $1 and r.backordered > 0 group by r.sku_id, r.warehouse_id
)
select s.code as sku, s.name, s.name_en, w.code as warehouse,
  b.on_hand + b.allowance - b.reserved - b.safety - b.barred as available,
  coalesce(n.quantity, 0) as waiting, count(*) over () as count
from stock b
join sku s on s.tenant_id = $1 and s.id = b.sku_id and s.state = 'active'
join warehouse w on w.tenant_id = $1 and w.id = b.warehouse_id and w.state = 'active'
left join waiting n on n.sku_id = b.sku_id and n.warehouse_id = b.warehouse_id
where b.tenant_id = $1 and (n.quantity > 0 or b.on_hand + b.allowance - b.safety - b.barred <= b.reserved)
order by waiting desc, s.code, w.code limit $2
"""


async def stock_short(tx: Tx) -> StockShort:
    rows = await tx.fetch(_SHORT, _MOST)
    items = [
        ShortOf(
            sku=row["sku"],
            name=row["name"],
            name_en=row["name_en"],
            warehouse=row["warehouse"],
            available=row["available"],
            waiting=row["waiting"],
        )
        for row in rows
    ]
    return StockShort(rows[0]["count"] if rows else 0, items)
