"""The workbook of what could not be taken, and tables for export."""

import io
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from python_calamine import CalamineWorkbook

from dinghuo.integrations.sheets import (
    Column,
    Mapping,
    SheetError,
    open_sheet,
    read_order_lines,
    write_errors,
    write_table,
)

MAPPING = Mapping(
    columns={"order_number": "单号", "placed_at": "日期", "customer_name": "客户", "sku_code": "货号"}
    | {"quantity": "数量", "unit_price": "单价"}
)
FILE = """单号,日期,客户,货号,数量,单价
A1,2026-03-05,城东,X1,1,1
A2,2026-03-05,=HYPERLINK("evil"),X1,许多,1
A3,2026-03-05,城东,X1,1,1
A4,明天,城东,,1,1
"""


def pages(data: bytes) -> dict[str, list[list[object]]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    return {name: [list(row) for row in book.get_sheet_by_name(name).iter_rows()] for name in book.sheet_names}


def part(data: bytes, name: str) -> str:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()


def errors_of(text: str, **options: object) -> bytes:
    sheet = open_sheet(text.encode())
    table = read_order_lines(sheet, MAPPING)
    target = io.BytesIO()
    assert write_errors(target, sheet, table.faults, **options) == len(table.faulty_rows)  # type: ignore[arg-type]
    return target.getvalue()


def test_rows_at_fault_with_their_cells_marked_and_the_reason_last() -> None:
    data = errors_of(FILE.replace('"evil"', '""evil""').replace("=H", '"=H').replace('l"")', 'l"")"'), language="zh")
    found = pages(data)
    assert found["未导入的行"] == [
        ["单号", "日期", "客户", "货号", "数量", "单价", "原文件行号", "原因"],
        ["A2", "2026-03-05", '=HYPERLINK("evil")', "X1", "许多", "1", 3.0, "数量“许多”不是数字"],
        ["A4", "明天", "城东", "", "1", "1", 5.0, "日期“明天”不是日期；货号为空"],
    ]
    assert found["汇总"] == [
        ["原因代码", "行数", "例", "首次出现的行号"],
        ["cell-not-a-number", 1.0, "数量“许多”不是数字", 3.0],
        ["cell-not-a-date", 1.0, "日期“明天”不是日期", 5.0],
        ["cell-empty", 1.0, "货号为空", 5.0],
    ]
    lines = part(data, "xl/worksheets/sheet1.xml")
    assert "<f>" not in lines
    styles = {
        ref: f'<c r="{ref}" s="' in lines and lines.split(f'<c r="{ref}" s="')[1].split('"')[0]
        for ref in ("E2", "A2", "D3")
    }
    assert styles["E2"] == styles["D3"] != styles["A2"]
    assert "FFC7CE" in part(data, "xl/styles.xml")
    comments = part(data, "xl/comments1.xml")
    assert [f'ref="{ref}"' in comments for ref in ("E2", "B3", "D3", "A2")] == [True, True, True, False]


def test_in_english_with_the_totals_of_the_run() -> None:
    found = pages(errors_of(FILE, language="en", totals=[("Lines read", 4), ("Amount set aside", Decimal("2.50"))]))
    assert found["Lines not taken"][0][-2:] == ["Row in the file", "Why"]
    assert found["Summary"][:4] == [
        ["Lines read", 4.0, "", ""],
        ["Amount set aside", 2.5, "", ""],
        ["", "", "", ""],
        ["Reason", "Lines", "Example", "First row"],
    ]


def test_the_mended_workbook_can_be_imported() -> None:
    sheet = open_sheet(errors_of(FILE))
    table = read_order_lines(sheet, MAPPING)
    assert table.rows == [2, 3]
    assert [(each.row, each.column) for each in table.faults] == [(2, 4), (3, 1), (3, 3)]


def test_cells_beyond_the_header_are_not_lost() -> None:
    text = FILE + "A5,2026-03-05,a,b,c,1,2\n" + "A6,2026-03-05,城东,X1,1,1\n" * 30
    found = pages(errors_of(text))["未导入的行"]
    assert found[0] == ["单号", "日期", "客户", "货号", "数量", "单价", "", "原文件行号", "原因"]
    assert found[-1][:8] == ["A5", "2026-03-05", "a", "b", "c", "1", "2", 6.0]


def test_types_of_a_workbook_stay_what_they_were() -> None:
    source = io.BytesIO()
    moment = datetime(2010, 12, 1, 8, 26)  # noqa: DTZ001
    columns = [
        Column("单号"),
        Column("日期", "moment"),
        Column("客户"),
        Column("货号"),
        Column("数量", "quantity"),
        Column("单价", "price"),
    ]
    write_table(source, columns, [["A1", moment, "城东", None, Decimal(6), Decimal("2.55")]])
    sheet = open_sheet(source.getvalue())
    target = io.BytesIO()
    write_errors(target, sheet, read_order_lines(sheet, MAPPING).faults, language="en")
    assert pages(target.getvalue())["Lines not taken"][1] == [
        "A1",
        moment,
        "城东",
        "",
        6.0,
        2.55,
        2.0,
        "货号 is empty",
    ]


def test_a_table() -> None:
    target = io.BytesIO()
    columns = [
        Column("货号"),
        Column("数量", "quantity"),
        Column("金额", "money"),
        Column("日期", "date"),
        Column("时间", "moment"),
        Column("件", "integer", 5),
    ]
    rows: list[list[object]] = [
        ["00123", Decimal("1.5"), Decimal("1234.50"), date(2026, 3, 5), datetime(2026, 3, 5, 0, 26, tzinfo=UTC), 7],
        ["=1+1", None, Decimal("1234567890123456.78"), None, None, None],
        ["@x", Decimal("-0.000001"), Decimal("0.00"), None, None, True],
    ]
    assert write_table(target, columns, rows, title="库存", zone=ZoneInfo("Asia/Shanghai")) == 3
    assert pages(target.getvalue())["库存"] == [
        ["货号", "数量", "金额", "日期", "时间", "件"],
        ["00123", 1.5, 1234.5, date(2026, 3, 5), datetime(2026, 3, 5, 8, 26), 7.0],  # noqa: DTZ001
        ["=1+1", "", "1234567890123456.78", "", "", ""],
        ["@x", -0.000001, 0.0, "", "", True],
    ]
    assert "<f>" not in part(target.getvalue(), "xl/worksheets/sheet1.xml")


def test_a_file_appears_complete_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "out.xlsx"
    assert write_table(path, [Column("a")], [["x"]]) == 1
    assert list(tmp_path.iterdir()) == [path]

    def rows() -> Iterator[list[str]]:
        yield ["y"]
        raise RuntimeError("the source broke")

    before = path.read_bytes()
    with pytest.raises(RuntimeError):
        write_table(path, [Column("a")], rows())
    assert (list(tmp_path.iterdir()), path.read_bytes()) == ([path], before)


def test_a_place_that_cannot_be_written(tmp_path: Path) -> None:
    with pytest.raises(SheetError) as refusal:
        write_table(tmp_path / "none" / "out.xlsx", [Column("a")], [["x"]])
    assert refusal.value.faults[0].message.code == "sheet-not-writable"
