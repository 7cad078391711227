"""Writes .xlsx: the lines that could not be taken with their cells marked, and tables for export.

Texts are always written as texts, so that one beginning with = + - @ never becomes a formula.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, tzinfo
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO, Literal

import xlsxwriter
from xlsxwriter.exceptions import FileCreateError

from dinghuo.integrations.sheets.lines import CellFault
from dinghuo.integrations.sheets.messages import NOT_WRITABLE, ROW_TOO_WIDE, SheetError
from dinghuo.integrations.sheets.sheet import Cell, Sheet
from dinghuo.integrations.sheets.values import EXACT_DIGITS
from dinghuo.kit.errors import Language

Target = Path | BinaryIO
ColumnKind = Literal["text", "integer", "quantity", "price", "money", "rate", "date", "moment"]

_FORMATS: dict[ColumnKind, str] = {
    "text": "@",
    "integer": "0",
    "quantity": "#,##0.######",
    "price": "#,##0.00####",
    "money": "#,##0.00",
    "rate": "0.##%",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}
_WIDTHS: dict[ColumnKind, int] = {"text": 20, "integer": 10, "date": 12, "moment": 17}
_LONGEST_CELL = 32_767
# Comments stay in memory and slow Excel down; the sentence stands in the last column all the same.
_COMMENTS = 2_000

_WORDS: dict[str, dict[Language, str]] = {
    "lines": {"zh": "未导入的行", "en": "Lines not taken"},
    "summary": {"zh": "汇总", "en": "Summary"},
    "row": {"zh": "原文件行号", "en": "Row in the file"},
    "why": {"zh": "原因", "en": "Why"},
    "code": {"zh": "原因代码", "en": "Reason"},
    "count": {"zh": "行数", "en": "Lines"},
    "example": {"zh": "例", "en": "Example"},
    "first": {"zh": "首次出现的行号", "en": "First row"},
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of an exported table."""

    title: str
    kind: ColumnKind = "text"
    width: int | None = None


def write_table(
    target: Target,
    columns: Sequence[Column],
    rows: Iterable[Sequence[Any]],
    *,
    title: str = "Sheet1",
    zone: tzinfo = UTC,
) -> int:
    """Write a table; the number of its rows. Moments are shown as the wall clock of `zone`, None is an empty cell."""
    count = 0
    with _workbook(target) as book:
        formats = [book.add_format({"num_format": _FORMATS[column.kind]}) for column in columns]
        page = book.add_worksheet(title)
        _header(book, page, [column.title for column in columns])
        for place, column in enumerate(columns):
            page.set_column(place, place, column.width or _WIDTHS.get(column.kind, 14))
        for count, row in enumerate(rows, start=1):
            for place, cell in enumerate(row):
                if cell is not None:
                    _write(page, count, place, _wall_clock(cell, zone), formats[place])
    return count


def write_errors(
    target: Target,
    sheet: Sheet,
    faults: Iterable[CellFault],
    *,
    language: Language = "zh",
    totals: Sequence[tuple[str, str | int | Decimal]] = (),
) -> int:
    """Write the rows at fault as they stand in the file, bad cells red with a comment, the reasons last.

    Rows keep the file's columns, so that the mended workbook can be imported. A second worksheet counts the
    reasons, below `totals`. Returns the number of rows.
    """
    faults_in: dict[int, list[CellFault]] = {}
    for each in faults:
        faults_in.setdefault(each.row, []).append(each)
    width = sheet.width
    if any(each.fault.message is ROW_TOO_WIDE for found in faults_in.values() for each in found):
        width = max(len(row) for _, row in sheet.pick(faults_in))
    with _workbook(target) as book:
        page = book.add_worksheet(_WORDS["lines"][language])
        unnamed = [""] * (width - len(sheet.header))
        _header(book, page, [*sheet.header, *unnamed, _WORDS["row"][language], _WORDS["why"][language]])
        page.set_column(0, width - 1, 16)
        page.set_column(width + 1, width + 1, 60)
        writer = _ErrorRows(page, _Marks(book), width, language)
        for line, (number, row) in enumerate(sheet.pick(faults_in), start=1):
            writer.write(line, number, row, faults_in[number])
        _summary(book, faults_in, language, totals)
    return len(faults_in)


class _Marks:
    """The formats of good and bad cells, with and without a date."""

    def __init__(self, book: Any) -> None:
        red = {"bg_color": "#FFC7CE", "font_color": "#9C0006"}
        moment = {"num_format": "yyyy-mm-dd hh:mm:ss"}
        self._formats = {
            (bad, dated): book.add_format((red if bad else {}) | (moment if dated else {}))
            for bad in (False, True)
            for dated in (False, True)
        }
        self.why = book.add_format({"text_wrap": True, "font_color": "#9C0006"})

    def of(self, cell: Cell, bad: bool) -> Any:
        return self._formats[bad, isinstance(cell, (date, datetime))]


class _ErrorRows:
    """Writes one row at fault after the other."""

    def __init__(self, page: Any, marks: _Marks, width: int, language: Language) -> None:
        self._page, self._marks, self._width, self._language = page, marks, width, language
        self._comments = 0

    def write(self, line: int, number: int, row: Sequence[Cell], faults: Sequence[CellFault]) -> None:
        sentences: dict[int | None, list[str]] = {}
        for each in faults:
            sentences.setdefault(each.column, []).append(each.fault.sentence(self._language))
        stop = "；" if self._language == "zh" else "; "
        for place, cell in enumerate([*row, *[""] * (self._width - len(row))][: self._width]):
            bad = place in sentences
            if bad or cell != "":
                _write(self._page, line, place, cell, self._marks.of(cell, bad))
            if bad and self._comments < _COMMENTS:
                self._page.write_comment(line, place, stop.join(sentences[place])[:1_000])
                self._comments += 1
        self._page.write_number(line, self._width, number)
        why = stop.join(dict.fromkeys(sentence for found in sentences.values() for sentence in found))
        self._page.write_string(line, self._width + 1, why[:_LONGEST_CELL], self._marks.why)


def _summary(
    book: Any,
    faults_in: dict[int, list[CellFault]],
    language: Language,
    totals: Sequence[tuple[str, str | int | Decimal]],
) -> None:
    page = book.add_worksheet(_WORDS["summary"][language])
    page.set_column(0, 0, 30)
    page.set_column(2, 2, 80)
    for line, (label, value) in enumerate(totals):
        _write(page, line, 0, label, None)
        _write(page, line, 1, value, None)
    counts: Counter[str] = Counter()
    first: dict[str, CellFault] = {}
    for number in sorted(faults_in):
        for each in faults_in[number]:
            first.setdefault(each.fault.message.code, each)
        counts.update(list(dict.fromkeys(each.fault.message.code for each in faults_in[number])))
    top = len(totals) + (1 if totals else 0)
    _header(book, page, [_WORDS[word][language] for word in ("code", "count", "example", "first")], top)
    for line, (code, count) in enumerate(counts.most_common(), start=top + 1):
        example = first[code]
        for place, cell in enumerate((code, count, example.fault.sentence(language), example.row)):
            _write(page, line, place, cell, None)


@contextmanager
def _workbook(target: Target) -> Iterator[Any]:
    """A workbook that appears under its name only when it is complete."""
    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    if not isinstance(target, Path):
        with xlsxwriter.Workbook(target, options) as book:
            yield book
        return
    unfinished = target.with_name(f".{target.name}.part")
    try:
        with xlsxwriter.Workbook(str(unfinished), options) as book:
            yield book
        unfinished.replace(target)
    except (FileCreateError, OSError) as error:
        raise SheetError(NOT_WRITABLE(name=str(target), reason=str(error))) from error
    finally:
        unfinished.unlink(missing_ok=True)


def _header(book: Any, page: Any, titles: Sequence[str], line: int = 0) -> None:
    bold = book.add_format({"bold": True, "bg_color": "#F2F2F2", "bottom": 1})
    for place, title in enumerate(titles):
        page.write_string(line, place, title, bold)
    if line == 0:
        page.freeze_panes(1, 0)


def _wall_clock(cell: Any, zone: tzinfo) -> Any:
    return cell.astimezone(zone).replace(tzinfo=None) if isinstance(cell, datetime) and cell.tzinfo else cell


def _write(page: Any, line: int, place: int, cell: Any, look: Any) -> None:
    if isinstance(cell, Decimal):
        # A number in a workbook has fifteen digits; a longer one stays exact as a text.
        exact = len(cell.normalize().as_tuple().digits) <= EXACT_DIGITS
        cell = float(cell) if exact and cell.is_finite() else str(cell)
    if isinstance(cell, bool):
        page.write_boolean(line, place, cell, look)
    elif isinstance(cell, (int, float)):
        page.write_number(line, place, cell, look)
    elif isinstance(cell, (datetime, date)):
        page.write_datetime(line, place, cell, look)
    else:
        page.write_string(line, place, str(cell)[:_LONGEST_CELL], look)
