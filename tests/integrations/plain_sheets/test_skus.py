"""Sheets of SKUs: units put together with those that are there, rates and policies in people's words."""

import pytest
from tests.integrations.order_book.running import rows_of
from tests.integrations.plain_sheets.sheets import tried, written
from tests.support import Tenant

from dinghuo.kit.database import Database

pytestmark = pytest.mark.slow

HEADER = "货号,名称,单位,大单位,箱规,条码,税率,缺货处理"
_UNITS = """
select s.code, u.unit, u.numerator, u.denominator, u.barcode from sku s
join sku_unit u on u.tenant_id = $1 and u.sku_id = s.id where s.tenant_id = $1 order by s.code, u.numerator
"""
_SKUS = (
    "select code, base_unit, sales_unit, tax_rate::text, supply_policy from sku where tenant_id = $1 order by code"
)


async def test_units_are_put_together(database: Database, tenant: Tenant) -> None:
    await written(database, tenant, "skus", HEADER, "A,甲,瓶,箱,24,6901234567892,13%,")
    report, faults = await written(database, tenant, "skus", "货号,大单位,箱规", "A,托,480")
    assert (report.updated, faults) == (1, [])
    assert await rows_of(database, tenant, _UNITS) == [
        ("A", "瓶", 1, 1, "6901234567892"),
        ("A", "箱", 24, 1, None),
        ("A", "托", 480, 1, None),
    ]
    again, _ = await written(database, tenant, "skus", HEADER, "A,甲,瓶,箱,24,6901234567892,13%,")
    assert (again.updated, again.unchanged) == (0, 1)


async def test_rates_and_policies(database: Database, tenant: Tenant) -> None:
    rows = (
        "A,甲,瓶,,,,13%,",
        "B,乙,瓶,,,,0.09,缺货待发",
        "C,丙,瓶,,,,免税,不管库存",
        "D,丁,瓶,,,,6,",
        "E,戊,瓶,,,,多,",
    )
    report, faults = await written(database, tenant, "skus", HEADER, *rows, "F,己,瓶,,,,,", "G,庚,瓶,箱,,,13%,")
    assert (report.created, faults) == (
        4,
        [(6, "sheet-not-a-rate"), (7, "missing-value"), (8, "sheet-case-incomplete")],
    )
    assert await rows_of(database, tenant, _SKUS) == [
        ("A", "瓶", "瓶", "0.130000", "refuse"),
        ("B", "瓶", "瓶", "0.090000", "backorder"),
        ("C", "瓶", "瓶", None, "untracked"),
        ("D", "瓶", "瓶", "0.060000", "refuse"),
    ]


async def test_a_row_named_by_another_is_told_by_its_number_in_the_file(database: Database, tenant: Tenant) -> None:
    header = "货号,名称,单位,税率,款式编码,款式名称"
    _, faults = await tried(database, tenant, "skus", header, "A,甲,瓶,13%,P,一", "B,乙,瓶,13%,P,二")
    assert faults == [(3, "product-differs")]
