"""Many order, receive, transfer and ship the same goods at once, at different priorities: nothing is oversold, who is
served first is served first, and lots add up."""

import asyncio
import random
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest
from structlog.testing import capture_logs
from tests.inventory.conftest import Depot

from dinghuo.entry.invariants import INVARIANTS, broken_invariants
from dinghuo.inventory.consume import Use, consume
from dinghuo.inventory.lots.track import TrackingInput, save_tracking
from dinghuo.inventory.lots.tracked import LotInput
from dinghuo.inventory.priorities import Ranked, rank_documents
from dinghuo.inventory.promises import lock_promises
from dinghuo.inventory.receive import GoodsReceipt, ReceiptLine, receive
from dinghuo.inventory.settings import InventorySettings, save_settings
from dinghuo.inventory.transfers.draft import TransferInput, TransferLine, draft_transfers
from dinghuo.inventory.transfers.move import receive_transfer, ship_transfer
from dinghuo.kit.database import Tx
from dinghuo.kit.errors import Refused

OF_STOCK = {i.name for i in INVARIANTS if i.name.startswith(("stock", "lot-", "transfer", "supply"))} | {
    "receipt-moves"
}


async def ordered(depot: Depot, sku: str, quantity: int, priority: int) -> UUID:
    document = await depot.promise((sku, quantity))

    async def rank(tx: Tx) -> None:
        await lock_promises(tx, [document])
        await rank_documents(tx, [Ranked(document, priority)])

    await depot.run(rank)
    return document


async def waiting(depot: Depot, document: UUID) -> int:
    return sum(int(row[2]) for row in await depot.promises(document))


async def test_the_more_important_are_served_first_then_the_earlier(depot: Depot) -> None:
    late, early, important, unimportant = [await ordered(depot, "A", 5, priority) for priority in (100, 100, 10, 500)]
    served = []
    for _ in range(4):
        await depot.receive("A", 5)
        served.append([await waiting(depot, id) for id in (important, late, early, unimportant)])
    assert served == [[0, 5, 5, 5], [0, 0, 5, 5], [0, 0, 0, 5], [0, 0, 0, 0]]
    await depot.count("A", 12)
    assert [await waiting(depot, id) for id in (important, late, early, unimportant)] == [0, 0, 3, 5]


async def test_in_fair_shares_everybody_gets_some(depot: Depot) -> None:
    settings = InventorySettings(allocation="fair_share")
    await depot.run(lambda tx: save_settings(tx, settings=settings, by=depot.by))
    documents = [await ordered(depot, "A", quantity, 100) for quantity in (20, 10, 10)]
    await depot.receive("A", 21)
    assert [await waiting(depot, id) for id in documents] == [9, 5, 5]
    assert await depot.levels() == {("A", "W1"): (21, 0, 21)}


async def day(depot: Depot, seed: int) -> None:
    """Orders of any priority, deliveries by lot, transfers there and back, and shipments."""
    chance = random.Random(seed)
    for number in range(8):
        document = await ordered(depot, "A", chance.randint(1, 6), chance.choice((10, 100, 500)))
        line = ReceiptLine("A", Decimal(chance.randint(1, 9)), lot=LotInput(f"L{seed}-{number % 3}"))
        receipts = [GoodsReceipt(chance.choice(("W1", "W2")), [line])]
        await depot.run(lambda tx, receipts=receipts: receive(tx, receipts=receipts, by=depot.by))  # type: ignore[misc]
        there, back = chance.sample(("W1", "W2"), 2)
        lines = [TransferLine("A", Decimal(chance.randint(1, 4)))]
        (made,) = await depot.run(
            lambda tx, there=there, back=back, lines=lines: draft_transfers(  # type: ignore[misc]
                tx, transfers=[TransferInput(there, back, date(2099, 1, 1), lines)], by=depot.by
            )
        )
        try:
            await depot.run(lambda tx, id=made.id: ship_transfer(tx, transfer_id=id, by=depot.by))  # type: ignore[misc]
            await depot.run(
                lambda tx, id=made.id: receive_transfer(tx, transfer_id=id, arrived=[], note=None, by=depot.by)  # type: ignore[misc]
            )
        except Refused as refused:
            assert {fault.message.code for fault in refused.faults} == {"transfer-short"}

        async def ship(tx: Tx, document: UUID = document) -> None:
            held = [promise for promise in await lock_promises(tx, [document]) if promise.held]
            uses = [Use(document, promise.line_no, promise.held, promise.warehouse_id) for promise in held]
            await consume(tx, uses=uses, by=depot.by)

        await depot.run(ship)


@pytest.mark.parametrize("fair", [False, True])
@pytest.mark.slow
async def test_four_at_once_keep_every_promise_and_every_lot_true(depot: Depot, fair: bool) -> None:
    settings = InventorySettings(allocation="fair_share" if fair else "priority")
    await depot.run(lambda tx: save_settings(tx, settings=settings, by=depot.by))
    await depot.run(lambda tx: save_tracking(tx, items=[TrackingInput("A")], by=depot.by))
    with capture_logs() as logs:
        await asyncio.gather(*(day(depot, seed) for seed in range(4)))
    assert [entry for entry in logs if entry.get("reason") == "40P01"] == []
    async with depot.database.transaction(depot.tenant.id) as tx:
        broken = await broken_invariants(tx, depot.tenant.id)
    assert [sentence for sentence in broken if sentence.partition(":")[0] in OF_STOCK] == []
    # All that is there is of a lot, and nothing waits beside free goods.
    loose = await depot.rows(
        """select s.on_hand - coalesce(sum(l.on_hand), 0) from stock s
        left join lot_stock l on l.tenant_id = $1 and l.sku_id = s.sku_id and l.warehouse_id = s.warehouse_id
        where s.tenant_id = $1 group by s.sku_id, s.warehouse_id, s.on_hand"""
    )
    assert {row[0] for row in loose} == {Decimal(0)}
    beside = await depot.rows(
        """select 1 from stock s join reservation r
          on r.tenant_id = $1 and r.sku_id = s.sku_id and r.warehouse_id = s.warehouse_id and r.backordered > 0
        where s.tenant_id = $1 and s.on_hand + s.allowance > s.reserved"""
    )
    assert beside == []
