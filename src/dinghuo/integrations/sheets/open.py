"""Opens whatever a customer sends: .xlsx, or delimited text, packed or not; what it is is decided by its content."""

import io
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from dinghuo.integrations.sheets.archive import MIB, Budget, Gunzipped, Limits
from dinghuo.integrations.sheets.messages import (
    ENCRYPTED,
    FILE_EMPTY,
    FILE_MISSING,
    FILE_TOO_LARGE,
    NO_HEADER,
    NOT_A_SHEET,
    OLD_EXCEL,
    SheetError,
)
from dinghuo.integrations.sheets.sheet import Cell, Row, Rows, Sheet, bounded_blocks
from dinghuo.integrations.sheets.text_reader import find_delimiter, find_encoding, text_rows
from dinghuo.integrations.sheets.values import is_blank, looks_like_number
from dinghuo.integrations.sheets.workbook_reader import open_workbook

Source = Path | bytes | bytearray | memoryview

# A title, a company's name and a date may stand above the header.
_HEADER_WITHIN = 30
_DEFAULT_LIMITS = Limits()


def open_sheet(
    source: Source,
    *,
    name: str | None = None,
    limits: Limits = _DEFAULT_LIMITS,
    worksheet: str | None = None,
    header_row: int | None = None,
    encoding: str | None = None,
    delimiter: str | None = None,
) -> Sheet:
    """Find the table in a file. What is not said (worksheet, header row, encoding, delimiter) is found out.

    Raises SheetError when there is none, or the file could do harm.
    """
    content = _content(source, name, limits)
    head = content.head()
    if head.startswith(b"PK\x03\x04"):
        with closing(content.open()) as file:
            data = file.read()
        book = open_workbook(data, name=content.name, limits=limits, worksheet=worksheet)
        found = _Found(book.rows, worksheet=book.worksheet, worksheets=book.worksheets, epoch_1904=book.epoch_1904)
    else:
        found = _text(content, head, encoding, delimiter)
    return _with_header(found, content.name, limits, header_row)


@dataclass(frozen=True, slots=True)
class _Content:
    """Bytes that can be read from the start as often as needed."""

    name: str
    source: Path | bytes
    size: int
    limits: Limits

    def open(self) -> BinaryIO:
        return self.source.open("rb") if isinstance(self.source, Path) else io.BytesIO(self.source)

    def head(self) -> bytes:
        with closing(self.open()) as file:
            return file.read(4096)

    def unzipped(self) -> BinaryIO:
        return io.BufferedReader(Gunzipped(self.open(), Budget(self.name, self.size, self.limits)), 256 * 1024)


@dataclass(frozen=True, slots=True)
class _Found:
    """The rows of a file, and how they were found."""

    rows: Rows
    worksheet: str | None = None
    worksheets: tuple[str, ...] = ()
    epoch_1904: bool = False
    encoding: str | None = None
    delimiter: str | None = None
    declared: bool = False


def _content(source: Source, name: str | None, limits: Limits) -> _Content:
    if isinstance(source, Path):
        name = name or source.name
        if not source.is_file():
            raise SheetError(FILE_MISSING(name=name))
        content = _Content(name, source, source.stat().st_size, limits)
    else:
        data = bytes(source)
        content = _Content(name or "", data, len(data), limits)
    if content.size == 0:
        raise SheetError(FILE_EMPTY(name=content.name))
    if content.size > limits.file_bytes:
        raise SheetError(FILE_TOO_LARGE(name=content.name, limit=limits.file_bytes // MIB))
    return content


def _text(content: _Content, head: bytes, encoding: str | None, delimiter: str | None) -> _Found:
    name, opener = content.name, content.open
    if head.startswith(b"\x1f\x8b"):
        opener = content.unzipped
        with closing(opener()) as file:
            head = file.read(4096)
    _refuse_other_kinds(content, head)
    encoding = encoding or find_encoding(opener, name=name)
    found, declared = find_delimiter(opener, encoding, name=name)
    delimiter = delimiter or found

    def rows() -> Iterator[Row]:
        return text_rows(opener, encoding, delimiter, name=name, limits=content.limits)

    return _Found(rows, encoding=encoding, delimiter=delimiter, declared=declared)


def _refuse_other_kinds(content: _Content, head: bytes) -> None:
    """Files that are no text; the commonest are named, so that the sentence helps."""
    name = content.name
    if head.startswith(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
        with closing(content.open()) as file:
            locked = "EncryptedPackage".encode("utf-16-le") in file.read()
        raise SheetError((ENCRYPTED if locked else OLD_EXCEL)(name=name))
    if head.startswith(b"PK\x03\x04"):
        raise SheetError(NOT_A_SHEET(name=name, kind="zip in gzip"))
    start = head.lstrip(b"\xef\xbb\xbf \t\r\n")[:200].lower()
    kinds = (
        (b"%pdf", "PDF"),
        (b"<!doctype html", "HTML"),
        (b"<html", "HTML"),
        (b"<table", "HTML"),
        (b"<?xml", "XML"),
    )
    for mark, kind in (*kinds, (b"{\\rtf", "RTF"), (b"\x89png", "PNG"), (b"\xff\xd8\xff", "JPEG")):
        if start.startswith(mark):
            raise SheetError(NOT_A_SHEET(name=name, kind=kind))


def _with_header(found: _Found, name: str, limits: Limits, header_row: int | None) -> Sheet:
    """The header is the first row with most texts among the first thirty, if nobody says which it is."""
    first = next(bounded_blocks(found.rows(), name, limits), None)
    if first is None or all(is_blank(cell) for row in first.rows for cell in row):
        raise SheetError(FILE_EMPTY(name=name))
    rows = first.rows
    if header_row is None:
        start = 1 if found.declared else 0
        texts = [_texts(row) for row in rows[start:_HEADER_WITHIN]]
        header_row = start + 1 + texts.index(max(texts))
    if not 1 <= header_row <= len(rows) or all(is_blank(cell) for cell in rows[header_row - 1]):
        raise SheetError(NO_HEADER(name=name, row=header_row))
    header = [" ".join(str(cell).split()) for cell in rows[header_row - 1]]
    while not header[-1]:
        header.pop()
    return Sheet(
        name=name,
        header=tuple(header),
        header_row=header_row,
        width=max(len(header), _usual_width(rows[header_row:])),
        rows=found.rows,
        limits=limits,
        worksheet=found.worksheet,
        worksheets=found.worksheets,
        epoch_1904=found.epoch_1904,
        encoding=found.encoding,
        delimiter=found.delimiter,
    )


def _texts(row: Row) -> int:
    return sum(isinstance(cell, str) and not is_blank(cell) and not looks_like_number(cell) for cell in row)


def _usual_width(rows: Sequence[Row]) -> int:
    """As many columns as nine rows in ten fill: some tables have notes under no name beside them."""
    widths = sorted(_filled(row) for row in rows[:1000])
    return widths[len(widths) // 10] if widths else 0


def _filled(row: Sequence[Cell]) -> int:
    width = len(row)
    while width and is_blank(row[width - 1]):
        width -= 1
    return width
