"""Plain sheets of a few rows."""

from tests.support import Tenant

from dinghuo.integrations.plain_sheets import KINDS, PlainSheet, SheetReport, read_plain_sheet, run_sheet, try_sheet
from dinghuo.integrations.sheets import Mapping
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Database

CLERK = Actor("staff", "录入员", "import")


async def read(
    database: Database, tenant: Tenant, kind: str, *rows: str, mapping: Mapping | None = None
) -> PlainSheet:
    source = "\n".join([*rows, ""]).encode()
    return await read_plain_sheet(database, tenant.id, source, mapping or Mapping(), KINDS[kind], name="a.csv")


async def tried(
    database: Database, tenant: Tenant, kind: str, *rows: str, make: bool = True
) -> tuple[SheetReport, list[tuple[int, str]]]:
    """The report of a dry run, and row and code of each fault."""
    book = await read(database, tenant, kind, *rows)
    report = await try_sheet(database, tenant.id, book, by=CLERK, make_words=make)
    return report, marks(book)


async def written(
    database: Database, tenant: Tenant, kind: str, *rows: str, make: bool = True
) -> tuple[SheetReport, list[tuple[int, str]]]:
    book = await read(database, tenant, kind, *rows)
    report = await run_sheet(database, tenant.id, book, by=CLERK, make_words=make)
    return report, marks(book)


def marks(book: PlainSheet) -> list[tuple[int, str]]:
    return sorted((each.row, each.fault.message.code) for each in book.faults)
