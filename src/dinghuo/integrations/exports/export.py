"""What an export is, and how it becomes a workbook: page by page, each in a transaction of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from pathlib import Path
from typing import Any, Generic, Literal, TypeVar

from dinghuo.identity.principals import StaffPrincipal
from dinghuo.integrations.sheets.workbook_writer import Column, ColumnKind, write_table
from dinghuo.kit.database import Database, Tx
from dinghuo.kit.errors import Language
from dinghuo.kit.paging import Page

R = TypeVar("R")

MOST_ROWS = 200_000
PAGE = 2_000
_CUT_OFF = {
    "zh": "（仅导出前 {most} 行，请缩小筛选范围后分次导出）",
    "en": "(Only the first {most} rows: narrow the filters and export in parts)",
}


@dataclass(frozen=True, slots=True)
class Field(Generic[R]):
    """A column: its heads in both languages, and what it shows of a row. `right` is whose eyes it is for."""

    zh: str
    en: str
    value: Callable[[R], Any]
    kind: ColumnKind = "text"
    right: Literal["price", "cost", "margin"] | None = None

    def is_for(self, staff: StaffPrincipal) -> bool:
        rights = {"price": staff.sees_price, "cost": staff.sees_cost, "margin": staff.sees_margin}
        return self.right is None or rights[self.right]


@dataclass(frozen=True, slots=True)
class Export(Generic[R]):
    """One kind of workbook. `page` reads the rows after a cursor, as the list on the screen does."""

    zh: str
    en: str
    fields: Sequence[Field[R]]
    page: Callable[[Tx, str | None], Awaitable[Page[R]]]

    def title(self, language: Language) -> str:
        return self.zh if language == "zh" else self.en


@dataclass(frozen=True, slots=True)
class Written:
    """How many rows a workbook has, and whether there were more."""

    rows: int
    is_cut_off: bool


async def write_export(
    database: Database,
    export: Export[R],
    *,
    staff: StaffPrincipal,
    language: Language,
    zone: tzinfo,
    target: Path,
    most: int = MOST_ROWS,
) -> Written:
    """Write the workbook; the rows are read while it is written, a page ahead of nobody."""
    fields = [field for field in export.fields if field.is_for(staff)]
    columns = [Column(field.zh if language == "zh" else field.en, field.kind) for field in fields]
    pages = _pages(database, export, staff.tenant_id)
    loop = asyncio.get_running_loop()
    rows = _Rows(most=most, note=_CUT_OFF[language].format(most=most))

    def next_page() -> Sequence[R] | None:
        return asyncio.run_coroutine_threadsafe(_next(pages), loop).result()

    def values() -> Iterator[Sequence[Any]]:
        return rows.of([field.value for field in fields], next_page)

    # The page's name is limited by Excel to 31 characters without some signs: ours are plain words.
    await asyncio.to_thread(write_table, target, columns, values(), title=export.title(language), zone=zone)
    return Written(rows.count, rows.is_cut_off)


class _Rows:
    """Counts the rows on their way, and ends them where a workbook has enough."""

    def __init__(self, *, most: int, note: str) -> None:
        self._most, self._note = most, note
        self.count = 0
        self.is_cut_off = False

    def of(
        self, values: Sequence[Callable[[Any], Any]], next_page: Callable[[], Sequence[Any] | None]
    ) -> Iterator[Sequence[Any]]:
        while (page := next_page()) is not None:
            for row in page:
                if self.count == self._most:
                    self.is_cut_off = True
                    yield [self._note]
                    return
                self.count += 1
                yield [value(row) for value in values]


async def _pages(database: Database, export: Export[R], tenant_id: int) -> AsyncIterator[Sequence[R]]:
    cursor: str | None = None
    while True:
        async with database.transaction(tenant_id) as tx:
            page = await export.page(tx, cursor)
        yield page.items
        if (cursor := page.cursor) is None:
            return


async def _next(pages: AsyncIterator[Sequence[R]]) -> Sequence[R] | None:
    return await anext(pages, None)
