"""Available-to-promise of one SKU day by day: what a chart is drawn from. The days are pure, by `Outlook`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
from sqlalchemy import select

from dinghuo.catalogue.facts import load_skus
from dinghuo.catalogue.tables import sku
from dinghuo.inventory.outlook import Outlook, Standing
from dinghuo.inventory.promise import look_at
from dinghuo.inventory.supply import Supply
from dinghuo.inventory.tables import warehouse
from dinghuo.kit.bulk import UNKNOWN_CODE
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused
from dinghuo.kit.money import ZERO
from dinghuo.kit.texts import storable


class Arriving(msgspec.Struct, frozen=True, kw_only=True):
    """What is expected; `late` when its day is over: it promises nothing. `transfer_id`: between warehouses."""

    code: str
    date: date
    quantity: Decimal
    warehouse: str
    late: bool
    transfer_id: UUID | None


class StockDay(msgspec.Struct, frozen=True):
    """At the end of a day: `there` is what is on hand and has come by then, before anything leaves. Of it
    `committed` is promised or waited for, `kept_back` is safety stock, `barred` is of lots that are blocked, or
    expired by then; `available` can be promised for that day."""

    date: date
    incoming: Decimal
    there: Decimal
    committed: Decimal
    kept_back: Decimal
    barred: Decimal
    available: Decimal


class DayPlace(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU in one warehouse today, and what comes there."""

    warehouse: str
    warehouse_name: str
    on_hand: Decimal
    reserved: Decimal
    waiting: Decimal
    safety: Decimal
    barred: Decimal
    available: Decimal
    expected: Decimal


class StockByDay(msgspec.Struct, frozen=True, kw_only=True):
    """A SKU's days to come, in base units, in one warehouse or in all. `places` are all of them, whichever is asked
    for; `next_on` the first day on which there is more than today."""

    sku: str
    sku_name: str
    sku_name_en: str | None
    base_unit: str
    sales_unit: str
    units: list[str]
    supply_policy: str
    on_hand: Decimal
    reserved: Decimal
    waiting: Decimal
    safety: Decimal
    barred: Decimal
    available: Decimal
    expected: Decimal
    late: Decimal
    next_on: date | None
    days: list[StockDay]
    supplies: list[Arriving]
    places: list[DayPlace]


def days_of(standings: Sequence[Standing], supplies: Sequence[Supply], *, today: date, count: int) -> list[StockDay]:
    """Every day from today on. What is late is not counted; a warehouse never gives what another lacks."""
    coming: dict[date, Decimal] = defaultdict(Decimal)
    for supply in supplies:
        if supply.expected_on >= today:
            coming[supply.expected_on] += supply.quantity
    outlook = Outlook(standings, supplies, today=today)
    there = sum((standing.on_hand for standing in standings), ZERO)
    committed = sum((standing.reserved + standing.waiting for standing in standings), ZERO)
    safety = sum((standing.safety for standing in standings), ZERO)
    barred = sum((standing.barred for standing in standings), ZERO)
    found = []
    for number in range(count):
        day = today + timedelta(days=number)
        incoming = coming.get(day, ZERO)
        there += incoming
        gone = barred + outlook.lost(day)
        found.append(StockDay(day, incoming, there, committed, safety, gone, outlook.available(day)))
    return found


async def stock_by_day(tx: Tx, *, sku_code: str, warehouse_code: str | None, count: int) -> StockByDay:
    """How a SKU stands in the days to come; refused when there is none, or no such warehouse that is open."""
    known = (await load_skus(tx, storable([sku_code]))).get(sku_code)
    if known is None:
        raise Refused(UNKNOWN_CODE("sku", code=sku_code))
    goods = await look_at(tx, [known.id], customer=None)
    names = await _names(tx)
    chosen = next((id for id, (code, _) in names.items() if code == warehouse_code), None)
    if warehouse_code is not None and chosen is None:
        raise Refused(UNKNOWN_CODE("warehouse", code=warehouse_code))
    standings, supplies = goods.standings.get(known.id, ()), goods.supplies.get(known.id, ())
    inside = [standing for standing in standings if chosen in (None, standing.warehouse_id)]
    coming = [supply for supply in supplies if chosen in (None, supply.warehouse_id)]
    days = days_of(inside, coming, today=goods.today, count=count)
    title = await tx.one(select(sku.c.name_en).where(sku.c.tenant_id == tx.tenant_id, sku.c.id == known.id))
    first = days[0].available
    return StockByDay(
        sku=known.code,
        sku_name=known.name,
        sku_name_en=title.name_en if title else None,
        base_unit=known.base_unit,
        sales_unit=known.sales_unit,
        units=list(known.units),
        supply_policy=known.supply_policy,
        **_sums(inside),
        available=first,
        expected=_open(coming, goods.today),
        late=sum((supply.quantity for supply in coming if supply.expected_on < goods.today), ZERO),
        next_on=next((day.date for day in days if day.available > first), None),
        days=days,
        supplies=[
            Arriving(
                code=supply.code,
                date=supply.expected_on,
                quantity=supply.quantity,
                warehouse=names[supply.warehouse_id][0],
                late=supply.expected_on < goods.today,
                transfer_id=supply.transfer_id,
            )
            for supply in coming
        ],
        places=_places(standings, supplies, names, goods.today),
    )


def _sums(standings: Sequence[Standing]) -> dict[str, Decimal]:
    names = ("on_hand", "reserved", "waiting", "safety", "barred")
    return {name: sum((getattr(standing, name) for standing in standings), ZERO) for name in names}


def _open(supplies: Sequence[Supply], today: date) -> Decimal:
    return sum((supply.quantity for supply in supplies if supply.expected_on >= today), ZERO)


def _places(
    standings: Sequence[Standing],
    supplies: Sequence[Supply],
    names: Mapping[UUID, tuple[str, str]],
    today: date,
) -> list[DayPlace]:
    ids = dict.fromkeys(
        [*(standing.warehouse_id for standing in standings), *(supply.warehouse_id for supply in supplies)]
    )
    found = []
    for id in ids:
        inside = [standing for standing in standings if standing.warehouse_id == id]
        coming = [supply for supply in supplies if supply.warehouse_id == id]
        found.append(
            DayPlace(
                warehouse=names[id][0],
                warehouse_name=names[id][1],
                **_sums(inside),
                available=Outlook(inside, (), today=today).available(today),
                expected=_open(coming, today),
            )
        )
    return found


async def _names(tx: Tx) -> Mapping[UUID, tuple[str, str]]:
    w = warehouse.c
    rows = await tx.rows(select(w.id, w.code, w.name).where(w.tenant_id == tx.tenant_id, w.state == "active"))
    return {row.id: (row.code, row.name) for row in rows}
