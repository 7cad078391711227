"""Receipts, counts, damage, orders, shipments and cancellations of the same few SKUs, all at once."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from decimal import Decimal
from uuid import UUID

import pytest
from structlog.testing import capture_logs
from tests.inventory.conftest import Depot

from dinghuo.entry.invariants import INVARIANTS, broken_invariants
from dinghuo.inventory.consume import Use, consume
from dinghuo.inventory.count import Counted, count
from dinghuo.inventory.promises import lock_promises
from dinghuo.inventory.receive import GoodsReceipt, ReceiptLine, receive
from dinghuo.inventory.release import Part, release, release_promises
from dinghuo.kit.database import Tx

WRITERS, ROUNDS = 4, 15
# The promises of these tests belong to documents that are not orders.
OF_STOCK = {invariant.name for invariant in INVARIANTS if invariant.name.startswith("stock")} | {"receipt-moves"}


async def worker(depot: Depot, seed: int) -> None:
    """Both SKUs in every command, in either order: whoever locks carelessly deadlocks soon."""
    chance = random.Random(seed)
    for _ in range(ROUNDS):
        skus = chance.sample(["A", "B"], 2)
        document = await depot.promise(*((sku, chance.randint(1, 6)) for sku in skus))

        async def ship(tx: Tx, document=document) -> None:  # type: ignore[no-untyped-def]
            held = [promise for promise in await lock_promises(tx, [document]) if promise.held]
            uses = [Use(document, promise.line_no, promise.held, promise.warehouse_id) for promise in held]
            await consume(tx, uses=uses, by=depot.by)

        async def call_off(tx: Tx, document=document) -> None:  # type: ignore[no-untyped-def]
            await release_promises(tx, await lock_promises(tx, [document]))

        lines = [ReceiptLine(sku, Decimal(chance.randint(1, 9))) for sku in skus]
        counted = [Counted("W1", sku, Decimal(chance.randint(0, 12))) for sku in skus]
        commands: list[Callable[[Tx], Awaitable[object]]] = [
            lambda tx, lines=lines: receive(tx, receipts=[GoodsReceipt("W1", lines)], by=depot.by),  # type: ignore[misc]
            lambda tx, counted=counted: count(tx, counted=counted, by=depot.by),  # type: ignore[misc]
            ship,
            call_off,
        ]
        for command in chance.sample(commands, 3):
            await depot.run(command)


@pytest.mark.slow
async def test_four_writers_at_once_keep_every_promise_true_and_never_deadlock(depot: Depot) -> None:
    with capture_logs() as logs:
        await asyncio.gather(*(worker(depot, seed) for seed in range(WRITERS)))
    assert [entry for entry in logs if entry.get("reason") == "40P01"] == []
    async with depot.database.transaction(depot.tenant.id) as tx:
        broken = await broken_invariants(tx, depot.tenant.id)
    assert [sentence for sentence in broken if sentence.partition(":")[0] in OF_STOCK] == []
    # Nothing waits beside free goods.
    assert (
        await depot.rows(
            """select s.* from stock s join reservation r
          on r.tenant_id = $1 and r.sku_id = s.sku_id and r.warehouse_id = s.warehouse_id and r.backordered > 0
        where s.tenant_id = $1 and s.on_hand + s.allowance > s.reserved"""
        )
        == []
    )


def call_off(document: UUID) -> Callable[[Tx], Awaitable[object]]:
    return lambda tx: release(tx, parts=[Part(document, 1)])


async def test_who_was_passed_over_while_another_line_was_shipped_gets_it_then(depot: Depot) -> None:
    """A promise that is locked is passed over by whoever frees goods; whoever held the lock serves it."""
    await depot.receive("A", 3)
    await depot.receive("B", 2)
    holder = await depot.promise(("B", 2))
    both = await depot.promise(("A", 3), ("B", 2))
    assert await depot.promises(both) == [(1, 3, 0, 0, 0), (2, 0, 2, 0, 0)]

    async def ship_one_line_while_goods_come_free(tx: Tx) -> None:
        await lock_promises(tx, [both])
        await depot.run(call_off(holder))
        await consume(tx, uses=[Use(both, 1)], by=depot.by)

    await depot.run(ship_one_line_while_goods_come_free)
    assert await depot.promises(both) == [(1, 0, 0, 3, 0), (2, 2, 0, 0, 0)]
    assert await depot.levels() == {("A", "W1"): (0, 0, 0), ("B", "W1"): (2, 0, 2)}


async def test_who_was_passed_over_while_another_line_was_released_gets_it_then(depot: Depot) -> None:
    await depot.receive("A", 3)
    await depot.receive("B", 2)
    holder = await depot.promise(("B", 2))
    both = await depot.promise(("A", 3), ("B", 2))

    async def release_one_line_while_goods_come_free(tx: Tx) -> None:
        await lock_promises(tx, [both])
        await depot.run(call_off(holder))
        await release(tx, parts=[Part(both, 1)])

    await depot.run(release_one_line_while_goods_come_free)
    assert await depot.promises(both) == [(1, 0, 0, 0, 3), (2, 2, 0, 0, 0)]
