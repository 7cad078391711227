"""Streams of `dinghuo serve`: over several processes, through a restart of the database, and to an orderly end."""

import asyncio
from pathlib import Path

import httpx
import pytest
from tests.entry.live.conftest import Ear, hearing
from tests.faults.buying import Shop
from tests.faults.serving import PATIENCE, Program, serve
from tests.support import Tenant, key_of, make_user

from dinghuo.kit.database import Database


async def _listener(program: Program, database: Database, tenant: Tenant, number: int) -> httpx.AsyncClient:
    token = await key_of(database, tenant, await make_user(database, tenant, "owner", login=f"ear{number}"))
    return httpx.AsyncClient(base_url=program.url, headers={"x-api-key": token.text()}, timeout=PATIENCE)


@pytest.mark.slow
async def test_an_order_taken_by_one_process_is_heard_from_every_other(
    crew: Program, database: Database, tenant: Tenant, shop: Shop
) -> None:
    clients = [await _listener(crew, database, tenant, number) for number in range(8)]
    try:
        async with asyncio.timeout(PATIENCE):
            ears = [Ear(client, "/api/v1/events") for client in clients]
            tasks = [asyncio.create_task(ear.listen()) for ear in ears]
            await asyncio.gather(*(ear.greeted.wait() for ear in ears))
            draft = await clients[0].post("/api/v1/notices", json={"kind": "notice", "title": "开盘"})
            shown = await clients[0].post(f"/api/v1/notices/{draft.json()['id']}/publish")
            assert shown.status_code == 200, shown.text
            told = await asyncio.gather(*(ear.until("notice.published") for ear in ears))
            assert {message["id"] for (message,) in told} == {draft.json()["id"]}
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
    finally:
        for client in clients:
            await client.aclose()


@pytest.mark.slow
async def test_open_streams_do_not_hold_up_the_end(
    environment: dict[str, str], tmp_path: Path, database: Database, tenant: Tenant
) -> None:
    log = tmp_path / "serve.log"
    async with (
        serve(environment, log, workers=1) as program,
        await _listener(program, database, tenant, 1) as client,
        hearing(client) as ear,
    ):
        program.stop()
        await asyncio.wait_for(ear.ended.wait(), PATIENCE)
        await program.ended()
    # What the server says when it gives up waiting for an answer.
    assert "timeout graceful shutdown exceeded" not in log.read_text()
