"""The connection is cut in the middle of a commit: the outcome is looked up, never guessed."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from tests.faults.buying import Shop, client, order, place, problem
from tests.faults.serving import Here, serve_here
from tests.faults.wire import Moment, Wire, wired
from tests.world import traces

from dinghuo.kit.database import Database
from dinghuo.kit.embedded import EmbeddedServer
from dinghuo.kit.roles import Urls

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

_MOMENTS = pytest.mark.parametrize("moment", ["before", "after"])


@pytest.fixture
async def wire_and_here(postgres: EmbeddedServer, database_urls: Urls) -> AsyncIterator[tuple[Wire, Here]]:
    """The application with all its connections through a wire."""
    async with wired(postgres, database_urls.app) as (wire, url):
        database = Database(url, guard=True)
        async with serve_here(database) as here:
            yield wire, here
        await database.close()


@_MOMENTS
async def test_one_cut_goes_unnoticed(wire_and_here: tuple[Wire, Here], shop: Shop, moment: Moment) -> None:
    wire, here = wire_and_here
    async with client(here.url, shop) as buyer:
        wire.arm("cut-me", moment, times=1)
        answer = await place(buyer, order(("COLA", 3)), key="cut-me")
        assert (wire.cuts, answer.status_code) == (1, 201)
        # Found again by its key when the server had heard the commit, placed anew when not.
        assert ("idempotency-replayed" in answer.headers) == (moment == "after")
        again = await place(buyer, order(("COLA", 3)), key="cut-me")
        assert (again.status_code, again.json()) == (201, answer.json())
    assert (await traces(shop.database, shop.world.tenant))["sales_order"] == 1
    await shop.check_books()


@_MOMENTS
async def test_a_batch_cut_off_is_placed_once(wire_and_here: tuple[Wire, Here], shop: Shop, moment: Moment) -> None:
    wire, here = wire_and_here
    async with client(here.url, shop) as buyer:
        wire.arm("cut-", moment, times=3)
        answers = await asyncio.gather(*(place(buyer, order(("COLA", 1)), key=f"cut-{n}") for n in range(40)))
        again = await asyncio.gather(*(place(buyer, order(("COLA", 1)), key=f"cut-{n}") for n in range(40)))
    assert wire.cuts == 3
    assert {answer.status_code for answer in (*answers, *again)} == {201}
    assert [answer.json() for answer in answers] == [answer.json() for answer in again]
    assert (await traces(shop.database, shop.world.tenant))["sales_order"] == 40
    await shop.check_books()


@_MOMENTS
async def test_a_wire_that_is_always_cut_leaves_the_outcome_open(
    wire_and_here: tuple[Wire, Here], shop: Shop, moment: Moment
) -> None:
    wire, here = wire_and_here
    async with client(here.url, shop) as buyer:
        wire.arm("cut-", moment, times=1000)
        answers = await asyncio.gather(*(place(buyer, order(("COLA", 1)), key=f"cut-{n}") for n in range(5)))
        for number, answer in enumerate(answers):
            (fault,) = problem(answer, 503)["faults"]
            assert (fault["code"], fault["params"]) == ("outcome-unknown", {"key": f"cut-{number}"})
            assert int(answer.headers["retry-after"]) > 0
        wire.arm("", moment, times=0)
        again = await asyncio.gather(*(place(buyer, order(("COLA", 1)), key=f"cut-{n}") for n in range(5)))
    assert {answer.status_code for answer in again} == {201}
    assert {"idempotency-replayed" in answer.headers for answer in again} == {moment == "after"}
    assert (await traces(shop.database, shop.world.tenant))["sales_order"] == 5
    await shop.check_books()


@_MOMENTS
async def test_other_commands_say_so_and_their_key_settles_it(
    wire_and_here: tuple[Wire, Here], shop: Shop, moment: Moment
) -> None:
    wire, here = wire_and_here
    async with client(here.url, shop) as buyer:
        placed = (await place(buyer, order(("COLA", 3), customer="K1"))).json()
        where = f"/api/v1/orders/{placed['id']}/cancel"
        wire.arm("cut-me", moment, times=1)
        lost = await buyer.post(where, json={}, headers={"idempotency-key": "cut-me"})
        assert wire.cuts == 1
        assert problem(lost, 503)["type"] == "/problems/database-away"
        settled = await buyer.post(where, json={}, headers={"idempotency-key": "cut-me"})
    assert (settled.status_code, settled.json()["freed"]) == (200, placed["gross"])
    reserved = await shop.rows("select sum(reserved) as reserved from stock where tenant_id = $1")
    assert reserved == [{"reserved": 0}]
    await shop.check_books()
