"""A sheet's rows as text: what stands in its columns, in the words that a text of an order uses."""

import asyncio
from collections.abc import Iterator, Sequence

from dinghuo.catalogue.quantities import plain
from dinghuo.integrations.sheets import Cell, Sheet, SheetError, guess, open_sheet
from dinghuo.integrations.sheets.mapping import find_column
from dinghuo.integrations.sheets.values import code_of, is_blank, number_of, text_of
from dinghuo.orders.paste.propose import LONGEST_SHEET, MOST_ROWS, TOO_MANY
from dinghuo.portal.sheet import SHEET_LIMITS

_GOODS = ("sku_code", "barcode", "description")
_SIZES = ("规格", "规格型号", "型号", "size", "spec", "specification")


async def text_of_sheet(content: bytes, *, name: str) -> str:
    """Its rows, one a line; refused when it is no sheet, or a very long one."""
    # Unpacking and parsing hold nobody else up.
    return await asyncio.to_thread(_text, content, name)


def _text(content: bytes, name: str) -> str:
    sheet = open_sheet(content, name=name, limits=SHEET_LIMITS)
    places = _places(sheet)
    known = "quantity" in places and any(field in places for field in _GOODS)
    lines = [] if known else [" ".join(sheet.header)]
    for row in _rows(sheet):
        line = _line(row, places) if known else " ".join(filter(None, (_cell(cell) for cell in row)))
        if line:
            lines.append(line)
        if len(lines) > MOST_ROWS:
            raise SheetError(TOO_MANY(most=MOST_ROWS))
    return "\n".join(lines)[:LONGEST_SHEET]


def _places(sheet: Sheet) -> dict[str, int]:
    columns = guess(sheet.header, sheet.sample()).mapping.columns
    found = {field: find_column(sheet.header, column, sheet.width) for field, column in columns.items()}
    sizes = [place for place, name in enumerate(sheet.header) if name.strip().lower() in _SIZES]
    return {field: places[0] for field, places in {**found, "size": sizes}.items() if places}


def _rows(sheet: Sheet) -> Iterator[Sequence[Cell]]:
    for block in sheet.blocks():
        yield from block.rows


def _line(row: Sequence[Cell], places: dict[str, int]) -> str:
    """Goods, then how much: the sign between them says that the number is no size."""

    def cell(field: str) -> Cell:
        place = places.get(field)
        return row[place] if place is not None and place < len(row) else ""

    goods = [code_of(cell("sku_code")), code_of(cell("barcode")), _cell(cell("description")), _cell(cell("size"))]
    named = " ".join(dict.fromkeys(each for each in goods if each))
    if not named or is_blank(cell("quantity")):
        return ""
    number = number_of(cell("quantity"))
    if number == 0:
        return ""
    quantity = _cell(cell("quantity")) if number is None else plain(number)
    return f"{named} × {quantity} {_cell(cell('unit'))}".strip()


def _cell(cell: Cell) -> str:
    return " ".join(text_of(cell).split())
