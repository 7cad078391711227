"""Open a count sheet, which freezes what the books say, or call it off."""

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta
from sqlalchemy import select

from dinghuo.identity.facts import load_tenant
from dinghuo.inventory.goods import know
from dinghuo.inventory.lots.tracked import LotInput
from dinghuo.inventory.states import COUNT
from dinghuo.inventory.tables import stock_count, warehouse
from dinghuo.kit import audit, search
from dinghuo.kit.actor import Actor
from dinghuo.kit.bulk import MOST, TOO_MANY_ITEMS, UNKNOWN_CODE
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import MALFORMED, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.missing import missing
from dinghuo.kit.texts import storable, text_faults
from dinghuo.kit.transitions import transition

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
    """What was counted of a SKU, in `unit` or its base unit; null: it was not counted after all.

    Where lots are kept, `lot` is which; one that is not known yet is made when it is said when it expires.
    """

    sku: str
    quantity: Decimal | None
    unit: str | None = None
    note: str | None = None
    lot: LotInput | None = None


_HEAD = """
insert into stock_count (tenant_id, id, number, warehouse_id, state, note, line_count, created_at, created_by,
  created_by_name)
values ($1, $2, $3, $4, 'open', $5, $6, $7, $8, $9)
"""
# Whatever has a balance there, or is named; in the order of codes, as it lies on the shelves of most. Where lots are
# kept, each lot that is there, and what is of none, which is all there is where there is no lot.
_FREEZE = """
insert into stock_count_line (tenant_id, count_id, line_no, sku_id, lot_id, expected)
select $1, $2, row_number() over (order by k.code, x.expires_on nulls first, x.number), k.id, x.lot_id, x.expected
from sku k
left join stock s on s.tenant_id = $1 and s.sku_id = k.id and s.warehouse_id = $3
left join lot_tracking t on t.tenant_id = $1 and t.sku_id = k.id
left join lateral (
  select sum(ls.on_hand) as on_hand from lot_stock ls
  where ls.tenant_id = $1 and ls.sku_id = k.id and ls.warehouse_id = $3 and t.sku_id is not null
) n on true
cross join lateral (
  select null::uuid as lot_id, null::date as expires_on, null::text as number,
    coalesce(s.on_hand, 0) - coalesce(n.on_hand, 0) as expected
  where coalesce(n.on_hand, 0) = 0 or s.on_hand > n.on_hand
  union all
  select l.id, l.expires_on, l.number, ls.on_hand from lot_stock ls
  join lot l on l.tenant_id = $1 and l.id = ls.lot_id
  where ls.tenant_id = $1 and ls.sku_id = k.id and ls.warehouse_id = $3 and ls.on_hand > 0 and t.sku_id is not null
) x
where k.tenant_id = $1 and ($4::uuid[] is null and s.sku_id is not null or k.id = any($4::uuid[]))
"""
# What is found that is not on the sheet, with what the books say now.
ADD = """
insert into stock_count_line (tenant_id, count_id, line_no, sku_id, lot_id, expected)
select $1, $3, $5 + row_number() over (order by f.line), f.sku_id, f.lot_id,
  case when f.lot_id is not null then coalesce(ls.on_hand, 0)
    else coalesce(s.on_hand, 0) - coalesce(n.on_hand, 0) end
from json_to_recordset($2::json) as f(line int, sku_id uuid, lot_id uuid)
left join stock s on s.tenant_id = $1 and s.sku_id = f.sku_id and s.warehouse_id = $4
left join lot_tracking t on t.tenant_id = $1 and t.sku_id = f.sku_id
left join lot_stock ls on ls.tenant_id = $1 and ls.sku_id = f.sku_id and ls.warehouse_id = $4 and ls.lot_id = f.lot_id
left join lateral (
  select sum(a.on_hand) as on_hand from lot_stock a
  where a.tenant_id = $1 and a.sku_id = f.sku_id and a.warehouse_id = $4 and t.sku_id is not null
) n on true
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
    lines = await tx.write(_FREEZE, id, found[0]["id"], skus)
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


async def cancel_count(tx: Tx, *, count_id: UUID, by: Actor) -> None:
    """Call an open count off: nothing is booked."""
    head = await lock_count(tx, count_id)
    await transition(tx, stock_count, COUNT, [count_id], "cancelled", revision=stock_count.c.revision + 1)
    await audit.record(
        tx, [audit.Change("stock_count", count_id, "cancelled", by, {"state": [head.state, "cancelled"]})]
    )
