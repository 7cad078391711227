"""kill -9 of PostgreSQL, all of it, in the middle of intake, with fsync on: the application finds its way back."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from pathlib import Path

import httpx
import psutil
import pytest
from tests.faults.buying import Journal, Shop, buyers, check_journal, client, open_shop, problem
from tests.faults.serving import PATIENCE, serve, until
from tests.support import make_tenant

from dinghuo.entry.migrate import migrate
from dinghuo.kit.database import Database
from dinghuo.kit.embedded import EmbeddedServer, server
from dinghuo.kit.roles import prepare

pytestmark = [pytest.mark.slow, pytest.mark.xdist_group("faults")]

_BUYERS = 24


@pytest.fixture
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("own")


@pytest.fixture
def own(data: Path) -> Iterator[EmbeddedServer]:
    """A server of this test's own, whose commits reach the disk."""
    with server(data) as running:
        yield running


@pytest.fixture
async def shop(own: EmbeddedServer) -> AsyncIterator[Shop]:
    urls = await prepare(own.admin_url(), database="dinghuo", secret="test")
    await migrate(urls.owner)
    database = Database(urls.app)
    yield await open_shop(database, await make_tenant(database))
    await database.close()


def kill(postmaster: int) -> None:
    """Every process of the server at once, the postmaster first: nobody tidies up."""
    parent = psutil.Process(postmaster)
    processes = [parent, *parent.children()]
    for process in processes:
        process.kill()
    psutil.wait_procs(processes, timeout=PATIENCE)


async def _more_orders(journal: Journal) -> None:
    before = len(journal.acknowledged)
    await until(lambda: len(journal.acknowledged) >= before + 100)


async def test_no_acknowledged_order_is_lost(own: EmbeddedServer, shop: Shop, data: Path, tmp_path: Path) -> None:
    journal = Journal()
    environment = {"DATABASE_URL": own.admin_url("dinghuo"), "DATABASE_APP_URL": "", "DINGHUO_SECRET": "test"}
    log = tmp_path / "serve.log"
    async with AsyncExitStack() as stack:
        program = await stack.enter_async_context(serve(environment, log, workers=1, background=True))
        buyer = await stack.enter_async_context(client(program.url, shop))
        async with buyers(buyer, journal, _BUYERS):
            await _more_orders(journal)
            # One session alone: PostgreSQL then ends all others and recovers by itself.
            session = next(each for each in psutil.Process(own.pid).children() if "_app" in "".join(each.cmdline()))
            session.kill()
            await _more_orders(journal)
            await asyncio.to_thread(kill, own.pid)
            refused = sum(journal.refused.values())
            await until(lambda: sum(journal.refused.values()) >= refused + 2 * _BUYERS)
            assert (await buyer.get("/readyz")).status_code == 503
            assert (await buyer.get("/healthz")).status_code == 200
            reading = await buyer.get("/api/v1/orders")
            assert problem(reading, 503)["type"] == "/problems/database-away"
            await asyncio.to_thread(stack.enter_context, server(data))
            await _more_orders(journal)
        assert journal.cut == journal.turned_away == 0
        assert journal.refused.keys() <= {"database-away", "outcome-unknown", "busy"}
        await journal.settle(buyer)
        assert (await buyer.get("/readyz")).status_code == 200
        # It went on by itself: no process was replaced, and the log is not flooded.
        assert all(child.is_running() for child in program.children), log.read_text()
        assert "Traceback" not in log.read_text()
        await shop.database.engine.dispose()
        await check_journal(shop, journal)


async def test_an_embedded_server_that_dies_is_started_again(tmp_path: Path) -> None:
    log, mark = tmp_path / "serve.log", tmp_path / "data" / "postgres" / "postmaster.pid"

    def revivals() -> int:
        return log.read_text().count("database died and was started again")

    async with (
        serve({"DINGHUO_DATA": str(tmp_path / "data")}, log, workers=1, background=False) as program,
        httpx.AsyncClient(base_url=program.url) as client,
    ):

        async def is_ready() -> bool:
            return (await client.get("/readyz")).status_code == 200

        await asyncio.to_thread(kill, int(mark.read_text().split()[0]))
        await until(lambda: revivals() == 1)
        await until(is_ready)
        await asyncio.to_thread(kill, int(mark.read_text().split()[0]))
        await until(lambda: revivals() == 2)
        await until(is_ready)
    assert not mark.exists()
