"""Changes of several devices become one cart, in whatever order and however often they arrive."""

from decimal import Decimal
from itertools import permutations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.orders.requests import DraftLine, ShipTo
from dinghuo.portal.merge import LineChange, Mark, Merged, merge

NOW = 1_800_000_000_000


def change(sku: str, quantity: int, seq: int, *, unit: str = "瓶", new_unit: str | None = None) -> LineChange:
    return LineChange(sku=sku, quantity=Decimal(quantity), unit=unit, new_unit=new_unit, seq=seq)


def after(*sent: tuple[str, LineChange, int], start: Merged | None = None) -> Merged:
    """The cart after (device, change, moment it was made), each arriving when it did."""
    found = start or Merged([], {}, [])
    for device, each, made in sent:
        late = LineChange(**{name: getattr(each, name) for name in each.__struct_fields__} | {"age_ms": NOW - made})
        found = merge(found.lines, found.marks, [late], device=device, now_ms=NOW)
    return found


def held(cart: Merged) -> dict[tuple[str, str | None], int]:
    return {(line.sku, line.unit): int(line.quantity) for line in cart.lines}


def test_a_change_sets_and_zero_removes() -> None:
    cart = after(("a", change("X", 3, 1), NOW), ("a", change("X", 5, 2), NOW), ("a", change("Y", 1, 3), NOW))
    assert held(cart) == {("X", "瓶"): 5, ("Y", "瓶"): 1}
    assert held(after(("a", change("X", 0, 4), NOW), start=cart)) == {("Y", "瓶"): 1}


def test_what_is_sent_again_changes_nothing() -> None:
    first = after(("a", change("X", 3, 1), NOW), ("a", change("X", 5, 2), NOW))
    again = after(("a", change("X", 3, 1), NOW), start=first)
    assert (again.lines, again.marks) == (first.lines, first.marks)
    assert [each.seq for each in again.ignored] == [1]


def test_of_two_devices_the_later_moment_counts_whichever_arrives_first() -> None:
    early, late = ("a", change("X", 3, 1), NOW - 60_000), ("b", change("X", 9, 1), NOW - 1_000)
    assert held(after(early, late)) == held(after(late, early)) == {("X", "瓶"): 9}


def test_a_removed_line_does_not_come_back_by_a_late_change() -> None:
    cart = after(("a", change("X", 3, 1), NOW - 9_000), ("b", change("X", 0, 1), NOW - 1_000))
    assert held(after(("a", change("X", 7, 2), NOW - 5_000), start=cart)) == {}
    assert held(after(("a", change("X", 7, 2), NOW), start=cart)) == {("X", "瓶"): 7}


def test_a_line_moves_to_another_unit_in_its_place() -> None:
    cart = after(("a", change("X", 3, 1), NOW), ("a", change("Y", 1, 2), NOW))
    moved = after(("a", change("X", 2, 3, new_unit="箱"), NOW), start=cart)
    assert list(held(moved).items()) == [(("X", "箱"), 2), (("Y", "瓶"), 1)]
    again = after(("a", change("X", 2, 3, new_unit="箱"), NOW), start=moved)
    assert again.lines == moved.lines
    both = after(("a", change("X", 5, 4), NOW), ("a", change("X", 1, 5, new_unit="箱"), NOW), start=moved)
    assert held(both) == {("X", "箱"): 3, ("Y", "瓶"): 1}


def test_what_no_order_takes_is_kept_as_typed() -> None:
    for odd in ("NaN", "sNaN", "Infinity", "1E+999999", "-1"):
        cart = merge([], {}, [LineChange(sku="X", quantity=Decimal(odd))], device=None, now_ms=NOW)
        assert [str(line.quantity) for line in cart.lines] == [odd]


def test_lines_written_twice_by_staff_become_one() -> None:
    lines = [DraftLine("X", Decimal(1), "瓶"), DraftLine("X", Decimal(2), "瓶")]
    cart = merge(lines, {}, [change("Y", 1, 1)], device="a", now_ms=NOW)
    assert held(cart) == {("X", "瓶"): 3, ("Y", "瓶"): 1}


SHOP, DEPOT = ShipTo("李四", "人民路 1 号"), ShipTo("王五", "仓储路 9 号")


def test_a_line_keeps_where_it_goes_and_what_it_is_called_off_from() -> None:
    agreed = DraftLine("X", Decimal(1), "瓶", blanket="BO-1", rebate_goods=True, ship_to=SHOP)
    start = Merged([agreed], {}, [])
    more = after(("a", change("X", 3, 1), NOW), start=start)
    assert more.lines == [msgspec.structs.replace(agreed, quantity=Decimal(3))]
    moved = after(("a", change("X", 2, 2, new_unit="箱"), NOW), start=start)
    assert moved.lines == [msgspec.structs.replace(agreed, quantity=Decimal(2), unit="箱")]
    elsewhere = msgspec.structs.replace(change("X", 3, 3), ship_to=DEPOT, blanket=None)
    assert after(("a", elsewhere, NOW), start=start).lines == [
        DraftLine("X", Decimal(3), "瓶", rebate_goods=True, ship_to=DEPOT)
    ]
    home = msgspec.structs.replace(change("X", 3, 3), ship_to=None)
    assert after(("a", home, NOW), start=start).lines[0].ship_to is None


def test_lines_that_become_one_keep_what_either_says() -> None:
    plain = DraftLine("X", Decimal(1), "瓶", note="急")
    agreed = DraftLine("X", Decimal(2), "瓶", blanket="BO-1", ship_to=SHOP)
    both = DraftLine("X", Decimal(3), "瓶", note="急", blanket="BO-1", ship_to=SHOP)
    there = msgspec.structs.replace(plain, ship_to=SHOP)
    for lines in ([there, agreed], [agreed, there]):
        assert merge(lines, {}, [], device=None, now_ms=NOW).lines == [both]
    cases = [msgspec.structs.replace(agreed, unit="箱"), plain]
    moved = merge(cases, {}, [change("X", 1, 1, new_unit="箱")], device="a", now_ms=NOW)
    assert moved.lines == [msgspec.structs.replace(both, unit="箱")]
    # What goes to another place stays a line that says where: the one that was moved decides.
    apart = [cases[0], msgspec.structs.replace(plain, ship_to=DEPOT)]
    assert merge(apart, {}, [change("X", 1, 1, new_unit="箱")], device="a", now_ms=NOW).lines[0].ship_to == DEPOT


def test_marks_of_lines_long_gone_are_forgotten() -> None:
    old = {"X\t瓶": Mark(NOW - 61 * 24 * 3600 * 1000, "a", 1), "Y\t瓶": Mark(NOW - 1000, "a", 2)}
    assert merge([], old, [], device="a", now_ms=NOW).marks == {"Y\t瓶": Mark(NOW - 1000, "a", 2)}


devices = st.sampled_from(["a", "b"])
made = st.lists(st.tuples(devices, st.sampled_from(["X", "Y"]), st.integers(0, 5)), min_size=1, max_size=5)


@given(made)
def test_every_order_of_arrival_and_every_repetition_comes_to_the_same(steps: list[tuple[str, str, int]]) -> None:
    """As long as each device numbers its changes in the order it made them."""
    sent = [
        (device, change(sku, quantity, number), NOW - 1_000_000 + 1_000 * number)
        for number, (device, sku, quantity) in enumerate(steps, start=1)
    ]
    wanted = held(after(*sent))
    for arrived in permutations(sent):
        assert held(after(*arrived)) == wanted
    assert held(after(*sent, *sent)) == wanted


def part(name: str, quantity: int, seq: int, to: ShipTo) -> LineChange:
    return LineChange(sku="X", quantity=Decimal(quantity), unit="瓶", part=name, ship_to=to, seq=seq)


NORTH, SOUTH = ShipTo("北店", "城北路 1 号"), ShipTo("南店", "城南路 2 号")


def test_a_part_that_goes_elsewhere_is_a_line_of_its_own_whatever_arrives_twice() -> None:
    sent = [("a", change("X", 6, 1), NOW), ("a", part("p", 4, 2, NORTH), NOW), ("a", part("q", 1, 3, SOUTH), NOW)]
    cart = after(*sent, *sent[1:])
    told = [(line.part, int(line.quantity), line.ship_to) for line in cart.lines]
    assert told == [(None, 6, None), ("p", 4, NORTH), ("q", 1, SOUTH)]
    gone = after(("a", change("X", 0, 4), NOW), start=cart)
    assert [(line.part, int(line.quantity)) for line in gone.lines] == [("p", 4), ("q", 1)]
    late = after(("b", part("p", 9, 1, SOUTH), NOW - 1), start=gone)
    assert (late.lines, len(late.ignored)) == (gone.lines, 1)
    moved = after(
        ("a", LineChange(sku="X", quantity=Decimal(2), unit="瓶", new_unit="箱", part="p", seq=5), NOW), start=gone
    )
    assert [(line.part, line.unit, int(line.quantity)) for line in moved.lines] == [("p", "箱", 2), ("q", "瓶", 1)]


def test_lines_written_by_staff_stay_apart_where_they_go_to_several_places() -> None:
    places = ((1, None), (2, NORTH), (4, NORTH))
    written = [DraftLine("X", Decimal(count), "瓶", ship_to=to) for count, to in places]
    cart = merge(written, {}, [change("X", 8, 1)], device="a", now_ms=NOW)
    told = [(line.part, int(line.quantity), line.ship_to) for line in cart.lines]
    assert told == [(None, 8, None), ("2", 6, NORTH)]
