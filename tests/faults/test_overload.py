"""More than fits into the queue: those who are too many are told to come back, and when they do they are served."""

import asyncio

import pytest
from tests.faults.buying import Shop, client, order, place, problem, stock_held
from tests.faults.serving import serve_here, until
from tests.world import traces

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


async def test_a_full_queue_says_come_back_and_recovers(shop: Shop) -> None:
    async with (
        serve_here(shop.database, most_lines=30, batch_lines=10) as here,
        client(here.url, shop) as buyer,
    ):
        async with stock_held(shop):
            # The first is begun and waits for the stock; thirty fill the queue behind it.
            first = asyncio.create_task(place(buyer, order(("COLA", 1))))
            await until(lambda: here.intake.taken == 1)
            waiting = [asyncio.create_task(place(buyer, order(("COLA", 1)))) for _ in range(30)]
            await until(lambda: here.intake.taken == 31)
            too_many = await asyncio.gather(*(place(buyer, order(("COLA", 1)), key=f"later-{n}") for n in range(5)))
        taken = [await first, *await asyncio.gather(*waiting)]
        for answer in too_many:
            document = problem(answer, 503)
            assert (document["type"], answer.headers["retry-after"]) == ("/problems/busy", "1")
        assert {answer.status_code for answer in taken} == {201}
        again = await asyncio.gather(*(place(buyer, order(("COLA", 1)), key=f"later-{n}") for n in range(5)))
    assert {answer.status_code for answer in again} == {201}
    assert (await traces(shop.database, shop.world.tenant))["sales_order"] == 36
    await shop.check_books()
