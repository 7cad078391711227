"""Available-to-promise 可承诺量: for when a whole cart can be had, line by line, explained. Nothing is written."""

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import msgspec
from msgspec import Meta

from dinghuo.catalogue.facts import SkuFacts, load_skus
from dinghuo.catalogue.quantities import plain
from dinghuo.catalogue.unit_names import Units, unit_names, with_unit_names
from dinghuo.inventory.goods import Known
from dinghuo.inventory.lots.outlook import life_for, load_shelves
from dinghuo.inventory.outlook import Outlook, Part, Standing, promised_on
from dinghuo.inventory.sourcing import Route, load_sites, load_sourcing
from dinghuo.inventory.supply import Supply, load_supply, today_of
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Fault, FaultView, Language, Message, fault_view
from dinghuo.kit.faults import Faults
from dinghuo.kit.money import ZERO
from dinghuo.kit.texts import storable
from dinghuo.parties.facts import CustomerFacts

FROM_STOCK = Message(
    "atp-stock",
    "现有 {free} {unit} 可承诺（现存 {on_hand}，预占 {reserved}，缺货待发 {waiting}，安全库存 {safety}）",
    "{free} {unit} can be promised now (on hand {on_hand}, reserved {reserved}, waited for {waiting}, kept back"
    " {safety})",
)
BARRED = Message(
    "atp-barred",
    "其中 {quantity} {unit} 属于已冻结或过期的批次，不能承诺",
    "{quantity} {unit} of it are of lots that are blocked or expired: nobody is promised them",
)
FROM_SUPPLY = Message(
    "atp-supply",
    "{code} 预计 {on} 到货，可供 {quantity} {unit}",
    "{code} is expected on {on} and gives {quantity} {unit}",
)
EXPIRES = Message(
    "atp-expires",
    "其中 {quantity} {unit} 到 {on} 已过期，不计入",
    "{quantity} {unit} of it expire before {on} and are not counted",
)
NOT_GOOD = Message(
    "atp-not-fresh",
    "其中 {quantity} {unit} 到 {on} 剩余效期不足 {days} 天，不计入",
    "{quantity} {unit} of it are not good for {days} days more on {on} and are not counted",
)
UNKNOWN = Message(
    "atp-unknown", "还有 {quantity} {unit} 没有预计到货", "Nothing is expected for another {quantity} {unit}"
)
LATE = Message(
    "atp-late",
    "{code} 应于 {on} 到货，已逾期，未计入",
    "{code} should have come on {on}: it is late and not counted",
)
ALWAYS = Message("atp-untracked", "不管库存，随时可供", "No stock is kept of it: it can always be had")
NOT_NOW = Message(
    "atp-not-orderable",
    "现在最多可订 {most} {unit}，缺货不可下单",
    "At most {most} {unit} can be ordered now: it is not sold when it is short",
)


class LineWanted(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """So much of a SKU, in `unit` or its sales unit, on a day or as soon as can be."""

    sku: str
    quantity: Decimal
    unit: str | None = None
    date: dt.date | None = None


class PartView(msgspec.Struct, frozen=True, rename={"source": "from"}):
    """`date` null: nobody knows. `from` is stock, supply, untracked or unknown; `why` from that warehouse."""

    date: dt.date | None
    quantity: Decimal
    source: str
    warehouse: str | None
    supply: str | None
    why: str | None


class DayView(msgspec.Struct, frozen=True):
    """From this day on so much can be promised."""

    date: dt.date
    available: Decimal


class LinePromise(msgspec.Struct, frozen=True, kw_only=True):
    """When one line can be had. Quantities in base units. `orderable`: whether it would be taken today."""

    line_no: int
    sku: str
    name: str
    unit: str
    base_unit: str
    supply_policy: str
    wanted: Decimal
    wanted_on: date
    orderable: bool
    promised_on: date | None
    complete: bool
    on_time: bool
    parts: list[PartView]
    by_day: list[DayView]
    on_hand: Decimal
    reserved: Decimal
    waiting: Decimal
    safety: Decimal
    barred: Decimal
    expected: Decimal
    reasons: list[FaultView]


class CartPromise(msgspec.Struct, frozen=True, kw_only=True):
    """The lines that could be understood; `complete_on` when all of them are complete."""

    lines: list[LinePromise]
    complete_on: date | None
    faults: list[FaultView]


Days = Annotated[int, Meta(ge=1, le=730)]
Wanted = Annotated[list[LineWanted], Meta(min_length=1, max_length=500)]


class Goods(msgspec.Struct):
    """What is known of the stock of some SKUs: how it stands, and what is expected."""

    standings: Mapping[UUID, Sequence[Standing]]
    supplies: Mapping[UUID, Sequence[Supply]]
    sites: Mapping[UUID, str]
    today: date
    route: Route | None
    units: Units = {}
    # For how many days more goods must be good.
    life: int = 0

    def outlook(self, sku_id: UUID) -> Outlook:
        standings, supplies = self.standings.get(sku_id, ()), self.supplies.get(sku_id, ())
        return Outlook(standings, supplies, today=self.today, life=self.life)


_STANDINGS = """
select s.sku_id, s.warehouse_id, s.on_hand, s.allowance, s.reserved, s.safety, s.barred,
  coalesce(w.waiting, 0) as waiting
from stock s left join lateral (
  select sum(r.backordered) as waiting from reservation r
  where r.tenant_id = $1 and r.sku_id = s.sku_id and r.warehouse_id = s.warehouse_id and r.backordered > 0
) w on true
where s.tenant_id = $1 and s.sku_id = any($2::uuid[]) and s.warehouse_id = any($3::uuid[])
"""
_CODES = "select id, code from warehouse where tenant_id = $1 and state = 'active'"


async def look_at(tx: Tx, sku_ids: Collection[UUID], *, customer: CustomerFacts | None) -> Goods:
    """The stock of these SKUs and what is expected, in the order in which a customer is served from warehouses."""
    sites = [site.id for site in await load_sites(tx)]
    sourcing = await load_sourcing(tx)
    route = sourcing.route(customer.regions) if sourcing and customer else None
    rank = route.rank if route else {id: number for number, id in enumerate(sites)}
    today = await today_of(tx)
    shelves = await load_shelves(tx, sku_ids, sites, today)
    standings: dict[UUID, list[Standing]] = defaultdict(list)
    for row in await tx.fetch(_STANDINGS, list(sku_ids), sites):
        values = dict(row)
        sku_id = values.pop("sku_id")
        standings[sku_id].append(Standing(**values, shelf=shelves.get((sku_id, row["warehouse_id"]))))
    for several in standings.values():
        several.sort(key=lambda standing: rank[standing.warehouse_id])
    supplies: dict[UUID, list[Supply]] = defaultdict(list)
    for supply in await load_supply(tx, sku_ids):
        if supply.warehouse_id in rank:
            supplies[supply.sku_id].append(supply)
    codes = {row["id"]: row["code"] for row in await tx.fetch(_CODES)}
    return Goods(standings, supplies, codes, today, route, life=await life_for(tx, customer))


async def available_to_promise(
    tx: Tx, *, lines: Sequence[LineWanted], customer: CustomerFacts | None, days: int, language: Language
) -> CartPromise:
    """When each line of a cart can be had, if it were ordered now; lines of one SKU one after the other."""
    skus = await load_skus(tx, storable(line.sku for line in lines))
    known = Known(Faults("lines"), skus, {})
    wanted = [(i, *found) for i, line in enumerate(lines) if (found := _understood(known, i, line))]
    goods = await look_at(tx, {sku.id for _, sku, _ in wanted if sku.supply_policy != "untracked"}, customer=customer)
    goods.units = await unit_names(tx)
    outlooks = {sku.id: goods.outlook(sku.id) for _, sku, _ in wanted}
    by_day = {id: _by_day(outlook, days) for id, outlook in outlooks.items()}
    promises = []
    for i, sku, quantity in wanted:
        outlook = outlooks[sku.id]
        promises.append(_promise(goods, outlook, by_day[sku.id], i, lines[i], sku, quantity, language))
    dates = [promise.promised_on for promise in promises]
    return CartPromise(
        lines=promises,
        complete_on=None if not dates or None in dates else max(day for day in dates if day is not None),
        faults=[fault_view(fault, language) for fault in known.faults],
    )


def _understood(known: Known, i: int, line: LineWanted) -> tuple[SkuFacts, Decimal] | None:
    sku = known.sku(i, line.sku)
    quantity = known.in_base(i, sku, line.quantity, line.unit or sku.sales_unit) if sku else None
    return None if sku is None or quantity is None else (sku, quantity)


def _by_day(outlook: Outlook, days: int) -> list[DayView]:
    last = outlook.today + timedelta(days=days)
    return [DayView(day, outlook.available(day)) for day in outlook.days() if day <= last]


def _promise(
    goods: Goods,
    outlook: Outlook,
    by_day: list[DayView],
    i: int,
    line: LineWanted,
    sku: SkuFacts,
    quantity: Decimal,
    language: Language,
) -> LinePromise:
    wanted_on = max(line.date or goods.today, goods.today)
    tracked = sku.supply_policy != "untracked"
    most, spoiled = outlook.may_be_held, outlook.lost(wanted_on)
    if tracked:
        parts = outlook.take(quantity, wanted_on=wanted_on)
        outlook.may_be_held = max(most - quantity, ZERO)
    else:
        parts = [Part(wanted_on, quantity, "untracked")]
    orderable = sku.supply_policy in ("untracked", "backorder") or most >= quantity
    standings = goods.standings.get(sku.id, ())
    supplies = goods.supplies.get(sku.id, ())
    ready = promised_on(parts)
    return LinePromise(
        line_no=i + 1,
        sku=sku.code,
        name=sku.name,
        unit=line.unit or sku.sales_unit,
        base_unit=sku.base_unit,
        supply_policy=sku.supply_policy,
        wanted=quantity,
        wanted_on=wanted_on,
        orderable=orderable,
        promised_on=ready,
        complete=ready is not None,
        on_time=ready is not None and ready <= wanted_on,
        parts=[_part(goods, part) for part in parts],
        by_day=by_day if tracked else [],
        on_hand=sum((standing.on_hand for standing in standings), ZERO),
        reserved=sum((standing.reserved for standing in standings), ZERO),
        waiting=sum((standing.waiting for standing in standings), ZERO),
        safety=sum((standing.safety for standing in standings), ZERO),
        barred=sum((standing.barred for standing in standings), ZERO),
        expected=sum((supply.quantity for supply in supplies if supply.expected_on >= goods.today), ZERO),
        reasons=[
            fault_view(with_unit_names(fault, goods.units), language)
            for fault in (
                _reasons(goods, sku, by_day, parts, None if orderable else most, spoiled, wanted_on)
                if tracked
                else [ALWAYS()]
            )
        ],
    )


def _part(goods: Goods, part: Part) -> PartView:
    warehouse = goods.sites.get(part.warehouse_id) if part.warehouse_id else None
    why = goods.route.why[part.warehouse_id] if goods.route and part.warehouse_id else None
    return PartView(part.on, part.quantity, part.source, warehouse, part.supply, why)


def _reasons(
    goods: Goods,
    sku: SkuFacts,
    by_day: Sequence[DayView],
    parts: Sequence[Part],
    most: Decimal | None,
    spoiled: Decimal,
    wanted_on: date,
) -> list[Fault]:
    """Why so much, and why then."""
    unit = sku.base_unit
    standings = goods.standings.get(sku.id, ())
    free = by_day[0].available if by_day else ZERO
    sums: dict[str, Any] = {
        name: plain(sum((getattr(standing, name) for standing in standings), ZERO))
        for name in ("on_hand", "reserved", "waiting", "safety")
    }
    found = [FROM_STOCK(free=plain(free), unit=unit, **sums)]
    if barred := sum((standing.barred for standing in standings), ZERO):
        found.append(BARRED(quantity=plain(barred), unit=unit))
    if spoiled and goods.life:
        found.append(NOT_GOOD(quantity=plain(spoiled), unit=unit, on=wanted_on, days=goods.life))
    elif spoiled:
        found.append(EXPIRES(quantity=plain(spoiled), unit=unit, on=wanted_on))
    found += [
        FROM_SUPPLY(code=part.supply, on=_day(goods, part.supply, sku), quantity=plain(part.quantity), unit=unit)
        for part in parts
        if part.source == "supply"
    ]
    found += [UNKNOWN(quantity=plain(part.quantity), unit=unit) for part in parts if part.source == "unknown"]
    found += [
        LATE(code=supply.code, on=supply.expected_on)
        for supply in goods.supplies.get(sku.id, ())
        if supply.expected_on < goods.today
    ]
    if most is not None:
        found.append(NOT_NOW(most=plain(most), unit=unit))
    return found


def _day(goods: Goods, code: str | None, sku: SkuFacts) -> date | None:
    return next((supply.expected_on for supply in goods.supplies.get(sku.id, ()) if supply.code == code), None)
