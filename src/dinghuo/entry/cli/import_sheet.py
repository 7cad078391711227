"""How `dinghuo import sheet` runs, and what people see of it."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from dinghuo.entry.cli.installation import installation, progress, tenant_id
from dinghuo.entry.cli.say import language
from dinghuo.integrations.plain_sheets import KINDS, SheetReport, read_plain_sheet, run_sheet, try_sheet
from dinghuo.integrations.sheets import mapping_given, write_errors
from dinghuo.kit.actor import Actor

_WORDS = {
    "zh": {
        "read": "读取文件",
        "try": "试运行",
        "write": "写入",
        "lines": "读取 {lines_read} 行 · 导入 {lines_taken} · 搁置 {lines_set_aside}",
        "would": "读取 {lines_read} 行 · 将导入 {lines_taken} · 搁置 {lines_set_aside}",
        "counts": "新建 {created} · 更新 {updated} · 未变 {unchanged}",
        "reasons": "搁置的行",
        "errors": "搁置的行及原因已写入 {errors}",
    },
    "en": {
        "read": "Reading",
        "try": "Trying",
        "write": "Writing",
        "lines": "{lines_read} rows read · {lines_taken} taken · {lines_set_aside} set aside",
        "would": "{lines_read} rows read · {lines_taken} would be taken · {lines_set_aside} set aside",
        "counts": "{created} created · {updated} updated · {unchanged} unchanged",
        "reasons": "Rows set aside",
        "errors": "The rows set aside, with their reasons, are in {errors}",
    },
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line said."""

    kind: str
    file: Path
    tenant: str
    options: tuple[str, ...]
    dry_run: bool
    errors: Path | None
    create_missing: bool


def import_sheet(wanted: Wanted) -> SheetReport:
    """Carry the command out on the installation."""
    return asyncio.run(_run(wanted))


async def _run(wanted: Wanted) -> SheetReport:
    kind = KINDS[wanted.kind]
    given = mapping_given(wanted.options, kind.shape)
    by = Actor("system", "dinghuo import", "cli")
    async with installation() as there:
        tenant = await tenant_id(there.database, wanted.tenant)
        with _bars() as tell_progress:
            book = await read_plain_sheet(there.database, tenant, wanted.file, given, kind, progress=tell_progress)
            write = try_sheet if wanted.dry_run else run_sheet
            told = await write(
                there.database, tenant, book, by=by, make_words=wanted.create_missing, progress=tell_progress
            )
    if wanted.errors is not None:
        write_errors(wanted.errors, book.sheet, book.faults, language=language())
    return told


@contextmanager
def _bars() -> Iterator[Callable[[str, int, int], None]]:
    """A bar a stage on standard error, where somebody looks."""
    words = _WORDS[language()]
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Bars(*columns, console=progress, disable=not progress.is_terminal) as bars:
        tasks = {}

        def tell_progress(stage: str, done: int, total: int) -> None:
            if stage not in tasks:
                tasks[stage] = bars.add_task(words[stage], total=total)
            bars.update(tasks[stage], completed=done, total=total)

        yield tell_progress


def tell(told: SheetReport, errors: Path | None) -> None:
    """Show the report to a person, on standard output."""
    words, console = _WORDS[language()], Console(highlight=False)
    fields = {name: getattr(told, name) for name in told.__struct_fields__}
    console.print(words["would" if told.dry_run else "lines"].format_map(fields))
    console.print(words["counts"].format_map(fields))
    if told.set_aside:
        console.print(f"\n{words['reasons']}")
        reasons = Table(box=None, pad_edge=False, show_header=False)
        for each in told.set_aside:
            reasons.add_row(f"{each.lines:,}", each.reason, each.zh if language() == "zh" else each.en)
        console.print(reasons)
        if errors is not None:
            console.print(words["errors"].format(errors=errors))
    for warned in told.warnings:
        console.print(f"! {warned.zh if language() == 'zh' else warned.en}", style="yellow")
