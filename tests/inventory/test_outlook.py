"""For when what can be promised: decided purely, so that every case can be tried."""

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.inventory.lots.outlook import Shelf
from dinghuo.inventory.outlook import Outlook, Part, Standing, covered_on, deliveries_for, promised_on
from dinghuo.inventory.supply import Supply

TODAY = date(2026, 11, 23)
SKU, EAST, WEST = UUID(int=1), UUID(int=2), UUID(int=3)
ZERO = Decimal(0)
AMOUNT = st.integers(0, 30).map(Decimal)


def standing(warehouse: UUID, on_hand: int, *, reserved: int = 0, safety: int = 0, waiting: int = 0) -> Standing:
    return Standing(
        warehouse, Decimal(on_hand), ZERO, Decimal(reserved), safety=Decimal(safety), waiting=Decimal(waiting)
    )


def supply(code: str, days: int, quantity: int, warehouse: UUID = EAST) -> Supply:
    return Supply(code, SKU, warehouse, TODAY + timedelta(days=days), Decimal(quantity))


def told(parts: list[Part]) -> list[tuple[int | None, int, str, UUID | None, str | None]]:
    return [
        (None if p.on is None else (p.on - TODAY).days, int(p.quantity), p.source, p.warehouse_id, p.supply)
        for p in parts
    ]


def test_stock_is_promised_today_and_deliveries_for_their_days() -> None:
    goods = Outlook([standing(EAST, 10, reserved=3)], [supply("P2", 9, 5), supply("P1", 4, 6)], today=TODAY)
    assert [(day - TODAY).days for day in goods.days()] == [0, 4, 9]
    assert [goods.available(day) for day in goods.days()] == [7, 13, 18]
    parts = goods.take(Decimal(16), wanted_on=TODAY)
    assert told(parts) == [
        (0, 7, "stock", EAST, None),
        (4, 6, "supply", EAST, "P1"),
        (9, 3, "supply", EAST, "P2"),
    ]
    assert promised_on(parts) == TODAY + timedelta(days=9)
    # The next line has what is left, and no date for the rest.
    rest = goods.take(Decimal(5), wanted_on=TODAY)
    assert told(rest) == [(9, 2, "supply", EAST, "P2"), (None, 3, "unknown", None, None)]
    assert promised_on(rest) is None


def test_who_waits_and_what_is_kept_back_come_before_newcomers() -> None:
    goods = Outlook([standing(EAST, 10, reserved=10, safety=2, waiting=5)], [supply("P1", 3, 20)], today=TODAY)
    assert [goods.available(day) for day in goods.days()] == [0, 13]


def test_one_warehouse_serves_a_line_when_it_can_and_the_preferred_first() -> None:
    both = [standing(WEST, 4), standing(EAST, 10)]
    assert told(Outlook(both, [], today=TODAY).take(Decimal(3), wanted_on=TODAY)) == [(0, 3, "stock", WEST, None)]
    assert told(Outlook(both, [], today=TODAY).take(Decimal(6), wanted_on=TODAY)) == [(0, 6, "stock", EAST, None)]
    assert told(Outlook(both, [], today=TODAY).take(Decimal(12), wanted_on=TODAY)) == [
        (0, 4, "stock", WEST, None),
        (0, 8, "stock", EAST, None),
    ]


def test_nothing_is_promised_before_it_is_wanted_nor_of_what_is_late() -> None:
    wanted_on = TODAY + timedelta(days=5)
    goods = Outlook(
        [standing(EAST, 2)], [supply("LATE", -1, 50), supply("P1", 3, 4), supply("P2", 8, 4)], today=TODAY
    )
    assert told(goods.take(Decimal(8), wanted_on=wanted_on)) == [
        (5, 2, "stock", EAST, None),
        (5, 4, "supply", EAST, "P1"),
        (8, 2, "supply", EAST, "P2"),
    ]


def shelf(*lots: tuple[int, int], bad: int = 0) -> Shelf:
    """Lots by the days until they expire; `bad` is of others, that nobody is promised."""
    several = [(TODAY + timedelta(days=days), Decimal(quantity)) for days, quantity in lots]
    return Shelf(several, sum((quantity for _, quantity in several), ZERO) + bad)


def kept(on_hand: int, lots: Shelf, *, reserved: int = 0) -> Standing:
    return msgspec.structs.replace(standing(EAST, on_hand, reserved=reserved), shelf=lots)


def by_day(goods: Outlook) -> list[tuple[int, int]]:
    return [((day - TODAY).days, int(goods.available(day))) for day in goods.days()]


def test_only_what_is_still_good_on_the_day_is_promised() -> None:
    lots = shelf((5, 10), (30, 20))
    # On its last day it is good; a delivery is good whenever it comes.
    assert by_day(Outlook([kept(30, lots)], [supply("P1", 9, 5)], today=TODAY)) == [
        (0, 30),
        (6, 20),
        (9, 25),
        (31, 5),
    ]
    later = Outlook([kept(30, lots)], [], today=TODAY)
    assert told(later.take(Decimal(25), wanted_on=TODAY + timedelta(days=6))) == [
        (6, 20, "stock", EAST, None),
        (None, 5, "unknown", None, None),
    ]
    assert told(Outlook([kept(30, lots)], [], today=TODAY).take(Decimal(25), wanted_on=TODAY)) == [
        (0, 25, "stock", EAST, None)
    ]


def test_who_asks_for_days_more_is_promised_nothing_that_expires_before() -> None:
    lots = shelf((5, 10), (30, 20))
    # Four of no lot: nobody knows how long they are good.
    asking = Outlook([kept(34, lots)], [], today=TODAY, life=10)
    assert by_day(asking) == [(0, 20), (21, 0)]
    assert by_day(Outlook([kept(34, lots)], [], today=TODAY)) == [(0, 34), (6, 24), (31, 4)]


def test_those_before_take_what_expires_first() -> None:
    lots = shelf((5, 10), (30, 20))
    assert by_day(Outlook([kept(30, lots, reserved=8)], [], today=TODAY)) == [(0, 22), (6, 20), (31, 0)]
    assert by_day(Outlook([kept(30, lots, reserved=25)], [], today=TODAY)) == [(0, 5), (31, 0)]
    # So do the parts of the same line that were promised for earlier days.
    goods = Outlook([kept(10, shelf((5, 10)))], [supply("P1", 9, 10)], today=TODAY)
    assert told(goods.take(Decimal(15), wanted_on=TODAY)) == [
        (0, 10, "stock", EAST, None),
        (9, 5, "supply", EAST, "P1"),
    ]


def test_what_is_blocked_is_no_lot_to_take() -> None:
    goods = Outlook([msgspec.structs.replace(kept(30, shelf((5, 10), bad=20)), barred=Decimal(20))], [], today=TODAY)
    assert by_day(goods) == [(0, 10), (6, 0)]


def test_a_warehouse_that_never_had_any_is_promised_from_when_it_is_sent_some() -> None:
    goods = Outlook([], [supply("P1", 3, 4, WEST)], today=TODAY)
    assert told(goods.take(Decimal(4), wanted_on=TODAY)) == [(3, 4, "supply", WEST, "P1")]


def test_a_line_that_waits_is_served_when_those_ahead_of_it_are() -> None:
    coming = [supply("LATE", -2, 99), supply("P1", 3, 10), supply("P2", 7, 10)]
    three, five, eleven = Decimal(3), Decimal(5), Decimal(11)
    assert covered_on(five, three, ZERO, coming, today=TODAY) == TODAY + timedelta(days=3)
    assert covered_on(eleven, three, ZERO, coming, today=TODAY) == TODAY + timedelta(days=7)
    assert covered_on(Decimal(18), three, ZERO, coming, today=TODAY) is None
    assert covered_on(five, three, Decimal(8), coming, today=TODAY) == TODAY
    assert [s.code for s in deliveries_for(five, three, coming, today=TODAY)] == ["LATE", "P1"]
    assert [s.code for s in deliveries_for(eleven, three, coming, today=TODAY)] == ["LATE", "P2"]
    assert [s.code for s in deliveries_for(five, Decimal(8), coming, today=TODAY)] == ["LATE", "P1", "P2"]


@given(
    st.lists(st.tuples(AMOUNT, AMOUNT, AMOUNT), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 9), AMOUNT, st.integers(0, 2)), max_size=6),
    st.lists(st.tuples(AMOUNT, st.integers(0, 9)), min_size=1, max_size=4),
)
def test_never_more_is_promised_than_there_is_by_any_day(
    places: list[tuple[Decimal, Decimal, Decimal]],
    coming: list[tuple[int, Decimal, int]],
    wanted: list[tuple[Decimal, int]],
) -> None:
    ids = [UUID(int=10 + number) for number in range(3)]
    standings = [Standing(ids[i], there, ZERO, ZERO, kept, waits) for i, (there, kept, waits) in enumerate(places)]
    supplies = [
        Supply(f"P{n}", SKU, ids[place], TODAY + timedelta(days=days), quantity)
        for n, (days, quantity, place) in enumerate(coming)
    ]
    goods = Outlook(standings, supplies, today=TODAY)
    days = [TODAY + timedelta(days=number) for number in range(12)]
    before = {day: goods.available(day) for day in days}
    assert list(before.values()) == sorted(before.values())
    promised: list[Part] = []
    for quantity, on in wanted:
        parts = goods.take(quantity, wanted_on=TODAY + timedelta(days=on))
        assert sum((part.quantity for part in parts), ZERO) == quantity
        assert all(part.on is None or part.on >= TODAY + timedelta(days=on) for part in parts)
        promised += parts
    for day in days:
        assert sum((p.quantity for p in promised if p.on is not None and p.on <= day), ZERO) <= before[day]
    left = sum((part.quantity for part in promised if part.on is None), ZERO)
    # What has no day could not be had at all.
    if left:
        assert sum((part.quantity for part in promised if part.on), ZERO) == before[days[-1]]
