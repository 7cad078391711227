"""Spreadsheets in and out: opening what customers send, finding its columns, reading its lines, writing tables."""

from dinghuo.integrations.sheets.archive import Limits
from dinghuo.integrations.sheets.fields import ORDER_LINES, Field, Shape, field, shape
from dinghuo.integrations.sheets.guessing import Guess, complete, fitting_preset, guess, mapping_given
from dinghuo.integrations.sheets.lines import CellFault, LineTable, read_order_lines, read_rows
from dinghuo.integrations.sheets.mapping import Mapping, NotGoods, load_mapping, parse_mapping, presets
from dinghuo.integrations.sheets.messages import SheetError
from dinghuo.integrations.sheets.open import open_sheet
from dinghuo.integrations.sheets.sheet import Cell, Sheet
from dinghuo.integrations.sheets.workbook_writer import Column, write_errors, write_table

__all__ = [
    "ORDER_LINES",
    "Cell",
    "CellFault",
    "Column",
    "Field",
    "Guess",
    "Limits",
    "LineTable",
    "Mapping",
    "NotGoods",
    "Shape",
    "Sheet",
    "SheetError",
    "complete",
    "field",
    "fitting_preset",
    "guess",
    "load_mapping",
    "mapping_given",
    "open_sheet",
    "parse_mapping",
    "presets",
    "read_order_lines",
    "read_rows",
    "shape",
    "write_errors",
    "write_table",
]
