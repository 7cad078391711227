"""What of the stock is of lots that are blocked or expired (`stock.barred`): counted anew when lots move, are blocked
or let go, and when a day is over. What is barred is there, and nobody is promised it."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from functools import partial
from uuid import UUID

from dinghuo.inventory.book import book
from dinghuo.inventory.levels import Place
from dinghuo.inventory.lots.tracked import load_tracked
from dinghuo.inventory.move import Move
from dinghuo.inventory.rebalance import Booking
from dinghuo.inventory.supply import today_of
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault

_BAR = """
update stock s set barred = b.barred
from (
  select p.sku_id, p.warehouse_id, coalesce(sum(ls.on_hand) filter (where l.id is not null), 0) as barred
  from unnest($2::uuid[], $3::uuid[]) as p(sku_id, warehouse_id)
  left join lot_stock ls on ls.tenant_id = $1 and ls.sku_id = p.sku_id and ls.warehouse_id = p.warehouse_id
    and ls.on_hand > 0
  left join lot l on l.tenant_id = $1 and l.id = ls.lot_id and (l.state = 'blocked' or l.expires_on < $4)
  group by p.sku_id, p.warehouse_id
) b
where s.tenant_id = $1 and s.sku_id = b.sku_id and s.warehouse_id = b.warehouse_id and s.barred <> b.barred
"""
# Where what is barred is not what lots say: after midnight those that expired, or that are kept no longer.
_UNEVEN = """
select s.sku_id, s.warehouse_id from stock s
left join lateral (
  select sum(ls.on_hand) as barred from lot_stock ls
  join lot l on l.tenant_id = $1 and l.id = ls.lot_id and (l.state = 'blocked' or l.expires_on < $3)
  where ls.tenant_id = $1 and ls.sku_id = s.sku_id and ls.warehouse_id = s.warehouse_id and ls.on_hand > 0
) b on true
where s.tenant_id = $1 and s.sku_id = any($2::uuid[]) and s.barred <> coalesce(b.barred, 0)
"""
_BAD = """
select l.id from lot l
where l.tenant_id = $1 and l.id = any($2::uuid[]) and (l.state = 'blocked' or l.expires_on < $3)
"""
_PLACES = "select sku_id, warehouse_id from lot_stock where tenant_id = $1 and lot_id = $2 and on_hand > 0"


async def bar(tx: Tx, places: Sequence[Place]) -> list[Fault]:
    """Count anew what is barred at these places, whose stock is locked; nothing forbids it."""
    skus, warehouses = [place[0] for place in places], [place[1] for place in places]
    await tx.write(_BAR, skus, warehouses, await today_of(tx))
    return []


async def barred_of(tx: Tx, moves: Iterable[Move], lots: Mapping[UUID, UUID]) -> dict[Place, Decimal]:
    """What these moves, whose lots are named by their ids, bring of lots that nobody is promised, or take of them."""
    named = [(move, lot_id) for move in moves if (lot_id := lots.get(move.id)) is not None]
    found: dict[Place, Decimal] = defaultdict(Decimal)
    if not named:
        return found
    ids = sorted({lot_id for _, lot_id in named})
    bad = {row["id"] for row in await tx.fetch(_BAD, ids, await today_of(tx))}
    for move, lot_id in named:
        if lot_id in bad:
            found[move.sku_id, move.warehouse_id] += move.quantity
    return found


async def places_of(tx: Tx, lot_id: UUID) -> list[Place]:
    """Where there is something of a lot."""
    return [(row["sku_id"], row["warehouse_id"]) for row in await tx.fetch(_PLACES, lot_id)]


async def bar_again(tx: Tx, places: Sequence[Place]) -> None:
    """Count anew what is barred at these places; what nobody is kept from any more goes to those who wait."""
    if places:
        await book(tx, [Booking(*place) for place in places], under_lock=partial(bar, tx, places))


async def bar_expired(tx: Tx) -> None:
    """Count anew where lots have expired; looked for once a day in each process."""
    tracked = await load_tracked(tx)
    if not tracked:
        return
    today = await today_of(tx)
    memory = await tx.cached("inventory")
    if memory.get("barred_on") == today:
        return
    uneven = await tx.fetch(_UNEVEN, list(tracked), today)
    await bar_again(tx, [(row["sku_id"], row["warehouse_id"]) for row in uneven])
    memory["barred_on"] = today
