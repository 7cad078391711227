"""Signs of life: progress is seen, told as news now and then, and brings back what people want."""

import asyncio
from uuid import UUID

import pytest
from tests.integrations.imports.desk import PATIENCE, Desk, csv

from dinghuo.integrations.imports.beat import Beat, Cancelled, Lost
from dinghuo.integrations.imports.claim import Claim, claim

pytestmark = pytest.mark.slow


async def claimed(desk: Desk) -> Claim:
    file_id = await desk.upload(csv("货号,名称", "A,甲"))
    await desk.call("POST", "", json={"kind": "skus", "file_id": file_id})
    (taken,) = await desk.database.run(desk.tenant.id, lambda tx: claim(tx, free=1))
    return taken


async def until_stopped(beat: Beat) -> None:
    async with asyncio.timeout(PATIENCE):
        while True:
            beat.check()
            await asyncio.sleep(0.02)


async def progress_of(desk: Desk, import_id: UUID, done: int) -> dict[str, object]:
    async with asyncio.timeout(PATIENCE):
        while True:
            shown: dict[str, object] = (await desk.get(str(import_id)))["progress"]
            if shown["done"] == done:
                return shown
            await asyncio.sleep(0.05)


async def test_progress_is_seen_and_a_wish_to_cancel_comes_back(desk: Desk) -> None:
    taken = await claimed(desk)
    beat = Beat(desk.database, taken)
    beat.expect(40)
    async with beat.beating():
        beat.progress("read", 10, 10)
        shown = await progress_of(desk, taken.import_id, 10)
        assert (shown["phase"], shown["total"], shown["is_cancelling"]) == ("read", 40, False)
        beat.progress("write", 3, 9)
        shown = await progress_of(desk, taken.import_id, 3)
        assert (shown["phase"], shown["total"]) == ("write", 9)
        await desk.call("POST", f"/{taken.import_id}/cancel", json={}, status=200)
        with pytest.raises(Cancelled):
            await until_stopped(beat)
    assert (await desk.get(str(taken.import_id)))["actions"] == []
    async with desk.database.transaction(desk.tenant.id) as tx:
        news = await tx.fetch("select data from outbox_event where tenant_id = $1 and kind = 'imports.progressed'")
    # Its beginning, and what was seen of its work: not every step.
    assert 2 <= len(news) <= 4


async def test_who_was_replaced_stops(desk: Desk) -> None:
    taken = await claimed(desk)
    beat = Beat(desk.database, taken)
    async with desk.database.transaction(desk.tenant.id) as tx:
        await tx.write("update import_job set worker = gen_random_uuid() where tenant_id = $1")
    async with beat.beating():
        with pytest.raises(Lost):
            await until_stopped(beat)
