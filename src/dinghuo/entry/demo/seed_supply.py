"""What is on its way to the demo company and between its warehouses, its lots, a count, who is served from where."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final

from dinghuo.entry.demo.company import CHENGDU, SHANGHAI
from dinghuo.entry.demo.orders import CHINA
from dinghuo.entry.demo.products import SKUS, Sku
from dinghuo.entry.demo.steps import DEMO, NOTHING, Outcome
from dinghuo.inventory.counts.enter import enter_counted
from dinghuo.inventory.counts.sheet import CountedLine, CountInput, open_count
from dinghuo.inventory.lots.track import TrackingInput, save_tracking
from dinghuo.inventory.lots.tracked import LotInput
from dinghuo.inventory.priorities import PriorityInput, save_priorities
from dinghuo.inventory.receive import GoodsReceipt, ReceiptLine, receive
from dinghuo.inventory.save_supply import SupplyInput, save_supply
from dinghuo.inventory.save_warehouses import WarehouseInput, save_warehouses
from dinghuo.inventory.set_safety import Safety, set_safety
from dinghuo.inventory.sourcing_rules import SourcingInput, save_sourcing
from dinghuo.inventory.transfers.draft import TransferInput, TransferLine, draft_transfers
from dinghuo.inventory.transfers.move import ship_transfer
from dinghuo.kit.database import Tx

_PLACES: Final = {SHANGHAI: ("31.150000", "121.120000"), CHENGDU: ("30.560000", "104.270000")}
_REGIONS: Final = {"east": (SHANGHAI, CHENGDU), "southwest": (CHENGDU, SHANGHAI)}
_WAITED_FOR, _TRANSFERRED, _LOTTED, _COUNTED = 12, 3, 3, 12


async def supply(tx: Tx) -> Outcome:
    """Who is served from where, purchase orders for what runs short, two transfers, lots of what keeps for a
    short time only."""
    today = tx.now.astimezone(CHINA).date()
    await _rules(tx)
    await save_supply(tx, supplies=await _expected(tx, today), by=DEMO)
    await _transfers(tx, today)
    await _lots(tx, today)
    return NOTHING


async def tracking(tx: Tx) -> Outcome:
    """Lots are kept of what keeps shortest."""
    items = [TrackingInput(sku.code, shelf_life_days=sku.shelf_life_days) for sku in _lotted()]
    await save_tracking(tx, items=items, by=DEMO)
    return NOTHING


def _lotted() -> list[Sku]:
    perishable = [sku for sku in SKUS if sku.shelf_life_days]
    return sorted(perishable, key=lambda sku: (sku.shelf_life_days, sku.code))[:_LOTTED]


async def _rules(tx: Tx) -> None:
    places = [
        WarehouseInput(code=code, latitude=Decimal(north), longitude=Decimal(east))
        for code, (north, east) in _PLACES.items()
    ]
    await save_warehouses(tx, warehouses=places, by=DEMO)
    rules = [
        SourcingInput(region, list(codes), *(Decimal(part) for part in _PLACES[codes[0]]))
        for region, codes in _REGIONS.items()
    ]
    await save_sourcing(tx, rules=rules, by=DEMO)
    rows = await tx.fetch("select code from tier where tenant_id = $1 order by code limit 1")
    first = [PriorityInput("tier", row["code"], 50) for row in rows]
    await save_priorities(tx, priorities=first, by=DEMO)


_SHORT = """
select k.code, w.code as warehouse from stock s
join sku k on k.tenant_id = $1 and k.id = s.sku_id and k.state = 'active'
join warehouse w on w.tenant_id = $1 and w.id = s.warehouse_id
left join lateral (
  select sum(r.backordered) as waiting from reservation r
  where r.tenant_id = $1 and r.sku_id = s.sku_id and r.warehouse_id = s.warehouse_id and r.backordered > 0
) n on true
where s.tenant_id = $1
order by n.waiting desc nulls last, s.on_hand - s.reserved, k.code, w.code limit $2
"""
_FREE = """
select k.code from stock s
join sku k on k.tenant_id = $1 and k.id = s.sku_id and k.state = 'active'
join warehouse w on w.tenant_id = $1 and w.id = s.warehouse_id and w.code = $2
where s.tenant_id = $1 and k.code = any($3::text[])
order by least(s.on_hand, s.on_hand - s.reserved) desc, k.code limit $4
"""


async def _expected(tx: Tx, today: date) -> list[SupplyInput]:
    """Purchase orders for what is waited for most, or runs short; one of them is late."""
    rows = await tx.fetch(_SHORT, _WAITED_FOR)
    by_code = {sku.code: sku for sku in SKUS}
    found = []
    for number, row in enumerate(rows):
        sku = by_code[row["code"]]
        order = f"PO-{today:%Y}-{101 + number // 3}"
        days = -2 if number == len(rows) - 1 else 2 + 4 * (number // 3)
        found.append(
            SupplyInput(
                code=f"{order}/{1 + number % 3}",
                sku=sku.code,
                warehouse=row["warehouse"],
                expected_on=today + timedelta(days=days),
                quantity=Decimal(40 + 20 * (number % 3)),
                unit=sku.case_unit.code,
                document=order,
                supplier="青浦饮料厂" if row["warehouse"] == SHANGHAI else "龙泉食品厂",
            )
        )
    return found


async def _transfers(tx: Tx, today: date) -> None:
    """One on its way from the coast to the west, one being written."""
    rows = await tx.fetch(_FREE, SHANGHAI, [sku.code for sku in SKUS], 2 * _TRANSFERRED)
    by_code = {sku.code: sku for sku in SKUS}
    chosen = [by_code[row["code"]] for row in rows]
    transfers = [
        TransferInput(SHANGHAI, CHENGDU, today + timedelta(days=days), [_case(sku) for sku in several], note=note)
        for several, days, note in (
            (chosen[:_TRANSFERRED], 4, "西南旺季补货"),
            (chosen[_TRANSFERRED:], 9, "月底调仓"),
        )
    ]
    shipped, _ = await draft_transfers(tx, transfers=transfers, by=DEMO)
    await ship_transfer(tx, transfer_id=shipped.id, by=DEMO)


def _case(sku: Sku) -> TransferLine:
    return TransferLine(sku.code, Decimal(2), sku.case_unit.code)


async def _lots(tx: Tx, today: date) -> None:
    """Of each SKU whose lots are kept one that soon expires, one that is fresh."""
    lines = [line for sku in _lotted() for line in _received(sku, today)]
    receipt = GoodsReceipt(SHANGHAI, lines, supplier="青浦乳品厂", reference="首批按批次入库")
    await receive(tx, receipts=[receipt], by=DEMO)
    kept = [Safety(SHANGHAI, sku.code, Decimal(2), sku.case_unit.code) for sku in _lotted()]
    await set_safety(tx, safeties=kept, by=DEMO)


def _received(sku: Sku, today: date) -> Sequence[ReceiptLine]:
    made = (today - timedelta(days=max(sku.shelf_life_days - 9, 1)), today - timedelta(days=1))
    return [
        ReceiptLine(sku.code, Decimal(cases), sku.case_unit.code, lot=LotInput(f"{day:%y%m%d}-{number}", made_on=day))
        for number, (day, cases) in enumerate(zip(made, (4, 12), strict=True), start=1)
    ]


async def count(tx: Tx) -> Outcome:
    """A sheet for the west, half of it counted, with one case too few."""
    rows = await tx.fetch(_FREE, CHENGDU, [sku.code for sku in SKUS], _COUNTED)
    codes = [row["code"] for row in rows]
    sheet = await open_count(tx, wanted=CountInput(CHENGDU, codes, note="月度抽盘"), by=DEMO)
    said: list[Any] = await tx.fetch(_EXPECTED, sheet.id)
    counted = [
        CountedLine(row["code"], max(row["expected"] - (1 if number == 0 else 0), Decimal(0)))
        for number, row in enumerate(said[: _COUNTED // 2])
    ]
    await enter_counted(tx, count_id=sheet.id, counted=counted, by=DEMO)
    return NOTHING


_EXPECTED = """
select k.code, l.expected from stock_count_line l join sku k on k.tenant_id = $1 and k.id = l.sku_id
where l.tenant_id = $1 and l.count_id = $2 order by l.line_no
"""
