"""Reads delimited text: finds the encoding and the delimiter from the content, then streams rows."""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import BinaryIO

from dinghuo.integrations.sheets.archive import CHUNK, Limits
from dinghuo.integrations.sheets.messages import CELL_TOO_LONG, NOT_A_SHEET, UNKNOWN_ENCODING, SheetError
from dinghuo.integrations.sheets.sheet import Row

Opener = Callable[[], BinaryIO]

DELIMITERS = (",", "\t", ";", "|")
_SAMPLE = 256 * 1024
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
# Of the characters beyond ASCII, this share has to be everyday Chinese for the text to be taken as Chinese.
_PLAUSIBLE = 0.8


def find_encoding(opener: Opener, *, name: str) -> str:
    """UTF-8 or UTF-16 if it is, else GB18030, Big5 or Windows-1252, whichever the bytes make sense in.

    The whole file is decoded strictly before a choice is made: the first Chinese name may stand in the last row.
    Almost any bytes decode as GB18030, so it must also look like Chinese; that keeps `Société` out of it.
    """
    with closing(opener()) as file:
        head = file.read(_SAMPLE)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            return encoding
    if b"\x00" in head:
        return _utf_16(head, name)
    if _decodes(opener, "utf-8", name):
        return "utf-8"
    if _decodes(opener, "gb18030", name) and _looks_chinese(_beyond_ascii(opener, "gb18030")):
        return "gb18030"
    if _decodes(opener, "cp950", name) and _looks_traditional(_beyond_ascii(opener, "cp950")):
        return "cp950"
    if _decodes(opener, "cp1252", name):
        return "cp1252"
    raise SheetError(UNKNOWN_ENCODING(name=name, encoding="UTF-8, UTF-16, GB18030, Big5, Windows-1252"))


def _utf_16(head: bytes, name: str) -> str:
    """Without a mark: digits, commas and line ends have their zero byte on one side."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    encoding = "utf-16-le" if odd > even else "utf-16-be"
    try:
        text = codecs.getincrementaldecoder(encoding)("strict").decode(head)
    except UnicodeDecodeError:
        text = "\x00"
    if "\x00" in text:
        raise SheetError(NOT_A_SHEET(name=name, kind="binary"))
    return encoding


def _decodes(opener: Opener, encoding: str, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with closing(opener()) as file:
        try:
            while chunk := file.read(CHUNK):
                if b"\x00" in chunk:
                    raise SheetError(NOT_A_SHEET(name=name, kind="binary"))
                decoder.decode(chunk)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True


def _beyond_ascii(opener: Opener, encoding: str) -> Counter[str]:
    """How often each character beyond ASCII occurs."""
    found: Counter[str] = Counter()
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    with closing(opener()) as file:
        while chunk := file.read(CHUNK):
            text = decoder.decode(chunk)
            if not text.isascii():
                found.update(text)
            if len(found) > 1_000:
                break
    return Counter({character: count for character, count in found.items() if not character.isascii()})


def _looks_chinese(characters: Counter[str]) -> bool:
    """Mostly characters of GB 2312: both bytes above A0, as misread European text and Big5 seldom have them."""
    return _share(characters, lambda character: _encodable(character, "gb2312"))


def _looks_traditional(characters: Counter[str]) -> bool:
    """Mostly punctuation and the frequent characters of Big5 (lead bytes A1 to C6)."""
    return _share(characters, lambda character: character.encode("cp950")[0] <= 0xC6)


def _share(characters: Counter[str], fits: Callable[[str], bool]) -> bool:
    return sum(count for each, count in characters.items() if fits(each)) >= _PLAUSIBLE * characters.total()


def _encodable(character: str, encoding: str) -> bool:
    try:
        character.encode(encoding)
    except UnicodeEncodeError:
        return False
    return True


def find_delimiter(opener: Opener, encoding: str, *, name: str) -> tuple[str, bool]:
    """The delimiter that cuts most rows into one same number of cells; and whether a `sep=` line declares it."""
    with closing(opener()) as file:
        text = _sample_text(file.read(_SAMPLE), encoding, name)
    lines = text.splitlines(keepends=True)
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip("\r\n")) == 5:
        return lines[0][4], True
    if len(text) >= _SAMPLE // 4:
        lines = lines[:-1]
    return max(DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter)), False


def _sample_text(head: bytes, encoding: str, name: str) -> str:
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(head)
    except (UnicodeError, LookupError) as error:
        raise SheetError(UNKNOWN_ENCODING(name=name, encoding=encoding)) from error


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    try:
        widths = [len(row) for row in csv.reader(lines[:100], delimiter=delimiter) if any(row)]
    except csv.Error:
        return 0.0, 0
    several = Counter(width for width in widths if width > 1)
    if not several:
        return 0.0, 0
    width, count = max(several.items(), key=lambda item: (item[1], item[0]))
    return count / len(widths), width


def text_rows(opener: Opener, encoding: str, delimiter: str, *, name: str, limits: Limits) -> Iterator[Row]:
    """The rows of a delimited text, from its first."""
    with closing(opener()) as file, io.TextIOWrapper(file, encoding=encoding, newline="") as text:
        reader = csv.reader(text, delimiter=delimiter)
        try:
            yield from reader
        except csv.Error as error:
            raise SheetError(CELL_TOO_LONG(name=name, row=reader.line_num, limit=limits.cell_length)) from error
        except UnicodeError as error:
            raise SheetError(UNKNOWN_ENCODING(name=name, encoding=encoding)) from error
