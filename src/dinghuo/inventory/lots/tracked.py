"""Of which SKUs lots are kept, and how long what a customer gets must be good: remembered in process."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.inventory.lots.pick import NEVER
from dinghuo.kit.bulk import MISSING
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message
from dinghuo.kit.faults import Faults
from dinghuo.kit.texts import CODE_FORM, is_code, text_faults

_TRACKED = "select sku_id, shelf_life_days from lot_tracking where tenant_id = $1"
_LIVES = "select kind, target_id, days from minimum_life where tenant_id = $1"


async def load_tracked(tx: Tx) -> Mapping[UUID, int | None]:
    """The SKUs whose lots are kept, with their shelf life in days; empty where there are none."""
    memory = await tx.cached("inventory")
    known: Mapping[UUID, int | None] | None = memory.get("lot_tracking")
    if known is None:
        known = {row["sku_id"]: row["shelf_life_days"] for row in await tx.fetch(_TRACKED)}
        memory["lot_tracking"] = known
    return known


class Lives(msgspec.Struct, frozen=True):
    """For how many days goods must still be good; a customer's own goes before its tier's."""

    customers: Mapping[UUID, int]
    tiers: Mapping[UUID, int]

    def of(self, customer_id: UUID, tier_id: UUID | None) -> int:
        own = self.customers.get(customer_id)
        return own if own is not None else self.tiers.get(tier_id, 0) if tier_id else 0


async def load_lives(tx: Tx) -> Lives:
    memory = await tx.cached("inventory")
    known: Lives | None = memory.get("lives")
    if known is None:
        rows = await tx.fetch(_LIVES)
        of = {kind: {r["target_id"]: r["days"] for r in rows if r["kind"] == kind} for kind in ("customer", "tier")}
        known = memory["lives"] = Lives(of["customer"], of["tier"])
    return known


LOT_NEEDED = Message("lot-needed", "{sku} 按批次管理，须填写批次", "Lots are kept of {sku}: name the lot", MALFORMED)
NOT_KEPT = Message("lot-not-kept", "{sku} 不按批次管理", "No lots are kept of {sku}", MALFORMED)
BAD_DAYS = Message("lot-days", "到期日不能早于生产日期", "It cannot expire before it is made", MALFORMED)
OTHER_DAYS = Message(
    "lot-other-days",
    "批次 {number} 的日期与已有的不同（生产 {made_on}，到期 {expires_on}）",
    "Lot {number} is there with other days (made {made_on}, expires {expires_on})",
    CONFLICT,
)


class LotInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The lot that goods are of. Without `expires_on` it expires by the SKU's shelf life, or never."""

    number: str
    made_on: date | None = None
    expires_on: date | None = None
    supplier_lot: str | None = None


class LotRow(msgspec.Struct, frozen=True, gc=False):
    id: UUID
    sku_id: UUID
    number: str
    made_on: date | None
    expires_on: date
    supplier_lot: str | None


def lot_faults(faults: Faults, line: int, place: str, lot: LotInput) -> None:
    """What is wrong with a lot before it is known whether it is there."""
    if not lot.number:
        faults.add(line, f"{place}.number", MISSING)
    elif not is_code(lot.number):
        faults.add(line, f"{place}.number", CODE_FORM)
    for fault in text_faults("supplier_lot", lot.supplier_lot, 200):
        faults.add(line, f"{place}.supplier_lot", fault.message, **fault.params)
    if lot.made_on and lot.expires_on and lot.expires_on < lot.made_on:
        faults.add(line, f"{place}.expires_on", BAD_DAYS)


def expiry_of(lot: LotInput, shelf_life: int | None) -> date:
    """When it expires: as said, or by the shelf life of its SKU."""
    if lot.expires_on is not None:
        return lot.expires_on
    if lot.made_on is None or shelf_life is None:
        return NEVER
    return min(lot.made_on + timedelta(days=shelf_life), NEVER)


_LOTS = """
select l.id, l.sku_id, l.number, l.made_on, l.expires_on, l.state from lot l
join unnest($2::uuid[], $3::text[]) as w(sku_id, number) on w.sku_id = l.sku_id and w.number = l.number
where l.tenant_id = $1
"""


class KnownLot(msgspec.Struct, frozen=True):
    id: UUID
    made_on: date | None
    expires_on: date


LotKey = tuple[UUID, str]
"""(sku_id, number)"""


async def find_lots(tx: Tx, wanted: Iterable[LotKey]) -> dict[LotKey, KnownLot]:
    """The lots that there are of these SKUs, by their numbers."""
    keys = sorted(set(wanted))
    rows = await tx.fetch(_LOTS, [sku_id for sku_id, _ in keys], [number for _, number in keys]) if keys else []
    return {(row["sku_id"], row["number"]): KnownLot(row["id"], row["made_on"], row["expires_on"]) for row in rows}


_WRITE = """
insert into lot (tenant_id, id, sku_id, number, made_on, expires_on, supplier_lot, created_at)
select $1, id, sku_id, number, made_on, expires_on, supplier_lot, $3
from json_to_recordset($2::json) as l(id uuid, sku_id uuid, number text, made_on date, expires_on date,
  supplier_lot text)
"""


async def write_lots(tx: Tx, lots: Iterable[LotRow]) -> None:
    """Write new lots."""
    rows = list(lots)
    if rows:
        await tx.write_rows(_WRITE, rows, tx.now)


class LotPart(msgspec.Struct, frozen=True, gc=False):
    """What a stock move moved of a lot."""

    id: UUID
    move_id: UUID
    lot_id: UUID
    sku_id: UUID
    warehouse_id: UUID
    quantity: Decimal
