"""Delimited text: encodings, delimiters, headers and the harm a file may try to do."""

import csv
import gzip
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.integrations.sheets import Limits, SheetError, open_sheet
from dinghuo.integrations.sheets.sheet import Row, Sheet

CHINESE = "单号,商品名称,数量\nSO-1,康师傅红烧牛肉面,12\nSO-2,农夫山泉饮用天然水,24\n"


def rows_of(sheet: Sheet) -> list[Row]:
    return [row for block in sheet.blocks() for row in block.rows]


def code_of(refusal: pytest.ExceptionInfo[SheetError]) -> str:
    (fault,) = refusal.value.faults
    assert fault.sentence("zh") != fault.sentence("en")
    return fault.message.code


@pytest.mark.parametrize(
    ("stored_as", "found"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8-sig"),
        ("utf-16", "utf-16"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
    ],
)
def test_chinese_files_are_read_whatever_their_encoding(stored_as: str, found: str) -> None:
    sheet = open_sheet(CHINESE.encode(stored_as), name="orders.csv")
    assert sheet.encoding == found
    assert sheet.header == ("单号", "商品名称", "数量")
    assert rows_of(sheet) == [["SO-1", "康师傅红烧牛肉面", "12"], ["SO-2", "农夫山泉饮用天然水", "24"]]


@pytest.mark.parametrize(
    ("text", "stored_as", "found"),
    [
        ("單號,商品名稱,數量\nSO-1,統一肉燥麵與烏龍茶,12\n", "cp950", "cp950"),
        ("No,Client,Qty\n1,Société Générale,2\n2,Bäckerei Müller,3\n", "cp1252", "cp1252"),
        ("No,Shop,Qty\n1,Café,2\n", "latin-1", "cp1252"),
    ],
)
def test_other_encodings_are_not_taken_for_chinese(text: str, stored_as: str, found: str) -> None:
    sheet = open_sheet(text.encode(stored_as))
    assert sheet.encoding == found
    assert rows_of(sheet) == [line.split(",") for line in text.splitlines()[1:]]


def test_the_first_chinese_name_may_stand_in_the_last_row() -> None:
    text = "code,name,qty\n" + "A1,tea,1\n" * 60_000 + "A2,茶叶,2\n"
    sheet = open_sheet(text.encode("gb18030"))
    assert sheet.encoding == "gb18030"
    assert rows_of(sheet)[-1] == ["A2", "茶叶", "2"]


def test_an_encoding_that_is_said_wins_and_must_be_right() -> None:
    assert open_sheet(CHINESE.encode("gb18030"), encoding="gb18030").header == ("单号", "商品名称", "数量")
    with pytest.raises(SheetError) as refusal:
        open_sheet(CHINESE.encode("gb18030"), encoding="utf-8")
    assert code_of(refusal) == "sheet-unknown-encoding"
    with pytest.raises(SheetError) as refusal:
        open_sheet(CHINESE.encode(), encoding="no-such-code")
    assert code_of(refusal) == "sheet-unknown-encoding"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    lines = [["code", "name", "price"], ["A1", "tea; green, loose", "1,5"], ["A2", "a|b", "2,5"]]
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(lines)
    sheet = open_sheet(text.getvalue().encode())
    assert (sheet.delimiter, list(sheet.header), rows_of(sheet)) == (delimiter, lines[0], lines[1:])


def test_a_sep_line_declares_the_delimiter() -> None:
    sheet = open_sheet(b"sep=;\ncode;qty\nA,1\n")
    assert (sheet.header, sheet.header_row, rows_of(sheet)) == (("code", "qty"), 2, [["A,1"]])


def test_content_decides_not_the_name(tmp_path: Path) -> None:
    path = tmp_path / "orders.xlsx"
    path.write_bytes(gzip.compress(b"code,qty\nA,1\n"))
    assert rows_of(open_sheet(path)) == [["A", "1"]]


def test_rows_keep_their_numbers_and_can_be_read_again() -> None:
    sheet = open_sheet(b'Orders of March,,\n,,\ncode,name,qty\nA,"two\nlines",1\n\nB,x,2\n')
    assert (sheet.header_row, sheet.header) == (3, ("code", "name", "qty"))
    for _ in range(2):
        assert [(block.first, block.rows) for block in sheet.blocks()] == [
            (4, [["A", "two\nlines", "1"], [], ["B", "x", "2"]])
        ]
    assert list(sheet.pick({6, 4})) == [(4, ["A", "two\nlines", "1"]), (6, ["B", "x", "2"])]
    assert sheet.sample(1) == [["A", "two\nlines", "1"]]


def test_the_header_row_can_be_said() -> None:
    text = b"a,b,c\n1,x,2\ncode,name,qty\nA,x,1\n"
    assert open_sheet(text).header_row == 1
    assert open_sheet(text, header_row=3).header == ("code", "name", "qty")
    for row in (0, 9):
        with pytest.raises(SheetError) as refusal:
            open_sheet(text, header_row=row)
        assert code_of(refusal) == "sheet-no-header"


def test_columns_without_a_name_belong_to_the_table_when_most_rows_fill_them() -> None:
    assert open_sheet(b"code,qty\nA,1,note\nB,2,note\n").width == 3
    assert open_sheet(b"code,qty\n" + b"A,1\n" * 20 + b"B,2,shifted\n").width == 2


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "sheet-empty"),
        (b"\n \n,,\n", "sheet-empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 512, "sheet-old-excel"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "sheet-encrypted"),
        (b"%PDF-1.7 ...", "sheet-not-a-sheet"),
        (b"\n <html><table>", "sheet-not-a-sheet"),
        (b'<?xml version="1.0"?><Workbook/>', "sheet-not-a-sheet"),
        (b"\x89PNG\r\n\x1a\n\0\0", "sheet-not-a-sheet"),
        (b"a,b\n" + bytes(range(256)), "sheet-not-a-sheet"),
        (b"a,b\n" * 200_000 + b"\0", "sheet-not-a-sheet"),
        (gzip.compress(b"PK\x03\x04", mtime=0), "sheet-not-a-sheet"),
        (gzip.compress(b"code,qty\nA,1\n" * 999, mtime=0)[:-20], "sheet-damaged"),
        (b"\x1f\x8bno gzip at all", "sheet-damaged"),
        (b"a,b\n\x81\xff,\x90\n", "sheet-unknown-encoding"),
    ],
)
def test_what_is_no_table_is_said_clearly(data: bytes, code: str) -> None:
    with pytest.raises(SheetError) as refusal:
        rows_of(open_sheet(data, name="orders.csv"))
    assert code_of(refusal) == code


def test_a_missing_file(tmp_path: Path) -> None:
    with pytest.raises(SheetError) as refusal:
        open_sheet(tmp_path / "none.csv")
    assert code_of(refusal) == "sheet-missing"


@pytest.mark.parametrize(
    ("data", "limits", "code"),
    [
        (b"a,b\n" * 20, Limits(file_bytes=50), "sheet-file-too-large"),
        (b"a,b\n" * 20, Limits(rows=10), "sheet-too-many-rows"),
        (b"a,b\n" + b"," * 300, Limits(), "sheet-too-many-columns"),
        (b"a,b\n1," + b"x" * 32_768, Limits(), "sheet-cell-too-long"),
        (b'a,b\n1,"' + b"x,y\n" * 40_000, Limits(), "sheet-cell-too-long"),
        (gzip.compress(b"a,b\n" * 1000, mtime=0), Limits(unpacked_bytes=3000), "sheet-unpacks-too-large"),
    ],
)
def test_limits(data: bytes, limits: Limits, code: str) -> None:
    with pytest.raises(SheetError) as refusal:
        rows_of(open_sheet(data, limits=limits))
    assert code_of(refusal) == code
    assert refusal.value.status == 413


def test_a_gzip_bomb_is_refused_long_before_it_has_gone_off() -> None:
    bomb = gzip.compress(b",\n" * 30_000_000, 9)
    assert len(bomb) < 100_000
    with pytest.raises(SheetError) as refusal:
        open_sheet(bomb)
    assert code_of(refusal) == "sheet-unpacks-too-large"


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=12)


@given(
    st.lists(st.lists(cells, min_size=3, max_size=3), min_size=1, max_size=8), st.sampled_from([",", "\t", ";", "|"])
)
def test_every_cell_comes_back(table: list[list[str]], delimiter: str) -> None:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter, lineterminator="\n").writerows([["first", "second", "third"], *table])
    sheet = open_sheet(text.getvalue().encode(), delimiter=delimiter, header_row=1, encoding="utf-8")
    assert rows_of(sheet) == table
