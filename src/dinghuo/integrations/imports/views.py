"""An import as its reader sees it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from dinghuo.integrations.imports.jobs import Options, actions_of
from dinghuo.integrations.imports.look import Look
from dinghuo.integrations.imports.messages import PHASES
from dinghuo.integrations.imports.problems import problem_views
from dinghuo.integrations.imports.states import WORKING, Action
from dinghuo.integrations.order_book import Report
from dinghuo.integrations.plain_sheets import SheetReport
from dinghuo.integrations.sheets import Mapping
from dinghuo.kit.errors import FaultView, Language


class ImportFileView(msgspec.Struct, frozen=True):
    """The file of an import; `is_there` false: it has expired."""

    id: UUID
    name: str
    size: int
    expires_at: datetime | None
    is_there: bool


class ProgressView(msgspec.Struct, frozen=True):
    """How far the work in hand is. `total` null: nobody knows yet."""

    phase: str
    label: str
    done: int
    total: int | None
    per_second: int | None
    seconds_left: int | None
    is_cancelling: bool


class ReportView(msgspec.Struct, frozen=True):
    """What a dry run or a run reports: one of the two, by kind."""

    order_book: Report | None = None
    sheet: SheetReport | None = None


class ImportView(msgspec.Struct, frozen=True, kw_only=True):
    """An import. `actions` are what may be done with it now."""

    id: UUID
    kind: str
    state: str
    is_working: bool
    is_queued: bool
    file: ImportFileView
    created_at: datetime
    created_by: str
    checked_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None
    run_by: str | None
    actions: list[Action]
    progress: ProgressView | None
    worksheet: str | None
    header_row: int | None
    look: Look | None
    mapping: Mapping | None
    options: Options
    report: ReportView | None
    result: ReportView | None
    faults: int
    faults_listed: int
    has_errors_workbook: bool
    problem: list[FaultView] | None


def import_view(row: Any, language: Language, *, whole: bool = True) -> ImportView:
    """`row` is that of the import with its file's `expires_at`; what is not whole has no look and no mapping."""
    working = row.state in WORKING
    return ImportView(
        id=row.id,
        kind=row.kind,
        state=row.state,
        is_working=working,
        is_queued=working and row.worker is None,
        file=ImportFileView(
            row.file_id, row.file_name, row.file_size, row.file_expires_at, row.file_expires_at is not None
        ),
        created_at=row.created_at,
        created_by=row.created_by_name,
        checked_at=row.checked_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        run_by=row.run_by_name,
        actions=[action for action in actions_of(row) if action == "cancel" or row.file_expires_at is not None],
        progress=_progress(row, language) if working and row.worker is not None else None,
        worksheet=row.worksheet,
        header_row=row.header_row,
        look=msgspec.convert(row.look, Look) if whole and row.look is not None else None,
        mapping=msgspec.convert(row.mapping, Mapping) if whole and row.mapping is not None else None,
        options=msgspec.convert(row.options, Options),
        report=_report(row.report),
        result=_report(row.result),
        faults=row.faults,
        faults_listed=row.faults_listed,
        has_errors_workbook=row.errors_expires_at is not None,
        problem=problem_views(row.problem, language),
    )


def _report(kept: Any) -> ReportView | None:
    return None if kept is None else msgspec.convert(kept, ReportView)


def _progress(row: Any, language: Language) -> ProgressView:
    phase = row.phase or "fetch"
    labels = PHASES.get(phase, (phase, phase))
    left = None
    if row.total and row.per_second:
        left = max(0, round((row.total - row.done) / row.per_second))
    return ProgressView(
        phase, labels[0 if language == "zh" else 1], row.done, row.total, row.per_second, left, row.is_cancelling
    )
