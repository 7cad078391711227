"""Enter what was counted on a sheet: by SKU, and by lot where lots are kept."""

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.inventory.counts.sheet import ADD, CountedLine, lock_count
from dinghuo.inventory.goods import Known, know
from dinghuo.inventory.lots.tracked import (
    LOT_NEEDED,
    NOT_KEPT,
    LotInput,
    LotKey,
    LotRow,
    expiry_of,
    find_lots,
    load_tracked,
    lot_faults,
    write_lots,
)
from dinghuo.kit import audit
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import DUPLICATE_CODE
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.texts import check_texts, is_code
from dinghuo.kit.transitions import WRONG_STATE

UNKNOWN_LOT = Message(
    "count-unknown-lot",
    "{sku} 没有批次“{number}”：要新增，请填写到期日",
    "{sku} has no lot {number}: say when it expires to add it",
    MALFORMED,
)

_Line = tuple[UUID, UUID | None]
"""(sku_id, lot_id)"""


class _Counted(msgspec.Struct, frozen=True, gc=False):
    line: int
    sku_id: UUID
    lot_id: UUID | None
    counted: Decimal | None
    note: str | None


_ENTER = """
update stock_count_line l set counted = e.counted, note = coalesce(e.note, l.note)
from json_to_recordset($2::json) as e(sku_id uuid, lot_id uuid, counted numeric, note text)
where l.tenant_id = $1 and l.count_id = $3 and l.sku_id = e.sku_id and l.lot_id is not distinct from e.lot_id
"""
_ON_SHEET = """
select sku_id, lot_id from stock_count_line where tenant_id = $1 and count_id = $2 and sku_id = any($3::uuid[])
"""
_SUM_UP = """
update stock_count c set line_count = n.lines, counted_count = n.counted, difference_count = n.different,
  revision = c.revision + 1
from (
  select count(*) as lines, count(l.counted) as counted,
    count(*) filter (where l.counted <> l.expected) as different
  from stock_count_line l where l.tenant_id = $1 and l.count_id = $2
) n
where c.tenant_id = $1 and c.id = $2
"""


async def enter_counted(tx: Tx, *, count_id: UUID, counted: Sequence[CountedLine], by: Actor) -> int:
    """Write what was counted, all or nothing. What is not on the sheet is added with what the books say now."""
    head = await lock_count(tx, count_id)
    if head.state != "open":
        raise Refused(WRONG_STATE("state", to="open", id=str(count_id)))
    known = await know(tx, skus=(item.sku for item in counted), warehouses=(), count=len(counted))
    skus = [known.sku(i, item.sku) for i, item in enumerate(counted)]
    ids = sorted({sku.id for sku in skus if sku})
    there = {(row["sku_id"], row["lot_id"]) for row in await tx.fetch(_ON_SHEET, count_id, ids)}
    lots = await _lots(tx, known, counted, skus, there)
    rows: dict[_Line, _Counted] = {}
    for i, (item, sku) in enumerate(zip(counted, skus, strict=True)):
        check_texts(known.faults, i, item, {"note": 500})
        if sku is None:
            continue
        quantity = None
        if item.quantity is not None:
            quantity = known.in_base(i, sku, item.quantity, item.unit, zero=True)
        line = (sku.id, lots.by_line.get(i))
        other = rows.setdefault(line, _Counted(i, *line, quantity, item.note))
        if other.line != i:
            known.faults.add(i, "sku", DUPLICATE_CODE, code=item.sku, other=other.line + 1)
    known.faults.check()
    if not rows:
        return 0
    await write_lots(tx, lots.new)
    new = [row for line, row in rows.items() if line not in there]
    if new:
        await tx.write_rows(ADD, new, count_id, head.warehouse_id, head.line_count)
    await tx.write_rows(_ENTER, list(rows.values()), count_id)
    await tx.write(_SUM_UP, count_id)
    await audit.record(tx, [audit.Change("stock_count", count_id, "entered", by, {"lines": [None, len(rows)]})])
    return len(rows)


class _Lots(msgspec.Struct, frozen=True):
    """The lots that are named, by line, and those of them that are new."""

    by_line: dict[int, UUID]
    new: list[LotRow]


async def _lots(
    tx: Tx, known: Known, counted: Sequence[CountedLine], skus: Sequence[SkuFacts | None], there: set[_Line]
) -> _Lots:
    tracked = await load_tracked(tx)
    named: list[tuple[int, SkuFacts, LotInput]] = []
    lotted = {sku_id for sku_id, lot_id in there if lot_id is not None}
    for i, (item, sku) in enumerate(zip(counted, skus, strict=True)):
        if sku is None:
            continue
        if item.lot is None:
            # Without one it is what is of no lot; where that is not on the sheet, it was forgotten.
            if sku.id in lotted and (sku.id, None) not in there:
                known.faults.add(i, "lot", LOT_NEEDED, sku=sku.code)
        elif sku.id not in tracked:
            known.faults.add(i, "lot", NOT_KEPT, sku=sku.code)
        else:
            lot_faults(known.faults, i, "lot", item.lot)
            if is_code(item.lot.number):
                named.append((i, sku, item.lot))
    found = await find_lots(tx, ((sku.id, lot.number) for _, sku, lot in named))
    ids: dict[LotKey, UUID] = {key: lot.id for key, lot in found.items()}
    by_line: dict[int, UUID] = {}
    new: list[LotRow] = []
    for i, sku, lot in named:
        key = (sku.id, lot.number)
        if key not in ids and not (lot.expires_on or lot.made_on):
            known.faults.add(i, "lot", UNKNOWN_LOT, sku=sku.code, number=lot.number)
            continue
        if key not in ids:
            ids[key] = new_id()
            expires_on = expiry_of(lot, tracked[sku.id])
            new.append(LotRow(ids[key], sku.id, lot.number, lot.made_on, expires_on, lot.supplier_lot))
        by_line[i] = ids[key]
    return _Lots(by_line, new)
