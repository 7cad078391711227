"""What a file looks like: its worksheets, header, first rows, and which column is likely which field."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path

import msgspec

from dinghuo.integrations.imports.kinds import shape_of
from dinghuo.integrations.imports.mappings import MappingView
from dinghuo.integrations.progress import Progress
from dinghuo.integrations.sheets import Mapping, Sheet, fitting_preset, guess, open_sheet
from dinghuo.integrations.sheets.mapping import find_column
from dinghuo.integrations.sheets.sheet import Cell, Row
from dinghuo.integrations.sheets.values import is_blank, text_of

_FIRST_ROWS = 20
_SAMPLES = 3
_LONGEST = 200
# What a cell may hold and no text of the database.
_UNSTORABLE = dict.fromkeys([0, *range(0xD800, 0xE000)], "\ufffd")


class LookColumn(msgspec.Struct, frozen=True):
    """A column; `ref` is how a mapping names it. `field` and `confidence` (0…1) are the guess, if there is one."""

    place: int
    name: str
    ref: str
    letter: str
    samples: list[str]
    field: str | None = None
    confidence: float | None = None


class Look(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a file. `source` says where the proposed mapping is from; `missing` what it leaves open."""

    worksheet: str | None
    worksheets: list[str]
    header_row: int
    rows: int
    encoding: str | None
    delimiter: str | None
    header: list[str]
    columns: list[LookColumn]
    first_rows: list[list[str]]
    source: str
    mapping: Mapping
    missing: list[list[str]]
    mapping_id: str | None = None
    mapping_name: str | None = None


def look_at(
    path: Path, *, name: str, worksheet: str | None, header_row: int | None, progress: Progress
) -> tuple[Sheet, int]:
    """Open a file, and count its rows, as far down as they say something."""
    sheet = open_sheet(path, name=name, worksheet=worksheet, header_row=header_row)
    rows = 0
    for block in sheet.blocks():
        last = next((at for at in range(len(block.rows), 0, -1) if _says_something(block.rows[at - 1])), 0)
        rows = block.first + last - 1 - sheet.header_row if last else rows
        progress("look", rows, 0)
    return sheet, rows


def _says_something(row: Row) -> bool:
    return not all(is_blank(cell) for cell in row)


def looked(sheet: Sheet, rows: int, kind: str, remembered: MappingView | None) -> Look:
    """What people are shown of it, with the mapping that was remembered, that comes with Dinghuo, or is likeliest."""
    sample = sheet.sample()
    shape = shape_of(kind)
    guessed = guess(sheet.header, sample, shape)
    preset = fitting_preset(sheet) if kind == "order_book" else None
    if remembered is not None:
        source, mapping = "remembered", remembered.mapping
    elif preset is not None:
        source, mapping = "preset", preset
    else:
        source, mapping = "guessed", guessed.mapping
    mapping = msgspec.structs.replace(mapping, worksheet=None, header_row=None)
    sure = dict.fromkeys(mapping.columns, 1.0) if source != "guessed" else guessed.sure
    field_at = {
        place: field
        for field, column in mapping.columns.items()
        for place in find_column(sheet.header, column, sheet.width)[:1]
    }
    return Look(
        worksheet=sheet.worksheet,
        worksheets=list(sheet.worksheets),
        header_row=sheet.header_row,
        rows=rows,
        encoding=sheet.encoding,
        delimiter=sheet.delimiter,
        header=list(map(clean, sheet.header)),
        columns=[_column(sheet, sample, place, field_at.get(place), sure) for place in range(sheet.width)],
        first_rows=[texts_of(row) for row in sample[:_FIRST_ROWS]],
        source=source,
        mapping=mapping,
        missing=[list(group) for group in mapping.missing(shape)],
        mapping_id=str(remembered.id) if remembered else None,
        mapping_name=remembered.name if remembered else None,
    )


def _column(sheet: Sheet, sample: Sequence[Row], place: int, field: str | None, sure: dict[str, float]) -> LookColumn:
    name = sheet.header[place] if place < len(sheet.header) else ""
    ref = name if name and find_column(sheet.header, name) == [place] else f"#{place + 1}"
    cells = (row[place] for row in sample if place < len(row) and not is_blank(row[place]))
    samples = list(dict.fromkeys(map(shown, cells)))[:_SAMPLES]
    return LookColumn(
        place, clean(name), clean(ref), letter(place), samples, field, sure.get(field) if field else None
    )


def letter(place: int) -> str:
    """A column's name in spreadsheets: A, B … Z, AA."""
    name, left = "", place + 1
    while left:
        left, digit = divmod(left - 1, 26)
        name = chr(65 + digit) + name
    return name


def shown(cell: Cell) -> str:
    """A cell as a grid shows it, cut where it is too long to be read there."""
    if type(cell) is str:
        text = cell[:_LONGEST]
        return text if text.isprintable() else clean(text)
    if isinstance(cell, datetime):
        return cell.isoformat(" ", "seconds")
    if isinstance(cell, date):
        return cell.isoformat()
    return text_of(cell)[:_LONGEST]


def clean(text: str) -> str:
    return text.translate(_UNSTORABLE)


def texts_of(row: Row) -> list[str]:
    return [shown(cell) for cell in row]
