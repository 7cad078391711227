"""Receive goods 入库: a receipt with its lines, the stock they add to, and those who waited for it."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

import msgspec

from dinghuo.catalogue.costs import check_sees_cost
from dinghuo.identity.facts import load_tenant
from dinghuo.identity.principals import Principal
from dinghuo.inventory.book import book
from dinghuo.inventory.goods import Known, know
from dinghuo.inventory.levels import Place
from dinghuo.inventory.lots.bar import barred_of
from dinghuo.inventory.lots.receive import receive_lots
from dinghuo.inventory.lots.tracked import LotInput, write_lots
from dinghuo.inventory.moves import Move, write_moves
from dinghuo.inventory.rebalance import Booking
from dinghuo.inventory.receive_supply import Expected, check_expected, lock_expected, receive_expected
from dinghuo.kit import audit, search
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import RetryTransaction, Tx
from dinghuo.kit.errors import CONFLICT, MALFORMED, Message
from dinghuo.kit.ids import new_id
from dinghuo.kit.money import ZERO
from dinghuo.kit.texts import CODE_FORM, check_texts, is_code, storable

KIND = "GR"
SEARCH_KIND = "goods_receipt"
_NOWHERE = UUID(int=0)

NO_LINES = Message("receipt-no-lines", "入库单没有任何行", "The receipt has no lines", MALFORMED)
NUMBER_TAKEN = Message(
    "receipt-number-taken", "入库单号 {number} 已被使用", "The receipt number {number} is taken", CONFLICT
)
IN_FUTURE = Message("receipt-in-future", "入库时间不能在未来", "Goods cannot be received in the future", MALFORMED)
NO_MOMENT = Message(
    "receipt-moment",
    "入库时间须注明时区（如 2026-01-31T09:00:00+08:00），且不早于 {since} 年",
    "When goods were received needs a time zone (2026-01-31T09:00:00+08:00) and is not before {since}",
    MALFORMED,
)
# Moments far before it are none to every calendar, at some offset from UTC.
_SINCE = 1970


class ReceiptLine(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Goods that arrived: quantity and cost by `unit`, or by the SKU's base unit. Costs are without tax.

    `supply` is the code of what was expected (`expected_supply`); `lot` is needed where lots are kept.
    """

    sku: str
    quantity: Decimal
    unit: str | None = None
    unit_cost: Decimal | None = None
    supply: str | None = None
    lot: LotInput | None = None


class GoodsReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One delivery into one warehouse. Without a `number` it gets the next one of the year."""

    warehouse: str
    lines: list[ReceiptLine]
    number: str | None = None
    supplier: str | None = None
    reference: str | None = None
    note: str | None = None
    received_at: datetime | None = None


class ReceiptOutcome(msgspec.Struct, frozen=True):
    """A receipt as booked."""

    id: UUID
    number: str
    lines: int


class _ReceiptRow(msgspec.Struct, frozen=True, gc=False):
    id: UUID
    number: str
    warehouse_id: UUID
    supplier: str | None
    reference: str | None
    note: str | None
    received_at: datetime


class _LineRow(msgspec.Struct, frozen=True, gc=False):
    receipt_id: UUID
    line_no: int
    sku_id: UUID
    unit: str
    quantity: Decimal
    base_quantity: Decimal
    unit_cost: Decimal | None
    supply_id: UUID | None
    lot_id: UUID | None = None


_TAKEN = "select number from goods_receipt where tenant_id = $1 and number = any($2::text[])"
_RECEIPTS = """
insert into goods_receipt
  (tenant_id, id, number, warehouse_id, supplier, reference, note, received_at, created_at, created_by)
select $1, id, number, warehouse_id, supplier, reference, note, received_at, $3, $4
from json_to_recordset($2::json) as r(id uuid, number text, warehouse_id uuid, supplier text, reference text,
  note text, received_at timestamptz)
order by number
on conflict (tenant_id, number) do nothing
"""
_LINES = """
insert into goods_receipt_line
  (tenant_id, receipt_id, line_no, sku_id, unit, quantity, base_quantity, unit_cost, supply_id, lot_id)
select $1, receipt_id, line_no, sku_id, unit, quantity, base_quantity, unit_cost, supply_id, lot_id
from json_to_recordset($2::json) as l(receipt_id uuid, line_no int, sku_id uuid, unit text, quantity numeric,
  base_quantity numeric, unit_cost numeric, supply_id uuid,
  lot_id uuid)
"""


async def receive(
    tx: Tx, *, receipts: Sequence[GoodsReceipt], by: Actor, seen_by: Principal | None = None
) -> list[ReceiptOutcome]:
    """Book all of these receipts or none. Goods that documents wait for are held for them, the earliest first.

    Costs may come only from those who may see costs; `seen_by` None is the system itself.
    """
    if any(line.unit_cost is not None for receipt in receipts for line in receipt.lines):
        check_sees_cost(seen_by)
    known = await know(
        tx,
        skus=(line.sku for receipt in receipts for line in receipt.lines),
        warehouses=(receipt.warehouse for receipt in receipts),
        count=sum(len(receipt.lines) for receipt in receipts),
    )
    await _check_numbers(tx, known, receipts)
    expected = await lock_expected(tx, (line.supply for receipt in receipts for line in receipt.lines if line.supply))
    found = [_resolve(tx, known, i, receipt, expected) for i, receipt in enumerate(receipts)]
    lots = await receive_lots(tx, known, receipts)
    known.faults.check()
    await write_lots(tx, lots.new)
    found = [(row, [lots.of(i, line) for line in lines]) for i, (row, lines) in enumerate(found)]
    came: dict[UUID, Decimal] = defaultdict(Decimal)
    for _, lines in found:
        for line in lines:
            if line.supply_id is not None:
                came[line.supply_id] += line.base_quantity
    await receive_expected(tx, came)
    moves, of_lots = _moves(found, known, by)
    await _book(tx, moves, of_lots)
    return await _write(tx, await _number(tx, found), moves, of_lots, by)


async def _book(tx: Tx, moves: Sequence[Move], lots: Mapping[UUID, UUID]) -> None:
    """What is of lots that nobody is promised does not go to those who wait."""
    totals: dict[Place, Decimal] = defaultdict(Decimal)
    for move in moves:
        totals[move.sku_id, move.warehouse_id] += move.quantity
    barred = await barred_of(tx, moves, lots)
    if totals:
        await book(tx, [Booking(*place, by=by, barred=barred.get(place, ZERO)) for place, by in totals.items()])


_Resolved = tuple[_ReceiptRow, list[_LineRow]]


def _resolve(tx: Tx, known: Known, i: int, receipt: GoodsReceipt, expected: Mapping[str, Expected]) -> _Resolved:
    """A receipt as rows; where something is wrong with it, its faults and whatever is right."""
    check_texts(known.faults, i, receipt, {"supplier": 200, "reference": 200, "note": 2000})
    warehouse_id = known.warehouse(i, receipt.warehouse, closed_too=False) or _NOWHERE
    received_at = receipt.received_at or tx.now
    if received_at.tzinfo is None or received_at.year < _SINCE:
        known.faults.add(i, "received_at", NO_MOMENT, since=_SINCE)
    elif received_at > tx.now:
        known.faults.add(i, "received_at", IN_FUTURE)
    if not receipt.lines:
        known.faults.add(i, "lines", NO_LINES)
    row = _ReceiptRow(
        id=new_id(),
        number=receipt.number or "",
        warehouse_id=warehouse_id,
        supplier=receipt.supplier,
        reference=receipt.reference,
        note=receipt.note,
        received_at=received_at,
    )
    lines = [_line(known, i, j, line, row, expected) for j, line in enumerate(receipt.lines)]
    return row, [line for line in lines if line is not None]


def _line(
    known: Known, i: int, j: int, line: ReceiptLine, receipt: _ReceiptRow, expected: Mapping[str, Expected]
) -> _LineRow | None:
    within = f"lines[{j}]."
    sku = known.sku(i, line.sku, within=within)
    known.check_cost(i, sku, line.unit, line.unit_cost, within=within)
    quantity = known.in_base(i, sku, line.quantity, line.unit, within=within) if sku else None
    place = (sku.id, receipt.warehouse_id) if sku else None
    supply = check_expected(known.faults, i, f"{within}supply", line.supply, expected, place) if line.supply else None
    if sku is None or quantity is None:
        return None
    unit = line.unit or sku.base_unit
    return _LineRow(receipt.id, j + 1, sku.id, unit, line.quantity, quantity, line.unit_cost, supply)


async def _check_numbers(tx: Tx, known: Known, receipts: Sequence[GoodsReceipt]) -> None:
    given = [receipt.number for receipt in receipts if receipt.number is not None]
    taken = {row["number"] for row in await tx.fetch(_TAKEN, storable(given))} if given else set()
    for i, receipt in enumerate(receipts):
        if receipt.number is None:
            continue
        if not is_code(receipt.number):
            known.faults.add(i, "number", CODE_FORM)
        if receipt.number in taken:
            known.faults.add(i, "number", NUMBER_TAKEN, number=receipt.number)
        taken.add(receipt.number)


async def _number(tx: Tx, found: Sequence[_Resolved]) -> list[_Resolved]:
    """The receipts, each with a number."""
    await tx.database.numbers.pass_over(tx.tenant_id, KIND, (row.number for row, _ in found))
    missing = sum(not row.number for row, _ in found)
    if not missing:
        return list(found)
    year = tx.now.astimezone((await load_tenant(tx)).zone).year
    # Receipts belong to a warehouse, not to a selling organisation: the tenant numbers them in one row.
    numbers = iter(await tx.database.numbers.take(tx.tenant_id, KIND, "", year, missing))
    return [
        (row if row.number else msgspec.structs.replace(row, number=next(numbers)), lines) for row, lines in found
    ]


async def _write(
    tx: Tx, found: Sequence[_Resolved], moves: Sequence[Move], lots: Mapping[UUID, UUID], by: Actor
) -> list[ReceiptOutcome]:
    if not found:
        return []
    receipts = [row for row, _ in found]
    if await tx.write_rows(_RECEIPTS, receipts, tx.now, by.id) != len(receipts):
        raise RetryTransaction("another transaction has just used one of these receipt numbers")
    await tx.write_rows(_LINES, [line for _, lines in found for line in lines])
    await write_moves(tx, moves, lots=lots)
    await search.file(tx, SEARCH_KIND, {row.id: (row.number, row.supplier, row.reference) for row in receipts})
    changes = [
        audit.Change("goods_receipt", row.id, "received", by, {"number": [None, row.number]}) for row in receipts
    ]
    await audit.record(tx, changes)
    return [ReceiptOutcome(row.id, row.number, len(lines)) for row, lines in found]


def _moves(found: Sequence[_Resolved], known: Known, by: Actor) -> tuple[list[Move], dict[UUID, UUID]]:
    """The moves of these receipts, and of which lot each is."""
    skus = {sku.id: sku for sku in known.skus.values()}
    moves, lots = [], {}
    for row, lines in found:
        for line in lines:
            cost = known.base_cost(skus[line.sku_id], line.unit, line.unit_cost)
            moves.append(_move(row, line, cost, by))
            if line.lot_id is not None:
                lots[moves[-1].id] = line.lot_id
    return moves, lots


def _move(receipt: _ReceiptRow, line: _LineRow, unit_cost: Decimal | None, by: Actor) -> Move:
    return Move(
        new_id(),
        receipt.received_at,
        "receipt",
        line.sku_id,
        receipt.warehouse_id,
        line.base_quantity,
        document_kind="goods_receipt",
        document_id=receipt.id,
        line_no=line.line_no,
        unit_cost=unit_cost,
        actor_id=by.id,
    )
