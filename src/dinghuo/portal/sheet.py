"""A sheet that a dealer uploads: its codes and quantities, whatever its columns are called."""

import asyncio
from collections.abc import Iterator, Sequence
from decimal import Decimal

import msgspec

from dinghuo.integrations.sheets import Cell, Limits, Sheet, SheetError, guess, open_sheet
from dinghuo.integrations.sheets.mapping import find_column
from dinghuo.integrations.sheets.values import code_of, is_blank, looks_like_number, number_of, text_of
from dinghuo.kit.errors import MALFORMED, TOO_LARGE, Message
from dinghuo.portal.take import MOST_ENTRIES, Entry, SheetColumns

MOST_BYTES = 5_000_000
SHEET_LIMITS = Limits(
    file_bytes=MOST_BYTES,
    unpacked_bytes=64 * 1024 * 1024,
    rows=20_000,
    columns=100,
    workbook_cells=500_000,
    workbook_text=16 * 1024 * 1024,
    cell_length=2_000,
)
_LONGEST = 200

NO_COLUMNS = Message(
    "sheet-no-order-columns",
    "找不到{wanted}列；表格的列：{found}。请指定列名，或使用“编码、数量”两列",
    "No column of {wanted} was found among: {found}. Say which it is, or use two columns: code, quantity",
    MALFORMED,
)
TOO_MANY = Message(
    "sheet-too-many-lines",
    "表格有超过 {most} 行要订购的商品，请分几次上传",
    "The sheet orders more than {most} lines: upload it in parts",
    TOO_LARGE,
)


class Columns(msgspec.Struct, frozen=True):
    """Which columns are which, by their headers, where somebody says so."""

    code: str | None = None
    quantity: str | None = None
    unit: str | None = None


async def read_sheet(content: bytes, *, name: str, given: Columns) -> tuple[list[Entry], SheetColumns]:
    """The entries of a sheet; refused when it is none, too large, or its columns are not to be found."""
    # Unpacking and parsing hold nobody else up.
    return await asyncio.to_thread(_read, content, name, given)


def _read(content: bytes, name: str, given: Columns) -> tuple[list[Entry], SheetColumns]:
    sheet = open_sheet(content, name=name, limits=SHEET_LIMITS)
    places, has_header = _places(sheet, given)
    entries: list[Entry] = []
    for line, row in _rows(sheet, has_header=has_header):
        entry = _entry(line, row, places)
        if entry is not None:
            entries.append(entry)
        if len(entries) > MOST_ENTRIES:
            raise SheetError(TOO_MANY(most=MOST_ENTRIES))
    header = [*sheet.header, *(f"#{place + 1}" for place in range(len(sheet.header), sheet.width))]
    named = {field: header[place] for field, place in places.items()}
    return entries, SheetColumns(code=named["code"], quantity=named["quantity"], unit=named.get("unit"))


def _rows(sheet: Sheet, *, has_header: bool) -> Iterator[tuple[int, Sequence[Cell]]]:
    if not has_header:
        yield sheet.header_row, sheet.header
    for block in sheet.blocks():
        yield from enumerate(block.rows, start=block.first)


# In a sheet of nothing but an order a word says enough that would not in a book of orders.
_SHORT = {"code": "code"}
_FIELDS = {"code": ("sku_code", "barcode"), "quantity": ("quantity",), "unit": ("unit",)}


def _places(sheet: Sheet, given: Columns) -> tuple[dict[str, int], bool]:
    """Where code, quantity and unit stand; and whether the first row names the columns."""
    guessed = guess(sheet.header, sheet.sample()).mapping.columns
    places: dict[str, int] = {}
    for field, names in _FIELDS.items():
        told = getattr(given, field)
        column = told or next((guessed[each] for each in names if each in guessed), _SHORT.get(field))
        found = find_column(sheet.header, column, sheet.width) if column else []
        if found:
            places[field] = found[0]
    if given == Columns() and not {"code", "quantity"} <= places.keys() and _is_bare(sheet):
        return {"code": 0, "quantity": 1} | ({"unit": 2} if len(sheet.header) > 2 else {}), False
    wanted = [label for field, label in (("code", "编码 code"), ("quantity", "数量 quantity")) if field not in places]
    if wanted:
        raise SheetError(NO_COLUMNS(wanted=" / ".join(wanted), found=", ".join(sheet.header[:20])))
    return places, True


def _is_bare(sheet: Sheet) -> bool:
    """Whether there is no header: the second cell of the first row is a quantity already."""
    return len(sheet.header) > 1 and looks_like_number(sheet.header[1])


def _entry(line: int, row: Sequence[Cell], places: dict[str, int]) -> Entry | None:
    """A row's entry; None where nothing is ordered."""

    def cell(field: str) -> Cell:
        place = places.get(field)
        return row[place] if place is not None and place < len(row) else ""

    code, written = code_of(cell("code"))[:_LONGEST], text_of(cell("quantity"))[:_LONGEST]
    quantity = number_of(cell("quantity"))
    if not code or is_blank(cell("quantity")) or quantity == Decimal(0):
        return None
    unit = text_of(cell("unit"))[:_LONGEST]
    return Entry(code=code, quantity=quantity, unit=unit or None, line=line, written=written)
