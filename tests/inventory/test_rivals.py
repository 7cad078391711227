"""Receipts, counts, damage, orders, shipments and cancellations of the same few SKUs, all at once."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from decimal import Decimal

from structlog.testing import capture_logs
from tests.inventory.conftest import Depot

from dinghuo.entry.invariants import INVARIANTS, broken_invariants
from dinghuo.inventory.consume import Use, consume
from dinghuo.inventory.count import Counted, count
from dinghuo.inventory.promises import lock_promises
from dinghuo.inventory.receive import GoodsReceipt, ReceiptLine, receive
from dinghuo.inventory.release import release_promises
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
