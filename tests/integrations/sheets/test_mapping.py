"""Which column is which: presets, options, and what is wrong with them."""

from pathlib import Path

import pytest

from dinghuo.integrations.sheets import Mapping, SheetError, load_mapping, parse_mapping, presets
from dinghuo.integrations.sheets.mapping import find_column, header_key

COLUMNS = {"order_number": "单号", "placed_at": "日期", "sku_code": "货号", "quantity": "数量", "unit_price": "单价"}
WHOLE = Mapping(columns={**COLUMNS, "customer_name": "客户"})
HEADER = ["单号", "日期", "客户", "货号", "数量", "单价"]


def codes(refusal: pytest.ExceptionInfo[SheetError]) -> list[tuple[str, str]]:
    return [(fault.field, fault.message.code) for fault in refusal.value.faults]


def test_the_preset_for_the_real_file() -> None:
    mapping = presets()["online-retail"]
    assert mapping == load_mapping("online-retail")
    assert mapping.constants == {"currency": "GBP", "tax_mode": "exclusive"}
    assert mapping.is_cancellation("C536379")
    assert not mapping.is_cancellation("536379")
    reasons = {
        code: found.reason if (found := mapping.not_goods_reason(code)) else None
        for code in ("POST", "m", "gift_0001_20", "BANK CHARGES", "85123A", "DCGSSGIRL", "M1")
    }
    assert reasons == {
        "POST": "carriage",
        "m": "manual",
        "gift_0001_20": "voucher",
        "BANK CHARGES": "fee",
        "85123A": None,
        "DCGSSGIRL": None,
        "M1": None,
    }


def test_every_preset_binds_its_own_columns() -> None:
    for name, mapping in presets().items():
        header = list(mapping.columns.values())
        assert mapping.bind(header) == {field: place for place, field in enumerate(mapping.columns)}, name
        assert all(reason.sentence("zh") != reason.sentence("en") for reason in mapping.not_goods)


def test_a_mapping_without_a_prefix_knows_no_cancellations() -> None:
    assert not WHOLE.is_cancellation("C1")
    assert WHOLE.not_goods_reason("POST") is None


def test_a_toml_file(tmp_path: Path) -> None:
    path = tmp_path / "erp.toml"
    path.write_text(
        'worksheet = "明细"\nheader_row = 3\nfill_down = ["order_number"]\n[columns]\nsku_code = "货号"\n'
    )
    assert load_mapping(path) == Mapping(
        worksheet="明细", header_row=3, fill_down=("order_number",), columns={"sku_code": "货号"}
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("columns = 3", "mapping-unreadable"),
        ("[columns", "mapping-unreadable"),
        ('date_order = "dym"', "mapping-unreadable"),
        ('colums = {sku_code = "x"}', "mapping-unreadable"),
        ('[columns]\nsku = "x"', "mapping-unknown-field"),
        ('[columns]\ntax_mode = "x"', "mapping-unknown-field"),
        ('[constants]\ncolour = "x"', "mapping-unknown-field"),
        ('fill_down = ["colour"]', "mapping-unknown-field"),
    ],
)
def test_a_toml_text_that_is_wrong(text: str, code: str) -> None:
    with pytest.raises(SheetError) as refusal:
        parse_mapping(text, name="erp.toml")
    assert [found for _, found in codes(refusal)] == [code]


def test_a_mapping_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(SheetError) as refusal:
        load_mapping(str(tmp_path / "none.toml"))
    assert "online-retail" in refusal.value.faults[0].sentence("zh")


def test_options_change_a_mapping() -> None:
    changed = WHOLE.with_options(
        [
            "sku_code=商品编码",
            "customer_name=",
            "customer_code:=WALK-IN",
            "currency:=GBP",
            "date_order=mdy",
            "header_row=2",
            "fill_down=order_number, placed_at",
            "cancel_prefix=C",
            "note = 备注 = 说明",
        ]
    )
    assert changed.columns == {**COLUMNS, "sku_code": "商品编码", "note": "备注 = 说明"}
    assert changed.constants == {"customer_code": "WALK-IN", "currency": "GBP"}
    assert (changed.date_order, changed.header_row, changed.fill_down) == ("mdy", 2, ("order_number", "placed_at"))
    assert changed.cancel_prefix == "C"
    assert changed.with_options(["cancel_prefix="]).cancel_prefix is None


def test_every_wrong_option_is_named() -> None:
    with pytest.raises(SheetError) as refusal:
        WHOLE.with_options(["skucode=货号", "sku_code=货号", "date_order:=mdy", "just-text"])
    assert codes(refusal) == [(name, "mapping-unknown-field") for name in ("skucode", "date_order", "just-text")]


def test_binding_finds_columns_by_name_by_likeness_and_by_number() -> None:
    header = ["Order No.", "Date", "ITEM_CODE (SKU)", "qty", "Price*", "客户", "客户"]
    mapping = Mapping(
        columns={"order_number": "order no", "placed_at": "#2", "sku_code": "Item Code", "quantity": "Qty"}
        | {"unit_price": "price", "customer_name": "#7"}
    )
    assert mapping.bind(header) == {
        "order_number": 0,
        "placed_at": 1,
        "sku_code": 2,
        "quantity": 3,
        "unit_price": 4,
        "customer_name": 6,
    }


def test_a_wrong_header_is_told_all_at_once() -> None:
    with pytest.raises(SheetError) as refusal:
        Mapping(columns={"order_number": "单号", "sku_code": "货号", "quantity": "数量", "note": "#9"}).bind(
            ["单号", "数量", "数量", "品名"]
        )
    assert codes(refusal) == [
        ("sku_code", "mapping-column-missing"),
        ("quantity", "mapping-column-repeated"),
        ("note", "mapping-column-missing"),
        ("placed_at", "mapping-field-unmapped"),
        ("unit_price", "mapping-field-unmapped"),
        ("customer_code", "mapping-field-unmapped"),
    ]
    assert refusal.value.status == 422
    assert (
        refusal.value.faults[0].sentence("zh")
        == "文件里没有“货号”列（sku_code 货号）；文件的列：单号, 数量, 数量, 品名"
    )
    assert "#2" in refusal.value.faults[1].sentence("en")


def test_a_constant_or_an_amount_stands_in_for_a_column() -> None:
    columns = {"order_number": "单号", "placed_at": "日期", "sku_code": "货号", "quantity": "数量", "amount": "单价"}
    assert Mapping(columns=columns, constants={"customer_code": "X"}).bind(HEADER)["amount"] == 5


@pytest.mark.parametrize(
    "header", ["Unit Price", "unit_price", "UNIT-PRICE *", "Unit Price (GBP)", "ＵｎｉｔＰｒｉｃｅ"]
)
def test_headers_are_compared_without_their_dress(header: str) -> None:
    assert header_key(header) == "unitprice"


def test_the_exact_name_goes_before_one_that_is_alike() -> None:
    assert find_column(["price", "Price"], "Price") == [1]
    assert find_column(["price ", "PRICE"], "Price") == [0, 1]
    assert find_column(["a"], "#2") == []
    assert find_column(["", "a"], "") == [0]


@pytest.mark.parametrize("guide", ["import-file-formats.md", "import-file-formats.zh-CN.md"])
def test_the_mapping_in_the_guide_works(guide: str) -> None:
    text = (Path(__file__).parents[3] / "docs" / "guides" / guide).read_text(encoding="utf-8")
    mapping = parse_mapping(text.split("```toml\n")[1].split("```")[0], name=guide)
    assert mapping.bind(["单号", "下单日期", "客户", "货号", "数量", "含税单价"])["unit_price"] == 5
    assert mapping.not_goods_reason("POST-1") == mapping.not_goods[0]
    options = [line.split()[1] for line in text.splitlines() if line.startswith("--map ") and "=" in line.split()[1]]
    assert mapping.with_options(options).constants["currency"] == "GBP"
