"""Why a document's lines wait, and until when: who is served before them, and what will come."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.inventory.allocate import Rule
from dinghuo.inventory.outlook import covered_on, deliveries_for
from dinghuo.inventory.settings import load_rule
from dinghuo.inventory.supply import Supply, load_supply, today_of
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO


class WaitingPart(msgspec.Struct, frozen=True):
    """What one line holds and waits for in one warehouse; who is `ahead` of it there, and when its goods come.

    `presold` of what is held is not there yet: it was sold before it came.
    """

    line_no: int
    sku_id: UUID
    warehouse_id: UUID
    warehouse: str
    warehouse_name: str
    held: Decimal
    backordered: Decimal
    consumed: Decimal
    presold: Decimal
    why: str | None
    priority: int
    ahead: Decimal
    documents_ahead: int
    expected_on: date | None
    deliveries: Sequence[Supply]


# What of a document is promised; for what waits, how much waits before it at its place, by the rule of allocation;
# for what is held while more is promised there than is there, how much of it is promised before.
_PARTS = """
select r.document_id, r.line_no, r.sku_id, r.warehouse_id, w.code as warehouse, w.name as warehouse_name,
  r.held, r.backordered, r.consumed, r.source as why, r.priority,
  coalesce(a.ahead, 0) as ahead, coalesce(a.documents, 0) as documents_ahead,
  coalesce(a.waiting, 0) as waiting, s.on_hand, s.reserved, coalesce(h.held, 0) as held_ahead,
  least(s.on_hand + s.allowance - s.reserved,
        greatest(s.on_hand + s.allowance - s.reserved - s.safety - s.barred, 0)) as free
from reservation r
join warehouse w on w.tenant_id = $1 and w.id = r.warehouse_id
join stock s on s.tenant_id = $1 and s.sku_id = r.sku_id and s.warehouse_id = r.warehouse_id
left join lateral (
  select sum(o.backordered) filter (where {before}) as ahead, sum(o.backordered) as waiting,
    count(distinct o.document_id) filter (where {before} and o.document_id <> r.document_id) as documents
  from reservation o
  where o.tenant_id = $1 and o.sku_id = r.sku_id and o.warehouse_id = r.warehouse_id and o.backordered > 0
    and r.backordered > 0
) a on true
left join lateral (
  select sum(o.held) as held from reservation o
  where o.tenant_id = $1 and o.sku_id = r.sku_id and o.warehouse_id = r.warehouse_id and o.held > 0 and {before}
    and r.held > 0 and s.reserved > s.on_hand
) h on true
where r.tenant_id = $1 and {which}
order by r.line_no, w.priority, w.code
"""
_BEFORE = (
    "(case when o.document_id < $2::uuid then -1 else o.priority end, o.document_id, o.line_no)"
    " < (case when r.document_id < $2::uuid then -1 else r.priority end, r.document_id, r.line_no)"
)
_OF_DOCUMENT = _PARTS.format(before=_BEFORE, which="r.document_id = $3")
_OF_KEYS = _PARTS.format(
    before=_BEFORE,
    which="(r.document_id, r.line_no, r.warehouse_id) in (select * from unnest($3::uuid[], $4::int[], $5::uuid[]))",
)

WaitingKey = tuple[UUID, int, UUID]
"""(document_id, line_no, warehouse_id)"""


async def waiting_parts(tx: Tx, document_id: UUID) -> Mapping[int, Sequence[WaitingPart]]:
    """What each line of a document holds and waits for, by line number: two statements, whatever their number."""
    rule = await load_rule(tx)
    found: dict[int, list[WaitingPart]] = defaultdict(list)
    for (_, line_no, _), part in (await _parts(tx, rule, _OF_DOCUMENT, document_id)).items():
        found[line_no].append(part)
    return found


async def parts_of(tx: Tx, keys: Sequence[WaitingKey]) -> Mapping[WaitingKey, WaitingPart]:
    """The same of lines of any documents in these warehouses."""
    if not keys:
        return {}
    rule = await load_rule(tx)
    documents, lines, warehouses = (list(column) for column in zip(*keys, strict=True))
    return await _parts(tx, rule, _OF_KEYS, documents, lines, warehouses)


async def _parts(tx: Tx, rule: Rule, sql: str, *arguments: object) -> dict[WaitingKey, WaitingPart]:
    rows = await tx.fetch(sql, rule.patience, *arguments)
    short = {row["sku_id"] for row in rows if row["backordered"] or row["reserved"] > row["on_hand"]}
    supplies: dict[tuple[UUID, UUID], list[Supply]] = defaultdict(list)
    for supply in await load_supply(tx, short):
        supplies[supply.sku_id, supply.warehouse_id].append(supply)
    today = await today_of(tx)
    return {
        (row["document_id"], row["line_no"], row["warehouse_id"]): _part(
            row, supplies.get((row["sku_id"], row["warehouse_id"]), []), today, fair_share=rule.fair_share
        )
        for row in rows
    }


def _part(row: Mapping[str, object], coming: Sequence[Supply], today: date, *, fair_share: bool) -> WaitingPart:
    values = dict(row)
    del values["document_id"]
    waiting = values.pop("waiting")
    on_hand, reserved, held_ahead, free = (
        Decimal(str(values.pop(name))) for name in ("on_hand", "reserved", "held_ahead", "free")
    )
    held, backordered, ahead = (Decimal(str(values[name])) for name in ("held", "backordered", "ahead"))
    presold = min(max(held_ahead + held - on_hand, ZERO), held) if reserved > on_hand else ZERO
    if backordered:
        # In fair shares all get some of each delivery: this line has all of its own when everybody has.
        first = Decimal(str(waiting)) - backordered if fair_share else ahead
        on = covered_on(first, backordered, free, coming, today=today)
        deliveries = deliveries_for(ahead, backordered, coming, today=today)
    elif presold:
        first = max(held_ahead - on_hand, ZERO)
        on = covered_on(first, presold, ZERO, coming, today=today)
        deliveries = deliveries_for(first, presold, coming, today=today)
    else:
        on, deliveries = today, []
    return WaitingPart(**values, presold=presold, expected_on=on, deliveries=deliveries)  # type: ignore[arg-type]
