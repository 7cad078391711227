"""Take prices out of price lists, many at once."""

from collections.abc import Sequence
from typing import Any

from dinghuo.identity.principals import Principal
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Message
from dinghuo.kit.faults import Faults
from dinghuo.pricing.save_entries import EntryKey, Key, locate, remember_changes

NO_ENTRY = Message(
    "price-entry-unknown",
    "价目表 {list} 中没有 {sku}（{unit}，{quantity} 起）的价格",
    "{list} has no price of {sku} by {unit} from {quantity}",
    CONFLICT,
)

_DELETE = """
delete from price_entry e
using unnest($2::uuid[], $3::uuid[], $4::text[], $5::numeric[]) as g(list_id, sku_id, unit, minimum_quantity)
where e.tenant_id = $1 and e.list_id = g.list_id and e.sku_id = g.sku_id and e.unit = g.unit
  and e.minimum_quantity = g.minimum_quantity
returning e.list_id, e.sku_id, e.unit, e.minimum_quantity, e.price as old, null::numeric as price
"""


async def delete_entries(tx: Tx, *, keys: Sequence[EntryKey], by: Actor, seen_by: Principal | None = None) -> int:
    """Delete these prices, all or none. Returns how many."""
    faults = Faults()
    located = await locate(tx, keys, faults, seen_by=seen_by)
    rows = await delete_located(tx, located.keys)
    gone = {(row["list_id"], row["sku_id"], row["unit"], row["minimum_quantity"]) for row in rows}
    for line, (key, place) in enumerate(zip(keys, located.keys, strict=True)):
        if place not in gone:
            quantity = f"{place[3].normalize():f}"
            faults.add(line, "sku", NO_ENTRY, list=key.list, sku=key.sku, unit=place[2], quantity=quantity)
    faults.check()
    await remember_changes(tx, rows, located, by)
    return len(rows)


async def delete_located(tx: Tx, keys: Sequence[Key]) -> Sequence[Any]:
    """Delete these prices; the rows of those that were there, as `remember_changes` takes them."""
    return await tx.fetch(_DELETE, *map(list, zip(*keys, strict=True))) if keys else []
