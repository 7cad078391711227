"""Balances are seen without a lock and locked at the very end: what rivals do in between is never overlooked."""

from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import Any

import pytest
from tests.orders.asking import BY, ask, codes, line, placed, wanted
from tests.world import World, traces

from dinghuo.entry.invariants import broken_invariants
from dinghuo.inventory.adjust import Adjustment, adjust
from dinghuo.kit.database import Database
from dinghuo.orders.write import write_documents

_WRITE = "dinghuo.orders.place.write_documents"
Rival = Callable[[], Awaitable[Any]]


@pytest.fixture
def in_between(monkeypatch: pytest.MonkeyPatch) -> Callable[[Rival], list[bool]]:
    """Let a rival act once, after the balances were seen; the list tells for every try whether it was the second."""

    def arrange(rival: Rival) -> list[bool]:
        tries: list[bool] = []

        async def interrupted(tx: Any, orders: Any) -> Any:
            tries.append(tx.is_second_try)
            if len(tries) == 1:
                # The rival places too, through the same function, and must not be interrupted itself.
                monkeypatch.setattr(_WRITE, write_documents)
                await rival()
                monkeypatch.setattr(_WRITE, interrupted)
            return await write_documents(tx, orders)

        monkeypatch.setattr(_WRITE, interrupted)
        return tries

    return arrange


async def sound(database: Database, world: World) -> None:
    async with database.transaction(world.tenant.id) as tx:
        assert await broken_invariants(tx, world.tenant.id) == []


async def reserved(database: Database, world: World, sku: str) -> Decimal:
    async with database.transaction(world.tenant.id) as tx:
        rows = await tx.fetch(
            "select sum(reserved) as reserved from stock where tenant_id = $1 and sku_id = $2", world.skus[sku]
        )
    total: Decimal = rows[0]["reserved"]
    return total


async def test_who_draws_on_the_same_stock_does_not_disturb_while_there_is_enough(
    database: Database, world: World, in_between: Callable[[Rival], list[bool]]
) -> None:
    tries = in_between(lambda: ask(database, world.tenant.id, wanted("K2", line("COLA", 400))))
    (mine,) = await ask(database, world.tenant.id, wanted("K1", line("COLA", 600)))
    assert placed(mine).state == "confirmed"
    assert tries == [False]
    assert await reserved(database, world, "COLA") == 1000
    await sound(database, world)


async def test_stock_that_a_rival_took_meanwhile_is_refused_under_the_locks(
    database: Database, world: World, in_between: Callable[[Rival], list[bool]]
) -> None:
    found: list[object] = []

    async def rival() -> None:
        placed((await ask(database, world.tenant.id, wanted("K2", line("COLA", 1000))))[0])
        found.append(await traces(database, world.tenant))

    tries = in_between(rival)
    (mine,) = await ask(database, world.tenant.id, wanted("K1", line("COLA", 600), line("BEER", 1)))
    assert codes(mine) == [("short-stock", "lines[0].quantity")]
    assert tries == [False, True]
    assert found == [await traces(database, world.tenant)]
    await sound(database, world)


async def test_credit_that_a_rival_took_meanwhile_is_refused_under_the_locks(
    database: Database, world: World, in_between: Callable[[Rival], list[bool]]
) -> None:
    found: list[object] = []

    async def rival() -> None:
        placed((await ask(database, world.tenant.id, wanted("K1", line("GIFT", 6000))))[0])
        found.append(await traces(database, world.tenant))

    tries = in_between(rival)
    (mine,) = await ask(database, world.tenant.id, wanted("K1", line("GIFT", 6000), key="mine"))
    assert codes(mine) == [("over-credit", "customer")]
    assert tries == [False, True]
    assert found == [await traces(database, world.tenant)]
    await sound(database, world)


async def test_what_is_paid_for_beforehand_is_not_disturbed_by_the_limit(
    database: Database, world: World, in_between: Callable[[Rival], list[bool]]
) -> None:
    tries = in_between(lambda: ask(database, world.tenant.id, wanted("K4", line("GIFT", 5))))
    (mine,) = await ask(database, world.tenant.id, wanted("K4", line("GIFT", 7)))
    assert placed(mine).gross == Decimal("7.00")
    assert tries == [False]
    await sound(database, world)


async def test_nothing_is_left_waiting_for_what_came_meanwhile(
    database: Database, world: World, in_between: Callable[[Rival], list[bool]]
) -> None:
    async def rival() -> None:
        async with database.transaction(world.tenant.id) as tx:
            await adjust(tx, adjustments=[Adjustment("main", "BEER", Decimal(100), "found")], by=BY)

    tries = in_between(rival)
    (mine,) = await ask(database, world.tenant.id, wanted("K1", line("BEER", 25)))
    assert placed(mine).state == "confirmed"
    assert tries == [False, True]
    async with database.transaction(world.tenant.id) as tx:
        rows = await tx.fetch("select held, backordered from reservation where tenant_id = $1")
    assert [tuple(row) for row in rows] == [(Decimal(25), Decimal(0))]
    await sound(database, world)


async def test_what_still_has_to_wait_does_not_start_over(
    database: Database, world: World, in_between: Callable[[Rival], list[bool]]
) -> None:
    placed((await ask(database, world.tenant.id, wanted("K1", line("BEER", 10))))[0])
    tries = in_between(lambda: ask(database, world.tenant.id, wanted("K2", line("BEER", 3))))
    (mine,) = await ask(database, world.tenant.id, wanted("K1", line("BEER", 4)))
    assert placed(mine).state == "confirmed"
    assert tries == [False]
    async with database.transaction(world.tenant.id) as tx:
        rows = await tx.fetch("select held, backordered from reservation where tenant_id = $1 order by 1, 2")
    assert [tuple(row) for row in rows] == [(0, 3), (0, 4), (10, 0)]
    await sound(database, world)
