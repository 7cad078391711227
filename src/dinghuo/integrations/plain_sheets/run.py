"""Write a plain sheet slice by slice through the commands that people's own edits go through; or only try it.

Trying carries the same commands out and takes them back, so that it finds exactly what a run would.
"""

import re
import time
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from dinghuo.integrations.plain_sheets.kind import Written
from dinghuo.integrations.plain_sheets.outcome import Outcome, Told, together, told
from dinghuo.integrations.plain_sheets.read import PlainSheet, set_aside_companions
from dinghuo.integrations.plain_sheets.report import SheetReport, report
from dinghuo.integrations.progress import Progress, silent
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Fault, Refused

# Small enough that nobody waits for the rows it locks.
SLICE = 500

_PLACE = re.compile(r"items\[(\d+)\]\.?(.*)")


class Journal(Protocol):
    """Which slices are written, with what came of them: kept in the transactions that write them."""

    async def known(self) -> dict[int, Outcome]: ...

    async def keep(self, tx: Tx, number: int, outcome: Outcome) -> None: ...


class _Undone(Exception):
    """Takes a slice back once it is known what it would have done."""

    def __init__(self, written: Written) -> None:
        super().__init__("undone")
        self.written = written


async def try_sheet(
    database: Database,
    tenant_id: int,
    book: PlainSheet,
    *,
    by: Actor,
    make_words: bool = True,
    progress: Progress = silent,
) -> SheetReport:
    """What a run would report. Rows that the commands would refuse are set aside in `book`; nothing is written."""
    return await _Run(database, tenant_id, book, by, make_words, progress, dry=True).report()


async def run_sheet(
    database: Database,
    tenant_id: int,
    book: PlainSheet,
    *,
    by: Actor,
    make_words: bool = True,
    progress: Progress = silent,
    journal: Journal | None = None,
) -> SheetReport:
    """Write the rows, in slices that commit by themselves. With a journal no slice is written twice."""
    return await _Run(database, tenant_id, book, by, make_words, progress, dry=False, journal=journal).report()


@dataclass(slots=True)
class _Run:
    database: Database
    tenant_id: int
    book: PlainSheet
    by: Actor
    make_words: bool
    progress: Progress
    dry: bool
    journal: Journal | None = None
    accepted: set[Hashable] = field(default_factory=set)

    async def report(self) -> SheetReport:
        started = time.perf_counter()
        stage, total, done = "try" if self.dry else "write", len(self.book.items), 0
        self.progress(stage, 0, total)
        known = await self.journal.known() if self.journal else {}
        outcomes = []
        for number, lines in enumerate(list(self._slices())):
            outcome = known.get(number) or await self._slice(number, lines)
            if number in known:
                self._set_aside(outcome.faults)
            outcomes.append(outcome)
            done += len(lines)
            self.progress(stage, done, total)
        seconds = self.book.seconds + time.perf_counter() - started
        return report(self.book, together(outcomes), dry_run=self.dry, seconds=seconds)

    def _slices(self) -> Iterator[list[int]]:
        """The same slices of the same file, whatever the database holds."""
        lines = list(self.book.items)
        ordered = [lines[place] for place in self.book.kind.order([self.book.items[line] for line in lines])]
        several: list[int] = []
        for line in ordered:
            if len(several) >= SLICE and self.book.groups[line] != self.book.groups[several[-1]]:
                yield several
                several = []
            several.append(line)
        if several:
            yield several

    async def _slice(self, number: int, lines: Sequence[int]) -> Outcome:
        """Take as many of the rows as can be taken; the others are set aside."""
        left, faults = list(lines), list[Told]()
        while True:
            try:
                return await self._take(number, left, faults, count=len(lines))
            except Refused as refused:
                blamed = self._blamed(refused, left) or await self._find(refused, left)
                self._set_aside(blamed)
                faults += blamed
                gone = {each.line for each in blamed}
                for line in set_aside_companions(self.book):
                    faults.append(told(line, self.book.asides.reason_of[line], ""))
                    gone.add(line)
                left = [line for line in left if line not in gone]

    def _set_aside(self, faults: Sequence[Told]) -> None:
        for each in faults:
            self.book.items.pop(each.line, None)
            self.book.asides.add(each.line, each.fault())

    async def _take(self, number: int, lines: Sequence[int], faults: Sequence[Told], *, count: int) -> Outcome:
        async def command(tx: Tx) -> Outcome:
            outcome = self._outcome(await self._write(tx, lines), lines, faults, count)
            if self.journal:
                await self.journal.keep(tx, number, outcome)
            return outcome

        if not self.dry:
            return await self.database.run(self.tenant_id, command)
        outcome = self._outcome(await self._tried(lines), lines, faults, count)
        self.accepted.update(self.book.kind.key(self.book.items[line]) for line in lines)
        return outcome

    async def _tried(self, lines: Sequence[int]) -> Written:
        async def command(tx: Tx) -> None:
            raise _Undone(await self._write(tx, lines))

        try:
            await self.database.run(self.tenant_id, command)
        except _Undone as undone:
            return undone.written
        raise AssertionError("unreachable")

    async def _write(self, tx: Tx, lines: Sequence[int]) -> Written:
        if not lines:
            return Written(0, 0, 0)
        items: Sequence[Any] = [self.book.items[line] for line in lines]
        if self.dry:
            items = self.book.kind.unlinked(items, self.accepted)
        return await self.book.kind.write(tx, items, self.by, self.make_words)

    def _outcome(self, written: Written, lines: Sequence[int], faults: Sequence[Told], count: int) -> Outcome:
        warnings = [each for fault in written.warnings if (each := self._told(fault, lines)) is not None]
        made = {name: list(words) for name, words in written.made.items() if words}
        return Outcome(count, written.created, written.updated, written.unchanged, made, warnings, list(faults))

    def _blamed(self, refused: Refused, lines: Sequence[int]) -> list[Told]:
        return [each for fault in refused.faults if (each := self._told(fault, lines)) is not None]

    def _told(self, fault: Fault, lines: Sequence[int]) -> Told | None:
        """A fault of the command about one of the items, as one of its row; None when it names none."""
        place = _PLACE.fullmatch(fault.field)
        if place is None or int(place[1]) >= len(lines):
            return None
        params = dict(fault.params)
        if isinstance(params.get("other"), int) and 1 <= params["other"] <= len(lines):
            params["other"] = self.book.asides.table.rows[lines[params["other"] - 1]]
        line = lines[int(place[1])]
        return told(line, Fault(fault.message, params=params), self.book.kind.field_of(place[2]))

    async def _find(self, refused: Refused, lines: Sequence[int]) -> list[Told]:
        """Which rows a refusal is about that names none: by halves, each tried and taken back."""
        if len(lines) == 1:
            return self._blamed(refused, lines) or [told(lines[0], fault, "") for fault in refused.faults]
        middle = len(lines) // 2
        found: list[Told] = []
        for half in (lines[:middle], lines[middle:]):
            try:
                await self._tried(half)
            except Refused as inner:
                found += self._blamed(inner, half) or await self._find(inner, half)
        # Each half goes by itself: together they are too much, and the last row has to wait.
        return found or [told(lines[-1], fault, "") for fault in refused.faults]
