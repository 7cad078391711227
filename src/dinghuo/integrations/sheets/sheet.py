"""A table in a file: its header and, as often as wanted, its rows."""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import chain, islice

from dinghuo.integrations.sheets.archive import Limits
from dinghuo.integrations.sheets.messages import CELL_TOO_LONG, TOO_MANY_COLUMNS, TOO_MANY_ROWS, SheetError

# "" is an empty cell. Text files have nothing but text.
Cell = str | int | float | bool | date | datetime | time | timedelta
Row = list[Cell]
Rows = Callable[[], Iterator[Row]]

BLOCK = 8_192


@dataclass(frozen=True, slots=True)
class Block:
    """Rows that follow each other; `first` is the number of the first one as a spreadsheet shows it, from 1."""

    first: int
    rows: list[Row]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table with a header. `width` may exceed the header's: the last columns need no name."""

    name: str
    header: tuple[str, ...]
    header_row: int
    width: int
    rows: Rows
    limits: Limits
    worksheet: str | None = None
    worksheets: tuple[str, ...] = ()
    epoch_1904: bool = False
    encoding: str | None = None
    delimiter: str | None = None

    def blocks(self) -> Iterator[Block]:
        """The rows below the header, in blocks, from the start each time it is asked."""
        return bounded_blocks(self.rows(), self.name, self.limits, skip=self.header_row)

    def sample(self, count: int = 200) -> list[Row]:
        """The first rows below the header."""
        block = next(self.blocks(), None)
        return block.rows[:count] if block else []

    def pick(self, numbers: Collection[int]) -> Iterator[tuple[int, Row]]:
        """The rows with these numbers, in the file's order."""
        wanted = frozenset(numbers)
        for block in self.blocks():
            for number in sorted(wanted.intersection(range(block.first, block.first + len(block.rows)))):
                yield number, block.rows[number - block.first]


def bounded_blocks(rows: Iterator[Row], name: str, limits: Limits, *, skip: int = 0) -> Iterator[Block]:
    """Rows in blocks after the first `skip`, as long as they stay within the limits."""
    first = skip + 1
    rows = islice(rows, skip, None)
    while block := list(islice(rows, BLOCK)):
        if first + len(block) - 1 > limits.rows:
            raise SheetError(TOO_MANY_ROWS(name=name, limit=limits.rows))
        widest = max(map(len, block))
        if widest > limits.columns:
            raise SheetError(TOO_MANY_COLUMNS(name=name, count=widest, limit=limits.columns))
        if _longest(block) > limits.cell_length:
            raise SheetError(CELL_TOO_LONG(name=name, row=first, limit=limits.cell_length))
        yield Block(first, block)
        first += len(block)


def _longest(block: list[Row]) -> int:
    try:
        # All cells of a text file have a length, and this is five times faster than asking each for its type.
        return max(map(len, chain.from_iterable(block)), default=0)  # type: ignore[arg-type]
    except TypeError:
        return max((len(cell) for cell in chain.from_iterable(block) if isinstance(cell, str)), default=0)
