"""Open a count sheet, which freezes what the books say, and enter what was counted."""

from collections.abc import Sequence
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy import select

from dinghuo.identity.facts import load_tenant
from dinghuo.inventory.goods import know
from dinghuo.inventory.states import COUNT
from dinghuo.inventory.tables import stock_count, warehouse
from dinghuo.kit import audit, search
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import DUPLICATE_CODE, MOST, TOO_MANY_ITEMS, UNKNOWN_CODE
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.missing import missing
from dinghuo.kit.texts import check_texts, storable, text_faults
from dinghuo.kit.transitions import WRONG_STATE, transition

KIND = "SC"
SEARCH_KIND = "stock_count"
_LONGEST_NOTE = 2000

EMPTY_SHEET = Message(
    "count-empty",
    "仓库 {warehouse} 没有可盘点的商品",
    "There is nothing to count in warehouse {warehouse}",
    MALFORMED,
)


class CountInput(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which SKUs of a warehouse shall be counted; all that it has a balance of when none are named."""

    warehouse: str
    skus: Annotated[list[str], Meta(max_length=MOST)] | None = None
    note: str | None = None


class CountOpened(msgspec.Struct, frozen=True):
    id: UUID
    number: str
    state: str
    lines: int


class CountedLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was counted of a SKU, in `unit` or its base unit; null: it was not counted after all."""

    sku: str
    quantity: Decimal | None
    unit: str | None = None
    note: str | None = None


_HEAD = """
insert into stock_count (tenant_id, id, number, warehouse_id, state, note, line_count, created_at, created_by,
  created_by_name)
values ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9)
"""
# Whatever has a balance there, or is named; in the order of codes, as it lies on the shelves of most.
_FREEZE = """
insert into stock_count_line (tenant_id, count_id, line_no, sku_id, expected)
select $1, $2, $4 + row_number() over (order by k.code), k.id, coalesce(s.on_hand, 0)
from sku k
left join stock s on s.tenant_id = $1 and s.sku_id = k.id and s.warehouse_id = $3
where k.tenant_id = $1 and ($5::uuid[] is null and s.sku_id is not null or k.id = any($5::uuid[]))
"""
_WAREHOUSE = "select id from warehouse where tenant_id = $1 and code = any($2::text[]) and state = 'active'"


async def open_count(tx: Tx, *, wanted: CountInput, by: Actor) -> CountOpened:
    """Write a sheet with what the books say now."""
    known = await know(tx, skus=wanted.skus or (), warehouses=(), count=len(wanted.skus or ()), path="")
    faults = list(text_faults("note", wanted.note, _LONGEST_NOTE))
    found = await tx.fetch(_WAREHOUSE, storable([wanted.warehouse]))
    if not found:
        faults.append(UNKNOWN_CODE("warehouse", code=wanted.warehouse))
    for i, code in enumerate(wanted.skus or ()):
        if code not in known.skus:
            faults.append(UNKNOWN_CODE(f"skus[{i}]", line=i + 1, code=code))
    if faults:
        raise Refused(faults)
    skus = None if wanted.skus is None else [known.skus[code].id for code in dict.fromkeys(wanted.skus)]
    year = tx.now.astimezone((await load_tenant(tx)).zone).year
    (number,) = await tx.database.numbers.take(tx.tenant_id, KIND, "", year, 1)
    id = new_id()
    await tx.write(_HEAD, id, number, found[0]["id"], wanted.note, 0, tx.now, by.id, by.name)
    lines = await tx.write(_FREEZE, id, found[0]["id"], 0, skus)
    if not lines:
        raise Refused(EMPTY_SHEET("warehouse", warehouse=wanted.warehouse))
    if lines > MOST:
        raise Refused(TOO_MANY_ITEMS("skus", most=MOST, count=lines))
    await tx.write("update stock_count c set line_count = $3 where c.tenant_id = $1 and c.id = $2", id, lines)
    await search.file(tx, SEARCH_KIND, {id: (number, wanted.note)})
    changes = {"number": [None, number], "lines": [None, lines]}
    await audit.record(tx, [audit.Change("stock_count", id, "opened", by, changes)])
    return CountOpened(id, number, "open", lines)


async def lock_count(tx: Tx, count_id: UUID) -> Any:
    """The count's row and its warehouse's code; refused as missing when it is not there."""
    c, w = stock_count.c, warehouse.c
    row = await tx.one(
        select(stock_count, w.code.label("warehouse"))
        .join(warehouse, (w.tenant_id == c.tenant_id) & (w.id == c.warehouse_id))
        .where(c.tenant_id == tx.tenant_id, w.tenant_id == tx.tenant_id, c.id == count_id)
        .with_for_update(key_share=True, of=stock_count)
    )
    if row is None:
        raise missing("stock count", count_id)
    return row


class _Counted(msgspec.Struct, frozen=True, gc=False):
    sku_id: UUID
    counted: Decimal | None
    note: str | None


_ENTER = """
update stock_count_line l set counted = e.counted, note = coalesce(e.note, l.note)
from json_to_recordset($2::json) as e(sku_id uuid, counted numeric, note text)
where l.tenant_id = $1 and l.count_id = $3 and l.sku_id = e.sku_id
"""
_ON_SHEET = "select sku_id from stock_count_line where tenant_id = $1 and count_id = $2 and sku_id = any($3::uuid[])"
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
    """Write what was counted, all or nothing. A SKU that is not on the sheet is added with what the books say now."""
    head = await lock_count(tx, count_id)
    if head.state != "open":
        raise Refused(WRONG_STATE("state", to="open", id=str(count_id)))
    known = await know(tx, skus=(item.sku for item in counted), warehouses=(), count=len(counted))
    rows: dict[UUID, _Counted] = {}
    first: dict[UUID, int] = {}
    for i, item in enumerate(counted):
        check_texts(known.faults, i, item, {"note": 500})
        sku = known.sku(i, item.sku)
        if sku is None:
            continue
        quantity = None
        if item.quantity is not None:
            quantity = known.in_base(i, sku, item.quantity, item.unit, zero=True)
        other = first.setdefault(sku.id, i)
        if other != i:
            known.faults.add(i, "sku", DUPLICATE_CODE, code=item.sku, other=other + 1)
        rows[sku.id] = _Counted(sku.id, quantity, item.note)
    known.faults.check()
    if not rows:
        return 0
    there = {row["sku_id"] for row in await tx.fetch(_ON_SHEET, count_id, list(rows))}
    new = [sku_id for sku_id in rows if sku_id not in there]
    if new:
        await tx.write(_FREEZE, count_id, head.warehouse_id, head.line_count, new)
    await tx.write_rows(_ENTER, list(rows.values()), count_id)
    await tx.write(_SUM_UP, count_id)
    await audit.record(tx, [audit.Change("stock_count", count_id, "entered", by, {"lines": [None, len(rows)]})])
    return len(rows)


async def cancel_count(tx: Tx, *, count_id: UUID, by: Actor) -> None:
    """Call an open count off: nothing is booked."""
    head = await lock_count(tx, count_id)
    await transition(tx, stock_count, COUNT, [count_id], "cancelled", revision=stock_count.c.revision + 1)
    await audit.record(
        tx, [audit.Change("stock_count", count_id, "cancelled", by, {"state": [head.state, "cancelled"]})]
    )
