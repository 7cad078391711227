"""Order lines: every row comes out, read or with its faults."""

from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.integrations.sheets.raw import raw_workbook

from dinghuo.integrations.sheets import LineTable, Mapping, SheetError, open_sheet, read_order_lines

HEADER = "单号,日期,客户,货号,数量,单价"
MAPPING = Mapping(
    columns={"order_number": "单号", "placed_at": "日期", "customer_name": "客户", "sku_code": "货号"}
    | {"quantity": "数量", "unit_price": "单价"}
)


def at(*parts: int) -> datetime:
    return datetime(*parts)  # type: ignore[arg-type]  # noqa: DTZ001


def read(*rows: str, header: str = HEADER, mapping: Mapping = MAPPING) -> LineTable:
    return read_order_lines(open_sheet("\n".join([header, *rows]).encode(), header_row=1, delimiter=","), mapping)


def faults(table: LineTable) -> list[tuple[int, int | None, str]]:
    return [(each.row, each.column, each.fault.message.code) for each in table.faults]


def test_good_lines() -> None:
    table = read("A1,2026-03-05 8:26,城东便利店,X1,12,48.50", 'A1,2026/3/5,城东便利店,00123,-2,"1,000"')
    assert table.rows == [2, 3]
    assert table.columns == {
        "order_number": ["A1", "A1"],
        "placed_at": [at(2026, 3, 5, 8, 26), at(2026, 3, 5)],
        "customer_name": ["城东便利店", "城东便利店"],
        "sku_code": ["X1", "00123"],
        "quantity": [Decimal(12), Decimal(-2)],
        "unit_price": [Decimal("48.50"), Decimal(1000)],
    }
    assert (table.faults, table.doubts, table.empty_rows, table.faulty_rows) == ([], [], 0, frozenset())
    assert table.texts("note") == [None, None]


def test_every_fault_of_every_cell_is_told() -> None:
    table = read(
        "A1,2026-03-05,城东,X1,1,1", ",2026-02-30,,,many,", "A3,1899-01-01,城东,6.9E+12,1.2345678,9999999999999"
    )
    assert faults(table) == [
        (3, 0, "cell-empty"),
        (3, 1, "cell-not-a-date"),
        (3, 3, "cell-empty"),
        (3, 4, "cell-not-a-number"),
        (3, 5, "cell-empty"),
        (4, 1, "cell-date-out-of-range"),
        (4, 3, "cell-code-as-scientific"),
        (4, 4, "cell-too-many-places"),
        (4, 5, "cell-number-too-large"),
    ]
    assert table.rows == [2, 3, 4]
    assert table.numbers("quantity") == [Decimal(1), None, None]
    assert table.texts("customer_name") == ["城东", None, "城东"]
    assert table.faulty_rows == {3, 4}
    many = table.faults[3].fault
    assert many.field == "quantity"
    assert many.sentence("zh") == "数量“many”不是数字"
    assert many.sentence("en") == "数量 'many' is not a number"


def test_empty_rows_are_counted_and_totals_are_told() -> None:
    table = read("A1,2026-03-05,城东,X1,1,1", "", ",,,,,", " ,,\t,,,", "合 计：,,,,1,1", ",,,,9,")
    assert table.rows == [2, 6, 7]
    assert table.empty_rows == 3
    assert faults(table) == [
        (6, None, "row-is-a-total"),
        (7, 0, "cell-empty"),
        (7, 1, "cell-empty"),
        (7, 3, "cell-empty"),
        (7, 5, "cell-empty"),
    ]


def test_a_comma_without_quotation_marks_is_noticed() -> None:
    table = read(
        *["A1,2026-03-05,城东,X1,1,1"] * 20, "A2,2026-03-05,Smith, Sons,X1,2,3", "A3,2026-03-05,城东,X1,1,1,,"
    )
    assert faults(table) == [(22, None, "row-too-wide"), (22, 4, "cell-not-a-number")]


def test_short_rows_end_in_empty_cells() -> None:
    assert faults(read("A1,2026-03-05,城东,X1")) == [(2, 4, "cell-empty"), (2, 5, "cell-empty")]


def test_a_text_of_nothing_is_an_empty_cell() -> None:
    table = read('"=""""",2026-03-05,\u200b,"=""00123""",1,1')
    assert faults(table) == [(2, 0, "cell-empty")]
    assert (table.texts("customer_name"), table.texts("sku_code")) == ([None], ["00123"])


def test_a_column_of_codes_that_went_through_a_float() -> None:
    table = read("17850.0,2026-03-05,城东,10.0,1,1", ",2026-03-05,城东,10.5,1,1", "13047.0,2026-03-05,城东,X,1,1")
    assert table.texts("order_number") == ["17850", None, "13047"]
    assert table.texts("sku_code") == ["10.0", "10.5", "X"]


def test_constants_fill_empty_cells_and_missing_columns() -> None:
    mapping = MAPPING.with_options(["customer_name:=散客", "unit:=箱", "tax_rate:=13%", "tax_mode:=inclusive"])
    table = read("A1,2026-03-05,,X1,1,1", "A2,2026-03-05,城东,X1,1,1", mapping=mapping)
    assert table.faults == []
    assert table.texts("customer_name") == ["散客", "城东"]
    assert table.texts("unit") == ["箱", "箱"]
    assert table.numbers("tax_rate") == [Decimal("0.13")] * 2
    assert table.texts("tax_mode") == ["inclusive"] * 2
    with pytest.raises(SheetError) as refusal:
        read("A1,2026-03-05,,X1,1,1", mapping=MAPPING.with_options(["tax_rate:=much"]))
    assert refusal.value.faults[0].message.code == "cell-not-a-number"


def test_cells_written_once_for_several_lines() -> None:
    rows = ("A1,2026-03-05,城东,X1,1,1", ",,,X2,1,1", "A2,2026-03-06,,X3,1,1")
    table = read(*rows, mapping=MAPPING.with_options(["fill_down=order_number,placed_at"]))
    assert table.texts("order_number") == ["A1", "A1", "A2"]
    assert table.moments("placed_at") == [at(2026, 3, 5), at(2026, 3, 5), at(2026, 3, 6)]
    assert table.texts("customer_name") == ["城东", None, None]
    assert table.faults == []


def test_a_price_or_an_amount_is_enough() -> None:
    mapping = MAPPING.with_options(["amount=金额"])
    rows = (
        "A1,2026-03-05,城东,X1,3,,10",
        "A1,2026-03-05,城东,X1,3,3.5,",
        "A1,2026-03-05,城东,X1,3,,",
        "A1,2026-03-05,城东,X1,3,?,",
    )
    table = read(*rows, header=HEADER + ",金额", mapping=mapping)
    assert table.numbers("unit_price") == [None, Decimal("3.5"), None, None]
    assert table.numbers("amount") == [Decimal(10), None, None, None]
    assert faults(table) == [(4, 5, "cell-empty"), (5, 5, "cell-not-a-number")]


def test_prices_that_formulas_made_keep_six_places() -> None:
    table = read("A1,2026-03-05,城东,X1,1,88.4955752212389", "A1,2026-03-05,城东,X1,1,0.0000005")
    assert table.numbers("unit_price") == [Decimal("88.495575"), Decimal("0.000001")]


def test_a_european_column_and_one_that_follows_it() -> None:
    table = read('A1,2026-03-05,城东,X1,1.000,"1.234,50"', 'A1,2026-03-05,城东,X1,2.000,"2,5"')
    assert table.numbers("quantity") == [Decimal(1000), Decimal(2000)]
    assert table.numbers("unit_price") == [Decimal("1234.50"), Decimal("2.5")]
    assert table.doubts == []


def test_numbers_that_nothing_settles_are_a_doubt() -> None:
    table = read("A1,2026-03-05,城东,X1,1.234,1", 'A1,2026-03-05,城东,X1,"1,234",1')
    assert table.numbers("quantity") == [Decimal("1.234"), Decimal(1234)]
    (doubt,) = table.doubts
    assert (doubt.field, doubt.message.code) == ("quantity", "doubt-number-form")
    assert (
        doubt.sentence("en") == "数量 '1.234' may be 1.234 or 1234; it was read as the first. Say which with decimal"
    )
    said = read("A1,2026-03-05,城东,X1,1.234,1", mapping=MAPPING.with_options(["decimal=comma"]))
    assert (said.numbers("quantity"), said.doubts) == ([Decimal(1234)], [])


def test_dates_that_nothing_settles_are_a_doubt() -> None:
    table = read("A1,3/4/2026,城东,X1,1,1", "A1,4/3/2026,城东,X1,1,1")
    assert table.moments("placed_at") == [at(2026, 4, 3), at(2026, 3, 4)]
    (doubt,) = table.doubts
    assert doubt.message.code == "doubt-date-order"
    assert doubt.sentence("zh").startswith("日期“3/4/2026”可能是 2026-04-03 也可能是 2026-03-04")
    said = read("A1,3/4/2026,城东,X1,1,1", mapping=MAPPING.with_options(["date_order=mdy"]))
    assert (said.moments("placed_at"), said.doubts) == ([at(2026, 3, 4)], [])


def test_evidence_at_the_very_end_decides_the_column() -> None:
    table = read(*["A1,05/03/2026,城东,X1,1,1"] * 9_000, "A1,13/03/2026,城东,X1,1,1")
    assert table.moments("placed_at")[0] == at(2026, 3, 5)
    assert (table.doubts, table.faults) == ([], [])


def test_dates_with_an_offset_become_wall_clocks() -> None:
    sheet = open_sheet(f"{HEADER}\nA1,2026-03-05T00:26:00Z,城东,X1,1,1\n".encode())
    table = read_order_lines(sheet, MAPPING, zone=ZoneInfo("Asia/Shanghai"))
    assert table.moments("placed_at") == [at(2026, 3, 5, 8, 26)]


def test_mixed_types_in_a_workbook() -> None:
    cells = (
        '<c r="A{0}"><v>536365</v></c><c r="B{0}"><v>40513.35138888889</v></c><c r="C{0}" t="str"><v>城东</v></c>'
        '<c r="D{0}"><v>{1}</v></c><c r="E{0}"{2}</c><c r="F{0}"><v>2.5499999999999998</v></c>'
    )
    header = "".join(
        f'<c r="{"ABCDEF"[place]}1" t="str"><v>{name}</v></c>' for place, name in enumerate(HEADER.split(","))
    )
    rows = [
        cells.format(2, 85123, "><v>6</v>"),
        cells.format(3, 202603051234567890, ' t="str"><v>６</v>'),
        cells.format(4, 85123.5, ' t="b"><v>1</v>'),
        cells.format(5, 1, ' t="e"><f>VLOOKUP(1,A:B,2)</f><v>#N/A</v>'),
    ]
    data = f'<row r="1">{header}</row>' + "".join(f'<row r="{n}">{row}</row>' for n, row in enumerate(rows, start=2))
    table = read_order_lines(open_sheet(raw_workbook(data)), MAPPING)
    assert table.texts("order_number") == ["536365"] * 4
    assert table.moments("placed_at") == [at(2010, 12, 1, 8, 26)] * 4
    assert table.texts("sku_code") == ["85123", None, "85123.5", "1"]
    assert table.numbers("quantity") == [Decimal(6), Decimal(6), None, None]
    assert table.numbers("unit_price") == [Decimal("2.55")] * 4
    assert faults(table) == [(3, 3, "cell-digits-lost"), (4, 4, "cell-not-a-number"), (5, 4, "cell-excel-error")]
    assert table.faults[2].fault.sentence("zh") == "数量是公式错误 #N/A"


def test_texts_the_database_could_not_keep_are_faults() -> None:
    table = read(f"A1,2026-03-05,城\x01东,{'X' * 65},1,1")
    assert faults(table) == [(2, 2, "cell-control-characters"), (2, 3, "cell-text-too-long")]


@pytest.mark.parametrize(
    ("text", "rate"), [("13%", "0.13"), ("0.13", "0.13"), ("13", "0.13"), ("0", "0"), ("1", "0.01")]
)
def test_tax_rates(text: str, rate: str) -> None:
    mapping = MAPPING.with_options(["tax_rate=税率"])
    table = read(f"A1,2026-03-05,城东,X1,1,1,{text}", header=HEADER + ",税率", mapping=mapping)
    assert table.numbers("tax_rate") == [Decimal(rate)]


@pytest.mark.parametrize("text", ["100", "-1", "免税"])
def test_what_is_no_tax_rate(text: str) -> None:
    mapping = MAPPING.with_options(["tax_rate=税率"])
    table = read(f"A1,2026-03-05,城东,X1,1,1,{text}", header=HEADER + ",税率", mapping=mapping)
    assert faults(table) == [(2, 6, "cell-not-a-number")]


rubbish = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters=',"'), max_size=8)
row_texts = st.lists(rubbish, min_size=6, max_size=6)


@pytest.mark.slow
@given(st.lists(row_texts, max_size=12))
def test_nothing_is_dropped_whatever_stands_in_the_cells(rows: list[list[str]]) -> None:
    table = read("A1,2026-03-05,城东,X1,1,1", *(",".join(row) for row in rows))
    assert len(table) + table.empty_rows == len(rows) + 1
    assert all(len(column) == len(table) for column in table.columns.values())
    for place, row in enumerate(table.rows):
        whole = all(
            table.columns[name][place] is not None for name in ("order_number", "placed_at", "sku_code", "quantity")
        )
        assert whole or row in table.faulty_rows
