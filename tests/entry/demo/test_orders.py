"""The weeks of orders: how many, whose, when, and that all of it could be ordered and delivered."""

from collections import Counter, defaultdict
from datetime import date, datetime, time, timedelta

import pytest

from dinghuo.entry.demo.dealers import DEALER_BY_CODE
from dinghuo.entry.demo.orders import CHINA, DemoLine, demo_orders
from dinghuo.entry.demo.people import DEALER_USERS, STAFF
from dinghuo.entry.demo.products import SKU_BY_CODE, Unit

TODAY = date(2026, 11, 23)
ORDERS = demo_orders(today=TODAY)


def _unit(line: DemoLine) -> Unit:
    (unit,) = (unit for unit in SKU_BY_CODE[line.sku].units if unit.code == line.unit)
    return unit


def test_the_same_day_gives_the_same_orders_and_another_seed_others() -> None:
    assert demo_orders(today=TODAY) == ORDERS
    assert demo_orders(today=TODAY, seed=1) != ORDERS


def test_how_many() -> None:
    assert len(ORDERS) == 629
    assert {order.dealer for order in ORDERS} == set(DEALER_BY_CODE)
    assert 10 <= sum(order.cancelled_at is not None for order in ORDERS) <= 30
    assert len({order.reference for order in ORDERS}) == len(ORDERS)


@pytest.mark.slow
def test_about_as_many_at_any_time_of_the_year() -> None:
    for today in (date(2026, 2, 10), date(2027, 7, 20)):
        assert 560 <= len(demo_orders(today=today)) <= 680


def test_they_lie_in_the_weeks_before_today_in_order() -> None:
    moments = [order.placed_at for order in ORDERS]
    start = datetime.combine(TODAY, time(), CHINA)
    assert moments == sorted(moments)
    assert start - timedelta(weeks=7) <= moments[0]
    assert moments[-1] < start
    for order in ORDERS:
        assert order.cancelled_at is None or order.cancelled_at > order.placed_at


def test_until_lets_today_begin_and_changes_nothing_before() -> None:
    noon = datetime.combine(TODAY, time(12), CHINA)
    longer = demo_orders(today=TODAY, until=noon)
    assert longer[: len(ORDERS)] == ORDERS
    assert len(longer) > len(ORDERS)
    assert all(order.placed_at < noon for order in longer)


def test_dealers_order_in_their_rhythm_on_working_days() -> None:
    by_tier = Counter(DEALER_BY_CODE[order.dealer].tier for order in ORDERS)
    dealers = Counter(dealer.tier for dealer in DEALER_BY_CODE.values())
    rate = {tier: by_tier[tier] / dealers[tier] / 7 for tier in dealers}
    assert rate["diamond"] > rate["gold"] > rate["silver"] > rate["standard"] > 0.5
    days = Counter(order.placed_at.astimezone(CHINA).weekday() for order in ORDERS)
    assert days[6] < days[5] < min(days[day] for day in range(5))


def test_lines_are_whole_sales_units_of_different_skus() -> None:
    for order in ORDERS:
        assert 3 <= len(order.lines) <= 40
        assert len({line.sku for line in order.lines}) == len(order.lines)
        for line in order.lines:
            sku, unit = SKU_BY_CODE[line.sku], _unit(line)
            assert line.quantity >= 1
            assert unit.denominator == 1
            in_base = line.quantity * unit.numerator
            assert in_base >= (sku.minimum_order or 1)
            assert in_base % (sku.order_multiple or 1) == 0


def test_larger_dealers_order_more_lines() -> None:
    lines: defaultdict[str, list[int]] = defaultdict(list)
    for order in ORDERS:
        lines[DEALER_BY_CODE[order.dealer].tier].append(len(order.lines))
    average = {tier: sum(counts) / len(counts) for tier, counts in lines.items()}
    assert average["diamond"] > average["gold"] > average["silver"] > average["standard"]
    assert max(lines["diamond"]) == 40


def test_origins_and_who_placed_them() -> None:
    assert {order.origin for order in ORDERS} == {"portal", "sales", "import"}
    buyers = {user.login: user.dealer for user in DEALER_USERS}
    staff = {person.login for person in STAFF}
    for order in ORDERS:
        match order.origin:
            case "portal":
                assert order.placed_by is None or buyers[order.placed_by] == order.dealer
            case "sales":
                assert order.placed_by in staff
                assert order.placed_by == DEALER_BY_CODE[order.dealer].owner
            case "import":
                assert order.placed_by is None


def test_never_more_than_the_opening_stock_unless_it_may_be_backordered() -> None:
    asked: Counter[tuple[str, str]] = Counter()
    for order in ORDERS:
        if order.cancelled_at is None:
            for line in order.lines:
                asked[line.sku, DEALER_BY_CODE[order.dealer].warehouse] += line.quantity * _unit(line).numerator
    beyond = set()
    for (code, warehouse), quantity in asked.items():
        sku = SKU_BY_CODE[code]
        if quantity > dict(sku.opening_stock)[warehouse] + sku.presell_allowance:
            beyond.add(sku.supply_policy)
    assert beyond == {"backorder"}


def test_most_of_the_catalogue_sells_and_most_limits_hold() -> None:
    assert len({line.sku for order in ORDERS for line in order.lines}) > 180
    spent: Counter[str] = Counter()
    for order in ORDERS:
        for line in order.lines:
            spent[order.dealer] += int(SKU_BY_CODE[line.sku].list_price * line.quantity * _unit(line).numerator)
    limits = {
        dealer.code: dealer.credit_limit for dealer in DEALER_BY_CODE.values() if dealer.credit_limit is not None
    }
    assert sum(spent[code] <= limit for code, limit in limits.items()) >= 54
