"""Promises follow what is there: decided purely, so that every case can be tried."""

from collections import defaultdict
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.inventory.conftest import Depot

from dinghuo.inventory.allocate import shift
from dinghuo.inventory.levels import Level, Place
from dinghuo.inventory.promises import Promise
from dinghuo.inventory.rebalance import _ACTUAL
from dinghuo.kit.ids import new_id

pytestmark = pytest.mark.slow

PLACES: list[Place] = [(new_id(), new_id()) for _ in range(2)]
AMOUNT = st.integers(0, 9).map(Decimal)


@st.composite
def stocks(draw: st.DrawFn) -> tuple[dict[Place, Level], list[Promise]]:
    """Places that hold what their promises say, with any amount on hand; promises in any order."""
    promises, reserved = [], dict.fromkeys(PLACES, Decimal(0))
    for _ in range(draw(st.integers(0, 8))):
        place = draw(st.sampled_from(PLACES))
        promise = Promise(new_id(), draw(st.integers(1, 3)), *place, held=draw(AMOUNT), backordered=draw(AMOUNT))
        promises.append(promise)
        reserved[place] += promise.held
    levels = {place: Level(draw(st.integers(0, 40).map(Decimal)), draw(AMOUNT), reserved[place]) for place in PLACES}
    return levels, draw(st.permutations(promises))


@given(stocks())
def test_nothing_is_held_beyond_what_is_there_and_nothing_free_is_waited_for(
    stock: tuple[dict[Place, Level], list[Promise]],
) -> None:
    levels, promises = stock
    changes = {(change.document_id, change.line_no): change for change in shift(levels, promises)}
    held: dict[Place, Decimal] = defaultdict(Decimal)
    waiting: dict[Place, Decimal] = defaultdict(Decimal)
    for promise in promises:
        change = changes.get((promise.document_id, promise.line_no))
        moved = change.held if change else Decimal(0)
        assert change is None or (moved == -change.backordered != 0)
        assert promise.held + moved >= 0 <= promise.backordered - moved
        held[promise.place] += promise.held + moved
        waiting[promise.place] += promise.backordered - moved
    for place, level in levels.items():
        free = level.on_hand + level.allowance - held[place]
        assert free >= 0
        assert not (free and waiting[place])


@given(stocks())
def test_the_latest_lose_first_and_the_earliest_are_served_first(
    stock: tuple[dict[Place, Level], list[Promise]],
) -> None:
    levels, promises = stock
    changes = {(change.document_id, change.line_no): change.held for change in shift(levels, promises)}
    for place in PLACES:
        here = sorted((p for p in promises if p.place == place), key=lambda p: (p.document_id, p.line_no))
        for earlier, later in pairwise(here):
            lost = changes.get((earlier.document_id, earlier.line_no), Decimal(0))
            got = changes.get((later.document_id, later.line_no), Decimal(0))
            if lost < 0:
                assert later.held + got == 0
            if got > 0:
                assert earlier.backordered == lost


def test_nothing_changes_when_all_is_even() -> None:
    place = PLACES[0]
    promise = Promise(new_id(), 1, *place, held=Decimal(5), backordered=Decimal(3))
    assert shift({place: Level(Decimal(5), Decimal(0), Decimal(5))}, [promise]) == []


async def test_whom_goods_are_taken_from_or_given_to_is_found_in_small_indexes(depot: Depot) -> None:
    """As the application's role: under row-level security a comparison of numbers alone would read everything."""
    places = [[depot.goods.skus["A"]], [depot.warehouses["W1"]], [Decimal(5)], UUID(int=0), False]
    async with depot.database.transaction(depot.tenant.id) as tx:
        await tx.fetch("select set_config('enable_seqscan', 'off', true) where $1::bigint > 0")
        plan = "\n".join(row[0] for row in await tx.fetch(f"explain {_ACTUAL}", *places))
    assert "using ix_reservation_waiting" in plan
    assert "using ix_reservation_holding" in plan.replace("Backward ", "")
    assert "Seq Scan" not in plan
