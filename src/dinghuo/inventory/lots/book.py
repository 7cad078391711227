"""What lots are beneath the balances: changed with every move of goods whose lots are kept, under the stock's lock.

Lots are chosen when goods move, not when they are promised: the first to expire goes first, whoever comes first.
What came before lots were kept of a SKU is loose: of no lot.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from dinghuo.catalogue.quantities import plain
from dinghuo.inventory.levels import Place
from dinghuo.inventory.lots.bar import bar
from dinghuo.inventory.lots.pick import LotThere, Terms, pick
from dinghuo.inventory.lots.tracked import LotPart, load_tracked
from dinghuo.inventory.move import Move
from dinghuo.inventory.supply import today_of
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import CONFLICT, Fault, Message, Refused
from dinghuo.kit.ids import new_id
from dinghuo.kit.money import ZERO

LOT_SHORT = Message(
    "lot-short",
    "批次 {number} 在该仓库现存 {on_hand}，不能移出 {wanted}",
    "{on_hand} of lot {number} are in that warehouse: {wanted} cannot leave",
    CONFLICT,
)
NOT_FRESH = Message(
    "lot-not-fresh",
    "剩余效期满 {days} 天且未冻结的批次不足，还缺 {missing}",
    "Lots that are not blocked and good for {days} days more lack {missing}",
    CONFLICT,
)

_THERE = """
select s.sku_id, s.warehouse_id, l.id as lot_id, l.number, l.expires_on, l.state = 'blocked' as blocked, s.on_hand
from unnest($2::uuid[], $3::uuid[]) as p(sku_id, warehouse_id)
join lot_stock s on s.tenant_id = $1 and s.sku_id = p.sku_id and s.warehouse_id = p.warehouse_id and s.on_hand > 0
join lot l on l.tenant_id = $1 and l.id = s.lot_id
"""
_ON_HAND = """
select s.sku_id, s.warehouse_id, s.on_hand from unnest($2::uuid[], $3::uuid[]) as p(sku_id, warehouse_id)
join stock s on s.tenant_id = $1 and s.sku_id = p.sku_id and s.warehouse_id = p.warehouse_id
"""
_WRITE = """
insert into lot_move (tenant_id, id, move_id, lot_id, quantity)
select $1, id, move_id, lot_id, quantity
from json_to_recordset($2::json) as m(id uuid, move_id uuid, lot_id uuid, quantity numeric)
"""
_OPEN = """
insert into lot_stock (tenant_id, sku_id, warehouse_id, lot_id, on_hand)
select distinct $1::bigint, sku_id, warehouse_id, lot_id, 0
from json_to_recordset($2::json) as m(sku_id uuid, warehouse_id uuid, lot_id uuid, quantity numeric)
where quantity > 0 order by sku_id, warehouse_id, lot_id
on conflict (tenant_id, sku_id, warehouse_id, lot_id) do nothing
"""
_BALANCE = """
update lot_stock s set on_hand = s.on_hand + m.quantity
from (
  select sku_id, warehouse_id, lot_id, sum(quantity) as quantity
  from json_to_recordset($2::json) as m(sku_id uuid, warehouse_id uuid, lot_id uuid, quantity numeric)
  group by sku_id, warehouse_id, lot_id
) m
where s.tenant_id = $1 and s.sku_id = m.sku_id and s.warehouse_id = m.warehouse_id and s.lot_id = m.lot_id
"""


async def lots_there(tx: Tx, places: Sequence[Place]) -> dict[Place, list[LotThere]]:
    """The lots in these places that there is something of."""
    rows = await tx.fetch(_THERE, [place[0] for place in places], [place[1] for place in places])
    found: dict[Place, list[LotThere]] = defaultdict(list)
    for row in rows:
        found[row["sku_id"], row["warehouse_id"]].append(
            LotThere(row["lot_id"], row["number"], row["expires_on"], row["blocked"], row["on_hand"])
        )
    return found


async def move_lots(
    tx: Tx,
    moves: Sequence[Move],
    *,
    named: Mapping[UUID, UUID] | None = None,
    days: Mapping[UUID, int] | None = None,
) -> None:
    """Move the lots of these moves, which are written and whose stock is locked.

    `named` says the lot by the move's id; without one, what comes is loose and what goes is picked. `days` says, by
    document, for how many days more what customers get must be good; for none when it says nothing of one.
    """
    tracked = await load_tracked(tx)
    moved = [move for move in moves if move.quantity and move.sku_id in tracked]
    if not moved:
        return
    places = sorted({(move.sku_id, move.warehouse_id) for move in moved})
    there = await lots_there(tx, places)
    loose = await _loose(tx, places, there, moved)
    today = await today_of(tx)
    parts: list[LotPart] = []
    faults: list[Fault] = []
    for i, move in enumerate(moved):
        place = (move.sku_id, move.warehouse_id)
        lot_id = (named or {}).get(move.id)
        if lot_id is not None:
            parts.append(_part(move, lot_id, move.quantity))
            faults += _take(there[place], lot_id, move.quantity, i)
            continue
        if move.quantity > 0:
            loose[place] += move.quantity
            continue
        least = _least(move, days)
        picked = pick(there[place], loose[place], -move.quantity, Terms(today, least))
        if picked.missing and least is not None:
            faults.append(NOT_FRESH("lines", line=i + 1, days=least, missing=plain(picked.missing)))
        loose[place] -= picked.loose
        for lot, quantity in picked.lots:
            parts.append(_part(move, lot.lot_id, -quantity))
            faults += _take(there[place], lot.lot_id, -quantity, i)
    if faults:
        raise Refused(faults)
    if parts:
        await tx.write_rows(_WRITE, parts)
        await tx.write_rows(_OPEN, parts)
        await tx.write_rows(_BALANCE, parts)
        await bar(tx, sorted({(part.sku_id, part.warehouse_id) for part in parts}))


def _least(move: Move, days: Mapping[UUID, int] | None) -> int | None:
    """For how many days what leaves must be good: what customers get is not expired, whatever they agreed to."""
    if move.kind != "issue":
        return None
    return (days or {}).get(move.document_id, 0) if move.document_id else 0


async def _loose(
    tx: Tx, places: Sequence[Place], there: Mapping[Place, Sequence[LotThere]], moved: Sequence[Move]
) -> dict[Place, Decimal]:
    """What of these places was of no lot before these moves, which the balances have already."""
    rows = await tx.fetch(_ON_HAND, [place[0] for place in places], [place[1] for place in places])
    loose: dict[Place, Decimal] = defaultdict(Decimal)
    for row in rows:
        place = (row["sku_id"], row["warehouse_id"])
        since = sum((move.quantity for move in moved if (move.sku_id, move.warehouse_id) == place), ZERO)
        loose[place] = row["on_hand"] - since - sum((lot.on_hand for lot in there.get(place, ())), ZERO)
    return loose


def _part(move: Move, lot_id: UUID, quantity: Decimal) -> LotPart:
    return LotPart(new_id(), move.id, lot_id, move.sku_id, move.warehouse_id, quantity)


def _take(lots: list[LotThere], lot_id: UUID, quantity: Decimal, i: int) -> list[Fault]:
    """Keep what is left of a lot while several moves are decided."""
    for n, lot in enumerate(lots):
        if lot.lot_id == lot_id:
            if lot.on_hand + quantity < 0:
                wanted = {"number": lot.number, "on_hand": plain(lot.on_hand), "wanted": plain(-quantity)}
                return [LOT_SHORT("lot", line=i + 1, **wanted)]
            lots[n] = LotThere(lot.lot_id, lot.number, lot.expires_on, lot.blocked, lot.on_hand + quantity)
            return []
    return [LOT_SHORT("lot", line=i + 1, number="", on_hand="0", wanted=plain(-quantity))] if quantity < 0 else []
