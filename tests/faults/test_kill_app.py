"""kill -9 of the whole application in the middle of intake: nothing that was acknowledged is lost or doubled."""

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from tests.faults.buying import Journal, Shop, buyers, check_journal, client, open_shop, somebody_waits, stock_held
from tests.faults.serving import serve, until
from tests.support import make_tenant

from dinghuo.kit.ids import new_id

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

_BUYERS = 16


async def test_no_acknowledged_order_is_lost(environment: dict[str, str], shop: Shop, tmp_path: Path) -> None:
    """Of one shop the orders come and go; of the other, all are begun and none is finished."""
    other = await open_shop(shop.database, await make_tenant(shop.database))
    busy, stuck = Journal(), Journal()
    log = tmp_path / "serve.log"
    async with AsyncExitStack() as stack:
        first = await stack.enter_async_context(serve(environment, log, workers=2))
        buyer = await stack.enter_async_context(client(first.url, shop))
        other_buyer = await stack.enter_async_context(client(first.url, other))
        async with buyers(buyer, busy, _BUYERS):
            await until(lambda: len(busy.acknowledged) >= 50)
            async with stock_held(other):
                begun = [asyncio.create_task(stuck.send(other_buyer, new_id().hex)) for _ in range(_BUYERS)]
                await until(lambda: somebody_waits(other.database))
                await first.kill()
            assert set(await asyncio.gather(*begun)) == {None}
            before = len(busy.acknowledged)
            await stack.enter_async_context(serve(environment, log, workers=1, port=first.port))
            await until(lambda: len(busy.acknowledged) >= before + 50)
        assert busy.cut == len(busy.unacknowledged)
        assert 0 < stuck.cut == len(stuck.unacknowledged)
        await busy.settle(buyer)
        await stuck.settle(other_buyer)
    assert (busy.refused, stuck.refused) == ({}, {})
    await check_journal(shop, busy)
    await check_journal(other, stuck)
