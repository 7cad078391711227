"""Clients that hang up in the middle of a request change nothing for the others."""

import asyncio
from typing import Any

import httpx
import pytest
from structlog.testing import capture_logs
from tests.faults.buying import Shop, client, order, place, stock_held
from tests.faults.serving import Here, until
from tests.world import traces

from dinghuo.entry.hot_lane import PATH

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]


def _request(shop: Shop, body: Any, key: str, *, path: str = PATH, **headers: str) -> bytes:
    content = httpx.Request("POST", path, json=body).content
    lines = {
        "Host": "127.0.0.1",
        **shop.headers,
        "Idempotency-Key": key,
        "Content-Length": str(len(content)),
        **headers,
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"POST {path} HTTP/1.1\r\n{head}\r\n".encode() + content


async def _send(here: Here, *parts: bytes) -> asyncio.StreamWriter:
    url = httpx.URL(here.url)
    _, writer = await asyncio.open_connection(url.host, url.port)
    for part in parts:
        writer.write(part)
    await writer.drain()
    return writer


async def test_who_hangs_up_while_the_order_waits_may_still_learn_its_outcome(here: Here, shop: Shop) -> None:
    async with client(here.url, shop) as buyer:
        async with stock_held(shop):
            gone = [await _send(here, _request(shop, order(("COLA", 1)), f"gone-{n}")) for n in range(10)]
            await until(lambda: here.intake.taken == 10)
            staying = asyncio.gather(*(place(buyer, order(("COLA", 1))) for _ in range(10)))
            await until(lambda: here.intake.taken == 20)
            for writer in gone:
                writer.transport.abort()
        answers = await staying
        assert {answer.status_code for answer in answers} == {201}
        again = [await place(buyer, order(("COLA", 1)), key=f"gone-{n}") for n in range(10)]
    # What was taken in is carried out, whoever still listens.
    assert {(answer.status_code, answer.headers.get("idempotency-replayed")) for answer in again} == {(201, "true")}
    assert (await traces(shop.database, shop.world.tenant))["sales_order"] == 20
    await shop.check_books()


@pytest.mark.parametrize("path", [PATH, f"{PATH}/bulk"])
async def test_who_hangs_up_in_the_middle_of_a_request_leaves_nothing(here: Here, shop: Shop, path: str) -> None:
    before = await traces(shop.database, shop.world.tenant)
    with capture_logs() as said:
        for cut in (10, 200, -1):
            writer = await _send(here, _request(shop, order(("COLA", 1)), "half", path=path)[:cut])
            writer.transport.abort()
        async with client(here.url, shop) as buyer:
            answers = await asyncio.gather(*(place(buyer, order(("COLA", 1))) for _ in range(10)))
    assert {answer.status_code for answer in answers} == {201}
    assert [entry for entry in said if entry["log_level"] not in ("info", "debug")] == []
    after = await traces(shop.database, shop.world.tenant)
    assert (before["sales_order"], after["sales_order"], after["idempotency_key"]) == (0, 10, 10)
    await shop.check_books()


async def test_who_says_nothing_keeps_nobody_waiting(here: Here, shop: Shop) -> None:
    silent = [await _send(here, _request(shop, order(("COLA", 1)), "slow")[:-5]) for _ in range(50)]
    async with client(here.url, shop) as buyer:
        answers = await asyncio.gather(*(place(buyer, order(("COLA", 1))) for _ in range(20)))
        assert {answer.status_code for answer in answers} == {201}
    for writer in silent:
        writer.close()
    assert (await traces(shop.database, shop.world.tenant))["sales_order"] == 20
