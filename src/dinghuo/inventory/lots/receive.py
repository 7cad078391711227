"""The lots that a goods receipt names: those that are there, and those that come with it."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeVar
from uuid import UUID

import msgspec

from dinghuo.catalogue.facts import SkuFacts
from dinghuo.inventory.goods import Known
from dinghuo.inventory.lots.pick import NEVER
from dinghuo.inventory.lots.tracked import (
    LOT_NEEDED,
    NOT_KEPT,
    OTHER_DAYS,
    KnownLot,
    LotInput,
    LotKey,
    LotRow,
    expiry_of,
    find_lots,
    load_tracked,
    lot_faults,
)
from dinghuo.kit.database import Tx
from dinghuo.kit.ids import new_id
from dinghuo.kit.texts import is_code

if TYPE_CHECKING:
    from dinghuo.inventory.receive import GoodsReceipt, _LineRow

Line = TypeVar("Line", bound="_LineRow")


class ReceivedLots(msgspec.Struct, frozen=True):
    """The lots of a request by receipt and line (counted from 1), and those of them that are new."""

    by_line: dict[tuple[int, int], UUID]
    new: list[LotRow]

    def of(self, receipt: int, line: Line) -> Line:
        lot_id = self.by_line.get((receipt, line.line_no))
        return line if lot_id is None else msgspec.structs.replace(line, lot_id=lot_id)


async def receive_lots(tx: Tx, known: Known, receipts: "Sequence[GoodsReceipt]") -> ReceivedLots:
    """Find the lots that are named, or make them; faulted where one is missing, or is another one."""
    tracked = await load_tracked(tx)
    named = [
        (i, j, sku, lot)
        for i, j, sku, lot in _lines(known, receipts)
        if lot is not None and sku.id in tracked and is_code(lot.number)
    ]
    found = await find_lots(tx, ((sku.id, lot.number) for _, _, sku, lot in named))
    for i, j, sku, lot in _lines(known, receipts):
        if lot is None and sku.id in tracked:
            known.faults.add(i, f"lines[{j}].lot", LOT_NEEDED, sku=sku.code)
        elif lot is not None and sku.id not in tracked:
            known.faults.add(i, f"lines[{j}].lot", NOT_KEPT, sku=sku.code)
        elif lot is not None:
            lot_faults(known.faults, i, f"lines[{j}].lot", lot)
    new: dict[LotKey, LotRow] = {}
    by_line: dict[tuple[int, int], UUID] = {}
    for i, j, sku, lot in named:
        key = (sku.id, lot.number)
        there = found.get(key)
        if there is None:
            row = _row(sku.id, lot, tracked[sku.id])
            new[key] = row
            there = found[key] = KnownLot(row.id, row.made_on, row.expires_on)
        elif _is_other(lot, there):
            expires = "—" if there.expires_on == NEVER else there.expires_on
            days = {"number": lot.number, "made_on": there.made_on or "—", "expires_on": expires}
            known.faults.add(i, f"lines[{j}].lot", OTHER_DAYS, **days)
        by_line[i, j + 1] = there.id
    return ReceivedLots(by_line, list(new.values()))


def _lines(known: Known, receipts: "Sequence[GoodsReceipt]") -> Iterator[tuple[int, int, SkuFacts, LotInput | None]]:
    for i, receipt in enumerate(receipts):
        for j, line in enumerate(receipt.lines):
            sku = known.skus.get(line.sku)
            if sku is not None:
                yield i, j, sku, line.lot


def _row(sku_id: UUID, lot: LotInput, shelf_life: int | None) -> LotRow:
    return LotRow(new_id(), sku_id, lot.number, lot.made_on, expiry_of(lot, shelf_life), lot.supplier_lot)


def _is_other(lot: LotInput, there: KnownLot) -> bool:
    """Whether what is said of a lot is not true of the one with its number."""
    return (lot.made_on is not None and lot.made_on != there.made_on) or (
        lot.expires_on is not None and lot.expires_on != there.expires_on
    )
