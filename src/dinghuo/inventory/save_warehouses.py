"""Create and change warehouses by their codes, many at once, all or nothing."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, Literal

import msgspec
from msgspec import UNSET, UnsetType

from dinghuo.inventory.sourcing_rules import check_spot
from dinghuo.inventory.tables import warehouse
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import (
    MISSING,
    UNKNOWN_CODE,
    Planned,
    Saved,
    check_codes,
    given,
    plan,
    resolve,
    saved,
    store,
)
from dinghuo.kit.cache import touch
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.texts import check_texts
from dinghuo.parties.tables import region

STILL_PROMISED = Message(
    "warehouse-promised",
    "仓库 {code} 仍有 {count} 个单品被预占或缺货待发，不能关闭",
    "{count} SKUs are still promised or waited for in warehouse {code}: it cannot be closed",
    CONFLICT,
)
BAD_PRIORITY = Message(
    "warehouse-priority", "优先级应在 0 到 {most} 之间", "The priority must be between 0 and {most}", MALFORMED
)
_LEAST_PREFERRED = 9999
_FIELDS = ("name", "name_en", "priority", "latitude", "longitude", "state")
_DEFAULTS: dict[str, Any] = {
    "name": None,
    "name_en": None,
    "priority": 100,
    "latitude": None,
    "longitude": None,
    "state": "active",
    "region_id": None,
}

_PROMISED = """
select s.warehouse_id, count(*) as skus from stock s
where s.tenant_id = $1 and s.warehouse_id = any($2::uuid[]) and (s.reserved > 0 or exists (
  select from reservation r
  where r.tenant_id = $1 and r.sku_id = s.sku_id and r.warehouse_id = s.warehouse_id and r.backordered > 0))
group by s.warehouse_id
"""


class WarehouseFields(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What can be said of a warehouse; what is left out stays. The lowest `priority` is promised from first."""

    name: str | UnsetType = UNSET
    name_en: str | UnsetType | None = UNSET
    region: str | UnsetType | None = UNSET
    priority: int | UnsetType = UNSET
    latitude: Decimal | UnsetType | None = UNSET
    longitude: Decimal | UnsetType | None = UNSET
    state: Literal["active", "closed"] | UnsetType = UNSET


class WarehouseInput(WarehouseFields, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One to create or update."""

    code: str


async def save_warehouses(tx: Tx, *, warehouses: Sequence[WarehouseInput], by: Actor, path: str = "items") -> Saved:
    """Create the warehouses whose codes are new; change the others. One whose goods are promised stays open."""
    faults = Faults(path)
    check_codes(faults, [item.code for item in warehouses])
    for line, item in enumerate(warehouses):
        check_texts(faults, line, item, {"name": 200, "name_en": 200})
    faults.check()
    codes = [item.region for item in warehouses if item.region]
    regions = (await resolve(tx, {"region": (region, "code", codes)}))["region"]
    planned = await plan(
        tx,
        warehouse,
        [
            (
                i,
                item.code,
                given(item, _FIELDS) | {f"{k}_id": regions.get(v or "") for k, v in given(item, ("region",)).items()},
            )
            for i, item in enumerate(warehouses)
        ],
        _DEFAULTS,
    )
    for row in planned:
        wanted = warehouses[row.line].region
        if row.new["name"] is None:
            faults.add(row.line, "name", MISSING)
        if wanted and wanted not in regions:
            faults.add(row.line, "region", UNKNOWN_CODE, code=wanted)
        if not 0 <= row.new["priority"] <= _LEAST_PREFERRED:
            faults.add(row.line, "priority", BAD_PRIORITY, most=_LEAST_PREFERRED)
        check_spot(faults, row.line, row.new["latitude"], row.new["longitude"])
    await _check_closing(tx, faults, planned)
    faults.check()
    if await store(tx, warehouse, planned, by=by):
        await touch(tx, "inventory")
    return saved(planned)


async def _check_closing(tx: Tx, faults: Faults, planned: Sequence[Planned]) -> None:
    closing = {row.id: row for row in planned if row.old and row.new["state"] == "closed" != row.old["state"]}
    if not closing:
        return
    for found in await tx.fetch(_PROMISED, list(closing)):
        row = closing[found["warehouse_id"]]
        faults.add(row.line, "state", STILL_PROMISED, code=row.code, count=found["skus"])
