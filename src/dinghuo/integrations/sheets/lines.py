"""Reads rows by their fields: every row of the file comes out, read or with the faults of its cells."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from decimal import Decimal
from typing import Any

from dinghuo.integrations.sheets.dates import DateGuess, date_of, guess_date_order
from dinghuo.integrations.sheets.fields import NUMBERS, ORDER_LINES, Shape
from dinghuo.integrations.sheets.mapping import Mapping
from dinghuo.integrations.sheets.messages import (
    DATE_ORDER_DOUBTFUL,
    DATES_HALF_CONVERTED,
    EMPTY,
    NUMBER_FORM_DOUBTFUL,
    ROW_TOO_WIDE,
    TOTAL_ROW,
    SheetError,
)
from dinghuo.integrations.sheets.parse import Forms, Parsed, parser
from dinghuo.integrations.sheets.sheet import Cell, Row, Sheet
from dinghuo.integrations.sheets.values import (
    NumberForm,
    NumberGuess,
    are_float_codes,
    guess_number_form,
    is_blank,
    number_of,
)
from dinghuo.kit.errors import Fault

_TOTALS = ("合计", "总计", "小计", "本页合计", "total", "subtotal", "grandtotal", "sum")


@dataclass(frozen=True, slots=True)
class CellFault:
    """What is wrong with one cell, or with the whole row when `column` is None. Columns count from 0."""

    row: int
    column: int | None
    fault: Fault


@dataclass(frozen=True, slots=True)
class LineTable:
    """The rows of a file by columns: `columns[field][i]` belongs to row `rows[i]` of the file.

    A cell at fault is None and in `faults`, sorted by row. `doubts` are guesses that a person should look at.
    """

    rows: list[int]
    columns: dict[str, list[Any]]
    faults: list[CellFault]
    doubts: list[Fault]
    empty_rows: int

    def __len__(self) -> int:
        return len(self.rows)

    def texts(self, name: str) -> list[str | None]:
        """A code or text field; None throughout if nothing gives it."""
        return self._column(name)

    def numbers(self, name: str) -> list[Decimal | None]:
        return self._column(name)

    def moments(self, name: str) -> list[datetime | None]:
        """A date field, as wall-clock times of the zone the file was written in."""
        return self._column(name)

    def _column(self, name: str) -> list[Any]:
        found = self.columns.get(name)
        return [None] * len(self.rows) if found is None else found

    @property
    def faulty_rows(self) -> frozenset[int]:
        """The numbers of the rows with a fault."""
        return frozenset(fault.row for fault in self.faults)


Told = Callable[[int], None]
"""Told how many rows were looked at so far."""


def read_order_lines(sheet: Sheet, mapping: Mapping, *, zone: tzinfo = UTC, told: Told | None = None) -> LineTable:
    """Read every row below the header as an order line: see `read_rows`."""
    return read_rows(sheet, mapping, ORDER_LINES, zone=zone, told=told)


def read_rows(
    sheet: Sheet, mapping: Mapping, shape: Shape, *, zone: tzinfo = UTC, told: Told | None = None
) -> LineTable:
    """Read every row below the header; SheetError when the mapping does not fit the header.

    How dates and numbers are written is decided for each column by all its values, unless the mapping says it.
    `zone` is asked only for dates with an offset of their own, which become its wall clock.
    """
    places = mapping.bind(sheet.header, sheet.width, shape)
    raw = _Gathered(sheet, places, mapping, shape).read(told)
    forms, doubts = _forms(raw, sheet, mapping, zone)
    table = LineTable(raw.rows, {}, raw.faults, doubts, raw.empty_rows)
    for name in places:
        _read_column(table, raw, name, mapping, forms[name])
    _add_constants(table, mapping, forms, shape)
    for group in shape.required:
        _need_one(table, raw, group)
    table.faults[:] = [each for each in table.faults if each.row not in raw.totals or each.column is None]
    table.faults.sort(key=lambda each: (each.row, -1 if each.column is None else each.column))
    return table


@dataclass(slots=True)
class _Gathered:
    """The mapped columns as they stand in the file, each different value held once."""

    sheet: Sheet
    places: dict[str, int]
    mapping: Mapping
    shape: Shape
    rows: list[int] = field(default_factory=list)
    cells: dict[str, list[Cell]] = field(default_factory=dict)
    distinct: dict[str, dict[Cell, Cell]] = field(default_factory=dict)
    faults: list[CellFault] = field(default_factory=list)
    totals: set[int] = field(default_factory=set)
    empty_rows: int = 0

    def label(self, name: str) -> str:
        place = self.places[name]
        header = self.sheet.header
        return header[place] if place < len(header) and header[place] else f"#{place + 1}"

    def read(self, told: Told | None) -> "_Gathered":
        self.cells = {name: [] for name in self.places}
        self.distinct = {name: {} for name in self.places}
        for block in self.sheet.blocks():
            self._add(self._lines(block.first, block.rows))
            if told is not None:
                told(block.first + len(block.rows) - 1 - self.sheet.header_row)
        for name in self.mapping.fill_down:
            if name in self.cells:
                _fill_down(self.cells[name])
        return self

    def _lines(self, first: int, rows: list[Row]) -> list[Row]:
        """The rows that are lines, all of one width; empty ones are counted, totals and misfits marked."""
        width, suspect = self.sheet.width, self.places.get(self.shape.key, 0)
        if set(map(len, rows)) == {width} and all(_says_something(row[suspect]) for row in rows):
            # Nearly every block of a large file: nothing in it has to be looked at row by row.
            self.rows.extend(range(first, first + len(rows)))
            return rows
        lines: list[Row] = []
        for number, row in enumerate(rows, first):
            if len(row) != width:
                row = self._fitted(number, row)
            if not _says_something(row[suspect]):
                shown = next((cell for cell in row if not is_blank(cell)), None)
                if shown is None:
                    self.empty_rows += 1
                    continue
                if isinstance(shown, str) and _is_total(shown):
                    self.totals.add(number)
                    self.faults.append(CellFault(number, None, TOTAL_ROW()))
            self.rows.append(number)
            lines.append(row)
        return lines

    def _fitted(self, number: int, row: Row) -> Row:
        width = self.sheet.width
        if len(row) < width:
            return row + [""] * (width - len(row))
        if any(not is_blank(cell) for cell in row[width:]):
            self.faults.append(CellFault(number, None, ROW_TOO_WIDE(count=len(row), limit=width)))
        return row[:width]

    def _add(self, lines: list[Row]) -> None:
        if not lines:
            return
        columns = list(zip(*lines, strict=True))
        for name, place in self.places.items():
            column = columns[place]
            self.cells[name].extend(map(self.distinct[name].setdefault, column, column))


def _says_something(cell: Cell) -> bool:
    return bool(cell) and not (type(cell) is str and cell.isspace())


def _is_total(text: str) -> bool:
    return "".join(text.split()).rstrip("：:").casefold() in _TOTALS


def _fill_down(column: list[Cell]) -> None:
    above: Cell = ""
    for place, cell in enumerate(column):
        if is_blank(cell):
            column[place] = above
        else:
            above = cell


def _forms(raw: _Gathered, sheet: Sheet, mapping: Mapping, zone: tzinfo) -> tuple[dict[str, Forms], list[Fault]]:
    """How each column writes its values; a column that does not settle it follows the others of the file."""
    fields = raw.shape.fields
    names = [name for name in raw.places if fields[name].kind in NUMBERS]
    numbers = {name: guess_number_form(raw.distinct[name]) for name in names}
    usual = max((each for each in numbers.values() if each.evidence), key=lambda each: each.evidence, default=None)
    doubts: list[Fault] = []
    forms = {}
    for name in raw.places:
        number: NumberForm = mapping.decimal or (usual.form if usual else "point")
        date = mapping.date_order or "dmy"
        if name in numbers and mapping.decimal is None:
            own = numbers[name]
            number = own.form if own.evidence else number
            if not own.evidence and usual is None:
                doubts.extend(_number_doubt(raw, name, own))
        if fields[name].kind == "date" and mapping.date_order is None:
            guessed = guess_date_order(raw.distinct[name])
            date = guessed.order
            doubts.extend(_date_doubt(raw, name, guessed))
        floats = fields[name].kind == "code" and are_float_codes(raw.distinct[name])
        forms[name] = Forms(number, date, floats, sheet.epoch_1904, zone)
    return forms, doubts


def _number_doubt(raw: _Gathered, name: str, guess: NumberGuess) -> Iterable[Fault]:
    """1.234 may be twelve hundred; 1,234 in a file without a single decimal comma is taken as that quietly."""
    for example in guess.ambiguous:
        taken, other = number_of(example, "point"), number_of(example, "comma")
        if "." in example and taken is not None and other is not None:
            yield NUMBER_FORM_DOUBTFUL(
                name, label=raw.label(name), example=example, taken=f"{taken:f}", other=f"{other:f}"
            )
            return


def _date_doubt(raw: _Gathered, name: str, guess: DateGuess) -> Iterable[Fault]:
    label = raw.label(name)
    if guess.other and guess.ambiguous:
        example = guess.ambiguous[0]
        taken, other = (f"{date_of(example, order):%Y-%m-%d}" for order in (guess.order, guess.other))
        yield DATE_ORDER_DOUBTFUL(name, label=label, example=example, taken=taken, other=other)
    if guess.half_converted:
        yield DATES_HALF_CONVERTED(name, label=label, example=guess.half_converted)


def _read_column(table: LineTable, raw: _Gathered, name: str, mapping: Mapping, forms: Forms) -> None:
    """Each different value is parsed once, however often it occurs."""
    constant = mapping.constants.get(name)
    required = constant is None and _is_required(name, raw)
    parse = parser(raw.shape.fields[name], raw.label(name), forms, required=required)
    empty = _constant(name, constant, forms, raw.shape) if constant is not None else None
    parsed: dict[Cell, Parsed] = {cell: parse(cell) for cell in {*raw.distinct.pop(name), ""}}
    if empty is not None:
        parsed = {cell: empty if value is None else value for cell, value in parsed.items()}
    values: list[Any] = list(map(parsed.__getitem__, raw.cells.pop(name)))
    if any(isinstance(value, Fault) for value in parsed.values()):
        place = raw.places[name]
        for line, value in enumerate(values):
            if type(value) is Fault:
                table.faults.append(CellFault(raw.rows[line], place, value))
                values[line] = None
    table.columns[name] = values


def _is_required(name: str, raw: _Gathered) -> bool:
    """Whether no other column of the file can stand in for this one."""
    return any([name] == [each for each in group if each in raw.places] for group in raw.shape.required)


def _constant(name: str, text: str, forms: Forms, shape: Shape) -> Any:
    """A constant of the mapping, written with a decimal point and the year first."""
    if name not in shape.fields:
        return text
    value = parser(shape.fields[name], name, Forms("point", "ymd", zone=forms.zone), required=True)(text)
    if isinstance(value, Fault):
        raise SheetError(value)
    return value


def _add_constants(table: LineTable, mapping: Mapping, forms: dict[str, Forms], shape: Shape) -> None:
    anyone = next(iter(forms.values()), Forms())
    for name, text in mapping.constants.items():
        if name not in table.columns:
            table.columns[name] = [_constant(name, text, anyone, shape)] * len(table)


def _need_one(table: LineTable, raw: _Gathered, group: tuple[str, ...]) -> None:
    """Of several columns that can say the same, one has to: a price or an amount."""
    mapped = [name for name in group if name in raw.places]
    if len(mapped) < 2:
        return
    places = [raw.places[name] for name in mapped]
    told = {each.row for each in table.faults if each.column in places}
    fault = EMPTY(mapped[0], label=raw.label(mapped[0]))
    for row, *values in zip(table.rows, *(table.columns[name] for name in mapped), strict=True):
        if all(value is None for value in values) and row not in told:
            table.faults.append(CellFault(row, places[0], fault))
