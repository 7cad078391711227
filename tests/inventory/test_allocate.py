"""Who is served first: by priority and time, in fair shares, and nobody beyond the seller's patience."""

from decimal import Decimal
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dinghuo.inventory.allocate import Rule, deal_anew, share, shift
from dinghuo.inventory.levels import Level, Place
from dinghuo.inventory.promises import Promise
from dinghuo.kit.ids import new_id

pytestmark = pytest.mark.slow

PLACE: Place = (new_id(), new_id())
# Documents by their time: the n-th is the n-th to have been placed.
DOCUMENTS = [UUID(int=number << 80 | 7 << 76 | 2 << 62) for number in range(1, 12)]
AMOUNT = st.integers(1, 20).map(Decimal)
PRIORITY = st.sampled_from((10, 100, 500))
ZERO = Decimal(0)


@st.composite
def queues(draw: st.DrawFn) -> list[Promise]:
    documents = draw(st.lists(st.sampled_from(DOCUMENTS), unique=True, min_size=1, max_size=8))
    return [Promise(document, 1, *PLACE, ZERO, draw(AMOUNT), draw(PRIORITY)) for document in documents]


def given_to(promises: list[Promise], free: Decimal, rule: Rule) -> dict[UUID, Decimal]:
    changes = shift({PLACE: Level(free, ZERO, ZERO)}, promises, rule)
    assert all(change.held == -change.backordered for change in changes)
    found = {change.document_id: change.held for change in changes}
    return {promise.document_id: found.get(promise.document_id, ZERO) for promise in promises}


@given(queues(), AMOUNT, st.sampled_from([UUID(int=0), *DOCUMENTS]), st.booleans())
def test_sums_hold_by_any_rule(promises: list[Promise], free: Decimal, patience: UUID, fair: bool) -> None:
    got = given_to(promises, free, Rule(fair, patience))
    assert all(ZERO <= got[promise.document_id] <= promise.backordered for promise in promises)
    assert sum(got.values()) == min(free, sum((promise.backordered for promise in promises), ZERO))


@given(queues(), AMOUNT, st.sampled_from([UUID(int=0), *DOCUMENTS]))
def test_who_comes_later_or_has_a_lower_priority_gets_nothing_before_the_others_have_all(
    promises: list[Promise], free: Decimal, patience: UUID
) -> None:
    rule = Rule(patience=patience)
    got = given_to(promises, free, rule)
    for one in promises:
        for other in promises:
            if rule.rank(one) < rule.rank(other) and got[other.document_id]:
                assert got[one.document_id] == one.backordered
            waited_too_long = one.document_id < patience
            if not waited_too_long and not other.document_id < patience and one.priority < other.priority:
                assert not got[other.document_id] or got[one.document_id] == one.backordered


@given(queues(), st.lists(AMOUNT, min_size=1, max_size=6), st.booleans())
def test_the_order_in_which_they_are_looked_at_is_of_no_consequence(
    promises: list[Promise], deliveries: list[Decimal], fair: bool
) -> None:
    rule = Rule(fair)
    assert given_to(promises, deliveries[0], rule) == given_to(list(reversed(promises)), deliveries[0], rule)


@given(AMOUNT, st.lists(st.tuples(AMOUNT, PRIORITY), min_size=1, max_size=10), st.booleans())
def test_nobody_starves_however_many_come_before_them(
    wanted: Decimal, rivals: list[tuple[Decimal, int]], fair: bool
) -> None:
    """Each day a rival of any priority orders as much as comes; the patient one is served once patience is over."""
    waiting = [Promise(DOCUMENTS[0], 1, *PLACE, ZERO, wanted, 999)]
    for day, (quantity, priority) in enumerate(rivals, start=1):
        waiting.append(Promise(DOCUMENTS[day], 1, *PLACE, ZERO, quantity, priority))
        got = given_to(waiting, quantity, Rule(fair))
        waiting = [
            Promise(p.document_id, 1, *PLACE, ZERO, left, p.priority)
            for p in waiting
            if (left := p.backordered - got[p.document_id])
        ]
    left = next((p.backordered for p in waiting if p.document_id == DOCUMENTS[0]), ZERO)
    if left:
        got = given_to(waiting, left, Rule(fair, patience=DOCUMENTS[1]))
        assert {id: part for id, part in got.items() if part} == {DOCUMENTS[0]: left}


@given(st.lists(AMOUNT, min_size=1, max_size=10), AMOUNT)
def test_shares_are_in_proportion_to_the_unit(wanted: list[Decimal], free: Decimal) -> None:
    parts = share(wanted, free)
    total = sum(wanted, ZERO)
    assert sum(parts) == min(free, total)
    for value, part in zip(wanted, parts, strict=True):
        assert part == part.to_integral_value()
        assert abs(part - min(value, value * free / total)) < 1


@given(
    st.lists(st.decimals("0.000001", 1000, places=6), min_size=1, max_size=10), st.decimals("0.000001", 900, places=6)
)
def test_parts_of_units_are_shared_out_to_the_last_millionth(wanted: list[Decimal], free: Decimal) -> None:
    parts = share(wanted, free)
    assert sum(parts) == min(free, sum(wanted, ZERO))
    assert all(ZERO <= part <= value for value, part in zip(wanted, parts, strict=True))


def test_the_last_in_turn_makes_way_first() -> None:
    promises = [
        Promise(document, 1, *PLACE, Decimal(5), ZERO, priority)
        for document, priority in zip(DOCUMENTS, (100, 10, 500, 10), strict=False)
    ]
    level = {PLACE: Level(Decimal(8), ZERO, Decimal(20))}
    lost = {change.document_id: change.held for change in shift(level, promises)}
    assert lost == {DOCUMENTS[2]: -5, DOCUMENTS[0]: -5, DOCUMENTS[3]: -2}
    # The first of them has waited for too long: now the one that is served last is another.
    lost = {c.document_id: c.held for c in shift(level, promises, Rule(patience=DOCUMENTS[1]))}
    assert lost == {DOCUMENTS[2]: -5, DOCUMENTS[3]: -5, DOCUMENTS[1]: -2}


def test_what_is_kept_back_is_given_to_nobody_and_taken_from_nobody() -> None:
    waiting = [Promise(DOCUMENTS[0], 1, *PLACE, Decimal(3), Decimal(9))]
    level = Level(Decimal(10), ZERO, Decimal(3), safety=Decimal(5))
    assert level.free == 2
    assert [change.held for change in shift({PLACE: level}, waiting)] == [2]
    assert shift({PLACE: Level(Decimal(4), ZERO, Decimal(3), safety=Decimal(5))}, waiting) == []


@st.composite
def places(draw: st.DrawFn) -> list[Promise]:
    documents = draw(st.lists(st.sampled_from(DOCUMENTS), unique=True, min_size=1, max_size=8))
    quantity = st.integers(0, 20).map(Decimal)
    return [Promise(d, 1, *PLACE, draw(quantity), draw(quantity), draw(PRIORITY)) for d in documents]


@given(places(), st.integers(0, 30).map(Decimal), st.sampled_from([UUID(int=0), *DOCUMENTS]), st.booleans())
def test_dealt_out_anew_sums_hold_and_a_second_time_changes_nothing(
    promises: list[Promise], free: Decimal, patience: UUID, fair: bool
) -> None:
    rule = Rule(fair, patience)
    changes = {change.document_id: change for change in deal_anew(promises, free, rule)}
    after = []
    for p in promises:
        moved = changes[p.document_id].held if p.document_id in changes else ZERO
        assert p.document_id not in changes or changes[p.document_id].backordered == -moved
        after.append(Promise(p.document_id, 1, *PLACE, p.held + moved, p.backordered - moved, p.priority))
    assert all(p.held >= 0 and p.backordered >= 0 for p in after)
    pool = free + sum((p.held for p in promises), ZERO)
    wanted = sum((p.held + p.backordered for p in promises), ZERO)
    given = sum((p.held for p in after), ZERO)
    assert given == min(pool, wanted)
    left = pool - given
    assert deal_anew(after, left, rule) == []
    if not fair:
        for one in after:
            for other in after:
                # Whoever comes later has nothing as long as one before lacks something.
                assert not (rule.rank(one) < rule.rank(other) and one.backordered and other.held)
