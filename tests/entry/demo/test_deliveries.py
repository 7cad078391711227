"""What suppliers bring: nothing leaves before it is there, and what is short on purpose stays short."""

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta

import pytest

from dinghuo.entry.demo.dealers import DEALER_BY_CODE
from dinghuo.entry.demo.deliveries import deliveries
from dinghuo.entry.demo.orders import CHINA, demo_orders
from dinghuo.entry.demo.products import SKU_BY_CODE, SKUS

pytestmark = pytest.mark.slow

DAYS = [date(2026, 11, 23), date(2026, 2, 10), date(2027, 7, 20)]


@pytest.mark.parametrize("today", DAYS)
def test_nothing_leaves_a_warehouse_before_it_is_there(today: date) -> None:
    orders = [order for order in demo_orders(today=today) if order.cancelled_at is None]
    moves = [
        (item.received_at, item.warehouse, code, cases * SKU_BY_CODE[code].case_unit.numerator)
        for item in deliveries(orders)
        for code, cases in item.lines
    ]
    for order in orders:
        for line in order.lines:
            sku = SKU_BY_CODE[line.sku]
            unit = next(unit for unit in sku.units if unit.code == line.unit)
            if sku.supply_policy != "untracked":
                warehouse = DEALER_BY_CODE[order.dealer].warehouse
                moves.append((order.placed_at, warehouse, sku.code, -line.quantity * unit.numerator))
    level = {(warehouse, sku.code): stock for sku in SKUS for warehouse, stock in sku.opening_stock}
    for _, warehouse, code, quantity in sorted(moves):
        level[warehouse, code] += quantity
        assert level[warehouse, code] >= 0


@pytest.mark.parametrize("today", DAYS)
def test_lorries_come_on_mondays_before_work_with_whole_cases_of_one_brand(today: date) -> None:
    orders = demo_orders(today=today)
    came = deliveries(orders)
    assert 40 <= len(came) <= 130
    per_morning: defaultdict[datetime, Counter[str]] = defaultdict(Counter)
    for item in came:
        at = item.received_at.astimezone(CHINA)
        assert at.weekday() == 0
        assert time(5) < at.time() < time(8)
        assert orders[0].placed_at - timedelta(days=7) < at < orders[-1].placed_at
        assert {SKU_BY_CODE[code].brand.code for code, _ in item.lines} == {item.brand}
        assert all(cases > 0 for _, cases in item.lines)
        per_morning[at][item.warehouse] += 1
    assert all(lorries.total() == 1 for lorries in per_morning.values())


def test_what_is_short_on_purpose_stays_short() -> None:
    brought = {code for item in deliveries(demo_orders(today=DAYS[0])) for code, _ in item.lines}
    assert len(brought) > 20
    assert brought.isdisjoint({"LP-LY-1250-12", "PY-GF-0280-12", "TT-HQ-0080-48", "SL-KX-0500-8"})
