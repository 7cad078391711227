"""Workbooks: what is read from them, and everything hostile that is refused before the reader sees it."""

import io
import struct
import zipfile
from collections.abc import Iterator
from datetime import datetime

import pytest
import xlsxwriter
from hypothesis import given
from hypothesis import strategies as st
from tests.integrations.sheets.raw import MAIN, raw_workbook

from dinghuo.integrations.sheets import Limits, SheetError, open_sheet
from dinghuo.integrations.sheets.cells import Extent, exact_extent, quick_extent
from dinghuo.integrations.sheets.sheet import Row, Sheet

HEADER = '<row r="1"><c r="A1" t="str"><v>code</v></c><c r="B1" t="str"><v>qty</v></c></row>'
ROW = '<row r="2"><c r="A2" t="str"><v>A</v></c><c r="B2"><v>1</v></c></row>'


def rows_of(sheet: Sheet) -> list[Row]:
    return [row for block in sheet.blocks() for row in block.rows]


def refused(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(SheetError) as refusal:
        rows_of(open_sheet(data, name="orders.xlsx", limits=limits or Limits()))
    (fault,) = refusal.value.faults
    assert fault.sentence("zh") != fault.sentence("en")
    return fault.message.code


def test_a_workbook_with_a_title_an_offset_and_every_type_of_cell() -> None:
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        book.add_worksheet("Empty")
        page = book.add_worksheet("明细")
        moment = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        page.write_string(1, 2, "三月订单")
        page.write_row(3, 2, ["货号", "数量", "日期", "赠品", "查找"])
        page.write_number(4, 2, 85123)
        page.write_number(4, 3, 2.55)
        page.write_datetime(4, 4, datetime(2010, 12, 1, 8, 26), moment)  # noqa: DTZ001
        page.write_boolean(4, 5, True)
        page.write_formula(4, 6, "=VLOOKUP(1,A1:B2,2)", None, "#N/A")
        page.write_blank(9_999, 150, None, moment)
    sheet = open_sheet(packed.getvalue())
    assert (sheet.worksheet, sheet.worksheets) == ("明细", ("Empty", "明细"))
    assert (sheet.header_row, sheet.header) == (4, ("", "", "货号", "数量", "日期", "赠品", "查找"))
    assert list(sheet.pick({5})) == [(5, ["", "", 85123.0, 2.55, datetime(2010, 12, 1, 8, 26), "TRUE", "#N/A"])]  # noqa: DTZ001


def test_a_worksheet_is_chosen_by_its_name() -> None:
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        for name in ("One", "Two"):
            book.add_worksheet(name).write_row(0, 0, [name, "qty"])
    data = packed.getvalue()
    assert open_sheet(data).header == ("One", "qty")
    assert open_sheet(data, worksheet=" two").header == ("Two", "qty")
    with pytest.raises(SheetError) as refusal:
        open_sheet(data, worksheet="Three")
    assert refusal.value.faults[0].params["found"] == "One、Two"


def test_hidden_worksheets_are_passed_over() -> None:
    packed = io.BytesIO()
    with xlsxwriter.Workbook(packed, {"in_memory": True}) as book:
        hidden = book.add_worksheet("Old")
        hidden.write_row(0, 0, ["old", "qty"])
        shown = book.add_worksheet("New")
        shown.write_row(0, 0, ["new", "qty"])
        shown.activate()
        hidden.hide()
    assert open_sheet(packed.getvalue()).worksheet == "New"


def test_the_calendar_of_1904() -> None:
    assert open_sheet(raw_workbook(HEADER + ROW, workbook_pr='<workbookPr date1904="1"/>')).epoch_1904
    assert not open_sheet(raw_workbook(HEADER + ROW)).epoch_1904


def test_an_empty_workbook() -> None:
    assert refused(raw_workbook("")) == "sheet-empty"


def test_cells_that_do_not_say_where_they_stand() -> None:
    first = '<row><c t="str"><v>code</v></c><c t="str"><v>qty</v></c></row>'
    second = '<row><c t="str"><v>A</v></c><c><v>1</v></c></row>'
    sheet = open_sheet(raw_workbook(first + second))
    assert (sheet.header, rows_of(sheet)) == (("code", "qty"), [["A", 1.0]])


def test_a_coloured_but_empty_last_row_is_no_reason_to_refuse() -> None:
    far = '<row r="1048576"><c r="A1048576" s="0"/><c r="XFD1048576" s="0"/></row>'
    assert rows_of(open_sheet(raw_workbook(HEADER + ROW + far))) == [["A", 1.0]]


@pytest.mark.parametrize(
    ("sheet_data", "code"),
    [
        (HEADER + '<row r="9"><c r="XFD9"><v>1</v></c></row>', "sheet-too-many-columns"),
        (HEADER + '<row r="1048576"><c r="A1048576"><v>1</v></c></row>', "sheet-too-many-rows"),
        (HEADER + "<row r='1048576'><c r='XFD1048576'><v>1</v></c></row>", "sheet-too-many-rows"),
        (HEADER + '<row r="9"><c s="0" r="A4294967295"><v>1</v></c></row>', "sheet-too-many-rows"),
        (HEADER + '<row r="900000"><c r="GA900000"><v>1</v></c></row>', "sheet-too-many-cells"),
        (HEADER + "<row>" + "<c><v>1</v></c>" * 300 + "</row>", "sheet-too-many-columns"),
        (HEADER + '<row r="2"><c r="A2"><v>1</v>', "sheet-damaged"),
        (HEADER + '<row r="2"><c r="A2" t="s"><v>77</v></c></row>', "sheet-damaged"),
        (HEADER + f'<row r="2"><c r="A2" t="str"><v>{"x" * 32_768}</v></c></row>', "sheet-cell-too-long"),
    ],
)
def test_cells_that_ask_for_too_much_are_refused_before_they_are_loaded(sheet_data: str, code: str) -> None:
    assert refused(raw_workbook(sheet_data)) == code


def test_one_long_text_shown_by_many_cells_is_not_multiplied() -> None:
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(2, 10_002))
    shared = f"<si><t>{'x' * 30_000}</t></si>"
    assert refused(raw_workbook(HEADER + cells, shared=shared)) == "sheet-too-much-text"
    mostly_short = cells.replace("<v>0</v>", "<v>1</v>").replace("<v>1</v>", "<v>0</v>", 1)
    sheet = open_sheet(raw_workbook(HEADER + mostly_short, shared=shared + "<si><t>y</t></si>"))
    assert len(rows_of(sheet)) == 10_000


@pytest.mark.parametrize(
    "where", ["xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml", "xl/styles.xml"]
)
def test_entities_are_refused_wherever_they_stand(where: str) -> None:
    laughs = '<!DOCTYPE w [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><w>&b;</w>'
    assert refused(raw_workbook(HEADER + ROW, more={where: laughs})) == "sheet-hostile-xml"


def test_a_zip_bomb_is_refused_by_its_directory() -> None:
    bomb = raw_workbook(HEADER + ROW, more={"xl/media/image.xml": b"\0" * 30_000_000})
    assert len(bomb) < 40_000
    assert refused(bomb) == "sheet-unpacks-too-large"


def test_a_zip_bomb_that_lies_in_its_directory_is_refused_while_it_unpacks() -> None:
    bomb = bytearray(raw_workbook(HEADER + ROW, more={"xl/styles.xml": b" " * 30_000_000}))
    size = struct.pack("<I", 30_000_000)
    while (at := bomb.find(size)) >= 0:
        bomb[at : at + 4] = struct.pack("<I", 10)
    assert refused(bytes(bomb)) == "sheet-unpacks-too-large"


def test_a_part_that_is_not_what_the_directory_says_is_refused() -> None:
    data = bytearray(raw_workbook(HEADER + ROW, more={"xl/styles.xml": b"<styles>" + b" " * 5_000}))
    size = struct.pack("<I", 5_008)
    while (at := data.find(size)) >= 0:
        data[at : at + 4] = struct.pack("<I", 10)
    assert refused(bytes(data)) == "sheet-damaged"


def test_two_parts_of_one_name_are_refused() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("xl/Workbook.xml", "<workbook/>")
    assert refused(packed.getvalue()) == "sheet-damaged"


def test_too_many_parts() -> None:
    more: dict[str, str | bytes] = {f"xl/media/{number}.png": b"" for number in range(50)}
    assert refused(raw_workbook(HEADER + ROW, more=more), Limits(parts=40)) == "sheet-too-many-parts"


@pytest.mark.parametrize("cut", [10, 200, 900])
def test_a_workbook_cut_off_is_damaged(cut: int) -> None:
    assert refused(raw_workbook(HEADER + ROW)[:-cut]) == "sheet-damaged"


def test_an_archive_that_is_no_workbook() -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("word/document.xml", "<w/>")
    assert refused(packed.getvalue()) == "sheet-not-a-sheet"


def test_parts_packed_in_an_unusual_way_are_refused() -> None:
    packed = io.BytesIO(raw_workbook(HEADER + ROW))
    with zipfile.ZipFile(packed, "a", zipfile.ZIP_LZMA) as archive:
        archive.writestr("xl/styles.xml", "<styles/>")
    assert refused(packed.getvalue()) == "sheet-damaged"


columns = st.integers(0, 60)
places = st.tuples(st.integers(1, 50), columns, st.sampled_from(["", ' s="1"', ' t="s"', ' s="2" t="e"', "/"]))


def letters(column: int) -> str:
    return chr(65 + column) if column < 26 else chr(64 + column // 26) + chr(65 + column % 26)


@given(st.lists(places, max_size=30), st.integers(5, 200))
def test_the_quick_look_and_the_exact_one_see_the_same(cells: list[tuple[int, int, str]], cut: int) -> None:
    text = "".join(
        f'<row r="{row}"><c r="{letters(column)}{row}"/></row>'
        if kind == "/"
        else f'<row r="{row}"><c r="{letters(column)}{row}"{kind}><f>A1&lt;2</f><v>#N/A</v></c></row>'
        for row, column, kind in cells
    )
    whole = f'<worksheet xmlns="{MAIN}"><cols><col min="1"/></cols><sheetData>{text}</sheetData></worksheet>'.encode()

    def chunks() -> Iterator[bytes]:
        return (whole[at : at + cut] for at in range(0, len(whole), cut))

    assert quick_extent(chunks()) == exact_extent(chunks(), name="w")


def test_nothing_odd_escapes_the_quick_look() -> None:
    for odd in (
        "<c r='ZZ9'/>",
        '<c s="1" r="ZZ9"/>',
        "<x:c r='ZZ9'/>",
        '<c r="zz9"/>',
        "<c/>",
        "<c>",
        '<c\nr="ZZ9"/>',
    ):
        assert quick_extent(iter([f"<row>{odd}</row>".encode()])) is None
    assert quick_extent(iter([b"<row><c r=\"A1\" t='s'><v>1</v></c></row>"])) is None
    assert quick_extent(iter([b"<" + b"c" * 3_000_000])) is None
    assert quick_extent(iter([b"<theme/>"])) == Extent()


GOOD = raw_workbook(
    '<row r="1"><c r="A1" t="str"><v>code</v></c><c r="B1" t="s"><v>0</v></c></row>'
    '<row r="2"><c r="A2" t="e"><v>#N/A</v></c><c r="B2"><v>1</v></c></row>',
    shared="<si><t>qty</t></si>",
    prologue='<?xml version="1.0" encoding="UTF-8"?>',
)


@given(st.data())
def test_a_spoilt_workbook_is_read_or_refused_and_nothing_else(data: st.DataObject) -> None:
    """Bytes are changed inside the parts, where no check sum notices."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good, zipfile.ZipFile(packed, "w") as spoilt:
        for name in good.namelist():
            text = bytearray(good.read(name))
            if data.draw(st.booleans()):
                at = data.draw(st.integers(0, len(text)))
                text[at : at + data.draw(st.integers(0, 12))] = data.draw(st.binary(max_size=12))
            spoilt.writestr(name, bytes(text))
    try:
        rows_of(open_sheet(packed.getvalue()))
    except SheetError as refusal:
        assert all(fault.sentence("zh") for fault in refusal.faults)


@given(st.sampled_from([b"", b"PK\x03\x04", b"\x1f\x8b\x08", GOOD[:400], GOOD[-300:]]), st.binary(max_size=300))
def test_any_bytes_are_read_or_refused_and_nothing_else(start: bytes, rest: bytes) -> None:
    try:
        rows_of(open_sheet(start + rest))
    except SheetError as refusal:
        assert all(fault.sentence("en") for fault in refusal.faults)
