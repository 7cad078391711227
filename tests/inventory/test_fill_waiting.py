"""Nobody waits beside free goods for long, whoever was rolled back."""

from contextlib import suppress

from tests.inventory.conftest import Depot

from dinghuo.inventory.fill_waiting import fill_waiting
from dinghuo.inventory.promises import lock_promises
from dinghuo.inventory.release import release_promises
from dinghuo.kit.database import Tx


class _Fails(Exception):
    pass


async def test_goods_passed_over_for_one_that_was_rolled_back_are_given_out(depot: Depot) -> None:
    await depot.receive("A", 6)
    holder = await depot.promise(("A", 6))
    first, second = await depot.promise(("A", 4)), await depot.promise(("A", 4), ("B", 1))

    async def call_off(tx: Tx) -> None:
        await release_promises(tx, await lock_promises(tx, [holder]))

    async def fail(tx: Tx) -> None:
        await lock_promises(tx, [first, second])
        await depot.run(call_off)
        raise _Fails

    with suppress(_Fails):
        await depot.run(fail)
    assert await depot.promises(first) == [(1, 0, 4, 0, 0)]
    assert await depot.levels() == {("A", "W1"): (6, 0, 0), ("B", "W1"): (0, 0, 0)}
    assert await depot.news() == []
    assert await depot.run(fill_waiting) == 1
    assert await depot.promises(first) == [(1, 4, 0, 0, 0)]
    assert await depot.promises(second) == [(1, 2, 2, 0, 0), (2, 0, 1, 0, 0)]
    assert await depot.levels() == {("A", "W1"): (6, 0, 6), ("B", "W1"): (0, 0, 0)}
    assert await depot.news() == [("inventory.filled", first, [4]), ("inventory.filled", second, [2])]
    before = await depot.traces()
    assert await depot.run(fill_waiting) == 0
    assert await depot.traces() == before


async def test_where_nothing_waits_or_nothing_is_free_nothing_happens(depot: Depot) -> None:
    assert await depot.run(fill_waiting) == 0
    await depot.receive("A", 6)
    await depot.promise(("A", 4), ("B", 2))
    before = await depot.traces()
    assert await depot.run(fill_waiting) == 0
    assert await depot.traces() == before
