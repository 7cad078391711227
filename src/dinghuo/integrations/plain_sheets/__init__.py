"""Plain sheets of customers, SKUs, prices and opening stock: a row a record, made or changed by its code."""

from dinghuo.integrations.plain_sheets.kind import SheetKind
from dinghuo.integrations.plain_sheets.kinds import KINDS
from dinghuo.integrations.plain_sheets.outcome import Outcome
from dinghuo.integrations.plain_sheets.read import PlainSheet, read_plain_sheet
from dinghuo.integrations.plain_sheets.report import SheetReport
from dinghuo.integrations.plain_sheets.run import Journal, run_sheet, try_sheet

__all__ = [
    "KINDS",
    "Journal",
    "Outcome",
    "PlainSheet",
    "SheetKind",
    "SheetReport",
    "read_plain_sheet",
    "run_sheet",
    "try_sheet",
]
