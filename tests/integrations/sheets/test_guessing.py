"""Guessing the columns of files nobody has described."""

from dinghuo.integrations.sheets import Mapping, SheetError, complete, guess, mapping_given, open_sheet
from dinghuo.integrations.sheets.sheet import Row, Sheet


def sheet_of(*rows: str) -> Sheet:
    return open_sheet("\n".join(rows).encode())


def guessed(*rows: str) -> dict[str, str]:
    sheet = sheet_of(*rows)
    return guess(sheet.header, sheet.sample()).mapping.columns


def test_a_chinese_order_book() -> None:
    assert guessed(
        "序号,单据日期,单据编号,客户编号,客户,商品编码,商品条码,商品名称,规格,单位,数量,含税单价,价税合计,税率,备注",
        "1,2026-03-05,XS-001,K001,城东便利店,10023,6901234567892,红烧牛肉面,105g*24,箱,12,48.50,582.00,13%,急",
        "2,2026-03-05,XS-001,K001,城东便利店,10024,6901234567893,老坛酸菜面,105g*24,箱,6,48.50,291.00,13%,",
    ) == {
        "line_no": "序号",
        "placed_at": "单据日期",
        "order_number": "单据编号",
        "customer_code": "客户编号",
        "customer_name": "客户",
        "sku_code": "商品编码",
        "barcode": "商品条码",
        "description": "商品名称",
        "unit": "单位",
        "quantity": "数量",
        "unit_price": "含税单价",
        "amount": "价税合计",
        "tax_rate": "税率",
        "note": "备注",
    }


def test_an_english_order_book() -> None:
    assert guessed(
        "Order No,Order Date,Customer,SKU,Product Name,Qty,UoM,Price,Line Total,Currency,Country",
        "A1,01/12/2010,Smith & Sons,85123A,White lantern,6,EA,2.55,15.30,GBP,France",
    ) == {
        "order_number": "Order No",
        "placed_at": "Order Date",
        "customer_name": "Customer",
        "sku_code": "SKU",
        "description": "Product Name",
        "quantity": "Qty",
        "unit": "UoM",
        "unit_price": "Price",
        "amount": "Line Total",
        "currency": "Currency",
        "country": "Country",
    }


def test_the_values_speak_against_a_word_that_is_only_alike() -> None:
    columns = guessed("单号,到货数量,预计日期,货号", "A1,二十箱,明天,X1", "A2,三十箱,后天,X2")
    assert columns == {"order_number": "单号", "sku_code": "货号"}


def test_a_field_s_own_word_stands_though_the_values_are_odd() -> None:
    """The odd cells are marked then, which helps more than a column that nobody gave."""
    sheet = sheet_of("单号,数量,日期,货号", "A1,二十箱,明天,X1", "A2,三十箱,后天,X2")
    found = guess(sheet.header, sheet.sample())
    assert found.mapping.columns == {
        "order_number": "单号",
        "quantity": "数量",
        "placed_at": "日期",
        "sku_code": "货号",
    }
    assert found.sure["quantity"] == 0.5 > found.sure["placed_at"]


def test_whether_prices_include_tax_is_in_the_header() -> None:
    row: list[Row] = [["1"]]
    assert guess(["含税单价"], row).mapping.constants == {"tax_mode": "inclusive"}
    assert guess(["不含税单价"], row).mapping.constants == {"tax_mode": "exclusive"}
    assert guess(["单价"], row).mapping.constants == {}


def test_how_sure_each_field_is() -> None:
    sure = guess(["数量", "qty of goods", "whatever"], [["1", "2", "x"]]).sure
    assert sure == {"quantity": 1.0}


def test_a_name_that_occurs_twice_is_given_by_its_number() -> None:
    assert guess(["货号", "数量", "货号"], [["A", "1", "B"]]).mapping.columns == {
        "sku_code": "#1",
        "quantity": "数量",
    }


def test_a_preset_that_fits_the_header_goes_before_a_guess() -> None:
    sheet = sheet_of(
        "InvoiceNo,StockCode,Description,Quantity,InvoiceDate,UnitPrice,CustomerID,Country",
        "536365,85123A,LANTERN,6,2010-12-01T08:26,2.55,17850,United Kingdom",
    )
    assert complete(Mapping(), sheet) == mapping_given(["online-retail"])


def test_what_was_given_is_kept_and_the_rest_is_guessed() -> None:
    sheet = sheet_of("单号,日期,客户,型号,货号,数量,单价", "A1,2026-03-05,城东,M1,X1,2,3.5")
    given = mapping_given(["sku_code=型号", "unit:=箱", "cancel_prefix=T"])
    completed = complete(given, sheet)
    assert completed.columns["sku_code"] == "型号"
    assert "货号" not in completed.columns.values()
    assert completed.columns["order_number"] == "单号"
    assert completed.constants == {"unit": "箱"}
    assert completed.cancel_prefix == "T"


def test_a_whole_mapping_is_left_as_it_is() -> None:
    sheet = sheet_of("单号,日期,客户,货号,数量,单价,备注", "A1,2026-03-05,城东,X1,2,3.5,")
    given = mapping_given(
        [
            f"{name}=#{place}"
            for place, name in enumerate(
                ["order_number", "placed_at", "customer_name", "sku_code", "quantity", "unit_price"], start=1
            )
        ]
    )
    assert complete(given, sheet) is given


def test_a_preset_is_changed_by_options() -> None:
    mapping = mapping_given(["online-retail", "currency:=EUR", "country="])
    assert mapping.constants["currency"] == "EUR"
    assert "country" not in mapping.columns
    try:
        mapping_given(["no-such-preset"])
    except SheetError as refusal:
        assert refusal.faults[0].message.code == "mapping-unreadable"
    else:
        raise AssertionError("a preset that is not there was found")
