"""Imports and the cells at fault, as people page through them."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Select, select

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.integrations.imports.access import check_sees_job, visible
from dinghuo.integrations.imports.look import letter
from dinghuo.integrations.imports.problems import told
from dinghuo.integrations.imports.tables import import_fault, import_file, import_job
from dinghuo.integrations.imports.views import ImportView, import_view
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Language
from dinghuo.kit.missing import missing
from dinghuo.kit.paging import Page, decode_cursor, encode_cursor, page

_source, _errors = import_file.alias("source"), import_file.alias("errors")


class CellFaultView(msgspec.Struct, frozen=True):
    """One cell at fault; `column` (from 0) null: the whole row. `row` is counted as a spreadsheet does, from 1."""

    row: int
    column: int | None
    letter: str | None
    header: str
    field: str
    worksheet: str | None
    value: str
    code: str
    message: str


class CellMark(msgspec.Struct, frozen=True):
    """What is wrong with a cell of a row, or with the row when `column` is null."""

    column: int | None
    code: str
    message: str


class RowView(msgspec.Struct, frozen=True):
    """A row as it stands in the file, with its marks."""

    row: int
    cells: list[str]
    faults: list[CellMark]


def _jobs(tx: Tx) -> Select[Any]:
    """Imports with what became of their files."""
    job, source, errors = import_job, _source, _errors
    return (
        select(job, source.c.expires_at.label("file_expires_at"), errors.c.expires_at.label("errors_expires_at"))
        .outerjoin(source, (source.c.tenant_id == job.c.tenant_id) & (source.c.id == job.c.file_id))
        .outerjoin(errors, (errors.c.tenant_id == job.c.tenant_id) & (errors.c.id == job.c.errors_file_id))
        .where(job.c.tenant_id == tx.tenant_id)
    )


async def find_import(tx: Tx, import_id: UUID, *, staff: StaffPrincipal) -> Any:
    row = await tx.one(_jobs(tx).where(import_job.c.id == import_id))
    if row is None:
        raise missing("import", import_id)
    check_sees_job(staff, row)
    return row


async def get_import(tx: Tx, import_id: UUID, *, staff: StaffPrincipal, language: Language) -> ImportView:
    return import_view(await find_import(tx, import_id, staff=staff), language)


async def list_imports(
    tx: Tx,
    *,
    kind: str | None,
    state: str | None,
    cursor: str | None,
    limit: int,
    staff: StaffPrincipal,
    language: Language,
) -> Page[ImportView]:
    """Imports, the newest first."""
    job = import_job.c
    statement = _jobs(tx).where(visible(staff, import_job)).order_by(job.id.desc()).limit(limit + 1)
    if kind is not None:
        statement = statement.where(job.kind == kind)
    if state is not None:
        statement = statement.where(job.state == state)
    if cursor is not None:
        statement = statement.where(job.id < decode_cursor(cursor, (UUID,))[0])
    rows = await tx.rows(statement)
    return page(rows, limit, lambda row: (row.id,), lambda row: import_view(row, language, whole=False))


async def list_faults(
    tx: Tx,
    import_id: UUID,
    *,
    code: str | None,
    cursor: str | None,
    limit: int,
    staff: StaffPrincipal,
    language: Language,
) -> Page[CellFaultView]:
    """The cells at fault, by row."""
    job = await find_import(tx, import_id, staff=staff)
    fault = import_fault.c
    statement = (
        select(import_fault)
        .where(fault.tenant_id == tx.tenant_id, fault.import_id == import_id)
        .order_by(fault.number)
        .limit(limit + 1)
    )
    if code is not None:
        statement = statement.where(fault.code == code)
    if cursor is not None:
        statement = statement.where(fault.number > decode_cursor(cursor, (int,))[0])
    header = (job.look or {}).get("header", [])

    def view(row: Any) -> CellFaultView:
        place = row.place
        name = header[place] if place is not None and place < len(header) else ""
        return CellFaultView(
            row.row,
            place,
            letter(place) if place is not None else None,
            name,
            row.field,
            job.worksheet,
            row.value,
            row.code,
            told(row.code, row.params, language),
        )

    return page(await tx.rows(statement), limit, lambda row: (row.number,), view)


async def list_rows(
    tx: Tx,
    import_id: UUID,
    *,
    first: int | None,
    faulty: bool,
    cursor: str | None,
    limit: int,
    staff: StaffPrincipal,
    language: Language,
) -> Page[RowView]:
    """Rows with their marks from row `first` on, or only those at fault."""
    await find_import(tx, import_id, staff=staff)
    start = decode_cursor(cursor, (int,))[0] if cursor is not None else first if first is not None else 0
    start = max(0, min(start, 2**31 - 1))
    numbers, cells = await (_faulty if faulty else _following)(tx, import_id, start, limit + 1)
    shown = numbers[:limit]
    marks = await _marks(tx, import_id, shown, language)
    more = len(numbers) > limit
    return Page(
        [RowView(number, cells[number], marks.get(number, [])) for number in shown],
        encode_cursor([numbers[limit]]) if more else None,
    )


_Rows = tuple[list[int], dict[int, list[str]]]


async def _following(tx: Tx, import_id: UUID, start: int, count: int) -> _Rows:
    """Rows kept, from `start` on."""
    blocks = await tx.fetch(_BLOCKS, import_id, start, count)
    cells = _cells(blocks)
    return sorted(number for number in cells if number >= start)[:count], cells


async def _faulty(tx: Tx, import_id: UUID, start: int, count: int) -> _Rows:
    numbers = [row["row"] for row in await tx.fetch(_FAULTY, import_id, start, count)]
    cells = _cells(await tx.fetch(_BLOCKS_OF, import_id, numbers))
    return [number for number in numbers if number in cells], cells


def _cells(blocks: Sequence[Any]) -> dict[int, list[str]]:
    read = ((block["first"], msgspec.json.decode(block["cells"], type=list[list[str]])) for block in blocks)
    return {first + place: row for first, rows in read for place, row in enumerate(rows)}


# But for the last of a file, blocks hold 42 rows at least (see `marks`).
_BLOCKS = """
select first, cells::text as cells from import_rows
where tenant_id = $1 and import_id = $2 and first > $3 - 50 and last >= $3 order by first limit $4 / 40 + 2
"""
_FAULTY = """
select distinct f.row from import_fault f
where f.tenant_id = $1 and f.import_id = $2 and f.row >= $3 order by f.row limit $4
"""
_BLOCKS_OF = """
select distinct b.first, b.cells::text as cells from unnest($3::int[]) as w(row)
join lateral (
  select first, last, cells from import_rows
  where tenant_id = $1 and import_id = $2 and first <= w.row order by first desc limit 1
) b on b.last >= w.row
"""


async def _marks(tx: Tx, import_id: UUID, numbers: Sequence[int], language: Language) -> dict[int, list[CellMark]]:
    if not numbers:
        return {}
    fault = import_fault.c
    rows = await tx.rows(
        select(fault.row, fault.place, fault.code, fault.params)
        .where(
            fault.tenant_id == tx.tenant_id,
            fault.import_id == import_id,
            fault.row >= numbers[0],
            fault.row <= numbers[-1],
            fault.row.in_(numbers),
        )
        .order_by(fault.number)
    )
    marks: dict[int, list[CellMark]] = {}
    for row in rows:
        marks.setdefault(row.row, []).append(CellMark(row.place, row.code, told(row.code, row.params, language)))
    return marks
