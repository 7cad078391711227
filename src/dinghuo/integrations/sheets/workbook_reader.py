"""Reads .xlsx with calamine, from an archive rebuilt of parts that were looked through first."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

from python_calamine import (
    CalamineError,
    CalamineSheet,
    CalamineWorkbook,
    PasswordError,
    SheetTypeEnum,
    SheetVisibleEnum,
)

from dinghuo.integrations.sheets.archive import MIB, Limits, Part, repacked, unpack, zip_parts
from dinghuo.integrations.sheets.cells import (
    Extent,
    exact_extent,
    feed,
    quick_extent,
    safe_parser,
    shared_text_lengths,
    text_length,
)
from dinghuo.integrations.sheets.messages import (
    DAMAGED,
    ENCRYPTED,
    FILE_EMPTY,
    NO_WORKSHEET,
    NOT_A_SHEET,
    TOO_MANY_CELLS,
    TOO_MANY_COLUMNS,
    TOO_MANY_ROWS,
    TOO_MUCH_TEXT,
    SheetError,
)
from dinghuo.integrations.sheets.sheet import Row, Rows

T = TypeVar("T")

# What the reader may ask for; pictures, properties and other programs' parts are left behind.
_READ = ("xl/", "_rels/", "[content_types]")
_WORKBOOK = "xl/workbook.xml"
_RELATIONS = "xl/_rels/workbook.xml.rels"
_SHARED = "xl/sharedstrings.xml"


@dataclass(frozen=True, slots=True)
class Workbook:
    """One worksheet of a workbook, its rows from the first one of the sheet."""

    worksheet: str
    worksheets: tuple[str, ...]
    epoch_1904: bool
    rows: Rows


def open_workbook(data: bytes, *, name: str, limits: Limits, worksheet: str | None) -> Workbook:
    parts = zip_parts(data, name=name, limits=limits)
    if _WORKBOOK not in parts:
        raise SheetError(NOT_A_SHEET(name=name, kind="zip"))
    kept = {key: part for key, part in parts.items() if key.startswith(_READ) and key.endswith((".xml", ".rels"))}
    reader = _Checked(kept, name, limits)
    extents = reader.extents()
    sheets, epoch_1904 = reader.contents()
    book = _calamine(name, lambda: CalamineWorkbook.from_filelike(io.BytesIO(repacked(list(kept.values())))))
    title, sheet = _choose(book, worksheet, name)
    errors = extents.get(sheets.get(title, ""), Extent()).errors
    return Workbook(title, tuple(book.sheet_names), epoch_1904, lambda: _rows(sheet, errors))


@dataclass(frozen=True, slots=True)
class _Checked:
    """Looks through every part, so that nothing unseen reaches the reader."""

    parts: dict[str, Part]
    name: str
    limits: Limits

    def chunks(self, key: str) -> Callable[[], Iterator[bytes]]:
        return lambda: unpack(self.parts[key], name=self.name, limits=self.limits)

    def extents(self) -> dict[str, Extent]:
        """The extent of each part that holds cells, all within the limits."""
        lengths = shared_text_lengths(self.chunks(_SHARED)(), name=self.name) if _SHARED in self.parts else []
        self._check_text(sum(lengths))
        longest = max(lengths, default=0)
        found = {}
        for key in self.parts:
            if key == _SHARED:
                continue
            reach = quick_extent(self.chunks(key)())
            if reach is None or self._excess(reach):
                reach = exact_extent(self.chunks(key)(), name=self.name)
            if excess := self._excess(reach):
                raise excess
            if reach.texts * longest > self.limits.workbook_text:
                self._check_text(text_length(self.chunks(key)(), lengths, name=self.name))
            found[key] = reach
        return found

    def _excess(self, reach: Extent) -> SheetError | None:
        limits, name = self.limits, self.name
        if reach.rows > limits.rows:
            return SheetError(TOO_MANY_ROWS(name=name, limit=limits.rows))
        if reach.columns > limits.columns:
            return SheetError(TOO_MANY_COLUMNS(name=name, count=reach.columns, limit=limits.columns))
        if reach.rows * reach.columns > limits.workbook_cells:
            limit = limits.workbook_cells
            return SheetError(TOO_MANY_CELLS(name=name, rows=reach.rows, columns=reach.columns, limit=limit))
        return None

    def _check_text(self, length: int) -> None:
        if length > self.limits.workbook_text:
            raise SheetError(TOO_MUCH_TEXT(name=self.name, limit=self.limits.workbook_text // MIB))

    def contents(self) -> tuple[dict[str, str], bool]:
        """Which part each worksheet is, by its title, and whether dates count from 1904."""
        relation_of: dict[str, str] = {}
        target_of: dict[str, str] = {}
        epoch_1904 = False

        def start(tag: str, attributes: dict[str, str]) -> None:
            nonlocal epoch_1904
            local = tag.rpartition(":")[2]
            if local == "sheet":
                relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
                relation_of[attributes.get("name", "")] = relation
            elif local == "workbookPr":
                epoch_1904 = attributes.get("date1904", "0") in ("1", "true")
            elif local == "Relationship":
                target = attributes.get("Target", "").lower()
                target_of[attributes.get("Id", "")] = target.lstrip("/") if target[:1] == "/" else f"xl/{target}"

        for key in (_WORKBOOK, _RELATIONS):
            if key in self.parts:
                parser = safe_parser(self.name)
                parser.StartElementHandler = start
                feed(parser, self.chunks(key)(), self.name)
        return {title: target_of.get(relation, "") for title, relation in relation_of.items()}, epoch_1904


def _choose(book: CalamineWorkbook, worksheet: str | None, name: str) -> tuple[str, CalamineSheet]:
    """The worksheet asked for, else the first visible one that holds anything."""
    if worksheet is not None:
        wanted = worksheet.strip().casefold()
        titles = [title for title in book.sheet_names if title.strip().casefold() == wanted]
        if not titles:
            raise SheetError(NO_WORKSHEET(name=name, worksheet=worksheet, found="、".join(book.sheet_names)))
        return titles[0], _calamine(name, partial(book.get_sheet_by_name, titles[0]))
    for about in book.sheets_metadata:
        if about.typ == SheetTypeEnum.WorkSheet and about.visible == SheetVisibleEnum.Visible:
            sheet = _calamine(name, partial(book.get_sheet_by_name, about.name))
            if sheet.start is not None:
                return about.name, sheet
    raise SheetError(FILE_EMPTY(name=name))


def _rows(sheet: CalamineSheet, errors: dict[tuple[int, int], str]) -> Iterator[Row]:
    left: Row = [""] * (sheet.start[1] if sheet.start else 0)
    errors_in: dict[int, list[tuple[int, str]]] = {}
    for (number, column), error in errors.items():
        errors_in.setdefault(number, []).append((column, error))
    for number, read in enumerate(sheet.iter_rows(), start=1):
        row: Row = [*left, *read] if left else read
        if bool in map(type, row):
            # True equals 1 as a key of a dict, and a ticked box is no quantity.
            row = [str(cell).upper() if isinstance(cell, bool) else cell for cell in row]
        for column, error in errors_in.get(number, ()):
            if column <= len(row):
                row[column - 1] = error
        yield row


def _calamine(name: str, call: Callable[[], T]) -> T:
    try:
        return call()
    except PasswordError as error:
        raise SheetError(ENCRYPTED(name=name)) from error
    except CalamineError as error:
        raise SheetError(DAMAGED(name=name, reason=str(error))) from error
    except BaseException as error:
        # A panic in the reader's Rust code is no Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise SheetError(DAMAGED(name=name, reason=str(error))) from error
