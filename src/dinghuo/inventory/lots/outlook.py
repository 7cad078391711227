"""What of a stock is still good on a day to come, once those who were promised some have had the first to expire."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.inventory.levels import Place
from dinghuo.inventory.lots.tracked import load_lives, load_tracked
from dinghuo.kit.database import Tx
from dinghuo.kit.money import ZERO
from dinghuo.parties.facts import CustomerFacts

_SHELF = """
select s.sku_id, s.warehouse_id, l.expires_on, sum(s.on_hand) as on_hand, l.state = 'blocked' as blocked
from lot_stock s join lot l on l.tenant_id = $1 and l.id = s.lot_id
where s.tenant_id = $1 and s.sku_id = any($2::uuid[]) and s.warehouse_id = any($3::uuid[]) and s.on_hand > 0
group by s.sku_id, s.warehouse_id, l.expires_on, l.state = 'blocked'
order by s.sku_id, s.warehouse_id, l.expires_on
"""


class Shelf(msgspec.Struct, frozen=True):
    """The lots of a SKU in one warehouse that are good today, the first to expire first, and what is `in_lots` of
    all, the others included: the rest is loose."""

    lots: Sequence[tuple[date, Decimal]] = ()
    in_lots: Decimal = ZERO


async def load_shelves(
    tx: Tx, sku_ids: Collection[UUID], warehouse_ids: Sequence[UUID], today: date
) -> dict[Place, Shelf]:
    """The lots of those of these SKUs of which lots are kept, where there are any."""
    tracked = [id for id in sku_ids if id in await load_tracked(tx)]
    if not tracked:
        return {}
    lots: dict[Place, list[tuple[date, Decimal]]] = defaultdict(list)
    sums: dict[Place, Decimal] = defaultdict(Decimal)
    for row in await tx.fetch(_SHELF, tracked, list(warehouse_ids)):
        place = (row["sku_id"], row["warehouse_id"])
        sums[place] += row["on_hand"]
        if not row["blocked"] and row["expires_on"] >= today:
            lots[place].append((row["expires_on"], row["on_hand"]))
    return {place: Shelf(lots[place], in_lots) for place, in_lots in sums.items()}


async def life_for(tx: Tx, customer: CustomerFacts | None) -> int:
    """For how many days more a customer asks goods to be good."""
    if customer is None or not await load_tracked(tx):
        return 0
    return (await load_lives(tx)).of(customer.id, customer.tier_id)


def lost(
    shelf: Shelf,
    loose: Decimal,
    taken: Iterable[tuple[date, Decimal]],
    *,
    today: date,
    reserved: Decimal,
    life: int,
    on: date,
) -> Decimal:
    """What of a stock is not good any more on a day, or not for `life` days more.

    Those who were promised some take the first to expire of what is good for them, as it goes when it leaves: loose
    goods, then the lots; then those to whom some was promised for later days (`taken`). Pure.
    """
    # Of loose goods nobody knows how long they are good.
    left: list[tuple[date | None, Decimal]] = [(None, max(loose, ZERO)), *shelf.lots]

    def is_good(expires_on: date | None, day: date, days: int) -> bool:
        return days == 0 if expires_on is None else (expires_on - day).days >= days

    for number, (day, wanted) in enumerate([(today, reserved), *sorted(taken)]):
        quantity = wanted
        for place, (expires_on, there) in enumerate(left):
            if is_good(expires_on, day, life if number else 0):
                part = min(there, quantity)
                left[place] = (expires_on, there - part)
                quantity -= part
    return sum((there for expires_on, there in left if not is_good(expires_on, on, life)), ZERO)
