"""What a workbook's XML holds, seen before the reader loads it.

The reader (calamine) allocates the whole rectangle from the first to the last cell and copies a shared text into
each cell that shows it, so a file of a kilobyte can ask for 40 GB and abort the process. It also shows formula
errors (#N/A) as empty cells. So the XML is looked through first: how far the cells reach, how much text they hold,
and where the errors are.

Nearly every writer makes cells as `<c r="B12" s="1" t="s">`; those are counted by one pattern. Anything else in
the part sends it through an XML parser, which is exact and some three times slower.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from xml.parsers import expat

from dinghuo.integrations.sheets.messages import DAMAGED, HOSTILE_XML, SheetError

_CELL = re.compile(rb'<c(?![A-Za-z0-9_.-])(?: r="([A-Z]{1,3})([0-9]{1,7})"([^<>]*)>)?')
_ERROR = re.compile(
    rb'<c r="([A-Z]{1,3})([0-9]{1,7})"[^<>]* t="e"[^<>]*>(?:<f[^<>]*/>|<f[^<>]*>[^<]*</f>)?<v>([^<]{1,20})</v>'
)
_PREFIXED_CELL = re.compile(rb":c[\s/>]")
_PLAIN_ATTRIBUTES = re.compile(rb'(?: [a-z:]+="[^"<>&]*")*\s*/?')
_REFERENCE = re.compile(r"([A-Za-z]{1,7})([0-9]{1,12})")
_LONGEST_TAG = 1024 * 1024


@dataclass(slots=True)
class Extent:
    """How far the cells of one worksheet reach (1-based), how many show shared texts, where errors are."""

    rows: int = 0
    columns: int = 0
    texts: int = 0
    errors: dict[tuple[int, int], str] = field(default_factory=dict)


def quick_extent(chunks: Iterator[bytes]) -> Extent | None:
    """The extent of the cells in a part, never less than it is; None when they are not made in the common way."""
    found = Extent()
    letters: set[bytes] = set()
    for piece in _whole_tags(chunks):
        if piece is None or _PREFIXED_CELL.search(piece) or b"\x00" in piece:
            return None
        cells = _CELL.findall(piece)
        if not cells:
            continue
        columns, rows, attributes = zip(*cells, strict=True)
        kinds = Counter(attributes)
        if b"" in columns or not all(_PLAIN_ATTRIBUTES.fullmatch(kind) for kind in kinds):
            return None
        if any(kind.endswith(b"/") for kind in kinds):
            # Cells with a colour and no value reach to the last row of many sheets; the reader skips them too.
            cells = [cell for cell in cells if not cell[2].endswith(b"/")]
            if not cells:
                continue
            columns, rows, attributes = zip(*cells, strict=True)
        letters.update(columns)
        found.rows = max(found.rows, max(map(int, set(rows))))
        found.texts += sum(count for kind, count in kinds.items() if b' t="s"' in kind)
        if any(b' t="e"' in kind for kind in kinds):
            for column, row, error in _ERROR.findall(piece):
                found.errors[(int(row), _column(column.decode()))] = error.decode("utf-8", "replace")
    found.columns = max((_column(each.decode()) for each in letters), default=0)
    return found


def _whole_tags(chunks: Iterator[bytes]) -> Iterator[bytes | None]:
    """The bytes cut only in front of a row or, where there is none, of a tag; None when a tag never ends."""
    rest = b""
    for chunk in chunks:
        piece = rest + chunk
        cut = piece.rfind(b"<row")
        cut = cut if cut > 0 else piece.rfind(b"<c ")
        if cut <= 0:
            if len(piece) > _LONGEST_TAG:
                yield None
                return
            rest = piece
            continue
        yield piece[:cut]
        rest = piece[cut:]
    yield rest


def _column(letters: str) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number


class _Scan:
    """Follows `row`, `c` and `v` elements as the reader does, also those that do not say where they stand."""

    def __init__(self, lengths: list[int] | None) -> None:
        self.found = Extent()
        self._lengths = lengths
        self._row = self._column = 0
        self._kind = ""
        self._value: list[str] | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        local = tag.rpartition(":")[2]
        if local == "row":
            given = attributes.get("r", "")
            self._row = int(given) if given.isdecimal() and len(given) < 13 else self._row + 1
            self._column = 0
        elif local == "c":
            place = _REFERENCE.fullmatch(attributes.get("r", "").replace("$", ""))
            self._column = _column(place[1]) if place else self._column + 1
            self._row = int(place[2]) if place else max(self._row, 1)
            self._kind = attributes.get("t", "")
        elif local in ("v", "is"):
            self._value = [] if local == "v" else None
            self.found.rows = max(self.found.rows, self._row)
            self.found.columns = max(self.found.columns, self._column)
            if self._lengths is None and self._kind == "s":
                self.found.texts += 1

    def data(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)

    def end(self, tag: str) -> None:
        if tag.rpartition(":")[2] != "v" or self._value is None:
            return
        value, self._value = "".join(self._value).strip(), None
        if self._kind == "e":
            self.found.errors[(self._row, self._column)] = value[:20]
        elif self._kind == "s" and self._lengths is not None and value.isdecimal():
            index = int(value)
            self.found.texts += self._lengths[index] if index < len(self._lengths) else 0


def exact_extent(chunks: Iterable[bytes], *, name: str) -> Extent:
    """The extent of the cells in a part, however they are made."""
    return _scanned(chunks, name, None)


def text_length(chunks: Iterable[bytes], lengths: list[int], *, name: str) -> int:
    """Characters shown by all cells with shared texts, `lengths[i]` being the length of the i-th text."""
    return _scanned(chunks, name, lengths).texts


def _scanned(chunks: Iterable[bytes], name: str, lengths: list[int] | None) -> Extent:
    scan = _Scan(lengths)
    parser = safe_parser(name)
    parser.StartElementHandler = scan.start
    parser.CharacterDataHandler = scan.data
    parser.EndElementHandler = scan.end
    feed(parser, chunks, name)
    return scan.found


def shared_text_lengths(chunks: Iterable[bytes], *, name: str) -> list[int]:
    """The length of each shared text, in order."""
    lengths: list[int] = []
    parser = safe_parser(name)

    def start(tag: str, _attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "si":
            lengths.append(0)

    def data(text: str) -> None:
        if lengths:
            lengths[-1] += len(text)

    parser.StartElementHandler = start
    parser.CharacterDataHandler = data
    feed(parser, chunks, name)
    return lengths


def safe_parser(name: str) -> expat.XMLParserType:
    """An XML parser that refuses a document type, and with it every entity."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise SheetError(HOSTILE_XML(name=name))

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def feed(parser: expat.XMLParserType, chunks: Iterable[bytes], name: str) -> None:
    try:
        for chunk in chunks:
            parser.Parse(chunk, False)
        parser.Parse(b"", True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        raise SheetError(DAMAGED(name=name, reason=str(error))) from error
