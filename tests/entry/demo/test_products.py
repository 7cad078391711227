"""The catalogue: counts, codes, units, prices, stock."""

from collections import Counter
from decimal import Decimal

from stdnum import ean

from dinghuo.entry.demo.brands import BRANDS
from dinghuo.entry.demo.company import CHENGDU, SHANGHAI, WAREHOUSES
from dinghuo.entry.demo.products import CATEGORIES, PRODUCTS, SKU_BY_CODE, SKUS


def test_two_hundred_skus_with_codes_names_and_barcodes_of_their_own() -> None:
    assert len(SKUS) == 200
    for field in ("code", "barcode", "name_zh", "name_en"):
        assert [value for value, count in Counter(getattr(sku, field) for sku in SKUS).items() if count > 1] == []


def test_barcodes_are_chinese_ean13() -> None:
    assert all(ean.is_valid(sku.barcode) and len(sku.barcode) == 13 for sku in SKUS)
    assert all(sku.barcode.startswith("69") for sku in SKUS)


def test_categories_are_a_tree_of_two_levels_and_all_leaves_are_used() -> None:
    top = {category.code for category in CATEGORIES if category.parent is None}
    leaves = {category.code for category in CATEGORIES if category.parent}
    assert all(category.parent in top for category in CATEGORIES if category.parent)
    assert len(leaves) == 20
    assert {sku.category for sku in SKUS} == leaves
    assert {category.parent for category in CATEGORIES if category.parent} == top


def test_products_brands_and_skus_refer_to_each_other() -> None:
    products = {product.code: product for product in PRODUCTS}
    assert len(products) == len(PRODUCTS)
    assert {sku.product for sku in SKUS} == set(products)
    assert {product.brand for product in PRODUCTS} == set(BRANDS)
    for sku in SKUS:
        product = products[sku.product]
        assert (sku.brand.code, sku.category) == (product.brand, product.category)
        assert tuple(axis for axis, _ in sku.specification) == product.axes
    of_one_product = Counter((sku.product, sku.specification) for sku in SKUS)
    assert max(of_one_product.values()) == 1


def test_units_are_exact_ratios_from_the_base_unit_up() -> None:
    for sku in SKUS:
        base, *larger = sku.units
        assert (base.numerator, base.denominator) == (1, 1)
        assert len({unit.code for unit in sku.units}) == len(sku.units)
        assert all(unit.numerator >= 1 and unit.denominator >= 1 for unit in larger)
        assert sku.case_unit.denominator == 1
    assert [(u.code, u.numerator, u.denominator) for u in SKU_BY_CODE["LP-LE-0330-24"].units] == [
        ("can", 1, 1),
        ("case", 24, 1),
    ]
    assert [(u.zh, u.numerator, u.denominator) for u in SKU_BY_CODE["LZ-ZJ-0100-24"].units] == [
        ("包", 1, 1),
        ("提", 6, 1),
        ("箱", 24, 1),
    ]
    assert [(u.code, u.numerator, u.denominator) for u in SKU_BY_CODE["JL-SZ-KG-25"].units] == [
        ("kg", 1, 1),
        ("jin", 1, 2),
        ("bag", 25, 1),
    ]


def test_minimum_and_multiple_are_whole_cases() -> None:
    water = SKU_BY_CODE["CX-NA-0550-24"]
    assert (water.minimum_order, water.order_multiple) == (120, 120)
    limited = [sku for sku in SKUS if sku.minimum_order or sku.order_multiple]
    assert 5 <= len(limited) <= 40
    for sku in limited:
        for quantity in (sku.minimum_order, sku.order_multiple):
            assert quantity is None or quantity % sku.case_unit.numerator == 0


def test_list_prices_leave_a_margin_over_cost() -> None:
    for sku in SKUS:
        margin = sku.list_price / (1 + sku.tax_rate) / sku.cost
        assert Decimal("1.2") < margin < Decimal("1.6"), sku.code
        assert sku.cost == sku.cost.quantize(Decimal("0.01"))
        assert sku.list_price == sku.list_price.quantize(Decimal("0.01"))


def test_tax_rates_follow_the_goods() -> None:
    assert {sku.tax_rate for sku in SKUS} == {Decimal("0.13"), Decimal("0.09")}
    reduced = {sku.category for sku in SKUS if sku.tax_rate == Decimal("0.09")}
    assert reduced == {"dairy", "oil", "staples"}


def test_every_supply_policy_occurs_and_stock_fits_it() -> None:
    assert Counter(sku.supply_policy for sku in SKUS) == {"refuse": 189, "backorder": 5, "presell": 2, "untracked": 4}
    places = {SHANGHAI, CHENGDU}
    assert {warehouse.code for warehouse in WAREHOUSES} == places
    for sku in SKUS:
        assert {place for place, _ in sku.opening_stock} == (set() if sku.supply_policy == "untracked" else places)
        assert all(quantity >= 0 and quantity % sku.case_unit.numerator == 0 for _, quantity in sku.opening_stock)
        assert (sku.presell_allowance > 0) == (sku.supply_policy == "presell")


def test_a_few_skus_are_short() -> None:
    cases = {
        sku.code: sum(quantity for _, quantity in sku.opening_stock) // sku.case_unit.numerator
        for sku in SKUS
        if sku.opening_stock
    }
    assert sum(count == 0 for count in cases.values()) == 2
    assert 5 <= sum(count < 12 for count in cases.values()) <= 12
