"""From which warehouses a customer is served: the region's first, then by priority or distance; whole when wanted."""

from decimal import Decimal
from uuid import UUID

from dinghuo.inventory.reserve import Balance, Held, Stock
from dinghuo.inventory.sourcing import RegionRule, Site, Sourcing, kilometres

SHANGHAI, BEIJING, CHENGDU, HANGZHOU = (31.23, 121.47), (39.90, 116.40), (30.57, 104.07), (30.27, 120.15)
SH, BJ, CD = UUID(int=1), UUID(int=2), UUID(int=3)
ZHEJIANG, EAST, CHINA = UUID(int=11), UUID(int=12), UUID(int=13)
SITES = [Site(BJ, BEIJING), Site(CD, CHENGDU), Site(SH, SHANGHAI)]
COLA, BEER = UUID(int=21), UUID(int=22)


def order(sourcing: Sourcing, *regions: UUID) -> list[tuple[UUID, str]]:
    route = sourcing.route(regions)
    return [(id, route.why[id]) for id in sorted(route.rank, key=lambda id: route.rank[id])]


def test_without_a_rule_warehouses_come_by_their_priority() -> None:
    assert order(Sourcing(SITES, {}), ZHEJIANG) == [(BJ, "priority"), (CD, "priority"), (SH, "priority")]


def test_the_nearest_region_with_a_rule_names_the_first_warehouses() -> None:
    rules = {EAST: RegionRule((SH,), None), CHINA: RegionRule((CD, BJ), None)}
    sourcing = Sourcing(SITES, rules)
    assert order(sourcing, ZHEJIANG, EAST, CHINA) == [(SH, "region"), (BJ, "priority"), (CD, "priority")]
    assert order(sourcing, CHINA) == [(CD, "region"), (BJ, "region"), (SH, "priority")]


def test_by_distance_the_nearest_follow_those_that_are_named() -> None:
    rules = {ZHEJIANG: RegionRule((), HANGZHOU), EAST: RegionRule((CD,), None)}
    sourcing = Sourcing([*SITES, Site(UUID(int=4), None)], rules, by_distance=True)
    assert order(sourcing, ZHEJIANG) == [
        (SH, "nearest"),
        (BJ, "nearest"),
        (CD, "nearest"),
        (UUID(int=4), "priority"),
    ]
    assert order(sourcing, ZHEJIANG, EAST)[:2] == [(CD, "region"), (SH, "nearest")]
    assert 150 < kilometres(SHANGHAI, HANGZHOU) < 180
    assert kilometres(BEIJING, BEIJING) == 0


def stock(sourcing: Sourcing | None, **there: int) -> Stock:
    """Cola in Beijing, Chengdu, Shanghai as named; one beer in each."""
    ids = {"bj": BJ, "cd": CD, "sh": SH}

    def balances(quantities: dict[str, int]) -> list[Balance]:
        return [Balance(ids[name], n, Decimal(q), Decimal(q)) for n, (name, q) in enumerate(quantities.items())]

    return Stock({COLA: balances(there), BEER: balances(dict.fromkeys(there, 1))}, sourcing)


def test_a_line_is_served_along_its_customers_way_and_says_why() -> None:
    sourcing = Sourcing(SITES, {EAST: RegionRule((SH, CD), None)})
    goods = stock(sourcing, bj=50, cd=8, sh=5)
    route, only = goods.way((EAST,), [])
    assert only is None

    def take(quantity: int, *, backorder: bool = False) -> list[Held] | None:
        return goods.take(COLA, Decimal(quantity), backorder=backorder, route=route, only=only)

    assert take(4) == [Held(SH, Decimal(4), why="region")]
    assert take(7) == [Held(CD, Decimal(7), why="region")]
    assert take(9) == [Held(BJ, Decimal(9), why="priority")]
    assert take(43) == [
        Held(SH, Decimal(1), why="split"),
        Held(CD, Decimal(1), why="split"),
        Held(BJ, Decimal(41), why="split"),
    ]
    assert take(1) is None
    assert take(3, backorder=True) == [Held(SH, Decimal(0), Decimal(3), "region")]


def test_a_whole_order_comes_from_one_warehouse_when_one_has_all_of_it() -> None:
    goods = stock(Sourcing(SITES, {EAST: RegionRule((SH,), None)}, whole_orders=True), bj=50, cd=60, sh=5)
    wanted = [(COLA, Decimal(30)), (BEER, Decimal(1)), (COLA, Decimal(25))]
    route, only = goods.way((EAST,), wanted)
    assert only == CD
    for sku, quantity in wanted:
        (held,) = goods.take(sku, quantity, backorder=False, route=route, only=only) or []
        assert (held.warehouse_id, held.why) == (CD, "whole")
    # None has all of it: each line goes its way.
    assert goods.way((EAST,), [(COLA, Decimal(30)), (BEER, Decimal(2))])[1] is None


def test_who_has_no_rules_is_told_nothing() -> None:
    goods = stock(None, bj=5, cd=5)
    assert goods.way((EAST,), iter(())) == (None, None)
    assert goods.take(COLA, Decimal(3), backorder=False) == [Held(BJ, Decimal(3))]
