"""What is done with a file in each working state. Each task tells the state it leads to and what is to be kept."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from sqlalchemy import select

from dinghuo.integrations.imports.beat import Beat
from dinghuo.integrations.imports.claim import Claim
from dinghuo.integrations.imports.files import keep_errors
from dinghuo.integrations.imports.jobs import Options
from dinghuo.integrations.imports.look import Look, look_at, looked
from dinghuo.integrations.imports.mappings import find_mapping
from dinghuo.integrations.imports.marks import digest_of, keep_marks
from dinghuo.integrations.imports.tables import import_job, import_slice
from dinghuo.integrations.order_book import Report, dry_run, read_order_book, run_order_book
from dinghuo.integrations.order_book.report import New
from dinghuo.integrations.plain_sheets import KINDS as PLAIN
from dinghuo.integrations.plain_sheets import Outcome, SheetReport, read_plain_sheet, run_sheet, try_sheet
from dinghuo.integrations.sheets import CellFault, Mapping, Sheet, write_errors
from dinghuo.kit.actor import Actor
from dinghuo.kit.database import Database, Tx

Led = tuple[str, dict[str, Any]]
Task = Callable[[Database, Claim, Any, Path, Beat], Awaitable[Led]]


async def _look(database: Database, claim: Claim, job: Any, path: Path, beat: Beat) -> Led:
    sheet, rows = await asyncio.to_thread(
        look_at,
        path,
        name=job.file_name,
        worksheet=job.worksheet,
        header_row=job.header_row,
        progress=beat.progress,
    )
    async with database.transaction(claim.tenant_id) as tx:
        remembered = await find_mapping(tx, kind=job.kind, header=sheet.header)
    look = await asyncio.to_thread(looked, sheet, rows, job.kind, remembered)
    found = {"look": msgspec.to_builtins(look), "worksheet": sheet.worksheet, "header_row": sheet.header_row}
    return "ready", found


async def _check(database: Database, claim: Claim, job: Any, path: Path, beat: Beat) -> Led:
    mapping, options = _asked(job, beat)
    by = _actor(job, "created_by")
    if job.kind == "order_book":
        book = await read_order_book(
            database, claim.tenant_id, path, mapping,
            name=job.file_name, live_from=options.live_from, progress=beat.progress,
        )  # fmt: skip
        sheet, report = book.sheet, dry_run(book)
        faults: Sequence[CellFault] = book.faults
        told: dict[str, Any] = {"order_book": msgspec.to_builtins(report), "sheet": None}
        totals = _order_totals(report, job.language)
    else:
        plain = await read_plain_sheet(
            database, claim.tenant_id, path, mapping, PLAIN[job.kind], name=job.file_name, progress=beat.progress
        )
        tried = await try_sheet(
            database, claim.tenant_id, plain, by=by, make_words=options.create_missing, progress=beat.progress
        )
        sheet, faults = plain.sheet, plain.faults
        told = {"order_book": None, "sheet": msgspec.to_builtins(tried)}
        totals = _sheet_totals(tried, job.language)
    await _note(database, claim, report=told, faults=len(faults))
    kept = await _keep_faults(database, claim, job, sheet, faults, totals, path, beat)
    return "checked", {"checked_at": database.clock(), **kept}


async def _run(database: Database, claim: Claim, job: Any, path: Path, beat: Beat) -> Led:
    mapping, options = _asked(job, beat)
    by = _actor(job, "run_by")
    if job.kind == "order_book":
        book = await read_order_book(
            database, claim.tenant_id, path, mapping,
            name=job.file_name, live_from=options.live_from, progress=beat.progress,
        )  # fmt: skip
        planned = dry_run(book).new
        begun = await _begun(database, claim, job, planned)
        report = await run_order_book(
            database, claim.tenant_id, book, by=by, import_id=claim.import_id, progress=beat.progress
        )
        report = msgspec.structs.replace(report, new=_all_new(report.new, planned, begun))
        sheet, told = book.sheet, {"order_book": msgspec.to_builtins(report), "sheet": None}
        faults, totals = book.faults, _order_totals(report, job.language)
    else:
        plain = await read_plain_sheet(
            database, claim.tenant_id, path, mapping, PLAIN[job.kind], name=job.file_name, progress=beat.progress
        )
        written = await run_sheet(
            database, claim.tenant_id, plain, by=by, make_words=options.create_missing, progress=beat.progress,
            journal=_Journal(database, claim),
        )  # fmt: skip
        sheet, told = plain.sheet, {"order_book": None, "sheet": msgspec.to_builtins(written)}
        faults, totals = plain.faults, _sheet_totals(written, job.language)
    await _note(database, claim, result=told, faults=len(faults))
    kept = await _keep_faults(database, claim, job, sheet, faults, totals, path, beat)
    return "done", {"finished_at": database.clock(), **kept}


TASKS: dict[str, Task] = {"looking": _look, "checking": _check, "running": _run}


def _asked(job: Any, beat: Beat) -> tuple[Mapping, Options]:
    look = msgspec.convert(job.look, Look)
    beat.expect(look.rows)
    mapping = msgspec.convert(job.mapping, Mapping)
    mapping = msgspec.structs.replace(mapping, worksheet=job.worksheet, header_row=job.header_row)
    return mapping, msgspec.convert(job.options, Options)


def _actor(job: Any, who: str) -> Actor:
    return Actor(getattr(job, f"{who}_kind"), getattr(job, f"{who}_name"), "import", getattr(job, who))


async def _begun(database: Database, claim: Claim, job: Any, planned: New) -> New:
    """What was new when the run began: kept before anything is written."""
    if job.begun is not None:
        return msgspec.convert(job.begun, New)

    await _note(database, claim, begun=msgspec.to_builtins(planned))
    return planned


async def _note(database: Database, claim: Claim, **values: Any) -> None:
    """Keep what is known already: figures are read while the marks are still being made."""

    async def command(tx: Tx) -> None:
        await tx.execute(
            import_job.update()
            .where(
                import_job.c.tenant_id == tx.tenant_id,
                import_job.c.id == claim.import_id,
                import_job.c.worker == claim.worker,
            )
            .values(**values)
        )

    await database.run(claim.tenant_id, command)


def _all_new(told: New, planned: New, begun: New) -> New:
    """What all attempts of a run wrote: what was new at its beginning but for what this attempt could not write."""
    short = {name: getattr(planned, name) - getattr(told, name) for name in New.__struct_fields__}
    return New(**{name: getattr(begun, name) - short[name] for name in New.__struct_fields__})


class _Journal:
    """The slices of this import that are written."""

    def __init__(self, database: Database, claim: Claim) -> None:
        self._database = database
        self._claim = claim

    async def known(self) -> dict[int, Outcome]:
        async with self._database.transaction(self._claim.tenant_id) as tx:
            rows = await tx.rows(
                select(import_slice.c.number, import_slice.c.outcome).where(
                    import_slice.c.tenant_id == tx.tenant_id, import_slice.c.import_id == self._claim.import_id
                )
            )
        return {row.number: msgspec.convert(row.outcome, Outcome) for row in rows}

    async def keep(self, tx: Tx, number: int, outcome: Outcome) -> None:
        await tx.execute(
            import_slice.insert().values(
                tenant_id=tx.tenant_id,
                import_id=self._claim.import_id,
                number=number,
                outcome=msgspec.to_builtins(outcome),
            )
        )


async def _keep_faults(
    database: Database,
    claim: Claim,
    job: Any,
    sheet: Sheet,
    faults: Sequence[CellFault],
    totals: Sequence[tuple[str, int | str | Decimal]],
    path: Path,
    beat: Beat,
) -> dict[str, Any]:
    """Keep the cells at fault for the grid, and all of them as a workbook to be mended.

    A run marks what its check has marked, as a rule: then they are there.
    """
    marks = digest_of(faults, job.language)
    if marks == job.marks:
        return {}
    listed = await keep_marks(database, claim.tenant_id, claim.import_id, sheet, faults, beat.progress)
    found: dict[str, Any] = {"faults": len(faults), "faults_listed": listed, "marks": marks, "errors_file_id": None}
    if faults:
        beat.progress("errors", 0, 0)
        target = path.with_name("errors.xlsx")
        await asyncio.to_thread(write_errors, target, sheet, faults, language=job.language, totals=totals)
        stem = Path(job.file_name).name.removesuffix(".gz").rpartition(".")[0] or job.file_name
        name = f"{stem} - {'问题行' if job.language == 'zh' else 'errors'}.xlsx"
        found["errors_file_id"] = await keep_errors(database, claim.tenant_id, target, name=name, by=job.created_by)
    return found


_WORDS = {
    "zh": {"read": "文件：行", "taken": "已导入：行", "aside": "搁置：行", "amount": "金额"},
    "en": {"read": "In the file: lines", "taken": "Taken: lines", "aside": "Set aside: lines", "amount": "amount"},
}


def _order_totals(told: Report, language: str) -> list[tuple[str, int | str | Decimal]]:
    words = _WORDS[language]
    return [
        (words["read"], told.lines_read),
        (f"{words['read']} {words['amount']}", Decimal(told.amount_read)),
        (words["taken"], told.lines_ordered),
        (f"{words['taken']} {words['amount']}", Decimal(told.amount_ordered)),
        (words["aside"], told.lines_set_aside),
        (f"{words['aside']} {words['amount']}", Decimal(told.amount_set_aside)),
    ]


def _sheet_totals(told: SheetReport, language: str) -> list[tuple[str, int | str | Decimal]]:
    words = _WORDS[language]
    return [
        (words["read"], told.lines_read),
        (words["taken"], told.lines_taken),
        (words["aside"], told.lines_set_aside),
    ]
