"""The cells at fault and the rows around them, kept for the grid that shows them."""

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import delete

from dinghuo.integrations.imports.look import clean, shown, texts_of
from dinghuo.integrations.imports.tables import import_fault, import_rows
from dinghuo.integrations.plain_sheets.outcome import plain
from dinghuo.integrations.progress import Progress
from dinghuo.integrations.sheets import CellFault, Sheet
from dinghuo.integrations.sheets.sheet import Row
from dinghuo.kit.database import Database, Tx

# So many are listed; the errors workbook has all of them.
LISTED = 20_000
BLOCK = 50
_BLOCKS_A_SLICE = 100


class _FaultRow(msgspec.Struct, frozen=True, gc=False):
    number: int
    row: int
    place: int | None
    field: str
    value: str
    code: str
    params: dict[str, Any]


class _Block(msgspec.Struct, frozen=True, gc=False):
    first: int
    last: int
    cells: list[list[str]]


_FAULTS = """
insert into import_fault (tenant_id, import_id, number, row, place, field, value, code, params)
select $1, $3, number, row, place, field, value, code, params
from json_to_recordset($2::json) as f(number int, row int, place int, field text, value text, code text, params json)
"""
_ROWS = """
insert into import_rows (tenant_id, import_id, first, last, cells)
select $1, $3, first, last, cells from json_to_recordset($2::json) as b(first int, last int, cells json)
"""


def digest_of(faults: Sequence[CellFault], language: str) -> str:
    """The same for the same marks told in the same language."""
    places = sorted(
        (each.row, -1 if each.column is None else each.column, each.fault.message.code) for each in faults
    )
    return hashlib.sha256(repr((language, places)).encode()).hexdigest()


async def keep_marks(
    database: Database, tenant_id: int, import_id: UUID, sheet: Sheet, faults: Sequence[CellFault], progress: Progress
) -> int:
    """Keep the first faults by row, in place of those kept before; how many they are."""
    await database.run(tenant_id, lambda tx: forget_marks(tx, import_id))
    ordered = sorted(faults, key=lambda each: (each.row, -1 if each.column is None else each.column))[:LISTED]
    total, done = len(ordered), 0
    for several in _slices(sheet, ordered):
        marks = [mark for _, found in several for mark in found]

        async def command(tx: Tx, several: Sequence[Any] = several, marks: Sequence[_FaultRow] = marks) -> None:
            await tx.write_rows(_ROWS, [block for block, _ in several], import_id)
            await tx.write_rows(_FAULTS, marks, import_id)

        await database.run(tenant_id, command)
        done += len(marks)
        progress("mark", done, total)
    return total


async def forget_marks(tx: Tx, import_id: UUID) -> None:
    for table in (import_fault, import_rows):
        await tx.execute(delete(table).where(table.c.tenant_id == tx.tenant_id, table.c.import_id == import_id))


def _slices(sheet: Sheet, faults: Sequence[CellFault]) -> Iterator[list[tuple[_Block, list[_FaultRow]]]]:
    several: list[tuple[_Block, list[_FaultRow]]] = []
    for each in _blocks(sheet, faults):
        several.append(each)
        if len(several) == _BLOCKS_A_SLICE:
            yield several
            several = []
    if several:
        yield several


def _blocks(sheet: Sheet, faults: Sequence[CellFault]) -> Iterator[tuple[_Block, list[_FaultRow]]]:
    """The blocks of rows with a fault, and the first one; the file is read once, only as far as needed."""
    at = 0
    for read in sheet.blocks():
        for start in range(0, len(read.rows), BLOCK):
            rows = read.rows[start : start + BLOCK]
            first = read.first + start
            found = []
            while at < len(faults) and faults[at].row < first + len(rows):
                found.append(_mark(at, faults[at], rows[faults[at].row - first]))
                at += 1
            if found or first == sheet.header_row + 1:
                yield _Block(first, first + len(rows) - 1, [texts_of(row) for row in rows]), found
        if at == len(faults):
            return


def _mark(number: int, found: CellFault, row: Row) -> _FaultRow:
    place, fault = found.column, found.fault
    value = shown(row[place]) if place is not None and place < len(row) else ""
    params = {name: clean(each) if isinstance(each, str) else each for name, each in plain(fault.params).items()}
    return _FaultRow(number, found.row, place, fault.field, value, fault.message.code, params)
