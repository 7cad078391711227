"""Read a plain sheet: every row becomes an item, or is set aside with what is wrong with its cells."""

import asyncio
import time
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from dinghuo.identity.facts import load_tenant
from dinghuo.integrations.plain_sheets.kind import SheetKind
from dinghuo.integrations.plain_sheets.messages import OTHER_ROW_WRONG, ROW_TWICE
from dinghuo.integrations.progress import Progress, silent
from dinghuo.integrations.sheets import CellFault, LineTable, Mapping, Sheet, guess, open_sheet, read_rows
from dinghuo.kit.database import Database
from dinghuo.kit.errors import Fault


@dataclass(slots=True)
class Asides:
    """The rows set aside, by their place among those read, and the marks at their cells."""

    table: LineTable
    places: dict[str, int]
    reason_of: dict[int, Fault] = field(default_factory=dict)
    marks: list[CellFault] = field(default_factory=list)

    def add(self, line: int, fault: Fault) -> None:
        """Mark the cell of the field that the fault names; the whole row where no column is that field."""
        self.marks.append(CellFault(self.table.rows[line], self.places.get(fault.field), fault))
        self.reason_of.setdefault(line, fault)


@dataclass(frozen=True, slots=True)
class PlainSheet:
    """A sheet with its items by the place of their rows. `groups` says which rows are taken together, if any are."""

    kind: SheetKind
    sheet: Sheet
    mapping: Mapping
    asides: Asides
    items: dict[int, Any]
    groups: Sequence[Hashable]
    seconds: float = 0.0

    @property
    def faults(self) -> list[CellFault]:
        return self.asides.marks


async def read_plain_sheet(
    database: Database,
    tenant_id: int,
    source: Path | bytes,
    given: Mapping,
    kind: SheetKind,
    *,
    name: str | None = None,
    progress: Progress = silent,
) -> PlainSheet:
    """Read a file as a sheet of this kind. Writes nothing; raises SheetError when it is unreadable.

    A mapping without columns is guessed from the header.
    """
    started = time.perf_counter()
    progress("read", 0, 0)
    zone = (await database.run(tenant_id, load_tenant)).zone

    def read() -> PlainSheet:
        sheet = open_sheet(source, name=name, worksheet=given.worksheet, header_row=given.header_row)
        mapping = given
        if not given.columns:
            guessed = guess(sheet.header, sheet.sample(), kind.shape).mapping
            columns = {name: column for name, column in guessed.columns.items() if name not in given.constants}
            mapping = msgspec.structs.replace(given, columns=columns)
        mapping.check(kind.shape)
        places = mapping.bind(sheet.header, sheet.width, kind.shape)
        table = read_rows(
            sheet, mapping, kind.shape, zone=mapping.zone or zone, told=lambda rows: progress("read", rows, rows)
        )
        return _items(sheet, mapping, table, places, kind, time.perf_counter() - started)

    return await asyncio.to_thread(read)


def _items(
    sheet: Sheet, mapping: Mapping, table: LineTable, places: dict[str, int], kind: SheetKind, seconds: float
) -> PlainSheet:
    asides = Asides(table, places)
    place_of = {row: line for line, row in enumerate(table.rows)} if table.faults else {}
    for found in table.faults:
        asides.marks.append(found)
        asides.reason_of.setdefault(place_of[found.row], found.fault)
    items: dict[int, Any] = {}
    names = list(table.columns)
    for line, values in enumerate(zip(*table.columns.values(), strict=True)):
        if line in asides.reason_of:
            continue
        read = kind.read(dict(zip(names, values, strict=True)))
        if isinstance(read, list):
            for fault in read:
                asides.add(line, fault)
        else:
            items[line] = read
    _set_aside_twins(kind, items, asides)
    book = PlainSheet(kind, sheet, mapping, asides, items, _groups(kind, table), seconds)
    set_aside_companions(book)
    return book


def _set_aside_twins(kind: SheetKind, items: dict[int, Any], asides: Asides) -> None:
    """Of rows about the same thing the first counts."""
    first: dict[Hashable, int] = {}
    for line, item in list(items.items()):
        key = kind.key(item)
        if key is None:
            continue
        other = first.setdefault(key, line)
        if other != line:
            value = " / ".join(str(part) for part in (key if isinstance(key, tuple) else (key,)) if part is not None)
            asides.add(line, ROW_TWICE(kind.shape.required[0][0], other=asides.table.rows[other], value=value))
            del items[line]


def _groups(kind: SheetKind, table: LineTable) -> Sequence[Hashable]:
    if not kind.together:
        return range(len(table))
    return list(zip(*(table.texts(name) for name in kind.together), strict=True))


def set_aside_companions(book: PlainSheet) -> list[int]:
    """Rows that are taken together are set aside together; the places of those newly set aside."""
    kind = book.kind
    if not kind.together:
        return []
    wrong: dict[Hashable, int] = {}
    for line in book.asides.reason_of:
        wrong.setdefault(book.groups[line], line)
    found = [line for line in book.items if book.groups[line] in wrong]
    labels = [kind.shape.fields[name] for name in kind.together]
    what, what_en = "、".join(each.zh for each in labels), " and ".join(each.en for each in labels)
    for line in found:
        del book.items[line]
        other = book.asides.table.rows[wrong[book.groups[line]]]
        book.asides.add(line, OTHER_ROW_WRONG(what=what, what_en=what_en, other=other))
    return found
